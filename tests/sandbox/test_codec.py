"""
The wire between the trusted side and a guest: plain data stays what it is, the rest stands in.
"""

import array
import collections
import datetime
import decimal
import enum
import functools
import math
import operator
import os
import pathlib
import struct
import time
import timeit
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox import codec
from grader.sandbox.codec import About, CodecError, Function, NotPlain, Opaque, Ref, about

SIGNED = datetime.timezone(datetime.timedelta(hours=-3), "there")
FLOATS = st.floats(allow_nan=True, allow_infinity=True)
TEXTS = st.text(st.characters(), max_size=20)
KEYS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**200), 2**200)
    | FLOATS
    | TEXTS
    | st.binary(max_size=9)
    | st.fractions()
    | st.decimals(allow_nan=False, places=2)
    | st.datetimes(timezones=st.sampled_from([None, datetime.UTC, SIGNED]))
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.sampled_from([..., range(3), range(9, -9, -2), SIGNED, datetime.UTC]),
    lambda keys: st.tuples(keys, keys) | st.frozensets(keys, max_size=3),
    max_leaves=4,
)
VALUES = st.recursive(
    KEYS | st.complex_numbers() | st.builds(slice, st.integers(), st.none(), KEYS),
    lambda values: (
        st.lists(values, max_size=4)
        | st.lists(values, max_size=4).map(tuple)
        | st.dictionaries(KEYS, values, max_size=4)
        | st.sets(KEYS, max_size=4)
        | st.dictionaries(KEYS, values, max_size=3).map(collections.OrderedDict)
        | st.builds(collections.deque, st.lists(values, max_size=3), st.none() | st.just(3))
        | st.lists(st.booleans()).map(collections.Counter)
    ),
    max_leaves=20,
)


def derived(value: object) -> str | None:
    """The name of the learner's class that a plain value had, None if it had none."""
    kind = type(value)
    return kind.__name__ if kind.__module__ == "learner" else None


def there(value: object, **options: object) -> object:
    """Send a value over the wire, as the guest does."""
    return codec.loads(codec.dumps(value, remember=lambda thing: 7, **options))


def same(one: object, other: object) -> bool:
    """Tell whether two values are the same in type and value, NaN, signs and order included."""
    if type(one) is not type(other):
        return False
    if type(one) is float:
        return struct.pack("d", one) == struct.pack("d", other) or (
            math.isnan(one) and math.isnan(other)
        )
    if type(one) is int:
        return one == other
    if type(one) is complex:
        return same(one.real, other.real) and same(one.imag, other.imag)
    if type(one) is slice:
        return same((one.start, one.stop, one.step), (other.start, other.stop, other.step))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, list | tuple | collections.deque):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, set | frozenset):
        return len(one) == len(other) and all(any(same(a, b) for b in other) for a in one)
    return repr(one) == repr(other)


@given(VALUES)
def test_plain_values_stay_what_they_are(value):
    """Type, value, sign, order and NaN survive the wire, at every depth."""
    assert same(value, there(value))


@pytest.mark.parametrize(
    "value",
    [
        *(0, -1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**60_000, -(2**60_000)),
        *(0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, complex(-0.0, math.nan)),
        *("", "\0", "\ud800\udc00", "\udfff", "é€😀", "x" * 100_000, b"", b"\xff"),
        *(True, 1, 1.0, (), [], {}, set(), frozenset(), None, ...),
        {True: 1, 2: True, "2": (2,), (1, "a"): [()], frozenset({1}): {}},
        *(decimal.Decimal("1E+3"), decimal.Decimal("-0.00"), decimal.Decimal("sNaN")),
        datetime.datetime(2024, 10, 27, 2, fold=1, tzinfo=SIGNED),
        *(collections.deque([1], 5), collections.deque(), slice(None), range(0, 9, 4)),
        collections.OrderedDict([("b", 1), ("a", 2)]),
    ],
    ids=lambda value: repr(value)[:20] if not isinstance(value, int) else hex(value)[:20],
)
def test_edges_stay_what_they_are(value):
    """The odd corners of each type survive the wire."""
    assert same(value, there(value))


def test_a_default_dict_loses_only_its_factory():
    """What a defaultdict would make of missing keys is code, and stays in the guest."""
    value = there(collections.defaultdict(list, {"a": [1]}))

    assert collections.defaultdict is type(value)
    assert value.default_factory is None
    assert {"a": [1]} == value


