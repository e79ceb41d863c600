"""Causes of a wrong number that a formula shows: it gives the number seen, on every example."""

import ast
import math
from collections.abc import Callable

from grader.checks.facts import Counting
from grader.checks.source import calls


def _everywhere(case: Counting, formula: Callable[[list[tuple], float], float]) -> bool:
    """True where a formula over (pairs, expected) gives the number of every finished example."""
    rows = [(pairs(inputs), expected, case.got(inputs)) for inputs, expected in case.examples]
    seen = [(p, e, g) for p, e, g in rows if isinstance(g, (int, float))]
    try:
        return bool(seen) and all(math.isclose(g, formula(p, e), abs_tol=1e-9) for p, e, g in seen)
    except ZeroDivisionError:
        return False


def pairs(inputs: dict[str, object]) -> list[tuple]:
    """The rows of an example: (prediction, true label)."""
    held = next(value for value in inputs.values() if isinstance(value, dict))
    return list(zip(*held.values(), strict=False))


def mismatches(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The mismatches were counted."""
    if not _everywhere(case, lambda pairs, e: 1 - e):
        return None
    if any(isinstance(op, ast.NotEq) for n in case.source.walk(ast.Compare) for op in n.ops):
        return "The `if` uses `!=`, so it counts the mismatches: use `==`."
    return "This is the share of mismatches: count where the two values are equal."


def only_some_pairs(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """Only the matches of one kind were counted."""
    if _everywhere(case, lambda pairs, e: pairs.count((1, 1)) / len(pairs)):
        if any(isinstance(n.op, ast.Mult) for n in case.source.walk(ast.BinOp)):
            return (
                "Multiplying counts only the pairs (1, 1); compare the two values with `==` so that"
                " (0, 0) counts too."
            )
        return (
            "Only the pairs (1, 1) are counted; a match (0, 0) is also correct, so compare the two"
            " values with `==`."
        )
    if _everywhere(case, lambda pairs, e: pairs.count((0, 0)) / len(pairs)):
        return (
            "Only the pairs (0, 0) are counted; a match (1, 1) is also correct, so compare the two"
            " values with `==`."
        )
    if _everywhere(case, lambda pairs, e: pairs.count((1, 1)) / sum(p[0] for p in pairs)):
        return (
            "This divides by the predictions that are 1 (precision). Divide by how many predictions"
            " there are."
        )
    return None


def one_list_only(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """One list was looked at, not both."""
    for place, what in ((0, "predictions"), (1, "true labels")):
        if _everywhere(
            case, lambda pairs, e, place=place: sum(p[place] for p in pairs) / len(pairs)
        ):
            return f"This is the share of 1s among the {what}: compare the two lists with `==`."
    if any(
        len(n.comparators) == 1 and ast.dump(n.left) == ast.dump(n.comparators[0])
        for n in case.source.walk(ast.Compare)
    ):
        return (
            "Both sides of `==` read the same list: compare the predictions with the true labels."
        )
    return None


def counts_everything(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """Every turn was counted."""
    if not _everywhere(case, lambda pairs, e: 1.0):
        return None
    if not list(case.source.walk(ast.Compare)):
        return (
            "Every turn is counted: add 1 only where the two values are equal, with an `if` and"
            " `==`."
        )
    return (
        "Every turn is counted. Check that the line that adds 1 stands inside the `if`, and that"
        " the `if` compares both lists."
    )


def never_counts(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """No turn was counted."""
    if got != 0 or not _everywhere(case, lambda pairs, e: 0.0):
        return None
    if any(calls(n, "str") for n in case.source.walk(ast.Compare)):
        return "A text and a number are never equal: remove `str( )` from the comparison."
    if any(
        isinstance(op, (ast.Is, ast.Lt, ast.Gt))
        for n in case.source.walk(ast.Compare)
        for op in n.ops
    ):
        return "The count never grows: compare the two values with `==`."
    return "The count never grows: add 1 inside the `if`, with `+= 1`."


def wrong_divisor(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The count is right and the division is not."""
    for shift, told in ((-1, "one less than"), (1, "one more than")):
        if _everywhere(case, lambda pairs, e, shift=shift: e * len(pairs) / (len(pairs) + shift)):
            return f"The count is right, but it is divided by {told} the number of predictions."
    if _everywhere(case, lambda pairs, e: len(pairs) / (e * len(pairs))):
        return "The division is upside down: divide the matches by the number of predictions."
    if _everywhere(case, lambda pairs, e: (e * len(pairs) + 1) / len(pairs)):
        return "The count starts at 1: start it at 0."
    if _everywhere(case, lambda pairs, e: e * len(pairs) / (2 * len(pairs))):
        return (
            "The count is divided by the length of both lists together: divide by the length of"
            " one."
        )
    return None
