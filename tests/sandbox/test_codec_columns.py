"""Columns of every kind on the wire: a table with an odd column is still a table."""

import datetime
import decimal
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal
from support.courses import need_library
from test_codec_fuzz import compound, sized, text

from grader.sandbox import codec
from grader.sandbox.codec import CodecError, NotPlain, Opaque, about


class Mine:
    """An object of a learner's."""


def there(value: object) -> object:
    """Send a value over the wire, as the guest does."""
    return codec.loads(codec.dumps(value, remember=lambda thing: 7))


MONTHS = pd.period_range("2020", periods=3, freq="M")
BINS = pd.cut(pd.Series([1, 5, 9]), [0, 3, 9])
DAYS = pd.date_range("2020", periods=3)
MIXED = [
    *(1, "a", None, [1, [2]], {"a": [None]}, (1,), 0.5, datetime.date(2020, 1, 1), ...),
    *(decimal.Decimal("1.50"), pd.Timestamp("2020"), pd.Timestamp("2020", tz="Asia/Tokyo")),
    *(pd.NaT, pd.NA, pd.Interval(0, 1), pd.Period("2020", "M"), pd.Timedelta(1), {1, 2}),
    *(pd.DateOffset(months=1), np.float32(1), datetime.time(1), b"x", True, NotImplemented),
]
COLUMNS = {
    "cut": BINS,
    "cut into quarters": pd.qcut(pd.Series(range(9)), 4),
    "cut with labels": pd.cut(pd.Series([1, 5]), 2, labels=["low", "high"]),
    "cut with gaps": pd.cut(pd.Series([1, 50]), [0, 3]),
    "intervals": pd.Series(pd.interval_range(0, 3, closed="both")),
    "intervals of moments": pd.Series(pd.interval_range(DAYS[0], DAYS[2])),
    "intervals with gaps": pd.Series(pd.arrays.IntervalArray.from_tuples([(0, 1.5), np.nan])),
    "months": pd.Series(MONTHS),
    "quarters": pd.Series([pd.Period("2020Q3"), pd.NaT], dtype="period[Q-DEC]"),
    "weeks": pd.Series(pd.period_range("2020", periods=2, freq="W-TUE")),
    "Int64": pd.Series([1, None], dtype="Int64"),
    "UInt8": pd.Series([255], dtype="UInt8"),
    "Float64": pd.Series([0.1, None], dtype="Float64"),
    "Float32": pd.Series([0.1, None], dtype="Float32"),
    "boolean": pd.Series([True, None], dtype="boolean"),
    "string": pd.Series(["é", None, ""], dtype="string"),
    "str": pd.Series(["é", None, ""], dtype="str"),
    "sparse zeros": pd.Series(pd.arrays.SparseArray([0, 0, 7])),
    "sparse gaps": pd.Series(pd.arrays.SparseArray([np.nan, 1.0])),
    "sparse truths": pd.Series(pd.arrays.SparseArray([True, False])),
    "spans": pd.Series(pd.to_timedelta([1, None], unit="h")),
    "zone": pd.Series(pd.date_range("2020", periods=2, tz="Europe/Paris")),
    "fixed zone": pd.Series(pd.date_range("2020", periods=2, tz="+01:30")),
    "seconds": pd.Series(np.array(["2020-01-01", "NaT"], "M8[s]")),
    "days as categories": pd.Series(pd.Categorical([*DAYS, DAYS[0]], ordered=True)),
    "mixed categories": pd.Series(pd.Categorical(np.array([1, "a", (2, "b")], dtype=object))),
    "mixed": pd.Series(MIXED, dtype=object),
    "none": pd.Series([], dtype="period[D]"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_any_kind_arrives(name):
    """As a Series, in a table, as labels and by itself it is what it was, its dtype included."""
    column = COLUMNS[name]
    table = pd.DataFrame({"n": range(len(column)), "it": column})

    assert_series_equal(column, there(column))
    assert_frame_equal(table, there(table))
    assert type(column.array) is type(there(column.array))
    assert column.dtype == there(column.unique() if name != "mixed" else column).dtype
    assert_index_equal(pd.Index(column), there(pd.Index(column)), exact=True)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_dtype_arrives(name):
    """What a table says of its columns is there, too."""
    dtype = COLUMNS[name].dtype
    found = there(pd.DataFrame({"n": [], "it": COLUMNS[name][:0]}).dtypes)

    assert dtype == there(dtype) == found["it"]
    assert type(dtype) is type(found["it"])
    assert "float64" in (there(np.dtype("f8")), found["n"])


@pytest.mark.parametrize(
    "value",
    [
        *(pd.Interval(0, 1), pd.Interval(0.5, 1, "both"), pd.Interval(*DAYS[:2], "neither")),
        *(pd.Period("2020", "M"), pd.Period("2020-01-01 10:15", "15min"), pd.Period("2020Q1")),
        *(pd.DateOffset(months=1, days=3), pd.DateOffset(3), pd.offsets.Hour(2)),
        *(pd.offsets.BDay(), pd.offsets.MonthEnd(-2, normalize=True), pd.offsets.Day()),
        *(pd.offsets.Week(weekday=2), pd.offsets.YearEnd(month=3), pd.NaT, pd.NA, NotImplemented),
    ],
    ids=repr,
)
def test_scalars_arrive(value):
    """An interval, a period or an offset is the same on the other side, as a key, too."""
    found = there(value)

    assert type(value) is type(found)
    assert repr(value) == repr(found)
    assert value is found or value == found
    assert [repr(value)] == [repr(key) for key in there({value: 1})]


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"x": [1, 5, 9]}).groupby(BINS, observed=False).sum(),
        pd.crosstab(BINS, pd.Series(["a", "b", "a"])),
        pd.Series([1, 5, 9]).value_counts(bins=2),
        pd.DataFrame({"x": range(3)}, index=pd.MultiIndex.from_arrays([BINS, MONTHS, DAYS])),
        pd.DataFrame({"t": range(3)}, index=DAYS).resample("MS").sum(),
        pd.DataFrame([[1, 2, 3]], columns=MONTHS),
        pd.DataFrame(dict(zip("abc", (BINS, MONTHS, COLUMNS["Int64"]), strict=True))),
        pd.DataFrame({"a": [1, 2], "b": ["x", None]}).convert_dtypes(),
        pd.get_dummies(pd.Series(["a", "b"]), sparse=True),
        pd.DataFrame({"x": pd.Series([1, "a"], dtype=object)}).dropna(),
    ],
    ids=lambda value: str(value.index.dtype),
)
def test_what_pandas_makes_arrives(value):
    """Groups by intervals, counts by bins and tables over periods arrive."""
    same = assert_frame_equal if isinstance(value, pd.DataFrame) else assert_series_equal

    same(value, there(value))


