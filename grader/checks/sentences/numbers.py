"""
The sentences for a number that a loop makes: a missing variable, a wrong type, a typed-in number.

Why the number itself is wrong is looked for in `causes`. A course whose exercise is about something
of its own may say more: see `own`.
"""

import ast

from grader.checks.facts import Counting
from grader.checks.sentences.causes import CAUSES, first_cause
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

HIDDEN_CODE = (
    "The code of this step is hidden in a text given to `exec`. Write the loop itself in the cell."
)


def absent(case: Counting, run: Run) -> str:
    """The variable does not exist, although nothing stopped."""
    if told := stored_under_another_name(case, run):
        return told
    if loops_over(case.source.tree, case.variable):
        return (
            f"The loop is there, but `{case.name}` does not exist yet. Store under this name what"
            " the loop makes."
        )
    return (
        f"`{case.name}` does not exist yet. Write a `for` loop with the variable"
        f" `{case.variable}`, and store what it makes under this name."
    )


def stored_under_another_name(case: Counting, run: Run) -> str | None:
    """Something is stored, but not under the name, or in code that never runs."""
    near = nearest(case.name, names_stored(case.source.tree) & set(run.values), 0.5)
    if near:
        return f"The number is stored under the name `{near}`. Rename it to `{case.name}`."
    if any(n.id == case.name for n in case.source.walk(ast.Name)):
        return f"`{case.name}` gets its value in code that never runs. Set it after the loop."
    return None


def wrong_type(case: Counting, got: object, loop_is_right: bool) -> str:
    """The variable holds something that is no float."""
    if got is ...:
        return f"`{case.name}` still holds the placeholder `...`. Store the number there."
    if isinstance(got, bool):
        return f"`{case.name}` is `{got}`, the answer of one comparison. Store a number there."
    if isinstance(got, int):
        return drops_decimals(case, got) or (
            f"`{case.name}` is the whole number {got}; the task asks for a decimal, a `float`."
        )
    told = no_number(case, got) or f"a `{type(got).__name__}`; the task asks for a float."
    return f"{'The loop is right. ' if loop_is_right else ''}`{case.name}` is {told}"


def no_number(case: Counting, got: object, value: str = "...") -> str | None:
    """
    The variable holds None, a text or a list; to follow "`x` is ". `value` is what to store where a
    value was only printed.
    """
    if got is None:
        return f"`None`, {_gave_nothing(case, value)}"
    if isinstance(got, str):
        by = next((f for f in ("str", "format") if calls(case.source.tree, f)), None)
        action = f"remove `{by}( )`" if by else "store the number itself, without quotes"
        return f"the text {show(got)}; the task asks for a float, so {action}."
    if isinstance(got, (list, tuple)):
        return f"a {type(got).__name__}, not a number. Store the float itself, without brackets."
    return None


def _gave_nothing(case: Counting, value: str) -> str:
    """Why the variable is None, to follow "is `None`, "."""
    given = [node for _, node in stored(case.source.tree, case.name)]
    called = next((ast.unparse(one.func) for one in given if isinstance(one, ast.Call)), "")
    if called == "print":
        return (
            "because `print( )` shows a value but gives nothing back: write"
            f" `{case.name} = {value}`."
        )
    if called.isidentifier():
        return f"because `{called}( )` has no `return`. Return the number from it."
    return "so nothing was given back. Store the number itself."


def drops_decimals(case: Counting, got: int) -> str | None:
    """The variable holds a whole number because its decimals were dropped."""
    is_whole = f"`{case.name}` is {got}, a whole number:"
    if any(isinstance(n.op, ast.FloorDiv) for n in case.source.walk(ast.BinOp, ast.AugAssign)):
        return f"{is_whole} `//` drops the decimals. Divide with a single `/`."
    if calls(case.source.tree, "int"):
        return f"{is_whole} `int( )` drops the decimals. Remove it."
    if calls(case.source.tree, "round"):
        return f"{is_whole} `round( )` drops the decimals. Remove it."
    return None


def wrong_number(case: Counting, position: int) -> str:
    """The number is a number, but not the right one for an example."""
    inputs, expected = case.examples[position]
    told = f"`{case.name}` is {number(case.got(inputs))} but should be {number(expected)}"
    if found := first_cause(case, position, CAUSES):
        return f"{told}. {found[1]}"
    return f"{told}. Look at each turn of the loop: which value of `{case.variable}` goes wrong?"


def typed(case: Counting) -> str:
    """The number ignores the data."""
    tree, stays = case.source.tree, stays_the_same(case)
    loops = loops_over(tree, case.variable)
    if not loops:
        if list(case.source.walk(ast.For, ast.While, *COMPREHENSIONS)):
            return f"`{case.name}` {stays}: the loop does not use `{case.over}`. Read it there."
        return (
            f"`{case.name}` {stays}: it was typed in, and there is no `for` loop. Let a loop over"
            f" `{case.over}` make it."
        )
    if not any(turns for inputs, _ in case.examples for turns in case.watched(inputs).turns):
        return (
            f"The loop never runs, and `{case.name}` was typed in, so it {stays}. Let the loop make"
            " it."
        )
    if not (line := typed_on_line(case)):
        return (
            f"`{case.name}` {stays}: the values were typed into this cell. Read them from"
            f" `{root_of(case.over)}`."
        )
    return f"`{case.name}` is typed in on line {line} and {stays}. Store what the loop makes."


def stays_the_same(case: Counting) -> str:
    """Say that the number stays as it is, to follow its name."""
    return f"stays {shown(case)} when the data change"


def shown(case: Counting) -> str:
    """Return the number as it came on the first example."""
    value = case.values()[0]
    return number(value) if isinstance(value, float) else show(value).strip("`")


def typed_on_line(case: Counting) -> int:
    """Return the line on which the number itself was typed in last, 0 where it was not."""
    assigned = stored(case.source.tree, case.name)
    line, value = assigned[-1] if assigned else (0, None)
    return line if value is not None and typed_in(value) else 0
