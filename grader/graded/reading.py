"""
What a graded notebook says about its own grading.

A notebook that stock nbgrader graded may hold anything in its metadata: a learner wrote it. What is
not exactly of the form that is written here counts as not there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from grader.graded import foreign
from grader.graded.result import OUTCOMES, VERSION, CheckResult

FIELDS = tuple(one.name for one in fields(CheckResult))
NO_CHECK = CheckResult("")  # of a cell that a person reads


@dataclass(frozen=True, slots=True)
class Grading:
    """
    What a graded notebook says: the results of its check cells by grade_id, the names of all cells
    with points in their order, why it could not be read, what had to be put right in it, which
    checks ran beside the learner's code, and whether that was locked in.
    """

    results: dict[str, CheckResult] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    walls: bool = True

    def of(self, grade_id: str) -> CheckResult:
        """Return the result of a cell; one without an outcome where a person reads it."""
        return self.results.get(grade_id, NO_CHECK)


def read(nb: Mapping[str, Any]) -> Grading:
    """Return what a graded notebook says, given as nbformat's dictionary."""
    about = nb["metadata"].get("grader")
    about = about if isinstance(about, Mapping) else {}
    cells = [cell["metadata"].get("nbgrader") or {} for cell in nb["cells"]]
    kept = _kept(about.get("results")) if about.get("version") == VERSION else None
    return Grading(
        results=foreign.results(nb["cells"]) if kept is None else kept,
        order=tuple(cell["grade_id"] for cell in cells if cell.get("grade") or cell.get("task")),
        problem=str(about.get("problem", "")),
        notes=_texts(about.get("notes")),
        inside=_texts(about.get("inside")),
        walls=about.get("walls") != "none",
    )


def read_file(path: Path) -> Grading | None:
    """Return what the graded notebook in a file says; None where there is no file."""
    if not path.is_file():
        return None
    return read(json.loads(path.read_text(encoding="utf-8")))


def _kept(results: object) -> dict[str, CheckResult] | None:
    """Return the results in a notebook's metadata; None for what is none of ours."""
    if not isinstance(results, Mapping):
        return None
    found = {name: _result(one) for name, one in results.items()}
    return None if None in found.values() else found


def _result(plain: object) -> CheckResult | None:
    """Return one result, without fields that a later version added; None for what is none."""
    if not isinstance(plain, Mapping) or plain.get("outcome") not in OUTCOMES:
        return None
    known = {name: plain[name] for name in FIELDS if name in plain}
    return CheckResult(**known) if all(isinstance(one, str) for one in known.values()) else None


def _texts(value: object) -> tuple[str, ...]:
    """Return a list of texts, nothing for anything else."""
    return tuple(map(str, value)) if isinstance(value, list) else ()
