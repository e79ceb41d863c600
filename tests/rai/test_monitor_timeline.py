"""The weeks of a monitor: what is read from a learner's history, and the static page."""

import html
import json
import re

import numpy as np
import pytest
from support.modules import own_bytes

from grader.sanitize import safe_html
from grader.widgets import WeekByWeek
from grader.widgets.base import VIEW

CALM = "No weeks yet: finish Task 5 and run its cell again."


def week(number: object, score: float | None, new: bool = False, group: str = "woman") -> dict:
    """Return a week as a learner's function returns it, with a threshold of 0.75."""
    alert = score is not None and score < 0.75
    status = "Not enough data" if score is None else "Bias detected" if alert else "Fair model"
    return {
        "week": number,
        "alert": alert,
        "status": status,
        "worst_group": None if score is None else group,
        "worst_score": score,
        "new": new,
    }


HISTORY = [
    week(6, 0.8025),
    week(7, None),
    week(8, 0.6593, new=True),
    week(9, 0.6757),
    week(10, 0.7467),
    week(11, 0.75),
]


class Hostile:
    """An object that answers every question with an error."""

    def __getattribute__(self, name):
        raise RuntimeError("hostile")

    def __repr__(self):
        raise RuntimeError("hostile")


class Liar(list):
    """A list whose own methods fail."""

    def __iter__(self):
        raise RuntimeError("hostile")

    __len__ = __getitem__ = __bool__ = __iter__


def text(twin: str) -> list[str]:
    """Return the words that a page shows."""
    return html.unescape(re.sub(r"<[^>]+>", " ", twin)).split()


def size(part: WeekByWeek) -> int:
    """Return how many bytes a notebook keeps of a part."""
    view = {VIEW: {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}}
    bundle = {"text/plain": part.plain_text(), "text/html": part.static_html()} | view
    return len(json.dumps(bundle, ensure_ascii=False).encode())


def test_each_week_has_a_kind_and_a_sentence():
    """No alert, not enough data, a new alert, a continuing one; three decimals always."""
    props = WeekByWeek(HISTORY).props()

    assert ["fair", "none", "new", "on", "on", "fair"] == [one["kind"] for one in props["weeks"]]
    assert [
        "Week 6: no alert. woman 0.802, not below 0.75.",
        "Week 7: not enough data.",
        "Week 8: new alert. woman 0.659, below 0.75.",
        "Week 9: continuing alert. woman 0.676, below 0.75.",
        "Week 10: continuing alert. woman 0.747, below 0.75.",
        "Week 11: no alert. woman 0.750, not below 0.75.",
    ] == [one["says"] for one in props["weeks"]]
    assert ["0.802", "–", "0.659", "0.676", "0.747", "0.750"] == [
        one["text"] for one in props["weeks"]
    ]


def test_a_score_just_below_the_line_looks_so():
    """0.7499 is not shown as 0.750 and below 0.75."""
    (found,) = WeekByWeek([week(1, 0.7499, new=True)]).props()["weeks"]

    assert "Week 1: new alert. woman 0.7499, below 0.75." == found["says"]


def test_alerts_are_the_learners():
    """The view tells what the function returned, with the number beside it."""
    odd = week(1, 0.9) | {"alert": True, "new": True}

    assert "Week 1: new alert. woman 0.900, not below 0.75." in WeekByWeek([odd]).plain_text()


def test_the_chart_goes_from_04_to_1_and_lower_where_it_must():
    """A lower score or threshold lowers its foot; a threshold outside 0 and 1 has no line."""
    lowest = {
        0.4: WeekByWeek(HISTORY),
        0.3: WeekByWeek([week(1, 0.31)]),
        0.0: WeekByWeek([week(1, 0.0)]),
        0.2: WeekByWeek(HISTORY, threshold=0.25),
    }
    above = WeekByWeek(HISTORY, threshold=1.2).props()["threshold"]

    assert list(lowest) == [part.props()["ticks"][-1] for part in lowest.values()]
    assert 1.0 == WeekByWeek(HISTORY).props()["ticks"][0]
    assert 0.75 == WeekByWeek(HISTORY).props()["threshold"]["at"]
    assert {"at": None, "words": ["threshold", "1.2"]} == above


# Each is made in its test only: other tests look at every object there is, and these answer back.
UNFINISHED = {
    "nothing": lambda: None,
    "no weeks": list,
    "a dictionary": dict,
    "a text": lambda: "weeks",
    "an object": Hostile,
    "a generator": lambda: (week(1, 0.8) for _ in range(3)),
    "objects": lambda: [Hostile()],
    "numbers": lambda: [0.8, 0.7],
    "one broken week": lambda: [*HISTORY, {}],
    "an alert without a score": lambda: [week(1, None) | {"alert": True}],
    "itself": lambda: (lambda own: own.append(own) or own)([]),
}


