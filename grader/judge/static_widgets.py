"""
Cells of the key that only show an interactive part of the course, such as a question's card.

They hold no code of a learner and are not run: their page is made here, with the learner's choice,
so a graded notebook shows it even if the notebook's process ended before.
"""

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import grader.widgets
from grader.aliases import today
from grader.widgets.base import Widget

MODULE = "grader.widgets"


def card(
    source: str, answers: dict[str, str], material: Mapping[str, Any] | None = None
) -> list[dict[str, object]] | None:
    """
    Return what such a cell shows, with the choice among `answers`, and where `material` is given
    with what an edition for self-study tells about questions; None for a cell of any other kind.
    """
    call = _call(source)
    if call is None:
        return None
    name, args, kwargs = call
    kind: type[Widget] = getattr(grader.widgets, name)
    if kind.follows_runs:
        return []  # tells about the runs of a kernel, and there was none
    try:
        part = kind(*args, **kwargs)
    except (TypeError, ValueError):
        return None  # the author's slip: run in the sandbox, the cell shows its error
    part.set_answers(answers)
    part.set_material(dict(material or {}))
    return [{"output_type": "display_data", "data": page, "metadata": {}} for page in part.pages()]


@lru_cache(maxsize=256)
def _call(source: str) -> tuple[str, list[object], dict[str, object]] | None:
    """Return the one call of a cell that imports a part and calls it with constants."""
    try:
        imported, shown = ast.parse(source).body
        (name,) = (alias.name for alias in imported.names if alias.asname is None)
        call = shown.value
        if (
            today(imported.module or "") != MODULE
            or call.func.id != name
            or not grader.widgets.module_of(name)
        ):
            return None
        return (
            name,
            [ast.literal_eval(arg) for arg in call.args],
            {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords},
        )
    except (AttributeError, SyntaxError, TypeError, ValueError):
        return None
