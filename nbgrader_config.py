"""
What nbgrader does in this course; read by every `nbgrader` and `grader` command run in this folder.

It also works from a Jupyter config path and in an environment that is not activated.
"""

import contextlib
from pathlib import Path

from grader.course import put_tools_on_path
from grader.door import guard

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "rai-mlops"

# A new gradebook makes nbgrader run the bare command `alembic`. Without this, an environment that
# is not activated fails there, once, and leaves a gradebook without a version behind.
put_tools_on_path()

# A course on one machine needs no system-wide exchange: it gets one of its own. nbgrader wants the
# folder to be there, or the formgrader and the assignment list refuse to work.
if not Path("/usr/local/share/nbgrader/exchange").is_dir():
    exchange = Path(__file__).resolve().parent / "exchange"
    with contextlib.suppress(OSError):
        exchange.mkdir(exist_ok=True)
    c.Exchange.root = str(exchange)

# An answer cell is released as the author wrote it around the solution: no exception in a stub.
c.ClearSolutions.code_stub = {"python": ""}
c.ClearSolutions.text_stub = ""

c.GenerateAssignment.preprocessors = [
    "grader.release.RefuseLeftovers",
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
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

# Learner code runs in the jail, checks are judged outside it, none beside learner code, and pages
# are safe to open.
guard(c)
c.KeyTrial.forbid_inside = True
