"""
What came out of grading, as plain data: one result for each notebook of each learner.

A result never says 0 for something that was not judged: its score is None then, and its status and
reason say why.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

GRADED = "graded"
MISSING = "missing"
NOT_GRADED = "could not be graded"


@dataclass(frozen=True, slots=True)
class CellResult:
    """What one check cell gave: None as score means that a person has to decide."""

    grade_id: str
    score: float | None
    max_score: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class NotebookResult:
    """
    What one notebook of one learner gave; `late` is in seconds after the due date, `notes` say
    what had to be put right before it could be graded, and `inside` names the checks that ran
    beside the learner's code, whose marks can be forged.
    """

    student: str
    assignment: str
    notebook: str
    score: float | None
    max_score: float
    status: str
    cells: tuple[CellResult, ...] = field(default=())
    late: float = 0.0
    reason: str = ""
    notes: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()

    @property
    def open(self) -> float:
        """Return the points that nobody has decided about."""
        if self.score is None:
            return self.max_score
        return sum((cell.max_score for cell in self.cells if cell.score is None), 0.0)


@dataclass(frozen=True, slots=True)
class NotebookEntry:
    """
    What grading one notebook says to the gradebook: the machine's score of each graded cell, None
    where a person has to decide, and the machine's comment on each cell that takes one.
    """

    scores: dict[str, float | None]
    comments: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One submission for the gradebook, by notebook; what is not in `notebooks` was not handed in.
    `timestamp` is in UTC without a zone, None where the submission does not say.
    """

    student: str
    timestamp: datetime | None
    notebooks: dict[str, NotebookEntry]


@dataclass(frozen=True, slots=True)
class Mark:
    """What the gradebook holds about one graded cell."""

    grade_id: str
    max_score: float
    auto_score: float | None = None
    manual_score: float | None = None
    extra_credit: float | None = None
    needs_manual_grade: bool = False

    @property
    def score(self) -> float | None:
        """Return the points, None while neither the machine nor a person gave any."""
        given = self.auto_score if self.manual_score is None else self.manual_score
        return None if given is None else given + (self.extra_credit or 0.0)


@dataclass(frozen=True, slots=True)
class NotebookMarks:
    """
    What the gradebook holds about one notebook of one learner: the marks of its cells, and the
    comment on each cell that has one. `late` is in seconds, `penalty` in points.
    """

    student: str
    notebook: str
    max_score: float
    marks: tuple[Mark, ...]
    comments: dict[str, str]
    late: float = 0.0
    penalty: float = 0.0


def to_json(results: Iterable[NotebookResult]) -> list[dict[str, Any]]:
    """Return the results in the form that `grader grade --json` promises to other programs."""
    return [
        {
            "student": result.student.encode("utf-8", "replace").decode(),
            "assignment": result.assignment,
            "notebook": result.notebook,
            "score": result.score,
            "max_score": result.max_score,
            "status": result.status,
            "cells": [
                {
                    "grade_id": cell.grade_id,
                    "score": cell.score,
                    "max_score": cell.max_score,
                    "message": cell.message,
                }
                for cell in result.cells
            ],
            "inside": list(result.inside),
        }
        for result in results
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """
    What a graded notebook says about its own grading: what each check cell told the learner, by
    grade_id ("" for what a person grades); why it could not be read, if so; what had to be put
    right in it; and which checks ran beside the learner's code.
    """

    messages: dict[str, str]
    problem: str = ""
    notes: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


def told(nb: dict[str, Any]) -> Told:
    """Return what a graded notebook says, given as nbformat's dictionary."""
    messages = {}
    for cell in nb["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and about.get("grade") and not about.get("solution"):
            messages[about["grade_id"]] = _stdout(cell) or _error(cell)
        elif about.get("grade"):
            messages[about["grade_id"]] = ""  # a person reads it
    about = nb["metadata"].get("grader", {})
    notes, inside = (tuple(about.get(name, ())) for name in ("notes", "inside"))
    return Told(messages, about.get("problem", ""), notes, inside)


def told_in(path: Path) -> Told | None:
    """Return what the graded notebook in a file says; None where there is no file."""
    if not path.is_file():
        return None
    return told(json.loads(path.read_text(encoding="utf-8")))


def _stdout(cell: dict[str, Any]) -> str:
    """Return what a cell printed, without the blank edges."""
    printed = [
        "".join(output["text"])
        for output in cell["outputs"]
        if output["output_type"] == "stream" and output["name"] == "stdout"
    ]
    return "".join(printed).strip()


def _error(cell: dict[str, Any]) -> str:
    """Return what stopped a cell, in one line; "" for nothing. A plain assert says no more."""
    errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
    if not errors:
        return ""
    name, words = errors[0]["ename"], errors[0]["evalue"].strip()
    return name if words in ("", name) else f"{name}: {words.splitlines()[0]}"
