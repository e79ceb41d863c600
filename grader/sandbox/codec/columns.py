"""
The arrays of pandas: what a column is made of where NumPy has no dtype for it.

All have one tag and are a kind and its parts: numbers and texts that may be missing, categories,
periods, intervals, moments, sparse numbers and Arrow's. pandas is never imported to write.
"""

import functools
import re
import typing
from collections.abc import Callable

from grader.sandbox.codec import introspection, moments
from grader.sandbox.codec.arrays import DTYPE, inside
from grader.sandbox.codec.compounds import PLAIN, Parts, Take, TooLarge, is_key
from grader.sandbox.codec.limits import MOST

_DTYPES = (
    *("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"),
    *("Float32", "Float64", "Boolean", "String", "Categorical", "DatetimeTZ"),
    *("Period", "Interval", "Sparse", "Arrow"),
)
_UNIT = "(s|ms|us|ns)"
_ARROW = re.compile(
    r"u?int(8|16|32|64)|halffloat|float|double|bool|null|(large_)?(string|binary)"
    rf"|date32\[day\]|date64\[ms\]|time32\[m?s\]|time64\[[un]s\]|duration\[{_UNIT}\]"
    rf"|timestamp\[(?P<unit>{_UNIT})(, tz=(?P<zone>{moments.ZONE.pattern}))?\]"
    r"|decimal128\((?P<digits>[1-9]\d?), (?P<places>\d\d?)\)"
)
TAG = b"v"


def _masked(value: typing.Any, budget: int) -> Parts:
    return value.to_numpy(dtype=value.dtype.numpy_dtype, na_value=0), value.isna()


def _build_masked(kept: typing.Any, missing: object) -> object:
    import pandas

    flat(kept), flat(missing)
    integer, floating = pandas.arrays.IntegerArray, pandas.arrays.FloatingArray
    kinds = {"b": pandas.arrays.BooleanArray, "i": integer, "u": integer, "f": floating}
    made = kinds[kept.dtype.kind](kept, missing)
    if made.dtype.numpy_dtype != kept.dtype:
        raise ValueError("no numbers of pandas")
    return made


def _texts(value: typing.Any, budget: int) -> Parts:
    import pandas

    storage = value.dtype.storage
    missing = value.isna().tolist()
    texts = [
        None if gone else introspection.text(text)
        for gone, text in zip(missing, value, strict=True)
    ]
    return storage, value.dtype.na_value is pandas.NA, texts


def _build_texts(storage: object, known: object, texts: object) -> object:
    import pandas

    if type(texts) is not list or not all(text is None or type(text) is str for text in texts):
        raise ValueError("no texts")
    return pandas.array(texts, dtype=_text_dtype(storage, known))


def _text_dtype(storage: object, known: object) -> object:
    """Return the dtype of texts that are stored so, or as Python's where Arrow is not there."""
    import pandas

    if type(storage) is not str or storage not in ("python", "pyarrow") or type(known) is not bool:
        raise ValueError("no texts")
    more = {} if known else {"na_value": float("nan")}
    try:
        return pandas.StringDtype(storage, **more)
    except ImportError:
        return pandas.StringDtype("python", **more)


def _times(value: typing.Any, budget: int) -> Parts:
    if value.tz is None:
        return value.to_numpy(), None
    return value.tz_convert(None).to_numpy(), moments.zone(value.tz)


def _build_times(values: typing.Any, zone: object) -> object:
    import pandas

    made = pandas.DatetimeIndex(flat(values, "M"))
    if zone is not None:
        made = made.tz_localize("UTC").tz_convert(moments.read_zone(zone))
    return made.array


def _spans(value: typing.Any, budget: int) -> Parts:
    return (value.to_numpy(),)


def _build_spans(values: typing.Any) -> object:
    import pandas

    return pandas.TimedeltaIndex(flat(values, "m")).array


def _numpy(value: typing.Any, budget: int) -> Parts:
    return (value.to_numpy(),)


