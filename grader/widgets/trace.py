"""
The learner's own loop, replayed turn by turn: the lines that ran, and a row of values for each
turn. It was recorded while the cell ran; the page only turns its leaves.
"""

import html
from typing import Any

from grader.widgets.base import SCREEN, Widget, escape, table
from grader.widgets.kernel import hooks, session
from grader.widgets.kernel.recorder import NONE, Recording, recordings

MATCH = {True: "✔ yes", False: "✘ no", None: NONE}
TOLD = {True: ": a match", False: ": no match", None: ""}
TWIN_ROWS = 20


class LoopTrace(Widget):
    """The first `for` loop of a step's answer cell, as it last ran: `LoopTrace("step_3")`."""

    assets = (*SCREEN, "turns", "trace")
    follows_runs = True
    summary = ""  # a part with one is closed at first

    def __init__(self, step: str) -> None:
        self.step, self.name = step, f"trace_{step}"
        hooks.follow(self, (step,))

    @property
    def recording(self) -> Recording:
        """The loop of the latest run, or why there is none."""
        title = session.title(self.step).lower()
        none = Recording(problem=f"Run {title} first; then its loop can be replayed here.")
        return recordings.get(self.step, none)

    def props(self) -> dict[str, Any]:
        """Return the cell's lines, the table of turns, and a sentence for each turn."""
        found = self.recording
        return {
            "name": self.name,
            "title": f"{session.title(self.step)}: your loop, turn by turn",
            "summary": self.summary,
            "code": found.source.rstrip().split("\n") if found.turns else [],
            "table": turns_table(found),
            "turns": [turn_of(found, number) for number in range(len(found.turns))],
            "note": note(found),
        }

    def static_html(self) -> str:
        """Return the sentence and the first turns as a table."""
        told = f"{session.title(self.step)}: {note(self.recording)}"
        return f"<p>{escape(told)}</p>{turns_html(self.recording)}"

    def plain_text(self) -> str:
        """Return the sentence about the whole loop."""
        return f"{session.title(self.step)}: {note(self.recording)}"


class ExampleTrace(LoopTrace):
    """The loop of the function in an answer cell, as it ran on an example that went wrong."""

    follows_runs = False
    summary = "Watch your loop on this example"

    def __init__(self, answer_id: str, found: Recording) -> None:
        self.step, self.name, self.found = answer_id, f"loop_{answer_id}", found

    @property
    def recording(self) -> Recording:
        """The loop as it ran on the example."""
        return self.found

    def static_html(self) -> str:
        """Return the lines, the sentence and the first turns, closed at first."""
        plan, lines = self.found.plan, self.found.source.splitlines()
        numbered = enumerate(lines[plan.first - 1 : plan.last], plan.first)
        text = html.escape("\n".join(f"{number:3}  {line}" for number, line in numbered))
        return (
            f'<details><summary style="cursor:pointer">{self.summary}</summary>'
            f'<pre style="overflow:auto;margin:.35em 0">{text}</pre>'
            f"<p>{escape(note(self.found))}</p>{turns_html(self.found)}</details>"
        )


def turns_html(found: Recording) -> str:
    """Return the first turns of a recorded loop as a table; "" where there are none."""
    shown = turns_table(found)
    hidden = len(shown["rows"]) - TWIN_ROWS
    shown["rows"] = shown["rows"][:TWIN_ROWS]
    rest = f"<p>{hidden} more turns are not shown here.</p>" if hidden > 0 else ""
    return table(**shown) + rest if shown["rows"] else ""


def turns_table(found: Recording) -> dict[str, Any]:
    """Return the table of a loop: its caption, its columns, and a row for each turn."""
    plan = found.plan
    if plan is None or not found.turns:
        return {"caption": "", "columns": [], "rows": []}
    paired = any(turn.pair for turn in found.turns)
    rows = []
    for number, turn in enumerate(found.turns, 1):
        pair = [*(turn.pair or (NONE, NONE)), MATCH[turn.match]] if paired else []
        rows.append([str(number), *turn.targets, *pair, *turn.counters])
    columns = [
        "Turn",
        *plan.targets,
        *((*plan.pair.names, "match") if paired else ()),
        *plan.counters,
    ]
    return {"caption": "The values of each turn, at its end", "columns": columns, "rows": rows}


def turn_of(found: Recording, at: int) -> dict[str, Any]:
    """Return what the page lights in a turn, and the sentence about it."""
    turn, plan = found.turns[at], found.plan
    before = found.turns[at - 1].counters if at else found.start
    counts = list(zip(plan.counters, before, turn.counters, strict=True))
    said = [f"`{name}` is {value}" for name, value in zip(plan.targets, turn.targets, strict=True)]
    names = plan.pair.names if plan.pair else ()
    for name, value in zip(names, turn.pair or (), strict=False):
        said.append(f"{name} {value}" if value != NONE else f"no {name}")
    last = at + 1 == len(found.turns)
    head = f"Turn {at + 1}" if found.more else f"Turn {at + 1} of {len(found.turns)}"
    parts = [f"{head}: {', '.join(said)}{TOLD[turn.match]}."]
    parts += [f"{_went(*count)}." for count in counts]
    if last and found.stop:
        parts.append("Line {} stopped it with {}.".format(*found.stop))
    return {
        "lines": turn.lines,
        "stopped": found.stop[0] if last and found.stop else 0,
        "says": " ".join(parts),
        "changed": [name for name, old, new in counts if old != new],
    }


def _went(name: str, before: str, after: str) -> str:
    if before == after:
        return f"`{name}` stays {after}"
    if before == NONE:
        return f"`{name}` becomes {after}"
    return f"`{name}` goes from {before} to {after}"


def note(found: Recording) -> str:
    """Return one sentence about the whole loop, or why there is none."""
    if found.problem:
        return found.problem
    number = len(found.turns)
    if found.stop:
        where = f"in turn {number}" if number else "before its first turn"
        return f"The loop stopped {where}: line {found.stop[0]}, {found.stop[1]}."
    if found.more:
        first = f"Shown: the first {number} turn{'s' * (number != 1)}."
        return (
            f"{first} The loop went on unrecorded." if number else "The loop could not be recorded."
        )
    if not number:
        return "The loop took no turn in this run."
    ends = zip(found.plan.counters, found.start, found.turns[-1].counters, strict=True)
    counts = ", ".join(_went(*count) for count in ends)
    return f"The loop took {number} turn{'s' * (number != 1)}{': ' * bool(counts)}{counts}."
