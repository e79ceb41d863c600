"""
What a course says in its nbgrader_config.py to have its notebooks graded in the jail.

    from grader.door import guard
    guard(c)

`grader grade` does so in any course folder. The classes are named, not imported: a config file is
read by every command and server of Jupyter.
"""

from traitlets.config import Config


def guard(c: Config) -> None:
    """Let nbgrader read submissions patiently, run them in the jail and judge them outside it."""
    # Whatever a learner hands in becomes a sound notebook here, or one that says why it is none.
    c.Autograde.exporter_class = "grader.exporter.SubmissionExporter"
    # A check cell that a learner deleted comes back, instead of waiting for a person for ever.
    c.OverwriteCells.add_missing_cells = True
    c.Autograde.autograde_preprocessors = [
        "grader.executor.JailedExecute",
        "grader.harmless.Harmless",
        "nbgrader.preprocessors.LimitOutput",
        "grader.executor.SaveGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