@pytest.mark.parametrize(
    "steps",
    ["D", "h", "MS", "W-TUE", "QE-MAR", "B", "-1D", "2D", pd.DateOffset(months=1)],
    ids=str,
)
def test_times_keep_their_steps(steps):
    """The frequency of an index of moments arrives, where the labels are in such steps."""
    index = pd.date_range("2020", periods=5, freq=steps)
    raw = codec.dumps(index)

    assert index.freq == there(index).freq
    assert index.freq == there(pd.Series(1, index=index)).index.freq
    assert index.tz_localize("Asia/Tokyo").freq == there(index.tz_localize("Asia/Tokyo")).freq
    assert codec.loads(raw.replace(index.asi8[2].tobytes(), index.asi8[3].tobytes())).freq is None


def test_steps_that_lead_nowhere_are_not_followed():
    """An index that says it goes on by a microsecond a month is read at once, and not believed."""
    steps = ("months", 1), ("days", -29), ("microseconds", 1)
    odd = compound("o", "DateOffset", 1, False, steps)
    labels = codec.dumps(np.array(["2020-02-01", "2020-02-02"], "M8[us]"))
    before = time.process_time()
    found = codec.loads(sized("J", 3, labels + b"N" + odd))

    assert found.freq is None
    assert time.process_time() - before < 1


