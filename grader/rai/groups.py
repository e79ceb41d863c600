"""
Arithmetic about groups of people, shared by the views of the fairness assignments: plain values out
of whatever a learner's function returned, shares with their ranges, and how far apart groups are.

Nothing that a learner made is called on the way: values of unknown kinds are `Unfinished`.
"""

import math
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from grader.widgets.base import table

RATES = ("accuracy", "selection_rate", "tpr", "fpr")
FEW = 100  # people; the rates of a smaller group are mostly chance
Z = 1.645  # nine of ten draws of a bell curve lie within this many deviations
LONGEST = 24  # characters of a name
MANY = 1_000_000_000
BLOCKS = " ▏▎▍▌▋▊▉█"
NONE = "–"


class Unfinished(ValueError):
    """A value is not of the kind that a finished task returns."""


def plain(value: object) -> object:
    """Return a number, text, truth value or None as Python's own; all else is `Unfinished`."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and issubclass(type(value), numpy.generic):
        value = numpy.generic.item(value)  # not value.item(): that may be the learner's
    if value is not None and type(value) not in (int, float, str, bool):
        raise Unfinished(f"a value of the type {type(value).__name__}")
    return value


def number(value: object, low: float = 0.0, high: float = 1.0) -> float:
    """
    Return a number from `low` to `high`.

    Raises: Unfinished for anything else.
    """
    value = plain(value)
    if type(value) not in (int, float) or not low <= value <= high:
        raise Unfinished("no number in its range")
    return float(value)


def whole(value: object) -> int:
    """
    Return a number of people, at least 1.

    Raises: Unfinished for anything else.
    """
    found = number(value, 1, MANY)
    if not found.is_integer():
        raise Unfinished("no whole number")
    return int(found)


def name(value: object) -> str:
    """Return a name in one short line, however it was written."""
    text = str(plain(value))[:200]
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return (text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…") or NONE


def items(value: object) -> list[tuple[object, object]]:
    """
    Return the entries of a dictionary of any kind.

    Raises: Unfinished for anything else.
    """
    if not issubclass(type(value), dict):
        raise Unfinished("no dictionary")
    return list(dict.items(value))


def fields(value: object, keys: Iterable[str]) -> dict[str, object]:
    """
    Return the values under these keys; all must be there.

    Raises: Unfinished where a key is missing.
    """
    # Compared only with texts: another kind of key may bring its own idea of being equal.
    found = {key: entry for key, entry in items(value) if type(key) is str}
    if missing := [key for key in keys if key not in found]:
        raise Unfinished(f"without {missing[0]}")
    return {key: found[key] for key in keys}


def wilson(share: float, people: int) -> tuple[float, float]:
    """Return the 90 % range of a share of so many people: Wilson's score interval."""
    extra = Z * Z / people
    middle = (share + extra / 2) / (1 + extra)
    half = math.sqrt(share * (1 - share) * extra + extra * extra / 4) / (1 + extra)
    return max(0.0, middle - half), min(1.0, middle + half)


def repaying(count: int, rates: Mapping[str, float | None]) -> int | None:
    """
    Return how many of a group would repay, if its four rates tell: none of them says so, but both
    accuracy and selection rate mix `tpr` and `fpr` in the proportion of the two kinds of people.
    """
    accuracy, selection = rates["accuracy"], rates["selection_rate"]
    tpr, fpr = rates["tpr"] or 0.0, rates["fpr"] or 0.0
    if rates["tpr"] is None or rates["fpr"] is None:
        found = 0 if rates["tpr"] is None else count
    else:
        # The equation with the larger divisor is the less shaken by rounded rates.
        ways = ((accuracy + fpr - 1, tpr + fpr - 1), (selection - fpr, tpr - fpr))
        part, divisor = max(ways, key=lambda way: abs(way[1]))
        if abs(divisor) < 0.01:
            return None
        found = round(count * part / divisor)
    yes = tpr * found + fpr * (count - found)
    right = tpr * found + (1 - fpr) * (count - found)
    agree = max(abs(yes - selection * count), abs(right - accuracy * count)) <= 0.01 * count
    return found if 0 <= found <= count and agree else None


def measured(rows: Iterable[Mapping[str, Any]], feature: str) -> dict[str, dict[str, Any]]:
    """Return count, selection rate and true positive rate of each group of loan applications."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[feature], []).append(row)
    return {group: _measured(groups[group]) for group in sorted(groups)}


def _measured(members: list[Mapping[str, Any]]) -> dict[str, Any]:
    good = [row["approved"] for row in members if row["repaid"]]
    asked = [row["approved"] for row in members]
    return {
        "count": len(members),
        "selection_rate": sum(asked) / len(asked),
        "tpr": sum(good) / len(good),
    }


def ends(groups: Mapping[str, Mapping[str, Any]], rate: str) -> tuple[str, str]:
    """Return the groups with the smallest and the largest rate, of those with enough people."""
    enough = [group for group, found in groups.items() if found["count"] >= FEW]
    in_order = sorted(enough, key=lambda group: groups[group][rate])
    return in_order[0], in_order[-1]


def beside(value: float, line: float) -> str:
    """Return a number to three decimals, with more if only they tell it from the line."""
    for digits in (3, 4, 5):
        text = f"{value:.{digits}f}"
        if (float(text) < line) == (value < line):
            break
    return text


def side(value: float, line: float) -> str:
    """Return in words on which side of a line a number is."""
    return f"{'below' if value < line else 'not below'} {line}"


def versus(value: float, line: float) -> str:
    """Return a number and on which side of a line it is."""
    return f"{beside(value, line)}, {side(value, line)}"


def bar(share: float) -> str:
    """Return a share as a bar of text, ten characters for the whole."""
    eighths = round(share * 80)
    return "█" * (eighths // 8) + BLOCKS[eighths % 8].strip()


def static_table(caption: str, columns: list[str], rows: list[list[str]], room: int) -> str:
    """
    Return a table as HTML, with as many rows as fit into `room` bytes; bars are for the eyes only.
    """
    for shown in range(len(rows), -1, -1):
        left = len(rows) - shown
        rest = f"<p>{left} more row{'s' * (left != 1)} not shown here.</p>" if left else ""
        text = table(caption, columns, rows[:shown]) + rest
        text = re.sub(f"([{BLOCKS.strip()}]+)", r'<span aria-hidden="true">\1</span>', text)
        if len(text.encode()) <= room:
            break
    return text
