"""One number everywhere: the table, the report, JSON, grades.csv, the page and the gradebook."""

import csv
import json
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from support.courses import (
    answer_cell,
    cell,
    check_cell,
    hand_in_sheet,
    need_sandbox,
    small_course,
)

from grader import gradebook
from grader.batch import grade
from grader.cli import main
from grader.course import Course, run_nbgrader
from grader.feedback import feedback
from grader.release import release

DUE = datetime(2026, 3, 1, 12)
LATE = "2026-03-02 13:00:00 UTC"
ZERO = "c.LateSubmissionPlugin.penalty_method = 'zero'\n"
RIGHT = "def f(n):\n    return n + 1"
PLUGIN = """
from nbgrader.plugins import LateSubmissionPlugin

class Half(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        {body}
"""


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory) -> Course:
    """Ada on time, ben a day late, cleo's file cut, and dan without a hand-in; graded once."""
    need_sandbox()
    place = tmp_path_factory.mktemp("one") / "course"
    essay = "### BEGIN SOLUTION\nBecause.\n### END SOLUTION"
    written = cell("essay", essay, kind="markdown", grade=True, solution=True, points=3)
    check = check_cell("check_f", "assert f(2) == 3\nassert f(5) == 6", 4)
    course = small_course(place, answer_cell("f", RIGHT), check, written)
    release(course, ["week"])
    gradebook.set_duedate(course, "week", DUE)
    for student in ("ada", "ben", "cleo"):
        path = hand_in_sheet(course, student, f=RIGHT, essay=f"I am {student}.")
        when = LATE if student == "ben" else "2026-03-01 11:00:00 UTC"
        (path.parent / "timestamp.txt").write_text(when)
    path.write_bytes(path.read_bytes()[:300])
    gradebook.enrol(course, ["dan"])
    grade(course, "week")
    return course


