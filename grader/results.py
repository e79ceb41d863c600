"""
What came out of grading, as plain data: one result for each notebook of each learner.

A result never says 0 for something that was not judged: its score is None then, and its status and
reason say why. Points are counted here and nowhere else: of a cell by `Mark`, of a notebook by
`NotebookMarks`, of several notebooks by `total`. Tables, files and pages only show them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

GRADED = "graded"
MISSING = "missing"
NOT_GRADED = "could not be graded"


@dataclass(frozen=True, slots=True)
class CellResult:
    """
    What one check cell gave: None as score means that a person has to decide; `proposed` is then
    what a person gave for an earlier hand-in, if there was one. `outcome` and `rule` are those of
    its check (see `grader.graded`), `message` is for people.
    """

    grade_id: str
    score: float | None
    max_score: float
    message: str = ""
    proposed: float | None = None
    outcome: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class NotebookResult:
    """
    What one notebook of one learner gave; `score` has the late `penalty` taken off, `late` is in
    seconds after the due date, `notes` say what had to be put right before it could be graded, and
    `inside` names the checks that ran beside the learner's code, whose marks can be forged. Without
    `walls` that code was not locked in.
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
    penalty: float = 0.0
    walls: bool = True

    @property
    def open(self) -> float:
        """Return the points that nobody has decided about."""
        if self.score is None:
            return self.max_score
        return sum((cell.max_score for cell in self.cells if cell.score is None), 0.0)

    @property
    def proposed(self) -> float | None:
        """Return what was given by hand for open cells before they changed, None for nothing."""
        found = [c.proposed for c in self.cells if c.score is None and c.proposed is not None]
        return sum(found) if found else None


@dataclass(frozen=True, slots=True)
class NotebookEntry:
    """
    What grading one notebook says to the gradebook: the machine's score of each graded cell, None
    where a person has to decide, and the machine's comment on each cell that takes one. `kept` are
    cells whose answer is the one that was there before: what a person gave for it stands.
    """

    scores: dict[str, float | None]
    comments: dict[str, str | None]
    kept: frozenset[str] = frozenset()


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
        """
        Return the points, None while a person has to decide: nobody gave any, or what a person gave
        was for an answer that has been handed in again since.
        """
        return None if self.needs_manual_grade else self._given

    @property
    def proposed(self) -> float | None:
        """Return what a person gave for an earlier hand-in while the mark is open, else None."""
        by_hand = self.needs_manual_grade and self.manual_score is not None
        return self._given if by_hand else None

    @property
    def _given(self) -> float | None:
        given = self.auto_score if self.manual_score is None else self.manual_score
        return None if given is None else given + (self.extra_credit or 0.0)


@dataclass(frozen=True, slots=True)
class NotebookMarks:
    """
    What the gradebook holds about one notebook of one learner: the marks of its cells, and the
    comment on each cell that has one. `late` is in seconds, `penalty` in points, and `due` when it
    is to be handed in at the latest (in UTC, without a zone), with the learner's own extension.

    `status` is as in results. Of a notebook that could not be graded only what a person gave
    counts: what the machine wrote into its rows is no mark.
    """

    student: str
    notebook: str
    max_score: float
    marks: tuple[Mark, ...]
    comments: dict[str, str]
    late: float = 0.0
    penalty: float = 0.0
    status: str = GRADED
    due: datetime | None = None

    @property
    def counted(self) -> tuple[Mark, ...]:
        """Return the marks as they count."""
        if self.status != NOT_GRADED:
            return self.marks
        return tuple(replace(mark, auto_score=None) for mark in self.marks)

    @property
    def raw_score(self) -> float | None:
        """Return the points before the late penalty, None while nothing is decided."""
        given = [mark.score for mark in self.counted if mark.score is not None]
        undecided = not given and (self.marks or self.status == NOT_GRADED)
        return None if undecided else sum(given, 0.0)

    @property
    def taken_off(self) -> float:
        """Return the points that are taken off for coming late: never more than were given."""
        return min(max(self.penalty, 0.0), max(self.raw_score or 0.0, 0.0))

    @property
    def score(self) -> float | None:
        """Return the points after the late penalty, None while nothing is decided."""
        raw = self.raw_score
        return None if raw is None else raw - self.taken_off

    @property
    def open(self) -> float:
        """Return the points that nobody has decided about."""
        if self.raw_score is None:
            return self.max_score
        return sum((mark.max_score for mark in self.counted if mark.score is None), 0.0)


@dataclass(frozen=True, slots=True)
class Total:
    """
    The points of one learner in some notebooks: `score` is what counts, after the late penalty,
    and None while nothing is decided; `raw_score` is before it; `open` waits for a person.
    """

    score: float | None
    raw_score: float | None
    penalty: float
    max_score: float
    open: float


def total(notebooks: Iterable[NotebookResult | NotebookMarks]) -> Total:
    """Return the points of one learner in some notebooks."""
    notebooks = list(notebooks)
    counted = [one for one in notebooks if one.score is not None]
    penalty = sum((_penalty(one) for one in counted), 0.0)
    undecided = sum((one.open for one in notebooks), 0.0)
    score = sum((one.score for one in counted), 0.0)
    if not any(map(_is_earned, counted)) and (undecided or not _needs_nobody(notebooks)):
        score = None
    return Total(
        score=score,
        raw_score=None if score is None else score + penalty,
        penalty=penalty,
        max_score=sum((one.max_score for one in notebooks), 0.0),
        open=undecided,
    )


def _is_earned(one: NotebookResult | NotebookMarks) -> bool:
    """Tell whether a score is the mark of some work, be it 0: a missing notebook has none."""
    return bool(one.score or (one.status != MISSING and one.max_score))


def _needs_nobody(notebooks: Iterable[NotebookResult | NotebookMarks]) -> bool:
    """Tell whether notebooks were all handed in and read, as where nothing is to be marked."""
    statuses = {one.status for one in notebooks}
    return statuses == {GRADED}


def _penalty(one: NotebookResult | NotebookMarks) -> float:
    return one.taken_off if isinstance(one, NotebookMarks) else one.penalty


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
            "walls": result.walls,
            "late": result.late,
            "penalty": result.penalty,
            "reason": result.reason,
            "notes": list(result.notes),
            "open": result.open,
        }
        for result in results
    ]


SPANS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def points(number: float | None) -> str:
    """Return points as people write them: 4, 2.5, or – while nobody has decided."""
    text = "–" if number is None else f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def so_many(number: float, noun: str = "point") -> str:
    """Return a number with its noun: 1 point, 2.5 points."""
    return f"{points(number)} {noun}{'s' * (number != 1)}"


def span(seconds: float) -> str:
    """Return a length of time in its largest whole unit."""
    for size, unit in SPANS:
        if seconds >= size:
            return so_many(seconds // size, unit)
    return "less than a minute"
