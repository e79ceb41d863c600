"""
The bias knob: what the lender's rates become if the records say less and less about some people.
All settings are counted beforehand, so the page needs no kernel to turn it.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from grader.rai import groups
from grader.rai.loans import make_loans
from grader.widgets.base import SCREEN, Widget, escape

TITLE = "The bias knob"
LABEL = "How much the recorded income and credit file under-report"
ABOUT = (
    "The same 2000 invented people each time, and the same score. The knob only sets how far the "
    "records are off: too little income for women and nonbinary people, too short a credit file "
    "under 30, a little too long from 60 on."
)
LOW, HIGH = "0.0: not at all", "1.0: a lot"
STEPS, START = 10, 6  # the knob goes from 0.0 to 1.0 in so many steps
IN_TWIN = (0, 3, 6, 10)
LINE = 0.8  # the ratio under which gaps are looked into
RATIO = "Smallest selection rate ÷ largest: ○ by gender, □ by age band"
SOON = "Turn the knob: then all settings appear here."
FEATURES = {"gender": "Gender", "age_band": "Age band"}
RATES = {"selection_rate": "Selection rate", "tpr": "True positive rate"}
PANELS = [(feature, rate) for feature in FEATURES for rate in RATES]
FEW = "few"
SHADED = (
    f"Shaded: from the lowest to the highest group of {groups.FEW} people or more. ○ is a group "
    "with few people."
)
LEFT_OUT = f"Ratios and gaps leave out groups under {groups.FEW} people."
GUESS = {
    "asks": "Guess first: which gaps disappear at 0.0?",
    "options": ["By gender", "By age band", "Both", "Neither"],
    "noted": "Your guess: {}. Now turn the knob to 0.0.",
    "settled": "Your guess: {}. [].",
    "right": "Both",
}
TWIN_ROOM = 1900  # bytes of the larger table of the static page


class BiasKnob(Widget):
    """The rates by gender and by age band for each setting of the knob: `BiasKnob()`."""

    assets = (*SCREEN, "chart", "bias_slider")
    name = "bias_knob"

    def props(self) -> dict[str, Any]:
        """Return all settings, each with its dots, its gaps and its sentence."""
        return {
            "title": TITLE,
            "label": LABEL,
            "about": ABOUT,
            "ratio": RATIO,
            "ends": [LOW, HIGH],
            "start": START,
            "line": LINE,
            "soon": SOON,
            "guess": GUESS | {"why": _why()},
            "shaded": SHADED,
            "panels": [
                {
                    "name": f"{RATES[rate]} by {FEATURES[feature].lower()}",
                    "groups": [_group(*entry) for entry in at(START)[feature].items()],
                }
                for feature, rate in PANELS
            ],
            "features": list(FEATURES.values()),
            "settings": [_setting(step) for step in range(STEPS + 1)],
            "tables": [_gaps_table(range(STEPS + 1)), _rates_table(range(STEPS + 1))],
        }

    def static_html(self) -> str:
        """Return the gaps and the rates of some settings as two tables."""
        return _twin()

    def plain_text(self) -> str:
        """Return the sentence of the first setting in one line."""
        return f"{TITLE}. {_says(START)}"


@cache  # a grader draws the same page for each submission of a class
def _twin() -> str:
    gaps = groups.static_table(**_gaps_table(IN_TWIN, bars=True), room=TWIN_ROOM)
    rates = groups.static_table(**_rates_table(IN_TWIN), room=TWIN_ROOM)
    return f"<p><strong>{TITLE}</strong></p><p>{escape(ABOUT)} {LEFT_OUT}</p>{gaps}{rates}"


@cache
def at(step: int) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the groups of each feature at a setting; counted once in a process."""
    rows = make_loans(bias=step / STEPS)
    return {feature: groups.measured(rows, feature) for feature in FEATURES}