class Strange(pd.api.extensions.ExtensionArray):
    """An array of a learner's own."""

    dtype = type("StrangeType", (pd.api.extensions.ExtensionDtype,), {"name": "s", "type": Mine})()

    def __len__(self) -> int:
        return 2

    def __getitem__(self, at: object) -> object:
        return self if isinstance(at, slice) else Mine()

    def copy(self) -> "Strange":
        """Return itself."""
        return self


ODD = {
    "objects": [Mine(), Mine()],
    "an array of a learner's": Strange(),
    "objects as categories": pd.Categorical([Mine(), Mine()]),
    "lists of objects": pd.Series([[Mine()], {"a": Mine()}], dtype=object),
    "tables in a table": pd.Series([np.zeros(1, "i4,f4"), np.ma.array([1])], dtype=object),
    "numbers of C": np.array([1, 2], dtype=np.longdouble),
    "sparse texts": pd.arrays.SparseArray(["a", None], dtype=pd.SparseDtype(object, None)),
}


@pytest.mark.parametrize("name", ODD)
def test_a_table_with_an_odd_column_is_still_a_table(name):
    """The other columns, the shape and the names are there; only its own items are not plain."""
    found = there([pd.DataFrame({"n": [1, 2], "odd": ODD[name], "s": ["a", "b"]}), 1])[0]

    assert (2, 3) == found.shape
    assert ["n", "odd", "s"] == list(found.columns)
    assert 3 == found["n"].sum()
    assert ["a", "b"] == found["s"].tolist()
    assert "object" == found["odd"].dtype
    assert 2 == found["n"].max() == len(found)


@pytest.mark.parametrize("name", ["objects", "an array of a learner's", "objects as categories"])
def test_only_the_use_of_an_odd_item_is_refused(name):
    """An item can be taken out, and whatever is asked of it raises NotPlain through pandas."""
    found = there(pd.DataFrame({"n": [1, 2], "odd": ODD[name]}))

    assert [Opaque, Opaque] == [type(item) for item in found["odd"]]
    for use in (
        lambda odd: odd == 1,
        lambda odd: odd.sum(),
        lambda odd: odd.astype(str),
        lambda odd: odd.iloc[0].x,
        lambda odd: odd.groupby(odd).size(),
        lambda odd: odd.sort_values(),
    ):
        with pytest.raises(NotPlain):
            use(found["odd"])


def test_a_use_that_pandas_swallows_is_known():
    """The first refusal is written down while somebody watches, and only then."""
    odd = there(pd.Series([Mine(), Mine(), "a"], dtype=object))
    with codec.refusals() as refused:
        plain = list(refused), odd.count(), odd.isna().sum()
        odd.isin(["a"])
    odd.isin(["a"])

    assert ([], 3, 0) == plain
    assert ["an object of the class 'Mine'"] == refused


