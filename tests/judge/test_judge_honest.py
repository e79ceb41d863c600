"""Right work in an unusual cell: a function or a value is judged by what it does."""

import functools

import pytest
from support import judging
from support.functions import reference

from grader.checks.called import Call, Called
from grader.checks.unwritten import unwritten
from grader.judge.static_session import SOLUTION
from grader.rerun.calls import calls
from grader.trial.notebook import reference_of

NOTEBOOK = {"a": "beyond_accuracy", "b": "fairness_monitor"}
FINDINGS = {
    "overall_passes": "True",
    "worst_gender": "'woman'",
    "larger_tpr_gap": "'gender'",
    "ratio_below_0_8": "['gender']",
}
RELEASED = "findings = {{{}}}\n".format(", ".join(f"{key!r}: None" for key in FINDINGS))
ACCURACY = """
def _share(t, p):
    if len(t) != len(p):
        raise ValueError("length")
    return sum(a == b for a, b in zip(t, p)) / len(t) if len(t) else None
"""
STUB = 'def accuracy(y_true, y_pred):\n    """Share."""\n'


@functools.cache
def key(notebook: str):
    """What the key says about a notebook."""
    return reference_of(judging.task({}, notebook))


def result(worker, task: str, code: str):
    """Grade the reference with this answer to one task, and return what that got."""
    notebook = NOTEBOOK[task[0]]
    found = worker.grade(judging.task({task: code}, notebook).judged_by(key(notebook))).results
    return next(one for one in found if one.cell_id == f"{task}_check")


def findings(**changed: str) -> str:
    """Return the right findings as a literal, some of them written another way."""
    entries = ", ".join(f"{k!r}: {v}" for k, v in (FINDINGS | changed).items())
    return f"import numpy as np, pandas as pd, math\nfindings = {{{entries}}}\n"


