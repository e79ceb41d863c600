"""
The secret seed of an assignment: hidden tests draw their data from it, so that equal hand-ins get
equal marks in every run, on every worker and in every order.

It is made when it is first asked for and stands in a table of its own beside nbgrader's, so that a
backup of the gradebook keeps it. Learners never see it: who knew it would know the hidden data.
"""

import secrets

from sqlalchemy import Column, Connection, MetaData, String, Table, delete, insert, select

from grader.gradebook.opening import Place, use

SEEDS = Table(
    "grader_seed",
    MetaData(),
    Column("course_id", String(128), primary_key=True),
    Column("assignment", String(128), primary_key=True),
    Column("seed", String(64), nullable=False),
)


def seed(place: Place, assignment: str, new: bool = False) -> str:
    """
    Return the seed of an assignment as 64 letters; `new` draws another, after which all of the
    assignment has to be graded again.
    """

    def drawn(connection: Connection) -> str:
        found = (SEEDS.c.course_id == book.course_id) & (SEEDS.c.assignment == assignment)
        SEEDS.create(connection, checkfirst=True)
        if new:
            connection.execute(delete(SEEDS).where(found))
        known = connection.execute(select(SEEDS.c.seed).where(found)).scalar()
        if known is None:
            known = secrets.token_hex(32)
            row = {"course_id": book.course_id, "assignment": assignment, "seed": known}
            connection.execute(insert(SEEDS).values(row))
        return known

    with use(place) as book:
        return book.in_one_go(drawn)