def _build_numpy(values: typing.Any) -> object:
    import pandas

    return pandas.arrays.NumpyExtensionArray(flat(values))


def _periods(value: typing.Any, budget: int) -> Parts:
    return value.asi8, moments.frequency(value.dtype)


def _build_periods(ordinals: typing.Any, name: object) -> object:
    import pandas

    if flat(ordinals).dtype != "int64":
        raise ValueError("no numbers of periods")
    return pandas.arrays.PeriodArray(ordinals, dtype=moments.period_dtype(name))


def _intervals(value: typing.Any, budget: int) -> Parts:
    return value.left, value.right, value.closed


def _build_intervals(left: object, right: object, closed: object) -> object:
    import pandas

    if not (isinstance(left, pandas.Index) and isinstance(right, pandas.Index)):
        raise ValueError("no ends")
    return pandas.arrays.IntervalArray.from_arrays(left, right, closed)


def _categories(value: typing.Any, budget: int) -> Parts:
    import numpy

    kinds = value.categories
    if kinds.dtype == numpy.dtype(object) and not all(map(is_key, kinds)):
        return None  # they are compared when they are put together
    return value.codes, kinds, bool(value.ordered)


def _build_categories(codes: object, categories: object, ordered: bool) -> object:
    import pandas

    if not isinstance(categories, pandas.Index):
        raise ValueError("no categories")
    return pandas.Categorical.from_codes(flat(codes), categories=categories, ordered=ordered)


def _sparse(value: typing.Any, budget: int) -> Parts:
    if len(value) * value.dtype.subtype.itemsize > budget:
        raise TooLarge
    dense = value.to_dense()
    return (dense, value.fill_value) if dense.dtype.kind in "biuf" else None


def _build_sparse(dense: typing.Any, fill: object) -> object:
    import numpy
    import pandas

    if flat(dense).dtype.kind not in "biuf" or not isinstance(fill, (int, float, numpy.generic)):
        raise ValueError("no sparse numbers")
    dtype = pandas.SparseDtype(dense.dtype, fill)
    return pandas.arrays.SparseArray(dense, fill_value=fill, dtype=dtype)


def _arrow(value: typing.Any, budget: int) -> Parts:
    name = str(value.dtype.pyarrow_dtype)
    if not _ARROW.fullmatch(name):
        return None
    near = value.astype(_near(value.dtype))
    return name, near.tolist() if near.dtype == object else near


def _near(dtype: typing.Any) -> object:
    """Return the dtype of pandas that holds the values of an Arrow's without loss, or object."""
    import numpy
    import pandas

    plain = dtype.numpy_dtype
    if zone := getattr(dtype.pyarrow_dtype, "tz", None):
        return pandas.DatetimeTZDtype(numpy.datetime_data(plain)[0], zone)
    if dtype.type is str:
        return pandas.StringDtype("python")
    if plain.kind in "mM" and dtype.name.startswith(("timestamp", "duration")):
        return plain
    if plain.kind in "biuf" and plain != numpy.float16:
        return pandas.api.types.pandas_dtype(_MASKED[plain.kind].format(8 * plain.itemsize))
    return numpy.dtype(object)


_MASKED = {"b": "boolean", "i": "Int{}", "u": "UInt{}", "f": "Float{}"}


def _build_arrow(name: object, near: typing.Any) -> object:
    import numpy
    import pandas

    parts = _ARROW.fullmatch(name) if type(name) is str else None
    if not parts:
        raise ValueError("no type of Arrow")
    if type(near) is list:
        near = objects(near)
    try:
        dtype = pandas.ArrowDtype(_arrow_type(parts))
    except ImportError:
        return column(near)
    if column(near).dtype != _near(dtype):
        raise ValueError("values of another type")
    if near.dtype == numpy.dtype(object):
        near = [None if item is pandas.NA else item for item in near]
    return pandas.array(near, dtype=dtype)


