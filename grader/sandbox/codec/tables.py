"""
Tables of pandas: columns, labels and names.

A column is an array of NumPy or one of `columns`. One that has no plain form is an array of
objects, those of its items opaque that are: the table around it stays a table. Subclasses of tables
stay in the guest.
"""

import contextlib
import typing

from grader.sandbox.codec import arrays, columns, compounds, moments
from grader.sandbox.codec.compounds import WHOLE, Parts, Take, TooLarge
from grader.sandbox.codec.limits import MOST

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
    names = arrays.inside(arrays.MODULES, "pandas")
    needed = *_APART, *moments.APART, "NaT", "NA", "arrays", "offsets", "api"
    if not all(name in names for name in needed):
        return None
    return {
        **{id(names[name]): Take(*how[:2], WHOLE, *how[2:4]) for name, how in _APART.items()},
        **moments.takes(names),
        **columns.takes(names),
    }


def _label(value: typing.Any) -> bool:
    """Tell whether a name can be hashed on the other side, too."""
    kind = type(value)
    if kind is tuple:
        return all(map(_label, value))
    how = takes().get(id(kind))
    return compounds.is_key(value) or (how is not None and how.hashable)


def _loose(part: object) -> object:
    return columns.loose(part, id(type(part)) in takes())


def _column(values: typing.Any) -> object:
    """Return what a Series or an Index holds; of an array that is not of pandas, objects."""
    import numpy

    if isinstance(values.dtype, numpy.dtype):
        return values.to_numpy()
    array = values.array
    return array if id(type(array)) in takes() else columns.loose(array, known=False)


def _series(value: typing.Any, budget: int) -> Parts:
    if len(value) > budget:
        raise TooLarge
    return (_column(value), value.name, value.index) if _label(value.name) else None


def _build_series(values: object, name: object, index: object) -> object:
    import pandas

    held = columns.column(values)
    return pandas.Series(held, index=_labels(index), name=name, dtype=held.dtype)


def _labels(index: object) -> typing.Any:
    import pandas

    if not isinstance(index, pandas.Index):
        raise ValueError("no labels")
    return index


def _index(value: typing.Any, budget: int) -> Parts:
    if len(value) > budget:
        raise TooLarge
    return (_column(value), value.name, None) if _label(value.name) else None


def _build_index(values: object, name: object, frequency: object) -> object:
    import pandas

    held = columns.column(values)
    index = pandas.Index(held, name=name, dtype=held.dtype, tupleize_cols=False)
    if frequency is not None and moments.can_be_checked(frequency, len(index)):
        with contextlib.suppress(ValueError):  # labels that are not in such steps have none
            index.freq = frequency
    return index


def _times(value: typing.Any, budget: int) -> Parts:
    steps = value.freq
    how = takes().get(id(type(steps)))
    known = how is not None and how.apart(steps, budget) is not None
    parts = _index(value, budget)
    return parts and (*parts[:2], steps if known else None)


def _frame(value: typing.Any, budget: int) -> Parts:
    if value.shape[0] * value.shape[1] > budget:
        raise TooLarge
    held = [_column(value.iloc[:, at]) for at in range(value.shape[1])]
    return value.index, value.columns, *held


def _build_frame(index: typing.Any, names: typing.Any, *parts: object) -> object:
    import pandas

    values = [columns.column(part) for part in parts]
    if len(values) != len(_labels(names)):
        raise ValueError("another number of columns")
    if any(len(column) != len(_labels(index)) for column in values):
        raise ValueError("columns of another length")
    table = pandas.DataFrame(
        {at: pandas.Series(c, index=index, dtype=c.dtype) for at, c in enumerate(values)},
        index=index,
    )
    table.columns = names
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
    return (names, *value.codes, *value.levels) if _label(names) else None


def _build_many(names: tuple, *parts: typing.Any) -> object:
    import pandas

    half = len(parts) // 2
    codes, levels = parts[:half], parts[half:]
    if type(names) is not tuple or not len(names) == len(codes) == len(levels) > 0:
        raise ValueError("another number of levels")
    for numbers, labels in zip(codes, levels, strict=True):
        columns.flat(numbers, "i")
        if len(numbers) != len(codes[0]) or isinstance(_labels(labels), pandas.MultiIndex):
            raise ValueError("no level")
        if len(numbers) and not -1 <= numbers.min() <= numbers.max() < len(labels):
            raise ValueError("no number of a label")
    return pandas.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=False)


_APART: dict[str, tuple] = {  # class: tag, can be a key, apart, loose, together
    "Series": (b"V", False, _series, _loose, _build_series),
    "DataFrame": (b"W", False, _frame, _loose, _build_frame),
    "Index": (b"J", False, _index, _loose, _build_index),
    "DatetimeIndex": (b"J", False, _times, _loose, _build_index),
    "TimedeltaIndex": (b"J", False, _times, _loose, _build_index),
    "CategoricalIndex": (b"J", False, _index, _loose, _build_index),
    "PeriodIndex": (b"J", False, _index, _loose, _build_index),
    "IntervalIndex": (b"J", False, _index, _loose, _build_index),
    "RangeIndex": (b"G", False, _range, None, _build_range),
    "MultiIndex": (b"H", False, _many, _loose, _build_many),
}
BUILDS = arrays.BUILDS | moments.BUILDS | columns.BUILDS
BUILDS |= {how[0]: how[4] for how in _APART.values()}
