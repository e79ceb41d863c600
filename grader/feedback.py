"""
One learner's page: the graded notebook with marks and messages, and nothing else.

The preprocessor and the filter here are named in nbgrader_config.py, so the formgrader's button and
`nbgrader generate_feedback` write the same safe page as `grader feedback`: no hidden check, no
trace of one in an error, no script, and nothing that a browser would fetch from the network.
"""

import html
import re
from collections.abc import Iterable
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from nbgrader.utils import is_grade

from grader.course import Course, check_assignment, course_directory, load_config, run_nbgrader
from grader.errors import NotGraded
from grader.hidden import without_hidden_tests
from grader.progress import Progress, silent

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
REMOVED = "(This output repeated the course's own checks and is not shown.)"
LEAK = 12  # characters; shorter hidden lines ("else:") stand in every program


class GetMarks(GetGrades):
    """nbgrader's GetGrades, which also says where nobody has decided yet; called by nbgrader."""

    def _get_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        super()._get_score(cell, resources)
        about = resources["nbgrader"]
        grade = self.gradebook.find_grade(
            cell.metadata.nbgrader["grade_id"],
            about["notebook"],
            about["assignment"],
            about["student"],
        )
        cell.metadata.nbgrader["waits"] = grade.auto_score is None and grade.manual_score is None


class SafeToShow(NbGraderPreprocessor):
    """Takes out of a graded notebook what a learner must not see; called by nbgrader."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clean source and outputs of every cell."""
        secrets = _hidden_lines(cell.source for cell in nb.cells if is_grade(cell))
        for cell in nb.cells:
            cell.source = without_hidden_tests(cell.source, strict=is_grade(cell))
            if cell.cell_type == "code":
                cell.outputs = [_safe(out, is_grade(cell), secrets) for out in cell.outputs]
                cell.outputs = [output for output in cell.outputs if output is not None]
        return nb, resources


def spoken(grade_id: str) -> str:
    """Return the name of a cell for people: `check_practice1` is "practice 1"."""
    return re.sub(r"(?<=[a-z])(?=\d)", " ", grade_id.removeprefix("check_").replace("_", " "))


def told(message: str) -> str:
    """Return a sentence of a check cell as HTML: what stands in backticks is code."""
    return re.sub(r"(`+) ?(.+?) ?\1", r"<code>\2</code>", html.escape(message.strip()))


def feedback(course: Course, assignment: str, progress: Progress = silent) -> list[Path]:
    """Write the page of every learner with graded notebooks and return the pages."""
    from nbgrader.converters import GenerateFeedback

    check_assignment(course, assignment)
    graded = sorted((course.root / "autograded").glob(f"*/{assignment}/*.ipynb"))
    students = sorted({path.parent.parent.name for path in graded})
    if not students:
        raise NotGraded(f"{assignment} has no graded notebook yet. Run: grader grade {assignment}")
    config = load_config(course)
    pages: list[Path] = []
    for done, student in enumerate(students, start=1):
        names = {"student_id": student, "assignment_id": assignment}
        job = GenerateFeedback(coursedir=course_directory(config, **names), config=config)
        job.force = True
        run_nbgrader(job, f"Writing the feedback of {student}")
        pages += sorted(course.feedback(student, assignment).glob("*.html"))
        progress(done, len(students))
    return pages


def _hidden_lines(sources: Iterable[str]) -> set[str]:
    """Return the lines of hidden tests that are long enough to be told from other code."""
    secrets: set[str] = set()
    for source in sources:
        shown = {line.strip() for line in without_hidden_tests(source).split("\n")}
        secrets |= {line.strip() for line in source.split("\n")} - shown
    return {line for line in secrets if len(line) >= LEAK}


def _safe(output: NotebookNode, graded: bool, secrets: set[str]) -> NotebookNode | None:
    """Return an output as a learner may see it, None if nothing of it is left."""
    if output.output_type == "execute_result" and graded and _is_number(output):
        return None  # the mark stands in the heading
    if output.output_type == "error":
        last = ANSI.sub("", f"{output.ename}: {output.evalue}").strip().split("\n")[0]
        lines = [ANSI.sub("", line) for line in output.traceback]
        output.traceback = [last.removesuffix(":").rstrip()] if graded else lines
    text = "\n".join(_texts(output))
    if not graded and any(secret in text for secret in secrets):
        return NotebookNode(output_type="stream", name="stdout", text=REMOVED)
    return output


def _texts(output: NotebookNode) -> list[str]:
    """Return every text in an output."""
    data = output.get("data", {}).values()
    found = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", []), *data]
    return [item for item in found if isinstance(item, str)]


def _is_number(output: NotebookNode) -> bool:
    """Tell whether a result is a bare number."""
    try:
        float(output.data.get("text/plain", ""))
    except ValueError:
        return False
    return True
