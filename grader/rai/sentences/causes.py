"""
Why the share of right predictions is a wrong number: the engine's causes, and between them those of
this exercise.
"""

import ast
import math

from grader.checks.facts import Counting
from grader.checks.sentences.causes import (
    Cause,
    ends_early,
    first_cause,
    fixed_length,
    floor,
    is_count,
    misses_an_end,
    rounds,
)
from grader.checks.sentences.loops import changes_data, takes_values
from grader.checks.source import calls, number, root_of, typed_in
from grader.rai.sentences import formulas
from grader.rai.sentences.slips import only_counts
from grader.rerun.watch import names_in


def wrong_number(case: Counting, position: int) -> str:
    """The number is a number, but not the right one for an example."""
    inputs, expected = case.examples[position]
    got = case.got(inputs)
    if not abs(got) < 1e9:  # NaN among them
        return f"`{case.name}` is no share between 0 and 1. Divide the matches by the predictions."
    start = f"`{case.name}` is {number(got)} but should be {number(expected)}"
    if found := first_cause(case, position, CAUSES):
        cause, told = found
        return told if cause in NEAR else f"{start}. {told}"
    return (
        f"{start}. Count how often the two lists agree at the same index, then divide once by how"
        " many predictions there are."
    )


def _percentage(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    if math.isclose(got, expected * 100):
        return (
            f"The loop is right. `{case.name}` is {got!r}, a percentage; the task asks for the"
            f" share {number(expected)}, so remove `* 100`."
        )
    return None


def _count(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    return only_counts(case, int(got)) if is_count(got, expected) else None


def _nested(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    for loop in case.source.walk(ast.For):
        if any(isinstance(part, ast.For) for inner in loop.body for part in ast.walk(inner)):
            return (
                "The second loop compares every prediction with every label: use one loop and the"
                f" same index `{case.variable}` for both lists."
            )
    return None


def _divides_inside(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    for loop in case.source.walk(ast.For, ast.While):
        for part in (p for statement in loop.body for p in ast.walk(statement)):
            value = getattr(part, "value", None)
            divides = isinstance(part, ast.AugAssign) and isinstance(part.op, ast.Div)
            if isinstance(part, ast.Assign) and value is not None:
                divides = any(
                    isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div) for n in ast.walk(value)
                )
            if not divides:
                continue
            target = part.target if isinstance(part, ast.AugAssign) else part.targets[0]
            if isinstance(part, ast.Assign) and not names_in(target) & names_in(value):
                return (
                    f"After the loop `{case.name}` holds the last row only. Count in the loop,"
                    " divide once after it."
                )
            times = sum(a == b for a, b in formulas.pairs(inputs))
            return (
                f"The division is inside the loop, so it happens {times} times: do it once, after"
                " the loop."
            )
    return None


def _restarts(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    for loop in case.source.walk(ast.For):
        for part in loop.body:
            if (
                isinstance(part, ast.Assign)
                and typed_in(part.value)
                and isinstance(part.targets[0], ast.Name)
            ):
                name, value = part.targets[0].id, ast.unparse(part.value)
                return (
                    f"`{name} = {value}` is inside the loop, so the count restarts each time: move"
                    " it above the loop."
                )
            if (
                isinstance(part, ast.Assign)
                and isinstance(part.value, (ast.List, ast.Tuple))
                and not part.value.elts
            ):
                return (
                    f"`{ast.unparse(part)}` is inside the loop, so the list restarts each time:"
                    " move it above the loop."
                )
    for part in (
        p
        for loop in case.source.walk(ast.For)
        for statement in loop.body
        for p in ast.walk(statement)
    ):
        if (
            isinstance(part, ast.Assign)
            and isinstance(part.targets[0], ast.Name)
            and typed_in(part.value)
        ):
            return f"`{ast.unparse(part)}` sets the count instead of adding to it: use `+= 1`."
    return None


def _length_of_dictionary(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    name = root_of(case.over)
    if not any(
        len(c.args) == 1 and isinstance(c.args[0], ast.Name) and c.args[0].id == name
        for c in calls(case.source.tree, "len")
    ):
        return None
    keys, length = len(inputs[name]), case.length(inputs)
    turns = case.watched(inputs).turns
    seen = (
        f"so the loop sees only {keys} of {length} predictions"
        if turns and len(turns[0]) == keys
        else f"not the {length} predictions"
    )
    return (
        f"`len({name})` counts the {keys} keys, {seen}: use the length of the list `{case.over}`."
    )


def _fixed_divisor(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    for node in case.source.walk(ast.BinOp):
        if (
            isinstance(node.op, ast.Div)
            and isinstance(node.left, ast.Constant)
            and names_in(node.right)
        ):
            return (
                f"The number of matches was typed in ({node.left.value}): count them in the loop."
            )
    for node in case.source.walk(ast.BinOp, ast.AugAssign):
        divisor = getattr(node, "right", None) or getattr(node, "value", None)
        if (
            isinstance(node.op, ast.Div)
            and isinstance(divisor, ast.Constant)
            and divisor.value not in (1, 100)
        ):
            return (
                f"The number divided by was typed in ({divisor.value}), so it fits one length only:"
                f" use `len({case.over})`."
            )
    return None


CAUSES: tuple[Cause, ...] = (
    changes_data,
    takes_values,
    _percentage,
    _count,
    floor,
    ends_early,
    _nested,
    _divides_inside,
    _restarts,
    _length_of_dictionary,
    fixed_length,
    misses_an_end,
    formulas.mismatches,
    formulas.only_some_pairs,
    formulas.one_list_only,
    formulas.wrong_divisor,
    _fixed_divisor,
    formulas.counts_everything,
    formulas.never_counts,
    rounds,
)
NEAR = (_percentage, _count)  # what the number should be follows from their sentences
