"""The loop of a wrong function is shown turn by turn on the example that went wrong."""

import shutil
import sys

import pytest
from support.functions import reference
from support.kernels import Kernel
from support.notebooks import ROOT, cells

from grader.widgets.trace import ExampleTrace


@pytest.fixture
def page(monkeypatch, tmp_path):
    """Run the first task of beyond_accuracy with some code; return its verdict."""
    path = shutil.copy(ROOT / "release/beyond_accuracy/beyond_accuracy.ipynb", tmp_path)
    kernel = Kernel(monkeypatch, path)
    check = cells("release", "beyond_accuracy")["a1_check"]["source"]

    def run(code: str) -> object:
        kernel.run("a1", code)
        kernel.run("a1_check", check)
        return kernel.shown[-1][0]

    return run


def test_each_turn_shows_what_the_loop_made(page):
    """Lines with their numbers, a row for each turn, and what became of the counter."""
    (part,) = page(reference("a1").replace("right += 1", "right = 1")).below
    shown = part.static_html()

    assert "Watch your loop on this example" in shown
    assert "for i in range(len(y_true)):" in shown
    assert "The loop took 5 turns: <code>right</code> goes from 0 to 1." in shown
    assert 6 == shown.count("<tr>")
    assert "Task 1: your loop, turn by turn" == part.props()["title"]
    assert 5 == len(part.props()["turns"])


def test_it_stops_where_the_function_stops(page):
    """An error in a turn is named with its line; a return in the loop ends it in the first turn."""
    code = reference("a1").replace("y_true[i] == y_pred[i]", "y_true[i] == y_pred[i + 1]")
    assert "The loop stopped in turn 5: line 12" in page(code).below[0].static_html()

    last = "            right += 1\n"
    early = reference("a1").replace(last, f"{last}        return 1\n")
    assert "The loop took 1 turn" in page(early).below[0].static_html()


@pytest.mark.parametrize(
    "code",
    [
        reference("a1"),
        "def accuracy(y_true, y_pred):\n    return sum(one for one in y_true) / len(y_pred)\n",
        "accuracy = lambda y_true, y_pred: 0.8 * len(y_true)\n",
        "accuracy = 0.8\n",
    ],
    ids=["right", "no for statement", "a lambda", "no function"],
)
def test_there_is_nothing_to_watch(page, code):
    """What is right is not replayed, nor what has no loop."""
    assert not [one for one in page(code).below if isinstance(one, ExampleTrace)]


def test_nothing_of_the_learners_values_is_called(page):
    """A value with a repr of its own is shown by its type."""
    code = (
        "class Loud:\n    def __repr__(self):\n        raise SystemExit\n\n"
        "def accuracy(y_true, y_pred):\n    held = Loud()\n    for one in y_true:\n"
        "        held = held\n    return 0.3\n"
    )

    assert "&lt;Loud&gt;" in page(code).below[0].static_html()


def test_a_debugger_is_left_alone(page, monkeypatch):
    """Where something else traces this process, the loop is not watched, and the verdict comes."""

    def trace(*args: object) -> None:
        return None

    sys.settrace(trace)
    try:
        shown = page(reference("a1").replace("right += 1", "right = 1"))
        assert sys.gettrace() is trace
    finally:
        sys.settrace(None)

    assert "missed" == shown.state
    assert () == shown.below


def test_watching_leaves_no_trace(page):
    """After the verdict nothing follows the learner's code any more."""
    page(reference("a1").replace("right += 1", "right = 1"))

    assert sys.gettrace() is None
