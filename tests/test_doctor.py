"""Is everything in place?"""

import json
import shutil
import sys

import pytest
from support.courses import answer_cell, check_cell, copy_course, need_sandbox, small_course
from support.sandboxes import required

from grader import doctor
from grader.batch import grade
from grader.cli import main
from grader.course import Course
from grader.doctor import examine
from grader.errors import BrokenKey
from grader.sandbox import FALLBACK, Sandbox, attacks, choose, landlock, levels, selftest
from grader.trial import course as trial_course
from grader.trial import kept
from grader.trial.rehearsal import Rehearsal


def lines(root) -> dict[str, doctor.Finding]:
    """Return the findings by title."""
    return {finding.title: finding for finding in examine(root)}


def line(root, title: str) -> doctor.Finding:
    """Return what one question finds."""
    return doctor._ask(title, doctor.QUESTIONS[title], root)


@pytest.mark.slow
def test_a_graded_course_is_healthy(graded, monkeypatch, capsys):
    """Every line says ok, down to the key of what was graded and of what was not yet."""
    monkeypatch.chdir(graded.course.root)
    code = main(["doctor"])
    printed = capsys.readouterr().out

    assert [] == [line for line in printed.splitlines() if line.startswith("PROBLEM")]
    assert "ok       key of mini_project: as in source/" in printed
    assert "ok       key of step_by_step: not taken over yet" in printed
    assert code == 0


@pytest.mark.slow
def test_a_key_older_than_source_is_a_problem(graded, tmp_path):
    """An author who changes a check after grading is told to release again."""
    root = tmp_path / "copy"
    shutil.copytree(graded.course.root, root)
    path = root / "source/mini_project/practice.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    check = next(cell for cell in nb["cells"] if cell["id"] == "check_practice1")
    check["source"] = ["# changed\n", *check["source"]]
    path.write_text(json.dumps(nb), encoding="utf-8")

    finding = doctor.of_key(Course(root), "mini_project")

    assert not finding.ok
    assert "grader release mini_project" in finding.text


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> dict[str, doctor.Finding]:
    """What the doctor finds in a copy of the course that nothing was done with."""
    return lines(copy_course(tmp_path_factory.mktemp("fresh") / "course").root)


@pytest.mark.slow
def test_a_fresh_course_is_healthy(fresh):
    """Before the first grading nothing is wrong either."""
    assert [] == [str(finding) for finding in fresh.values() if not finding.ok]
    assert {"key of mini_project", "key of step_by_step"} <= set(fresh)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "break_it", "advice"),
    [
        ("Python", lambda m: m.setattr(sys, "version_info", (3, 10, 1)), "3.11 or later"),
        ("nbgrader", lambda m: m.setattr(doctor, "version", lambda _: "0.10.0"), "0.9"),
        ("alembic", lambda m: m.setattr(doctor.shutil, "which", lambda *_, **__: None), "alembic"),
        ("widgets", lambda m: m.setattr(doctor, "EXTENSIONS", ("gone",)), "pip install"),
        ("disk", lambda m: m.setattr(doctor, "NEEDED_MB", 10**12), "Make room"),
    ],
)
def test_what_is_wrong_is_told_with_advice(title, break_it, advice, course, monkeypatch):
    """Each problem has its own line that says what to do."""
    break_it(monkeypatch)
    finding = line(course.root, title)

    assert not finding.ok
    assert advice in finding.text


@pytest.mark.slow
def test_an_unreadable_gradebook_is_a_problem(course):
    """A file that is no database is told in one line."""
    (course.root / "gradebook.db").write_bytes(b"not a database, " * 100)
    finding = line(course.root, "gradebook")

    assert not finding.ok
    assert "\n" not in finding.text
    assert "backup" in finding.text


def test_another_folder_is_a_problem(tmp_path):
    """Outside a course folder the line says where to go."""
    assert "Change into the course folder" in line(tmp_path, "course folder").text


@pytest.mark.slow
def test_every_wall_of_the_sandbox_is_attacked(fresh):
    """The doctor tells the level, and of every attack that it was tried and held."""
    required(choose())
    walls = [title for title in fresh if title.startswith("sandbox: ")]

    assert fresh["sandbox"].ok
    assert [f"sandbox: {name}" for name in (*attacks.ATTACKS, selftest.NEIGHBOURS)] == walls
    assert all(fresh[title].ok for title in walls)


def test_an_open_wall_is_a_problem(course, monkeypatch):
    """What an attack got through is told in its line."""
    through = {"nothing is open": "opened.append('a window')"}
    required(choose())
    monkeypatch.setattr(attacks, "ATTACKS", through)
    finding = lines(course.root)["sandbox: nothing is open"]

    assert not finding.ok
    assert "a window" in finding.text


