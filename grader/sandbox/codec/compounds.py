"""
Values of the standard library that are written as a few plainer ones: dates, fractions, deques.

`TAKES` has, by the id of a class, how to take a value apart, and `BUILDS`, by tag, how to put the
parts together again; a build raises whatever it likes if the parts are not what take gives.
"""

import datetime
import decimal
import fractions
import functools
import math
import pathlib
import types
import typing
from array import array
from collections import ChainMap, OrderedDict, UserDict, UserList, deque
from collections.abc import Callable

from grader.sandbox.codec.limits import LARGEST_EXPONENT, LARGEST_INT, MOST
from grader.sandbox.codec.placeholders import SandboxPath

Parts = tuple | None
ANY, WHOLE, PLAIN = range(3)  # parts may be opaque; none may; nor may anything that is in them


class Take(typing.NamedTuple):
    """
    How a class is written: its tag, whether it can be a key, what of it may be opaque, and how it
    is taken apart.

    `loose` makes an opaque part of a whole one into something whose items may be opaque instead.
    """

    tag: bytes
    hashable: bool
    need: int
    apart: Callable[[typing.Any, int], Parts]  # (value, bytes left); None: it stays in the guest
    loose: Callable[[typing.Any], object] | None = None


class TooLarge(Exception):
    """The parts would not fit into the bytes left."""


_NUMERATOR = fractions.Fraction.__dict__["_numerator"].__get__
_DENOMINATOR = fractions.Fraction.__dict__["_denominator"].__get__
_MAXLEN = deque.__dict__["maxlen"].__get__
_EXACT = decimal.Context(prec=decimal.MAX_PREC, capitals=1, traps=[])


def _range(value: range, budget: int) -> Parts:
    if not _is_short(value):
        raise TooLarge
    return value.start, value.stop, value.step


def _is_short(value: range) -> bool:
    """Tell whether a check may make a list of it."""
    return not value or abs(value[-1] - value[0]) // abs(value.step) < MOST


def build_range(start: int, stop: int, step: int) -> range:
    """
    Make a range that is not too long.

    Raises: ValueError for numbers that make no range.
    """
    value = range(start, stop, step)
    if not _is_short(value):
        raise ValueError("too long")
    return value


def _slice(value: slice, budget: int) -> Parts:
    return value.start, value.stop, value.step


def _fraction(value: fractions.Fraction, budget: int) -> Parts:
    parts = _NUMERATOR(value), _DENOMINATOR(value)
    return parts if _is_reduced(*parts) else None


def _is_reduced(above: object, below: object) -> bool:
    return type(above) is int and type(below) is int and below > 0 and math.gcd(above, below) == 1


def _build_fraction(above: int, below: int) -> fractions.Fraction:
    if not _is_reduced(above, below):
        raise ValueError("not reduced")
    return fractions.Fraction(above, below)


def _decimal(value: decimal.Decimal, budget: int) -> Parts:
    if value.__sizeof__() > LARGEST_INT or abs(value.adjusted()) > LARGEST_EXPONENT:
        raise TooLarge
    return (_EXACT.to_sci_string(value),)


def _build_decimal(text: str) -> decimal.Decimal:
    if type(text) is not str or len(text) > 3 * LARGEST_INT:
        raise ValueError("no decimal")
    value = decimal.Decimal(text)
    if abs(value.adjusted()) > LARGEST_EXPONENT or _EXACT.to_sci_string(value) != text:
        raise ValueError("another decimal")
    return value


def _zone(zone: object) -> Parts:
    """Describe a time zone; an empty tuple is none, None one that is not fixed."""
    if zone is None:
        return ()
    if type(zone) is not datetime.timezone:
        return None
    parts = zone.__getinitargs__()
    return parts if len(parts) == 1 or type(parts[1]) is str else None


def _build_zone(parts: tuple) -> datetime.timezone | None:
    if type(parts) is not tuple:
        raise ValueError("no zone")
    return datetime.timezone(*parts) if parts else None


def _date(value: datetime.date, budget: int) -> Parts:
    return value.year, value.month, value.day


def _time(value: datetime.time, budget: int) -> Parts:
    zone = _zone(value.tzinfo)
    clock = value.hour, value.minute, value.second, value.microsecond, value.fold
    return None if zone is None else (*clock, zone)


def _build_time(*parts: typing.Any) -> datetime.time:
    *clock, fold, zone = parts
    return datetime.time(*clock, tzinfo=_build_zone(zone), fold=fold)


def _datetime(value: datetime.datetime, budget: int) -> Parts:
    zone = _zone(value.tzinfo)
    day = value.year, value.month, value.day
    clock = value.hour, value.minute, value.second, value.microsecond, value.fold
    return None if zone is None else (*day, *clock, zone)


def _build_datetime(*parts: typing.Any) -> datetime.datetime:
    *clock, fold, zone = parts
    return datetime.datetime(*clock, tzinfo=_build_zone(zone), fold=fold)


def _timedelta(value: datetime.timedelta, budget: int) -> Parts:
    return value.days, value.seconds, value.microseconds


