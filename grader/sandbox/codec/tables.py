"""
Tables and columns of pandas as arrays, labels and names.

A column is three parts: its kind, its values, and for times its zone. pandas is never imported to
write; what has no plain form (intervals, periods, subclasses) stays in the guest.
"""

import datetime
import re
import typing
import zoneinfo

from grader.sandbox.codec import arrays, compounds
from grader.sandbox.codec.compounds import Parts, Take, TooLarge
from grader.sandbox.codec.limits import MOST

_MASKED = re.compile(r"U?Int(8|16|32|64)|Float(32|64)|boolean|string|str")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,40}")
_found: dict[int, Take] = {}
_imported: set[str] = set()


def takes() -> dict[int, Take]:
    """Return how the classes of NumPy and pandas are taken apart, as far as they are imported."""
    for name, look in (("numpy", arrays.takes), ("pandas", _pandas)):
        if name not in _imported and (found := look()):
            _imported.add(name)
            _found.update(found)
    return _found


def _pandas() -> dict[int, Take] | None:
    pandas = arrays._MODULES.get("pandas")
    names = vars(pandas) if pandas is not None else {}
    if not all(name in names for name in (*_APART, "NaT", "NA")):
        return None
    found = {id(names[name]): Take(*how[:2], True, how[2]) for name, how in _APART.items()}
    found[id(type(names["NaT"]))] = Take(b"L", True, True, lambda value, budget: ())
    found[id(type(names["NA"]))] = Take(b"K", True, True, lambda value, budget: ())
    return found


def _label(value: typing.Any) -> bool:
    """Tell whether a name can be hashed on the other side, too."""
    kind = type(value)
    if kind is tuple:
        return all(_label(item) for item in value)
    plain = value is None or kind in (str, int, float, bool)
    how = compounds.TAKES.get(id(kind)) or takes().get(id(kind))
    return plain or (how is not None and how.hashable)


def _zone(zone: object) -> object:
    """Return a zone that can be sent: a fixed one, or the key of one."""
    if type(zone) is zoneinfo.ZoneInfo:
        return zone.key
    if zone is None or type(zone) is datetime.timezone:
        return zone
    raise ValueError("another kind of zone")


def _read_zone(zone: object) -> datetime.tzinfo | None:
    if type(zone) is str and _ZONE.fullmatch(zone):
        return zoneinfo.ZoneInfo(zone)
    if zone is None or type(zone) is datetime.timezone:
        return zone
    raise ValueError("no zone")


def _column(values: typing.Any) -> tuple:
    """Take the values of a Series or an Index apart."""
    import numpy
    import pandas

    dtype = values.dtype
    if isinstance(dtype, pandas.CategoricalDtype):
        return "category", values.array, None
    if isinstance(dtype, pandas.DatetimeTZDtype):
        plain = pandas.DatetimeIndex(values).tz_convert("UTC").tz_localize(None)
        return "zone", plain.to_numpy(), _zone(dtype.tz)
    if isinstance(dtype, numpy.dtype):
        return "numpy", values.to_numpy(), None
    if not _MASKED.fullmatch(str(dtype)):
        raise ValueError("a dtype without a plain form")
    return str(dtype), values.astype(object).tolist(), None


def _build_column(kind: str, values: typing.Any, zone: object) -> typing.Any:
    import pandas

    if kind == "category":
        if type(values) is not pandas.Categorical:
            raise ValueError("no categories")
        return values
    if kind == "zone":
        return pandas.DatetimeIndex(values).tz_localize("UTC").tz_convert(_read_zone(zone)).array
    if kind == "numpy":
        if values.ndim != 1:
            raise ValueError("no column")
        return values
    if not _MASKED.fullmatch(kind):
        raise ValueError("no dtype")
    return pandas.array(values, dtype=kind)


def _named(value: typing.Any, budget: int) -> Parts:
    if len(value) > budget:
        raise TooLarge
    return (*_column(value), value.name) if _label(value.name) else None


def _series(value: typing.Any, budget: int) -> Parts:
    parts = _named(value, budget)
    return parts and (*parts, value.index)


