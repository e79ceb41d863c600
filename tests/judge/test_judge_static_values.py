"""What is known of a notebook from its text is what the sandbox would have said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.judging import course

from grader.judge.purity import constants, leaves_python_alone
from grader.judge.static_values import StaticValues, known_run
from grader.judge.task import ANSWER
from grader.rerun.rerun import reruns
from grader.sandbox.codec import dumps, loads

NAMES = st.sampled_from(["accuracy", "model_results", "x", "_y", "In", "__z", "display"])
NUMBERS = (
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none()
)
LEAVES = NUMBERS | st.text(max_size=20) | st.binary(max_size=5)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
LINES = st.builds(lambda name, value: f"{name} = {value!r}", NAMES, VALUES) | st.sampled_from(
    ["# a remark", "", "x = y = 1", "accuracy = 0.8  # right"]
)
CELLS = st.lists(LINES, max_size=4).map("\n".join)
NO_CONSTANTS = [
    "x",
    "x = y",
    "print(1)",
    "x: int = 5",
    "x += 1",
    "x, y = 1, 2",
    "x[0] = 1",
    "x = f'{1}'",
    "x = 1; x",
    "%time x = 1",
    "run other.py",
    "  x = 1",
    "x = '\\d'",
    "x = (",
    "x = " + "(" * 300 + ")" * 300,
    "x = __import__('os')",
    "del x",
    "x = [y for y in (1, 2)]",
]
MAGICS = ["run other.py", "load_ext x", "%run x.py", "alias -x", "x = 1\n%run y.py", "!ls", "x?"]


@settings(max_examples=150)
@given(st.lists(CELLS, max_size=3), st.dictionaries(NAMES, VALUES, max_size=3), st.booleans())
def test_a_known_run_is_the_run(cells, inputs, referenced):
    """Cells of constants, run on any inputs, leave what is said here without running them."""
    inputs = {name: value for name, value in inputs.items() if not name.startswith("__")}
    options = {"reference": {"x": 1, "accuracy": 0.8}} if referenced else {}
    known = known_run(tuple(cells), inputs, options)
    (run,) = reruns(tuple(cells), [(inputs, options)])

    if known is not None:
        assert dumps(loads(dumps(run.values))) == dumps(
            {name: known.values[name] for name in run.values}
        )
        assert set(run.values) == set(known.values)
        assert (run.printed, run.logged, run.stop) == ("", "", None)
    else:
        assert any("x = y = 1" in cell for cell in cells)


@pytest.mark.parametrize("cell", NO_CONSTANTS)
def test_other_cells_are_run(cell):
    """Whatever does more than give names to constants is left to the sandbox."""
    assert constants(cell) is None


@pytest.mark.parametrize("cell", MAGICS)
def test_a_cell_with_a_magic_may_change_python(cell):
    """IPython reads magics, also those without a sign: such a notebook shares no guest."""
    assert not leaves_python_alone(cell)


def test_names_are_asked_for_where_they_may_be():
    """Plain code has the names in its text; a cell that imports may have any."""
    known = StaticValues()
    known.add("for i in range(3):\n    total = i\ntry:\n    1 / 0\nexcept Exception as e: pass")
    possible = known.possible(["total", "i", "e", "step", "In", "_3"])
    known.add("from math import *")

    assert ["total", "i", "e", "In", "_3"] == possible
    assert ["step"] == known.possible(["step"])


def test_a_value_changed_from_outside_is_not_known_any_more():
    """What a check sets or deletes is then asked for in the sandbox."""
    known = StaticValues()
    known.add("x = 1")
    before = known.values(["x", "y"])
    known.forget()

    assert {"x": 1} == before
    assert known.values(["x"]) is None


def test_constants_reach_checks_and_later_cells(worker):
    """A notebook that starts with constants is judged as if each had run at once."""
    task = course(
        (ANSWER, "data = [1, 2]\nname = 'ada'"),
        ("reads", "assert data == [1, 2] and name == 'ada'", 1),
        ("changes", "data.append(3)\nlimit = 5", 1),
        (ANSWER, "total = sum(data)\nIn[1]"),
        ("later", "assert total == 6 and limit == 5", 1),
        ("gone", "missing", 1),
    )
    results = worker.grade(task).results

    assert [1, 1, 1, 0] == [result.score for result in results if result.check]
    assert "data = [1, 2]" in str(results[3].outputs)
