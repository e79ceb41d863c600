"""
The key of a notebook: what each of its nbgrader cells is in the release, as frozen plain data.

It is read from the gradebook once, and from then on the document side (restore, exporter) and the
judging side know the same cells. A cell's source here is the instructor's, with hidden tests.
"""

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.gradebook import Place


@dataclass(frozen=True, slots=True)
class KeyCell:
    """One cell of a release that nbgrader knows; `source` is the stub where learners answer."""

    grade_id: str
    cell_type: str
    source: str
    grade: bool
    solution: bool
    locked: bool
    task: bool
    points: float | None
    checksum: str

    @property
    def is_check(self) -> bool:
        """Tell whether the cell is graded by running it: a learner has nothing to write in it."""
        return self.grade and not self.solution


@dataclass(frozen=True, slots=True)
class Key:
    """The cells of one notebook of an assignment, in the order of the source notebook."""

    assignment: str
    notebook: str
    cells: tuple[KeyCell, ...]
    kernelspec: dict[str, Any] | None = None  # with which it was released
    texts: frozenset[str] = frozenset()  # of the cells that a release does not store

    @property
    def grade_ids(self) -> frozenset[str]:
        """Return the ids of all cells."""
        return frozenset(cell.grade_id for cell in self.cells)


def read_all(place: "Place", assignment: str, folder: Path) -> dict[str, Key]:
    """
    Return the keys of an assignment by notebook, from the gradebook of a place; the source
    notebooks lie in `folder`.
    """
    from grader import gradebook

    return {
        notebook: _key(assignment, notebook, rows, folder / f"{notebook}.ipynb", spec)
        for notebook, (rows, spec) in gradebook.key_rows(place, assignment).items()
    }


def _key(
    assignment: str,
    notebook: str,
    rows: list[dict[str, Any]],
    source: Path,
    spec: dict[str, Any] | None,
) -> Key:
    """Make a key of the gradebook's rows, in the order of the source if that has the same cells."""
    cells = {row["grade_id"]: KeyCell(**row) for row in rows}
    order = _source_order(source)
    ids: Iterable[str] = order if sorted(order) == sorted(cells) else cells
    texts = _other_texts(source)
    return Key(assignment, notebook, tuple(cells[name] for name in ids), spec, texts)


def source_notebook(path: Path) -> dict[str, Any] | None:
    """Return an instructor's notebook as plain data; None if there is no such file any more."""
    try:
        return _read_source(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return None


@functools.lru_cache(maxsize=32)
def _read_source(path: Path, _changed: int) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _source_order(path: Path) -> list[str]:
    """Return the ids of the cells of an instructor's notebook that a release stores."""
    try:
        cells = (source_notebook(path) or {})["cells"]
    except KeyError:
        return []
    ids = [_grade_id(cell["metadata"].get("nbgrader", {})) for cell in cells]
    return [grade_id for grade_id in ids if grade_id]


def _other_texts(path: Path) -> frozenset[str]:
    """Return what the cells of an instructor's notebook say that a release does not store."""
    cells = (source_notebook(path) or {}).get("cells", ())
    others = (c for c in cells if not _grade_id(c["metadata"].get("nbgrader", {})))
    return frozenset("".join(cell["source"]).strip() for cell in others)


def _grade_id(about: dict[str, Any]) -> str | None:
    """Return the id under which a release stores a cell; None if it does not store it."""
    stored = any(about.get(flag) for flag in ("grade", "solution", "locked", "task"))
    return about.get("grade_id") if stored else None
