"""Arrays and tables on the wire: they arrive as they were, or not at all."""

import datetime
import timeit

import numpy as np
import pandas as pd
import pytest

from grader.sandbox import codec
from grader.sandbox.codec import Opaque, about, tables

OBJECTS = np.array([1, "a", None, [1, 2], np.array([1, 2]), np.array(4), (5,)], dtype=object)
FIXED = datetime.timezone(datetime.timedelta(hours=1))


def there(value: object) -> object:
    """Send a value over the wire, as the guest does."""
    return codec.loads(codec.dumps(value, remember=lambda thing: 7))


@pytest.mark.parametrize(
    "value",
    [
        *(np.int8(-3), np.uint64(2**64 - 1), np.float16(2), np.float64("nan"), np.bool_(True)),
        *(np.complex64(1j), np.str_("aé"), np.str_(""), np.bytes_(b"x"), np.bytes_(b"")),
        *(np.datetime64("2020-01-01"), np.datetime64("NaT"), np.timedelta64(3, "ms")),
        *(pd.Timestamp("2020"), pd.Timestamp("2020", tz="Europe/Paris"), pd.NaT, pd.NA),
        *(pd.Timestamp("2020-01-01 10:00", tz=FIXED), pd.Timestamp("2020", tz="UTC")),
        *(pd.Timedelta("1D"), pd.Timestamp(1, unit="ns")),
    ],
    ids=repr,
)
def test_scalars_keep_their_type(value):
    """A scalar of NumPy or pandas is the same scalar on the other side, as a key, too."""
    found = there(value)

    assert type(value) is type(found)
    assert repr(value) == repr(found)
    assert [repr(value)] == [repr(key) for key in there({value: 1})]