def test_an_attack_that_does_not_run_proves_nothing(course, monkeypatch):
    """A probe that fails by itself is a problem, not a wall that held."""
    required(choose())
    monkeypatch.setattr(attacks, "ATTACKS", {"nothing is open": "no_such_name"})

    assert not lines(course.root)["sandbox: nothing is open"].ok


@pytest.mark.slow
def test_the_weaker_sandbox_says_what_to_install(course, monkeypatch):
    """At the fallback level the line is ok, and says how to get the strong one."""
    required(FALLBACK)
    monkeypatch.setattr(levels.shutil, "which", lambda _: None)
    levels.choose.cache_clear()
    finding = line(course.root, "sandbox")
    levels.choose.cache_clear()

    assert finding.ok
    assert "apt install bubblewrap" in finding.text


def test_without_a_sandbox_the_doctor_has_one_problem(course, monkeypatch):
    """A machine that cannot lock learner code in is told so in one line."""
    monkeypatch.setattr(levels.shutil, "which", lambda _: None)
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    levels.choose.cache_clear()
    found = lines(course.root)
    levels.choose.cache_clear()

    assert [title for title in found if "sandbox" in title and not found[title].ok] == ["sandbox"]
    assert "bubblewrap" in found["sandbox"].text


HALF = answer_cell("half", "half = 0.5")
CHECK = check_cell("check", "assert half == 0.5", 2)


def test_one_notebook_of_an_assignment_is_graded_for_real(tmp_path):
    """The line of the key says what it gets as a hand-in; the notebook with the points is taken."""
    need_sandbox()
    course = small_course(tmp_path / "course", HALF, CHECK)
    other = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (course.source("week") / "another.ipynb").write_text(json.dumps(other), encoding="utf-8")
    finding = doctor.of_key(course, "week")

    assert finding.ok and "\n" not in finding.text
    assert "sheet.ipynb, handed in with the key's answers, gets 2 of 2 points" in finding.text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("half == 0.5", "half == 0.25", "check (2 points): the key gets 0 of 2 points"),
        ("half = 0.5", "import nosuchlibrary\nhalf = 0.5", "Install that where grading runs"),
        ("half = 0.5", "import os\nos._exit(1)", "check (2 points): the key gets 0 of 2 points"),
    ],
    ids=["check", "missing_package", "ends_python"],
)
def test_a_trial_that_no_longer_holds_is_found_before_grading(
    tmp_path, monkeypatch, old, new, told
):
    """What was kept of a trial decides nothing here, and nobody is graded by it afterwards."""
    need_sandbox()
    monkeypatch.setattr(kept, "name_of", lambda *_: "the same")  # what changed is not in the name
    course = small_course(tmp_path / "course", HALF, CHECK)
    assert doctor.of_key(course, "week").ok
    path = course.source("week") / "sheet.ipynb"
    nb = json.loads(path.read_text("utf-8"))
    for cell in nb["cells"]:
        cell["source"] = cell["source"].replace(old, new)
    path.write_text(json.dumps(nb), encoding="utf-8")
    finding = doctor.of_key(course, "week")

    assert not finding.ok
    assert told in finding.text
    course.submitted("ada", "week").mkdir(parents=True)
    with pytest.raises(BrokenKey):
        grade(course, "week")


def test_a_key_that_passes_only_at_times_is_a_problem(tmp_path, monkeypatch):
    """Missed as a hand-in and passed when tried again: the line says so, and what to do."""
    need_sandbox()
    missed = Rehearsal("sheet", 0.0, 2.0, ("check gives 0 of 2 points: it took too long.",))
    monkeypatch.setattr(trial_course, "rehearse", lambda *_: missed)
    finding = doctor.of_key(small_course(tmp_path / "course", HALF, CHECK), "week")

    assert not finding.ok and "\n" not in finding.text
    assert "gets 0 of 2 points: check gives 0 of 2 points: it took too long." in finding.text
    assert "raise c.Sandbox.cell_seconds" in finding.text


def test_what_the_sandbox_cannot_have_ready_is_a_note(tmp_path, monkeypatch):
    """A library that starts threads is named: it costs time, and is no problem."""
    need_sandbox()
    monkeypatch.setattr(Sandbox, "left_out", lambda self: ("threadlib", "otherlib"))
    course = small_course(tmp_path / "course", HALF, CHECK)
    finding = doctor._ask("imports", doctor.QUESTIONS["imports"], course.root)

    assert finding.ok
    assert "threadlib, otherlib: imported anew for each submission" in finding.text
