"""
Two loops beside each other, stepped together: the first turn in which they part is marked, and the
room may guess it first. Both were recorded before; the page only turns their leaves.

By hand, with code of one's own, which runs in this kernel when the part is made:

    TwoLoops("total = 0\\nfor n in numbers: ...", "total = 1\\nfor ...", given={"numbers": [3, 4]})
"""

import html
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from grader.widgets.base import SCREEN, Widget, escape
from grader.widgets.kernel.recorder import record
from grader.widgets.kernel.recording import Recording, Turn, as_data, from_data
from grader.widgets.trace import note, turn_of, turns_html, turns_table

TITLES = ("This code", "The right code")
Code = str | Mapping[str, object]  # to run now, or a recording as it is kept


class TwoLoops(Widget):
    """
    Two loops: each a text to run once, with `given` names or for a `call` of its function, or what
    was recorded of it.
    """

    assets = (*SCREEN, "turns", "two_loops")

    def __init__(
        self,
        left: Code,
        right: Code,
        titles: Sequence[str] = TITLES,
        given: Mapping[str, object] | None = None,
        call: str = "",
    ) -> None:
        self.sides = [_recorded(one, call, given) for one in (left, right)]
        self.titles, self.call = tuple(titles), call
        kept = json.dumps([as_data(one) for one in self.sides])
        self.name = f"two_loops_{zlib.crc32(kept.encode()):08x}"
        self.parting, self.says = parting(*self.sides, self.titles)

    def props(self) -> dict[str, Any]:
        """Return both loops as `LoopTrace` has one, and where they part."""
        return {
            "name": self.name,
            "title": "Two loops, turn by turn",
            "sides": [
                {
                    "title": title,
                    "code": found.source.rstrip().split("\n"),
                    "table": turns_table(found),
                    "turns": [turn_of(found, number) for number in range(len(found.turns))],
                    "note": self._note(found),
                    "ended": _ended(found),
                }
                for title, found in zip(self.titles, self.sides, strict=True)
            ],
            "parting": self.parting,
            "says": self.says,
        }

    def static_html(self) -> str:
        """Return both loops below each other, and where they part, closed at first."""
        blocks = "".join(
            f"<h4>{html.escape(title)}</h4>{_code(found)}<p>{escape(self._note(found))}</p>"
            f"{turns_html(found)}"
            for title, found in zip(self.titles, self.sides, strict=True)
        )
        summary = '<summary style="cursor:pointer">The two loops, turn by turn</summary>'
        return f"<details>{summary}{blocks}<p>{escape(self.says)}</p></details>"

    def plain_text(self) -> str:
        """Return what each loop did in one sentence, without where they part."""
        pairs = zip(self.titles, self.sides, strict=True)
        return " ".join(f"{title}: {self._note(found)}" for title, found in pairs)

    def _note(self, found: Recording) -> str:
        """Return the sentence about a whole loop, and what came of it if that differs."""
        told = note(found)
        if not found.came or len({one.came for one in self.sides}) == 1:
            return told
        if self.call:
            return f"{told} `{self.call}` {found.came}."
        return told if found.stop else f"{told} The code {found.came}."


def parting(
    left: Recording, right: Recording, titles: Sequence[str] = TITLES
) -> tuple[int | None, str]:
    """
    Return the number, from 0, of the first turn in which two loops do something else, None where
    there is none or nobody can tell, and the sentence about it.
    """
    if not (left.turns and right.turns):
        return None, "Only where both have a loop can they be compared turn by turn."
    same = _comparable(left, right)
    called = [title[:1].lower() + title[1:] for title in titles]
    most = max(len(left.turns), len(right.turns))
    for at in range(most):
        told = _difference(left, right, at, same, called)
        if told:
            return at, f"They part in turn {at + 1}: {told}."
    if not same:
        return None, "The two loops keep nothing in common, so no turn of theirs can be compared."
    if left.more or right.more:
        return None, f"In the {most} turns that were recorded they do not part."
    return None, (
        "In no turn do they part with this data: what is wrong stands outside the loop, or shows "
        "with other data only."
    )


def _comparable(left: Recording, right: Recording) -> list[tuple[str, str]]:
    """
    Return the names of both loops that stand for the same: those that are equal, and of the counts
    those that are left in their order if they are as many.
    """
    ours, theirs = left.plan.targets, right.plan.targets
    same = [(name, name) for name in ours if name in theirs]
    ours, theirs = left.plan.counters, right.plan.counters
    same += [(name, name) for name in ours if name in theirs]
    mine = [name for name in ours if name not in theirs]
    yours = [name for name in theirs if name not in ours]
    return same + list(zip(mine, yours, strict=True)) if len(mine) == len(yours) else same


def _difference(
    left: Recording, right: Recording, at: int, same: Sequence[tuple[str, str]], called: list[str]
) -> str:
    """Say what is different in a turn, "" for nothing; `called` is how people call the two."""
    pairs = ((left, right, called[0]), (right, left, called[1]))
    for one, other, name in pairs:
        if at >= len(one.turns):
            ends = "was followed no further" if one.more else "has ended"
            return f"the loop of {name} {ends}, the other goes on"
        if _stops(one, at) and not _stops(other, at):
            return f"{name} stops with {one.stop[1]}"
    ours, theirs = _values(left, at), _values(right, at)
    for mine, yours in same:
        if ours[mine] != theirs[yours]:
            first, second = called
            return f"`{mine}` is {ours[mine]} in {first}, `{yours}` {theirs[yours]} in {second}"
    return _line_of_one(left, right, at, called) or _line_of_one(right, left, at, called[::-1])


def _line_of_one(one: Recording, other: Recording, at: int, called: Sequence[str]) -> str:
    """Name a line of both that runs in this turn of the one alone, "" for none."""
    ours, theirs = (set(map(str.strip, found.source.splitlines())) for found in (one, other))
    ran, elsewhere = _lines(one, at), _lines(other, at)
    alone = (line for line in ran if line in ours & theirs and line not in elsewhere)
    line = next(alone, "").replace("`", "'")
    return f"`{line}` runs in {called[0]} and not in {called[1]}" if line else ""


def _lines(found: Recording, at: int) -> list[str]:
    """Return the text of the lines that ran in a turn, without the `for` itself."""
    text = found.source.splitlines()
    lines = (number for number in found.turns[at].lines if number != found.plan.first)
    return [text[number - 1].strip() for number in lines]


def _stops(found: Recording, at: int) -> bool:
    return found.stop is not None and at + 1 == len(found.turns)


def _values(found: Recording, at: int) -> dict[str, str]:
    turn: Turn = found.turns[at]
    names = (*found.plan.targets, *found.plan.counters)
    return dict(zip(names, (*turn.targets, *turn.counters), strict=True))


def _recorded(one: Code, call: str, given: Mapping[str, object] | None) -> Recording:
    return record(one, call, given) if isinstance(one, str) else from_data(one)


def _ended(found: Recording) -> str:
    """Say what became of a loop that takes no more turns than these."""
    if not found.turns:
        return found.problem or note(found)
    number = len(found.turns)
    if found.stop:
        return f"It stopped in turn {number} with {found.stop[1]}."
    turns = f"{number} turn{'s' * (number != 1)}"
    return f"Only its first {turns} are shown." if found.more else f"It ended after {turns}."


def _code(found: Recording) -> str:
    lines = enumerate(found.source.rstrip().splitlines(), 1)
    text = html.escape("\n".join(f"{number:3}  {line}" for number, line in lines))
    return f'<pre style="overflow:auto;margin:.35em 0">{text}</pre>'
