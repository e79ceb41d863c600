"""
The sentences for a step that counts in a loop: a missing variable, a wrong type, a typed-in
number, a loop that is none.

Why the number itself is wrong is told by `grader.checks.causes`.
"""

import ast
from typing import TYPE_CHECKING

from grader.checks.rerun import Run
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

if TYPE_CHECKING:
    from grader.checks.counting import Counting


def absent(case: "Counting", run: Run) -> str:
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


def wrong_type(case: "Counting", got: object) -> str:
    """The variable holds something that is no float."""
    start = "The loop is right. " if case.loop_is_right() else ""
    if got is ...:
        return (
            f"`{case.name}` still holds the placeholder `...`. Count the matches in a loop and"
            " divide."
        )
    if got is None:
        called = next(
            (
                ast.unparse(v.func)
                for _, v in stored(case.source.tree, case.name)
                if isinstance(v, ast.Call)
            ),
            None,
        )
        if called == "print":
            return (
                f"{start}`{case.name}` is `None`, because `print( )` shows a value but gives"
                f" nothing back: write `{case.name} = correct / ...`."
            )
        why = (
            f"because `{called}( )` has no `return`"
            if called and called.isidentifier()
            else "so nothing was given back"
        )
        return f"{start}`{case.name}` is `None`, {why}. Store the number itself."
    if isinstance(got, str):
        by = next((f for f in ("str", "format") if calls(case.source.tree, f)), None)
        action = (
            f"remove `{by}( )`" if by else "store the number itself, without quotes or f-string"
        )
        return (
            f"{start}`{case.name}` is the text {show(got)}; the task asks for a float, so {action}."
        )
    if isinstance(got, bool):
        return (
            f"`{case.name}` is `{got}`, the answer of one comparison. Count the matches in the"
            " loop, then divide."
        )
    if isinstance(got, int):
        return whole_number(case, got)
    if isinstance(got, (list, tuple)):
        return (
            f"{start}`{case.name}` is a {type(got).__name__}, not a number. Store the float itself,"
            " without brackets."
        )
    kind = type(got).__name__
    return (
        f"{start}`{case.name}` is a `{kind}`; the task asks for a float. Divide two whole numbers"
        " with `/`."
    )


def whole_number(case: "Counting", got: int) -> str:
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
    if got == round(expected * length):
        return (
            f"The loop is right: it counts {got} matches. `{case.name}` is that count; "
            f"divide it by the number of predictions ({length}) to get a share."
        )
    if calls(case.source.tree, "round"):
        return f"`{case.name}` is {got}, a whole number: `round( )` drops the decimals. Remove it."
    return (
        f"`{case.name}` is the whole number {got}; the task asks for a float. Divide the matches by"
        " the number of predictions with `/`."
    )


def typed(case: "Counting") -> str:
    """The number ignores the data."""
    if calls(case.source.tree, "exec") or calls(case.source.tree, "eval"):
        return (
            "The code of this step is hidden in a text given to `exec`. Write the loop itself in"
            " the cell."
        )
    value = case.values()[0]
    shown = number(value) if isinstance(value, float) else show(value).strip("`")
    stays = f"stays {shown} when the data change"
    loops = loops_over(case.source.tree, case.variable)
    assigned = stored(case.source.tree, case.name)
    ran = any(turns for inputs, _ in case.examples for turns in case.watched(inputs).turns)
    if not loops:
        last = assigned[-1][1] if assigned else None
        numbers = (
            [n.value for n in ast.walk(last) if isinstance(n, ast.Constant)]
            if last is not None and typed_in(last)
            else []
        )
        what = (
            f"{numbers[0]} and {numbers[1]} were typed in"
            if len(numbers) > 1
            else "it was typed in"
        )
        other = list(case.source.walk(ast.For, ast.While, *COMPREHENSIONS))
        if other:
            return (
                f"`{case.name}` {stays}: the loop does not use `{case.over}`. Compare the two lists"
                " inside the loop."
            )
        return (
            f"`{case.name}` is {shown}, but {what}: there is no `for` loop, and the result {stays}."
            " Count the matches in a loop."
        )
    if not ran:
        return (
            f"The loop never runs, and `{case.name}` was typed in, so it {stays}. Let the loop"
            " count the matches."
        )
    if assigned and typed_in(assigned[-1][1]):
        if any(
            isinstance(part, (ast.Compare, ast.AugAssign))
            for loop in loops
            for part in ast.walk(loop)
        ):
            return (
                f"The loop counts, but `{case.name}` is typed in on line {assigned[-1][0]} and"
                f" {stays}. Divide the count instead."
            )
        return (
            f"The loop visits every index but counts nothing, and `{case.name}` {stays}. Compare"
            " the two lists inside the loop."
        )
    return (
        f"`{case.name}` {stays}: the values were typed into this cell. Read them from"
        f" `{root_of(case.over)}`."
    )
