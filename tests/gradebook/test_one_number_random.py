"""One number everywhere, over random gradebooks: points, penalties, and what is open."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.databases import CELLS, WORK, book_of, record, small_course

from grader import gradebook
from grader.course import Course
from grader.feedback.marks import total as page_total
from grader.feedback.pages import with_status
from grader.nbgrader_ext.export import CsvExport
from grader.report import course_table, marks_table
from grader.results import Entry, NotebookEntry, points, to_json, total

DUE = datetime(2026, 3, 1)
# How a notebook is: graded, cut so that nobody can read it, handed in but not graded yet, missing.
KINDS = st.sampled_from(["graded", "graded", "cut", "new", "missing"])
POINTS = st.sampled_from([0.0, 0.25, 1.0, 2.0])


@st.composite
def learners(draw: Callable[[Any], Any]) -> dict[str, Any]:
    """Draw what happened to one learner: notebooks, points by hand, lateness and penalties."""
    notebooks = {}
    for name, cells in CELLS.items():
        hands = {c: draw(st.none() | st.tuples(POINTS, st.booleans())) for c in cells}
        extra = {c: draw(st.none() | st.sampled_from([0.5])) for c in cells}
        scores = {c: draw(st.none() | POINTS) for c in cells if c != "task"}
        penalty = draw(st.none() | st.sampled_from([0.0, 0.5, 2.0, 50.0]))
        notebooks[name] = (draw(KINDS), scores, hands, extra, penalty)
    return {"notebooks": notebooks, "hours": draw(st.sampled_from([-1, 0, 30]))}


def put(course: Course, class_: list[dict[str, Any]]) -> None:
    """Put a class into the gradebook and the folders as grading and a person leave them."""
    entries = [hand_in(course, f"s{number}", about) for number, about in enumerate(class_)]
    record(course, WORK, entries)
    with book_of(course) as book:
        for entry, about in zip(entries, class_, strict=True):
            for name, (_, _, hands, extra, penalty) in about["notebooks"].items():
                row = book.find_submission_notebook(name, WORK, entry.student)
                row.late_submission_penalty = penalty
                for grade in row.grades:
                    if hand := hands[grade.name]:
                        grade.manual_score, grade.needs_manual_grade = hand
                        grade.extra_credit = extra[grade.name]
        book.db.commit()


def hand_in(course: Course, student: str, about: dict[str, Any]) -> Entry:
    """Put a learner's files into the folders, and return what grading says about them."""
    handed_in = {}
    for name, (kind, scores, *_) in about["notebooks"].items():
        if kind in ("graded", "cut"):
            found = scores if kind == "graded" else dict.fromkeys(scores)
            handed_in[name] = NotebookEntry(found, {})
            path = course.autograded(student, WORK) / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            remarks = {"problem": "the file is cut"} if kind == "cut" else {}
            path.write_text(json.dumps({"cells": [], "metadata": {"grader": remarks}}))
        if kind == "new":
            place = course.submitted(student, WORK) / f"{name}.ipynb"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("{}")
    when = DUE + timedelta(hours=about["hours"])
    return Entry(student, when, handed_in)


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> Path:
    """A course with the small key and a due date."""
    course = small_course(tmp_path_factory.mktemp("key") / "course")
    gradebook.set_duedate(course, WORK, DUE)
    return course.root


def expected(about: tuple) -> tuple[float | None, float, float, float]:
    """Count one notebook anew: points, penalty, open points and what is proposed for them."""
    kind, scores, hands, extra, penalty = about
    cells = CELLS["essay"] if "task" in hands else CELLS["sums"]
    raw, given, waits, proposed = 0.0, False, 0.0, 0.0
    for cell, most in cells.items():
        machine = {"graded": scores.get(cell), "missing": 0.0}.get(kind)
        by_hand = hands[cell]
        bonus = (extra[cell] or 0.0) if by_hand else 0.0
        if by_hand and not by_hand[1]:
            raw, given = raw + by_hand[0] + bonus, True
        elif by_hand or machine is None:
            waits += most
            proposed += by_hand[0] + bonus if by_hand else 0.0
        else:
            raw, given = raw + machine, True
    off = min(penalty or 0.0, raw) if given else 0.0
    return (raw - off if given else None), off, waits, proposed


