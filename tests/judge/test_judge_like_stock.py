"""What courses make of nbgrader's cells and settings: the marks are those of stock nbgrader."""

import json

import pytest
from support.courses import answer_cell, cell, check_cell, need_sandbox
from support.stock import Both, graded_by_both

pytestmark = pytest.mark.slow


def check(name: str, source: str, points: float = 1) -> dict:
    """Return a check that learners see as a whole."""
    return cell(name, source, grade=True, locked=True, points=points)


START = """import helpers, json, sys, warnings
numbers = json.load(open("data.json"))
def warn(x):
    warnings.warn("slow")
    return x
def log(x):
    print("here", file=sys.stderr)
    return x"""
TO_STDERR = {  # what a check does, and whether stock and this grader pay a right answer for it
    "prints": ("import sys\nprint('look', file=sys.stderr)\nassert double(1) == 2", 0, 0),
    "writes": ("import os, sys\nsys.stderr.write('look')\nassert double(1) == 2\n1", 0, 0),
    "warns": ("import warnings\nwarnings.warn('old')\nassert double(1) == 2", 0, 1),
    "is_warned": (
        "import numpy as np\nassert np.isinf(np.float64(1) / np.array([0.0])).all()\n"
        "assert double(1) == 2",
        0,
        1,
    ),
    "deprecated": (
        "import warnings\nwarnings.warn_explicit('x', DeprecationWarning, 'a.py', 1, 'a')\n"
        "assert double(1) == 2",
        1,
        1,
    ),
    "logs": ("import logging\nlogging.getLogger('a').warning('x')\nassert double(1) == 2", 0, 1),
    "logs_at_root": ("import logging\nlogging.warning('x')\nassert double(1) == 2", 0, 1),
    "warned_by_learner": ("assert warn(double(1)) == 2", 0, 1),
    "logged_by_learner": ("assert log(double(1)) == 2", 0, 1),
}
CELLS = (
    cell("start", START, locked=True),
    cell("note", "Do not change me.", "markdown", locked=True),
    answer_cell("double", "def double(x):\n    return 2 * x"),
    check("plain", "assert double(2) == 4", 2),
    check("half", "assert double(2) == 4", 0.5),
    check("by_value", "3 if double(3) == 6 else 1.5 if double(0) == 0 else 0", 3),
    check("no_number", "assert double(0) == 0\n'well done'", 1.5),
    check("for_nothing", "assert double(3) == 6", 0),
    check_cell("file", "import json\nassert double(sum(json.load(open('data.json')))) == 12", 2),
    check_cell("module", "import helpers\nassert helpers.three(double) == [0, 2, 4]", 0.25),
    check("locked", "assert numbers == [1, 2, 3] and double(1) == 2"),
    cell("essay", "*Write here.*", "markdown", grade=True, solution=True, points=4),
    cell("bonus", "*Write here.*", "markdown", grade=True, solution=True, points=0),
    check("apart_text", "'2.0' if double(3) == 6 else '0.5'", 2),
    *(check(f"apart_{name}", source) for name, (source, *_) in TO_STDERR.items()),
)
FILES = {
    "data.json": "[1, 2, 3]",
    "helpers.py": "def three(function):\n    return [function(n) for n in range(3)]\n",
}
LEARNERS = {
    "right": {"double": "def double(x):\n    return x + x", "bonus": "More.", "essay": "Much."},
    "wrong": {"double": "def double(x):\n    return x * x", "start": "def warn(x): return 9"},
    "stops": {"double": "1 / 0", "note": "Changed."},
    "blank": {},
}
CONFIG = "c.KeyTrial.allow_missed = ['apart_*']\n"


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Both:
    """A course with nbgrader's own delimiters and steps."""
    need_sandbox()
    place = tmp_path_factory.mktemp("plain")
    return graded_by_both(place, *CELLS, learners=LEARNERS, config=CONFIG, files=FILES)


def alike(marks: dict) -> dict:
    """Return the marks of all cells but those that stock nbgrader may mark in another way."""
    return {name: mark for name, mark in marks.items() if "apart_" not in name}


def test_points_are_those_of_stock(plain):
    """
    Half points, partial credit by value, cells of 0 points for extra credit, read-only cells and
    files beside the notebook: score, points and what waits for a person, cell by cell.
    """
    assert 4 * 10 == len(alike(plain.stock))
    assert alike(plain.stock) == alike(plain.here)
    assert (0.5, 0, 0.5) == plain.here["right half"]
    assert (1.5, 0, 3.0) == plain.here["wrong by_value"]


