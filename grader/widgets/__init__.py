"""
What a learner's notebook imports; holds no answer and imports nothing else of grader.

The interactive parts are `from grader.widgets import Question` and so on. A course brings its own
parts along: its distribution names them as entry points of the group `grader.widgets`.
"""

import functools
import sys
from importlib import import_module

OWN = {
    "LoopTrace": "grader.widgets.trace",
    "Progress": "grader.widgets.progress",
    "Question": "grader.widgets.question",
    "Rubric": "grader.widgets.rubric",
    "Strength": "grader.widgets.strength",
    "TwoLoops": "grader.widgets.two_loops",
}


@functools.cache
def available() -> dict[str, str]:
    """Return the modules of all interactive parts by their names."""
    return OWN | {name: one.partition(":")[0] for name, one in offered("grader.widgets").items()}


def module_of(name: str) -> str | None:
    """Return the module of an interactive part; None for a name that is none."""
    return OWN.get(name) or available().get(name)


@functools.cache
def offered(group: str) -> dict[str, str]:
    """Return what courses offer for a group of entry points: "module:object" by name."""
    from importlib.metadata import entry_points  # not for those who need no course

    return {one.name: one.value for one in entry_points(group=group)}


@functools.cache
def plugged(group: str, name: str) -> object:
    """Return what a course plugs in under this name; LookupError where none does."""
    if name not in offered(group):
        raise LookupError(f"no course brings along {name!r} for {group}")
    module, _, thing = offered(group)[name].partition(":")
    found = import_module(module)
    return getattr(found, thing) if thing else found


def __getattr__(name: str) -> object:
    """Import a part where it is asked for: a check cell needs none of them."""
    if not name[:1].isupper():  # asked for with each `from grader.widgets import session`
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # A room that was made from a warm server has the course's module already: nothing to look for.
    ready = getattr(sys.modules.get("grader.widgets.base"), "KINDS", {})
    if name not in OWN and name in ready:
        return ready[name]
    if (module := module_of(name)) is None:
        if available() == OWN:  # an environment from before courses had packages, say
            raise ImportError(
                f"No course is installed that brings along {name}. Install the package again:"
                " make demo, or pip install --editable . in the course folder."
            )
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(module), name)