def cells_of(table: str, student: str) -> list[str]:
    """Return the columns of a learner's row."""
    line = next(line for line in table.splitlines() if line.startswith(student))
    return [text for text in line.split("  ") if text.strip()]


@settings(max_examples=5, phases=[Phase.generate])
@given(st.lists(learners(), min_size=8, max_size=8))
def test_every_view_of_a_random_gradebook_shows_the_same_number(key, tmp_path_factory, class_):
    """JSON, table, course table, grades.csv, page and nbgrader's rows agree for every learner."""
    place = tmp_path_factory.mktemp("random-class") / "course"
    shutil.copytree(key, place)
    course = Course(place)
    config = place / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(key), str(place)))
    put(course, class_)
    results = gradebook.results(course, WORK)
    by_json = {(one["student"], one["notebook"]): one for one in to_json(results)}
    marks = gradebook.marks(course, WORK)
    rows = csv_rows(course)
    table, whole = marks_table(results), course_table({WORK: results})
    for number, about in enumerate(class_):
        student = f"s{number}"
        wanted = {name: expected(one) for name, one in about["notebooks"].items()}
        own = [one for one in results if one.student == student]
        sums = total(own)
        for one in own:
            score, off, waits, proposed = wanted[one.notebook]
            told = by_json[student, one.notebook]
            assert (score, off, waits) == (told["score"], told["penalty"], told["open"])
            assert (one.proposed or 0.0) == proposed
        agree(sums, wanted, rows[student])
        names = [n for n, one in about["notebooks"].items() if one[0] in ("graded", "cut")]
        mine = with_status(course, WORK, (m for m in marks if m.student == student), names)
        assert total(mine) == sums
        assert page_total(mine).score == sums.score
        assert points(sums.score) in cells_of(table, student)[3].split()
        assert (sums.score is None and sums.open > 0) or points(sums.score) in whole
        assert (sums.penalty > 0) == (f"{points(sums.penalty)} point" in table and off_of(own))
    the_gradebooks_own(course, class_)
    shutil.rmtree(place)


def off_of(own: list) -> bool:
    """Tell whether points were taken off any of these."""
    return any(one.penalty for one in own)


def agree(sums: Any, wanted: dict[str, tuple], row: dict[str, str]) -> None:
    """Check a learner's total and row of grades.csv against what was counted anew."""
    given = [one for one in wanted.values() if one[0] is not None]
    assert sum(one[1] for one in given) == sums.penalty
    assert sum(one[2] for one in wanted.values()) == sums.open
    if sums.score is None:  # nothing of it was judged
        assert 0 == sum(one[0] for one in given)
        assert "" == row["score"] == row["raw_score"] == row["late_submission_penalty"]
    else:
        assert sum(one[0] for one in given) == sums.score == float(row["score"])
        assert sums.raw_score == float(row["raw_score"])
        assert sums.penalty == float(row["late_submission_penalty"])
    assert sums.open == float(row["open"])


def csv_rows(course: Course) -> dict[str, dict[str, str]]:
    """Return the rows that an export writes, by learner."""
    from grader.course import load_config

    plugin = CsvExport(config=load_config(course))
    plugin.to = str(course.root / "grades.csv")
    with book_of(course) as book:
        plugin.export(book)
    with open(plugin.to, encoding="utf-8") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def the_gradebooks_own(course: Course, class_: list[dict[str, Any]]) -> None:
    """What the formgrader shows is our points before the penalty with what is proposed."""
    results = gradebook.results(course, WORK)
    with book_of(course) as book:
        for one in results:
            kind = class_[int(one.student[1:])]["notebooks"][one.notebook][0]
            row = book.find_submission_notebook(one.notebook, WORK, one.student)
            ours = (one.score or 0.0) + one.penalty + (one.proposed or 0.0)
            assert ours == row.score
            if kind in ("graded", "cut"):
                assert (one.open > 0) == bool(row.needs_manual_grade)
