"""Grading without walls: never by itself, with the same marks, and everybody is told."""

import json
import shutil

import pytest
from nbgrader.converters import Autograde
from support.courses import (
    answer_cell,
    check_cell,
    copy_course,
    hand_in,
    hand_in_sheet,
    need_sandbox,
    small_course,
)
from support.sandboxes import required

from grader import doctor, gradebook, report
from grader.batch import grade
from grader.batch.run import levels
from grader.cli import main
from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.demo import Sample
from grader.errors import UsageError, WallMissing
from grader.feedback import feedback
from grader.nbgrader_ext.export import _by_learner, _standing
from grader.release import release
from grader.results import to_json
from grader.sandbox import STRONG, landlock
from grader.sandbox.levels import NO_WALLS

TOLD = "Run without walls"


@pytest.fixture
def no_sandbox(monkeypatch):
    """A machine on which neither bubblewrap nor Landlock works."""
    monkeypatch.setattr(levels.shutil, "which", lambda name: None)
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    levels.choose.cache_clear()
    yield
    levels.choose.cache_clear()


@pytest.fixture
def week(tmp_path) -> Course:
    """A course in which two handed in, one of them wrong."""
    course = small_course(
        tmp_path / "course", answer_cell("a", "total = 3"), check_cell("c", "assert total == 3")
    )
    release(course, ["week"])
    hand_in_sheet(course, "ada", a="total = 1 + 2")
    hand_in_sheet(course, "ben", a="total = 2 + 2")
    return course


def test_a_machine_without_a_sandbox_grades_nobody(week, no_sandbox):
    """One line says what is missing, what to install and what else there is."""
    with pytest.raises(WallMissing) as told:
        grade(week, "week")

    assert "bubblewrap" in str(told.value) and "--no-walls" in str(told.value)
    assert "\n" not in str(told.value)
    assert not list(week.root.glob("autograded/*/*"))


def test_a_wall_that_breaks_in_the_middle_is_not_gone_without(week, monkeypatch):
    """The level was strong when the run began: nobody gets a mark from a weaker one, or none."""
    assert STRONG == required(STRONG) == levels.choose()
    monkeypatch.setenv("PATH", "/nowhere")  # bubblewrap is gone

    found = grade(week, "week")
    assert [None, None] == [one.score for one in found]
    reason = "c: Could not be graded: The sandbox does not start: bubblewrap is not installed."
    assert all(one.walls and one.reason.startswith(reason) for one in found)


def test_everybody_is_told(week, no_sandbox, monkeypatch, capsys):
    """The table, the report, the JSON and each page say it; marks are what they are with walls."""
    monkeypatch.chdir(week.root)
    assert 0 == main(["grade", "week", "--no-walls", "--json", "out.json"])
    printed = capsys.readouterr().out
    pages = feedback(week, "week")

    assert f"{TOLD}: week, 2 learners" in printed
    assert f"{TOLD}: week, 2 learners" in report.report(week, "week")
    assert [False, False] == [
        one["walls"] for one in json.loads((week.root / "out.json").read_text())
    ]
    assert all(TOLD in page.read_text(encoding="utf-8") for page in pages)
    with gradebook.opened(week) as book:
        rows = [_standing(own, True) for own in _by_learner(week, book, "week").values()]
    assert ["run without walls"] * 2 == [row["remarks"] for row in rows]
    assert "ada             1    1" in printed and "ben             0    0" in printed


def test_who_is_graded_with_walls_is_told_nothing(week):
    """No word of walls where they stand."""
    need_sandbox()
    results = grade(week, "week")

    assert [] == report.unwalled(results)
    assert [True, True] == [one["walls"] for one in to_json(results)]
    assert TOLD not in feedback(week, "week")[0].read_text(encoding="utf-8")


def test_the_configuration_says_it_for_all_commands(week, no_sandbox):
    """`c.Sandbox.walls = False`: grade, nbgrader autograde and the doctor go without."""
    config = week.root / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + "c.Sandbox.walls = False\n")
    (ada, ben) = grade(week, "week")

    assert (1.0, 0.0) == (ada.score, ben.score) and not ada.walls
    line = doctor._ask("sandbox", doctor.QUESTIONS["sandbox"], week.root)
    assert line.ok and TOLD.lower() in line.text
    shutil.rmtree(week.root / "autograded")
    settings = load_config(week)
    directory = course_directory(settings, assignment_id="week")
    with quiet_nbgrader() as errors:
        Autograde(coursedir=directory, config=settings).start()
    assert [] == errors
    found = gradebook.results(week, "week")
    assert [1.0, 0.0] == [one.score for one in found] and not any(one.walls for one in found)


def test_a_cluster_grades_with_walls(week):
    """Other people's machines are not asked to do without."""
    with pytest.raises(UsageError, match="leave out --dask"):
        grade(week, "week", no_walls=True, dask="tcp://127.0.0.1:1")


@pytest.mark.slow
def test_the_sample_class_gets_the_same_marks(tmp_path):
    """Cell by cell, sentence by sentence: with walls and without."""
    need_sandbox()
    course = copy_course(tmp_path / "course")
    sample = Sample(course)
    release(course, ["mini_project"])
    for learner in sample.who_hands_in("mini_project"):
        sample.work(learner, "mini_project", hand_in(course, learner["id"], **dict.fromkeys(())))
    found = [
        {
            (one.student, one.notebook): (one.score, one.status, one.cells)
            for one in grade(course, "mini_project", force=True, no_walls=no_walls)
        }
        for no_walls in (False, True)
    ]

    assert found[0].keys() == found[1].keys()
    assert {who: found[0][who] for who in found[0] if found[0][who] != found[1][who]} == {}


def test_no_walls_is_never_chosen_by_itself(no_sandbox):
    """What is learner code waits; the course's own key is tried all the same."""
    with pytest.raises(WallMissing):
        levels.choose()
    assert NO_WALLS == levels.choose_for_own_code()
