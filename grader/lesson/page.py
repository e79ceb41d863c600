"""
The lesson as a notebook: for each mistake a question with the code, then, below it, the two loops,
what learners were told, and the right code. Nothing of a learner runs with it: its code cells show
what was recorded, and their outputs hold it as text besides.
"""

import html
import json
import pprint
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.lesson.replaying import Replayed
from grader.widgets.kernel.recording import as_data
from grader.widgets.two_loops import TwoLoops

LONGEST_CALL = 120  # characters that fit on a slide
MADE = {"lesson": True}  # in metadata.grader: such a file may be written over


@dataclass(frozen=True, slots=True)
class Item:
    """One question: where the task stands, how many made the mistake, and what to show."""

    task: str
    learners: int
    of: int
    wrong: str
    right: str
    told: str
    loops: Replayed


def notebook(title: str, items: Sequence[Item], remarks: Sequence[str]) -> dict[str, object]:
    """Return the lesson as the data of a notebook file."""
    cells = [_text("start", _start(title, items, remarks))]
    for number, item in enumerate(items, start=1):
        cells += _question(number, item)
    return {
        "cells": cells,
        "metadata": {
            "grader": MADE,
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def text_of(nb: dict[str, object]) -> str:
    """Return the text of the file."""
    return json.dumps(nb, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def is_lesson(text: str) -> bool:
    """Tell whether a file is a lesson that was written before."""
    try:
        return json.loads(text)["metadata"]["grader"] == MADE
    except (ValueError, KeyError, TypeError):
        return False


def _start(title: str, items: Sequence[Item], remarks: Sequence[str]) -> str:
    number = "One mistake" if len(items) == 1 else f"{len(items)} mistakes"
    lines = [
        f"# {_plain(title)}: what does this code do?",
        "",
        f"{number} that the class really made, without names."
        " Let the room say what the code does, and only then go on to the cell below.",
        "",
        "*Run > Run All Cells* brings the loops to life. No code of a learner's runs then: both"
        " loops were recorded when this notebook was written.",
    ]
    return "\n".join([*lines, *(f"\n{_plain(one)}" for one in remarks)])


def _question(number: int, item: Item) -> Iterator[dict[str, object]]:
    """Yield the cells of one question."""
    whole = f"{item.of} learner{'s' * (item.of != 1)}"
    some = f"{item.learners} of {whole} wrote something like this."
    yield _text(
        f"question_{number}",
        f"## {number}. What does this code do?\n\n*{_plain(item.task)}.* {some}\n\n"
        f"{_fenced(item.wrong)}",
    )
    loops = item.loops.wrong, item.loops.right
    if any(one.turns for one in loops):
        yield _loops(number, item.loops)
    told = [f"**What these learners were told:** {_told(item.told)}"]
    if not any(one.turns for one in loops) and (said := _said(item.loops)):
        told.append(_told(said))
    yield _text(
        f"answer_{number}",
        "<details>\n<summary>What goes wrong, and the right code</summary>\n\n"
        + "\n\n".join(told)
        + f"\n\n{_fenced(item.right)}\n\n</details>",
    )


def _said(loops: Replayed) -> str:
    """Say what came of both where there is no loop to step through, "" where that tells nothing."""
    wrong, right = loops.wrong, loops.right
    if 0 < len(loops.call) <= LONGEST_CALL and wrong.came != right.came:
        pairs = (("this code", wrong.came), ("the right code", right.came))
        came = ", ".join(f"{who} {what}" for who, what in pairs if what)
        return f"With `{loops.call}` {came}."
    return "" if wrong.problem in ("", right.problem) else wrong.problem


def short(text: str) -> str:
    """Return a call that fits on a slide."""
    return text if len(text) <= LONGEST_CALL else f"{text.partition('(')[0]}(…)"


def _loops(number: int, loops: Replayed) -> dict[str, object]:
    part = TwoLoops(as_data(loops.wrong), as_data(loops.right), call=short(loops.call))
    data = [
        pprint.pformat(as_data(one), width=100, sort_dicts=False)
        for one in (loops.wrong, loops.right)
    ]
    call = f", call={short(loops.call)!r}" if loops.call else ""
    source = (
        "# Both loops, turn by turn. Run this cell with Shift+Enter.\n"
        "from grader.widgets import TwoLoops\n\n"
        f"this_code = {data[0]}\nright_code = {data[1]}\n"
        f"TwoLoops(this_code, right_code{call})"
    )
    twin = {"text/plain": part.plain_text(), "text/html": part.static_html()}
    output = {"output_type": "display_data", "metadata": {}}
    output["data"] = {kind: text.splitlines(keepends=True) for kind, text in twin.items()}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"loops_{number}",
        "metadata": {"jupyter": {"source_hidden": True}},
        "outputs": [output],
        "source": source.splitlines(keepends=True),
    }


def _text(cell_id: str, text: str) -> dict[str, object]:
    lines = text.splitlines(keepends=True)
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": lines}


def _fenced(code: str) -> str:
    """Return code as a block of its own, whatever signs stand in it."""
    ticks = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}python\n{code}\n{fence}"


def _told(text: str) -> str:
    """Return a sentence with a learner's words in it: only its code in backticks is marked up."""
    parts = re.split(r"`([^`]*)`", text)
    return "".join(
        f"<code>{_signs(part)}</code>" if odd % 2 else _signs(part)
        for odd, part in enumerate(parts)
    )


def _plain(text: str) -> str:
    """Return a text as it is: no sign of it is Markdown, HTML or mathematics."""
    return _signs(" ".join(text.split()))


def _signs(text: str) -> str:
    escaped = html.escape(text, quote=False)
    return re.sub(r"[\\`*_{}\[\]()#+!|$~^:]", lambda sign: f"&#{ord(sign[0])};", escaped)
