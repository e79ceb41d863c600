"""Tasks in which a function is written: the reference, other right answers, and each mistake."""

import os

import pytest
from cases.mistakes import MISTAKES, RIGHT
from support import functions
from support.checking import Facts
from support.functions import judged, reference, wrong

from grader.checks import answered, cell, function, step

POINTS = {"a1": 2, "a2": 3, "a3": 5, "a4": 5, "a5": 2, "a6": 3} | {
    **{"b0": 2, "b1": 4, "b2": 5, "b3": 5, "b4": 4, "b5": 5}
}

LONG = bool(os.environ.get("COURSE_LONG_FUZZ"))
SEEDS = 60 if LONG else 4  # for what is not the reference


@pytest.fixture(autouse=True)
def _grading(monkeypatch):
    """Checks run as `nbgrader autograde` runs them."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


@pytest.mark.slow
@pytest.mark.parametrize("task", POINTS)
def test_the_reference_gets_full_marks_whatever_the_data(task):
    """On twenty random seeds, or two hundred, the reference's answer passes every check."""
    for seed in range(200 if LONG else 20):
        found = judged(task, reference(task), seed)

        assert {} == found.missed
        assert POINTS[task] == found.score


@pytest.mark.slow
@pytest.mark.parametrize(("task", "mistake"), functions.everything(), ids=lambda one: str(one)[:50])
def test_each_mistake_is_taught_by_its_check(task, mistake):
    """A mistake misses the check that teaches it, is told so in its words, and costs points."""
    for seed in range(SEEDS):
        found = judged(task, wrong(task, mistake), seed)

        assert mistake[0] in found.missed
        assert found.missed[mistake[0]].sentence in found.sentence
        assert found.score < POINTS[task]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "code"), [(task, code) for task, found in RIGHT.items() for code in found]
)
def test_other_right_answers_are_right(task, code):
    """NumPy, pandas and other styles are as good as the reference."""
    for seed in range(SEEDS):
        found = judged(task, code, seed)

        assert {} == found.missed
        assert POINTS[task] == found.score


def test_there_is_a_mistake_for_each_listed_one():
    """All the mistakes that the course knows are tried."""
    assert 71 == sum(map(len, MISTAKES.values()))


def test_a_check_that_broke_off_leaves_nothing_to_the_next(monkeypatch):
    """A task without its verdict is dropped when a step or a question is opened."""
    monkeypatch.setattr(cell.now, "session", Facts(("x = 1",)))
    for begin in (lambda: step("step_1"), lambda: answered("practice1")):
        function("a1", "accuracy")
        begin()

        assert cell.now.task is None
        assert cell.now.report.title in ("Step 1", "Practice 1")
