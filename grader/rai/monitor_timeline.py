"""
The weeks of a learner's fairness monitor, one at a time: the worst score of each week, the line it
must not drop below, and the alerts so far. The page steps by itself: all weeks are told beforehand.
"""

import math
from typing import Any

from grader.rai import groups
from grader.rai.groups import Unfinished
from grader.widgets.base import SCREEN, Widget

TITLE = "The monitor, week by week"
UNFINISHED = "No weeks yet: finish Task 5 and run its cell again."
KEYS = ("week", "alert", "status", "worst_group", "worst_score", "new")
# What a week can be, in words; its mark has a shape of its own.
KINDS = {
    "fair": "no alert",
    "new": "new alert",
    "on": "continuing alert",
    "none": "not enough data",
}
LOWEST = 4  # tenths; the foot of the chart, unless a score or the threshold lies below
LETTERS = 40  # that find room below the chart
MOST = 60  # weeks
ROOM = 3200  # bytes of the table of the static page


class WeekByWeek(Widget):
    """What `run_monitor` returned, to be stepped through: `WeekByWeek(history)`."""

    assets = (*SCREEN, "chart", "monitor_timeline")
    name = "week_by_week"

    def __init__(self, history: object, threshold: object = 0.75) -> None:
        self.weeks: list[dict[str, Any]] = []
        self.more = 0
        try:
            self.threshold = groups.number(threshold, -groups.MANY, groups.MANY)
            entries = _entries(history)
            self.weeks = [_week(entry) for entry in entries[:MOST]]
            self.more = len(entries) - len(self.weeks)
        except Exception:  # an unfinished function must not break its page
            return

    def props(self) -> dict[str, Any]:
        """Return the weeks with their marks and sentences, and the numbers at the chart's side."""
        if not self.weeks:
            return {"title": TITLE, "unfinished": UNFINISHED, "weeks": []}
        ticks = _ticks([self.threshold, *(week["score"] for week in self.weeks)])
        inside = ticks[-1] <= self.threshold <= 1
        return {
            "title": TITLE,
            "unfinished": "",
            "ticks": ticks,
            "threshold": {
                "at": self.threshold if inside else None,
                "words": ["threshold", f"{self.threshold}"],
            },
            "kinds": KINDS,
            "weeks": [self._shown(week, name) for week, name in _named(self.weeks)],
            "more": self._more(),
            "table": self._table(),
        }

    def static_html(self) -> str:
        """Return the weeks as a table, with a bar for each score."""
        if not self.weeks:
            return f"<p><strong>{TITLE}</strong></p><p>{UNFINISHED}</p>"
        shown = self._table()
        for row, week in zip(shown["rows"], self.weeks, strict=True):
            if week["score"] is not None:
                row[-1] += f" {groups.bar(week['score'])}"
        more = f"<p>{self._more()}</p>" if self.more else ""
        return f"<p><strong>{TITLE}</strong></p>{groups.static_table(**shown, room=ROOM)}{more}"

    def plain_text(self) -> str:
        """Return in one line how many alerts there were, and the first."""
        if not self.weeks:
            return f"{TITLE}: {UNFINISHED}"
        alerts = [week for week in self.weeks if week["kind"] in ("new", "on")]
        number = len(self.weeks)
        counted = f"{number} week{'s' * (number != 1)}, {len(alerts) or 'none'} with an alert."
        return f"{TITLE}: {' '.join([counted, *(self._says(week) for week in alerts[:1])])}"

    def _shown(self, week: dict[str, Any], name: str) -> dict[str, Any]:
        return {
            "label": name,
            "kind": week["kind"],
            "score": week["score"],
            "text": self._score(week),
            "says": self._says(week),
        }

    def _score(self, week: dict[str, Any]) -> str:
        score = week["score"]
        return groups.NONE if score is None else groups.beside(score, self.threshold)

    def _says(self, week: dict[str, Any]) -> str:
        """Return the sentence of a week."""
        head = f"Week {week['label']}: {KINDS[week['kind']]}."
        if week["score"] is None:
            return head
        return f"{head} {week['group']} {groups.versus(week['score'], self.threshold)}."

    def _more(self) -> str:
        return f"Shown: the first {MOST} of {MOST + self.more} weeks." if self.more else ""

    def _table(self) -> dict[str, Any]:
        return {
            "caption": f"The worst score of each week; an alert is a score below {self.threshold}",
            "columns": ["Week", "Result", "Worst group", "Score"],
            "rows": [
                [week["label"], KINDS[week["kind"]], week["group"], self._score(week)]
                for week in self.weeks
            ],
        }


def _entries(history: object) -> list[object]:
    """Return the entries of a list of any kind; a history without one is unfinished."""
    for kind in (list, tuple):
        if issubclass(type(history), kind) and kind.__len__(history):
            return list(kind.__iter__(history))
    raise Unfinished("no list of weeks")


def _week(entry: object) -> dict[str, Any]:
    found = groups.fields(entry, KEYS)
    alert, new, status = (groups.plain(found[key]) for key in ("alert", "new", "status"))
    if type(alert) is not bool or type(new) is not bool or type(status) is not str:
        raise Unfinished("no truth value or no text")
    label = groups.name(found["week"])
    if found["worst_score"] is None:
        if alert:
            raise Unfinished("an alert without a score")
        return {"label": label, "kind": "none", "score": None, "group": groups.NONE}
    return {
        "label": label,
        "kind": ("new" if new else "on") if alert else "fair",
        "score": groups.number(found["worst_score"]),
        "group": groups.name(found["worst_group"]),
    }


def _ticks(values: list[float | None]) -> list[float]:
    """Return tenths from 1 down to LOWEST, or to the one below the smallest share."""
    shares = [value for value in values if value is not None and 0 <= value <= 1]
    foot = min(LOWEST, math.floor(min(shares, default=1) * 10))
    return [tenth / 10 for tenth in range(10, foot - 1, -1)]


def _named(weeks: list[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Return each week with its name below the chart: "" for some where not all find room."""
    longest = max(len(week["label"]) for week in weeks)
    every = math.ceil(len(weeks) * (longest + 1) / LETTERS)
    return [(week, "" if n % every else week["label"]) for n, week in enumerate(weeks)]
