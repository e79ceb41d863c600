"""
What a course says in its own words, where the engine's are too general for its exercises.

A course names a module of functions as an entry point of the group `grader.sentences`. Each
function is one of these, gives None where it has nothing to say, and may be left out:

    counting(case)          what to use in place of `grader.checks.sentences.numbers`
    line(case)              what a printed line is called, such as "report"
    divided_by_zero(inputs) what to divide by in an exercise with these inputs
    fraction(name, value)   why the variable may not be a `Fraction` although its value is right
"""

import functools
from types import ModuleType

from grader.widgets import offered, plugged


def say(what: str, *facts: object) -> object:
    """Return what the first course that has something to say about the facts says, else None."""
    for module in _courses():
        found = getattr(module, what, _nothing)(*facts)
        if found is not None:
            return found
    return None


@functools.cache
def _courses() -> tuple[ModuleType, ...]:
    return tuple(plugged("grader.sentences", name) for name in offered("grader.sentences"))


def _nothing(*facts: object) -> None:
    """Stand in for a function that a course leaves out."""
