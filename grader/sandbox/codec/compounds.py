"""
Values of the standard library that are written as a few plainer ones: dates, fractions, deques.

`TAKES` has, by the id of a class, how to take a value apart, and `BUILDS`, by tag, how to put the
parts together again; a build raises whatever it likes if the parts are not what take gives.
"""

import datetime
import decimal
import fractions
import math
import typing
from collections import deque
from collections.abc import Callable

from grader.sandbox.codec.limits import LARGEST_EXPONENT, LARGEST_INT, MOST

Parts = tuple | None


class Take(typing.NamedTuple):
    """
    How a class is written: its tag, whether it can be a key, and how it is taken apart.

    A `whole` one becomes an Opaque as soon as one of its parts does.
    """

    tag: bytes
    hashable: bool
    whole: bool
    apart: Callable[[typing.Any, int], Parts]  # (value, bytes left); None: it stays in the guest


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
}
TAKES = {
    id(kind): Take(*how[:2], kind is not deque and kind is not slice, how[2])
    for kind, how in _ALL.items()
}
BUILDS: dict[bytes, Callable[..., object]] = {how[0]: how[3] for how in _ALL.values()}
