"""Results that are worth keeping: a class shows the same cards, checks and notes over and over."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

LONGEST = 10_000  # characters; longer texts are rarely the same, and would fill the memory


def kept(count: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Keep the last results of a function that takes a text first, for texts that are short."""

    def decorate(make: Callable[..., Any]) -> Callable[..., Any]:
        remembered = lru_cache(maxsize=count)(make)

        @wraps(make)
        def choose(text: str, *more: Any) -> Any:
            return (remembered if len(text) <= LONGEST else make)(text, *more)

        return choose

    return decorate
