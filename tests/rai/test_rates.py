"""The rates of groups: what is read from a learner's report, its ranges, and the static page."""

import html
import json
import random
import re

import numpy as np
import pytest
from support.modules import own_bytes

from grader.rai import groups
from grader.sanitize import safe_html
from grader.widgets import GroupRates
from grader.widgets.base import VIEW

CALM = "No report yet: finish Task 3 and run its cell again."
KEYS = ("count", *groups.RATES)


def report(**rows: tuple) -> dict:
    """Return a report as a learner's function returns it."""
    return {name: dict(zip(KEYS, row, strict=True)) for name, row in rows.items()}


GENDER = report(
    man=(989, 0.841254, 0.623862, 0.838235, 0.152104),
    nonbinary=(67, 0.686567, 0.417910, 0.574468, 0.050000),
    woman=(944, 0.769068, 0.473517, 0.677519, 0.033445),
)
ONE = GENDER["man"]


class Hostile:
    """An object that answers every question with an error."""

    def __getattribute__(self, name):
        raise RuntimeError("hostile")

    def __repr__(self):
        raise RuntimeError("hostile")

    def __eq__(self, other):
        raise RuntimeError("hostile")

    def __hash__(self):
        return hash("count")  # so that a dictionary asks whether it is equal


class Liar(dict):
    """A dictionary whose own methods fail."""

    def items(self):
        raise RuntimeError("hostile")

    __iter__ = keys = get = __len__ = __getitem__ = items


def text(twin: str) -> list[str]:
    """Return the words that a page shows."""
    return html.unescape(re.sub(r"<[^>]+>", " ", twin)).split()


def marks(part: GroupRates, rate: str) -> list[dict]:
    """Return the dots of a rate in the first feature."""
    return [row["marks"][rate] for row in part.props()["features"][0]["rows"]]


def size(part: GroupRates) -> int:
    """Return how many bytes a notebook keeps of a part."""
    view = {VIEW: {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}}
    bundle = {"text/plain": part.plain_text(), "text/html": part.static_html()} | view
    return len(json.dumps(bundle, ensure_ascii=False).encode())


def test_each_group_has_its_rate_its_people_and_its_range():
    """Three decimals, the people that the rate divides by, and Wilson's 90 % range."""
    shown = GroupRates(gender=GENDER)
    man, nonbinary, _ = marks(shown, "tpr")

    assert ["0.841", "0.687", "0.769"] == [mark["text"] for mark in marks(shown, "accuracy")]
    assert ["989 people", "67 people", "944 people"] == [
        mark["people"] for mark in marks(shown, "selection_rate")
    ]
    assert ("0.838", "680 of 989 people") == (man["text"], man["people"])
    assert ("47 of 67 people", "90 % range 0.45 to 0.69") == (
        nonbinary["people"],
        nonbinary["says"],
    )


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.999, 1.0])
@pytest.mark.parametrize("people", [1, 20, 1000])
def test_the_range_ends_where_the_share_would_just_be_no_surprise(share: float, people: int):
    """At both ends the share is 1.645 deviations away; nothing lies outside 0 and 1."""
    low, high = groups.wilson(share, people)

    assert 0 <= low <= share <= high <= 1
    for end in (low, high):
        surprise = (share - end) ** 2 - 1.645**2 * end * (1 - end) / people
        assert abs(surprise) < 1e-9


