"""
What grading found, into the gradebook: exactly the rows that nbgrader's own Autograde would write,
a whole batch in one transaction.

What belongs to the machine (scores, its comments, penalties) says afterwards what a first grading
of the same submission would say: no mark of an earlier one stays. What a person entered stays.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection
from traitlets.config import Config

from grader.course.names import markup_in
from grader.errors import GraderError, NoKey
from grader.gradebook.lateness import LatePolicy
from grader.gradebook.opening import OpenGradebook, Place, use
from grader.gradebook.rows import statements
from grader.gradebook.schema import AssignmentSchema, read_schema
from grader.gradebook.upserts import Upserts
from grader.results import Entry

LONGEST = 128  # characters of a learner's name: what nbgrader's table takes


class GradebookWriter:
    """One assignment in an open gradebook, to be written to by one thread at a time."""

    def __init__(self, book: OpenGradebook, assignment: str, policy: LatePolicy) -> None:
        self._book = book
        self._assignment = assignment
        self._policy = policy

    def record(self, entries: Sequence[Entry]) -> None:
        """
        Write a batch of submissions in one transaction: all of it, or nothing.

        Learners who are not in the gradebook yet are added in this order. An entry that names a
        notebook or cell which the gradebook does not have is a NoKey; a gradebook that cannot be
        written to, or stays locked for a minute, is a GraderError of one line.
        """
        if entries:
            check_names(entry.student for entry in entries)
            self._book.in_one_go(lambda connection: self._write(connection, entries))

    def _write(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Write a batch; the key is read each time, so that a new release is no surprise."""
        schema = self._schema(connection)
        check_entries(schema, self._assignment, entries)
        Upserts(connection, schema, entries).write(self._policy)

    def _schema(self, connection: Connection) -> AssignmentSchema:
        """Return the key of the assignment."""
        if (schema := read_schema(connection, self._assignment)) is None:
            raise NoKey(
                f"The gradebook has no key of {self._assignment}."
                f" Run: grader release {self._assignment}"
            )
        return schema


@contextmanager
def writing(
    place: Place, assignment: str, config: Config | None = None
) -> Iterator[GradebookWriter]:
    """
    Open the gradebook of a place to write marks of one assignment: one connection for them all.

    It may be used from another thread than the one that opened it. Nothing is locked between two
    batches. The late policy is the one of `config`, as given or as in the folder.
    """
    with use(place, config) as book:
        yield GradebookWriter(book, assignment, LatePolicy(book.config))


def enrol(place: Place, students: Iterable[str]) -> None:
    """Add the learners who are not there yet, in this order: an export lists them as they came."""
    names = [{"id": student} for student in students]
    check_names(name["id"] for name in names)
    if names:
        with use(place) as book:
            book.in_one_go(lambda to: to.execute(statements(to.dialect.name).student, names))


def check_names(students: Iterable[str]) -> None:
    """
    Refuse what no database takes as a learner's name, or what a page would run.

    Raises: GraderError for the first name that the gradebook cannot hold.
    """
    for student in students:
        if why := unfit(student):
            raise GraderError(why)


def unfit(student: str) -> str:
    """Return why a learner's name cannot be in the gradebook, "" if it can."""
    begin = f"{student!a} cannot be a learner in the gradebook"
    end = "Rename the folder in submitted/"
    if sign := markup_in(student):
        return f"{begin}: the character {sign!a} could be taken for a page's own. {end}."
    if len(student) > LONGEST or student != student.encode("utf-8", "replace").decode():
        return f"{begin}: at most {LONGEST} characters, all of them readable text. {end}."
    return ""


def check_entries(schema: AssignmentSchema, assignment: str, entries: Iterable[Entry]) -> None:
    """
    Refuse marks and comments that the gradebook has no row for: they would be lost.

    Raises: NoKey for the first notebook or cell that the key does not have.
    """
    pages = {page.name: page for page in schema.pages}
    for entry in entries:
        for name, found in entry.notebooks.items():
            if (page := pages.get(name)) is None:
                unknown = {f"{name}.ipynb"}
            else:
                unknown = found.scores.keys() - {cell.name for cell in page.graded}
                unknown |= found.comments.keys() - set(page.commented.values())
            if unknown:
                raise NoKey(
                    f"The gradebook's key of {assignment} has no {sorted(unknown)[0]}, which"
                    f" {entry.student} has a mark or comment for. Run: grader release {assignment}"
                )