def test_moved_keys_of_an_ordered_dict_keep_their_order():
    """An OrderedDict comes in its own order, which is not that of the dict inside."""
    value = collections.OrderedDict.fromkeys([1, 2, (3, 4)])
    value.move_to_end(1)

    assert [2, (3, 4), 1] == list(there(value))


class Grade(float):
    """A learner's float that says it equals everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


class Level(enum.IntEnum):
    """A learner's enumeration."""

    LOW = 1


Point = collections.namedtuple("Point", "x y")


class Box(dict):
    """A learner's dict without its own items."""

    def items(self):
        return ()


@pytest.mark.parametrize(
    ("value", "base", "name"),
    [
        (Grade(0.5), 0.5, "Grade"),
        (Level.LOW, 1, "Level"),
        (Point(1, [2]), (1, [2]), "Point"),
        (Box(a=1), {"a": 1}, "Box"),
        (type("Words", (list,), {})([1]), [1], "Words"),
        (type("ünï", (str,), {})("x"), "x", "ünï"),
        (type("a b" * 50, (bytes,), {})(b"x"), b"x", ("a_b" * 50)[:80]),
        (type("Many", (set,), {})({1}), {1}, "Many"),
        (type("C", (complex,), {})(1j), 1j, "C"),
    ],
    ids=lambda part: None,
)
def test_an_instance_of_a_learners_builtin_is_its_bare_value(value, base, name):
    """A subclass of a builtin crosses as the value of its base with no override, and its name."""
    found = there(value)

    assert name == derived(found)
    assert type(base) is type(found).__mro__[1]
    assert base == found
    assert type(base).__eq__ is type(found).__eq__


def test_plain_values_have_no_learners_class():
    """`derived` says None for what a learner did not make."""
    assert [None] * 4 == [derived(value) for value in (1.5, "x", [], Grade(1))]


def test_two_values_of_one_class_share_a_class():
    """Two instances of a learner's class have one bare class, even from two messages."""
    assert type(there(Grade(1))) is type(there([Grade(2)])[0])


def test_more_classes_than_a_course_needs_are_opaque():
    """The 65th class of a message makes no class on the trusted side any more."""
    values = there([type(f"A{number}", (int,), {})(number) for number in range(70)])

    assert [int] * 64 == [type(value).__mro__[1] for value in values[:64]]
    assert {Opaque} == {type(value) for value in values[64:]}


def test_functions_are_described():
    """Name, module, docstring, parameters and handle of a function cross, its code does not."""

    def double(x, /, y, *rest, key, other=1, **more):
        """Double it."""

    names = (("x", 0, False), ("y", 1, False), ("rest", 2, False))
    keys = (("key", 3, False), ("other", 3, True), ("more", 4, False))

    assert Function("double", __name__, "Double it.", names + keys, 7, False) == there(double)


@pytest.mark.parametrize(
    ("value", "name", "parameters", "is_class"),
    [
        (lambda a, b=2: 0, "<lambda>", (("a", 1, False), ("b", 1, True)), False),
        (functools.lru_cache(lambda n: n), "<lambda>", (("n", 1, False),), False),
        (len, "len", None, False),
        ([].append, "append", None, False),
        (str.join, "join", None, False),
        (Box().items, "items", (), False),
        (functools.partial(same, 1), "same", None, False),
        (Box, "Box", None, True),
        (int, "int", None, True),
    ],
    ids=lambda part: None,
)
def test_all_kinds_of_functions_are_described(value, name, parameters, is_class):
    """Lambdas, builtins, methods, caches, partials and classes are Functions, too."""
    found = there(value)

    assert (name, parameters, is_class) == (found.name, found.parameters, found.is_class)