def _deque(value: deque, budget: int) -> Parts:
    if len(value) > budget:
        raise TooLarge
    return _MAXLEN(value), *value


def _build_deque(longest: int | None, *items: object) -> deque:
    if longest is not None and len(items) > longest:
        raise ValueError("no deque")
    return deque(items, longest)


def _bytearray(value: bytearray, budget: int) -> Parts:
    if len(value) > budget:
        raise TooLarge
    return (bytes(value),)


def _array(value: array, budget: int) -> Parts:
    if len(value) * value.itemsize > budget:
        raise TooLarge
    return (value.typecode, value.tobytes()) if value.typecode in _NUMBERS else None


def _build_array(typecode: str, raw: bytes) -> array:
    if typecode not in _NUMBERS:
        raise ValueError("no array of numbers")
    return array(typecode, _exactly(bytes, raw))


def _held(kind: type, name: str) -> Callable[[typing.Any], object]:
    """Return how to read what an object of a class written in Python holds under a name."""
    instance = kind.__dict__["__dict__"].__get__
    return lambda value: dict.get(instance(value), name)


def _data(kind: type, wanted: type) -> Callable[[typing.Any, int], Parts]:
    read = _held(kind, "data")
    return lambda value, budget: (data,) if type(data := read(value)) is wanted else None


def _around(kind: type, wanted: type) -> Callable[..., object]:
    def build(data: object) -> object:
        made = kind()
        made.data = _exactly(wanted, data)
        return made

    return build


def _chain(value: ChainMap, budget: int) -> Parts:
    maps = _MAPS(value)
    return tuple(maps) if type(maps) is list and all(type(one) is dict for one in maps) else None


def _exactly(kind: type, value: object) -> typing.Any:
    if type(value) is not kind:
        raise ValueError(f"no {kind.__name__}")
    return value


def _path(value: pathlib.PurePath, budget: int) -> Parts:
    return (_exactly(str, _PATH_TEXT(value)),)


_NUMBERS = tuple("bBhHiIlLqQfd")  # the arrays that hold numbers
_MAPS = _held(ChainMap, "maps")
_PATH_TEXT = pathlib.PurePath.__str__
_DICT = functools.partial(_exactly, dict)
_PATH = (b"p", True, _path, lambda text: SandboxPath(_exactly(str, text)))
_VIEWS = (
    (b"g", False, lambda view, budget: (dict.fromkeys(view),), lambda d: _DICT(d).keys()),
    (
        *(b"h", False, lambda view, budget: (list(view),)),
        lambda held: dict(enumerate(_exactly(list, held))).values(),
    ),
    (b"j", False, lambda view, budget: (dict(view),), lambda d: _DICT(d).items()),
)
_ALL: dict[type, tuple[bytes, bool, Callable, Callable]] = {
    range: (b"r", True, _range, build_range),
    slice: (b"e", False, _slice, slice),
    fractions.Fraction: (b"q", True, _fraction, _build_fraction),
    decimal.Decimal: (b"x", True, _decimal, _build_decimal),
    datetime.date: (b"1", True, _date, datetime.date),
    datetime.time: (b"2", True, _time, _build_time),
    datetime.datetime: (b"3", True, _datetime, _build_datetime),
    datetime.timedelta: (b"4", True, _timedelta, datetime.timedelta),
    datetime.timezone: (b"6", True, lambda value, budget: (_zone(value),), _build_zone),
    deque: (b"5", False, _deque, _build_deque),
    bytearray: (b"y", False, _bytearray, lambda raw: bytearray(_exactly(bytes, raw))),
    array: (b"A", False, _array, _build_array),
    types.MappingProxyType: (
        *(b"m", False, lambda value, budget: (dict(value),)),
        lambda held: types.MappingProxyType(_DICT(held)),
    ),
    UserDict: (b"u", False, _data(UserDict, dict), _around(UserDict, dict)),
    UserList: (b"w", False, _data(UserList, list), _around(UserList, list)),
    ChainMap: (b"z", False, _chain, lambda *maps: ChainMap(*map(_DICT, maps))),
    **dict.fromkeys((pathlib.PosixPath, pathlib.PurePosixPath, SandboxPath), _PATH),
}
for _kind in (dict, OrderedDict):
    _views = _kind().keys(), _kind().values(), _kind().items()
    _ALL |= dict(zip(map(type, _views), _VIEWS, strict=True))

TAKES = {
    id(kind): Take(*how[:2], ANY if kind is deque or kind is slice else WHOLE, how[2])
    for kind, how in _ALL.items()
}
BUILDS: dict[bytes, Callable[..., object]] = {how[0]: how[3] for how in _ALL.values()}
_KEYS = {id(kind) for kind in (type(None), bool, int, float, complex, str, bytes)}


def is_key(value: object) -> bool:
    """Tell whether a value is the same key on the other side."""
    kind = type(value)
    if kind is tuple:
        return all(map(is_key, value))
    how = TAKES.get(id(kind))
    return id(kind) in _KEYS or (how is not None and how.hashable)