def ratio(step: int, feature: str) -> float:
    """Return the smallest selection rate over the largest, of the groups with enough people."""
    low, high = _ends(step, feature, "selection_rate")
    return low[1] / high[1]


def gap(step: int, feature: str) -> float:
    """Return by how much the true positive rates differ, of the groups with enough people."""
    low, high = _ends(step, feature, "tpr")
    return high[1] - low[1]


def _ends(step: int, feature: str, rate: str) -> list[tuple[str, float]]:
    found = at(step)[feature]
    return [(group, found[group][rate]) for group in groups.ends(found, rate)]


def _text(step: int) -> str:
    return f"{step / STEPS:.1f}"


def _says(step: int) -> str:
    told = (
        f"{groups.beside(found, LINE)} by {name.lower()}, {groups.side(found, LINE)}"
        for name, found in zip(FEATURES.values(), _ratios(step), strict=True)
    )
    return f"At {_text(step)} the ratio of selection rates is {'; '.join(told)}."


def _ratios(step: int) -> list[float]:
    return [ratio(step, feature) for feature in FEATURES]


def _why() -> str:
    """Return what the knob shows at 0.0, for those who guessed."""
    gaps = " and ".join(f"{gap(0, feature):.3f}" for feature in FEATURES)
    return (
        f"both ratios are near 1 at 0.0. The gaps between true positive rates, {gaps}, are what "
        "chance alone makes in groups of this size."
    )


def _group(group: str, entry: dict[str, Any]) -> dict[str, Any]:
    few = entry["count"] < groups.FEW
    return {
        "name": group,
        "people": f"{entry['count']} people{f', {FEW}' if few else ''}",
        "few": few,
    }


def _setting(step: int) -> dict[str, Any]:
    return {
        "text": _text(step),
        "says": _says(step),
        "ratios": _ratios(step),
        "panels": [_panel(step, feature, rate) for feature, rate in PANELS],
    }


def _panel(step: int, feature: str, rate: str) -> dict[str, Any]:
    """Return the dots of one rate, the band between its ends, and the gap in numbers and words."""
    (small, low), (large, high) = _ends(step, feature, rate)
    if rate == "tpr":
        told = f"Gap {gap(step, feature):.3f}"
        means = (
            f"Of 100 who would repay, yes for {100 * low:.0f} ({small}), {100 * high:.0f} ({large})"
        )
    else:
        told = f"Ratio {groups.versus(ratio(step, feature), LINE)}"
        means = f"{small} {low:.3f} ÷ {large} {high:.3f}"
    shares = [entry[rate] for entry in at(step)[feature].values()]
    return {"gap": told, "means": means, "band": [low, high], "shares": shares}


def _gaps_table(steps: Iterable[int], bars: bool = False) -> dict[str, Any]:
    names = [name.lower() for name in FEATURES.values()]
    rows = []
    for step in steps:
        told = [
            f"{groups.versus(found, LINE)} {groups.bar(found) if bars else ''}".strip()
            for found in _ratios(step)
        ]
        rows.append([_text(step), *told, *(f"{gap(step, feature):.3f}" for feature in FEATURES)])
    return {
        "caption": "Ratio of selection rates, gap of true positive rates",
        "columns": [
            "Knob",
            *(f"Ratio by {name}" for name in names),
            *(f"Gap by {name}" for name in names),
        ],
        "rows": rows,
    }


def _rates_table(steps: Sequence[int]) -> dict[str, Any]:
    rows = []
    for feature in FEATURES:
        for group, entry in at(START)[feature].items():
            found = [at(step)[feature][group] for step in steps]
            rates = [" / ".join(f"{one[rate]:.3f}" for rate in RATES) for one in found]
            few = f", {FEW}" if entry["count"] < groups.FEW else ""
            rows.append([group, f"{entry['count']}{few}", *rates])
    return {
        "caption": "Selection rate / true positive rate at each setting",
        "columns": ["Group", "People", *(f"at {_text(step)}" for step in steps)],
        "rows": rows,
    }
