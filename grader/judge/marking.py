"""
A restored notebook through grading: its code cells become a task, and their results its outputs.

The executor comes here with one notebook of nbgrader's, batch with a whole class. A notebook is
nbformat's dictionary of format 4, plain or a NotebookNode. Nothing here reads or writes a file.
"""

from collections.abc import Callable, Mapping
from typing import Any

from grader.graded.result import write
from grader.judge.task import (
    ANSWER,
    CHECK,
    GIVEN,
    LEARNERS,
    Cell,
    Graded,
    GradedCell,
    Reference,
    Task,
    not_graded,
)

Notebook = dict[str, Any]
Results = dict[str, GradedCell]  # by the id of the cell in the task
DAMAGED = "the metadata of this check was changed"


def marked(
    nb: Notebook,
    files: Mapping[str, bytes],
    reference: Reference,
    grade: Callable[[Task], Graded],
) -> Results:
    """
    Grade a restored notebook, write what its cells showed into it, and return the results.

    `files` lie beside the notebook, `reference` is what trying its key showed.
    """
    known = nb["metadata"].get("grader", {})
    task = task_of(nb, files)
    if "problem" in known:
        graded = Graded(tuple(_unread(cell, known["problem"]) for cell in task.cells))
    else:
        graded = grade(task.judged_by(reference))
    by_id = {cell.cell_id: result for cell, result in zip(task.cells, graded.results, strict=True)}
    for grade_id in known.get("damaged", ()):
        by_id[grade_id] = not_graded(Cell(grade_id, CHECK, ""), DAMAGED)
    _fill(nb, by_id)
    if not graded.walls:
        nb["metadata"]["grader"]["walls"] = "none"
    return by_id


def task_of(nb: Notebook, files: Mapping[str, bytes]) -> Task:
    """Return the code cells of a notebook as a task; their roles are those of the key."""
    rai = nb["metadata"].get("rai", {})
    answers = rai.get("answers", {}) | rai.get("given", {})  # the first answer given counts
    cells = enumerate(nb["cells"])
    code = tuple(_cell(cell, n) for n, cell in cells if cell["cell_type"] == "code")
    return Task(code, answers, dict(files))


def is_check(about: Mapping[str, Any]) -> bool:
    """Tell whether a cell with this nbgrader metadata is graded by running it."""
    return bool(about.get("grade")) and not about.get("solution")


def _cell(cell: dict[str, Any], number: int) -> Cell:
    about = cell["metadata"].get("nbgrader", {})
    cell_id = _task_id(about, number)
    source = "".join(cell["source"])  # a list of lines where the file was read as plain JSON
    if is_check(about):
        return Cell(cell_id, CHECK, source, float(about["points"]))
    role = ANSWER if about.get("solution") else GIVEN if about.get("locked") else LEARNERS
    return Cell(cell_id, role, source)


def _task_id(about: Mapping[str, Any], number: int) -> str:
    return about.get("grade_id") or f"cell {number + 1}"


def _unread(cell: Cell, problem: str) -> GradedCell:
    """Return the result of a cell of a notebook that could not be read."""
    return not_graded(cell, problem) if cell.role == CHECK else GradedCell(cell.cell_id, [])


def _fill(nb: Notebook, results: Results) -> None:
    """
    Write outputs and numbers into the code cells, and into the metadata what came of the checks,
    and which of them ran beside learner code.
    """
    count = 0
    for number, cell in enumerate(nb["cells"]):
        if cell["cell_type"] != "code":
            continue
        count += 1
        cell["execution_count"] = count
        cell["outputs"] = results[_task_id(cell["metadata"].get("nbgrader", {}), number)].outputs
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count
    write(nb, {name: cell.check for name, cell in results.items() if cell.check})
    inside = [cell.cell_id for cell in results.values() if cell.inside]
    if inside:
        nb["metadata"]["grader"]["inside"] = inside
