"""
What a learner's `group_report` found, as a chart: a dot for each group on a line from 0 to 1, in
the range where chance alone may have put it. The page shows one of four rates at a time.
"""

from typing import Any

from grader.rai import groups
from grader.rai.groups import RATES
from grader.widgets.base import SCREEN, Widget, escape

TITLE = "The rates of each group"
UNFINISHED = "No report yet: finish Task 3 and run its cell again."
GUESS = "Guess before you switch: where will the groups lie furthest apart?"
RANGE = (
    "The dot is the rate. The bar is its 90 % range: how far off chance alone may have put the "
    "dot. Fewer people, longer bar."
)
MEASURES = {
    "accuracy": ("Accuracy", "How often was the decision right?", "everybody in the group"),
    "selection_rate": ("Selection rate", "How often is the answer yes?", "everybody in the group"),
    "tpr": (
        "True positive rate",
        "Of those who would repay: how many get a yes?",
        "those who would repay (`repaid` = 1)",
    ),
    "fpr": (
        "False positive rate",
        "Of those who would not repay: how many get a yes?",
        "those who would not repay (`repaid` = 0)",
    ),
}
LINE = {"rate": "accuracy", "at": 0.8, "label": "0.8, the line of the mini project"}
FEW = "few people: wide range"
FEATURES, GROUPS = 4, 12  # shown at most
ROOM = 3000  # bytes of all tables of the static page together


class GroupRates(Widget):
    """
    The reports of one or more features: `GroupRates(gender=by_gender, age_band=by_age)`.

    A report is `{group: {"count", "accuracy", "selection_rate", "tpr", "fpr"}}`.
    """

    assets = (*SCREEN, "chart", "rates")

    def __init__(self, /, **reports: object) -> None:
        self.name = "_".join(["group_rates", *reports])
        self.features = [_feature(*report) for report in list(reports.items())[:FEATURES]]

    def props(self) -> dict[str, Any]:
        """Return the four rates with what they mean, and of each feature its groups."""
        return {
            "name": self.name,
            "title": TITLE,
            "measures": [_measure(rate, self.features) for rate in RATES],
            "line": LINE,
            "guess": GUESS,
            "range": RANGE,
            "unfinished": UNFINISHED,
            "features": [
                {
                    "name": feature["name"],
                    "rows": [_row(group) for group in feature["groups"]],
                    "more": feature["more"],
                    "table": _table(feature),
                }
                for feature in self.features
            ],
        }

    def static_html(self) -> str:
        """Return a table of each feature."""
        room = ROOM // max(1, len(self.features))
        shown = "".join(_static(feature, room) for feature in self.features)
        return f"<p><strong>{TITLE}</strong></p>{shown or f'<p>{UNFINISHED}</p>'}"

    def plain_text(self) -> str:
        """Return in one line from where to where accuracy goes."""
        return f"{TITLE}: {_measure('accuracy', self.features)['says']}"


def _feature(feature: str, report: object) -> dict[str, Any]:
    """Return what a report says in plain values; without groups if it says nothing sensible."""
    title = groups.name(feature.replace("_", " "))
    shown = {"name": title[:1].upper() + title[1:], "groups": [], "more": ""}
    try:
        entries = groups.items(report)
        shown["groups"] = [_group(*entry) for entry in entries[:GROUPS]]
    except Exception:  # an unfinished function must not break its page
        return shown
    if (left := len(entries) - GROUPS) > 0:
        shown["more"] = f"{left} more group{'s' * (left != 1)} not shown."
    return shown


def _group(group: object, entry: object) -> dict[str, Any]:
    found = groups.fields(entry, ("count", *RATES))
    count = groups.whole(found["count"])
    rates = {rate: _rate(rate, found[rate]) for rate in RATES}
    good = groups.repaying(count, rates)
    rest = None if good is None else count - good
    people = {"accuracy": count, "selection_rate": count, "tpr": good, "fpr": rest}
    return {"name": groups.name(group), "count": count, "rates": rates, "people": people}


def _rate(rate: str, value: object) -> float | None:
    """Only the last two may be unknown: there may be nobody to divide by."""
    nobody = rate in ("tpr", "fpr") and value is None
    return None if nobody else groups.number(value)


def _measure(rate: str, features: list[dict[str, Any]]) -> dict[str, str]:
    label, asks, whom = MEASURES[rate]
    spans = "; ".join(_span(rate, feature) for feature in features if feature["groups"])
    return {
        "key": rate,
        "label": label,
        "asks": asks,
        "whom": f"Divided by: {whom}.",
        "says": f"{label} {spans}." if spans else UNFINISHED,
    }


def _span(rate: str, feature: dict[str, Any]) -> str:
    """Return from which group to which a rate goes."""
    known = [group for group in feature["groups"] if group["rates"][rate] is not None]
    known.sort(key=lambda group: group["rates"][rate])
    ends = [f"{group['rates'][rate]:.3f} ({group['name']})" for group in known]
    if len(ends) > 1:
        return f"by {feature['name'].lower()} from {ends[0]} to {ends[-1]}"
    return f"by {feature['name'].lower()} {ends[0] if ends else 'unknown'}"


def _row(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": group["name"],
        "few": FEW if group["count"] < groups.FEW else "",
        "marks": {rate: _mark(group, rate) for rate in RATES},
    }


def _mark(group: dict[str, Any], rate: str) -> dict[str, Any]:
    """Return a dot, its range if the number of people behind it is known, and its words."""
    share, people, count = group["rates"][rate], group["people"][rate], group["count"]
    whom = _people(count) if people in (count, None) else f"{people} of {_people(count)}"
    mark = {"share": share, "people": whom, "range": None, "says": "range not known"}
    if share is None:
        return mark | {"text": groups.NONE, "says": "nobody to divide by"}
    mark["text"] = f"{share:.3f}"
    if people:
        low, high = mark["range"] = groups.wilson(share, people)
        mark["says"] = f"90 % range {low:.2f} to {high:.2f}"
    return mark


def _people(count: int) -> str:
    return f"{count} {'person' if count == 1 else 'people'}"


def _table(feature: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of a feature as a table, for the page and for its static page."""
    columns = ["Group", "People", *(MEASURES[rate][0] for rate in RATES)]
    rows = []
    for group in feature["groups"]:
        few = f" ({FEW})" if group["count"] < groups.FEW else ""
        cells = [_cell(_mark(group, rate)) for rate in RATES]
        rows.append([group["name"], f"{group['count']}{few}", *cells])
    return {
        "caption": f"{feature['name']}: rates with their 90 % ranges",
        "columns": columns,
        "rows": rows,
    }


def _cell(mark: dict[str, Any]) -> str:
    if mark["range"] is None:
        return mark["text"]
    return "{} ({:.2f}–{:.2f})".format(mark["text"], *mark["range"])


def _static(feature: dict[str, Any], room: int) -> str:
    """Return a feature's table, with a bar beside accuracy; or that there is no report."""
    if not feature["groups"]:
        return f"<p>{escape(feature['name'])}: {UNFINISHED}</p>"
    shown = _table(feature)
    at = shown["columns"].index(MEASURES["accuracy"][0])
    for row, group in zip(shown["rows"], feature["groups"], strict=True):
        row[at] += f" {groups.bar(group['rates']['accuracy'])}"
    return groups.static_table(**shown, room=room)