@pytest.mark.parametrize("name", TO_STDERR)
def test_what_a_check_writes_to_stderr_costs_it_and_a_warning_does_not(plain, name):
    """
    Stock nbgrader gives nothing for whatever stands on stderr. So it is here for what the check
    itself writes; a warning, a log record and a learner's own line fine nobody.
    """
    _, stock, here = TO_STDERR[name]

    assert stock == plain.stock[f"right apart_{name}"][0]
    assert here == plain.here[f"right apart_{name}"][0]
    assert 0 == plain.stock[f"stops apart_{name}"][0] == plain.here[f"stops apart_{name}"][0]


def test_a_number_in_quotes_is_that_number(plain):
    """Stock nbgrader takes the text '0.5' for no number, and pays all of the points for it."""
    assert 2.0 == plain.stock["right apart_text"][0] == plain.here["right apart_text"][0]
    assert 2.0 == plain.stock["wrong apart_text"][0]
    assert 0.5 == plain.here["wrong apart_text"][0]


def test_no_check_was_judged_beside_learner_code(plain):
    """Neither for a file nor for a helper."""
    nb = json.loads(plain.course.autograded("right", "week").joinpath("sheet.ipynb").read_text())

    assert "inside" not in nb["metadata"]["grader"]


HEADER = "Header of the course."
STEPS = '''"""Steps of release of a course's own."""

from nbgrader.preprocessors import NbGraderPreprocessor


class Tens(NbGraderPreprocessor):
    """Puts a number into each cell."""

    def preprocess(self, nb, resources):
        for cell in nb.cells:
            cell.source = cell.source.replace("@TEN@", "10")
        return nb, resources
'''
OWN_CONFIG = """
c.ClearSolutions.begin_solution_delimeter = "ANSWER FROM HERE"
c.ClearSolutions.end_solution_delimeter = "ANSWER TO HERE"
c.ClearHiddenTests.begin_test_delimeter = "SECRET FROM HERE"
c.ClearHiddenTests.end_test_delimeter = "SECRET TO HERE"
c.ClearMarkScheme.begin_mark_scheme_delimeter = "SCHEME FROM HERE"
c.ClearMarkScheme.end_mark_scheme_delimeter = "SCHEME TO HERE"
c.IncludeHeaderFooter.header = "header.ipynb"
c.IncludeHeaderFooter.footer = "footer.ipynb"
c.GenerateAssignment.preprocessors.insert(1, "own_steps.Tens")
"""
OWN_CELLS = (
    cell("ten", "# ANSWER FROM HERE\nten = limit\n# ANSWER TO HERE", solution=True),
    check("seen", "assert ten == @TEN@", 2),
    check(
        "secret",
        "ten\n# SECRET FROM HERE\nassert 0 < ten < limit + 1\n# SECRET TO HERE\nten / 4",
        2.5,
    ),
    cell(
        "task",
        "Draw.\nSCHEME FROM HERE\nA cat.\nSCHEME TO HERE",
        "markdown",
        locked=True,
        task=True,
        points=3,
    ),
)


def notebook(*cells: dict) -> str:
    """Return a notebook as text."""
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Both:
    """A course with delimiters, steps of release, a header and a footer of its own."""
    need_sandbox()
    beside = {
        "own_steps.py": STEPS,
        "header.ipynb": notebook(
            cell("head", HEADER, "markdown"), cell("limit", "limit = @TEN@", locked=True)
        ),
        "footer.ipynb": notebook(check("foot", "assert ten == limit", 0.5)),
    }
    return graded_by_both(
        tmp_path_factory.mktemp("own"),
        *OWN_CELLS,
        learners={"right": {"ten": "ten = 10"}, "wrong": {"ten": "ten = 8"}, "blank": {}},
        config=OWN_CONFIG,
        beside=beside,
    )


def test_a_course_with_ways_of_its_own_gets_stocks_marks(own):
    """Own delimiters, an own step of release, checks in header and footer: cell by cell."""
    assert {"right foot", "right seen", "right secret", "right task"} < own.stock.keys()
    assert own.stock == own.here
    assert (2.5, 0, 2.5) == own.here["right secret"]
    assert (2.0, 0, 2.5) == own.here["wrong secret"]


def test_a_course_with_ways_of_its_own_gives_no_answer_away(own):
    """What its own delimiters mark is not released, header and footer are."""
    text = (own.course.release("week") / "sheet.ipynb").read_text(encoding="utf-8")

    assert HEADER in text and "assert ten == limit" in text
    assert not [word for word in ("FROM HERE", "ten = limit", "A cat", "@TEN@") if word in text]
