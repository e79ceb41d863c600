"""
The rows of submissions as nbgrader writes them, as statements for many rows at once.

A row that is not there yet is made; of one that is there, only the columns that belong to the
machine change, so that a person may enter marks at the same time.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbgrader import api
from sqlalchemy import Insert, Update, bindparam, case, func, or_, true, update
from sqlalchemy.dialects import postgresql, sqlite

STUDENT = api.Student.__table__
SUBMISSION = api.SubmittedAssignment.__table__
NOTEBOOK = api.SubmittedNotebook.__table__
GRADE = api.Grade.__table__
COMMENT = api.Comment.__table__
INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
AT_ONCE = 500  # values in one question: SQLite takes no more than 999 everywhere


@dataclass(frozen=True, slots=True)
class Statements:
    """
    One statement for each kind of row: `grade` for a cell that was graded, `kept` for one whose
    answer did not change, `absent` for one of a notebook that was not handed in, `task` for one
    that waits for a person whatever comes in.
    """

    student: Insert
    submission: Insert
    notebook: Insert
    grade: Insert
    kept: Insert
    absent: Insert
    task: Insert
    comment: Insert
    penalty: Update


@functools.cache
def statements(dialect: str) -> Statements:
    """Return the statements in the words of one kind of database."""
    insert = INSERT[dialect]
    submission, notebook, grade, comment = map(insert, (SUBMISSION, NOTEBOOK, GRADE, COMMENT))
    # Submissions that do not say when they came leave the time that is there, as in nbgrader.
    when = func.coalesce(submission.excluded.timestamp, SUBMISSION.c.timestamp)
    score = grade.excluded.auto_score
    by_hand = GRADE.c.manual_score.is_not(None)

    def graded(needs_manual_grade: object) -> Insert:
        """Return the statement for grades where a person has to look under this condition."""
        return grade.on_conflict_do_update(
            index_elements=[GRADE.c.cell_id, GRADE.c.notebook_id],
            set_={"auto_score": score, "needs_manual_grade": needs_manual_grade},
        )

    return Statements(
        student=insert(STUDENT).on_conflict_do_nothing(),
        submission=submission.on_conflict_do_update(
            index_elements=[SUBMISSION.c.assignment_id, SUBMISSION.c.student_id],
            set_={"timestamp": when},
        ),
        notebook=notebook.on_conflict_do_update(
            index_elements=[NOTEBOOK.c.notebook_id, NOTEBOOK.c.assignment_id],
            set_={"late_submission_penalty": None},
        ),
        grade=graded(or_(by_hand, score.is_(None))),
        kept=graded(case((by_hand, GRADE.c.needs_manual_grade), else_=score.is_(None))),
        absent=graded(grade.excluded.needs_manual_grade),
        task=graded(true()),
        comment=comment.on_conflict_do_update(
            index_elements=[COMMENT.c.cell_id, COMMENT.c.notebook_id],
            set_={"auto_comment": comment.excluded.auto_comment},
        ),
        penalty=update(NOTEBOOK)
        .where(NOTEBOOK.c.id == bindparam("row"))
        .values(late_submission_penalty=bindparam("points")),
    )


def parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield values in parts that fit into one question to the database."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
