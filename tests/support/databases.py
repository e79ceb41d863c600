"""
Gradebooks to test with, on SQLite and on a PostgreSQL server of our own: a small key, every row by
names instead of random ids, and what a person does in the formgrader.
"""

import atexit
import ctypes
import functools
import glob
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from nbgrader import api
from sqlalchemy import UniqueConstraint, create_engine, select, text
from traitlets.config import Config

from grader import gradebook
from grader.course import Course, course_directory, load_config
from grader.results import Entry, NotebookEntry
from support.courses import need

KINDS = ("sqlite", "postgresql")
WORK = "work"  # the assignment of the small key, with its notebooks and graded cells
CELLS = {"essay": {"check": 4.0, "letter": 2.0, "task": 3.0}, "sums": {"one": 1.0, "two": 2.0}}
COMMENTED = {"essay": ("letter", "task"), "sums": ("answer",)}
CONFIG = (
    "c = get_config()\nc.CourseDirectory.db_url = {!r}\nc.CourseDirectory.course_id = 'small'\n"
)
_number = itertools.count()


def record(
    place: gradebook.Place, assignment: str, entries: Sequence[Entry], config: Config | None = None
) -> None:
    """Write one batch of submissions."""
    with gradebook.writing(place, assignment, config) as ledger:
        ledger.record(entries)


def small_course(folder: Path, kind: str = "sqlite") -> Course:
    """Make a course without notebooks, with the small key in a gradebook of this kind."""
    (folder / "source").mkdir(parents=True)
    if kind == "postgresql":
        db_url = new_database(_postgres_key())
    else:
        db_url = f"sqlite:///{shutil.copy(_sqlite_key(), folder / 'gradebook.db')}"
    (folder / "nbgrader_config.py").write_text(CONFIG.format(db_url), encoding="utf-8")
    return Course(folder.resolve())


def put_key(db_url: str) -> None:
    """Write the small key as a release does: a letter that is graded by hand, and a task."""
    make_tables(db_url)
    with api.Gradebook(db_url, "small") as book:
        book.add_assignment(WORK)
        for notebook in ("sums", "essay"):
            book.add_notebook(notebook, WORK)
        for name, points, kind in (("check", 4, "code"), ("letter", 2, "markdown")):
            book.add_grade_cell(name, "essay", WORK, max_score=points, cell_type=kind)
        book.add_solution_cell("letter", "essay", WORK)
        book.add_task_cell("task", "essay", WORK, max_score=3, cell_type="markdown")
        for name, points in CELLS["sums"].items():
            book.add_grade_cell(name, "sums", WORK, max_score=points, cell_type="code")
        book.add_solution_cell("answer", "sums", WORK)


def make_tables(db_url: str) -> None:
    """Make the tables of a new gradebook as nbgrader does, which would run alembic for seconds."""
    engine = create_engine(db_url)
    api.Base.metadata.create_all(engine)
    engine.dispose()


def on_postgresql(course: Course, folder: Path) -> Course:
    """Return a copy of a course whose gradebook, as it is, lies on our PostgreSQL server."""
    shutil.copytree(course.root, folder)
    db_url = new_database(_postgres_key())
    source, target = create_engine(f"sqlite:///{folder}/gradebook.db"), create_engine(db_url)
    with source.connect() as old, target.begin() as new:
        for table in reversed(api.Base.metadata.sorted_tables):
            new.execute(table.delete())
        for table in api.Base.metadata.sorted_tables:
            if there := [dict(row) for row in old.execute(select(table)).mappings()]:
                new.execute(table.insert(), there)
    source.dispose()
    target.dispose()
    (folder / "gradebook.db").unlink()
    with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"c.CourseDirectory.db_url = {db_url!r}\n")
    return Course(folder)


def judged(notebook: str, *scores: float | None, comment: str | None = None) -> NotebookEntry:
    """Return what grading says about a notebook of the small key; a task gets no score."""
    names = [name for name in CELLS[notebook] if name != "task"]
    comments = dict.fromkeys(COMMENTED[notebook], comment)
    return NotebookEntry(dict(zip(names, scores, strict=True)), comments)