@pytest.mark.parametrize(
    "labels",
    [
        pd.Index([Mine(), Mine()]),
        pd.CategoricalIndex([Mine(), Mine()]),
        pd.MultiIndex.from_arrays([[Mine(), Mine()], ["a", "b"]]),
        pd.MultiIndex.from_arrays([pd.Categorical([Mine(), "a"]), ["a", "b"]]),
        type("Labels", (pd.Index,), {})([1, 2]),
    ],
    ids=["objects", "categories", "levels", "categories in levels", "a class of a learner's"],
)
def test_odd_labels_leave_the_columns(labels):
    """Rows or columns that are named by a learner's objects can still be counted and summed."""
    rows, names = there([pd.DataFrame({"n": [1, 2]}, index=labels), pd.Series([1, 2], labels)])

    assert 3 == rows["n"].sum() == names.sum()
    assert (2, 1) == rows.shape


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.none()), st.sampled_from(["left", "both"]))
def test_numbers_that_may_be_missing_arrive(numbers, closed):
    """Integers, texts, periods, categories and intervals of any values arrive as they were."""
    whole = pd.array(numbers, dtype="Int64")
    ends = sorted(0.5 if n is None else float(n) for n in numbers)
    table = pd.DataFrame(
        {
            "whole": whole,
            "texts": pd.array([None if n is None else str(n) for n in numbers], dtype="string"),
            "periods": pd.arrays.PeriodArray(whole.to_numpy("int64", na_value=0), "period[D]"),
            "kinds": pd.Categorical(numbers),
            "spans": pd.arrays.IntervalArray.from_arrays(ends, ends, closed),
            "objects": pd.Series([*map(pd.Timedelta, whole.fillna(1) // 2**20)], dtype=object),
        }
    )

    assert_frame_equal(table, there(table))


WIDE = {
    **COLUMNS,
    **ODD,
    "a long text": pd.array(["a" * 500, None], dtype="string"),
    "a long category": pd.Categorical(["a" * 500, 1 << 3000]),
    "an index of pandas": pd.Series([pd.Index([1]), pd.Series([Mine()])], dtype=object),
    "functions": pd.Categorical([len, repr]),
}


@given(st.sampled_from(sorted(WIDE)), st.integers(200, 3000))
def test_however_little_room_there_is_what_is_written_can_be_read(name, largest):
    """A table that does not fit is an Opaque; never does a part of it break the message."""
    column = pd.Series(WIDE[name])
    table = pd.DataFrame({"n": range(len(column)), "it": column})
    levels = pd.MultiIndex.from_arrays([table["n"], table["n"]])
    for value in (table, column, column.array, [pd.Series(1, index=levels), table, 1]):
        codec.loads(codec.dumps(value, remember=lambda thing: 7, largest=largest))


PLAIN = st.recursive(
    st.sampled_from(
        [
            *(None, 0, 1, -1, 2**70, 0.5, "", "a", "M", "python", "left", "int64", True, ...),
            *(np.array([1, 2]), np.array([0.5, np.nan]), np.array(["a", "b"]), np.zeros((2, 2))),
            *(np.array([True, False]), np.array([[1], None], dtype=object), np.array(3)),
            *(
                np.array(["2020", "NaT"], "M8[s]"),
                np.array([1, 2], "m8[ns]"),
                np.datetime64("2020"),
            ),
            *(pd.Index([1, 2]), pd.Index(["a", "b"]), MONTHS[:2], BINS.array[:2], DAYS[:2]),
            *(pd.RangeIndex(2), pd.array([1, None]), pd.MultiIndex.from_arrays([[1, 2]])),
            *(pd.Timestamp("2020"), pd.offsets.Day(), pd.DataFrame({"a": [1]}), Mine()),
            *("masked", "texts", "times", "spans", "numpy", "periods", "intervals", "categories"),
            *("sparse", "arrow", "timestamp[ns]", "Day", "DateOffset", "Europe/Paris", (), {}),
        ]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple),
    max_leaves=4,
)
KINDS = ["masked", "texts", "times", "spans", "periods", "intervals", "categories", "sparse"]


@given(st.sampled_from("VWJGHPQYBoLK7"), st.lists(PLAIN, max_size=5))
def test_any_parts_make_a_table_or_a_CodecError(tag, parts):
    """Whatever is said to be a table is one that can be looked at, or is refused."""
    _loads_or_refuses(compound(tag, *parts))


@given(st.sampled_from([*KINDS, "numpy", "arrow"]), st.lists(PLAIN, max_size=4))
def test_any_parts_make_a_column_or_a_CodecError(kind, parts):
    """Whatever is said to be a column is one that can be looked at, or is refused."""
    _loads_or_refuses(compound("v", kind, *parts))


def _loads_or_refuses(raw: bytes) -> None:
    try:
        found = codec.loads(raw)
        repr(found)
    except CodecError:
        pass
    except NotPlain:
        assert b"Mine" in raw


def test_what_arrow_would_hold_arrives_without_it(monkeypatch):
    """Where Arrow is not there, its columns are pandas' own that may be missing."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    numbers = pd.array([1, None], dtype="Int64")

    assert_series_equal(
        pd.Series(numbers), pd.Series(codec.loads(compound("v", "arrow", "int64", numbers)))
    )
    assert ["a"] == codec.loads(compound("v", "texts", "pyarrow", True, ["a"])).tolist()


ARROW = {
    "numbers": pd.DataFrame({"a": [1, None], "b": [0.5, None], "c": [True, None]}),
    "texts": pd.DataFrame({"a": ["é", None]}),
    "times": pd.DataFrame({"a": DAYS, "b": DAYS.tz_localize("Asia/Tokyo"), "c": DAYS - DAYS[0]}),
}
NOON = datetime.datetime(2020, 1, 1, 12)
TYPES = {
    **dict.fromkeys(["int8", "uint64", "float", "double", "halffloat"], 1),
    **{"bool": True, "string": "é", "large_string": "é", "binary": b"x", "null": None},
    **{"date32": NOON.date(), "date64": NOON.date(), "timestamp[s]": NOON, "timestamp[ns]": NOON},
    **{"time32[s]": NOON.time(), "time64[ns]": NOON.time(), "duration[ms]": NOON - NOON},
}


@pytest.mark.parametrize("name", ARROW)
def test_columns_of_arrow_arrive(name):
    """A table of Arrow's columns has the same values and dtypes on the other side."""
    need_library("pyarrow")
    table = ARROW[name].convert_dtypes(dtype_backend="pyarrow")
    found = there(table)

    assert_frame_equal(table, found)
    assert all("pyarrow" in str(dtype) for dtype in found.dtypes)
    assert_series_equal(table["a"], there(table["a"]))


@pytest.mark.parametrize("name", [*TYPES, "money"])
def test_arrow_keeps_its_types(name):
    """A column of any type of Arrow's that is not nested is of that type on the other side."""
    pyarrow = need_library("pyarrow")
    kind = pyarrow.decimal128(5, 2) if name == "money" else pyarrow.type_for_alias(name)
    item = decimal.Decimal("1.50") if name == "money" else TYPES[name]
    column = pd.Series([item, None], dtype=pd.ArrowDtype(kind))

    assert_series_equal(column, there(column))
    assert column.dtype == there(column.dtype)
    assert type(column[0]) is type(there(column)[0])


@pytest.mark.parametrize("name", ["string[pyarrow]", "str", "string[python]"])
def test_texts_stay_where_they_are_stored(name):
    """Texts that Arrow stores are stored so on the other side."""
    need_library("pyarrow")
    texts = pd.Series(["a", None], dtype=name)

    assert_series_equal(texts, there(texts))
    assert texts.dtype.storage == there(texts).dtype.storage


def test_nested_columns_of_arrow_are_objects():
    """A column of Arrow's lists arrives as objects, their values plain."""
    pyarrow = need_library("pyarrow")
    nested = pd.array([[1, 2], None], dtype=pd.ArrowDtype(pyarrow.list_(pyarrow.int64())))
    found = there(pd.DataFrame({"n": [1, 2], "list": nested}))

    assert 3 == found["n"].sum()
    assert [1, 2] == list(found["list"][0])


def test_an_odd_object_in_a_column_says_what_it_is():
    """The class of an item is known, and its handle."""
    item = there(pd.DataFrame({"odd": [Mine()]}))["odd"][0]

    assert ("Mine", 7) == (about(item).type_name, about(item).handle)
    assert text("Mine") in codec.dumps(Mine())
