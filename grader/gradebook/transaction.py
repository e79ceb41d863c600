"""
Writing in one go: a transaction that begins again for as long as another writer is in the way.

SQLite knows one writer at a time. A transaction takes that place before it reads anything, so that
it never has to give up in the middle; it holds it for a moment only, and waits for it patiently.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from nbgrader import api
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from traitlets.config import Config

from grader.course import course_directory, quiet_nbgrader
from grader.errors import GraderError
from grader.gradebook.opening import PATIENCE, patient, shown, told

T = TypeVar("T")
PAUSE = 0.05  # seconds, where the database itself did not wait
# What is left to others after a transaction, as a share of its own time. SQLite has no queue: a
# formgrader that waits would see one batch after the other go first, and give up after 5 seconds.
SHARE = 0.25
START = {
    # One second at a time: Python hears Ctrl-C only in between.
    "sqlite": ("PRAGMA busy_timeout = 1000", "BEGIN IMMEDIATE"),
    "postgresql": ("SET LOCAL lock_timeout = 5000",),
}
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
IN_THE_WAY = {"40001", "40P01", "55P03"}  # PostgreSQL: serialization, deadlock, lock timeout


class Writer:
    """A gradebook to be written to, one transaction after the other, over one connection."""

    def __init__(self, engine: Engine, db_url: str) -> None:
        self._engine = engine
        self._db_url = db_url
        self._left_to_others = 0.0  # until then, on the monotonic clock

    def in_one_go(self, work: Callable[[Connection], T]) -> T:
        """
        Return what `work` gives, done in one transaction: all of it is written, or nothing.

        It is done from its start again while somebody else holds the lock, for a minute at most;
        that, and whatever else the database refuses, is a GraderError.
        """
        end = time.monotonic() + PATIENCE
        time.sleep(max(0.0, self._left_to_others - time.monotonic()))
        with told(self._db_url):
            while True:
                try:
                    return self._once(work)
                except DBAPIError as error:
                    if not _is_in_the_way(error) or time.monotonic() > end:
                        raise
                    time.sleep(PAUSE)

    def _once(self, work: Callable[[Connection], T]) -> T:
        """Do the work in one transaction, and note how long others were kept out by it."""
        with self._engine.begin() as connection:
            for line in START[connection.dialect.name]:
                connection.exec_driver_sql(line)
            start = time.monotonic()
            found = work(connection)
        end = time.monotonic()
        self._left_to_others = end + SHARE * (end - start)
        return found


def writer(config: Config) -> AbstractContextManager[Writer]:
    """Open the gradebook that a configuration names, to be written to."""
    directory = course_directory(config)
    return writer_at(directory.db_url, directory.course_id)


@contextmanager
def writer_at(db_url: str, course_id: str) -> Iterator[Writer]:
    """Open the gradebook at an address, to be written to."""
    with quiet_nbgrader(), told(db_url):
        book = api.Gradebook(patient(db_url), course_id)
    try:
        if book.engine.dialect.name not in START:
            raise GraderError(
                f"The gradebook {shown(db_url)} cannot be written to: it may be SQLite"
                " or PostgreSQL. Set c.CourseDirectory.db_url in nbgrader_config.py."
            )
        yield Writer(book.engine, db_url)
    finally:
        book.close()


def _is_in_the_way(error: DBAPIError) -> bool:
    """Tell whether another writer is the reason, so that trying again may help."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    state = getattr(error.orig, "sqlstate", None)
    return state in IN_THE_WAY or (code is not None and code & 0xFF in BUSY)