@pytest.fixture
def place(handed_in, tmp_path, monkeypatch) -> Course:
    """A copy of that course, and the current folder in it."""
    shutil.copytree(handed_in.root, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return Course(tmp_path / "course")


def configure(course: Course, line: str) -> None:
    """Add a line to the course's configuration."""
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(line)


def by_hand(course: Course, student: str, cell_name: str, points: float | None) -> None:
    """Enter points as the formgrader does."""
    with gradebook.opened(course) as book:
        mark = book.find_grade(cell_name, "sheet", "week", student)
        mark.manual_score = points
        mark.needs_manual_grade = points is None and mark.auto_score is None
        book.db.commit()


def graded(capfd) -> tuple[str, dict[str, dict]]:
    """Run `grader grade`; return what it says and its JSON by learner."""
    capfd.readouterr()
    code = main(["grade", "week", "--json", "marks.json"])
    said = capfd.readouterr()
    assert code in (0, 1), said.err
    return said.out, {one["student"]: one for one in json.loads(Path("marks.json").read_text())}


def row_of(text: str, student: str) -> str:
    """Return a learner's row in a table, with single blanks."""
    return " ".join(next(line for line in text.splitlines() if line.startswith(student)).split())


def exported(course: Course) -> dict[str, dict[str, str]]:
    """Return the rows of `nbgrader export` by learner."""
    command = [sys.executable, "-m", "nbgrader", "export"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=120)
    assert 0 == done.returncode, done.stderr
    with (course.root / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def page_of(course: Course, student: str) -> str:
    """Return the words of a learner's page."""
    (path,) = feedback(course, "week", students=[student])
    return " ".join(BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").text.split())


@pytest.mark.slow
def test_a_late_penalty_is_in_every_number(place, capfd):
    """Table, report, JSON, CSV and page show the same total, and what was taken off for what."""
    configure(place, ZERO)
    by_hand(place, "ben", "essay", 2.0)
    table, marks = graded(capfd)
    assert 0 == main(["report"])
    report = capfd.readouterr().out
    row, page = exported(place)["ben"], page_of(place, "ben")

    assert "ben 0 0 late by 1 day, 6 points off" == row_of(table, "ben") == row_of(report, "ben")
    assert (0.0, 6.0, 90000.0) == tuple(marks["ben"][n] for n in ("score", "penalty", "late"))
    assert ("6.0", "6.0", "0.0") == (
        row["raw_score"],
        row["late_submission_penalty"],
        row["score"],
    )
    assert "late by 1 day, 6 points off" == row["remarks"]
    assert "0 of 7 points" in page and "Handed in late by 1 day: 6 points less." in page
    assert "ada 4 4 sheet: 3 points open" == row_of(table, "ada")
    with gradebook.opened(place) as book:
        found = book.find_submission("week", "ben")
        assert (6.0, 6.0) == (found.score, found.late_submission_penalty)


def test_policy_due_date_and_extension_follow_without_grading_again(place, capfd):
    """The next `grader grade` puts penalties right in both directions, and grades no notebook."""
    before = {p: p.stat().st_mtime_ns for p in (place.root / "autograded").rglob("*.ipynb")}
    path = place.root / "nbgrader_config.py"
    plain, seen = path.read_text(), [graded(capfd)[1]["ben"]["score"]]
    configure(place, ZERO)
    seen.append(graded(capfd)[1]["ben"]["score"])
    gradebook.set_duedate(place, "week", DUE + timedelta(days=2))
    seen.append(graded(capfd)[1]["ben"]["score"])
    gradebook.set_duedate(place, "week", DUE)
    seen.append(graded(capfd)[1]["ben"]["score"])
    with gradebook.opened(place) as book:
        book.grant_extension("week", "ben", days=2)
    due = {own.student: own.due for own in gradebook.marks(place, "week")}
    assert (DUE + timedelta(days=2), DUE) == (due.pop("ben"), *set(due.values()))
    seen.append(graded(capfd)[1]["ben"]["score"])
    with gradebook.opened(place) as book:
        book.grant_extension("week", "ben")
    graded(capfd)
    by_hand(place, "ben", "essay", 3.0)  # the whole score is taken off, also what came later
    seen.append(graded(capfd)[1]["ben"]["score"])
    path.write_text(plain)
    seen.append(graded(capfd)[1]["ben"]["score"])

    assert [4.0, 0.0, 4.0, 0.0, 4.0, 0.0, 7.0] == seen
    after = {p: p.stat().st_mtime_ns for p in (place.root / "autograded").rglob("*.ipynb")}
    again = {p.parent.parent.name for p in after if before.get(p) != after[p]}
    assert again <= {"cleo"}  # what could not be graded is always tried again


@pytest.mark.slow
def test_a_changed_manual_answer_is_open_again_everywhere(place, capfd):
    """The old points count nowhere, and stand beside the open ones as a proposal."""
    by_hand(place, "ada", "essay", 2.0)
    table, marks = graded(capfd)
    assert ("ada 6 6", 6.0, 0.0) == (row_of(table, "ada"), marks["ada"]["score"], 0.0)
    shutil.rmtree(place.submitted("ada", "week"))
    hand_in_sheet(place, "ada", f=RIGHT, essay="Something else.")
    table, marks = graded(capfd)
    row, page = exported(place)["ada"], page_of(place, "ada")
    assert 0 == main(["report", "week"])
    report = capfd.readouterr().out

    wanted = "ada 4 4 sheet: 3 points open (handed in again; 2 given before)"
    assert wanted == row_of(table, "ada") == row_of(report, "ada")
    assert (4.0, 3.0, "") == tuple(marks["ada"][n] for n in ("score", "open", "reason"))
    assert ("4.0", "3.0", "waits for a person") == (row["score"], row["open"], row["status"])
    assert "2 given before" in row["remarks"]
    assert "4 of 7 points so far" in page and "a person will look once more" in page
    with gradebook.opened(place) as book:
        mark = book.find_grade("essay", "sheet", "week", "ada")
        assert (2.0, True) == (mark.manual_score, mark.needs_manual_grade)
    by_hand(place, "ada", "essay", 3.0)
    assert "ada 7 7" == row_of(graded(capfd)[0], "ada")


@pytest.mark.slow
def test_what_nobody_judged_is_blank_in_the_export_and_never_a_zero(place):
    """An unreadable notebook, open points and a missing hand-in are told apart from 0."""
    rows = exported(place)

    assert ["4.0", "4.0", "", ""] == [rows[n]["score"] for n in ("ada", "ben", "cleo", "dan")]
    assert ["3.0", "3.0", "7.0", ""] == [rows[n]["open"] for n in ("ada", "ben", "cleo", "dan")]
    assert [
        "waits for a person",
        "waits for a person",
        "could not be graded",
        "not handed in",
    ] == [rows[n]["status"] for n in ("ada", "ben", "cleo", "dan")]
    assert all(rows[n]["raw_score"] == "" for n in ("cleo", "dan"))
    assert all(rows[n]["late_submission_penalty"] == "" for n in ("cleo", "dan"))
    by_hand(place, "cleo", "check_f", 4.0)
    by_hand(place, "cleo", "essay", 0.0)  # a 0 that a person gave is one
    row = exported(place)["cleo"]
    assert ("4.0", "0.0", "graded") == (row["score"], row["open"], row["status"])


def test_a_plugin_beside_the_configuration_works_as_with_nbgrader(place, capfd, monkeypatch):
    """Its module is imported from the course folder, and takes off the same as `autograde`."""
    monkeypatch.delitem(sys.modules, "late", raising=False)
    (place.root / "late.py").write_text(PLUGIN.format(body="return score / 2"))
    configure(place, "c.AssignLatePenalties.plugin_class = 'late.Half'\n")
    marks = graded(capfd)[1]

    assert (2.0, 2.0) == (marks["ben"]["score"], marks["ben"]["penalty"])
    assert (4.0, 0.0) == (marks["ada"]["score"], marks["ada"]["penalty"])


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("late_raises", PLUGIN.format(body="raise KeyError(student_id)"), "KeyError: 'ben'"),
        ("late_words", PLUGIN.format(body="return 'half'"), "TypeError"),
        ("late_nan", PLUGIN.format(body="return float('nan')"), "no number of points"),
        ("late_exits", "raise SystemExit('no licence')", "no licence"),
        ("late_broken", "class Half(:", "SyntaxError"),
        ("late_other", "class Half:\n    pass", "no subclass"),
        ("late_gone", None, "No module named 'late_gone'"),
    ],
)
def test_a_plugin_that_fails_gives_one_line(place, capfd, name, text, told):
    """Whatever is wrong with it: the line names the plugin, what it said and what to do."""
    if text is not None:
        (place.root / f"{name}.py").write_text(text)
    configure(place, f"c.AssignLatePenalties.plugin_class = '{name}.Half'\n")
    code = main(["grade", "week"])
    said = capfd.readouterr()

    assert 1 == code and "" == said.out
    (line,) = said.err.strip().splitlines()
    assert told in line and "Half" in line and "nbgrader_config.py" in line
    assert "Traceback" not in said.err


def test_points_by_hand_make_no_answer_correct(place):
    """The summary of a page counts what checks found right, and names what a person gave."""
    by_hand(place, "ada", "essay", 3.0)
    page = page_of(place, "ada")

    assert "1 of 2 parts is correct. A person gave all points for Essay." in page
    assert "Well done" not in page


def test_the_formgraders_numbers_are_ours(place, capfd):
    """nbgrader's lists show a score before the penalty and whether a person has to look."""
    from nbgrader.apps.api import NbGraderAPI

    from grader.course import course_directory, load_config, quiet_nbgrader

    configure(place, ZERO)
    by_hand(place, "ada", "essay", 2.0)
    marks = graded(capfd)[1]
    config = load_config(place)
    with quiet_nbgrader():
        listed = NbGraderAPI(course_directory(config), config=config).get_submissions("week")
    shown = {one["student"]: (one["score"], one["needs_manual_grade"]) for one in listed}

    for student in ("ada", "ben", "cleo"):
        mark = marks[student]
        assert ((mark["score"] or 0) + mark["penalty"], mark["open"] > 0) == shown[student]


def test_the_policy_costs_nothing_where_nobody_is_late(place, monkeypatch):
    """Without a late hand-in no plugin is made and no transaction is begun."""
    gradebook.set_duedate(place, "week", DUE + timedelta(days=9))
    monkeypatch.setattr(gradebook.OpenGradebook, "in_one_go", None)
    monkeypatch.setattr("grader.gradebook.lateness.LatePolicy._made", None)

    assert 0 == gradebook.settle(place, "week")


@pytest.mark.slow
def test_a_task_that_is_handed_in_again_is_open_again(tmp_path, capfd, monkeypatch):
    """Also by `nbgrader autograde`: nbgrader itself never asks for a task twice."""
    need_sandbox()
    words = "Draw it.\n### BEGIN MARK SCHEME\nAxes: 2\n### END MARK SCHEME"
    task = cell("draw", words, kind="markdown", task=True, locked=True, points=2)
    check = check_cell("check_f", "assert f(2) == 3\nassert f(5) == 6", 4)
    course = small_course(tmp_path / "course", answer_cell("f", RIGHT), check, task)
    monkeypatch.chdir(course.root)
    release(course, ["week"])
    path = hand_in_sheet(course, "ada", f=RIGHT)
    graded(capfd)
    by_hand(course, "ada", "draw", 2.0)
    assert "ada 6 6" == row_of(graded(capfd)[0], "ada")
    changed = json.loads(path.read_text())
    changed["cells"].append(cell("own", "My drawing", kind="markdown"))
    path.write_text(json.dumps(changed))

    again = graded(capfd)[0]
    assert "ada 4 4 sheet: 2 points open (handed in again; 2 given before)" == row_of(again, "ada")
    by_hand(course, "ada", "draw", 1.0)
    autograde(course)
    result = gradebook.results(course, "week")[0]
    assert (4.0, 2.0, 1.0) == (result.score, result.open, result.proposed)


def autograde(course: Course) -> None:
    """Run nbgrader's own `autograde` again."""
    from nbgrader.converters import Autograde

    from grader.course import course_directory, load_config

    config = load_config(course)
    config.CourseDirectory.assignment_id = "week"
    directory = course_directory(config, assignment_id="week")
    run_nbgrader(Autograde(coursedir=directory, config=config, force=True), "autograde")


def test_the_promised_numbers_are_numbers(place, capfd):
    """JSON gives lateness, penalty and open points as numbers, notes and checks as lists."""
    for mark in graded(capfd)[1].values():
        assert all(isinstance(mark[name], float) for name in ("late", "penalty", "open"))
        assert all(isinstance(mark[name], list) for name in ("notes", "inside"))
        assert isinstance(mark["reason"], str)
        assert re.fullmatch(r"graded|missing|could not be graded", mark["status"])


@pytest.mark.slow
def test_points_for_an_answer_that_did_not_change_stand(tmp_path):
    """Graded again by force, with a new key or new hidden data: only other text opens it again."""
    essay = cell("essay", "Your text.", "markdown", grade=True, solution=True, points=5)
    course = small_course(
        tmp_path / "course", answer_cell("half", "half = 0.5"), check_cell("c", "half\nNone"), essay
    )
    release(course, ["week"])
    for student in ("ada", "ben"):
        hand_in_sheet(course, student, half="half = 0.5", essay="My thoughts.")
    grade(course, "week")
    with gradebook.opened(course) as book:
        for student in ("ada", "ben"):
            mark = book.find_grade("essay", "sheet", "week", student)
            mark.manual_score, mark.needs_manual_grade = 4.0, False
        book.db.commit()
    path = course.submitted("ben", "week") / "sheet.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("My thoughts.", "Other thoughts."))

    for again in ({}, {"force": True}, {"reseed": True}):
        found = {one.student: one for one in grade(course, "week", **again)}
        assert (5.0, 0.0) == (found["ada"].score, found["ada"].open)
        assert (1.0, 5.0, 4.0) == (found["ben"].score, found["ben"].open, found["ben"].proposed)
