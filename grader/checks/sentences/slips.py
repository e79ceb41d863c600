"""
The sentences for a step that counts in a loop: a missing variable, a wrong type, a typed-in
number, a loop that is none.

Why the number itself is wrong is told by `grader.checks.causes`.
"""

import ast

from grader.checks.facts import Counting
from grader.checks.source import (
    COMPREHENSIONS,
    calls,
    loops_over,
    names_stored,
    nearest,
    number,
    root_of,
    show,
    stored,
    typed_in,
)
from grader.rerun.rerun import Run


def absent(case: Counting, run: Run) -> str:
    """The variable does not exist, although nothing stopped."""
    near = nearest(case.name, names_stored(case.source.tree) & set(run.values), 0.5)
    if near:
        return f"The number is stored under the name `{near}`. Rename it to `{case.name}`."
    if any(isinstance(n, ast.Name) and n.id == case.name for n in case.source.walk(ast.Name)):
        return f"`{case.name}` gets its value in code that never runs. Set it after the loop."
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
    start = "The loop is right. " if loop_is_right else ""
    if got is None:
        return f"{start}`{case.name}` is `None`, {_gave_nothing(case)}"
    if isinstance(got, str):
        by = next((f for f in ("str", "format") if calls(case.source.tree, f)), None)
        action = f"remove `{by}( )`" if by else "store the number itself, without quotes"
        told = f"the text {show(got)}; the task asks for a float, so {action}."
    elif isinstance(got, (list, tuple)):
        told = f"a {type(got).__name__}, not a number. Store the float itself, without brackets."
    else:
        told = f"a `{type(got).__name__}`; the task asks for a float. Divide with `/`."
    return f"{start}`{case.name}` is {told}"


def _gave_nothing(case: Counting) -> str:
    """Why the variable is None, to follow "is `None`, "."""
    values = [value for _, value in stored(case.source.tree, case.name)]
    called = next((ast.unparse(v.func) for v in values if isinstance(v, ast.Call)), "")
    if called == "print":
        return (
            "because `print( )` shows a value but gives nothing back: write"
            f" `{case.name} = correct / ...`."
        )
    if called.isidentifier():
        return f"because `{called}( )` has no `return`. Return the number from it."
    return "so nothing was given back. Store the number itself."


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


HIDDEN_CODE = (
    "The code of this step is hidden in a text given to `exec`. Write the loop itself in the cell."
)


def typed(case: Counting) -> str:
    """The number ignores the data."""
    tree = case.source.tree
    value = case.values()[0]
    shown = number(value) if isinstance(value, float) else show(value).strip("`")
    stays = f"stays {shown} when the data change"
    assigned = stored(tree, case.name)
    last = assigned[-1] if assigned else (0, None)
    by_hand = last[1] is not None and typed_in(last[1])
    loops = loops_over(tree, case.variable)
    if not loops:
        return _typed_without_loop(case, shown, stays, last[1] if by_hand else None)
    if not any(turns for inputs, _ in case.examples for turns in case.watched(inputs).turns):
        told = f"The loop never runs, and `{case.name}` was typed in, so it {stays}. Let the loop"
        return f"{told} count the matches."
    if not by_hand:
        told = f"`{case.name}` {stays}: the values were typed into this cell. Read them from"
        return f"{told} `{root_of(case.over)}`."
    if any(isinstance(p, (ast.Compare, ast.AugAssign)) for loop in loops for p in ast.walk(loop)):
        told = f"The loop counts, but `{case.name}` is typed in on line {last[0]} and {stays}."
        return f"{told} Divide the count instead."
    told = f"The loop visits every index but counts nothing, and `{case.name}` {stays}. Compare"
    return f"{told} the two lists inside the loop."


def _typed_without_loop(case: Counting, shown: str, stays: str, last: ast.expr | None) -> str:
    """The number ignores the data, and there is no loop with the variable."""
    if list(case.source.walk(ast.For, ast.While, *COMPREHENSIONS)):
        told = f"`{case.name}` {stays}: the loop does not use `{case.over}`. Compare the two lists"
        return f"{told} inside the loop."
    numbers = [n.value for n in ast.walk(last) if isinstance(n, ast.Constant)] if last else []
    two = len(numbers) > 1
    what = f"{numbers[0]} and {numbers[1]} were typed in" if two else "it was typed in"
    told = f"`{case.name}` is {shown}, but {what}: there is no `for` loop, and the result {stays}."
    return f"{told} Count the matches in a loop."
