"""
What a text would be read for, beside one's own text: each line can be ticked, and stays ticked in
the notebook. For learners without an instructor, who read what they wrote themselves.
"""

import html
import re
from collections.abc import Sequence
from typing import Any

from grader.widgets.base import Widget, escape
from grader.widgets.kernel import session
from grader.widgets.question import KEPT

ASKS = "Read your text again. Tick what you find in it."


class Rubric(Widget):
    """The lines that the text in the cell `key` would be read for: `Rubric("a7", ["Says …"])`."""

    assets = ("saves", "answers", "option", "rubric")

    def __init__(self, key: str, lines: Sequence[str]) -> None:
        self.key, self.lines, self.name = key, list(lines), f"rubric_{key}"

    @property
    def ticked(self) -> list[int]:
        """The numbers of the lines that were ticked, from 1."""
        kept = session.known_answers(self.name).get(self.name, "")
        numbers = [int(one) for one in re.findall(r"\d+", kept)]
        return [one for one in numbers if 0 < one <= len(self.lines)]

    def props(self) -> dict[str, Any]:
        """Return the card and what it says."""
        return {
            "key": self.name,
            "title": f"What to look for in {session.title(self.key).lower()}",
            "page": self._page(),
            "number": len(self.lines),
            "ticked": self.ticked,
            "says": KEPT,
        }

    def static_html(self) -> str:
        """Return the lines."""
        items = "".join(f"<li>{escape(line)}</li>" for line in self.lines)
        return f"<p><strong>{ASKS}</strong></p><ul>{items}</ul>"

    def plain_text(self) -> str:
        """Return how much was found."""
        return f"{ASKS} {self._found()}"

    def pages(self) -> list[dict[str, Any]]:
        """Return the lines, and below them how many were ticked, which the page writes anew."""
        shown = f'<p id="answer-{self.name}" class="grader-answer">{escape(self._found())}</p>'
        return [*super().pages(), {"text/plain": self._found(), "text/html": shown}]

    def _found(self) -> str:
        which = f": {', '.join(map(str, self.ticked))}" if self.ticked else ""
        return f"Found {len(self.ticked)} of {len(self.lines)}{which}."

    def _page(self) -> str:
        lines = "".join(
            f'<label class="option"><input type="checkbox" name="{html.escape(self.name)}">'
            f"<span>{escape(line)}</span></label>"
            for line in self.lines
        )
        return (
            f'<fieldset aria-labelledby="asked"><p class="stem" id="asked">{ASKS}</p>{lines}'
            '</fieldset><p class="kept"></p>'
        )
