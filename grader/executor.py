"""
nbgrader's door to grading: stands where nbgrader runs a notebook and where it saves the marks.

Both preprocessors are named in nbgrader_config.py, so `nbgrader autograde`, the formgrader's button
and `grader grade` all run learner code in the jail and judge it outside. The notebook that comes in
was restored from the key (see exporter), so the roles of its cells can be believed.
"""

import functools
import os
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import Float

from grader.documents.repair import data_files
from grader.grading.bench import shared_bench
from grader.grading.task import ANSWER, CHECK, GIVEN, LEARNERS, Cell, CellResult, Task, not_graded
from grader.jail.levels import keep_out_of_sight
from grader.jail.limits import Limits


class JailedExecute(NbGraderPreprocessor):
    """Runs the learner's cells in the jail, judges the checks, and writes what came of them."""

    cell_seconds = Float(Limits().cell_seconds, help="Time limit for one cell.").tag(config=True)
    total_seconds = Float(Limits().total_seconds, help="Time limit for all cells.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Grade a notebook; called by nbgrader in place of its own Execute."""
        known = nb.metadata.get("grader", {})
        task = task_of(nb, Path(resources["metadata"]["path"]))
        if "problem" in known:
            results = tuple(unread(cell, known["problem"]) for cell in task.cells)
        else:
            keep_out_of_sight(resources["metadata"]["path"])
            bench = shared_bench(Limits(self.cell_seconds, self.total_seconds))
            results = bench.grade(task, reference_of(nb, self._source(resources))).results
        by_id = {cell.cell_id: result for cell, result in zip(task.cells, results, strict=True)}
        for grade_id in known.get("damaged", ()):
            by_id[grade_id] = not_graded(
                Cell(grade_id, CHECK, ""), "the metadata of this check was changed"
            )
        fill(nb, by_id)
        resources["nbgrader"]["graded"] = by_id
        resources["nbgrader"]["unread"] = "problem" in known
        return nb, resources

    def _source(self, resources: ResourcesDict) -> Path:
        """Return where the hand-written notebook lies; the exporter's parent is the converter."""
        about, folder = resources["nbgrader"], self.parent.parent.coursedir
        path = folder.format_path(folder.source_directory, ".", about["assignment"])
        return Path(path) / f"{about['notebook']}.ipynb"


class SaveGrades(SaveAutoGrades):
    """Saves the scores that the judge gave; a check without one waits for a person."""

    def _add_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        grade_id = cell.metadata.nbgrader["grade_id"]
        result = resources["nbgrader"]["graded"].get(grade_id)
        if result is None or is_solution(cell):
            super()._add_score(cell, resources)
            return
        about = resources["nbgrader"]
        grade = self.gradebook.find_grade(
            grade_id, about["notebook"], about["assignment"], about["student"]
        )
        grade.auto_score = result.score
        grade.needs_manual_grade = grade.manual_score is not None or result.score is None
        self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        super()._add_comment(cell, resources)
        if resources["nbgrader"]["unread"]:  # nbgrader takes the stub for "No response."
            about = resources["nbgrader"]
            comment = self.gradebook.find_comment(
                cell.metadata.nbgrader["grade_id"],
                about["notebook"],
                about["assignment"],
                about["student"],
            )
            comment.auto_comment = None
            self.gradebook.db.commit()


def task_of(nb: NotebookNode, folder: Path) -> Task:
    """Return what there is to grade in a restored notebook, with the files beside it."""
    rai = nb.metadata.get("rai", {})
    cells = tuple(_cell(cell, n) for n, cell in enumerate(nb.cells) if cell.cell_type == "code")
    return Task(cells, dict(rai.get("answers", {})), data_files(folder))


def _cell(cell: NotebookNode, number: int) -> Cell:
    about = cell.metadata.get("nbgrader", {})
    cell_id = about.get("grade_id") or f"cell {number + 1}"
    if is_grade(cell) and not is_solution(cell):
        return Cell(cell_id, CHECK, cell.source, float(about["points"]))
    role = ANSWER if is_solution(cell) else GIVEN if is_locked(cell) else LEARNERS
    return Cell(cell_id, role, cell.source)


def reference_of(nb: NotebookNode, source: Path) -> Task | None:
    """
    Return the key's own solutions with the checks of a restored notebook; None where source/ is
    not at hand or does not have the same checks.
    """
    try:
        key = _read(source, source.stat().st_mtime_ns)
    except (OSError, ValueError):
        return None
    checks = {cell.cell_id: cell for cell in task_of(nb, Path(os.devnull)).cells}
    checks = {name: cell for name, cell in checks.items() if cell.role == CHECK}
    wanted = task_of(key, Path(os.devnull)).cells
    if set(checks) != {cell.cell_id for cell in wanted if cell.role == CHECK}:
        return None
    cells = tuple(checks.get(cell.cell_id, cell) for cell in wanted)
    return Task(cells, dict(key.metadata.get("rai", {}).get("answers", {})))


@functools.lru_cache(maxsize=32)
def _read(source: Path, _changed: int) -> NotebookNode:
    return nbformat.read(source, as_version=4)


def unread(cell: Cell, problem: str) -> CellResult:
    """Return the result of a cell of a notebook that could not be read."""
    return not_graded(cell, problem) if cell.role == CHECK else CellResult(cell.cell_id, [])


def fill(nb: NotebookNode, results: dict[str, CellResult]) -> None:
    """Write outputs and numbers into the code cells, and which checks ran beside learner code."""
    count = 0
    for number, cell in enumerate(nb.cells):
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        about = cell.metadata.get("nbgrader", {})
        result = results[about.get("grade_id") or f"cell {number + 1}"]
        cell.outputs = from_dict(result.outputs)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    inside = [result.cell_id for result in results.values() if result.inside]
    if inside:
        nb.metadata.setdefault("grader", NotebookNode())["inside"] = inside
