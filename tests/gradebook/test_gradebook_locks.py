"""Writing beside other writers, beside a person in the formgrader, and when the machine fails."""

import multiprocessing
import os
import random
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy
from support.databases import (
    CELLS,
    KINDS,
    WORK,
    address,
    book_of,
    enter,
    grades,
    judged,
    record,
    rows,
    small_course,
)

from grader import gradebook
from grader.course import Course, load_config
from grader.errors import GraderError
from grader.gradebook import opening
from grader.results import Entry

FULL = {"essay": judged("essay", 4.0, 2.0), "sums": judged("sums", 1.0, 2.0)}
FORK = multiprocessing.get_context("fork")


@pytest.fixture(params=KINDS)
def place(request, tmp_path) -> Course:
    """A course with the small key."""
    return small_course(tmp_path / "course", request.param)


def batch(number: float, students: int = 40, backwards: bool = False) -> list[Entry]:
    """Return a batch in which every score of every learner is this number."""
    notebooks = {"essay": judged("essay", number, number), "sums": judged("sums", number, number)}
    entries = [Entry(f"s{n:03}", None, notebooks) for n in range(students)]
    return entries[::-1] if backwards else entries


@contextmanager
def held(course: Course, seconds: float, *statements: str) -> Iterator[None]:
    """Let another process, as a slow program would, hold a transaction for some time."""
    ready = FORK.Event()
    db_url = address(course)

    def hold() -> None:
        engine = sqlalchemy.create_engine(db_url)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            ready.set()
            time.sleep(seconds)
            connection.commit()
        os._exit(0)

    process = FORK.Process(target=hold)
    process.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        process.join()


@pytest.mark.slow
def test_a_writer_that_takes_seconds_is_waited_for(place, monkeypatch):
    """Seconds of somebody else's transaction cost these seconds, and no mark."""
    lock = "BEGIN IMMEDIATE" if "sqlite" in address(place) else "LOCK TABLE grade IN SHARE MODE"
    seconds = 3 if "sqlite" in address(place) else 1
    monkeypatch.setitem(opening.START, "postgresql", ("SET LOCAL lock_timeout = 200",))
    with gradebook.writing(place, WORK) as ledger, held(place, seconds, lock):
        start = time.monotonic()
        ledger.record([Entry("ada", None, FULL)])
        waited = time.monotonic() - start

    assert seconds - 0.5 < waited < seconds + 7
    assert (4.0, False) == grades(place, "ada")["check"]


def test_a_file_that_nobody_may_even_read_is_waited_for(tmp_path):
    """Opening, writing and reading wait while another process has the whole file."""
    place = small_course(tmp_path / "course")
    with held(place, 1.2, "BEGIN EXCLUSIVE"):
        start = time.monotonic()
        record(place, WORK, [Entry("ada", None, FULL)])
        waited = time.monotonic() - start

    assert 1 < waited
    assert ["ada"] == list(gradebook.recorded(place, WORK))


def test_a_reader_that_does_not_end_is_waited_for(tmp_path):
    """SQLite cannot commit beside a reader; the batch is written once the reader is done."""
    place = small_course(tmp_path / "course")
    with (
        gradebook.writing(place, WORK) as ledger,
        held(place, 1.5, "BEGIN", "SELECT count(*) FROM student"),
    ):
        ledger.record([Entry("ada", None, FULL)])

    assert ["ada"] == list(gradebook.recorded(place, WORK))


@pytest.mark.slow
def test_a_lock_that_stays_is_one_line_with_what_to_do(place, monkeypatch):
    """After a minute (here: less) the line says that somebody else has it; nothing is written."""
    monkeypatch.setattr(opening, "PATIENCE", 0.3)
    short = ("PRAGMA busy_timeout = 100", "BEGIN IMMEDIATE")
    monkeypatch.setitem(opening.START, "sqlite", short)
    monkeypatch.setitem(opening.START, "postgresql", ("SET LOCAL lock_timeout = 200",))
    lock = "BEGIN IMMEDIATE" if "sqlite" in address(place) else "LOCK TABLE grade"
    with (
        gradebook.writing(place, WORK) as ledger,
        held(place, 1.5, lock),
        pytest.raises(GraderError) as caught,
    ):
        ledger.record([Entry("ada", None, FULL)])

    said = str(caught.value)
    assert "\n" not in said
    assert "lock" in said and "close it" in said and "run the same command again" in said
    assert [] == rows(place)["student"]


