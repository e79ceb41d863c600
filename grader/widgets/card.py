"""
The HTML of a question's card: the page draws what stands here, and makes it listen.

Every text is escaped; what stands between backticks is code.
"""

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grader.widgets.base import escape, table

if TYPE_CHECKING:
    from grader.widgets.question import Question


def page(part: "Question", about: Sequence[str], act: str, once: str) -> str:
    """Return the card; `act` names its button, "" for none, with the words `once` beside it."""
    badges = "".join(f'<span class="badge">{html.escape(text)}</span>' for text in about)
    options = "".join(_option(part.key, *option) for option in part.options.items())
    words = f"<span>{escape(once)}</span>" if once else ""
    button = f'<button class="main">{escape(act)}</button>'
    asked = f'<p class="stem" id="asked">{escape(part.after or part.stem)}</p>'
    before = f'<p class="stem">{escape(part.stem)}</p>' if part.after else asked
    beside = "".join(map(_frame, part.tables()))
    return "".join(
        [
            f'<div class="about">{badges}</div><div class="sides"><div>',
            before,
            _code(part),
            asked if part.after else "",
            f'<fieldset aria-labelledby="asked">{options}</fieldset>',
            '<p class="kept" tabindex="-1"></p>',
            f'<div class="act">{button}{words}</div>' if act else "",
            f'<div class="below"></div>{hints(part.hints)}</div>',
            f'<div class="beside">{beside}</div></div>',
        ]
    )


def hints(texts: Sequence[str]) -> str:
    """Return the hints, each closed."""
    return "".join(
        f"<details><summary>Hint {n} of {len(texts)}</summary><p>{escape(text)}</p></details>"
        for n, text in enumerate(texts, 1)
    )


def verdict(passed: bool, why: str, material: dict[str, Any]) -> str:
    """Return the verdict on a letter, and the solution, closed."""
    state, head = ("passed", "✔ Correct") if passed else ("missed", "✘ Not yet")
    told = f'<div class="told {state}"><strong>{head}</strong><p>{escape(why)}</p></div>'
    return f"{told}<details><summary>Show the solution</summary>{_solution(material)}</details>"


def answered(options: dict[str, str], why: dict[str, str], material: dict[str, Any]) -> str:
    """Return the right option, the reason for each, and the solution, closed, for a stored page."""
    right = material.get("answer", "")
    reasons = "".join(f"<li>{n}. {escape(why[n])}</li>" for n in options if why.get(n))
    told = f"<p><b>{escape(f'{right}. {options.get(right, str())}')}</b></p><ul>{reasons}</ul>"
    return f"<details><summary>Show the solution</summary>{told}{_solution(material)}</details>"


def _solution(material: dict[str, Any]) -> str:
    lines = [*material.get("lines", [])]
    mistakes = material.get("common_mistakes", [])
    if mistakes:
        lines.append(["Common Mistakes", ""])
    steps = "".join(
        f"<li><b>{escape(title)}</b><p>{escape(text)}</p></li>"
        for title, text in material.get("steps", [])
    )
    told = "".join(f"<p><b>{escape(name)}: </b>{escape(text)}</p>" for name, text in lines)
    often = "".join(f"<li>{escape(text)}</li>" for text in mistakes)
    return f"<ol>{steps}</ol>{told}<ul>{often}</ul>"


def _code(part: "Question") -> str:
    code = f'<pre tabindex="0" role="group" aria-label="The code">{html.escape(part.code)}</pre>'
    note = f'<p class="quiet">{escape(part.note)}</p>'
    figures = _frame(part.figures, " figures") if part.figures else ""
    return code * bool(part.code) + figures + note * bool(part.note)


def _frame(shown: dict[str, Any], kind: str = "") -> str:
    """Return a table in a frame that can be scrolled, also by keyboard."""
    name = html.escape(shown["caption"])
    frame = f'<div class="scroll{kind}" tabindex="0" role="group" aria-label="{name}">'
    return f"{frame}{table(**shown)}</div>"


def _option(key: str, letter: str, text: str) -> str:
    value = html.escape(letter)
    return (
        f'<label class="option"><input type="radio" name="{html.escape(key)}" value="{value}">'
        f"<b>{value}.</b><span>{escape(text)}</span></label>"
    )
