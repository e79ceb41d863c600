"""The sentences for a loop that is none, goes through the wrong indexes, or makes nothing."""

import ast

from grader.checks.facts import Counting
from grader.checks.sentences.own import say
from grader.checks.source import (
    COMPREHENSIONS,
    calls,
    loops_over,
    number,
    root_of,
    stored,
    typed_in,
)
from grader.rerun.watch import names_in

UNSEEN = (
    "This step's code reaches into Python itself, so nobody can see what its loop does. Write the"
    " loop with plain lists and numbers."
)


def no_loop(case: Counting) -> str:
    """There is no `for` statement with the variable."""
    start = _right_so_far(case)
    loops, variable = list(case.source.walk(ast.For)), case.variable
    if loops:
        names = sorted(names_in(loops[0].target))
        if (
            len(names) > 1
            and calls(case.source.tree, "zip")
            and not calls(case.source.tree, "enumerate")
        ):
            return (
                f"{start}This loop runs over the values with `zip`; the task asks for a loop with"
                f" variable `{variable}` over the indexes."
            )
        return (
            f"{start}The loop variable is called `{', '.join(names)}`; the task asks for"
            f" `{variable}`, which takes every index."
        )
    if list(case.source.walk(ast.While)):
        return (
            f"{start}The task asks for a `for` loop, and this is a `while` loop: use `for"
            f" {variable} in range(...)`."
        )
    made = next(case.source.walk(*COMPREHENSIONS), None)
    if made is not None:
        kind = (
            "list comprehension"
            if isinstance(made, ast.ListComp)
            else "generator expression inside a call"
        )
        return (
            f"{start}The task asks for a `for` loop statement, and this is a {kind}: write the loop"
            " on its own lines."
        )
    return (
        f"{start}The task asks for a `for` loop with variable `{variable}` over the indexes, and"
        f" there is none: {_do(case)} in a loop."
    )


def not_every_index(case: Counting, turns: list[list[object]], length: int) -> str:
    """The loop is there, but its variable does not take every index."""
    start = _right_so_far(case)
    if not any(turns):
        return (
            f"{start}The `for` loop with `{case.variable}` never runs. Call the function it stands"
            " in, or take it out of the `if`."
        )
    taken = max(turns, key=len)
    fixed = fixed_range(case)
    told = fixed or ends(taken, length)
    if told:
        return start + told
    if (
        taken
        and all(type(value) is int for value in taken)
        and min(taken) == 1
        and max(taken) == length
    ):
        return (
            f"{start}`{case.variable}` runs from 1 to {length}, and the indexes from 0 to"
            f" {length - 1}: start at 0."
        )
    if any(type(value) is not int for value in taken) or len(taken) == length:
        return (
            f"{start}`{case.variable}` takes the values of a list, not its indexes: loop over"
            " `range(len(...))`."
        )
    return (
        f"{start}`{case.variable}` takes {len(taken)} of {length} indexes. Let it take every index"
        " with `range(len(...))`."
    )


def fixed_range(case: Counting) -> str | None:
    """The loop goes over a typed-in range or list of indexes."""
    for call in calls(case.source.tree, "range"):
        if call.args and all(typed_in(arg) for arg in call.args):
            return (
                f"`{ast.unparse(call)}` fits one number of rows only. Use"
                f" `range(len({case.over}))`."
            )
    for loop in loops_over(case.source.tree, case.variable):
        if isinstance(loop.iter, (ast.List, ast.Tuple)) and typed_in(loop.iter):
            return (
                "The indexes were typed in, so the loop fits one number of rows only. Use"
                f" `range(len({case.over}))`."
            )
    return None


def ends(taken: list[object], length: int) -> str | None:
    """The loop misses an index at one of its ends, or every second one."""
    if taken == list(range(length - 1)):
        return f"The loop stops at index {length - 2} and skips index {length - 1}: remove `- 1`."
    if taken == list(range(1, length)):
        return "The loop starts at index 1 and skips index 0: start it at 0."
    if taken == list(range(1, length - 1)):
        return f"The loop skips index 0 and index {length - 1}: let it take every index."
    if taken and taken == list(range(0, length, 2)) and length > 2:
        return "The loop takes every second index: remove the step 2."
    return None


def decorative(case: Counting) -> str:
    """The loop takes every index, but the number does not come from it."""
    return (
        f"{_right_so_far(case)}It does not come from the `for` loop, which changes nothing in it."
        f" {_do(case).capitalize()} inside the loop."
    )


def _do(case: Counting) -> str:
    """Return what the loop is for, as an order."""
    return getattr(say("counting", case), "DO", "make the number")


def _right_so_far(case: Counting) -> str:
    if not case.right():
        return ""
    expected = case.examples[0][1]
    return (
        f"`{case.name}` is right. "
        if case.shown
        else f"`{case.name}` is right ({number(expected)}). "
    )


def changes_data(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The step writes into the data it should only read."""
    name = root_of(case.over)
    lines = [line for line, _ in stored(case.source.tree, name)]
    lines += [
        n.lineno
        for n in case.source.walk(ast.Subscript)
        if isinstance(n.ctx, ast.Store) and name in names_in(n)
    ]
    return (
        f"Line {min(lines)} changes `{name}`: leave the data as they are and only count."
        if lines
        else None
    )


def takes_values(case: Counting, got: float, expected: float, inputs: dict) -> str | None:
    """The loop variable takes the values of the list."""
    if any(
        not isinstance(loop.iter, ast.Call) and case.over in ast.unparse(loop.iter)
        for loop in loops_over(case.source.tree, case.variable)
    ):
        return (
            f"`{case.variable}` takes the values of the list, not its indexes: loop over"
            " `range(len(...))`."
        )
    return None
