"""What the gradebook holds, read by a few questions: the numbers are nbgrader's own."""

import json
import random
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support.databases import (
    CELLS,
    COMMENTED,
    KINDS,
    WORK,
    book_of,
    enter,
    judged,
    record,
    small_course,
)

from grader import gradebook
from grader.course import Course, load_config
from grader.errors import NotGraded
from grader.gradebook import rows as read_rows
from grader.results import Entry, Mark, NotebookEntry, NotebookMarks

DUE = datetime(2026, 3, 1)
FULL = {"essay": judged("essay", 4.0, 2.0), "sums": judged("sums", 1.0, 2.0)}
NOTHING = {"essay": judged("essay", 0.0, 0.0), "sums": judged("sums", 0.0, 0.0)}


@pytest.fixture(params=KINDS)
def place(request, tmp_path) -> Course:
    """A course with the small key."""
    return small_course(tmp_path / "course", request.param)


def fill(course: Course, chance: random.Random) -> None:
    """Fill a gradebook with all that may be in one."""
    config = load_config(course)
    config.LateSubmissionPlugin.penalty_method = "zero"
    gradebook.set_duedate(course, WORK, DUE)
    names = [f"s{number:02}" for number in range(16)]
    record(course, WORK, [_random_entry(chance, name) for name in names], config)
    with book_of(course) as book:
        for name in chance.sample(names, 8):
            book.grant_extension(WORK, name, hours=chance.choice([0, 12]))
            cell = chance.choice([cell for cells in CELLS.values() for cell in cells])
            marks = {"manual_score": chance.choice([None, 0, 1.75]), "extra_credit": 0.5}
            enter(book, name, cell, **marks)
            note = book.find_comment("letter", "essay", WORK, name)
            note.manual_comment = chance.choice([None, "", "Good."])
            book.db.commit()
    again = [_random_entry(chance, name) for name in chance.sample(names, 8)]
    record(course, WORK, again, config)


def _random_entry(chance: random.Random, student: str) -> Entry:
    """Return a submission of some notebooks with some scores."""
    when = chance.choice([None, DUE, DUE + timedelta(hours=chance.randrange(48), microseconds=5)])
    notebooks = {
        name: NotebookEntry(
            {cell: chance.choice([None, 0.0, 0.25, most]) for cell, most in CELLS[name].items()},
            {cell: chance.choice([None, "No response."]) for cell in COMMENTED[name]},
        )
        for name in CELLS
        if chance.random() < 0.8
    }
    return Entry(student, when, notebooks)


def test_every_number_is_nbgraders_own(place):
    """Scores, maxima, lateness, penalties and comments are what nbgrader's objects say."""
    fill(place, random.Random(7))
    found = gradebook.marks(place, WORK)

    assert 32 == len(found)
    assert sorted(found, key=lambda own: (own.student, own.notebook)) == found
    with book_of(place) as book:
        for own in found:
            row = book.find_submission_notebook(own.notebook, WORK, own.student)
            assert row.score == sum(mark.score or mark.proposed or 0 for mark in own.marks)
            assert row.max_score == own.max_score
            assert row.assignment.total_seconds_late == own.late
            assert (row.late_submission_penalty or 0) == own.penalty
            assert {c.name: c.comment for c in row.comments if c.comment} == own.comments
            assert {
                grade.name: Mark(
                    grade.name,
                    grade.max_score,
                    grade.auto_score,
                    grade.manual_score,
                    grade.extra_credit,
                    grade.needs_manual_grade,
                )
                for grade in row.grades
            } == {mark.grade_id: mark for mark in own.marks}
    assert any(own.late and own.penalty and own.comments for own in found)


def test_only_those_who_are_asked_for_come(place):
    """A list of learners narrows what is read; who has no rows is left out."""
    record(place, WORK, [Entry(name, None, FULL) for name in ("ada", "ben", "cleo")])
    found = gradebook.marks(place, WORK, ["cleo", "ada", "nobody", "ada"])

    assert ["ada", "ada", "cleo", "cleo"] == [own.student for own in found]
    assert [] == gradebook.marks(place, WORK, [])
    assert gradebook.marks(place, WORK)[:2] == found[:2]


def test_a_mark_without_points_is_none_and_not_zero(place):
    """Extra credit alone is no score; nbgrader counts such a cell as nothing."""
    record(place, WORK, [Entry("ada", None, {"essay": judged("essay", None, None)})])
    with book_of(place) as book:
        enter(book, "ada", "check", extra_credit=1.0)
    essay = gradebook.marks(place, WORK)[0]

    waits = {"extra_credit": None, "needs_manual_grade": True}
    assert (
        NotebookMarks(
            student="ada",
            notebook="essay",
            max_score=9.0,
            marks=(
                Mark("check", 4.0, **waits | {"extra_credit": 1.0}),
                Mark("letter", 2.0, **waits),
                Mark("task", 3.0, **waits),
            ),
            comments={},
        )
        == essay
    )
    assert [None, None, None] == [mark.score for mark in essay.marks]


