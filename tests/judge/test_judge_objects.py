"""
Objects of a learner's, judged from outside: a proxy can what the object can, and what a class can
make a plain check believe is no more than what the learner could have typed.

Each check runs as plain Python, too: that is what stock nbgrader does with it.
"""

import pytest
from support.judging import checked, graded
from support.judging import course as cells

from grader.judge.task import ANSWER

POINT = """
import functools
@functools.total_ordering
class Point:
    \"\"\"A point.\"\"\"
    count = 0
    def __init__(self, x, y=0):
        self.x, self.y = x, y
        Point.count += 1
    def __eq__(self, other): return (self.x, self.y) == (other.x, other.y)
    def __lt__(self, other): return (self.x, self.y) < (other.x, other.y)
    def __hash__(self): return hash((self.x, self.y))
    def __add__(self, other): return Point(self.x + other.x, self.y + other.y)
    def __mul__(self, k): return Point(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __neg__(self): return Point(-self.x, -self.y)
    def __abs__(self): return (self.x ** 2 + self.y ** 2) ** 0.5
    def __repr__(self): return f'Point({self.x}, {self.y})'
    def __iter__(self): return iter((self.x, self.y))
    def __len__(self): return 2
    def __getitem__(self, i): return (self.x, self.y)[i]
    def __bool__(self): return bool(self.x or self.y)
    def __call__(self, k): return self.x + k
    def __enter__(self): self.open = True; return self
    def __exit__(self, *about): self.open = False
    @property
    def r(self): return self.x
    @r.setter
    def r(self, value):
        if value < 0: raise ValueError('negative')
        self.x = value
    @classmethod
    def origin(cls): return cls(0, 0)
    @staticmethod
    def name(): return 'point'
    def itself(self): return self
p = Point(1, 2)
"""
CHECKS = {
    "equal": "assert p == Point(1, 2) and p != Point(2, 1) and not p == Point(0)",
    "order": "assert Point(1) < Point(2) <= Point(2) and max(Point(3), p) == Point(3)",
    "sorted": "assert [q.x for q in sorted([Point(3), Point(1), Point(2)])] == [1, 2, 3]",
    "hash": "assert len({Point(1), Point(1), Point(2)}) == 2 and {Point(1): 'a'}[Point(1)] == 'a'",
    "sum": "q = p + Point(1, 1)\nassert (q.x, q.y) == (2, 3)",
    "times": "assert (p * 2).y == 4 and (2 * p).y == 4 and (-p).x == -1",
    "abs": "assert abs(Point(3, 4)) == 5",
    "texts": "assert repr(p) == str(p) == f'{p}' == 'Point(1, 2)'",
    "items": "x, y = p\nassert (x, y) == (1, 2) and list(p) == [1, 2]",
    "sequence": "assert len(p) == 2 and p[1] == 2 and p[-2:] == (1, 2)",
    "in": "assert 2 in p and 5 not in p",
    "truth": "assert p and not Point(0)",
    "call": "assert p(4) == 5 and callable(p)",
    "with": "with Point(1) as q:\n    assert q.open\nassert not q.open",
    "set": "q = Point(1)\nq.x = 7\nq.z = 8\nassert (q.x, q.z) == (7, 8)",
    "delete": "q = Point(1)\nq.z = 8\ndel q.z\nassert not hasattr(q, 'z')",
    "property": "q = Point(1)\nq.r = 5\nassert q.x == 5",
    "setter": "try:\n    Point(1).r = -1\n    assert False\nexcept ValueError:\n    pass",
    "class": "n = Point.count\nPoint(1)\nassert Point.count == n + 1 and Point.name() == 'point'",
    "class method": "assert Point.origin() == Point(0, 0)",
    "isinstance": "assert isinstance(p, Point) and not isinstance(p, (int, str, list, dict))",
    "type's name": "assert type(p).__name__ == 'Point' and p.__class__.__name__ == 'Point'",
    "identity": "assert p.itself() is p and p is not Point(1, 2)",
    "abc": "from collections.abc import Iterable, Sized, Mapping\n"
    "assert isinstance(p, Iterable) and isinstance(p, Sized) and not isinstance(p, Mapping)",
    "None": "assert p is not None",
    "document": "assert Point.__doc__ == 'A point.' and p.__doc__ == 'A point.'",
    "its dict": "assert vars(Point(1)) == {'x': 1, 'y': 0} == Point(1).__dict__",
    "copies": "import copy\nq = copy.deepcopy(p)\nassert q == p and q is not p",
    "a list of them": "assert [Point(1), Point(2)] == [Point(1), Point(2)] and p in [Point(1, 2)]",
    "getattr": "assert getattr(p, 'x') == 1 and getattr(p, 'no', 3) == 3 and hasattr(p, 'y')",
    "dir": "assert 'origin' in dir(p)",
    "a bad index": "try:\n    p[9]\n    assert False\nexcept IndexError:\n    pass",
}
OTHERS = {
    "callback": (
        "def twice(f, x): return f(f(x))",
        "assert twice(lambda n: n + 3, 1) == 7",
        "def twice(f, x): return f(x)",
    ),
    "a builtin handed over": (
        "def each(f, xs): return [f(x) for x in xs]",
        "import math\nassert each(len, ['a', 'bb']) == [1, 2]\n"
        "assert each(int, ['3']) == [3] and each(math.sqrt, [9]) == [3.0]",
        "def each(f, xs): return [f(xs[0])]",
    ),
    "callback that counts": (
        "def each(f, xs):\n    for x in xs: f(x)",
        "seen = []\neach(seen.append, [1, 2])\nassert seen == [1, 2]",
        "def each(f, xs):\n    for x in xs[:1]: f(x)",
    ),
    "callback that raises": (
        "def safe(f):\n    try: return f()\n    except ValueError: return 'caught'",
        "def bad(): raise ValueError('x')\nassert safe(bad) == 'caught'",
        "def safe(f):\n    return f()",
    ),
    "decorator": (
        "def loud(f):\n    def inner(*a): return str(f(*a)).upper()\n    return inner",
        "@loud\ndef g(x): return f'a{x}'\nassert g(1) == 'A1'",
        "def loud(f):\n    return f",
    ),
    "key of sort": (
        "def order(xs, key): return sorted(xs, key=key)",
        "assert order(['bb', 'a'], len) == ['a', 'bb']\n"
        "assert order([1, 2], key=lambda n: -n) == [2, 1]",
        "def order(xs, key): return sorted(xs)",
    ),
    "seed": (
        "import random\ndef roll(): return random.randint(1, 6)",
        "import random\nrandom.seed(5)\na = [roll() for _ in range(5)]\nrandom.seed(5)\n"
        "assert a == [random.randint(1, 6) for _ in range(5)]",
        "import random\ndef roll(): return random.randint(1, 5)",
    ),
    "seed of numpy": (
        "import numpy as np\ndef draw(): return np.random.rand()",
        "import numpy as np\nnp.random.seed(1)\na = draw()\nnp.random.seed(1)\n"
        "assert a == np.random.rand()",
        "def draw(): return 0.5",
    ),
    "source": (
        "def f(xs):\n    return [x for x in xs]",
        "import inspect\nassert 'for' in inspect.getsource(f)",
        "def f(xs):\n    return list(map(int, xs))",
    ),
    "names": (
        "answer = 42",
        "assert 'answer' in globals() and 'answer' in dir() and globals()['answer'] == 42\n"
        "assert globals().get('nothing', 3) == 3 and 'nothing' not in locals()",
        "anser = 42",
    ),
    "globals of the check": (
        "def area(): return W * H",
        "W, H = 2, 3\nassert area() == 6",
        "def area(): return 5",
    ),
    "await": (
        "async def f(x): return x * x",
        "import asyncio\nassert await f(3) == 9",
        "async def f(x): return x",
    ),
    "enum": (
        "from enum import Enum\nclass Color(Enum):\n    RED = 1\n    BLUE = 2",
        "assert Color.RED.value == 1 and Color['BLUE'].name == 'BLUE'\n"
        "assert [c.name for c in Color] == ['RED', 'BLUE'] and len(Color) == 2\n"
        "assert Color(1) is Color.RED and Color.RED == Color.RED != Color.BLUE",
        "from enum import Enum\nclass Color(Enum):\n    RED = 2\n    BLUE = 1",
    ),
    "dataclass": (
        "from dataclasses import dataclass, field\n@dataclass(order=True)\nclass P:\n    x: int\n"
        "    y: list = field(default_factory=list)",
        "assert P(1) == P(1, []) and P(1) < P(2) and repr(P(1)) == 'P(x=1, y=[])'",
        "class P:\n    def __init__(self, x, y=()): self.x, self.y = x, y",
    ),
    "an exception": (
        "class Own(ValueError): pass\ndef f(): return Own('no')",
        "e = f()\nassert isinstance(e, ValueError) and str(e) == 'no' and e.args == ('no',)",
        "def f(): return KeyError('no')",
    ),
    "subclass": (
        "class A:\n    pass\nclass B(A):\n    pass",
        "assert issubclass(B, A) and isinstance(B(), A) and not issubclass(A, B)",
        "class A:\n    pass\nclass B:\n    pass",
    ),
    "defaults": (
        "def f(x, n=2): return x * n",
        "assert f.__defaults__ == (2,) and f.__name__ == 'f'",
        "def f(x, n=3): return x * n",
    ),
    "attribute of a function": (
        "def f(): f.calls += 1\nf.calls = 0",
        "f.calls = 0\nf()\nassert f.calls == 1",
        "def f(): pass\nf.calls = 0",
    ),
}