@pytest.mark.slow
def test_a_mark_entered_while_a_batch_is_written_stays(place):
    """A person's transaction is open when the batch comes: their mark stays, and is reviewed."""
    record(place, WORK, [Entry("ada", None, FULL)])
    person = (
        "UPDATE grade SET manual_score = 3.5, needs_manual_grade = false WHERE cell_id ="
        " (SELECT id FROM base_cell WHERE name = 'check')"
    )
    with gradebook.writing(place, WORK) as ledger, held(place, 1, person):
        ledger.record([Entry("ada", None, {"essay": judged("essay", 1.0, 2.0)})])

    kept = [row["manual_score"] for row in rows(place)["grade"] if row["manual_score"]]
    assert [3.5] == kept
    assert (1.0, True) == grades(place, "ada")["check"]


@contextmanager
def streamed(ledger: gradebook.GradebookWriter) -> Iterator[None]:
    """Write one batch after the other in a thread."""
    ends = threading.Event()

    def write() -> None:
        number = 0
        while not ends.is_set():
            number += 1
            ledger.record(batch(number / 4))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def test_nothing_that_a_person_enters_is_lost_in_a_stream_of_batches(place):
    """Marks entered one by one, while batches run without a break, are all there in the end."""
    chance, entered = random.Random(3), {}
    cells = [cell for cells in CELLS.values() for cell in cells]
    with gradebook.writing(place, WORK) as ledger, book_of(place) as book:
        ledger.record(batch(0.0))
        with streamed(ledger):
            for number in range(15):
                student, cell = f"s{chance.randrange(40):03}", chance.choice(cells)
                enter(book, student, cell, manual_score=float(number))
                entered[student, cell] = float(number)

    found = {
        (row["notebook_id"][1][1], row["cell_id"][0]): row["manual_score"]
        for row in rows(place)["grade"]
        if row["manual_score"] is not None
    }
    assert entered == found


def test_others_get_a_turn_between_two_batches(place, monkeypatch):
    """SQLite has no queue: after a batch some time is left to who waits, if none has passed."""
    slept: list[float] = []
    monkeypatch.setattr(opening.time, "sleep", slept.append)
    with gradebook.writing(place, WORK) as ledger:
        ledger.record(batch(1.0))
        ledger.record(batch(2.0))
        threading.Event().wait(0.5)
        ledger.record(batch(3.0))

    assert 0 == slept[0] == slept[2]
    assert 0 < slept[1] < 0.5


