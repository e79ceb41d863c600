"""
What is known of a notebook's names from its text, so that nobody needs to ask in the sandbox.

While all cells only write constants down, their values are in the text and no guest is opened. And
plain code has no names but those in its text.
"""

import ast
import copy
import re
from collections.abc import Iterable

from grader.judge.purity import constants, is_plain
from grader.judge.sources import names_bound
from grader.rerun.rerun import Run
from grader.sandbox import codec

IPYTHONS = re.compile(r"In|Out|exit|quit|get_ipython|_{1,3}|__.*|_i+|_i?\d+|_[a-z]h|_exit_code")


class StaticValues:
    """The names of the cells that have run so far."""

    def __init__(self) -> None:
        self._constants: dict[str, ast.expr] | None = {}
        self._names: set[str] | None = set()

    def add(self, cell: str) -> bool:
        """Take note of a cell; tell whether it has to run to know what comes of it."""
        found = constants(cell)
        if found is None or self._constants is None:
            self._constants = None
        else:
            self._constants |= dict(found)
        if self._names is not None:
            self._names = self._names | names_bound([cell]) if is_plain(cell) else None
        return self._constants is None

    def forget(self) -> None:
        """Somebody has changed the names from outside."""
        self._constants = self._names = None

    def values(self, names: Iterable[str]) -> dict[str, object] | None:
        """Return the values of those names that there are; None where only the sandbox can tell."""
        if self._constants is None or any(map(_is_ipythons, names)):
            return None
        there = {name: self._constants[name] for name in names if name in self._constants}
        try:
            values = {name: ast.literal_eval(value) for name, value in there.items()}
            return codec.loads(codec.dumps(values))  # as if they came from there
        except codec.CodecError:
            return None

    def possible(self, names: Iterable[str]) -> list[str]:
        """Return those names that there may be."""
        if self._names is None:
            return list(names)
        return [name for name in names if name in self._names or _is_ipythons(name)]


def known_run(
    cells: tuple[str, ...], inputs: dict[str, object], options: dict[str, object]
) -> Run | None:
    """
    Return what `grader.rerun.rerun.reruns` would make of cells that only write constants down; None
    for any others.
    """
    found = [constants(cell) for cell in cells]
    if None in found or options.get("before"):
        return None
    if any(len({id(expression) for _, expression in own}) < len(own) for own in found):
        return None  # a = b = 1: what the reference says about one of them would be said of both
    reference = options.get("reference") or {}
    values = copy.deepcopy(inputs)
    for name, expression in (pair for own in found for pair in own):
        value = ast.literal_eval(expression)
        if name in inputs and name in reference and value == reference[name]:
            value = copy.deepcopy(inputs[name])
        values[name] = value
    try:
        kept = {name: value for name, value in values.items() if not name.startswith("__")}
        return Run(codec.loads(codec.dumps(kept)), "", "", None)
    except codec.CodecError:
        return None


def _is_ipythons(name: str) -> bool:
    return IPYTHONS.fullmatch(name) is not None
