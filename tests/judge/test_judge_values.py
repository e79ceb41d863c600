"""
Values that are not plain data, where the key's happen to be: what Python makes around plain data is
taken as that, and what is used up item by item is used up in the sandbox.
"""

import pytest
from support.judging import checked, course

SQUARES = "result = [0, 1, 4, 9]"
LISTED = "assert list(result) == [0, 1, 4, 9]"
RIGHT = {
    "map": ("result = map(lambda i: i * i, range(4))", LISTED),
    "filter": ("result = filter(lambda i: i in (0, 1, 4, 9), range(10))", LISTED),
    "generator": ("result = (i * i for i in range(4))", LISTED),
    "reversed": ("result = reversed([9, 4, 1, 0])", LISTED),
    "iterator": ("result = iter([0, 1, 4, 9])", LISTED),
    "chain": ("import itertools\nresult = itertools.chain([0, 1], [4, 9])", LISTED),
    "zip": ("result = zip([0], [1])", "assert [tuple(pair) for pair in result] == [(0, 1)]"),
    "enumerate": ("result = enumerate('ab')", "assert dict(result) == {0: 'a', 1: 'b'}"),
    "used up": ("result = iter([1, 2])", "assert next(result) == 1\nassert list(result) == [2]"),
    "twice": ("result = map(str, [1])", "assert list(result) == ['1']\nassert not list(result)"),
    "endless": (
        "import itertools\nresult = itertools.count(3)",
        "assert [n for n, _ in zip(result, range(3))] == [3, 4, 5]",
    ),
    "its class": (
        "result = (i for i in 'ab')",
        "import types\nassert isinstance(result, types.GeneratorType)",
    ),
    "dict values": ("result = {1: 0, 2: 9}.values()", "assert sum(result) == 9"),
    "dict keys": ("result = {1: 0, 2: 9}.keys()", "assert result == {1, 2}"),
    "array": ("import array\nresult = array.array('i', [0, 1, 4, 9])", LISTED),
    "bytearray": ("result = bytearray(b'ab')", "assert result == b'ab'"),
    "UserDict": (
        "from collections import UserDict\nresult = UserDict(a=1)",
        "assert result['a'] == 1 and result == {'a': 1}",
    ),
    "mappingproxy": (
        "from types import MappingProxyType\nresult = MappingProxyType({'a': 1})",
        "assert result['a'] == 1 and list(result) == ['a']",
    ),
    "path": (
        "from pathlib import Path\nresult = Path('a') / 'b.txt'",
        "assert str(result) == 'a/b.txt' and result.suffix == '.txt'",
    ),
    "vectorized": (
        "import numpy as np\nresult = np.vectorize(lambda x: x * 2)",
        "assert result(4) == 8 and list(result([1, 2])) == [2, 4]",
    ),
}
WRONG = {
    "an item less": ("result = map(lambda i: i * i, range(3))", LISTED),
    "an error inside": ("result = (1 / 0 for i in range(4))", LISTED),
    "no length": ("result = (i * i for i in range(4))", "assert len(result) == 4"),
    "not the class": ("result = map(str, [])", "assert isinstance(result, list)"),
    "other values": ("result = {1: 2}.values()", "assert sum(result) == 9"),
    "another path": ("from pathlib import Path\nresult = Path('b')", "assert str(result) == 'a'"),
}
# What no plain value stands for: nothing is paid, and nobody is fined.
BELIEVES_ALL = (
    "class Yes:\n    def __eq__(self, other): return True\n    def __hash__(self): return 0\n"
    "    def __bool__(self): return True\n    def __iter__(self): return iter([self] * 4)\n"
    "    def __next__(self): return self\n"
)
LIES = {
    "items that equal everything": (f"{BELIEVES_ALL}result = (Yes() for i in range(4))", LISTED),
    "a class that calls itself generator": (
        f"{BELIEVES_ALL}Yes.__name__, Yes.__module__ = 'generator', 'builtins'\nresult = Yes()",
        "assert result == 4",
    ),
    "that class asked for its items": (
        f"{BELIEVES_ALL}Yes.__name__, Yes.__module__ = 'generator', 'builtins'\nresult = Yes()",
        "assert [item for item, _ in zip(result, range(4))] == [0, 1, 4, 9]",
    ),
    "the data of a UserDict": (
        f"{BELIEVES_ALL}from collections import UserDict\nresult = UserDict()\nresult.data = Yes()",
        "assert result.data == {'a': 1}",
    ),
    "a file of the machine": (
        "from pathlib import Path\nresult = Path('/etc/hostname')",
        "assert result.read_text()",
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_python_makes_around_plain_data_is_judged_as_that(worker, name):
    """The same check gives all of its points, as it does in a kernel."""
    answer, check = RIGHT[name]
    exec(f"{answer}\n{check}", {})  # as stock nbgrader has it

    assert 2.0 == checked(worker, answer, check).score


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_one_earns_nothing(worker, name):
    """Nor does it in a kernel."""
    answer, check = WRONG[name]
    with pytest.raises((AssertionError, TypeError, ZeroDivisionError)):
        exec(f"{answer}\n{check}", {})

    assert 0.0 == checked(worker, answer, check).score


@pytest.mark.parametrize("name", LIES)
def test_no_object_of_a_learners_can_claim_to_be_right(worker, name):
    """What a kernel would pay for is not paid here, and a person decides."""
    answer, check = LIES[name]
    exec(f"{answer}\n{check}", {})

    assert checked(worker, answer, check, SOLVED.get(name, SQUARES)).score in (None, 0.0)


SOLVED = {
    "a class that calls itself generator": "result = 4",
    "that class asked for its items": SQUARES,
    "the data of a UserDict": "from collections import UserDict\nresult = UserDict(a=1)",
    "a file of the machine": "class T:\n    def read_text(self): return 'x'\nresult = T()",
}


def test_an_iterator_is_used_up_across_checks(worker):
    """The second check meets what the first one left, as in a kernel."""
    cells = (("answer", "result = iter([1, 2, 3])"), ("one", "assert next(result) == 1", 1))
    found = worker.grade(course(*cells, ("two", "assert list(result) == [2, 3]", 1))).results

    assert [1.0, 1.0] == [one.score for one in found if one.check]


@pytest.mark.parametrize(
    ("made", "change", "left"),
    [
        ("bytearray(b'ab')", "x.reverse()", "bytearray(b'ba')"),
        ("array.array('i', [1, 2])", "x.append(3)", "array.array('i', [1, 2, 3])"),
        ("UserDict(a=1)", "x['a'] = 2", "{'a': 2}"),
        ("UserList([1])", "x.append(2)", "[1, 2]"),
        ("ChainMap({'a': 1})", "x['a'] = 2", "{'a': 2}"),
    ],
)
def test_what_a_function_changed_in_place_is_changed(worker, made, change, left):
    """An argument of the check's is afterwards what the learner's function made of it."""
    head = "import array\nfrom collections import ChainMap, UserDict, UserList"
    check = f"{head}\nmine = {made}\nf(mine)\nassert mine == {left}"

    assert 2.0 == checked(worker, f"def f(x): {change}", check, f"def f(x): {change}").score
    assert 0.0 == checked(worker, "def f(x): pass", check, f"def f(x): {change}").score


MADE = "import pandas as pd\nclass Mine: pass\n"
ODD = MADE + "df = pd.DataFrame({'n': [1, 2], 'odd': [Mine(), Mine()]})\n"
TABLES = {
    "the other column": (ODD, "assert df['n'].sum() == 3 and df.shape == (2, 2)"),
    "the names": (ODD, "assert list(df.columns) == ['n', 'odd'] and len(df) == 2"),
    "a function of a learner's": (ODD + "def f(d): return type(d['odd'][0])()", "f(df)\nf(df)"),
    "its own objects": (
        ODD + "kept = df['odd'][0]\ndef f(d): return d['odd'][0] is kept",
        "assert f(df) is True",
    ),
    "groups by intervals": (
        "import pandas as pd\nresult = pd.Series([1, 5, 9]).groupby(pd.cut([1, 5, 9], 2)).sum()",
        "import pandas as pd\nassert result.loc[pd.Interval(5.0, 9.0)] == 9",
    ),
    "months": (
        "import pandas as pd\nresult = pd.Series([1], pd.PeriodIndex(['2020-01'], freq='M'))",
        "assert result['2020-01'] == 1 and str(result.index.dtype) == 'period[M]'",
    ),
    "a stub": ("answer = ...", "assert answer is ..."),
    "no answer": ("def f(x): return NotImplemented", "assert f(1) is NotImplemented"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_with_odd_objects_is_judged_by_the_rest(worker, name):
    """What a check reads of it is plain, and the objects go back to where they are from."""
    answer, check = TABLES[name]
    exec(f"{answer}\n{check}", {})

    assert 2.0 == checked(worker, answer, check).score


@pytest.mark.parametrize(
    "check",
    [
        "assert not df['odd'].isin(['z']).any()",  # pandas clears what the comparison raises
        "assert not df.isin(['z']).any().any()",
        "assert (df['odd'] != 'z').all()",
        "try:\n    df['odd'] == 'z'\nexcept BaseException:\n    pass",
        "df",
        "print(df)",
    ],
)
def test_the_use_of_an_odd_object_is_not_paid_even_where_pandas_swallows_it(worker, check):
    """A check that asked something of a learner's object has not passed, whatever it made of it."""
    plain = "import pandas as pd\ndf = pd.DataFrame({'n': [1, 2], 'odd': ['a', 'b']})"

    assert 2.0 == checked(worker, plain, check, plain).score
    assert "an object of the class 'Mine'" in checked(worker, ODD, check, plain).check.message
    assert checked(worker, ODD, check, plain).score in (None, 0.0)