class Yes:
    """A learner's object that says yes to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None


USES = {
    "==": lambda x: x == 1,
    "== on the right": lambda x: [1] == x,
    "!=": lambda x: x != 1,
    "<": lambda x: x < 1,
    "hash": hash,
    "bool": bool,
    "if": lambda x: 1 if x else 2,
    "iter": iter,
    "len": len,
    "[]": lambda x: x[0],
    "call": lambda x: x(),
    "+": lambda x: x + 1,
    "+ on the right": lambda x: 1 + x,
    "abs": abs,
    "float": float,
    "int": int,
    "round": round,
    "index": operator.index,
    "range": range,
    "str": str,
    "format": lambda x: f"{x}",
    "in": lambda x: 1 in x,
    "in a list": lambda x: x in [1],
    "with": lambda x: x.__enter__(),
    "attribute": lambda x: x.accuracy,
    "hasattr": lambda x: hasattr(x, "accuracy"),
    "setattr": lambda x: setattr(x, "accuracy", 1),
    "isinstance": lambda x: isinstance(1, x),
    "sorted": lambda x: sorted([x, x]),
    "sum": lambda x: sum([x]),
    "approx": lambda x: x == pytest.approx(1),
    "unpack": lambda x: [*x],
    "keywords": lambda x: dict(**x),
    "math": math.sqrt,
    "set": lambda x: {x},
    "bytes": bytes,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_an_opaque_refuses_every_use(use):
    """No comparison, number, text or call can be had of an object that stayed in the guest."""
    opaque = there(Yes())

    with pytest.raises(NotPlain):
        use(opaque)


def test_not_plain_goes_through_except_exception():
    """A check that catches Exception does not swallow the use of an opaque object."""
    assert not issubclass(NotPlain, Exception)


def test_an_opaque_tells_what_it_is():
    """Its repr and `about` name the class, and isinstance answers no."""
    opaque = there(Yes())

    assert "<object of class 'Yes'>" == repr(opaque)
    assert About("Yes", __name__, 7, "") == about(opaque)
    assert type(opaque) is Opaque
    assert not isinstance(opaque, float)


KEPT = st.dictionaries(KEYS, VALUES, max_size=4)


@given(st.binary(), st.lists(st.floats(allow_nan=False)), KEPT, st.lists(VALUES, max_size=4))
def test_what_stands_around_plain_values_stays_so(raw, numbers, held, items):
    """Byte arrays, arrays of numbers, views and wrappers of dictionaries and lists, and paths."""
    made = [bytearray(raw), array.array("d", numbers), types.MappingProxyType(held)]
    made += [collections.UserDict(held), collections.UserList(items), collections.ChainMap(held)]
    for value in made:
        came = there(value)
        assert type(value) is type(came) and same(_plainly(value), _plainly(came))
    for view in (held.keys(), held.values(), held.items()):
        assert type(view) is type(there(view)) and same(list(view), list(there(view)))


def _plainly(value: object) -> object:
    """What such a value holds."""
    if isinstance(value, collections.ChainMap):
        return value.maps
    return dict(value) if hasattr(value, "keys") else list(value)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1)))
def test_a_path_is_a_text_with_parts(parts):
    """It compares and joins like one, says that it is one, and leads to no file of this side."""
    path = pathlib.Path("/", *parts)
    came = there(path)

    assert (path, hash(path), str(path), path.parts) == (came, hash(came), str(came), came.parts)
    assert isinstance(came, pathlib.Path) and came / "x" == path / "x"
    for use in (open, os.stat, lambda p: p.exists(), lambda p: p.read_text(), lambda p: p.open()):
        with pytest.raises(NotPlain):
            use(came)
    back = codec.loads(codec.dumps(came), resolve=lambda handle: None)
    assert type(back) is type(path) and back == path


@pytest.mark.parametrize(
    "value",
    [
        collections.UserDict(),
        collections.UserList(),
        collections.ChainMap(),
        array.array("u", "ab"),
        types.MappingProxyType({object(): 1}),
        {object(): 1}.keys(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_holds_something_else_stays_there(value):
    """A learner may put anything behind these classes: then they are no plain data."""
    if hasattr(value, "data"):
        value.data = object()
    if hasattr(value, "maps"):
        value.maps = [object()]

    assert type(there(value)) is Opaque


@pytest.mark.parametrize(
    "value",
    [Yes(), iter([]), (x for x in ()), math, object(), memoryview(b"")],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_is_opaque(value):
    """Instances, iterators, generators and modules stay in the guest."""
    assert type(value).__name__ == about(there(value)).type_name


def test_a_monster_leaves_its_neighbours_alone():
    """A value that is too large is an Opaque in its place; the others of the dict arrive."""
    values = {
        "before": 1,
        "text": "x" * 40_000_000,
        "list": [0] * 10**8,
        "rows": [["x" * 1000] * 1000] * 100,
        "number": 1 << 100_000,
        "range": range(10**9),
        "after": [1],
    }
    found = there(values)

    assert list(values) == list(found)
    assert (1, [1]) == (found["before"], found["after"])
    for name in ("text", "list", "number", "range"):
        assert "too large" == about(found[name]).why
    assert len(codec.dumps(values)) <= 32 * 1024 * 1024


MONSTERS = {  # made when they are needed: Python looks through all that lives, again and again
    "zeros": lambda: [0] * 10**8,
    "lists": lambda: [[]] * 3_000_000,
    "dicts": lambda: {number: {} for number in range(700_000)},
    "objects": lambda: [object()] * 300_000,
    "ten to the fortieth": lambda: functools.reduce(lambda one, _: [one] * 10, range(40), 0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MONSTERS)
def test_the_work_for_a_monster_is_bounded(name):
    """No value costs more than a few seconds or more bytes than a message may have."""
    value = MONSTERS[name]()
    before = time.process_time()
    raw = codec.dumps({"monster": value, "after": 1})
    found = codec.loads(raw)

    assert len(raw) < 33 * 1024 * 1024
    assert 1 == found["after"]
    assert time.process_time() - before < 10


def test_a_cycle_ends_as_too_deep():
    """A list that contains itself is written to the depth of 64, and no further."""
    value: list = []
    value.append(value)
    found, depth = there(value), 0
    while type(found) is list:
        found, depth = found[0], depth + 1

    assert (64, "too deep") == (depth, about(found).why)


class Odd(int):
    """A learner's integer that differs from all others."""

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 5


