"""
What late notebooks lose, told anew from what the gradebook holds: the policy, a due date or an
extension may have changed since they were graded, and a person may have given points.
"""

import math
from collections.abc import Mapping
from typing import Any

from nbgrader import api
from sqlalchemy import ColumnElement, Connection, func, or_, select
from traitlets.config import Config

from grader.course import Course
from grader.gradebook.lateness import LatePolicy, seconds_late
from grader.gradebook.opening import Place, use
from grader.gradebook.rows import NOTEBOOK, SUBMISSION, parts, statements
from grader.gradebook.schema import AssignmentSchema, read_schema

Late = Mapping[str, tuple[str, float]]  # the row of a notebook: its learner, and seconds


def settle(place: Place, assignment: str, config: Config | None = None) -> int:
    """
    Put right what recorded notebooks lose for coming late, in one transaction, and return how many
    were wrong. Nothing is locked where all is right.

    A policy that cannot be asked is a GraderError of one line, and nothing is changed.
    """
    with use(place, config) as book:
        policy = LatePolicy(book.config)
        policy.check()
        with book.snapshot() as connection:
            changes = _changes(connection, book.course, assignment, policy)
        if not changes:
            return 0
        return book.in_one_go(lambda to: _put_right(to, book.course, assignment, policy))


def asked(
    connection: Connection, schema: AssignmentSchema, late: Late, policy: LatePolicy
) -> dict[str, float | None]:
    """Ask the policy what late notebooks lose, with their scores as nbgrader counts them."""
    cells = [cell.id for page in schema.pages for cell in page.graded]
    grade = api.Grade
    wanted = select(grade.notebook_id, func.sum(grade.score)).group_by(grade.notebook_id)
    wanted = wanted.where(grade.cell_id.in_(cells))  # so that the index of the table is used
    scores = {
        row: score
        for part in parts(list(late))
        for row, score in connection.execute(wanted.where(grade.notebook_id.in_(part)))
    }
    return {
        row: policy.penalty(student, scores.get(row, 0.0), seconds)
        for row, (student, seconds) in late.items()
    }


def _put_right(connection: Connection, course: Course, assignment: str, policy: LatePolicy) -> int:
    """Write what is wrong; it is looked for again, now that nobody else can write."""
    changes = _changes(connection, course, assignment, policy)
    if changes:
        connection.execute(statements(connection.dialect.name).penalty, changes)
    return len(changes)


def _changes(
    connection: Connection, course: Course, assignment: str, policy: LatePolicy
) -> list[dict[str, Any]]:
    """Return the notebooks that lose something else than their rows say, with what they lose."""
    if (schema := read_schema(connection, assignment)) is None:
        return []
    names = {page.id: page.name for page in schema.pages}
    columns = (SUBMISSION.c.student_id, SUBMISSION.c.timestamp, SUBMISSION.c.extension)
    wanted = (
        select(*columns, NOTEBOOK.c.id, NOTEBOOK.c.notebook_id, NOTEBOOK.c.late_submission_penalty)
        .join(NOTEBOOK, NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
        .where(SUBMISSION.c.assignment_id == schema.id)
        .where(_may_be_wrong(schema))
    )
    known: dict[str, float | None] = {}
    late: dict[str, tuple[str, float]] = {}
    for student, timestamp, extension, row, notebook, penalty in connection.execute(wanted):
        known[row] = penalty
        seconds = seconds_late(timestamp, schema.duedate, extension)
        file = f"{names.get(notebook)}.ipynb"
        # One that was not handed in loses nothing, as in nbgrader.
        if seconds and (course.autograded(student, assignment) / file).exists():
            late[row] = (student, seconds)
    right = asked(connection, schema, late, policy) if late else {}
    return [
        {"row": row, "points": right.get(row)}
        for row, penalty in known.items()
        if not _same(penalty, right.get(row))
    ]


def _may_be_wrong(schema: AssignmentSchema) -> ColumnElement[bool]:
    """Return which notebooks are worth looking at: in most classes few are late."""
    found = NOTEBOOK.c.late_submission_penalty.is_not(None)
    if schema.duedate is None:
        return found
    due = SUBMISSION.c.timestamp > schema.duedate
    return or_(found, due, SUBMISSION.c.extension.is_not(None))


def _same(one: float | None, other: float | None) -> bool:
    """Tell whether two penalties are equal, be it with the few digits of a database's column."""
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
