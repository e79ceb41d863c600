"""
A function that lives elsewhere: what stands in its place asks, and does here what came of the call.

Who made the function keeps its text. Here are its name, the question, and the answer:
`{"value": …}` or `{"raised": {"kinds": [class names], "message": …}}`, with what was `printed` and
the `args` and `kwargs` as the call left them.
"""

import builtins
import functools
import importlib
import inspect
import sys
from array import array
from collections import ChainMap, UserDict, UserList
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Elsewhere = Callable[[str, list[object], dict[str, object]], dict[str, object]]


def stand_in(name: str, elsewhere: Elsewhere) -> Callable[..., object]:
    """Return a function of this name that has its calls answered by `elsewhere`."""

    def standing(*args: object, **kwargs: object) -> object:
        came = elsewhere(name, list(args), dict(kwargs))
        sys.stdout.write(came.get("printed", ""))
        for mine, theirs in zip(args, came.get("args", ()), strict=False):
            change(mine, theirs)
        for key, theirs in came.get("kwargs", {}).items():
            change(kwargs.get(key), theirs)
        if "raised" in came:
            raise rebuilt(**came["raised"])
        return came["value"]

    standing.__name__ = standing.__qualname__ = name
    return standing


@contextmanager
def altered(others: dict[str, list[str]], elsewhere: Elsewhere) -> Iterator[None]:
    """
    Let a library's functions and classes work on other data for a while, whatever name the code has
    for them. `others` says by full name which arguments `elsewhere` gives other values to.
    """
    undo: list[tuple[object, str, object]] = []
    try:
        for full, takes in others.items():
            module, _, name = full.rpartition(".")
            real = getattr(importlib.import_module(module), name)
            if isinstance(real, type):
                places = [(real, "__init__")]
                other = _on_other_data(name, real.__init__, takes, elsewhere)
            else:
                places = [
                    (place, key)
                    for place in list(sys.modules.values())
                    for key, value in list(getattr(place, "__dict__", {}).items())
                    if value is real
                ]
                other = _on_other_data(name, real, takes, elsewhere)
            for place, key in places:
                undo.append((place, key, getattr(place, key)))
                setattr(place, key, other)
        yield
    finally:
        for place, key, value in reversed(undo):
            setattr(place, key, value)


def _on_other_data(
    name: str, real: Callable[..., object], takes: list[str], elsewhere: Elsewhere
) -> Callable[..., object]:
    @functools.wraps(real)
    def other(*args: object, **kwargs: object) -> object:
        bound = inspect.signature(real).bind(*args, **kwargs)
        given = {key: _listed(bound.arguments[key]) for key in takes if key in bound.arguments}
        came = elsewhere(name, [], given)
        if "raised" in came:
            raise rebuilt(**came["raised"])
        bound.arguments.update(came["value"])
        return real(*bound.args, **bound.kwargs)

    return other


def _listed(value: object) -> object:
    """Return a column of data as a list of plain values."""
    listed = value if isinstance(value, (str, dict)) or not hasattr(value, "__iter__") else [*value]
    return (
        [one.item() if hasattr(one, "item") else one for one in listed]
        if isinstance(listed, list)
        else listed
    )


def change(mine: object, theirs: object) -> None:
    """Make an argument what a call elsewhere left of it; lists within a list stay the same ones."""
    if type(mine) is not type(theirs):
        return
    if type(mine) is list:
        mine[:] = _kept(mine, theirs)
    elif type(mine) is dict:
        made = {key: _kept([mine.get(key)], [item])[0] for key, item in theirs.items()}
        mine.clear()
        mine.update(made)
    elif type(mine) in (bytearray, array):
        mine[:] = theirs
    elif type(mine) in (UserDict, UserList):
        change(mine.data, theirs.data)
    elif type(mine) is ChainMap:
        for one, other in zip(mine.maps, theirs.maps, strict=False):
            change(one, other)
    elif type(mine) is set:
        mine.clear()
        mine.update(theirs)
    elif type(mine).__module__ == "numpy" and getattr(mine, "shape", ()) == theirs.shape != ():
        mine[...] = theirs


def _kept(mine: list[object], theirs: list[object]) -> list[object]:
    """Return the items of a list as they are now, each the object that it was if that can be."""
    made = list(theirs)
    for place, (old, new) in enumerate(zip(mine, theirs, strict=False)):
        if type(old) is type(new) and type(old) in (list, dict):
            change(old, new)
            made[place] = old
    return made


def rebuilt(kinds: list[str], message: str) -> BaseException:
    """
    Build the exception that code elsewhere raised: Python's own class of that name, or one made
    from the first of Python's own classes that it comes from.
    """
    if kinds[:1] == ["KeyboardInterrupt"]:
        return TimeoutError("the call did not end in time")
    for number, kind in enumerate(kinds):
        known = getattr(builtins, kind, None)
        if isinstance(known, type) and issubclass(known, BaseException):
            base = known if issubclass(known, Exception) else RuntimeError
            made = base if number == 0 else type(kinds[0], (base,), {})
            try:
                return made(message)
            except TypeError:  # UnicodeDecodeError and the like want more than a text
                return type(kinds[0], (Exception,), {})(message)
    return RuntimeError(message)
