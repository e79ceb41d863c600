"""Checks of any other nbgrader course: plain asserts over values, functions, classes and tables."""

import pytest
from support.judging import checked, course

SQUARES = "def squares(n):\n    return [i ** 2 for i in range(1, n + 1)]"


def test_plain_asserts_over_values_and_functions_pass_and_fail(worker):
    """A right answer earns the points, a wrong one none, with the assertion as the message."""
    check = "assert squares(3) == [1, 4, 9], 'squares(3) is wrong'\nassert squares(0) == []"

    assert (2.0, "passed") == _told(checked(worker, SQUARES, check, SQUARES))
    wrong = checked(worker, "def squares(n):\n    return []", check, SQUARES)
    assert (0.0, "missed") == _told(wrong)
    assert "squares(3) is wrong" in wrong.check.message


def test_types_survive_the_wall(worker):
    """int and bool, list and tuple, 0.0 and -0.0, nan and text stay what they are."""
    answer = (
        "a, b, c, d = True, 1, (1, 2), [1, 2]\nn, z = float('nan'), -0.0\n"
        "s = {1, 2}\ne = ...\nk = {(1, 2): b'x'}"
    )
    check = (
        "import math\n"
        "assert type(a) is bool and type(b) is int and type(c) is tuple and type(d) is list\n"
        "assert math.isnan(n) and math.copysign(1, z) == -1 and s == {2, 1} and e is ...\n"
        "assert k == {(1, 2): b'x'}"
    )

    assert (2.0, "passed", False) == _judged(checked(worker, answer, check, answer))


@pytest.mark.parametrize("raised", ["ValueError('no')", "KeyError('k')", "ZeroDivisionError()"])
def test_a_check_catches_the_exception_that_the_function_raises(worker, raised):
    """`except ValueError` in a check meets the learner's ValueError."""
    answer = f"def f(x):\n    raise {raised}"
    kind = raised.split("(")[0]
    check = f"try:\n    f(1)\nexcept {kind}:\n    pass\nelse:\n    raise AssertionError('none')"

    assert (2.0, "passed", False) == _judged(checked(worker, answer, check, answer))


def test_an_exception_class_of_the_learner_is_caught_by_its_base(worker):
    """`class TooCold(ValueError)` raised in the sandbox is a ValueError here."""
    answer = "class TooCold(ValueError): pass\ndef f():\n    raise TooCold('brr')"
    check = (
        "try:\n    f()\nexcept ValueError as error:\n    assert str(error) == 'brr'\n"
        "else:\n    raise AssertionError"
    )

    assert (2.0, "passed", False) == _judged(checked(worker, answer, check, answer))


def test_arguments_that_a_function_changes_are_changed_here(worker):
    """Sorting a list in place is seen by the check."""
    answer = "def tidy(xs, d):\n    xs.sort()\n    d['n'] = len(xs)"
    check = "xs, d = [3, 1, 2], {}\ntidy(xs, d)\nassert xs == [1, 2, 3] and d == {'n': 3}"

    assert (2.0, "passed", False) == _judged(checked(worker, answer, check, answer))
    assert 0.0 == checked(worker, "def tidy(xs, d):\n    sorted(xs)", check, answer).score


def test_del_and_rebinding_of_a_learners_name_reach_the_sandbox(worker):
    """nbgrader's own demo takes `squares` away to see whether another function uses it."""
    check = (
        "kept = squares\ndel squares\ntry:\n    total(1)\nexcept NameError:\n    pass\n"
        "else:\n    raise AssertionError('total does not use squares')\n"
        "finally:\n    squares = kept\nassert total(3) == 14"
    )
    uses = SQUARES + "\ndef total(n):\n    return sum(squares(n))"
    own = SQUARES + "\ndef total(n):\n    return sum(i * i for i in range(1, n + 1))"

    result = checked(worker, uses, check, uses)

    assert (2.0, "passed", False) == (*_told(result), result.inside)
    assert 0.0 == checked(worker, own, check, uses).score


def test_a_global_that_the_check_sets_reaches_the_learners_function(worker):
    """A check may replace the learner's data and call the function again."""
    answer = "data = [1]\ndef total():\n    return sum(data)"
    check = "assert total() == 1\ndata = [2, 3]\nassert total() == 5"

    assert (2.0, "passed", False) == _judged(checked(worker, answer, check, answer))


