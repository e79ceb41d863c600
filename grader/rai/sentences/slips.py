"""
The sentences for the share of right predictions: a missing variable, a wrong type, a typed-in
number. What is not about predictions is said in the engine's words.
"""

import ast

from grader.checks.facts import Counting
from grader.checks.sentences import numbers
from grader.checks.source import COMPREHENSIONS, calls, loops_over, root_of, stored
from grader.rerun.rerun import Run


def absent(case: Counting, run: Run) -> str:
    """The variable does not exist, although nothing stopped."""
    if told := numbers.stored_under_another_name(case, run):
        return told
    if any(
        isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div)
        for e in case.source.walk(ast.Expr)
        for n in ast.walk(e)
    ):
        return (
            f"The result is calculated but not stored. Write `{case.name} =` before the division."
        )
    if loops_over(case.source.tree, case.variable):
        return (
            f"The loop is there, but `{case.name}` does not exist yet. Divide the count by how many"
            " predictions there are and store it."
        )
    return (
        f"`{case.name}` does not exist yet. Start with `correct = 0`, then write a `for` loop with"
        f" variable `{case.variable}` over the indexes."
    )


def wrong_type(case: Counting, got: object, loop_is_right: bool) -> str:
    """The variable holds something that is no float."""
    if got is ...:
        return f"`{case.name}` still holds the placeholder `...`. Count the matches and divide."
    if isinstance(got, bool):
        return (
            f"`{case.name}` is `{got}`, the answer of one comparison. Count the matches in the"
            " loop, then divide."
        )
    if isinstance(got, int):
        return whole_number(case, got)
    told = numbers.no_number(case, got, "correct / ...")
    told = told or f"a `{type(got).__name__}`; the task asks for a float. Divide with `/`."
    return f"{'The loop is right. ' if loop_is_right else ''}`{case.name}` is {told}"


def whole_number(case: Counting, got: int) -> str:
    """The variable holds a whole number where a share is asked for."""
    inputs, expected = case.examples[0]
    length = case.length(inputs)
    if any(isinstance(n.op, ast.FloorDiv) for n in case.source.walk(ast.BinOp, ast.AugAssign)):
        return (
            f"`{case.name}` is {got}, a whole number: `//` drops the decimals. Divide with a single"
            " `/`."
        )
    if calls(case.source.tree, "int") and got != round(expected * length):
        return (
            f"`{case.name}` is {got}, a whole number: `int( )` drops the decimals. Remove it from"
            " the division."
        )
    if told := only_counts(case, got):
        return told
    if calls(case.source.tree, "round"):
        return f"`{case.name}` is {got}, a whole number: `round( )` drops the decimals. Remove it."
    return (
        f"`{case.name}` is the whole number {got}; the task asks for a float. Divide the matches by"
        " the number of predictions with `/`."
    )


def only_counts(case: Counting, got: int) -> str | None:
    """The matches are counted right, and not divided; None where that is not so."""
    inputs, expected = case.examples[0]
    length = case.length(inputs)
    floored = any(
        isinstance(n.op, ast.FloorDiv) for n in case.source.walk(ast.BinOp, ast.AugAssign)
    )
    if floored or got != round(expected * length):
        return None
    return (
        f"The loop is right: it counts {got} matches. `{case.name}` is that count; "
        f"divide it by the number of predictions ({length}) to get a share."
    )


def typed(case: Counting) -> str:
    """The number ignores the data."""
    tree = case.source.tree
    stays, line = numbers.stays_the_same(case), numbers.typed_on_line(case)
    loops = loops_over(tree, case.variable)
    if not loops:
        return _typed_without_loop(case, stays)
    if not any(turns for inputs, _ in case.examples for turns in case.watched(inputs).turns):
        told = f"The loop never runs, and `{case.name}` was typed in, so it {stays}. Let the loop"
        return f"{told} count the matches."
    if not line:
        told = f"`{case.name}` {stays}: the values were typed into this cell. Read them from"
        return f"{told} `{root_of(case.over)}`."
    if any(isinstance(p, (ast.Compare, ast.AugAssign)) for loop in loops for p in ast.walk(loop)):
        told = f"The loop counts, but `{case.name}` is typed in on line {line} and {stays}."
        return f"{told} Divide the count instead."
    told = f"The loop visits every index but counts nothing, and `{case.name}` {stays}. Compare"
    return f"{told} the two lists inside the loop."


def _typed_without_loop(case: Counting, stays: str) -> str:
    """The number ignores the data, and there is no loop with the variable."""
    if list(case.source.walk(ast.For, ast.While, *COMPREHENSIONS)):
        told = f"`{case.name}` {stays}: the loop does not use `{case.over}`. Compare the two lists"
        return f"{told} inside the loop."
    held: list[object] = []
    if numbers.typed_on_line(case):
        _, last = stored(case.source.tree, case.name)[-1]
        held = [n.value for n in ast.walk(last) if isinstance(n, ast.Constant)]
    what = f"{held[0]} and {held[1]} were typed in" if len(held) > 1 else "it was typed in"
    told = f"`{case.name}` is {numbers.shown(case)}, but {what}: there is no `for` loop, and the"
    return f"{told} result {stays}. Count the matches in a loop."
