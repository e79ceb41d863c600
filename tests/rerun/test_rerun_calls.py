"""Calls of a learner's functions: plain data in, plain data out, and nothing else."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import alike, cell
from grader.checks.called import Call, Called, Case, Shared, Spoil
from grader.judge.replies import checked
from grader.rerun import calls as module
from grader.rerun.calls import NotPlainData, as_json, calls
from grader.sandbox import Tampered

NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def came(space: dict, *acts: Call | Spoil, instead: dict[str, str] | None = None) -> list[Called]:
    """What came of one case of calls of `f`."""
    case = Case(acts, instead or {})
    plan = json.loads(json.dumps([case.plan("f")]))  # as it reaches the sandbox
    return case.read("f", json.loads(json.dumps(calls(plan, space)))[0])


@given(PLAIN)
def test_plain_data_comes_back_as_it_went(value):
    """A function that gives back what it got gives back the same, bit for bit."""
    (found,) = came({"f": lambda x: x}, Call((value,)))

    assert repr(value) == repr(found.value)
    assert found.untouched
    assert alike(found.value, value)


@given(PLAIN, PLAIN)
def test_alike_is_the_same_both_ways(one, other):
    """Whether two values are alike does not depend on which comes first."""
    assert alike(one, other) == alike(other, one)
    assert not alike([one], one)


def test_alike_knows_a_number_from_a_yes():
    """True is not 1 and None is not 0; numbers may differ in the last digits, texts may not."""
    assert not alike(True, 1)
    assert not alike(None, 0)
    assert not alike("a", "a ")
    assert not alike({"a": 1}, {"a": 1, "b": 2})
    assert alike(0.1 + 0.2, 0.3)
    assert alike([1, {"a": 2.0}], [1.0, {"a": 2}])


def test_numpy_numbers_are_the_numbers_they_show():
    """Values, items and keys of NumPy's become plain ones; tuples become lists."""
    given_back = {"a": (np.float64(0.5), np.int64(3), np.bool_(True)), np.int64(7): np.array(2)}
    (found,) = came({"f": lambda: given_back}, Call(()))

    assert {"a": [0.5, 3, True], "7": 2} == found.value
    assert True is found.value["a"][2]


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, object(), {1, 2}, b"x", np.array([1, 2]), {(1, 2): 3}],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_data_is_told(value):
    """NaN, objects, sets and arrays are an error of the function's, by name."""
    (found,) = came({"f": lambda: value}, Call(()))

    assert found.error[0] in ("NotPlainData", "TypeError")
    assert not Call((), gives=None).wanted(found)


def test_a_monster_is_told():
    """A text of ten million characters is an error of the function's."""
    (found,) = came({"f": lambda: "x" * 10**7}, Call(()))

    assert ("NotPlainData", "it is too long") == found.error


def test_data_that_holds_itself_is_told():
    """A list within itself does not take the guest down."""
    loop: list[object] = []
    loop.append(loop)

    with pytest.raises(NotPlainData):
        as_json(loop)


def test_each_call_gets_arguments_of_its_own():
    """What one call does to its arguments is told, and the next does not see it."""
    change = {"f": lambda items: items.append(1)}
    first, second = came(change, Call(([],)), Call(([],)))

    assert ([1],) == first.after == second.after
    assert ([],) == first.args == second.args
    assert not first.untouched
    assert not Call(([],), gives=None).wanted(first)


def test_a_shared_argument_lives_as_long_as_its_case():
    """Calls of one case see the same list, and those of another a new one."""
    log = Shared("log", [])
    space = {"f": lambda items, x: items.append(x)}
    first, second = came(space, Call((log, 1)), Call((log, 2)))
    (again,) = came(space, Call((log, 3)))

    assert [1, 2] == second.args[0]
    assert [3] == again.args[0]
    assert first.untouched


def test_somebody_rewrites_the_past():
    """A spoiled object is changed wherever it can be changed, and so is the last result."""
    mine = Shared("mine", {"decision": "no", "reasons": [["a", 1]]})
    kept: list[object] = []
    space = {"f": lambda thing: kept.append(thing) or thing}
    came(space, Call((mine,)), Spoil("mine"))

    assert "spoiled" == kept[0]["decision"]
    assert ["a", 1, "spoiled"] == kept[0]["reasons"][0]


