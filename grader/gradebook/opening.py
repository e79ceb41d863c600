"""
nbgrader's own Gradebook, opened once and used by all who need it: read as one state, or written in
one transaction.

Opening makes the tables and the row of the course if they are not there yet. SQLite knows one
writer at a time. A transaction takes that place before it reads anything, so that it never has to
give up in the middle; it holds it for a moment only, and waits for it patiently.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from nbgrader import api
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from traitlets.config import Config

from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.errors import GraderError
from grader.gradebook.address import PATIENCE, one_line, patient, shown

T = TypeVar("T")
PAUSE = 0.05  # seconds, where the database itself did not wait
# What is left to others after a transaction, as a share of its own time. SQLite has no queue: a
# formgrader that waits would see one batch after the other go first, and give up after 5 seconds.
SHARE = 0.25
SNAPSHOT = {
    "sqlite": "BEGIN",
    "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
}
START = {
    # One second at a time: Python hears Ctrl-C only in between.
    "sqlite": ("PRAGMA busy_timeout = 1000", "BEGIN IMMEDIATE"),
    "postgresql": ("SET LOCAL lock_timeout = 5000",),
}
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
IN_THE_WAY = {"40001", "40P01", "55P03"}  # PostgreSQL: serialization, deadlock, lock timeout


class OpenGradebook:
    """
    The gradebook of a course while it is open. Between two uses nothing is locked; another thread
    than the one that opened it may write.
    """

    def __init__(self, directory: CourseDirectory, gradebook: api.Gradebook) -> None:
        self.course, self.course_id = Course(Path(directory.root)), directory.course_id
        self.config: Config = directory.config
        self._db_url, self._gradebook = directory.db_url, gradebook
        self._left_to_others = 0.0  # until then, on the monotonic clock

    @contextmanager
    def entries(self) -> Iterator[api.Gradebook]:
        """Give nbgrader's Gradebook; what it has read is forgotten afterwards."""
        with one_line(self._db_url):
            try:
                yield self._gradebook
            finally:
                self._gradebook.db.rollback()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give a connection that sees one state of it, whatever others write meanwhile."""
        with one_line(self._db_url), self._gradebook.engine.connect() as connection:
            if start := SNAPSHOT.get(connection.dialect.name):
                connection.exec_driver_sql(start)
            yield connection

    def in_one_go(self, work: Callable[[Connection], T]) -> T:
        """
        Return what `work` gives, done in one transaction: all of it is written, or nothing.

        It is done from its start again while somebody else holds the lock, for a minute at most;
        that, and whatever else the database refuses, is a GraderError.
        """
        if self._gradebook.engine.dialect.name not in START:
            raise GraderError(
                f"The gradebook {shown(self._db_url)} cannot be written to: it may be SQLite"
                " or PostgreSQL. Set c.CourseDirectory.db_url in nbgrader_config.py."
            )
        end = time.monotonic() + PATIENCE
        time.sleep(max(0.0, self._left_to_others - time.monotonic()))
        with one_line(self._db_url):
            while True:
                try:
                    return self._once(work)
                except DBAPIError as error:
                    if not _is_in_the_way(error) or time.monotonic() > end:
                        raise
                    time.sleep(PAUSE)

    def _once(self, work: Callable[[Connection], T]) -> T:
        """Do the work in one transaction, and note how long others were kept out by it."""
        with self._gradebook.engine.begin() as connection:
            for line in START[connection.dialect.name]:
                connection.exec_driver_sql(line)
            start = time.monotonic()
            found = work(connection)
        end = time.monotonic()
        self._left_to_others = end + SHARE * (end - start)
        return found


Place = Course | CourseDirectory | OpenGradebook


@contextmanager
def use(place: Place, config: Config | None = None) -> Iterator[OpenGradebook]:
    """
    Give the gradebook of a place, open: opened for this use, or as it is if the place is one that
    is open. Without a configuration, a course's own is read.
    """
    if isinstance(place, OpenGradebook):
        yield place
        return
    if isinstance(place, Course):
        place = course_directory(config or load_config(place))
    with quiet_nbgrader(), one_line(place.db_url):
        gradebook = api.Gradebook(patient(place.db_url), place.course_id)
    try:
        yield OpenGradebook(place, gradebook)
    finally:
        gradebook.close()


@contextmanager
def opened(place: Place, config: Config | None = None) -> Iterator[api.Gradebook]:
    """Give nbgrader's Gradebook of a place; it is made if there is none."""
    with use(place, config) as book, quiet_nbgrader(), book.entries() as gradebook:
        yield gradebook


def _is_in_the_way(error: DBAPIError) -> bool:
    """Tell whether another writer is the reason, so that trying again may help."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    state = getattr(error.orig, "sqlstate", None)
    return state in IN_THE_WAY or (code is not None and code & 0xFF in BUSY)
