"""One batch on its way into the rows, within one transaction."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from nbgrader import api
from nbgrader.utils import parse_utc
from sqlalchemy import Connection, Executable, select

from grader.gradebook.lateness import LatePolicy, seconds_late
from grader.gradebook.penalties import asked
from grader.gradebook.rows import NOTEBOOK, SUBMISSION, parts, statements
from grader.gradebook.schema import AssignmentSchema, NotebookSchema
from grader.results import Entry, NotebookEntry

Rows = list[dict[str, Any]]


class SubmissionRow(NamedTuple):
    """The row of a submission, and how late it is, in seconds."""

    id: str
    late: float


class Upserts:
    """Writes the entries of a batch, table by table, in the order in which rows need each other."""

    def __init__(
        self, connection: Connection, schema: AssignmentSchema, entries: Sequence[Entry]
    ) -> None:
        self._connection = connection
        self._statements = statements(connection.dialect.name)
        self._schema = schema
        self._entries = entries

    def write(self, policy: LatePolicy) -> None:
        """Write everything; penalties come last, since they depend on what a person entered."""
        submissions = self._write_submissions()
        notebooks = self._write_notebooks([place.id for place in submissions.values()])
        graded, kept, absent, tasks, comments = [], [], [], [], []
        late: dict[str, tuple[str, float]] = {}
        for entry in self._entries:
            place = submissions[entry.student]
            for page in self._schema.pages:
                row, found = notebooks[place.id, page.id], entry.notebooks.get(page.name)
                comments += _comments(row, page, found)
                if found is None:
                    absent += _absent(row, page)
                    continue
                for rows, own in zip((graded, kept, tasks), _grades(row, page, found), strict=True):
                    rows += own
                if place.late:
                    late[row] = (entry.student, place.late)
        self._many(self._statements.grade, graded)
        self._many(self._statements.kept, kept)
        self._many(self._statements.absent, absent)
        self._many(self._statements.task, tasks)
        self._many(self._statements.comment, comments)
        if late:
            found = asked(self._connection, self._schema, late, policy).items()
            rows = [{"row": row, "points": points} for row, points in found if points is not None]
            self._many(self._statements.penalty, rows)

    def _write_submissions(self) -> dict[str, SubmissionRow]:
        """Write learners and their submissions, and return the latter by learner."""
        students = [entry.student for entry in self._entries]
        self._many(self._statements.student, [{"id": student} for student in students])
        rows = [
            {
                "id": api.new_uuid(),
                "assignment_id": self._schema.id,
                "student_id": entry.student,
                "timestamp": parse_utc(entry.timestamp),
            }
            for entry in self._entries
        ]
        self._many(self._statements.submission, rows)
        columns = SUBMISSION.c
        wanted = select(columns.student_id, columns.id, columns.timestamp, columns.extension)
        wanted = wanted.where(columns.assignment_id == self._schema.id)
        return {
            student: SubmissionRow(row, seconds_late(timestamp, self._schema.duedate, extension))
            for part in parts(students)
            for student, row, timestamp, extension in self._connection.execute(
                wanted.where(columns.student_id.in_(part))
            )
        }

    def _write_notebooks(self, submissions: list[str]) -> dict[tuple[str, str], str]:
        """Write the rows of notebooks, and return their ids by submission and notebook."""
        pages = [page.id for page in self._schema.pages]
        rows = [
            {"id": api.new_uuid(), "assignment_id": submission, "notebook_id": page}
            for submission in submissions
            for page in pages
        ]
        self._many(self._statements.notebook, rows)
        columns = NOTEBOOK.c
        wanted = select(columns.assignment_id, columns.notebook_id, columns.id)
        wanted = wanted.where(columns.notebook_id.in_(pages))
        return {
            (submission, page): row
            for part in parts(submissions)
            for submission, page, row in self._connection.execute(
                wanted.where(columns.assignment_id.in_(part))
            )
        }

    def _many(self, statement: Executable, rows: Rows) -> None:
        """Execute a statement for each row."""
        if rows:
            self._connection.execute(statement, rows)


def _grades(row: str, page: NotebookSchema, found: NotebookEntry) -> tuple[Rows, Rows, Rows]:
    """
    Return the grades of a notebook: what was for the judge, what did not change, and tasks, left to
    a person.
    """
    graded: Rows = []
    kept: Rows = []
    tasks: Rows = []
    for cell in page.graded:
        score = found.scores.get(cell.name)
        left = tasks if cell.task and score is None else graded
        (kept if cell.name in found.kept else left).append(
            {
                "id": api.new_uuid(),
                "notebook_id": row,
                "cell_id": cell.id,
                "auto_score": score,
                "needs_manual_grade": score is None,
            }
        )
    return graded, kept, tasks


def _absent(row: str, page: NotebookSchema) -> Rows:
    """Return the grades of a notebook that was not handed in: nothing, and nobody has to look."""
    return [
        {
            "id": api.new_uuid(),
            "notebook_id": row,
            "cell_id": cell.id,
            "auto_score": 0.0,
            "needs_manual_grade": False,
        }
        for cell in page.graded
    ]


def _comments(row: str, page: NotebookSchema, found: NotebookEntry | None) -> Rows:
    """Return the comments of a notebook; one that was not handed in has none."""
    told = {} if found is None else found.comments
    return [
        {
            "id": api.new_uuid(),
            "notebook_id": row,
            "cell_id": cell_id,
            "auto_comment": _storable(told.get(name)),
        }
        for cell_id, name in page.commented.items()
    ]


def _storable(text: str | None) -> str | None:
    """Return a text as every database takes it: a comment may hold whatever a learner printed."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "?")
