"""The seam between the engine and its course: what a course brings along is found."""

import importlib
import json
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import grader.widgets
from grader.widgets import Question
from grader.widgets.base import Widget


@pytest.mark.parametrize(
    "group", ["grader.widgets", "grader.tables", "grader.pairs", "grader.sentences", "grader.moved"]
)
def test_what_a_course_brings_along_is_there(group):
    """Every name in pyproject.toml leads to something, under its own name."""
    found = list(entry_points(group=group))

    assert found
    for one in found:
        loaded = one.load()
        assert group != "grader.widgets" or issubclass(loaded, Widget)
        assert group not in ("grader.widgets", "grader.tables") or loaded.__name__ == one.name


def test_parts_of_a_course_are_imported_like_the_engines_own():
    """A notebook need not know who brings a part along; a wrong name is an ordinary ImportError."""
    from grader.widgets import ProcessFlow, Progress

    assert {"ProcessFlow", "Progress"} <= grader.widgets.available().keys()
    assert ProcessFlow.__module__.startswith("grader.rai.")
    assert Progress.__module__.startswith("grader.widgets.")
    with pytest.raises(ImportError, match="NoSuchPart"):
        from grader.widgets import NoSuchPart  # noqa: F401


def test_an_environment_without_a_course_says_what_to_install(monkeypatch):
    """Who updated the files alone reads in one line what is missing, not a bare ImportError."""
    monkeypatch.setattr(grader.widgets, "available", lambda: grader.widgets.OWN)

    with pytest.raises(ImportError, match=r"brings along SomePart.*make demo"):
        from grader.widgets import SomePart  # noqa: F401
    assert not hasattr(grader.widgets, "some_module")


def test_old_names_of_modules_lead_to_the_new_ones():
    """A notebook that was handed out before imports the loans from where they were."""
    old = importlib.import_module("grader.learn.loans")

    assert old is importlib.import_module("grader.rai.loans")


def test_a_table_that_no_course_has_is_the_authors_slip():
    """The message names the tables that there are."""
    with pytest.raises(ValueError, match=r"'nothing'.*process_table.*status_tracker"):
        Question("q1", "Which?", {"A": "one"}, beside=["nothing"])


def test_the_engine_loads_nothing_of_the_course_unasked():
    """Cards, checks and the judge of another course never import this one."""
    code = (
        "import json, sys\n"
        "import grader.checks, grader.cli, grader.judge.worker\n"
        "from grader.widgets import LoopTrace, Progress, Question, Strength\n"
        "found = [name for name in sys.modules if name.startswith('grader.rai')]\n"
        "print(json.dumps([*found, *(['looked'] * grader.widgets.offered.cache_info().currsize)]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert [] == json.loads(run.stdout)
