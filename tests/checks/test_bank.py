"""What a learner's own kernel says of a function: praise only for what grading pays in full."""

import json
import string

import pytest
from cases.mistakes import RIGHT
from hypothesis import given, settings
from hypothesis import strategies as st
from support import functions, notebooks
from support.functions import FUNCTION, NOTEBOOK, examples, judged, reference, shown, wrong

from grader.checks import bank
from grader.checks.bank import packed, read, unpacked
from grader.checks.hollow import by_heart
from grader.checks.verdict import MORE
from grader.release.mutants import mutants

RUNS = 3  # each tries other examples
TASKS = sorted(FUNCTION)
MISTAKES = [(task, one) for task, one in functions.everything() if task in FUNCTION]
KEYS = {
    *("id", "title", "sentence", "may_change", "always", "some"),
    *("acts", "instead", "other", "asked", "usual", "whole"),
    *("args", "shared", "to", "gives", "prints", "raises", "leaves", "spoil"),
}


@pytest.fixture(autouse=True)
def _in_a_kernel(monkeypatch):
    """Nobody grades, unless a test says so."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


@pytest.mark.slow
@pytest.mark.parametrize(("task", "mistake"), MISTAKES, ids=lambda one: str(one)[:50])
def test_a_mistake_is_never_praised(task, mistake):
    """Whatever grading takes points for is "Not yet" in the kernel, in every run."""
    assert {"missed"} == {shown(task, wrong(task, mistake)).state for _ in range(RUNS)}


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_no_one_rule_mutant_is_praised_that_grading_finds(task, monkeypatch):
    """A model answer with one rule broken is praised only where grading pays it in full as well."""
    praised = [
        one for one in mutants(reference(task), FUNCTION[task]) if shown(task, one.source).passed
    ]
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    fined = [one for one in praised if any(judged(task, one.source, n).missed for n in range(RUNS))]

    assert [] == [str(one) for one in fined]
    assert len(praised) < 8  # the others change nothing that a call can show


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_right_answers_are_praised(task):
    """The reference and answers in other styles are right with whichever examples."""
    for code in [reference(task), *RIGHT.get(task, [])]:
        pages = [shown(task, code) for _ in range(RUNS)]

        assert {"passed"} == {page.state for page in pages}
        assert all("calls tried" in page.progress for page in pages)


@pytest.mark.parametrize(
    ("task", "number"), [("a1", 2), ("a4", 1), ("a5", 3), ("b1", 3), ("b4", 2)]
)
def test_a_right_function_is_offered_calls_to_guess_about(task, number):
    """At boundaries of the task, each closed, with what this function gave and why it is right."""
    page = shown(task, reference(task))
    space: dict[str, object] = {}
    exec(reference(task), space)

    (part,) = page.below
    assert number <= len(part.calls) <= 3
    for one in part.calls:
        assert one.why
        if one.came.startswith("gave"):
            assert one.came[6:60].rstrip("…`") in repr(eval(one.call, space))
            assert one.same[0] == repr(json.loads(json.dumps(eval(one.call, space))))
    assert len(part.calls) == part.static_html().count("<details><summary")


def test_a_wrong_function_is_not_asked_to_guess():
    """First it has to be right; and a kernel without examples has nothing to offer."""
    assert () == shown("b4", reference("b4").replace("<", "<=")).below
    assert () == shown("b4", reference("b4"), drawn="").below


@pytest.mark.parametrize("task", TASKS)
def test_without_examples_nothing_is_praised(task):
    """A kernel that does not find its notebook says what it tried, and that grading tries more."""
    page = shown(task, reference(task), drawn="")

    assert "noted" == page.state
    assert page.sentence.startswith("Right in ")
    assert page.sentence.endswith(MORE.rpartition("}")[2])


@pytest.mark.parametrize("text", ["no bank", "é", "c$@", packed([], [{"id": "x"}])])
def test_examples_that_cannot_be_read_are_none(text):
    """A notebook that was damaged says less, and never stops a check."""
    assert ((), []) == unpacked(text)
    assert "noted" == shown("a1", reference("a1"), drawn=text).state


@pytest.mark.parametrize("task", [one for one in TASKS if one not in ("b0", "b2")])
def test_a_table_of_the_examples_earns_nothing(task, monkeypatch):
    """Who writes down what the notebook knows is praised there, and gets no points for it."""
    code = _by_table(task)
    assert shown(task, code).passed

    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")

    assert [0.0] * 3 == [judged(task, code, seed).score for seed in range(3)]


@pytest.mark.parametrize(
    ("known", "new", "told"),
    [
        ([True] * 4, [False] * 30, True),
        ([True] * 4, [False] * 26 + [True] * 4, False),
        ([True] * 2 + [False] * 2, [False] * 30, False),
        ([], [False] * 30, False),
        ([True] * 4, [False] * 2, False),
    ],
)
def test_by_heart_is_right_about_the_known_and_wrong_about_the_new(known, new, told):
    """A wrong function that earns a part of the points honestly keeps them."""
    assert told == by_heart(known, new)


@pytest.mark.parametrize("task", TASKS)
def test_examples_hold_inputs_and_results_alone(task):
    """No line of the model answer and none of a hidden test is among them."""
    found = read(examples(task))["checks"]
    text = json.dumps(found)
    lines = [line.strip() for line in reference(task).splitlines()]
    cell = notebooks.cells("source", NOTEBOOK[task[0]])[f"{task}_check"]["source"]
    hidden = cell.partition("### BEGIN HIDDEN")[2].partition("### END HIDDEN")[0]
    # Stand-ins, which take the place of a function, and sentences for learners are no tests.
    lines += [line.strip() for line in hidden.splitlines() if '"' not in line and "'" not in line]

    assert set(_keys(found)) <= KEYS
    given = " ".join(one["source"] for one in _released(task).values())
    code = [line for line in lines if "(" in line or "=" in line]
    assert [] == [line for line in code if line in text and line not in given]


def test_a_bank_stays_small():
    """What a notebook carries along is less than its text."""
    assert all(len(examples(task)) < 8000 for task in TASKS)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(string.printable, max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@settings(max_examples=30)
@given(st.lists(st.dictionaries(st.text(max_size=5), plain), max_size=4))
def test_packing_loses_nothing(checks):
    """Data comes back as it was, its dictionaries in the same order."""
    back = read(packed(["a"], checks))["checks"]

    assert checks == back
    assert json.dumps(checks) == json.dumps(back)


def test_a_run_does_not_touch_the_learners_chance(monkeypatch):
    """`random` goes on in a notebook as if nothing had been tried."""
    import random

    random.seed(1)
    first = [random.random(), random.random()]
    random.seed(1)
    second = [random.random()]
    assert unpacked(examples("a2"))
    second.append(random.random())

    assert first == second


def test_examples_of_one_run_are_a_choice():
    """All that stand at a boundary are tried, and some of the others: not always the same."""
    data = {one["id"]: one for one in read(examples("a1"))["checks"]}["A1.random"]
    runs = [_cases(unpacked(examples("a1"))[1], "A1.random") for _ in range(20)]

    assert {len(data["always"]) + bank.FRESH} == {len(one) for one in runs}
    assert len({frozenset(one) for one in runs}) > 1


def _released(task: str) -> dict[str, dict]:
    return notebooks.cells("release", NOTEBOOK[task[0]])


def _cases(checks: list, check_id: str) -> list[str]:
    (check,) = [one for one in checks if one.check_id == check_id]
    return [repr(case.acts) for case in check.cases]


def _keys(data: object) -> list[str]:
    """Every key of a bank's own: not those in what a function takes or gives."""
    if isinstance(data, list):
        return [key for one in data for key in _keys(one)]
    if not isinstance(data, dict):
        return []
    own = {"checks", "always", "some", "acts"}
    return [*data, *(key for name in own & data.keys() for key in _keys(data[name]))]


def _by_table(task: str) -> str:
    """A function that knows by heart what the notebook shows and what its examples say."""
    name = FUNCTION[task]
    rows = [
        (act["args"], act.get("gives"), act.get("prints", ""), act.get("raises", ""))
        for check in read(examples(task))["checks"]
        for case in check["always"] + check["some"]
        for act in case["acts"]
        if "args" in act and not case.get("other")
    ]
    rows += [(args, gives, prints, "") for args, gives, prints in functions.visible_calls(task)]
    # What a library makes of other data is copied as well: the last row counts.
    rows += [
        (act["args"], act["gives"], "", "")
        for check in read(examples(task))["checks"]
        for case in check["always"]
        for act in case["acts"]
        if case.get("other")
    ]
    return f"""
import json

table = {{json.dumps(row[0]): row[1:] for row in {rows!r}}}


def {name}(*args):
    gives, prints, raises = table.get(json.dumps(list(args)), ({{}}, "", ""))
    if raises:
        raise ValueError
    print(prints, end="")
    return gives
"""
