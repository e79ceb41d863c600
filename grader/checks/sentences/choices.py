"""What is wrong with the form of a finding: its type, its spelling, a list that is none."""

from collections.abc import Sequence

from grader.checks.called import alike, written
from grader.checks.source import nearest


def unfit(key: str, held: object, choices: Sequence[object], many: bool) -> str:
    """
    Say what keeps a finding from being one of these choices, or with `many` a list of some of them,
    and what to do; "" for nothing.
    """
    if isinstance(held, list) is not many:
        return _no_list(key, held, choices) if many else _one_alone(key, held)
    items = held if many else [held]
    for at, item in enumerate(items):
        if not any(alike(item, choice) for choice in choices):
            return _none_of(item, choices)
        if any(alike(item, other) for other in items[:at]):
            return f"`{written(item)}` is in the list twice: name it once."
    return ""


def _no_list(key: str, held: object, choices: Sequence[object]) -> str:
    inside = written(held) if any(alike(held, choice) for choice in choices) else "..."
    return f"`{key}` is `{written(held)}`, which is no list: write `[{inside}]`."


def _one_alone(key: str, held: object) -> str:
    return f"`{key}` is the list `{written(held)}`: write one value alone, without brackets."


def _none_of(item: object, choices: Sequence[object]) -> str:
    shown, text = written(item), str(item).strip().casefold()
    for choice in choices:
        if isinstance(item, str) and not isinstance(choice, str) and text == str(choice).casefold():
            return f"`{shown}` is a text: write `{choice!r}`, without quotes."
        if isinstance(item, str) and isinstance(choice, str) and text == choice.casefold():
            return f"`{shown}` should be `{choice!r}`: capital letters and blanks count."
    near = nearest(text, [one for one in choices if isinstance(one, str)], cutoff=0.75)
    if near:
        return f"`{shown}` is none of the choices: write `{near!r}`."
    return f"`{shown}` is none of the choices: {', '.join(f'`{one!r}`' for one in choices)}."
