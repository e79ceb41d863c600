"""
Calls of a learner's function: what a check asks for, what came of it, and how that is told.

A `Case` is a row of acts that may share objects. `Called` is one act's outcome, made of plain data
alone: JSON that somebody else wrote.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.checks.words import word

TOLERANCE = 1e-9  # sums of floats differ in the last digits between Python 3.11 and 3.12
LONGEST_SHOWN = 160  # characters of a call or a value in a sentence
MISSING = object()
ENDLESS = "did not end in time"


@dataclass(frozen=True, slots=True)
class Shared:
    """An argument that all calls of a case share under this name; `start` is how it begins."""

    name: str
    start: object


@dataclass(frozen=True, slots=True)
class Called:
    """
    What came of one call: its value, and what it printed. `error` is the class and the words of an
    exception, and `kinds` are all classes that it belongs to; then `value` is MISSING.

    `args` are the arguments as they were sent, so that a judge compares with what was asked; only a
    shared object is what the call left of it. `after` is what the call left of all of them, and
    `asked` are the calls of functions that stood in for others, as (name, arguments): who answers
    those calls keeps this record.
    """

    value: object = MISSING
    printed: str = ""
    args: tuple[object, ...] = ()
    error: tuple[str, str] | None = None
    untouched: bool = True  # the arguments that are not shared are as they were
    after: tuple[object, ...] = ()
    asked: tuple[tuple[str, list[object]], ...] = ()
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(cls, act: dict[str, object], came: dict[str, object]) -> "Called":
        """Read an act's outcome; what is no JSON counts as an error of the function's."""
        sent = tuple(act.get("args", ()))
        try:
            value = json.loads(came["value"]) if "value" in came else MISSING
            after = json.loads(came["after"]) if "after" in came else list(sent)
        except (ValueError, RecursionError):
            return cls(args=sent, after=sent, error=("ValueError", "that is no plain data"))
        whole = isinstance(after, list) and len(after) == len(sent)
        after = after if whole else [None] * len(sent)
        shared = {int(place) for place in act.get("shared", {})}
        args = tuple(after[n] if n in shared else one for n, one in enumerate(sent))
        untouched = "after" not in came or (whole and json.dumps(after) == json.dumps(args))
        error = tuple(came["raised"]) if "raised" in came else None
        asked = tuple((name, given) for name, given in came.get("asked", ()))
        kinds = tuple(came.get("kinds", ()))
        return cls(value, came["printed"], args, error, untouched, tuple(after), asked, kinds)

    def as_text(self) -> str:
        """Say in a few words what came of the call."""
        if self.error is None:
            return f"gave `{written(self.value)}`"
        kind, words = self.error
        if kind == "KeyboardInterrupt":
            return ENDLESS
        if kind == "NotPlainData":
            return f"gave back something else than plain data ({one_line(words[:80])})"
        return f"stopped with `{one_line(f'{kind}: {words[:120]}').rstrip(': ')}`"


@dataclass(frozen=True, slots=True)
class Call:
    """
    A call with these arguments, of the function `to` ("" for the one that the cell is about).

    `gives` is what it should return and `prints` what it should print, MISSING where anything goes;
    `raises` is the class of the error with which it should stop; one derived from it is one too.
    `leaves` is what shared arguments should be afterwards, by their names.
    """

    args: tuple[object, ...]
    gives: object = MISSING
    prints: object = MISSING
    raises: str = ""
    to: str = ""
    leaves: Mapping[str, object] = field(default_factory=dict)

    def act(self, function: str) -> dict[str, object]:
        """Return the call as `grader.rerun.calls` takes it."""
        shared = {str(n): one.name for n, one in enumerate(self.args) if isinstance(one, Shared)}
        act = {"call": self.to or function, "args": self.plain()}
        return act | {"shared": shared} if shared else act

    def shown(self, function: str) -> str:
        """Return the call as Python writes it."""
        return f"{self.to or function}({', '.join(map(repr, self.plain()))})"

    def wanted(self, came: Called, may_change: bool = False) -> bool:
        """
        Tell whether the call did what it should, and left its arguments alone unless it
        `may_change` them.
        """
        if self.raises or came.error:
            return self.raises in came.kinds
        gave = self.gives is MISSING or alike(came.value, self.gives)
        left_alone = may_change or came.untouched
        left = self.left(came)
        known = all(alike(left.get(name), one) for name, one in self.leaves.items())
        return gave and self.prints in (MISSING, came.printed) and left_alone and known

    def left(self, came: Called) -> dict[str, object]:
        """Return what a call left of its shared arguments, by their names."""
        pairs = zip(self.args, came.after, strict=False)
        return {one.name: after for one, after in pairs if isinstance(one, Shared)}

    def plain(self) -> list[object]:
        """Return the arguments as they are sent."""
        return [one.start if isinstance(one, Shared) else one for one in self.args]


@dataclass(frozen=True, slots=True)
class Spoil:
    """
    Between two calls somebody changes the shared object of this name, or what the last call gave.
    """

    name: str | None = None

    def act(self, function: str) -> dict[str, object]:
        """Return it as `grader.rerun.calls` takes it."""
        return {"spoil": self.name}


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the value of a variable, or at what it holds under a key alone."""

    name: str
    key: str | None = None

    def act(self, function: str) -> dict[str, object]:
        """Return it as `grader.rerun.calls` takes it."""
        return {"look": self.name} | ({} if self.key is None else {"key": self.key})


@dataclass(frozen=True, slots=True)
class Case:
    """
    Acts one after the other; `instead` are functions of the check by the name they replace, and
    `other` those that give something of a library's, by its full name, other data to work on. With
    `whole` only an `int` is right where one is wanted.
    """

    acts: tuple[Call | Spoil | Look, ...]
    instead: dict[str, str] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    whole: bool = False

    def plan(self, function: str) -> list[dict[str, object]]:
        """Return the case as `grader.rerun.calls` takes it."""
        acts = [act.act(function) for act in self.acts]
        acts[0] |= {"instead": self.instead} if self.instead else {}
        acts[0] |= {"other": self.other} if self.other else {}
        return acts

    def read(self, function: str, came: list[dict[str, object]]) -> list[Called]:
        """Return what came of each act; a case that broke off is shorter."""
        return [Called.of(act, one) for act, one in zip(self.plan(function), came, strict=False)]

    def as_wanted(self, came: list[Called]) -> bool:
        """Tell whether each call gave and printed what it should, and left its arguments alone."""
        return len(came) == len(self.acts) and all(
            act.wanted(one)
            for act, one in zip(self.acts, came, strict=True)
            if isinstance(act, Call)
        )


def written(value: object) -> str:
    """Return a value as Python writes it, cut where it is long."""
    text = one_line(repr(value))
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def one_line(text: str) -> str:
    """Return a text of a learner's that stays within one line and its backticks."""
    return " ".join(text.split()).replace("`", "'")


@word()
def alike(got: object, expected: object) -> bool:
    """
    Tell whether plain data is the same down to the last item; numbers may differ by 1e-9, a bool is
    no number, and None is only None.
    """
    if any(one is None or isinstance(one, bool) for one in (got, expected)):
        return got is expected
    if isinstance(got, (int, float)) and isinstance(expected, (int, float)):
        return abs(got - expected) <= TOLERANCE
    if isinstance(got, dict) and isinstance(expected, dict):
        return got.keys() == expected.keys() and all(alike(got[k], expected[k]) for k in expected)
    if isinstance(got, list) and isinstance(expected, (list, tuple)):
        return len(got) == len(expected) and all(map(alike, got, expected))
    return type(got) is type(expected) and got == expected
