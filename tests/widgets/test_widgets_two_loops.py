"""Two loops beside each other: where they part, what is kept of them, and their static page."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sanitize import safe_html
from grader.widgets import TwoLoops
from grader.widgets.kernel.recorder import record
from grader.widgets.kernel.recording import Recording, as_data, from_data

SUM = "total = 0\nfor n in numbers:\n    total += n"
GIVEN = {"numbers": [3, 4, 5]}


def part(left: str, right: str = SUM, **more: object) -> TwoLoops:
    """Return two loops over the same numbers."""
    return TwoLoops(left, right, given=GIVEN, **more)


@pytest.mark.parametrize(
    ("left", "turn", "words"),
    [
        (
            SUM.replace("total", "count").replace("+=", "="),
            1,
            "`count` is 4 in this code, `total` 7",
        ),
        (SUM.replace("= 0", "= 1"), 0, "`total` is 4 in this code"),
        (SUM.replace("numbers", "numbers[1:]"), 0, "`n` is 4 in this code"),
        (SUM.replace("numbers", "numbers[:2]"), 2, "the loop of this code has ended"),
        (SUM.replace("+= n", "+= 12 // (5 - n)"), 0, "is 6"),
        (SUM + "\n    if n == 4:\n        1 / 0", 1, "this code stops with ZeroDivisionError"),
        (SUM + "\n    if n == 4:\n        continue", None, "In no turn do they part"),
        ("total = 0\nfor _ in range(3):\n    total += 1", 0, "`total` is 1 in this code"),
        (SUM + "\nmean = total // 3", None, "stands outside the loop"),
    ],
)
def test_the_first_turn_in_which_they_part_is_found(left, turn, words):
    """By the values of each turn, whatever the counts are called; by its end; by an error."""
    made = part(left)

    assert turn == made.parting
    assert words in made.says


def test_a_line_of_both_that_only_one_runs_parts_them():
    """The values that are followed may be the same: what is counted in a dictionary is not."""
    right = "seen = {}\nfor n in numbers:\n    if n == 4:\n        continue\n    seen[n] = 1"
    made = part("seen = {}\nfor n in numbers:\n    seen[n] = 1", right)

    assert (
        1,
        "They part in turn 2: `seen[n] = 1` runs in this code and not in the right code.",
    ) == (
        made.parting,
        made.says,
    )


def test_where_one_has_no_loop_nothing_is_compared():
    """A comprehension and a call of a library take no turns that can be seen."""
    for code, words in (
        ("total = sum(n for n in numbers)", "A comprehension takes all its turns"),
        ("total = sum(numbers)", "has no for loop to step through"),
        ("for n in numbers\n    pass", "Python cannot read this code"),
    ):
        made = part(code)

        assert made.parting is None
        assert "Only where both have a loop" in made.says
        assert words in made.props()["sides"][0]["ended"]


def test_a_function_is_followed_in_a_call():
    """What came of the call stands at the end of each side, where it differs."""
    code = "def f(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total"
    made = TwoLoops(code.replace("return total", "return 0"), code, call="f([1, 2])")
    left, right = made.props()["sides"]

    assert 2 == len(left["turns"]) == len(right["turns"])
    assert ("`f([1, 2])` gave `0`." in left["note"], "gave `3`." in right["note"]) == (True, True)
    assert "gave" not in TwoLoops(code, code, call="f([1])").plain_text()


def test_code_that_is_no_function_or_stops_is_told():
    """Whatever the code does, there is a part, and a sentence."""
    code = "def f(xs):\n    for x in xs:\n        x.append(1)"
    found = record(code, "f([1])")

    assert "stopped with `AttributeError" in found.came
    assert "NameError: name 'g' is not defined" in record(code, "g(1)").came
    assert "is not valid Python in line 1" == record("for", "f(1)").came
    assert (2, "ZeroDivisionError") == record("for i in [0]:\n    1 / i").stop


def test_a_recording_comes_back_as_it_was():
    """As JSON, with all that a loop has: pairs, counts, an error, and more than is kept."""
    for code in (SUM, SUM + "\n    1 / (n - 4)", "for i in range(500):\n    pass", "x = 1"):
        found = record(code, given=GIVEN)

        assert found == from_data(json.loads(json.dumps(as_data(found))))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(as_data(Recording()))), json_values)
def test_anything_else_is_refused_in_one_way(name, value):
    """Any JSON in any field: it is a recording, or a ValueError."""
    plain = as_data(record(SUM, given=GIVEN)) | {name: value}
    try:
        found = from_data(json.loads(json.dumps(plain)))
    except ValueError:
        return
    made = TwoLoops(as_data(found), as_data(found))
    assert json.dumps(made.props()) and made.static_html()


def test_the_static_page_needs_no_script_and_escapes_all():
    """Both loops as tables, the code as it is, and at the end where they part; closed at first."""
    made = part("total = 0\nfor n in numbers:\n    x = '<script>&'\n    total = n")
    html = made.static_html()

    assert html.startswith("<details>") and "<script" not in html
    assert "&lt;script&gt;&amp;" in html
    assert 2 == html.count("<table>") and made.says.split("`")[0] in html
    assert "Turn" in safe_html(html)
    assert made.says not in made.plain_text()


def test_two_parts_in_one_notebook_are_two():
    """A part is known by what it shows."""
    assert part(SUM).name == part(SUM).name != part(SUM.replace("+=", "=")).name
