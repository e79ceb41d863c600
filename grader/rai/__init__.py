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
    front/       what draws them in a browser

The engine knows none of these: pyproject.toml names them under the entry points `grader.parts` and
`grader.tables`, and `from grader.learn import ProcessFlow` finds them there. A course of its own
does the same.
"""
