"""
The scalars of pandas: moments, spans, periods, intervals, steps in time, and what is missing.

Time zones and frequencies are written here for columns as well. pandas is never imported to write.
"""

import contextlib
import datetime
import re
import typing
import warnings
import zoneinfo
from collections.abc import Callable, Iterator

from grader.sandbox.codec.arrays import inside
from grader.sandbox.codec.compounds import WHOLE, Parts, Take

MOST_STEPS = 1_000_000  # of an offset: some of pandas' count them one by one
MOST_LABELS = 10_000
ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,40}")
_FREQUENCY = re.compile(r"([1-9]\d{0,5})?[A-Za-z]{1,4}(-[A-Z]{3})?")
_STEP_WORD = re.compile(r"[a-zA-Z_]{1,20}")
STEPS = (
    *("DateOffset", "Day", "Hour", "Minute", "Second", "Milli", "Micro", "Nano", "Week"),
    *("BusinessDay", "MonthEnd", "MonthBegin", "BusinessMonthEnd", "BusinessMonthBegin"),
    *("QuarterEnd", "QuarterBegin", "BQuarterEnd", "BQuarterBegin"),
    *("YearEnd", "YearBegin", "BYearEnd", "BYearBegin", "SemiMonthEnd", "SemiMonthBegin"),
    *("WeekOfMonth", "LastWeekOfMonth"),
)


def zone(of: object) -> object:
    """
    Return a zone that can be sent: a fixed one, or the key of one.

    Raises: ValueError for another kind of zone.
    """
    if type(of) is zoneinfo.ZoneInfo and type(of.key) is str:
        return of.key
    if of is None or type(of) is datetime.timezone:
        return of
    raise ValueError("another kind of zone")


def read_zone(sent: object) -> datetime.tzinfo | None:
    """
    Return the zone that was sent.

    Raises: ValueError for what is none.
    """
    if type(sent) is str and ZONE.fullmatch(sent):
        return zoneinfo.ZoneInfo(sent)
    if sent is None or type(sent) is datetime.timezone:
        return sent
    raise ValueError("no zone")


def period_dtype(name: object) -> typing.Any:
    """
    Return the dtype of periods of a frequency such as "M" or "Q-DEC".

    Raises: ValueError for a name that is not how pandas writes the frequency.
    """
    import pandas

    if type(name) is not str or not _FREQUENCY.fullmatch(name):
        raise ValueError("no frequency")
    with _quiet():
        dtype = pandas.PeriodDtype(name)
    if frequency(dtype) != name:
        raise ValueError("a frequency of another name")
    return dtype


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Tell nobody here that a learner's business days will be gone from pandas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def frequency(dtype: typing.Any) -> str:
    """Return the frequency of a dtype of periods as pandas writes it."""
    return dtype.name.removeprefix("period[").removesuffix("]")


def _moment(value: typing.Any, budget: int) -> Parts:
    return value.asm8, zone(value.tz)


def _build_moment(moment: object, sent: object) -> object:
    import numpy
    import pandas

    if type(moment) is not numpy.datetime64:
        raise ValueError("no moment")
    plain = pandas.Timestamp(moment)
    return plain if sent is None else plain.tz_localize("UTC").tz_convert(read_zone(sent))


def _span(value: typing.Any, budget: int) -> Parts:
    return (value.asm8,)


def _build_span(span: object) -> object:
    import numpy
    import pandas

    if type(span) is not numpy.timedelta64:
        raise ValueError("no span")
    return pandas.Timedelta(span)


def _period(value: typing.Any, budget: int) -> Parts:
    return value.ordinal, value.freqstr


def _build_period(ordinal: object, name: object) -> object:
    import pandas

    if type(ordinal) is not int:
        raise ValueError("no number of a period")
    with _quiet():
        return pandas.Period(ordinal=ordinal, freq=period_dtype(name).freq)


def _interval(value: typing.Any, budget: int) -> Parts:
    return value.left, value.right, value.closed


def _build_interval(left: object, right: object, closed: object) -> object:
    import numpy
    import pandas

    ends = (int, float, numpy.integer, numpy.floating, pandas.Timestamp, pandas.Timedelta)
    if not (isinstance(left, ends) and isinstance(right, ends) and type(closed) is str):
        raise ValueError("no ends")
    return pandas.Interval(left, right, closed)


def step(value: typing.Any, budget: int) -> Parts:
    """Take an offset apart: its class, how often, whether from midnight, and its own numbers."""
    parts = type(value).__name__, value.n, value.normalize, tuple(value.kwds.items())
    return parts if _build_step(*parts) == value else None


def _build_step(name: str, times: int, normalize: bool, pairs: tuple) -> object:
    import pandas

    if name not in STEPS or type(normalize) is not bool or type(pairs) is not tuple:
        raise ValueError("no offset")
    words = dict(pairs)
    if not all(type(word) is str and _STEP_WORD.fullmatch(word) for word in words):
        raise ValueError("no words of an offset")
    nothing = type(None), datetime.timedelta
    numbers = [times, *(n for n in words.values() if type(n) not in nothing)]
    if not all(type(n) is int and abs(n) <= MOST_STEPS for n in numbers):
        raise ValueError("no numbers of an offset")
    if any(type(n) is datetime.timedelta and n for n in words.values()):
        raise ValueError("an offset that may stand still")
    return getattr(pandas.offsets, name)(times, normalize, **words)


def can_be_checked(steps: typing.Any, labels: int) -> bool:
    """
    Tell whether pandas can see in a moment whether labels are in such steps.

    It takes up to 10 µs for a label, and for ever where steps go now a month and now a microsecond.
    """
    import pandas

    if isinstance(steps, (pandas.offsets.Tick, pandas.offsets.Day)):
        return True
    if type(steps) is pandas.DateOffset:
        words = steps.kwds
        if len(words) != 1 or not all(word.endswith("s") and words[word] > 0 for word in words):
            return False
    return steps.n != 0 and labels <= MOST_LABELS


def _build_not_a_time() -> object:
    import pandas

    return pandas.NaT


def _build_missing() -> object:
    import pandas

    return pandas.NA


APART: dict[str, tuple[bytes, Callable[[typing.Any, int], Parts]]] = {
    "Timestamp": (b"P", _moment),
    "Timedelta": (b"Q", _span),
    "Period": (b"Y", _period),
    "Interval": (b"B", _interval),
}
BUILDS: dict[bytes, Callable[..., object]] = {
    b"P": _build_moment,
    b"Q": _build_span,
    b"Y": _build_period,
    b"B": _build_interval,
    b"L": _build_not_a_time,
    b"K": _build_missing,
    b"o": _build_step,
}


def takes(names: dict[str, typing.Any]) -> dict[int, Take]:
    """Return how the scalars are written, by the ids of their classes, of what pandas has."""
    found = {id(names[name]): Take(tag, True, WHOLE, how) for name, (tag, how) in APART.items()}
    for name, tag in (("NaT", b"L"), ("NA", b"K")):
        found[id(type(names[name]))] = Take(tag, True, WHOLE, lambda value, budget: ())
    offsets = inside(names, "offsets")
    classes = [offsets[name] for name in STEPS if name in offsets]
    return found | {id(kind): Take(b"o", True, WHOLE, step) for kind in classes}
