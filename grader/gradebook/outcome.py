"""Marks with what the graded notebooks tell about them: one result for each notebook."""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from nbgrader import api

from grader.course import Course
from grader.gradebook.marks import marks, marks_in
from grader.gradebook.opening import Place, use
from grader.graded import CheckResult, Grading, read_file
from grader.results import (
    GRADED,
    MISSING,
    NOT_GRADED,
    CellResult,
    Mark,
    NotebookMarks,
    NotebookResult,
)


def results(
    place: Place,
    assignment: str,
    students: Collection[str] | None = None,
    known: Mapping[tuple[str, str], Grading] | None = None,
) -> list[NotebookResult]:
    """
    Return a result for each notebook of each learner who has rows, sorted by learner.

    `known` is what graded notebooks tell, by learner and notebook, where that need not be read. An
    assignment that the gradebook does not know is a NotGraded.
    """
    known = known or {}
    with use(place) as book:
        return [
            _result(book.course, assignment, own, known.get((own.student, own.notebook)))
            for own in marks(book, assignment, students)
        ]


def results_in(book: api.Gradebook, course: Course, assignment: str) -> list[NotebookResult]:
    """Return a result for each notebook of an assignment from a gradebook that is open."""
    found = marks_in(book.db.connection(), assignment)
    return [_result(course, assignment, own) for own in found]


def _result(
    course: Course, assignment: str, own: NotebookMarks, known: Grading | None = None
) -> NotebookResult:
    """
    Build the result of one notebook from its marks and from the files beside them; `known` is what
    its graded notebook says, where that need not be read.
    """
    file = f"{own.notebook}.ipynb"
    grading = known or read_file(course.autograded(own.student, assignment) / file)
    own = replace(own, status=_status(course, assignment, own, grading))
    grading = grading or Grading()
    problem = "" if own.raw_score is not None and not own.open else grading.problem
    place = {name: number for number, name in enumerate(grading.order)}
    found = sorted(own.counted, key=lambda mark: (place.get(mark.grade_id, 0), mark.grade_id))
    return NotebookResult(
        student=own.student,
        assignment=assignment,
        notebook=own.notebook,
        score=own.score,
        max_score=own.max_score,
        status=GRADED if grading.problem and not problem else own.status,
        cells=tuple(_cell(mark, grading.of(mark.grade_id)) for mark in found),
        late=own.late,
        reason=problem or _waiting(found, grading),
        notes=grading.notes,
        inside=grading.inside,
        walls=grading.walls,
        penalty=own.taken_off,
    )


def without_page(course: Course, assignment: str, own: NotebookMarks) -> NotebookMarks:
    """Return the marks of a notebook that has no graded file, with the status that this means."""
    return replace(own, status=_status(course, assignment, own, None))


def _cell(mark: Mark, check: CheckResult) -> CellResult:
    """Return the result of one cell."""
    return CellResult(
        mark.grade_id,
        mark.score,
        mark.max_score,
        check.message,
        mark.proposed,
        check.outcome,
        check.rule,
    )


def _status(course: Course, assignment: str, own: NotebookMarks, grading: Grading | None) -> str:
    """Return the status of a notebook; `grading` is None where there is no graded notebook."""
    if grading is not None:
        return NOT_GRADED if grading.problem else GRADED
    return NOT_GRADED if _waits(course, assignment, own) else MISSING


def _waits(course: Course, assignment: str, own: NotebookMarks) -> bool:
    """Tell whether a notebook that was never graded was handed in: what was not has its zeros."""
    file = course.submitted(own.student, assignment) / f"{own.notebook}.ipynb"
    there = os.path.lexists(file)
    return there or any(mark.auto_score is None for mark in own.marks)


def _waiting(found: Iterable[Mark], grading: Grading) -> str:
    """Return which checks the judge left to a person, if any; hand-graded cells are none."""
    left = [mark.grade_id for mark in found if mark.score is None and mark.manual_score is None]
    told = {name: grading.of(name).message for name in left}
    waiting = [name for name, message in told.items() if message]
    return f"{', '.join(waiting)}: {told[waiting[0]]}" if waiting else ""