def test_recorded_are_those_with_rows_for_every_notebook(place):
    """A submission that lacks a row of a notebook is not recorded; nor is another assignment's."""
    record(place, WORK, [Entry("ada", DUE, FULL), Entry("ben", None, FULL)])
    with book_of(place) as book:
        book.remove_submission_notebook("sums", WORK, "ben")
        book.add_assignment("other")
        book.add_submission("other", "ben")

    assert {"ada": DUE} == gradebook.recorded(place, WORK)
    assert {} == gradebook.recorded(place, "unknown")


def test_an_assignment_without_key_has_no_marks(place):
    """Asking for marks of an assignment that was never released is told with what to do."""
    for ask in (gradebook.marks, gradebook.results):
        with pytest.raises(NotGraded, match="grader grade unknown"):
            ask(place, "unknown")


def test_what_is_read_is_one_state_of_the_gradebook(place, monkeypatch):
    """While a batch is written over and over, a reader sees all of it or nothing."""
    monkeypatch.setattr(read_rows, "AT_ONCE", 5)  # many questions, and so many chances to be torn
    states = [[Entry(f"s{n}", None, marks) for n in range(30)] for marks in (FULL, NOTHING)]
    ends = threading.Event()
    with gradebook.writing(place, WORK) as ledger:
        ledger.record(states[0])

        def write() -> None:
            while not ends.is_set():
                for state in states:
                    ledger.record(state)

        writes = threading.Thread(target=write)
        writes.start()
        try:
            found = [gradebook.marks(place, WORK) for _ in range(12)]
        finally:
            ends.set()
            writes.join()
    seen = [{sum(mark.score or 0 for mark in own.marks) for own in state} for state in found]

    assert all(marks in ({0.0}, {6.0, 3.0}) for marks in seen), seen


def write_graded(folder: Path, name: str, about: dict | None = None, **printed: str) -> None:
    """Write a graded notebook whose checks, in this order, printed something."""
    folder.mkdir(parents=True, exist_ok=True)
    cells = [
        {
            "cell_type": "code",
            "metadata": {"nbgrader": {"grade_id": cell, "grade": True, "solution": False}},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": [text]}],
        }
        for cell, text in printed.items()
    ]
    nb = {"cells": cells, "metadata": {"grader": about or {}}}
    (folder / f"{name}.ipynb").write_text(json.dumps(nb))


def test_results_are_marks_with_what_the_notebooks_tell(place):
    """Status, score, sentences, reasons and notes come together for each notebook."""
    gradebook.set_duedate(place, WORK, DUE)
    essay = NotebookEntry({"check": None, "letter": 0.0}, {})
    late = DUE + timedelta(seconds=90)
    record(place, WORK, [Entry("ada", late, {"sums": FULL["sums"], "essay": essay})])
    record(place, WORK, [Entry("ben", None, {"sums": judged("sums", None, None)})])
    write_graded(place.autograded("ada", WORK), "sums", {"notes": ["renamed"]}, two="Yes", one="No")
    write_graded(place.autograded("ada", WORK), "essay", check="Nobody knows.")
    write_graded(place.autograded("ben", WORK), "sums", {"problem": "cut off"})
    ada_essay, ada_sums, ben_essay, ben_sums = gradebook.results(place, WORK)

    assert (3.0, 3.0, "graded", 90.0) == (
        ada_sums.score,
        ada_sums.max_score,
        ada_sums.status,
        ada_sums.late,
    )
    assert [("two", 2.0, "Yes"), ("one", 1.0, "No")] == [
        (cell.grade_id, cell.score, cell.message) for cell in ada_sums.cells
    ]
    assert (("renamed",), "") == (ada_sums.notes, ada_sums.reason)
    assert (0.0, "graded", "check: Nobody knows.") == (
        ada_essay.score,
        ada_essay.status,
        ada_essay.reason,
    )
    assert [None, 0.0, None] == [cell.score for cell in ada_essay.cells]
    assert (0.0, "missing") == (ben_essay.score, ben_essay.status)
    assert (None, "could not be graded", "cut off") == (
        ben_sums.score,
        ben_sums.status,
        ben_sums.reason,
    )
    place.submitted("ben", WORK).mkdir(parents=True)
    (place.submitted("ben", WORK) / "essay.ipynb").write_text("{}")
    assert "could not be graded" == gradebook.results(place, WORK, {"ben"})[0].status