@pytest.mark.parametrize(
    "value",
    [
        {object(): 2},
        {(1, object()): 1},
        {object()},
        {1: 2, Odd(1): 1},
        {Odd(1), Odd(1)},
        collections.OrderedDict({Odd(1): 1}),
    ],
    ids=["object", "in a tuple", "in a set", "equal", "equal in a set", "ordered"],
)
def test_a_container_with_keys_that_cannot_cross_is_opaque(value):
    """Keys of a learner's class, and keys that become equal, keep their container in the guest."""
    found = there([value, 1])

    assert "its keys" == about(found[0]).why
    assert 1 == found[1]


def test_classes_and_enumerations_are_keys():
    """Keys that differ without their classes, too, cross: numbers of an enumeration, functions."""
    found = there({Level.LOW: "low", 2: "two", len: "a function"})

    assert "low" == found[1]
    assert ["Level", None, None] == [derived(key) for key in found]


def test_things_of_the_room_are_sent_back_as_references():
    """
    A Function or Opaque goes back as its handle; the guest puts the thing itself in its place.
    """
    guest = {1: Yes(), 2: same}
    handles = {id(thing): handle for handle, thing in guest.items()}
    found = codec.loads(codec.dumps(list(guest.values()), remember=lambda x: handles[id(x)]))
    back = codec.loads(codec.dumps({"args": [*found, Ref(2)]}), resolve=guest.__getitem__)

    assert back["args"][0] is guest[1]
    assert back["args"][1] is back["args"][2] is same


def test_only_a_room_takes_references():
    """A reference on the trusted side, or to a thing the guest does not keep, is an error."""
    raw = codec.dumps([Ref(3)])

    with pytest.raises(CodecError):
        codec.loads(raw)
    with pytest.raises(CodecError):
        codec.loads(raw, resolve={}.__getitem__)
    with pytest.raises(NotPlain):
        codec.dumps(codec.loads(codec.dumps(Yes())))


def test_a_typical_reply_takes_microseconds():
    """A dict of ten small values and a text of 2 KB is there in far less than a millisecond."""
    values = {"n": 1, "x": 0.5, "names": ["a", "b"], "d": {"k": 1}, "t": (1, 2), "ok": True}
    reply = {"id": bytes(16), "reply": {**values, "none": None, "text": "x" * 2000}}
    raw = codec.dumps(reply)
    took = min(timeit.repeat(lambda: codec.loads(codec.dumps(reply)), number=200, repeat=5)) / 200

    assert reply == codec.loads(raw)
    assert took < 0.0005
