"""
The words of check cells, registered where they are defined:

    @word(asks=ANSWERS, tells=material)
    def chose(key, letter, **more): ...

A registered word can be imported from `grader.checks`; nothing else lists them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
WORK, ANSWERS, NOTHING = "work", "answers", "nothing"

# Material for cards by question or pattern, and notes, of what a hidden call of a word tells.
Told = tuple[dict[str, Any], list[str]]


@dataclass(frozen=True, slots=True)
class Word:
    """
    A word of check cells. `asks` is what it looks at: `WORK`, what the notebook ran; `ANSWERS`,
    saved quiz answers alone; `NOTHING` by itself. `tells` takes the arguments of a hidden call of
    it and returns what learners without an instructor may be told of that.
    """

    function: Callable[..., Any]
    asks: str
    tells: Callable[..., Told] | None


WORDS: dict[str, Word] = {}


def word(asks: str = WORK, tells: Callable[..., Told] | None = None) -> Callable[[F], F]:
    """Register the decorated function as a word under its own name."""

    def registered(function: F) -> F:
        WORDS[function.__name__] = Word(function, asks, tells)
        return function

    return registered
