"""Marks with what the graded notebooks tell about them: one result for each notebook."""

import os
from collections.abc import Collection, Iterable, Mapping

from grader.course import Course
from grader.gradebook.marks import marks
from grader.results import (
    GRADED,
    MISSING,
    NOT_GRADED,
    CellResult,
    Mark,
    NotebookMarks,
    NotebookResult,
    Told,
    told_in,
)


def results(
    course: Course,
    assignment: str,
    students: Collection[str] | None = None,
    known: Mapping[tuple[str, str], Told] | None = None,
) -> list[NotebookResult]:
    """
    Return a result for each notebook of each learner who has rows, sorted by learner.

    `known` is what graded notebooks tell, by learner and notebook, where that need not be read. An
    assignment that the gradebook does not know is a NotGraded.
    """
    known = known or {}
    return [
        _result(course, assignment, own, known.get((own.student, own.notebook)))
        for own in marks(course, assignment, students)
    ]


def _result(
    course: Course, assignment: str, own: NotebookMarks, told: Told | None
) -> NotebookResult:
    """Build the result of one notebook from its marks and from the files beside them."""
    file = f"{own.notebook}.ipynb"
    told = told or told_in(course.autograded(own.student, assignment) / file)
    status = NOT_GRADED
    if told is not None:
        status = NOT_GRADED if told.problem else GRADED
    elif not _waits(course, assignment, own, file):
        status = MISSING
    told = told or Told({})
    place = {name: number for number, name in enumerate(told.messages)}
    found = sorted(own.marks, key=lambda mark: (place.get(mark.grade_id, 0), mark.grade_id))
    given = [mark.score for mark in found if mark.score is not None]
    undecided = status == NOT_GRADED or (found and not given)
    return NotebookResult(
        student=own.student,
        assignment=assignment,
        notebook=own.notebook,
        score=None if undecided else sum(given, 0.0),
        max_score=own.max_score,
        status=status,
        cells=tuple(
            CellResult(
                grade_id=mark.grade_id,
                score=mark.score,
                max_score=mark.max_score,
                message=told.messages.get(mark.grade_id, ""),
            )
            for mark in found
        ),
        late=own.late,
        reason=told.problem or _waiting(found, told.messages),
        notes=told.notes,
        inside=told.inside,
    )


def _waits(course: Course, assignment: str, own: NotebookMarks, file: str) -> bool:
    """Tell whether a notebook that was never graded was handed in: what was not has its zeros."""
    there = os.path.lexists(course.submitted(own.student, assignment) / file)
    return there or any(mark.score is None for mark in own.marks)


def _waiting(found: Iterable[Mark], messages: dict[str, str]) -> str:
    """Return which checks the judge left to a person, if any; hand-graded cells are none."""
    waiting = [m.grade_id for m in found if m.score is None and messages.get(m.grade_id)]
    return f"{', '.join(waiting)}: {messages[waiting[0]]}" if waiting else ""