def test_functions_of_the_check_stand_in_for_a_case():
    """While a case runs another function has the name, and afterwards the learner's again."""
    space = {}
    exec("def g():\n    return 1\n\ndef f():\n    return g()\n", space)
    own = space["g"]
    (found,) = came(space, Call(()), instead={"g": "def g():\n    return 2\n"})

    assert 2 == found.value
    assert own is space["g"]


def test_what_is_printed_is_caught_and_cut():
    """Prints reach the check and nobody else, up to a limit."""
    (found,) = came({"f": lambda: print("x" * 10**6)}, Call((), prints="x"))

    assert module.PRINTED_LIMIT == len(found.printed)


def test_an_error_is_told_by_name():
    """The class and the words of an error; a function that is not there is a NameError."""
    (found,) = came({"f": lambda x: 1 / x}, Call((0,)))
    (absent,) = came({}, Call((0,)))

    assert ("ZeroDivisionError", "division by zero") == found.error
    assert "NameError" == absent.error[0]
    assert Call((0,), raises="ZeroDivisionError").wanted(found)


def test_many_cases_are_asked_for_in_parts(monkeypatch):
    """When calls take long, those made so far come back, at least one."""
    monkeypatch.setattr(module, "AT_ONCE", 0.0)

    assert 1 == len(calls([[Call(()).act("f")]] * 5, {"f": lambda: 1}))


def test_an_interrupted_call_is_the_last(monkeypatch):
    """Where the stop button was pressed nothing more is tried in this question."""

    def stop():
        raise KeyboardInterrupt

    made = calls([[Call(()).act("f"), Call(()).act("f")]] * 3, {"f": stop})

    assert [["KeyboardInterrupt"]] == [[one["raised"][0] for one in case] for case in made]


def test_an_endless_call_in_a_kernel_is_stopped(monkeypatch):
    """After some seconds the check goes on by itself, and tries no more calls."""
    space: dict[str, object] = {}
    exec("def f(x):\n    while True:\n        pass\n", space)
    monkeypatch.setattr(cell, "SECONDS", 0.2)
    monkeypatch.setattr(cell, "get_ipython", lambda: SimpleNamespace(user_ns=space))
    made = cell.calls_here([[Call((n,)).act("f")] for n in range(3)])

    assert [["KeyboardInterrupt", ""]] == [case[0]["raised"] for case in made]


FIELDS = {"plan": json.dumps([[{"call": "f", "args": []}], [{"call": "f", "args": []}]])}
SOUND = {"cases": [[{"value": "1", "printed": ""}]]}


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"cases": []},
        {"cases": [[]]},
        {"cases": [[{"value": 1, "printed": ""}]]},
        {"cases": [[{"value": "1"}]]},
        {"cases": [[{"value": "1", "printed": "", "after": []}]]},
        {"cases": [[{"printed": ""}]]},
        {"cases": [[{"value": "1", "raised": ["a", "b"], "printed": ""}]]},
        {"cases": [[{"raised": ["a"], "printed": ""}]]},
        {"cases": [[{"value": "1", "printed": ""}] * 2]},
        {"cases": SOUND["cases"] * 3},
        {"cases": [None]},
    ],
)
def test_a_reply_of_another_shape_is_refused(reply):
    """Only texts in the right places are taken; never more than was asked for."""
    with pytest.raises(Tampered):
        checked("calls", reply, FIELDS)


def test_a_reply_of_the_right_shape_is_taken():
    """The reply that the others are broken from is sound."""
    assert SOUND == checked("calls", SOUND, FIELDS)


@given(st.text())
def test_whatever_stands_in_a_reply_is_read(text):
    """What is no JSON counts as an error of the function's, and stops nobody."""
    found = Called.of({"call": "f", "args": []}, {"value": text, "printed": "", "after": text})

    assert found.error is None or ("ValueError", "that is no plain data") == found.error
    assert "\n" not in found.as_text()
