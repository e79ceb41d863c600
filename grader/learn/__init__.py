"""
What a learner's notebook imports; holds no answer and imports nothing else of grader.

The interactive parts are `from grader.learn import Question` and so on. A course brings its own
parts along: its distribution names them as entry points of the group `grader.parts`.
"""

import functools
import sys
from importlib import import_module
from importlib.metadata import entry_points

OWN = {
    "LoopTrace": "grader.learn.trace",
    "Progress": "grader.learn.progress",
    "Question": "grader.learn.question",
    "Strength": "grader.learn.strength",
}


@functools.cache
def parts() -> dict[str, str]:
    """Return the modules of all interactive parts by their names."""
    return OWN | {one.name: one.module for one in entry_points(group="grader.parts")}


@functools.cache
def plugged(group: str, name: str) -> object:
    """Return what a course plugs in under this name; LookupError where none does."""
    for one in entry_points(group=group, name=name):
        return one.load()
    raise LookupError(f"no course brings along {name!r} for {group}")


def __getattr__(name: str) -> object:
    """Import a part where it is asked for: a check cell needs none of them."""
    if name.startswith("_"):
        raise AttributeError(name)
    # A room that was made from a warm server has the course's module already: nothing to look for.
    ready = getattr(sys.modules.get("grader.learn.interactive"), "KINDS", {})
    if name not in OWN and name in ready:
        return ready[name]
    if name not in parts():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(parts()[name]), name)
