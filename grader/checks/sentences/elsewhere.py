"""
The sentences for a number that a loop makes in an exercise about anything else than predictions.

They say what was asked and what came, and nothing about matches, labels or a division.
"""

from grader.checks.facts import Counting
from grader.checks.source import loops_over, names_stored, nearest, number, show
from grader.rerun.rerun import Run


def absent(case: Counting, run: Run) -> str:
    """The variable does not exist, although nothing stopped."""
    near = nearest(case.name, names_stored(case.source.tree) & set(run.values), 0.5)
    if near:
        return f"There is no `{case.name}`, but a `{near}`. Rename it to `{case.name}`."
    if loops_over(case.source.tree, case.variable):
        return (
            f"The loop is there, but `{case.name}` does not exist yet. Store under this name what"
            " the loop makes."
        )
    return (
        f"`{case.name}` does not exist yet. Write a `for` loop with the variable"
        f" `{case.variable}`, and store what it makes under this name."
    )


def wrong_type(case: Counting, got: object) -> str:
    """The variable holds something that is no float."""
    if got is ...:
        return f"`{case.name}` still holds the placeholder `...`. Store the number there."
    kind = type(got).__name__
    return (
        f"`{case.name}` is {show(got)}, of type `{kind}`; the task asks for a decimal, a `float`."
    )


def wrong_number(case: Counting, position: int) -> str:
    """The number is a number, but not the right one for an example."""
    inputs, expected = case.examples[position]
    told = f"`{case.name}` is {number(case.got(inputs))} but should be {number(expected)}"
    return f"{told}. Look at each turn of the loop: which value of `{case.variable}` goes wrong?"