@functools.cache
def _sqlite_key() -> str:
    """Return a file with the small key; it goes with the tests."""
    folder = tempfile.mkdtemp(prefix="grader-key-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    put_key(f"sqlite:///{folder}/gradebook.db")
    return f"{folder}/gradebook.db"


@functools.cache
def _postgres_key() -> str:
    """Return the name of a database with the small key."""
    put_key(new_database())
    return f"course{next(_number) - 1}"


def address(course: Course) -> str:
    """Return the address of a course's gradebook."""
    return course_directory(load_config(course)).db_url


@contextmanager
def book_of(course: Course) -> Iterator[api.Gradebook]:
    """Open a gradebook as the formgrader has it: nbgrader's own, with its own patience."""
    with api.Gradebook(address(course), "small") as book:
        yield book


def enter(book: api.Gradebook, student: str, cell: str, **marks: float | None) -> None:
    """Enter a mark by hand: what the formgrader's GradeHandler does."""
    notebook = next(name for name, cells in CELLS.items() if cell in cells)
    grade = book.find_grade(cell, notebook, WORK, student)
    grade.manual_score = marks.get("manual_score")
    grade.extra_credit = marks.get("extra_credit")
    grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
    book.db.commit()


def rows(course: Course) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, with names in place of random ids, sorted."""
    engine = create_engine(address(course))
    with engine.connect() as connection:
        found = dict(_tables(connection))
    engine.dispose()
    return found


def grades(course: Course, student: str) -> dict[str, tuple[float | None, bool]]:
    """Return the machine's score of each cell of a learner, and whether a person has to look."""
    return {
        row["cell_id"][0]: (row["auto_score"], row["needs_manual_grade"])
        for row in rows(course)["grade"]
        if row["notebook_id"][1][1] == student
    }


def _tables(connection: sqlalchemy.Connection) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the tables, those first that others point to."""
    names: dict[tuple[str, str], Any] = {}
    for table in api.Base.metadata.sorted_tables:
        unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
        own = [column.name for column in (unique[0] if unique else table.primary_key).columns]
        there = []
        for row in connection.execute(select(table)).mappings():
            named = {}
            for column in table.columns:
                value = row[column.name]
                for key in column.foreign_keys:
                    value = names.get((key.column.table.name, value), value)
                if column.default is None or column.name != "id":
                    named[column.name] = value
            name = tuple(named[column] for column in own)
            names[table.name, row["id"]] = name if len(name) > 1 else name[0]
            there.append(named)
        yield table.name, sorted(there, key=repr)


def new_database(template: str = "template1") -> str:
    """Make a database on our PostgreSQL server, and return its address."""
    name = f"course{next(_number)}"
    with _server().connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    return _server().url.set(database=name).render_as_string(hide_password=False)


@functools.cache
def _server() -> sqlalchemy.Engine:
    """Start a PostgreSQL server on this machine; it ends with the tests, however they end."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres")) or [shutil.which("postgres")]
    program = need("PostgreSQL server", "COURSE_REQUIRE_POSTGRES", found[-1])
    place = Path(tempfile.mkdtemp(prefix="grader-pg-"))
    who = _unprivileged(place)
    quiet = {"cwd": place, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    make = [Path(program).with_name("initdb"), "-D", place / "data", "-A", "trust", "-U", "tests"]
    subprocess.run([*make, "-E", "UTF8", "--locale=C", "--no-sync"], check=True, **quiet, **who)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    start = [program, "-D", place / "data", "-h", "127.0.0.1", "-p", str(port), "-k", place]
    options = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
    settings = itertools.chain.from_iterable(("-c", option) for option in options)
    process = subprocess.Popen([*start, *settings], preexec_fn=_end_with_parent(), **quiet, **who)
    atexit.register(_stop, process, place)
    url = f"postgresql+psycopg://tests:secret@127.0.0.1:{port}/postgres"
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    _wait_for(engine, process)
    return engine


def _unprivileged(place: Path) -> dict[str, Any]:
    """Return as whom the server runs, and give them the folder: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(place, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _end_with_parent() -> Any:
    """Return what a child does first so that the kernel ends it when its parent has died."""
    libc = ctypes.CDLL(None)
    set_death_signal = 1  # PR_SET_PDEATHSIG
    return lambda: libc.prctl(set_death_signal, signal.SIGINT)


def _wait_for(engine: sqlalchemy.Engine, process: subprocess.Popen) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + 30
    while True:
        try:
            return engine.connect().close()
        except sqlalchemy.exc.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.05)


def _stop(process: subprocess.Popen, place: Path) -> None:
    """End the server and remove what it has written."""
    process.send_signal(signal.SIGINT)
    process.wait(20)
    shutil.rmtree(place, ignore_errors=True)