def test_the_checks_own_data_never_reaches_the_sandbox(worker):
    """What a hidden test binds to a name of its own cannot be read by the function it calls."""
    answer = "def f(x):\n    return globals().get('expected', 'unknown')"
    check = "expected = 41\nassert f(1) == 'unknown', f(1)"

    assert (2.0, "passed", False) == _judged(checked(worker, answer, check, answer))


def test_objects_of_a_learners_class_are_asked_in_the_sandbox(worker):
    """Attributes, methods, isinstance and passing an object back work through proxies."""
    answer = (
        "class Account:\n    def __init__(self, owner, balance=0):\n"
        "        self.owner, self.balance = owner, balance\n"
        "    def deposit(self, amount):\n        self.balance += amount\n        return self\n"
        "def richer(a, b):\n    return a if a.balance > b.balance else b"
    )
    check = (
        "a, b = Account('ada'), Account('bob', 5)\na.deposit(10)\n"
        "assert isinstance(a, Account) and a.balance == 10 and a.owner == 'ada'\n"
        "assert richer(a, b).owner == 'ada'"
    )
    result = checked(worker, answer, check, answer)

    assert (2.0, "passed") == _told(result)
    assert not result.inside


def test_what_no_proxy_can_stand_for_is_judged_inside_and_marked(worker):
    """
    A check that runs the learner's own text runs beside their code, never here, and says so.
    """
    answer = 'def f(x):\n    """\n    >>> f(1)\n    2\n    """\n    return x + 1'
    check = "import doctest\nassert doctest.testmod().failed == 0"
    right = checked(worker, answer, check, answer)
    wrong = checked(worker, answer.replace("x + 1", "x"), check, answer)

    assert (2.0, "passed", True) == (*_told(right), right.inside)
    assert (0.0, "missed", True) == (*_told(wrong), wrong.inside)


def test_objects_of_the_learners_are_compared_by_their_own_code(worker):
    """A check of a class with `==` is judged outside: the class is what it is about."""
    answer = (
        "class V:\n    def __init__(self, x): self.x = x\n"
        "    def __eq__(self, o): return self.x == o.x"
    )
    check = "assert V(1) == V(1) and not V(1) == V(2)"
    right = checked(worker, answer, check, answer)
    wrong = checked(worker, answer.replace("self.x == o.x", "True"), check, answer)

    assert (2.0, "passed", False) == (*_told(right), right.inside)
    assert (0.0, "missed", False) == (*_told(wrong), wrong.inside)


def test_no_submission_can_ask_to_be_judged_inside(worker):
    """An object that agrees with everything earns nothing where the reference is plain data."""
    liar = "class Yes:\n    def __eq__(s, o): return True\nx = Yes()"
    result = checked(worker, liar, "assert x == 0.8", "x = 0.8")

    assert (None, "could not be graded", False) == (*_told(result), result.inside)
    assert "an object of the class Yes" in result.check.message.replace("'", "")
    assert "plain data" not in result.check.message


def test_a_number_at_the_end_is_partial_credit(worker):
    """nbgrader's partial credit: the last value of the cell, if it is a number."""
    assert 1.5 == checked(worker, "x = 1", "0.5 + x", "x = 1.5").score
    assert 2.0 == checked(worker, "x = 1", "x == 1\nNone", "x = 1").score


def test_a_number_above_the_points_waits_for_a_person(worker):
    """Nobody gets marks, and nobody a zero, for a mistake of the check's author."""
    result = checked(worker, "x = 1", "5 + x", points=2)

    assert (None, "could not be graded") == _told(result)


def test_a_warning_costs_nothing(worker):
    """A line on stderr is no error, whoever wrote it."""
    answer = "import sys\ndef f():\n    print('careful', file=sys.stderr)\n    return 1"
    check = "import warnings\nwarnings.warn('hm')\nassert f() == 1"

    assert (2.0, "passed", False) == _judged(checked(worker, answer, check, answer))


def test_what_a_called_function_prints_can_be_caught(worker):
    """redirect_stdout around a call catches the learner's prints."""
    answer = "def greet(name):\n    print('Hello', name)"
    check = (
        "import io, contextlib\nout = io.StringIO()\n"
        "with contextlib.redirect_stdout(out):\n    greet('Ada')\n"
        "assert out.getvalue() == 'Hello Ada\\n', out.getvalue()"
    )

    assert (2.0, "passed", False) == _judged(checked(worker, answer, check, answer))