@pytest.mark.parametrize(
    "value",
    [
        *(np.arange(6).reshape(2, 3), np.array(5.0), np.array([]), np.zeros((0, 3))),
        *(np.array(["a", "bcd"]), np.array([b"a"]), np.array([True]), np.array([np.nan, -0.0])),
        *(np.array([1, 2], ">i4"), np.asfortranarray(np.arange(6).reshape(2, 3)), OBJECTS),
        *(np.array(["2020-01-01", "NaT"], "M8[D]"), np.arange(9)[::-2], np.array([1j])),
        *(np.array([[{}, ()]], dtype=object), np.array(None), np.ones((1,) * 10)),
    ],
    ids=lambda value: f"{value.dtype}{value.shape}",
)
def test_arrays_keep_dtype_shape_and_values(value):
    """An array arrives with its dtype, shape and values, and can be changed."""
    found = there(value)

    assert (np.ndarray, value.dtype, value.shape) == (type(found), found.dtype, found.shape)
    assert repr(value.tolist()) == repr(found.tolist())
    assert [type(item) for item in value.flat] == [type(item) for item in found.flat]
    assert found.flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        *(np.longdouble(1), np.zeros(3, dtype="i4,f4"), np.zeros(2).view(np.matrix)),
        *(np.ma.array([1]), np.broadcast_to(0, (10**10,)), np.zeros(10**8), np.zeros(2, "V4")),
        *(np.rec.array([(1, 2.0)]), np.polynomial.Polynomial([1, 2]), np.poly1d([1, 2])),
        *(np.zeros(1, dtype="i4,f4")[0], pd.offsets.CustomBusinessDay(), pd.offsets.Easter()),
        *(pd.offsets.BusinessDay(2_000_000), pd.Series([1], name=frozenset({object()}))),
        type("Mine", (pd.DataFrame,), {})(),
        type("Mine", (np.ndarray,), {})(3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_plain_form_stays_in_the_room(value):
    """Subclasses, fields, masks and giants are opaque, quickly and as a whole."""
    found = there([value, 1])

    assert Opaque is type(found[0])
    assert type(value).__name__ == about(found[0]).type_name
    assert 1 == found[1]


@pytest.mark.parametrize(("kind", "shape"), [(pd.Series, 10**7), (pd.DataFrame, (10**6, 10))])
def test_a_giant_stays_in_the_room(kind, shape):
    """A table that is larger than a message may be is opaque, quickly and as a whole."""
    found = there([kind(np.zeros(shape)), 1])

    assert Opaque is type(found[0])
    assert 1 == found[1]


def test_objects_in_an_array_are_opaque_one_by_one():
    """An array or column of objects arrives; only what is in it is opaque."""
    array, column = there([np.array([object(), 1]), pd.Series([object(), 1])])

    assert [Opaque, int] == [type(item) for item in array]
    assert [Opaque, int] == [type(item) for item in column]


SERIES = [
    pd.Series([1, 2]),
    pd.Series([1.5, None], name="x", index=["a", "b"]),
    pd.Series(["a", None]),
    pd.Series(["a", 1], dtype=object),
    pd.Series(["a", "b"], dtype=object),
    pd.Series([1, None], dtype="Int64"),
    pd.Series([True, None], dtype="boolean"),
    pd.Series(["a", None], dtype="string"),
    pd.Series(["a", "b", "a"], dtype="category"),
    pd.Series(pd.date_range("2020", periods=2)),
    pd.Series(pd.date_range("2020", periods=2, tz="Europe/Paris")),
    pd.Series(pd.date_range("2020", periods=2, tz="UTC")),
    pd.Series(pd.to_timedelta([1, 2])),
    pd.Series([], dtype=float),
    pd.Series([1], name=("a", 1)),
    pd.Series([3], index=pd.MultiIndex.from_tuples([("a", 1)], names=["x", None])),
]


@pytest.mark.parametrize("value", SERIES, ids=lambda value: str(value.dtype))
def test_columns_keep_dtype_index_and_name(value):
    """A Series arrives with its values, dtype, index and name."""
    pd.testing.assert_series_equal(value, there(value), check_freq=False)


@pytest.mark.parametrize(
    "value",
    [
        *(pd.Index([1, 2]), pd.Index(["a"], name="n"), pd.RangeIndex(0, 9, 3, name="r")),
        *(pd.DatetimeIndex(["2020"]), pd.TimedeltaIndex([1]), pd.CategoricalIndex(["a"])),
        *(pd.Index([1, "a"], dtype=object), pd.Index([1, None], dtype="Int64")),
        pd.DatetimeIndex(["2020"], tz="Europe/Paris"),
    ],
    ids=lambda value: f"{type(value).__name__} of {value.dtype}",
)
def test_an_index_keeps_its_class_and_labels(value):
    """Every kind of index arrives as the same kind."""
    found = there(value)

    assert type(value) is type(found)
    pd.testing.assert_index_equal(value, found, exact=True)


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.Categorical(["u", "v"])}),
        pd.DataFrame(),
        pd.DataFrame(index=[1, 2]),
        pd.DataFrame(columns=["a"]),
        pd.DataFrame([[1, 2.5]], columns=["a", "a"]),
        pd.DataFrame({"k": [1, 1, 2], "v": [1, 2, 3]}).groupby("k").agg(["sum", "mean"]),
    ],
    ids=["mixed", "empty", "index only", "columns only", "equal names", "grouped"],
)
def test_tables_keep_columns_and_index(value):
    """A DataFrame arrives with its columns, their dtypes and its index."""
    pd.testing.assert_frame_equal(value, there(value))


def test_a_patched_pandas_only_hurts_its_own_table(monkeypatch):
    """A learner who breaks DataFrame gets an opaque table; the other values arrive."""
    value = pd.DataFrame({"a": [1]})
    monkeypatch.setattr(pd.DataFrame, "shape", property(lambda self: 1 / 0))
    found = there({"table": value, "n": 1})

    assert Opaque is type(found["table"])
    assert 1 == found["n"]


def test_a_module_that_is_none_hurts_only_what_is_in_it(monkeypatch):
    """A learner who puts something else in the place of `pandas.arrays` has tables all the same."""
    for name, module in (("arrays", pd), ("offsets", pd), ("dtypes", np)):
        monkeypatch.setattr(module, name, 5)
    monkeypatch.setattr(tables, "_imported", set())
    monkeypatch.setattr(tables, "_found", {})
    value = pd.DataFrame({0: [1, 2], 1: pd.array([1, None], dtype="Int64")})
    found = codec.dumps([value, pd.offsets, np.dtypes, np.zeros(1).dtype])
    monkeypatch.undo()
    table, *rest, dtype = codec.loads(found)

    assert [1, 2] == table[0].tolist()
    assert [5, 5] == rest
    assert Opaque is type(dtype) is type(table[1][0])


def test_a_table_takes_a_millisecond():
    """A DataFrame of 100 rows and 5 columns goes there in a few milliseconds."""
    table = pd.DataFrame({name: np.arange(100.0) for name in "abcde"})
    took = min(timeit.repeat(lambda: there(table), number=20, repeat=3)) / 20

    assert table.equals(there(table))
    assert took < 0.01
