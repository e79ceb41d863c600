"""Which steps may share a guest for their re-runs, and what a judge gets to see of their values."""

import ast

import pytest

from grader.judge.purity import is_plain
from grader.judge.reruns import inert

PLAIN = [
    "x = 1",
    "accuracy = sum(a == b for a, b in zip(d['p'], d['t'])) / len(d['p'])",
    "for i in range(3):\n    out.append(i)",
    'print(f"{accuracy} {threshold:.2f}")',
    "def share(p, t):\n    return sum(map(int.__eq__, p, t))".replace("int.__eq__", "max"),
    "%%time\nx = 1",
    "x = (",
    "try:\n    x = 1 / 0\nexcept ZeroDivisionError as error:\n    x = str(error)",
]
REACHING = [
    "import sys",
    "from gc import get_objects",
    "__import__('gc')",
    "get_ipython().run_code = None",
    "eval('1')",
    "exec('x = 1')",
    "globals()['x'] = 1",
    "getattr(x, '__class__')",
    "x.__class__",
    "(i for i in x).gi_frame.f_back",
    "class A(float): pass",
    "type('A', (), {})",
    "open('x')",
    "setattr(x, 'y', 1)",
    "match f:\n    case object(__globals__=g): pass",
    "await x",
    "try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__.tb_frame",
    "def f():\n    pass\nf.__code__ = g.__code__",
    "@f\ndef g(): pass",
    "__saw__(1)",
    "breakpoint()",
]


@pytest.mark.parametrize("cell", PLAIN)
def test_code_that_only_computes_is_plain(cell):
    """Values, loops, functions and well-known methods cannot change Python itself."""
    assert is_plain(cell)


@pytest.mark.parametrize("cell", REACHING)
def test_code_that_reaches_further_is_not_plain(cell):
    """Imports, classes, dunder names, frames, `eval` and magics get a guest of their own."""
    assert not is_plain(cell)


def test_hostile_depth_is_not_plain():
    """A cell that is nested too deeply to be read is not trusted."""
    assert not is_plain("x = " + "[" * 100_000) or not _parses("x = " + "[" * 100_000)


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, MemoryError, RecursionError):
        return False
    return True


def test_a_value_that_cannot_cross_keeps_its_type_name_only():
    """A judge sees a lifeless object named as the learner's class; data stays data."""
    from grader.sandbox.codec import dumps, loads

    class Yes:
        """Agrees with everything."""

        def __eq__(self, other: object) -> bool:
            return True

        __ne__ = __eq__

        __hash__ = None

    got = inert(loads(dumps({"accuracy": Yes(), "x": [1, Yes()]}), resolve=None))

    assert "Yes" == type(got["accuracy"]).__name__
    assert got["accuracy"] != 0.8
    assert 1 == got["x"][0]