def _arrow_type(parts: re.Match) -> object:
    import pyarrow

    if parts["zone"]:
        return pyarrow.timestamp(parts["unit"], tz=parts["zone"])
    if parts["digits"]:
        return pyarrow.decimal128(int(parts["digits"]), int(parts["places"]))
    return pyarrow.type_for_alias(parts[0])


def flat(values: typing.Any, kinds: str = "") -> typing.Any:
    """
    Return an array of NumPy that is one column, of these kinds of dtypes.

    Raises: ValueError for anything else.
    """
    import numpy

    fits = type(values) is numpy.ndarray and values.ndim == 1
    if not fits or (kinds and values.dtype.kind not in kinds):
        raise ValueError("no column")
    return values


def column(values: typing.Any) -> typing.Any:
    """
    Return an array of NumPy or pandas that is one column.

    Raises: ValueError for anything else.
    """
    import pandas

    if isinstance(values, pandas.api.extensions.ExtensionArray):
        return values
    return flat(values)


def objects(items: list) -> typing.Any:
    """Return items as an array of objects, whatever they are."""
    import numpy

    made = numpy.empty(len(items), dtype=object)
    for at, item in enumerate(items):
        made[at] = item
    return made


def loose(values: typing.Any, known: bool) -> typing.Any:
    """
    Return a column or the labels of a table as objects, to be written one by one.

    Of a class that is not known nobody reads the items: each is the whole.

    Raises: TooLarge for more than a message may have; TypeError for what is no column.
    """
    import numpy
    import pandas

    if not isinstance(values, (numpy.ndarray, pandas.Index, pandas.api.extensions.ExtensionArray)):
        raise TypeError("no column")
    size = len(values)
    if size > MOST:
        raise TooLarge
    found = objects(list(values) if known else [values] * size)
    if isinstance(values, pandas.Index):
        return pandas.Index(found, dtype=object, name=values.name, tupleize_cols=False)
    return found


_KINDS: dict[str, tuple[tuple[str, ...], Callable, Callable]] = {
    "masked": (("IntegerArray", "FloatingArray", "BooleanArray"), _masked, _build_masked),
    "texts": (("StringArray", "ArrowStringArray"), _texts, _build_texts),
    "times": (("DatetimeArray",), _times, _build_times),
    "spans": (("TimedeltaArray",), _spans, _build_spans),
    "numpy": (("NumpyExtensionArray",), _numpy, _build_numpy),
    "periods": (("PeriodArray",), _periods, _build_periods),
    "intervals": (("IntervalArray",), _intervals, _build_intervals),
    "categories": (("Categorical",), _categories, _build_categories),
    "sparse": (("SparseArray",), _sparse, _build_sparse),
    "arrow": (("ArrowExtensionArray",), _arrow, _build_arrow),
}


def takes(pandas: dict[str, typing.Any]) -> dict[int, Take]:
    """Return how the arrays and dtypes are written, by the ids of their classes."""
    arrays = inside(pandas, "arrays")
    dtypes = [pandas[f"{name}Dtype"] for name in _DTYPES if f"{name}Dtype" in pandas]
    return {id(kind): Take(DTYPE, False, PLAIN, _dtype) for kind in dtypes} | {
        id(arrays[name]): Take(TAG, False, PLAIN, functools.partial(_with_kind, kind, how))
        for kind, (names, how, _) in _KINDS.items()
        for name in names
        if name in arrays
    }


def _dtype(value: typing.Any, budget: int) -> Parts:
    """Write a dtype as an array of it that holds nothing."""
    import pandas

    return (pandas.array([], dtype=value),)


def _build_dtype(values: typing.Any) -> object:
    import numpy

    return (values if type(values) is numpy.ndarray else column(values)).dtype


def _with_kind(kind: str, how: Callable, value: typing.Any, budget: int) -> Parts:
    if len(value) > budget:
        raise TooLarge
    parts = how(value, budget)
    return parts and (kind, *parts)


def _build(kind: str, *parts: object) -> object:
    return _KINDS[kind][2](*parts)


BUILDS: dict[bytes, Callable[..., object]] = {TAG: _build, DTYPE: _build_dtype}
