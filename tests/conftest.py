"""Fixtures for all tests: a fresh course, and one small class that is graded once."""

import functools
import gc
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings
from support.courses import (
    copy_course,
    end_python_again_and_again,
    hand_in,
    need_sandbox,
    split_and_paste,
)

from grader.course import Course

# Started in the background by a shell, a run ignores Ctrl-C, and all that it starts would too.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Nothing is timed here; a long run tries other examples each time, any other run the same.
settings.register_profile(
    "course",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="COURSE_LONG_FUZZ" not in os.environ,
    database=None,
)
settings.load_profile("course")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Put the files with the most slow tests first: processes take whole files, and whoever has the
    last of them keeps the others waiting.
    """
    slow = Counter(one.path for one in items if one.get_closest_marker("slow"))
    items.sort(key=lambda one: -slow[one.path])


def pytest_collection_finish() -> None:
    """
    What was collected stays to the end: Python need not look through it again and again. And the
    version that nbgrader has a command look up for each new gradebook, for seconds, is always one.
    """
    if api := sys.modules.get("nbgrader.api"):
        api.get_alembic_version = functools.cache(api.get_alembic_version)
    gc.collect()
    gc.freeze()


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A copy of the course in which nothing was graded yet."""
    return copy_course(tmp_path / "course")


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A small class, graded once: the course and the results by (student, notebook)."""
    from grader.batch import grade

    need_sandbox()
    course = copy_course(tmp_path_factory.mktemp("class") / "course")
    hand_in(course, "ada")
    hand_in(course, "ben", step_3="accuracy = 0.8")
    cut = hand_in(course, "cleo") / "practice.ipynb"
    cut.write_bytes(cut.read_bytes()[:900])
    (hand_in(course, "dan") / "practice.ipynb").unlink()
    eva = hand_in(course, "eva", step_2="import os\nos._exit(1)")
    end_python_again_and_again(eva / "build_and_apply.ipynb")
    hand_in(course, "finn", step_1=None, step_2=None, step_3=None, step_4=None, quiz_answers=None)
    split_and_paste(hand_in(course, "gina") / "build_and_apply.ipynb")
    results = grade(course, "mini_project")
    by_name = {(result.student, result.notebook): result for result in results}
    return SimpleNamespace(course=course, results=results, by_name=by_name)


@pytest.fixture(scope="session")
def worker():
    """The grading process with a sandbox at the best level of this machine, with short limits."""
    from grader.judge.client import WorkerClient
    from grader.sandbox import Limits

    with WorkerClient(need_sandbox(), Limits(cell_seconds=4.0, total_seconds=40.0)) as made:
        yield made
