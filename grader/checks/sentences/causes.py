"""
Why a loop gives a wrong number, whatever it is about: each cause is looked for in the numbers seen
and in the source text.

`CAUSES` is the order of telling: the first that fits is the one the learner reads.
"""

import ast
from collections.abc import Callable, Iterable

from grader.checks.facts import Counting
from grader.checks.sentences.loops import changes_data, ends, fixed_range, takes_values
from grader.checks.source import calls, loops_over, typed_in
from grader.rerun.watch import names_in

# Takes the case, the number that came, the expected one and the inputs of one example.
Cause = Callable[[Counting, float, float, dict], str | None]


def first_cause(case: Counting, position: int, causes: Iterable[Cause]) -> tuple[Cause, str] | None:
    """Return the first of these causes that fits an example, with its sentence."""
    inputs, expected = case.examples[position]
    got = case.got(inputs)
    for cause in causes:
        if told := cause(case, got, expected, inputs):
            return cause, told
    return None


def is_count(got: float, expected: float) -> bool:
    """Tell whether a number is whole where the right one is not."""
    return isinstance(got, int) or (got == int(got) != expected and not 0 < got <= 1)


def floor(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The decimals were dropped on the way."""
    if is_count(got, expected):
        return None
    if any(isinstance(n.op, ast.FloorDiv) for n in case.source.walk(ast.BinOp, ast.AugAssign)):
        return "`//` drops the decimals: divide with a single `/`."
    return None


def ends_early(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The loop is left before its end."""
    if any(len(taken) >= case.length(inputs) for taken in case.watched(inputs).turns):
        return None
    if list(case.source.walk(ast.Break)):
        return "`break` ends the loop before every index was seen: remove it."
    if any(
        isinstance(p, ast.Return)
        for loop in case.source.walk(ast.For)
        for s in loop.body
        for p in ast.walk(s)
    ):
        return "`return` inside the loop ends it at once: return after the loop."
    return None


def restarts(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """What the loop builds up is set anew in each turn."""
    for loop in loops_over(case.source.tree, case.variable):
        built = {
            node.target.id
            for node in ast.walk(loop)
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
        }
        for part in loop.body:
            if not (isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name)):
                continue
            if part.targets[0].id in built and typed_in(part.value):
                return (
                    f"`{ast.unparse(part)}` is inside the loop, so `{part.targets[0].id}` restarts"
                    " each time: move it above the loop."
                )
    return None


def last_turn_only(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The variable is set from one row in each turn, so the last one stays."""
    for loop in case.source.walk(ast.For):
        for part in (p for statement in loop.body for p in ast.walk(statement)):
            if not isinstance(part, ast.Assign) or not isinstance(part.targets[0], ast.Name):
                continue
            name = part.targets[0].id
            if name == case.name and name not in names_in(part.value):
                return (
                    f"After the loop `{name}` holds what its last turn gave: add to it in each turn"
                    " instead."
                )
    return None


def fixed_length(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The loop goes over a typed-in range."""
    return fixed_range(case)


def misses_an_end(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The loop leaves out the first or the last index."""
    length = case.length(inputs)
    for taken in case.watched(inputs).turns:
        told = ends(taken, length)
        if told:
            return told
    return None


def fixed_divisor(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The number of rows was typed in where it is divided by."""
    for node in case.source.walk(ast.BinOp, ast.AugAssign):
        divisor = getattr(node, "right", None) or getattr(node, "value", None)
        if (
            isinstance(node.op, ast.Div)
            and isinstance(divisor, ast.Constant)
            and divisor.value in {case.length(data) for data, _ in case.examples}
        ):
            return (
                f"The number divided by was typed in ({divisor.value}), so it fits one length only:"
                f" use `len({case.over})`."
            )
    return None


def rounds(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The number was rounded."""
    rounded = any(round(expected, digits) == got for digits in range(13))
    if rounded and calls(case.source.tree, "round"):
        return "`round( )` changes the number: store it unrounded."
    return None


CAUSES: tuple[Cause, ...] = (
    changes_data,
    takes_values,
    floor,
    ends_early,
    restarts,
    last_turn_only,
    fixed_length,
    misses_an_end,
    fixed_divisor,
    rounds,
)
