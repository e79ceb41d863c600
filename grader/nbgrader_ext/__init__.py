"""
NBGRADER'S SEAMS: classes that a course's configuration names, so that `nbgrader` commands and the
formgrader's buttons do what `grader` does.

    exchange    collects what learners submitted, without their links
    archives    the same for `nbgrader zip_collect`
    exporter    reads what was handed in, for Autograde
    executor    runs a notebook and records its marks
    formgrader  nbgrader's page of a hand-in: its policy, names as text
    export      grades.csv: nbgrader's columns, and what is open, late or not handed in

Named in `grader.course.config`. The preprocessors that clean a notebook and show marks are in
`grader.sanitize` and `grader.feedback`.
"""
