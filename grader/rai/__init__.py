"""
WHAT BELONGS TO THIS COURSE ALONE: the views of its notebooks, and the data that they show.

    process      the process of the course: flow, Process Table, Status Tracker
    flow         the process in linked views, step by step
    moments, snapshot, transcript
                 key moments, the visual snapshot, the transcript
    loans        the invented loan applications of the fairness assignments
    groups       arithmetic about groups of people, for the next three
    knob, rates, weeks
                 the bias slider, group rates, the monitor's timeline
    static/       what draws them in a browser
    pairs        the two lists that the mini project's loop compares
    sentences/   what is said about predictions, labels and the report

The engine knows none of these: pyproject.toml names them as entry points, and
`from grader.widgets import ProcessFlow` finds them there. A course of its own does the same:

    grader.widgets      interactive parts, by the names that notebooks import from `grader.widgets`
    grader.tables     tables beside questions, by the names in `Question(beside=...)`
    grader.pairs      pairs of lists for the replay of a loop: `grader.widgets.loop.Pair`
    grader.sentences  modules with sentences of its own: `grader.checks.sentences.own`
    grader.moved      old names of modules that handed-out notebooks import from `grader.widgets`
"""