def test_builtins_are_the_checks_own(worker):
    """A learner's `abs` or `len` does not reach the check, unless the exercise asks for it."""
    shadow = "abs = lambda x: 0\nlen = lambda x: 3\nx = [9]"
    assert 0.0 == checked(worker, shadow, "assert len(x) == 3", "x = [1, 2, 3]").score

    own = "def sum(xs):\n    return 42"
    assert 2.0 == checked(worker, own, "assert sum([1]) == 42", own).score


def test_tables_and_arrays_arrive_as_what_they_are(worker):
    """NumPy arrays and pandas tables are data: a check may use all of NumPy and pandas on them."""
    answer = (
        "import numpy as np, pandas as pd\nx = np.arange(6).reshape(2, 3) / 2\n"
        "df = pd.DataFrame({'g': ['a', 'b', 'a'], 'v': [1.0, 2.0, 3.0]})\n"
        "def mean(df):\n    return df.groupby('g')['v'].mean()\n"
        "def double(a):\n    a *= 2"
    )
    check = (
        "import numpy as np, pandas as pd\n"
        "np.testing.assert_allclose(x, [[0, .5, 1], [1.5, 2, 2.5]])\n"
        "assert df.shape == (3, 2) and list(df.columns) == ['g', 'v']\n"
        "assert mean(df)['a'] == 2.0\na = np.ones(3)\ndouble(a)\nassert a.sum() == 6"
    )
    result = checked(worker, answer, check, answer)

    assert (2.0, "passed", "", False) == (*_told(result), result.check.message, result.inside)


def test_visible_imports_of_a_check_are_there_for_later_cells(worker):
    """As in one kernel, a learner's later cell may use what the visible check has imported."""
    task = course(
        ("answer", "x = 4"),
        (
            "check 1",
            "import math\nassert x == 4\n### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS",
            1,
        ),
        ("answer", "y = math.sqrt(x)"),
        ("check 2", "assert y == 2", 1),
    )
    results = worker.grade(task).results

    assert ["passed", "passed"] == [r.check.outcome for r in results if r.check]


@pytest.mark.slow
def test_a_call_that_never_ends_costs_its_check_only(worker):
    """The cells after it are judged as if nothing had happened."""
    task = course(
        ("answer", "def f(x):\n    while x: pass\n    return 1\ndef g():\n    return 2"),
        ("check 1", "assert f(1) == 1", 1),
        ("check 2", "assert g() == 2 and f(0) == 1", 1),
    )
    results = [r for r in worker.grade(task).results if r.check]

    assert ["missed", "passed"] == [r.check.outcome for r in results]
    assert "did not end in time" in results[0].check.message


def test_a_call_that_ends_python_costs_its_check_only(worker):
    """os._exit inside a function is that check's loss; the process is brought back."""
    task = course(
        ("answer", "import os\ndef f():\n    os._exit(0)\ndef g():\n    return 2"),
        ("check 1", "assert f() == 1", 1),
        ("check 2", "assert g() == 2", 1),
    )
    results = [r for r in worker.grade(task).results if r.check]

    assert ["missed", "passed"] == [r.check.outcome for r in results]


def test_a_magic_in_a_check_runs_inside(worker):
    """A check that needs a kernel gets one, in the sandbox."""
    check = "%time y = x + 1\nassert y == 2"
    right = checked(worker, "x = 1", check, "x = 1")

    assert (2.0, "passed", True) == (*_told(right), right.inside)
    assert 0.0 == checked(worker, "x = 2", check, "x = 1").score


def _judged(result) -> tuple[float | None, str, bool]:
    return result.score, result.check.outcome, result.inside


def _told(result) -> tuple[float | None, str]:
    return result.score, result.check.outcome


LIVE = "get_ipython()\nassert f(1) == 1\n"


@pytest.mark.parametrize(
    ("check", "answer", "score"),
    [
        ("import warnings\nwarnings.warn('old')", "def f(x):\n    return x", 2),
        ("import logging\nlogging.warning('old')", "def f(x):\n    return x", 2),
        ("", "import warnings\ndef f(x):\n    warnings.warn('old')\n    return x", 2),
        ("", "import sys\ndef f(x):\n    print('here', file=sys.stderr)\n    return x", None),
    ],
    ids=["warning", "log", "learners_warning", "learners_line"],
)
def test_beside_learner_code_a_warning_costs_nothing(worker, check, answer, score):
    """Who else wrote to stderr cannot be told there: a person looks."""
    found = checked(worker, answer, LIVE + check, "def f(x):\n    return x")

    assert (True, score) == (found.inside or score is None, found.score)
