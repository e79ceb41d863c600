"""Names, points, times and sentences of the feedback pages."""

import html
import re
from collections.abc import Sequence
from datetime import datetime

from grader.results import so_many, span

MONTHS = """
    January February March April May June July August September October November December
    """.split()  # noqa: SIM905 - as readable as a list of quoted names is not


def spoken(grade_id: str) -> str:
    """
    Return the name of a cell for people: `check_quiz1` is "quiz 1", `check_pt01` "question
    1", `a3_check` "task 3", and a task 0 is a warm-up.
    """
    name = re.sub(r"^pt0*(?=\d+$)", "question", judged(grade_id))
    name = re.sub(r"^[a-z](?=\d+$)", "task", re.sub(r"^[a-z]0$", "warm-up", name))
    return re.sub(r"(?<=[a-z])(?=\d)", " ", name.replace("_", " "))


def judged(grade_id: str) -> str:
    """Return the cell that a check is about, by its name: `check_pt01` or `a3_check`."""
    return re.sub(r"^check_|_check$", "", grade_id)


def title(name: str) -> str:
    """Return the name of a cell or notebook as a title: `first_steps` is "First steps"."""
    words = spoken(name).strip() or name
    return words[:1].upper() + words[1:]


def sentence_html(message: str) -> str:
    """Return a sentence of a check cell as HTML: what stands in backticks is code."""
    return re.sub(r"(`+) ?(.+?) ?\1", r"<code>\2</code>", html.escape(message.strip()))


def sentence(message: str) -> str:
    """Return what a check said without the word that stands beside its sign anyway."""
    rest = message.strip().removeprefix("Correct: ")
    return rest[:1].upper() + rest[1:] if rest.partition(" ")[0].isalpha() else rest


def late(seconds: float, penalty: float) -> str:
    """Say that a submission came late and what that cost; "" where it did not."""
    if seconds <= 0 and penalty <= 0:
        return ""
    by = f" by {span(seconds)}" if seconds > 0 else ""
    cost = f"{so_many(penalty)} less" if penalty > 0 else "no points taken off"
    return f"Handed in late{by}: {cost}."


def again(due: datetime | None) -> str:
    """Say until when one may hand in again; the page may be read before that or after it."""
    if due is None:
        return "You can hand in again; the last one counts. No due date is set."
    return (
        f"Due {day(f'{due:%Y-%m-%d %H:%M} UTC')}: until then you can hand in again, and the last one"
        " counts. What comes later is late."
    )


def day(timestamp: str) -> str:
    """Return the time in a timestamp file as a date for people; "" for what is none."""
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d:\d\d)(?:[:.\d]*)(.*)", timestamp.strip())
    if not found or not 1 <= int(found[2]) <= 12:
        return ""
    year, month, number, clock, zone = found.groups()
    utc = " UTC" if zone.strip() in ("UTC", "Z", "+00:00") else ""
    return f"{int(number)} {MONTHS[int(month) - 1]} {year}, {clock}{utc}"


def listed(items: Sequence[str]) -> str:
    """Return a list as people say it: a, b and c."""
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last