def _build_series(*parts: typing.Any) -> object:
    import pandas

    *column, name, index = parts
    values = _build_column(*column)
    return pandas.Series(values, index=index, name=name, dtype=values.dtype)


def _build_index(*parts: typing.Any) -> object:
    import pandas

    *column, name = parts
    values = _build_column(*column)
    return pandas.Index(values, name=name, dtype=values.dtype)


def _frame(value: typing.Any, budget: int) -> Parts:
    if value.shape[0] * value.shape[1] > budget:
        raise TooLarge
    columns = [_column(value.iloc[:, at]) for at in range(value.shape[1])]
    return value.index, value.columns, *(part for column in columns for part in column)


def _build_frame(index: typing.Any, columns: typing.Any, *parts: typing.Any) -> object:
    import pandas

    size = len(columns)
    if len(parts) != 3 * size:
        raise ValueError("another number of columns")
    values = [_build_column(*parts[3 * at : 3 * at + 3]) for at in range(size)]
    if any(len(column) != len(index) for column in values):
        raise ValueError("columns of another length")
    table = pandas.DataFrame(
        {at: pandas.Series(c, index=index, dtype=c.dtype) for at, c in enumerate(values)},
        index=index,
    )
    table.columns = columns
    return table


def _range(value: typing.Any, budget: int) -> Parts:
    if len(value) > MOST:
        raise TooLarge
    return (value.start, value.stop, value.step, value.name) if _label(value.name) else None


def _build_range(start: int, stop: int, step: int, name: object) -> object:
    import pandas

    return pandas.RangeIndex(compounds.build_range(start, stop, step), name=name)


def _many(value: typing.Any, budget: int) -> Parts:
    names = tuple(value.names)
    codes = [codes.tolist() for codes in value.codes]
    return (names, codes, *value.levels) if _label(names) else None


def _build_many(names: tuple, codes: list, *levels: object) -> object:
    import pandas

    return pandas.MultiIndex(levels=levels, codes=codes, names=names)


def _categorical(value: typing.Any, budget: int) -> Parts:
    return value.codes, value.categories, bool(value.ordered)


def _build_categorical(codes: object, categories: object, ordered: bool) -> object:
    import pandas

    return pandas.Categorical.from_codes(codes, categories=categories, ordered=ordered)


def _moment(value: typing.Any, budget: int) -> Parts:
    return value.asm8, _zone(value.tz)


def _build_moment(moment: object, zone: object) -> object:
    import numpy
    import pandas

    if type(moment) is not numpy.datetime64:
        raise ValueError("no moment")
    plain = pandas.Timestamp(moment)
    return plain if zone is None else plain.tz_localize("UTC").tz_convert(_read_zone(zone))


def _span(value: typing.Any, budget: int) -> Parts:
    return (value.asm8,)


def _build_span(span: object) -> object:
    import numpy
    import pandas

    if type(span) is not numpy.timedelta64:
        raise ValueError("no span")
    return pandas.Timedelta(span)


def _build_not_a_time() -> object:
    import pandas

    return pandas.NaT


def _build_missing() -> object:
    import pandas

    return pandas.NA


_APART: dict[str, tuple] = {  # class: tag, can be a key, apart, together
    "Series": (b"V", False, _series, _build_series),
    "DataFrame": (b"W", False, _frame, _build_frame),
    "Index": (b"J", False, _named, _build_index),
    "DatetimeIndex": (b"J", False, _named, _build_index),
    "TimedeltaIndex": (b"J", False, _named, _build_index),
    "CategoricalIndex": (b"J", False, _named, _build_index),
    "RangeIndex": (b"G", False, _range, _build_range),
    "MultiIndex": (b"H", False, _many, _build_many),
    "Categorical": (b"k", False, _categorical, _build_categorical),
    "Timestamp": (b"P", True, _moment, _build_moment),
    "Timedelta": (b"Q", True, _span, _build_span),
}
BUILDS = arrays.BUILDS | {tag: together for tag, _, _, together in _APART.values()}
BUILDS |= {b"L": _build_not_a_time, b"K": _build_missing}
