"""
Calls of a function that is right, to guess about: a guess is typed in, then the card shows what the
call gave and why that is right. Guesses are kept in the notebook.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.widgets import notebook
from grader.widgets.base import Widget, escape
from grader.widgets.kernel import session
from grader.widgets.question import KEPT

ASKS = "Break it yourself: what will yours give? Guess, then compare."


@dataclass(frozen=True, slots=True)
class Guess:
    """
    A call to guess about: what came of it ("gave `0.75`"), why that is right, and the texts that
    say the same, any of which is a right guess.
    """

    call: str
    came: str
    why: str
    same: tuple[str, ...] = ()


class Guesses(Widget):
    """Calls of the function in the answer cell `key`: `Guesses("a1", [Guess(…)])`."""

    assets = ("saves", "answers", "guesses")

    def __init__(self, key: str, calls: Sequence[Guess]) -> None:
        self.key, self.calls, self.name = key, tuple(calls), f"guesses_{key}"

    @property
    def typed(self) -> dict[str, str]:
        """What was guessed so far, by the call; the notebook holds it as JSON."""
        kept = notebook.kept(self.key, "answers").get(self.name, "")
        try:
            return session.letters(json.loads(kept))
        except (ValueError, TypeError, RecursionError):  # a file may hold anything
            return {}

    def props(self) -> dict[str, Any]:
        """Return the calls with what came of them, and the words of the card."""
        return {
            "key": self.name,
            "title": f"{session.title(self.key)}: break it yourself",
            "asks": ASKS,
            "calls": [
                {"call": one.call, "came": one.came, "why": one.why, "same": one.same}
                for one in self.calls
            ],
            "typed": self.typed,
            "says": KEPT,
        }

    def static_html(self) -> str:
        """Return the calls, each closed: one can guess, and open it."""
        typed = self.typed
        told = [f"It {one.came}. {one.why}" for one in self.calls]
        yours = [typed.get(one.call, "").replace("`", "'") for one in self.calls]
        items = "".join(
            '<details><summary style="cursor:pointer">'
            f"{escape(f'`{one.call}`')}</summary><p>"
            f"{escape(f'You guessed `{guess}`. {text}' if guess else text)}</p></details>"
            for one, text, guess in zip(self.calls, told, yours, strict=True)
        )
        return f'<div class="grader-guesses"><p>{ASKS}</p>{items}</div>'

    def plain_text(self) -> str:
        """Return the question and the calls in one line."""
        return f"{ASKS} {'; '.join(one.call for one in self.calls)}"