BELOW = [
    "last = None\n",
    "settings = {'min_count': None, 'groups': None}\n",
    "cache = {}\n",
    "def helper():\n    pass\n",
    "class Later:\n    pass\n",
    "'a text at the end'\n",
    "unused: dict = {'x': None}\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize(("task", "points"), [("b1", 4.0), ("b3", 5.0), ("b4", 4.0)])
def test_a_right_function_is_right_whatever_stands_below_it(worker, task, points, below):
    """Names set to None, empty dictionaries and empty helpers take nothing from a function."""
    assert points == result(worker, task, f"{reference(task)}\n\n{below}").score


LATER = [
    "accuracy = lambda y_true, y_pred: _share(y_true, y_pred)\n",
    "accuracy = _share\n",
    "globals()['accuracy'] = _share\n",
    "globals().update(accuracy=_share)\n",
    "exec('accuracy = _share')\n",
    "for accuracy in [_share]:\n    pass\n",
    "if True:\n    accuracy = _share\n",
    "(accuracy := _share)\n",
    "from functools import partial\naccuracy = partial(_share)\n",
    "def bind():\n    global accuracy\n    accuracy = _share\nbind()\n",
    "class _Call:\n    def __call__(self, t, p):\n        return _share(t, p)\n"
    "accuracy = _Call()\n",
    "accuracy.__code__ = _share.__code__\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("later", LATER)
def test_a_stub_whose_name_is_bound_below_is_no_stub(worker, later):
    """The released function may stay where the name is given to another one below it."""
    assert 2.0 == result(worker, "a1", STUB + ACCURACY + later).score


DECORATED = (
    "def by(other):\n    return lambda stub: other\n"
    + ACCURACY
    + "@by(_share)\n"
    + STUB
    + "    pass\n"
)


def test_a_decorator_may_do_the_work(worker):
    """A decorated stub is judged by what its name stands for."""
    assert 2.0 == result(worker, "a1", DECORATED).score


FILLED = [
    "for key, value in %s:\n    findings[key] = value\n",
    "findings.update(%s)\n",
    "findings |= dict(%s)\n",
    "findings = findings | dict(%s)\n",
    "findings = {**findings, **dict(%s)}\n",
    "[findings.__setitem__(*pair) for pair in %s]\n",
    "(lambda d: d.update(%s))(findings)\n",
    "from collections import OrderedDict\nfindings = OrderedDict(%s)\n",
    "from types import MappingProxyType\nfindings = MappingProxyType(dict(%s))\n",
    "from collections import ChainMap\nfindings = ChainMap(dict(%s), findings)\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("filled", FILLED)
def test_a_dictionary_may_be_filled_in_any_way(worker, filled):
    """The released literal with None may stay above the lines that fill it."""
    pairs = "[{}]".format(", ".join(f"({k!r}, {v})" for k, v in FINDINGS.items()))

    assert 3.0 == result(worker, "a6", RELEASED + filled % pairs).score


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["", "    pass\n", "    # here?\n    ...\n", None])
@pytest.mark.parametrize("task", ["a1", "a6", "b0", "b5"])
def test_what_was_released_holds_no_code_yet(worker, task, ending):
    """Comments, docstrings, `pass` and an emptied cell are no code: that is said, earning none."""
    released = SOLUTION.sub("", key(NOTEBOOK[task[0]]).models[task]).rstrip() + "\n"
    more = (ending or "") if task != "a6" else "pass\n"
    found = result(worker, task, "# nothing" if ending is None else released + more)

    assert 0.0 == found.score
    assert "holds no code of yours yet" in found.check.message


WRITTEN = [
    "def other():\n    return 1\n\n" + STUB,
    STUB + "\nprint('here')\n",
    "accuracy = 5\n",
    "def accuracy(y_true, y_pred):\n    return\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("code", WRITTEN)
def test_who_wrote_something_is_not_told_otherwise(worker, code):
    """A cell that differs from the release earns what it does, and is not called empty."""
    found = result(worker, "a1", code)

    assert 0.0 == found.score
    assert "no code of yours" not in found.check.message


HERE = [
    (STUB, True),
    (STUB + "    pass\n", True),
    (STUB + "    ...\n", True),
    ("import math\n" + STUB, True),
    ("def helper(x):\n    return x\n\n" + STUB, True),
    ("accuracy = None\n", True),
    ("accuracy = {'a': None, 'b': None}\n", True),
    ("%%time\n" + STUB, False),
    ("from helpers import *\n" + STUB, False),
    ("from helpers import accuracy\n", False),
    (STUB + "accuracy = lambda t, p: 1\n", False),
    (STUB + "bind()\n", False),
    (STUB + "x = 1 +\n", False),
    (STUB + "%run helpers.py\n", False),
    ("accuracy = {'a': None, 'b': 1}\n", False),
    ("accuracy = {'a': None}\naccuracy['a'] = 1\n", False),
    ("@by(share)\n" + STUB, False),
    (DECORATED, False),
]


@pytest.mark.parametrize(("code", "nothing"), HERE)
def test_a_kernel_tells_from_the_text_alone(code, nothing):
    """Where nobody knows what was released, only what surely is a stub counts as one."""
    assert nothing == unwritten((code,), "accuracy", None)


ODD = [
    "{'gender'}",
    "frozenset(['gender'])",
    "(x for x in 'ab')",
    "len",
    "lambda: 1",
    "object()",
    "type('Odd', (), {})()",
    "pd.DataFrame({'a': [1]})",
    "pd.Series([1])",
    "np.arange(3)",
    "math.nan",
    "math.inf",
    "1j",
    "b'gender'",
    "[object()]",
    "(lambda x: x.append(x) or x)([])",
    "'x' * 2_000_000",
    "type('Loud', (str,), {'__repr__': lambda self: 1 / 0})('loud')",
]


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("at", ["larger_tpr_gap", "ratio_below_0_8"])
def test_one_odd_value_costs_its_own_entry(worker, odd, at):
    """Whatever one entry holds, the three others are judged."""
    assert 2.25 == result(worker, "a6", findings(**{at: odd})).score


LIKE = {
    "overall_passes": [
        "np.bool_(True)",
        "np.array([1, 2]).sum() == 3",
        "pd.Series([1]).eq(1).all()",
    ],
    "worst_gender": ["np.str_('woman')", "np.array(['woman'])[0]", "'wo' + 'man'"],
    "ratio_below_0_8": ["('gender',)", "[np.str_('gender')]", "[*{'gender'}]"],
}


@pytest.mark.slow
@pytest.mark.parametrize(("at", "value"), [(at, one) for at in LIKE for one in LIKE[at]])
def test_a_computed_value_is_as_good_as_a_typed_one(worker, at, value):
    """NumPy's truth values and texts are what they show, a tuple is a list."""
    assert 3.0 == result(worker, "a6", findings(**{at: value})).score


@pytest.mark.slow
@pytest.mark.parametrize("value", ["1", "'True'", "np.int64(1)", "None", "False", "[True]"])
def test_what_only_looks_right_is_wrong(worker, value):
    """A number or a text is no truth value, whatever it looks like."""
    assert 2.25 == result(worker, "a6", findings(overall_passes=value)).score


UNEVEN = [
    "class Uneven(ValueError):\n            pass\n        raise Uneven('length')",
    "class Uneven(KeyError, ValueError):\n            pass\n        raise Uneven('length')",
    "class Uneven(Exception):\n            pass\n"
    "        class Worse(Uneven, ValueError):\n            pass\n        raise Worse('length')",
    "raise UnicodeDecodeError('utf-8', b'', 0, 1, 'length')",
    "raise UnicodeError('length')",
    "raise np.exceptions.AxisError('length')",
    "raise np.linalg.LinAlgError('length')",
    "import json; json.loads('{')",
    "int('length')",
    "raise type('ValueError', (ValueError,), {})('length')",
    "raise ValueError",
    "class Mute(ValueError):\n            def __str__(self):\n                return 1\n"
    "        raise Mute",
]
NOT_UNEVEN = [
    "raise Exception('length')",
    "raise LookupError('length')",
    "class ValueError(Exception):\n            pass\n        raise ValueError('length')",
    "raise type('ValueError', (TypeError,), {})('length')",
    "return 'ValueError'",
    "assert False, 'ValueError'",
    "raise KeyboardInterrupt('ValueError')",
]
WITH_ERROR = (
    "import numpy as np\n"
    "def accuracy(y_true, y_pred):\n    if len(y_true) != len(y_pred):\n        %s\n"
    "    return sum(a == b for a, b in zip(y_true, y_pred)) / len(y_true) if y_true else None\n"
)


@pytest.mark.slow
@pytest.mark.parametrize("uneven", UNEVEN)
def test_an_exception_is_what_its_base_classes_are(worker, uneven):
    """A class derived from the one that was asked for is one, Python's own and NumPy's too."""
    assert 2.0 == result(worker, "a1", WITH_ERROR % uneven).score


@pytest.mark.slow
@pytest.mark.parametrize("uneven", NOT_UNEVEN)
def test_a_name_alone_makes_no_exception(worker, uneven):
    """Another class is not the one that was asked for, also under its name."""
    assert result(worker, "a1", WITH_ERROR % uneven).score < 2.0


@pytest.mark.parametrize(
    ("raised", "asked", "right"),
    [
        ("KeyError", "LookupError", True),
        ("IndexError", "LookupError", True),
        ("LookupError", "KeyError", False),
        ("FileNotFoundError", "OSError", True),
        ("ZeroDivisionError", "ArithmeticError", True),
        ("Own", "Own", True),
        ("Own", "KeyError", True),
        ("Own", "object", True),
    ],
)
def test_a_call_wants_a_class_or_one_derived_from_it(raised, asked, right):
    """What a call should raise is matched as `except` matches it."""
    space: dict[str, object] = {}
    exec(f"class Own(KeyError): pass\ndef f():\n    raise {raised}('x')", space)
    act = Call((), raises=asked)
    came = Called.of(act.act("f"), calls([[act.act("f")]], space)[0][0])

    assert right == act.wanted(came)