def test_two_writers_at_once_write_both_batches(place):
    """Two batches of the same new learners, in opposite order: every row is there once."""
    errors = []

    def write(ledger: gradebook.GradebookWriter, backwards: bool) -> None:
        try:
            for number in range(12):
                ledger.record(batch(float(number), backwards=backwards))
        except Exception as error:
            errors.append(error)

    with gradebook.writing(place, WORK) as one, gradebook.writing(place, WORK) as other:
        threads = [
            threading.Thread(target=write, args=(one, False)),
            threading.Thread(target=write, args=(other, True)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [] == errors
    assert 40 * 5 == len(rows(place)["grade"])
    assert {11.0, None} == {row["auto_score"] for row in rows(place)["grade"]}


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_whole_batches(place):
    """kill -9 at random points: the gradebook holds the old batch or the new one, never a part."""
    chance, seen = random.Random(11), set()
    for number in range(1, 6):
        written = FORK.Semaphore(0)

        def write(written=written) -> None:
            with gradebook.writing(place, WORK) as ledger:
                for score in range(1000):
                    ledger.record(batch(float(score)))
                    written.release()

        process = FORK.Process(target=write)
        process.start()
        assert all(written.acquire(timeout=20) for _ in range(number))
        time.sleep(chance.random() / 20)
        process.kill()
        process.join()
        scores = [row["auto_score"] for row in rows(place)["grade"] if row["cell_id"][0] != "task"]
        assert 40 * 4 == len(scores)
        assert 1 == len(set(scores)), set(scores)
        seen |= set(scores)

    assert 1 < len(seen)
    record(place, WORK, batch(2000.0))
    assert 2000.0 == gradebook.marks(place, WORK)[0].marks[0].score


@pytest.mark.parametrize("mode", ["wal", "delete", "truncate"])
def test_the_journal_of_a_file_stays_as_it_is(tmp_path, mode):
    """How an instructor's file is kept is the instructor's choice."""
    place = small_course(tmp_path / "course")
    with sqlite3.connect(place.root / "gradebook.db") as database:
        database.execute(f"PRAGMA journal_mode = {mode}")
    record(place, WORK, [Entry("ada", None, FULL)])
    with sqlite3.connect(place.root / "gradebook.db") as database:
        found = database.execute("PRAGMA journal_mode").fetchone()[0]

    kept = "delete" if mode == "truncate" else mode  # the file itself only knows WAL
    assert kept == found


def test_a_full_disk_leaves_the_gradebook_as_it_was(tmp_path):
    """One line says what to do; with guest again the same batch goes in."""
    place = small_course(tmp_path / "course")
    record(place, WORK, batch(1.0, students=2))
    before = rows(place)
    size = (place.root / "gradebook.db").stat().st_size

    def fill_up() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        record(place, WORK, batch(2.0, students=900))

    said = _said_in_a_process(fill_up)

    assert "room on the disk" in said and "run the same command again" in said
    assert "\n" not in said
    assert before == rows(place)
    record(place, WORK, batch(2.0, students=900))
    assert 900 == len(gradebook.recorded(place, WORK))


@pytest.mark.parametrize(("file", "folder"), [(0o444, 0o777), (0o666, 0o555)])
def test_what_may_not_be_written_is_told_in_one_line(file, folder):
    """A read-only file, or a folder where SQLite cannot put its journal."""
    with tempfile.TemporaryDirectory() as outside:
        place = small_course(Path(outside) / "course")
        for path in (outside, place.root):
            os.chmod(path, 0o755)
        os.chmod(place.root / "gradebook.db", file)
        os.chmod(place.root, folder)
        said = _said_in_a_process(
            lambda: record(place, WORK, [Entry("ada", None, FULL)]), user=65534
        )
        os.chmod(place.root, 0o755)

        assert "its folder may be written" in said and "\n" not in said
        assert [] == rows(place)["student"]


def _said_in_a_process(act: Callable[[], None], user: int | None = None) -> str:
    """Return the GraderError that something ends with in a process, as another user if we may."""
    here, there = FORK.Pipe()

    def run() -> None:
        if user and os.geteuid() == 0:
            os.setgid(user)
            os.setuid(user)
        try:
            act()
            there.send("nothing was wrong")
        except GraderError as error:
            there.send(str(error))
        os._exit(0)

    process = FORK.Process(target=run)
    process.start()
    said = here.recv() if here.poll(30) else "no answer"
    process.join()
    return said


@pytest.mark.parametrize(
    ("db_url", "words"),
    [
        ("postgresql+pg8000://me:secret@127.0.0.1/x", "needs the Python package pg8000"),
        ("postgresql+psycopg://me:secret@127.0.0.1:9/x", "See that the database server runs"),
        ("nonsense", "Could not parse"),
        ("sqlite:////nowhere/at/all/gradebook.db", "its folder may be written"),
    ],
)
def test_an_address_that_does_not_work_is_one_line_without_the_password(tmp_path, db_url, words):
    """A missing driver, no server, no address: what is wrong, what to do, and no secret."""
    place = small_course(tmp_path / "course")
    config = load_config(place)
    config.CourseDirectory.db_url = db_url
    for act in (
        lambda: record(place, WORK, [Entry("ada", None, FULL)], config),
        lambda: gradebook.opened(place, config).__enter__(),
    ):
        with pytest.raises(GraderError) as caught:
            act()
        assert words in str(caught.value)
        assert "secret" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_gradebook_of_an_older_nbgrader_is_told_to_be_upgraded(tmp_path):
    """A column that is not there yet has its own advice."""
    place = small_course(tmp_path / "course")
    record(place, WORK, [Entry("ada", None, FULL)])
    with sqlite3.connect(place.root / "gradebook.db") as database:
        database.execute("ALTER TABLE grade DROP COLUMN extra_credit")
    with pytest.raises(GraderError, match="nbgrader db upgrade"):
        gradebook.marks(place, WORK)


def test_another_kind_of_database_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    """Only what was tried is written to."""
    place = small_course(tmp_path / "course")
    monkeypatch.delitem(opening.START, "sqlite")
    with pytest.raises(GraderError, match="may be SQLite or PostgreSQL"):
        record(place, WORK, [Entry("ada", None, FULL)])


def test_nbgraders_own_waiting_is_as_patient(tmp_path):
    """Whoever opens the gradebook here waits a minute; an address that says otherwise is obeyed."""
    own = f"sqlite:///{tmp_path}/gradebook.db"

    assert f"{own}?timeout={opening.PATIENCE}" == opening.patient(own)
    assert f"{own}?timeout=3" == opening.patient(f"{own}?timeout=3")
    assert "postgresql+psycopg://me:a%40b@db/x" == opening.patient(
        "postgresql+psycopg://me:a%40b@db/x"
    )
