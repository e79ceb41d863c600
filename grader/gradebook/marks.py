"""What the gradebook holds about an assignment, as plain data, read by a few questions."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from nbgrader import api
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from grader.errors import NotGraded
from grader.gradebook.lateness import due_at, seconds_late
from grader.gradebook.opening import Place, use
from grader.gradebook.rows import COMMENT, GRADE, NOTEBOOK, SUBMISSION, parts
from grader.gradebook.schema import (
    ASSIGNMENT,
    KEY_NOTEBOOK,
    AssignmentSchema,
    NotebookSchema,
    read_schema,
)
from grader.results import Mark, NotebookMarks


def marks(
    place: Place, assignment: str, students: Collection[str] | None = None
) -> list[NotebookMarks]:
    """
    Return what the gradebook holds about each notebook of each learner (default: everyone).

    Sorted by learner and notebook; marks come in the order of the key. An assignment that the
    gradebook does not know is a NotGraded.
    """
    with use(place) as book, book.snapshot() as connection:
        return marks_in(connection, assignment, students)


def marks_in(
    connection: Connection, assignment: str, students: Collection[str] | None = None
) -> list[NotebookMarks]:
    """
    Return the same from a gradebook that is open.

    Raises: NotGraded for an assignment that the gradebook does not know.
    """
    if (schema := read_schema(connection, assignment)) is None:
        raise NotGraded(f"{assignment} has no marks yet. Run: grader grade {assignment}")
    notebooks = _notebooks(connection, schema, students)
    rows = [notebook.id for notebook in notebooks]
    grades = _grades(connection, schema, rows)
    comments = _comments(connection, schema, rows)
    pages = {page.id: page for page in schema.pages}
    found = [
        NotebookMarks(
            student=row.student_id,
            notebook=pages[row.notebook_id].name,
            max_score=pages[row.notebook_id].max_score,
            marks=_marks(pages[row.notebook_id], grades[row.id]),
            comments=_comments_by_cell(pages[row.notebook_id], comments[row.id]),
            late=seconds_late(row.timestamp, schema.duedate, row.extension),
            penalty=row.late_submission_penalty or 0.0,
            due=due_at(schema.duedate, row.extension),
        )
        for row in notebooks
    ]
    return sorted(found, key=lambda own: (own.student, own.notebook))


def marked_by_hand(place: Place, assignment: str) -> set[str]:
    """Return the learners for whom a person has given points in an assignment."""
    wanted = (
        select(SUBMISSION.c.student_id)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMISSION.c.assignment_id)
        .join(NOTEBOOK, NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
        .join(GRADE, GRADE.c.notebook_id == NOTEBOOK.c.id)
        .where(ASSIGNMENT.c.name == assignment, GRADE.c.manual_score.is_not(None))
        .distinct()
    )
    with use(place) as book, book.snapshot() as connection:
        return set(connection.execute(wanted).scalars())


def people(place: Place) -> list[str]:
    """Return all that the gradebook calls its learners: ids, first and last names, addresses."""
    table = api.Student.__table__.c
    wanted = select(table.id, table.first_name, table.last_name, table.email)
    with use(place) as book, book.snapshot() as connection:
        return [name for row in connection.execute(wanted) for name in row if name]


def recorded(place: Place, assignment: str) -> dict[str, datetime | None]:
    """
    Return who has rows for all notebooks of an assignment, with the time of the submission.

    The time is in UTC, None where the submission does not say. Nobody has rows of an assignment
    that the gradebook does not know.
    """
    key = KEY_NOTEBOOK.alias("key")
    needed = select(func.count()).select_from(key).where(key.c.assignment_id == ASSIGNMENT.c.id)
    needed = needed.correlate(ASSIGNMENT).scalar_subquery()
    wanted = (
        select(SUBMISSION.c.student_id, SUBMISSION.c.timestamp)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMISSION.c.assignment_id)
        .join(KEY_NOTEBOOK, KEY_NOTEBOOK.c.assignment_id == ASSIGNMENT.c.id)
        .join(
            NOTEBOOK,
            and_(
                NOTEBOOK.c.assignment_id == SUBMISSION.c.id,
                NOTEBOOK.c.notebook_id == KEY_NOTEBOOK.c.id,
            ),
        )
        .where(ASSIGNMENT.c.name == assignment)
        .group_by(SUBMISSION.c.student_id, SUBMISSION.c.timestamp, ASSIGNMENT.c.id)
        .having(func.count() == needed)
    )
    with use(place) as book, book.snapshot() as connection:
        return {row.student_id: row.timestamp for row in connection.execute(wanted)}


def _notebooks(
    connection: Connection, schema: AssignmentSchema, students: Collection[str] | None
) -> list[Row]:
    """Return the rows of the notebooks of these learners."""
    wanted = (
        select(
            SUBMISSION.c.student_id,
            SUBMISSION.c.timestamp,
            SUBMISSION.c.extension,
            NOTEBOOK.c.id,
            NOTEBOOK.c.notebook_id,
            NOTEBOOK.c.late_submission_penalty,
        )
        .join(NOTEBOOK, NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
        .where(SUBMISSION.c.assignment_id == schema.id)
        .where(NOTEBOOK.c.notebook_id.in_([page.id for page in schema.pages]))
    )
    if students is None:
        return list(connection.execute(wanted))
    return list(_in_parts(connection, wanted, SUBMISSION.c.student_id, sorted(set(students))))


def _grades(
    connection: Connection, schema: AssignmentSchema, rows: list[str]
) -> dict[str, dict[str, Row]]:
    """Return the grades of these notebooks, by notebook row and cell id."""
    wanted = select(
        GRADE.c.notebook_id,
        GRADE.c.cell_id,
        GRADE.c.auto_score,
        GRADE.c.manual_score,
        GRADE.c.extra_credit,
        GRADE.c.needs_manual_grade,
    )
    cells = [cell.id for page in schema.pages for cell in page.graded]
    wanted = wanted.where(GRADE.c.cell_id.in_(cells))
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in _in_parts(connection, wanted, GRADE.c.notebook_id, rows):
        found[row[0]][row[1]] = row
    return found


def _comments(
    connection: Connection, schema: AssignmentSchema, rows: list[str]
) -> dict[str, dict[str, str]]:
    """Return the comments on these notebooks, by notebook row and cell id."""
    wanted = select(COMMENT.c.notebook_id, COMMENT.c.cell_id, api.Comment.comment)
    cells = [cell for page in schema.pages for cell in page.commented]
    wanted = wanted.where(COMMENT.c.cell_id.in_(cells))
    wanted = wanted.where(or_(COMMENT.c.auto_comment != "", COMMENT.c.manual_comment != ""))
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for notebook, cell, text in _in_parts(connection, wanted, COMMENT.c.notebook_id, rows):
        found[notebook][cell] = text
    return found


def _marks(page: NotebookSchema, grades: dict[str, Row]) -> tuple[Mark, ...]:
    """Return the marks of a notebook in the order of its key."""
    return tuple(
        Mark(cell.name, cell.max_score, *grades[cell.id][2:])
        for cell in page.graded
        if cell.id in grades
    )


def _comments_by_cell(page: NotebookSchema, comments: dict[str, str]) -> dict[str, str]:
    """Return the comments on a notebook by name of the cell, in the order of its key."""
    return {name: comments[cell] for cell, name in page.commented.items() if comments.get(cell)}


def _in_parts(
    connection: Connection, wanted: Select, column: ColumnElement, values: list[str]
) -> Iterator[Row]:
    """Yield the rows where a column has one of many values."""
    for part in parts(values):
        yield from connection.execute(wanted.where(column.in_(part)))
