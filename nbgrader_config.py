"""
What nbgrader does in this course; read by every `nbgrader` and `grader` command run in this folder.

It also works from a Jupyter config path and in an environment that is not activated.
"""

from pathlib import Path

from grader.course import put_tools_on_path
from grader.course.config import enable, own_exchange

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "rai-mlops"

# A new gradebook makes nbgrader run the bare command `alembic`. Without this, an environment that
# is not activated fails there, once, and leaves a gradebook without a version behind.
put_tools_on_path()

# A course on one machine needs no system-wide exchange: `grader lab` makes one in this folder. It
# is used only while there is no other, neither nbgrader's default nor one that the site names.
own_exchange(c, Path(__file__).resolve().parent)

# An answer cell is released as the author wrote it around the solution: no exception in a stub.
c.ClearSolutions.code_stub = {"python": ""}
c.ClearSolutions.text_stub = ""

c.GenerateAssignment.preprocessors = [
    "grader.release.RefuseLeftovers",
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "grader.release.DrawExamples",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    "grader.release.Canonical",
]

# Learner code runs in the sandbox, checks are judged outside it, none beside learner code, and
# pages are safe to open.
enable(c)
c.KeyTrial.forbid_inside = True
