"""What a graded notebook says about its own grading."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from grader.graded import foreign
from grader.graded.result import VERSION, CheckResult

FIELDS = tuple(one.name for one in fields(CheckResult))


@dataclass(frozen=True, slots=True)
class Grading:
    """
    What a graded notebook says: the results of its check cells by grade_id, the names of all cells
    with points in their order, why it could not be read, what had to be put right in it, and which
    checks ran beside the learner's code.
    """

    results: dict[str, CheckResult] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


def read(nb: Mapping[str, Any]) -> Grading:
    """Return what a graded notebook says, given as nbformat's dictionary."""
    about = nb["metadata"].get("grader") or {}
    cells = [cell["metadata"].get("nbgrader") or {} for cell in nb["cells"]]
    return Grading(
        results=_kept(about) if about.get("version") == VERSION else foreign.results(nb["cells"]),
        order=tuple(cell["grade_id"] for cell in cells if cell.get("grade") or cell.get("task")),
        problem=str(about.get("problem", "")),
        notes=tuple(map(str, about.get("notes", ()))),
        inside=tuple(map(str, about.get("inside", ()))),
    )


def read_file(path: Path) -> Grading | None:
    """Return what the graded notebook in a file says; None where there is no file."""
    if not path.is_file():
        return None
    return read(json.loads(path.read_text(encoding="utf-8")))


def _kept(about: Mapping[str, Any]) -> dict[str, CheckResult]:
    """Return the results in a notebook's metadata, without fields that a later version added."""
    return {
        name: CheckResult(**{field: one[field] for field in FIELDS if field in one})
        for name, one in about["results"].items()
    }
