"""
What nbgrader does in this course; read by every `nbgrader` and `grader` command run in this folder.

It also works from a Jupyter config path and in an environment that is not activated.
"""

from importlib.util import find_spec
from pathlib import Path

import grader
from grader.course import put_tools_on_path
from grader.door import guard, own_exchange

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

# Learner code runs in the jail, and checks are judged outside it: none beside learner code.
guard(c)
c.KeyTrial.forbid_inside = True

# Stock feedback shows hidden checks and their answers, and loads scripts from the network.
c.GenerateFeedback.preprocessors = [
    "grader.feedback.GetMarks",
    "grader.feedback.SafeToShow",
]
templates = str(Path(grader.__file__).resolve().parent / "templates")
c.GenerateFeedback.HTMLExporter.template_name = "course_feedback"
c.GenerateFeedback.HTMLExporter.extra_template_basedirs = [templates]
c.GenerateFeedback.HTMLExporter.filters = {
    "safe_html": "grader.harmless.safe_html",
    "spoken": "grader.feedback.spoken",
    "told": "grader.feedback.told",
}

# The formgrader shows the rubric of an answer that a person marks. Its exporter is the only one
# that reads these lines: feedback has its own above.
formgrader = Path(find_spec("nbgrader").origin).parent / "server_extensions/formgrader/templates"
c.HTMLExporter.template_name = "course_formgrade"
c.HTMLExporter.extra_template_basedirs = [templates, str(formgrader)]
c.HTMLExporter.extra_template_paths = [str(formgrader)]
c.HTMLExporter.filters = {
    "rubric_of": "grader.rubric.rubric_of",
    "told": "grader.feedback.told",
}
