"""Why a function is wrong: the cause by name, one sentence each, and where the example parts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import functions
from support.functions import FUNCTION, reference, shown, wrong

from grader.checks.called import Call, Called, Case
from grader.checks.difference import Difference, first_difference, parting

LONGEST = 180
COUNT = (
    "    right = 0\n    for i in range(len(y_true)):\n        if y_true[i] == y_pred[i]:\n"
    "            right += 1\n"
)
GUARD = (
    "    if len(y_true) != len(y_pred):\n        raise ValueError('lengths')\n"
    "    if not y_true:\n        return None\n"
)
A1 = f"def accuracy(y_true, y_pred):\n{GUARD}{COUNT}"
A2 = "def accuracy_by_group(y_true, y_pred, groups):\n    result = {}\n"
ROWS = "        rows = [i for i in range(len(groups)) if groups[i] == name]\n"
SHARE = "sum(y_true[i] == y_pred[i] for i in rows) / len(rows)"
# (task, what was done, code, part of the sentence)
CAUSES = [
    (
        "a1",
        "print for return",
        A1 + "    print(right / len(y_true))\n",
        "`return` in place of `print`",
    ),
    ("a1", "no return", A1 + "    share = right / len(y_true)\n", "gives nothing back: end it"),
    ("a1", "returns print", A1 + "    return print(right)\n", "`print(...)` gives nothing back"),
    (
        "a1",
        "return in the loop",
        A1.replace(
            "            right += 1\n",
            "            right += 1\n        return right / len(y_true)\n",
        ),
        "`return` stands in the loop",
    ),
    (
        "a1",
        "a return that is not reached",
        "def accuracy(y_true, y_pred):\n    if y_true == y_pred:\n        return 1.0\n",
        "without its `return` in line 3",
    ),
    (
        "a1",
        "a text",
        A1 + "    return f'{right / len(y_true)}'\n",
        "is a text, and should be a number",
    ),
    (
        "a1",
        "a list",
        A1 + "    return [right / len(y_true)]\n",
        "is a list, and should be a number",
    ),
    (
        "a1",
        "one argument",
        "def accuracy(pairs):\n    return 0.8\n",
        "`def accuracy(y_true, y_pred)`",
    ),
    (
        "a2",
        "swapped arguments",
        A2.replace("y_true, y_pred, groups", "groups, y_true, y_pred") + "    return result\n",
        "are swapped: the task has them in the order `y_true, y_pred, groups`",
    ),
    (
        "b4",
        "the least name",
        reference("b4").replace("min(scores, key=lambda g: (scores[g], g))", "min(scores)"),
        "compares the names in a dictionary",
    ),
    (
        "a1",
        "a shadowed name",
        A1.replace("right", "len") + "    return len / 5\n",
        "`len` is a variable of yours",
    ),
    (
        "a1",
        "used too early",
        A1.replace("    right = 0\n", "") + "    return right / len(y_true)\n",
        "`right` is used before it has a value",
    ),
    (
        "a1",
        "a slip in a name",
        A1 + "    return right / len(y_tru)\n",
        "uses `y_tru`, and nothing has that name: write `y_true`",
    ),
    (
        "a1",
        "an unknown name",
        A1 + "    return np.mean(right)\n",
        "give it a value first, or import it",
    ),
    (
        "a1",
        "a changed argument",
        f"def accuracy(y_true, y_pred):\n{GUARD}    y_true.append(2)\n    return 0.8\n",
        "changes `y_true`, which is not its own",
    ),
    (
        "a1",
        "an ignored argument",
        "def accuracy(y_true, y_pred):\n    return sum(y_true) / 5\n",
        "never looks at `y_pred`",
    ),
    (
        "b4",
        "an argument overwritten",
        "THRESHOLD",
        "gives `threshold` a value of its own",
    ),
    ("a1", "whole-number division", A1 + "    return right // len(y_true)\n", "`//` leaves away"),
    ("a1", "a number typed in", A1 + "    return right / 5\n", "divides by 5"),
    (
        "a2",
        "a key of another name",
        A2
        + "    for name in set(groups):\n"
        + ROWS
        + f"        result[name] = {{'accuracy': {SHARE}, 'n': len(rows)}}\n    return result\n",
        "The key `'count'` is missing in the result. There is `'n'`",
    ),
    (
        "a2",
        "a key too many",
        A2
        + "    for name in set(groups):\n"
        + ROWS
        + f"        result[name] = {{'accuracy': {SHARE}, 'count': len(rows), 'rows': rows}}\n"
        "    return result\n",
        "The key `'rows'` is one too many",
    ),
    (
        "a2",
        "names typed in",
        A2
        + "    for name in ['A', 'B']:\n"
        + ROWS
        + f"        result[name] = {{'accuracy': {SHARE} if rows else None, 'count': len(rows)}}\n"
        "    return result\n",
        "take the names from `groups`",
    ),
    (
        "a2",
        "a default that is kept",
        A2.replace("groups):\n    result = {}", "groups, result={}):")
        + "    for name in set(groups):\n"
        + ROWS
        + "        result[name] = {'accuracy': "
        + SHARE
        + ", 'count': len(rows)}\n    return result\n",
        "is made once, and every call adds to it",
    ),
    ("b4", "a rounded number decides", "ROUND", "compares a rounded number"),
    ("b1", "another order", "ORDER", "holds the right items in another order"),
    ("b2", "prints another line", "LINE", "differs from sign 6 of line 1"),
    ("b2", "prints nothing", "NOTHING", "prints nothing here"),
    ("b2", "a line too many", "TWICE", "prints 2 lines here, and 1 line should come"),
    ("b2", "a new list", "NEW", "change the list that you are given"),
    ("b2", "nothing stored", "STORED", "nothing is put into it"),
]
CHANGES = {
    "THRESHOLD": ("b4", "    if not scores:", "    threshold = 0.75\n    if not scores:"),
    "ROUND": ("b4", "scores[worst] < threshold", "round(scores[worst], 2) < threshold"),
    "ORDER": ("b1", "-abs(r[1])", "abs(r[1])"),
    "LINE": ("b2", "Input: ", "Input; "),
    "NOTHING": ("b2", 'print(f"', '(f"'),
    "TWICE": ("b2", "    entry = {", '    print("logged")\n    entry = {'),
    "NEW": ("b2", "log.append(entry)", "log = log + [entry]"),
    "STORED": ("b2", "    log.append(entry)\n", ""),
}


@pytest.fixture(autouse=True)
def _in_a_kernel(monkeypatch):
    """Nobody grades."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def code_of(task: str, code: str) -> str:
    """The code of a cause: as it stands, or the reference with a change."""
    if code not in CHANGES:
        return code
    task, old, new = CHANGES[code]
    assert old in reference(task)
    return reference(task).replace(old, new)