def _in_a_kernel(*sources: str) -> bool:
    """Tell whether cells run to their end one after the other, as in stock nbgrader's kernel."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    try:
        shown = [shell.run_cell(source, silent=True) for source in sources]
        return all(one.success for one in shown)
    finally:
        shell.reset()


@pytest.mark.parametrize("name", CHECKS)
def test_a_proxy_can_what_the_object_can(worker, name):
    """What a kernel answers, the check hears from outside, with all of its points."""
    assert _in_a_kernel(POINT, CHECKS[name])
    result = checked(worker, POINT, CHECKS[name], POINT)

    assert (2.0, False) == (result.score, result.inside), result.check


@pytest.mark.parametrize("name", OTHERS)
def test_a_check_meets_what_it_would_meet_in_a_kernel(worker, name):
    """Callbacks, dice, sources, names: the right answer passes outside, a wrong one misses."""
    right, check, wrong = OTHERS[name]
    assert _in_a_kernel(right, check) and not _in_a_kernel(wrong, check)
    good, bad = checked(worker, right, check, right), checked(worker, wrong, check, right)

    assert (2.0, False) == (good.score, good.inside), good.check
    assert (0.0, False) == (bad.score, bad.inside), bad.check


YES = (
    "class Yes:\n    def __eq__(self, o): return True\n    __ne__ = __lt__ = __le__ = __eq__\n"
    "    __gt__ = __ge__ = __contains__ = __eq__\n    def __hash__(self): return hash(4)\n"
    "    def __len__(self): return 4\n    def __getattr__(self, n): return Yes()\n"
    "    def __iter__(self): return iter([Yes()] * 4)\n    def __getitem__(self, i): return Yes()\n"
    "    def __float__(self): return 4.0\n    def __sub__(self, o): return Yes()\n"
    "    __rsub__ = __add__ = __radd__ = __mul__ = __sub__\n    def __abs__(self): return Yes()\n"
    "    def __round__(self, n=0): return Yes()\n    def __call__(self, *a): return Yes()\n"
    "    @property\n    def __class__(self): return list\n"
)
LIES = {
    "equals everything": ("x = 4", "assert x == 4"),
    "differs from nothing": ("x = 4", "assert not x != 4"),
    "is more than everything": ("x = 4", "assert x > 3 and x < 5"),
    "holds everything": ("x = [4]", "assert 4 in x"),
    "its items": ("x = [1, 2, 3, 4]", "assert list(x) == [1, 2, 3, 4]"),
    "one item": ("x = [1, 2, 3, 4]", "assert x[0] == 1"),
    "an attribute": ("class T:\n    y = 4\nx = T()", "assert x.y == 4"),
    "what a call gives": ("def x(n): return 4", "assert x(2) == 4"),
    "a difference": ("x = 4.0", "assert abs(x - 4) < 1e-9"),
    "rounded": ("x = 4.0", "assert round(x, 2) == 4.0"),
    "as a key": ("x = 4", "assert {4: 'a'}[x] == 'a'"),
    "in a set": ("x = 4", "assert x in {4}"),
    "in a list": ("x = 4", "assert x in [4]"),
    "beside others": ("x = 4", "assert [x, 1] == [4, 1]"),
    "in a dictionary": ("x = {'a': 4}", "assert {'a': x} == {'a': {'a': 4}}"),
    "close to": ("x = 4.0", "import math\nassert math.isclose(x, 4.0)"),
    "close to, NumPy's": ("x = 4.0", "import numpy as np\nassert np.isclose(x, 4.0)"),
    "unittest's": ("x = 4", "import unittest\nunittest.TestCase().assertEqual(x, 4)"),
    "a numbers' number": ("x = 5", "assert x == 5"),
    "no difference": ("x = 4.0", "assert abs(x - 4) < 1e-9"),
    "no difference from the left": ("x = 4.0", "assert abs(4 - x) < 1e-9"),
    "no rest": ("x = 4", "assert not x % 4 and x // 4 - 1 < 1"),
    "almost": ("x = 4.0", "import unittest\nunittest.TestCase().assertAlmostEqual(x, 4.0)"),
    "a method": ("x = 'The end'", "assert x.startswith('The')"),
    "a method of a table": (
        "import pandas as pd\nx = pd.DataFrame({'a': [1]})",
        "import pandas as pd\nassert x.equals(pd.DataFrame({'a': [1]}))",
    ),
    "a method that is an object": ("x = 'The end'", "assert x.startswith('The')"),
    "a method that is a class": ("x = 'The end'", "assert x.startswith('The')"),
    "one like the other": ("x = 4\ny = 4", "assert x == y"),
    "more than another": ("x = 4\ny = 3", "assert x > y"),
}
OWN = {
    "a method that is an object": (
        "class M:\n    def __call__(s, o): return True\nclass T: startswith = M()\nx = T()"
    ),
    "a method that is a class": (
        "class M:\n    def __new__(s, o): return True\nclass T: startswith = M\nx = T()"
    ),
    "close to": "x = type('N', (), {'__float__': lambda s: 3.0})()",
    **dict.fromkeys(
        ("no difference", "no difference from the left", "no rest", "almost"),
        "class Zero(complex): pass\nclass No:\n    def __sub__(s, o): return 0.0\n"
        "    __rsub__ = __mod__ = __floordiv__ = __sub__\nx = No()",
    ),
    **dict.fromkeys(
        ("a method", "a method of a table"),
        "class T:\n    def startswith(s, o): return True\n"
        "    def equals(s, o): return True\nx = T()",
    ),
    **dict.fromkeys(("one like the other", "more than another"), YES + "x, y = Yes(), Yes()"),
    "a numbers' number": (
        "import numbers\nclass Yes(int):\n    def __eq__(s, o): return True\n"
        "    def __hash__(s): return 0\nx = Yes(4)"
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_no_object_can_say_that_it_is_right(worker, name):
    """A class that agrees with everything earns nothing, whatever the check asks of it."""
    key, check = LIES[name]
    liar = OWN.get(name, YES + "x = Yes()")

    assert checked(worker, liar, check, key).score in (None, 0.0)


@pytest.mark.parametrize("name", LIES)
def test_the_same_check_pays_for_the_right_answer(worker, name):
    """Control: it is the lie that earns nothing, and not the check."""
    key, check = LIES[name]

    assert 2.0 == checked(worker, key, check, key).score


def test_an_object_of_no_value_is_wrong_as_in_a_kernel(worker):
    """What has no `==` of its own equals itself alone: nobody has to look at that."""
    assert 0.0 == checked(worker, "x = object()", "assert x == 4", "x = 4").score
    assert 0.0 == checked(worker, "class A: pass\nx = A()", "assert x == [1]", "x = [1]").score


def test_a_callback_that_is_called_without_end_costs_its_check(worker):
    """The check is missed with a sentence, and the next one is judged."""
    forever = "def each(f, xs):\n    while True: f(1)"
    parts = [("check", "each(lambda n: n, [1])", 1), ("alive", "assert True", 1)]
    key = cells((ANSWER, "def each(f, xs):\n    for x in xs: f(x)"), *parts)
    one, alive = graded(worker, cells((ANSWER, forever), *parts), key)[-2:]

    assert (0.0, 1.0) == (one.score, alive.score)


def test_no_function_of_a_library_runs_here_for_a_learner(worker, tmp_path):
    """A check that hands `exec` over has it run in the sandbox, where learner code runs anyway."""
    mark = tmp_path / "mark"
    check = "assert run(exec) is None"
    own = f"def run(f): f('open({str(mark)!r}, \"w\").close()')"
    result = checked(worker, own, check, "def run(f): f('x = 1')")

    assert not mark.exists()
    assert result.score in (None, 0.0)
