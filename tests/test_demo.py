"""The main job on the sample class."""

import csv
from types import SimpleNamespace

import pytest
from courses import copy_course, sample_class

from grader import gradebook
from grader.course import Course
from grader.demo import demo
from grader.errors import UsageError


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The demo, run once: its text, its course folder and its results by (learner, notebook)."""
    course = copy_course(tmp_path_factory.mktemp("demo") / "course")
    text = demo(course)
    place = Course(course.root / "demo")
    results = gradebook.results(place, "mini_project")
    by_name = {(result.student, result.notebook): result for result in results}
    return SimpleNamespace(text=text, course=place, by_name=by_name)


def test_the_class_is_large_and_mixed():
    """At least 24 learners, and every kind of submission is among them."""
    learners = sample_class()["learners"]

    assert len({learner["id"] for learner in learners}) == len(learners) >= 24
    for kind in ("untouched", "without", "cut", "late_hours", "quiz_in", "steps", "quiz"):
        assert any(kind in learner for learner in learners), kind


def test_marks_are_the_expected_ones(shown):
    """Every learner whose marks are beyond doubt gets exactly these."""
    expected = {
        (learner["id"], notebook): points
        for learner in sample_class()["learners"]
        for notebook, points in learner.get("expect", {}).items()
    }

    assert {name: shown.by_name[name].score for name in expected} == expected


def test_partly_right_is_between(shown):
    """Whoever made a mistake in a step has neither nothing nor everything."""
    for learner in sample_class()["learners"]:
        if "steps" in learner and "expect" not in learner:
            assert 0 < shown.by_name[learner["id"], "build_and_apply"].score < 10, learner["id"]


def test_late_missing_and_broken_are_told(shown):
    """Being late, leaving a notebook out and a broken file are in the table, none as a silent 0."""
    assert shown.by_name["jon", "practice"].late == 30 * 3600
    assert "late by 1 day" in shown.text
    assert "practice missing" in shown.text
    assert "kira/mini_project/practice.ipynb: the file is cut" in shown.text
    assert shown.by_name["kira", "practice"].score is None


def test_the_demo_ends_with_mistakes_and_existing_paths(shown):
    """Three mistakes are listed, and every path that is named exists."""
    lines = shown.text.splitlines()
    start = lines.index("The three most common mistakes:")

    assert [line[:2] for line in lines[start + 1 : start + 4]] == ["1.", "2.", "3."]
    for name in ("gradebook.db", "grades.csv", "autograded", "feedback"):
        assert str(shown.course.root / name) in shown.text
        assert (shown.course.root / name).exists()


def test_the_export_has_everybody(shown):
    """nbgrader's own export lists the whole class."""
    with (shown.course.root / "grades.csv").open(encoding="utf-8") as file:
        students = {row["student_id"] for row in csv.DictReader(file)}

    assert students == {learner["id"] for learner in sample_class()["learners"]}


def test_a_folder_with_other_files_is_never_replaced(course):
    """The demo refuses a folder that it did not make."""
    (course.root / "thesis").mkdir()
    (course.root / "thesis" / "chapter.txt").touch()

    with pytest.raises(UsageError, match="holds other files"):
        demo(course, course.root / "thesis")

    assert (course.root / "thesis" / "chapter.txt").exists()