@pytest.mark.parametrize(("task", "what", "code", "told"), CAUSES, ids=lambda one: str(one)[:30])
def test_each_cause_is_named_with_an_action(task, what, code, told):
    """The sentence says what is wrong in the learner's own names, within 180 characters."""
    page = shown(task, code_of(task, code))

    assert "missed" == page.state
    assert told in page.sentence
    assert len(page.sentence) <= LONGEST


def test_each_cause_has_its_own_sentence():
    """No two of them read the same."""
    assert len(CAUSES) == len(
        {shown(task, code_of(task, code)).sentence for task, _, code, _ in CAUSES}
    )


@pytest.mark.slow
def test_mistakes_of_the_course_are_told_apart():
    """As for the steps, nearly every known mistake reads differently, and none is too long."""
    pages = [
        shown(task, wrong(task, one)) for task, one in functions.everything() if task in FUNCTION
    ]

    assert 60 <= len({page.sentence for page in pages})
    assert [] == [page.sentence for page in pages if len(page.sentence) > LONGEST]


def test_an_older_function_is_never_judged_in_place_of_a_broken_cell():
    """A cell that does not run is told its line and cause, whatever its name held before."""
    page = shown("a1", reference("a1").replace("== 0:", "== 0"), error="SyntaxError: expected ':'")

    assert "missed" == page.state
    assert "Line" in page.sentence and "colon" in page.sentence
    assert page.example is None

    page = shown("a1", reference("a1") + "\nundefined\n", error="NameError: name 'undefined' ...")

    assert "stops with NameError" in page.sentence


def test_only_the_first_difference_is_shown():
    """Of a nested result the place where it parts, what is there, and what should be."""
    wanted = {"A": {"accuracy": 1.0, "count": 3}, "B": {"accuracy": 0.5, "count": 2}}
    came = Called({"A": {"accuracy": 1.0, "count": 3}, "B": {"accuracy": 0.5, "count": 2.5}})
    found = first_difference(Case((Call(([1],), gives=wanted),)), [came], "f", may_change=False)

    assert (2.5, 2, ("B", "count")) == (found.came, found.wanted, found.place)
    assert "`f([1])` gave `2.5` at `['B']['count']`; it should give `2` there." == found.as_text()
    assert "accuracy" not in found.as_html()
    assert "result['B']['count']" in found.as_html()


def test_texts_are_marked_where_they_part():
    """Beginning and end stay plain where they are the same, and the place is said as a number."""
    page = Difference(
        "value", "f", (1,), "The score = 0.75, which is low", "The score = 0.750, which is low"
    ).as_html()

    assert 'score = 0.75<mark><i aria-label="nothing">▯</i></mark>, which' in page
    assert "score = 0.75<mark>0</mark>, which" in page
    assert "at sign 17" in page


def test_a_long_call_is_whole_on_a_page_and_short_in_a_sentence():
    """Nothing that matters is cut where there is room for it."""
    example = Difference("value", "f", (["x" * 300], 7), 1, 2)

    assert "x" * 300 in example.as_html()
    assert len(example.as_text()) < 200
    assert ", 7)` gave `1`" in example.as_text()


def test_what_a_learner_wrote_is_text_on_a_page():
    """Markup in a value is shown, and does nothing."""
    page = Difference("printed", "f", ("<b>",), "<script>" * 9, "<i>").as_html()

    assert "<script>" not in page and "<b>" not in page and "<i>" not in page
    assert "&lt;<mark>script&gt;" in page


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)


@given(values, values)
def test_two_values_part_exactly_where_they_differ(one, other):
    """Nothing is told of equal data, and of other data something that is not equal."""
    found = parting(one, other)

    assert (found is None) == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))
    if found is not None:
        came, wanted, place = found
        assert came != wanted or type(came) is not type(wanted)
        assert all(isinstance(step, (str, int)) for step in place)
