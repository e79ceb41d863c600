"""The key of an assignment in the gradebook: is it there, and is it the one in source/?"""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader import api
from traitlets.config import Config

from grader.gradebook.opening import Place, opened, use

Row = dict[str, Any]


def has_key(place: Place, assignment: str) -> bool:
    """Tell whether the gradebook holds the key of this assignment as it is in source/ now."""
    with use(place) as book, book.entries() as entries:
        names = book.course.notebooks(assignment)
        paths = {name: book.course.source(assignment) / f"{name}.ipynb" for name in names}
        wanted = {name: _checksums(path, book.config) for name, path in paths.items()}
        return wanted == _stored_checksums(entries, assignment)


def knows(place: Place, assignment: str) -> bool:
    """Tell whether the gradebook has any key of this assignment, current or not."""
    with opened(place) as entries:
        return bool(_stored_checksums(entries, assignment))


def fingerprint(place: Place, assignment: str, seed: str) -> str:
    """Return a short text that changes when the key of the assignment or its seed changes."""
    with opened(place) as entries:
        stored = _stored_checksums(entries, assignment)
    return hashlib.sha256(json.dumps([stored, seed], sort_keys=True).encode()).hexdigest()


def key_rows(place: Place, assignment: str) -> dict[str, tuple[list[Row], Row | None]]:
    """
    Return the key of an assignment as plain data, by notebook: its cells, and the kernel with which
    it was released, None where it was released without one.
    """
    with opened(place) as entries:
        row = _assignment(entries, assignment)
        return {
            notebook.name: (_key_cells(notebook), json.loads(notebook.kernelspec or "null") or None)
            for notebook in (row.notebooks if row else [])
        }


def set_duedate(place: Place, assignment: str, duedate: datetime) -> None:
    """Give the assignment a due date (in UTC)."""
    with opened(place) as entries:
        entries.update_or_create_assignment(assignment, duedate=duedate)


def _assignment(book: api.Gradebook, assignment: str) -> api.Assignment | None:
    """Return the row of an assignment, or None."""
    try:
        return book.find_assignment(assignment)
    except api.MissingEntry:
        return None


def _key_cells(notebook: api.Notebook) -> list[Row]:
    """Return the fields of a KeyCell for each cell that a release stored."""
    grade = {cell.name: cell.max_score for cell in notebook.grade_cells}
    task = {cell.name: cell.max_score for cell in notebook.task_cells}
    solution = {cell.name for cell in notebook.solution_cells}
    return [
        {
            "grade_id": cell.name,
            "cell_type": cell.cell_type,
            "source": cell.source or "",
            "grade": cell.name in grade,
            "solution": cell.name in solution,
            "locked": bool(cell.locked),
            "task": cell.name in task,
            "points": (grade | task).get(cell.name),
            "checksum": cell.checksum,
        }
        for cell in notebook.source_cells
    ]


def _checksums(path: Path, config: Config) -> dict[str, str]:
    """Return the checksum that a release of this source notebook stores for each of its cells."""
    # Imported here: a report needs no preprocessor, and nbconvert takes long.
    import nbformat
    from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells

    nb = nbformat.read(path, as_version=4)
    for step in (LockCells, ClearSolutions, ComputeChecksums):
        nb, _ = step(config=config).preprocess(nb, {})
    about = [cell.metadata.nbgrader for cell in nb.cells if "nbgrader" in cell.metadata]
    return {entry["grade_id"]: entry["checksum"] for entry in about if "checksum" in entry}


def _stored_checksums(book: api.Gradebook, assignment: str) -> dict[str, dict[str, str]]:
    """Return the checksums in the gradebook, by notebook and cell."""
    row = _assignment(book, assignment)
    notebooks = row.notebooks if row else []
    return {nb.name: {cell.name: cell.checksum for cell in nb.source_cells} for nb in notebooks}