@pytest.mark.parametrize("kind", UNFINISHED)
def test_an_unfinished_history_is_one_calm_line(kind: str):
    """Whatever a function hands over, nothing is raised."""
    shown = WeekByWeek(UNFINISHED[kind]())

    assert ([], CALM) == (shown.props()["weeks"], shown.props()["unfinished"])
    assert f"The monitor, week by week: {CALM}" == shown.plain_text()
    assert 1 == shown.static_html().count(CALM)


@pytest.mark.parametrize("key", sorted(week(1, 0.8)))
@pytest.mark.parametrize("wrong", [None, float("nan"), 2, [], "missing"])
def test_one_wrong_entry_makes_a_history_unfinished(key: str, wrong: object):
    """Each key must be there, with a value of its kind."""
    entry = week(1, 0.8) | {key: wrong}
    if wrong == "missing":
        del entry[key]
    told = WeekByWeek([entry]).props()["weeks"]
    names = key in ("week", "worst_group") and wrong != "missing" and wrong != []

    assert bool(told) == (names or (key == "worst_score" and wrong is None))


@pytest.mark.parametrize("threshold", [None, "0.75", float("nan"), float("inf"), True])
def test_without_a_threshold_there_is_nothing_to_show(threshold: object):
    """A line that is no number makes the view unfinished; nothing is raised."""
    assert [] == WeekByWeek(HISTORY, threshold).props()["weeks"]


def test_a_history_is_read_once_and_by_nobody_elses_code():
    """What it becomes later is not shown; methods of its own class are not called."""
    own = Liar(dict(entry) for entry in HISTORY)
    shown = WeekByWeek(own)
    before = shown.static_html()
    list.clear(own)

    assert before == shown.static_html() == WeekByWeek(tuple(HISTORY)).static_html()


def test_values_of_numpy_are_values():
    """Numbers, names and truth values of NumPy are shown like Python's own."""
    strange = [
        week(np.int64(8), np.float64(0.6593))
        | {"alert": np.True_, "new": np.bool_(True), "worst_group": np.str_("woman")}
    ]

    assert (
        WeekByWeek([HISTORY[2]]).static_html()
        == WeekByWeek(strange, np.float64(0.75)).static_html()
    )


def test_at_most_60_weeks_are_shown_and_it_is_said():
    """The first 60 of more; the static page has as many rows as find room."""
    shown = WeekByWeek([week(f"{n}{'&' * 90}", 0.7, group="ä&" * 90) for n in range(75)])

    assert 60 == len(shown.props()["weeks"])
    assert "Shown: the first 60 of 75 weeks." == shown.props()["more"]
    assert "Shown: the first 60 of 75 weeks." in shown.static_html()
    assert re.search(r"\d+ more rows not shown here", shown.static_html())
    assert size(shown) <= 4_000


def test_names_below_the_chart_find_room():
    """Twelve short names all stand there; of many or long ones some do."""
    few = WeekByWeek([week(n, 0.8) for n in range(1, 13)]).props()["weeks"]
    many = WeekByWeek([week(f"2024-W{n:02d}", 0.8) for n in range(60)]).props()["weeks"]

    assert all(one["label"] for one in few)
    assert 0 < sum(len(one["label"]) for one in many) <= 40
    assert "2024-W00" == many[0]["label"]


def test_the_first_alert_is_told_in_one_line():
    """How many weeks, how many with an alert, and the first of them."""
    assert (
        "The monitor, week by week: 6 weeks, 3 with an alert. "
        "Week 8: new alert. woman 0.659, below 0.75."
    ) == WeekByWeek(HISTORY).plain_text()
    assert WeekByWeek([week(1, 0.8)]).plain_text().endswith("1 week, none with an alert.")


def test_the_static_page_says_every_week():
    """A table with a row for each; bars are for the eyes only, and all of it is harmless."""
    twin = WeekByWeek(HISTORY).static_html()

    assert ["6", "7", "8", "9", "10", "11"] == re.findall(r'<th scope="row">(\d+)</th>', twin)
    for cell in ("continuing alert", "not enough data", "0.747", "below 0.75"):
        assert cell in twin
    assert not re.search("[█▏▎▍▌▋▊▉]", re.sub(r'<span aria-hidden="true">.*?</span>', "", twin))
    assert text(twin) == text(safe_html(twin))


def test_the_part_stays_small():
    """Its own module has at most 9,000 bytes, and all that a notebook keeps 4,000."""
    shown = WeekByWeek([week(n, 0.7) for n in range(20)])

    assert own_bytes(shown) <= 9_000
    assert size(shown) <= 4_000
    assert "more row" not in shown.static_html()


def test_facts_can_be_sent_to_the_page():
    """They are JSON data without any number that is none."""
    props = WeekByWeek(HISTORY).props()

    assert props == json.loads(json.dumps(props, allow_nan=False))