@pytest.mark.parametrize("digits", [16, 6, 3])
def test_how_many_would_repay_follows_from_the_four_rates(digits: int):
    """Exactly from exact rates, and nearly from rounded ones, where tpr and fpr are apart."""
    dice = random.Random(5)
    for _ in range(200):
        good, bad = dice.randint(1, 800), dice.randint(1, 800)
        yes, late = dice.randint(good // 2, good), dice.randint(0, bad // 4)
        count = good + bad
        rates = {
            "accuracy": (yes + bad - late) / count,
            "selection_rate": (yes + late) / count,
            "tpr": yes / good,
            "fpr": late / bad,
        }
        found = groups.repaying(count, {name: round(rate, digits) for name, rate in rates.items()})

        assert abs(good - found) <= (0 if digits > 3 else 0.02 * count)


@pytest.mark.parametrize(
    "rates",
    [
        (0.5, 0.5, 0.5, 0.5),  # any number of people would fit
        (0.9, 0.1, 0.6, 0.2),  # no number of people fits
        (0.8, 0.4, None, 0.1),
        (0.8, 0.95, 0.9, 0.1),
    ],
)
def test_without_a_number_of_people_there_is_no_range(rates: tuple):
    """Rates that do not tell how many would repay, or contradict each other, get a dot alone."""
    shown = GroupRates(gender=report(a=(100, *rates)))

    assert [None, None] == [marks(shown, rate)[0]["range"] for rate in ("tpr", "fpr")]
    assert marks(shown, "accuracy")[0]["range"]


def test_an_unknown_rate_is_a_dash():
    """None is not 0: there is nobody to divide by, and so no dot."""
    shown = GroupRates(gender=report(a=(5, 0.8, 0.2, None, 0.2)))
    (mark,) = marks(shown, "tpr")

    assert (None, "–", None, "nobody to divide by") == (
        mark["share"],
        mark["text"],
        mark["range"],
        mark["says"],
    )
    assert "5 people" == marks(shown, "fpr")[0]["people"]


def test_small_groups_are_marked_in_words():
    """A group of 99 has few people, one of 100 has not; page and static page say so."""
    shown = GroupRates(gender=report(a=(99, *[0.5] * 4), b=(100, *[0.5] * 4)))

    assert ["few people: wide range", ""] == [
        row["few"] for row in shown.props()["features"][0]["rows"]
    ]
    assert 1 == shown.static_html().count("few people: wide range")


def test_accuracy_comes_first_and_alone_has_the_line():
    """The room can guess before it switches; 0.8 is the line of accuracy only."""
    props = GroupRates(gender=GENDER).props()

    assert ["accuracy", "selection_rate", "tpr", "fpr"] == [m["key"] for m in props["measures"]]
    assert ("accuracy", 0.8) == (props["line"]["rate"], props["line"]["at"])
    assert (
        "Of those who would repay: how many get a yes?",
        "Divided by: those who would repay (`repaid` = 1).",
        "True positive rate by gender from 0.574 (nonbinary) to 0.838 (man).",
    ) == tuple(props["measures"][2][key] for key in ("asks", "whom", "says"))


def without(key: object, value: object = None, row: dict = ONE) -> dict:
    """Return a report of one group in which another key stands for the count."""
    return {"a": {key: value} | {name: row[name] for name in KEYS[1:]}}


# Each is made in its test only: other tests look at every object there is, and these answer back.
UNFINISHED = {
    "nothing": lambda: None,
    "no groups": dict,
    "a list": lambda: [ONE],
    "a text": lambda: "text",
    "a number": lambda: 0.8,
    "not a number": lambda: float("nan"),
    "an object": Hostile,
    "an array": lambda: np.array([1.0]),
    "no row": lambda: {"a": None},
    "an object as row": lambda: {"a": Hostile()},
    "an empty row": lambda: {"a": {}},
    "an object as name": lambda: {Hostile(): ONE},
    "an object as key": lambda: without(Hostile(), 1),
    "an object as count": lambda: without("count", Hostile()),
    "no count": lambda: without("number", 1),
    "half a person": lambda: without("count", 0.5),
    "nobody": lambda: without("count", 0),
    "an endless count": lambda: without("count", 10**400),
    "an endless name": lambda: {10**5000: ONE},
}


@pytest.mark.parametrize("kind", UNFINISHED)
def test_an_unfinished_report_is_one_calm_line(kind: str):
    """Whatever a function hands over, nothing is raised, and other features are shown."""
    unfinished = UNFINISHED[kind]()
    alone, beside = GroupRates(a=unfinished), GroupRates(a=unfinished, gender=GENDER)
    rows = [feature["rows"] for feature in beside.props()["features"]]

    assert ([], 3) == (rows[0], len(rows[1]))
    assert CALM == alone.props()["unfinished"]
    assert f"The rates of each group: {CALM}" == alone.plain_text()
    assert 1 == alone.static_html().count(CALM) == beside.static_html().count(CALM)
    assert "by gender" in beside.plain_text()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("wrong", ["0.5", float("nan"), float("inf"), -1, True, [], None])
def test_one_wrong_number_makes_a_report_unfinished(key: str, wrong: object):
    """Texts, numbers out of range and truth values are no rates; only tpr and fpr may be None."""
    shown = GroupRates(a={"a": ONE | {key: wrong}})

    assert (1 if wrong is None and key in ("tpr", "fpr") else 0) == len(
        shown.props()["features"][0]["rows"]
    )


def test_no_report_at_all_is_calm_too():
    """A call without arguments says the same."""
    assert 1 == GroupRates().static_html().count(CALM)


def test_numbers_of_numpy_are_numbers():
    """They are shown like Python's own, names too; Python's own number of a whole is one."""
    strange = {
        np.str_("man"): {
            "count": np.int64(989),
            **{key: np.float64(ONE[key]) for key in KEYS[1:4]},
            "fpr": np.float32(ONE["fpr"]),
        }
    }
    whole = {"man": ONE | {"count": 989.0}}

    assert GroupRates(gender={"man": ONE}).static_html() == GroupRates(gender=strange).static_html()
    assert GroupRates(gender={"man": ONE}).static_html() == GroupRates(gender=whole).static_html()


def test_a_report_is_read_once_and_by_nobody_elses_code():
    """What the report becomes later is not shown; methods of its own class are not called."""
    own = Liar({"man": Liar(ONE)})
    shown = GroupRates(gender=own)
    before = shown.static_html()
    dict.clear(own)

    assert before == shown.static_html()
    assert before == GroupRates(gender={"man": ONE}).static_html()


def test_names_are_shown_in_one_short_line_of_plain_text():
    """Markup is shown as it is, breaks and halves of characters are left out, long names cut."""
    names = ("<b>&", "two\nlines\t", "half \ud83d", "x" * 1000, "", 7)
    shown = GroupRates(some_feature={name: ONE for name in names})

    assert ["<b>&", "two lines", "half", f"{'x' * 23}…", "–", "7"] == [
        row["name"] for row in shown.props()["features"][0]["rows"]
    ]
    assert "Some feature" == shown.props()["features"][0]["name"]
    assert "&lt;b&gt;&amp;" in shown.static_html()
    assert shown.plain_text().encode() and "\n" not in shown.plain_text()


def test_what_is_too_much_is_left_out_and_said():
    """At most 12 groups, 4 features and 4,000 bytes are shown, however many there are."""
    many = {f"{number}{'&' * 100}": ONE | {"count": 999_999_999} for number in range(40)}
    shown = GroupRates(**{f"{'ä' * 200}_{number}": many for number in range(9)})

    assert [12] * 4 == [len(feature["rows"]) for feature in shown.props()["features"]]
    assert "28 more groups not shown." == shown.props()["features"][0]["more"]
    assert size(shown) <= 4_000
    assert len(re.findall(r"\d+ more rows not shown here", shown.static_html())) == 4


def test_the_part_stays_small():
    """Its own module has at most 9,000 bytes, and all that a notebook keeps 4,000."""
    shown = GroupRates(gender=GENDER, age_band=GENDER)

    assert own_bytes(shown) <= 9_000
    assert size(shown) <= 4_000


def test_the_static_page_says_all_numbers():
    """A table of each feature; bars are for the eyes only, and all of it is harmless."""
    twin = GroupRates(gender=GENDER, age_band=GENDER).static_html()

    assert ["Gender:", "Age"] == re.findall(r"<caption>(\S+)", twin)
    for cell in ("989", "0.841 (0.82–0.86)", "0.474 (0.45–0.50)", "0.574 (0.45–0.69)"):
        assert cell in twin
    assert not re.search("[█▏▎▍▌▋▊▉]", re.sub(r'<span aria-hidden="true">.*?</span>', "", twin))
    assert text(twin) == text(safe_html(twin))
    assert "<span" in safe_html(twin)


def test_facts_can_be_sent_to_the_page():
    """They are JSON data without any number that is none."""
    props = GroupRates(gender=GENDER, age_band={"a": Hostile()}).props()

    assert json.loads(json.dumps(props, allow_nan=False))["features"][0]["name"] == "Gender"


def test_two_charts_of_one_notebook_do_not_replace_each_other():
    """A chart is known by its features."""
    assert GroupRates(gender=GENDER).name != GroupRates(age_band=GENDER).name
