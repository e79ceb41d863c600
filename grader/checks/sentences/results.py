"""What is wrong in what a function gives: one cause and one thing to do, or ""."""

import ast
import difflib

from grader.checks.called import MISSING, Call
from grader.checks.difference import PRINTED, VALUE, Difference
from grader.checks.sentences.work import Work

KINDS = {bool: "`True` or `False`", int: "a number", float: "a number", str: "a text"}
KINDS |= {list: "a list", dict: "a dictionary", type(None): "`None`"}


def keys(work: Work) -> str:
    """A key is missing or has another name."""
    example = work.example
    if not _is_value(example) or not example.place or not isinstance(example.place[-1], str):
        return ""
    key = example.place[-1]
    if example.came is MISSING and not _holds(list(example.args), key):
        have = _parent(work, example)
        others = [one for one in have if isinstance(one, str)] if isinstance(have, dict) else []
        near = difflib.get_close_matches(key, others, 1, 0.5) or [
            one for one in others if not _wanted_key(work, example, one)
        ]
        there = f" There is `{near[0]!r}`." if near else ""
        return f"The key `{key!r}` is missing in the result.{there} Name it as the task does."
    if example.wanted is MISSING and not _holds(list(example.args), key):
        return f"The key `{key!r}` is one too many in the result: the task has no such key."
    return ""


def typed_in(work: Work) -> str:
    """A name or a number of the example stands in the code."""
    example = work.example
    if not _is_value(example):
        return ""
    texts = {n.value for n in work.nodes if isinstance(n, ast.Constant) and type(n.value) is str}
    for key in example.place[-1:]:
        have = _parent(work, example)
        missing = example.came is MISSING and _holds(list(example.args), key)
        typed = texts & set(have) if isinstance(have, dict) and missing else set()
        foreign = [
            one
            for one in sorted(typed)
            if not _holds(list(example.args), one) and not _wanted_key(work, example, one)
        ]
        if foreign:
            source = _source(work, example, key)
            return (
                f"`{foreign[0]!r}` stands in your code, and not in the data here: take the names"
                f" from `{source}`."
            )
    for one in work.nodes:
        number = one.right if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Div) else None
        if isinstance(number, ast.Constant) and number.value not in (1, 2, 100):
            return (
                f"Line {one.lineno} divides by {number.value}, a number that fits one example only:"
                " use a `len(...)` or a count."
            )
    return ""


def type_(work: Work) -> str:
    """The result, or a part of it, is of another kind than asked for."""
    example = work.example
    if not _is_value(example) or MISSING in (example.came, example.wanted):
        return ""
    came, wanted = KINDS.get(type(example.came), ""), KINDS.get(type(example.wanted), "")
    subject = f"`result{example.where}`" if example.place else f"What `{work.name}` gives"
    whole = type(example.wanted) is int and type(example.came) is float
    if whole and example.came == example.wanted:
        return f"{subject} is `{example.came}`, and should be a whole number: use `int(...)`."
    if came == wanted or None in (example.came, example.wanted):
        return ""
    if isinstance(example.came, str) and isinstance(example.wanted, (int, float)):
        return (
            f"{subject} is a text, and should be {wanted}: leave its quotes, `str(...)` or f-string"
            " away."
        )
    return f"{subject} is {came}, and should be {wanted}: make it one."


def printed(work: Work) -> str:
    """Another text is printed than the task asks for: nothing, more lines or fewer, or a slip."""
    example = work.example
    if example is None or example.kind != PRINTED:
        return ""
    came, wanted = (str(one).splitlines() for one in (example.came, example.wanted))
    if not came:
        return f"`{work.name}` prints nothing here: print the line as the task shows it."
    if len(came) != len(wanted):
        return (
            f"`{work.name}` prints {_lines(len(came))} here, and {_lines(len(wanted))} should come:"
            " look at when it prints."
        )
    number = next(
        n for n, (one, other) in enumerate(zip(came, wanted, strict=True)) if one != other
    )
    place = Difference(PRINTED, "", (), came[number], wanted[number]).parts_at
    return (
        f"What `{work.name}` prints differs from sign {place + 1} of line {number + 1} on: compare"
        " it with the line of the task, sign by sign."
    )


def order(work: Work) -> str:
    """The right items stand in another order."""
    example = work.example
    if not _is_value(example):
        return ""
    for length in range(len(example.place), -1, -1):
        came, wanted = (_at(one, example.place[:length]) for one in _both(work, example))
        lists = isinstance(came, list) and isinstance(wanted, list) and came != wanted
        if lists and sorted(map(repr, came)) == sorted(map(repr, wanted)):
            where = "".join(f"[{one!r}]" for one in example.place[:length])
            return (
                f"`result{where}` holds the right items in another order: sort them as the task"
                " says, ties too."
            )
    return ""


def _lines(number: int) -> str:
    return "no line" if not number else f"{number} line{'s' * (number != 1)}"


def _both(work: Work, example: Difference) -> tuple[object, object]:
    """Return what the call of an example gave, and what it should give."""
    found = ((one.value, act.gives) for act, one in work.calls if _same_call(act, example))
    return next(found, (None, None))


def _at(value: object, place: tuple[object, ...]) -> object:
    for step in place:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return value


def _is_value(example: Difference | None) -> bool:
    return example is not None and example.kind == VALUE


def _parent(work: Work, example: Difference) -> object:
    """Return the part of the result in which something is missing."""
    return _at(_both(work, example)[0], example.place[:-1])


def _wanted_key(work: Work, example: Difference, key: str) -> bool:
    """Tell whether a key is one that the task asks for."""
    wanted = _at(_both(work, example)[1], example.place[:-1])
    return isinstance(wanted, dict) and key in wanted


def _same_call(act: Call, example: Difference) -> bool:
    return tuple(act.plain()) == example.args and not act.to


def _source(work: Work, example: Difference, key: object) -> str:
    """Return the name of the argument in which a key stands."""
    pairs = zip(work.parameters, example.args, strict=False)
    return next((name for name, one in pairs if _holds([one], key)), "the data")


def _holds(data: object, wanted: object) -> bool:
    """Tell whether a value stands anywhere in data."""
    if isinstance(data, dict):
        return wanted in data or any(_holds(one, wanted) for one in data.values())
    if isinstance(data, list):
        return any(_holds(one, wanted) for one in data)
    return type(data) is type(wanted) and data == wanted
