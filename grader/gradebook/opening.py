"""
nbgrader's own Gradebook, opened, and one clear line for whatever is wrong with it.

Opening makes the tables and the row of the course if they are not there yet.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader import api
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.errors import GraderError

PATIENCE = 60.0  # seconds that somebody else may hold the lock
SNAPSHOT = {
    "sqlite": "BEGIN",
    "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
}
AGAIN = "Then run the same command again: what was finished is kept."
ADVICE = {
    r"locked|lock timeout|deadlock": "Another program has been writing to it for a minute:"
    f" close it, or wait for its end. {AGAIN}",
    r"full|I/O error|read-?only|too large|unable to open|No space": "See that there is room on the"
    f" disk and that the file and its folder may be written. {AGAIN}",
    r"no such column|UndefinedColumn": "It was made by an older nbgrader: back it up and run"
    " `nbgrader db upgrade`.",
    r"psycopg": "See that the database server runs and that c.CourseDirectory.db_url in"
    f" nbgrader_config.py is right. {AGAIN}",
    r"": "Put a backup of it in place, or move it away and grade again.",
}


@contextmanager
def opened(course: Course, config: Config | None = None) -> Iterator[api.Gradebook]:
    """Open the gradebook of the course; it is made if there is none."""
    directory = course_directory(config or load_config(course))
    with quiet_nbgrader(), opened_at(directory.db_url, directory.course_id) as book:
        yield book


@contextmanager
def opened_at(db_url: str, course_id: str) -> Iterator[api.Gradebook]:
    """Open the gradebook at this address, with nbgrader's log as it is."""
    with told(db_url), api.Gradebook(patient(db_url), course_id) as book:
        yield book


@contextmanager
def snapshot(course: Course, config: Config | None = None) -> Iterator[Connection]:
    """Give a connection that sees one state of the gradebook, whatever others write meanwhile."""
    with opened(course, config) as book, book.engine.connect() as connection:
        if start := SNAPSHOT.get(connection.dialect.name):
            connection.exec_driver_sql(start)
        yield connection


@contextmanager
def told(db_url: str) -> Iterator[None]:
    """Tell what goes wrong with the gradebook at this address in one line, with what to do."""
    try:
        yield
    except (SQLAlchemyError, api.InvalidEntry) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        advice = next(text for words, text in ADVICE.items() if re.search(words, first))
        raise GraderError(
            f"The gradebook {shown(db_url)} cannot be used: {first}. {advice}"
        ) from None


def patient(db_url: str) -> str:
    """Return the address with which nbgrader waits for a lock; its own is five seconds."""
    with told(db_url):
        url = make_url(db_url)
        dialect = url.get_dialect()
    try:
        dialect.import_dbapi()
    except ModuleNotFoundError as missing:
        raise GraderError(
            f"The gradebook {shown(db_url)} needs the Python package {missing.name}. Install it;"
            " for PostgreSQL: pip install 'rai-course-grader[postgresql]', and an address that"
            " starts with postgresql+psycopg://"
        ) from None
    if url.get_backend_name() == "sqlite" and "timeout" not in url.query:
        url = url.update_query_dict({"timeout": str(PATIENCE)})
    return url.render_as_string(hide_password=False)


def shown(db_url: str) -> str:
    """Return an address as it may be shown: without the password."""
    return re.sub(r"(?<=:)[^:@/]+(?=@)", "***", db_url)
