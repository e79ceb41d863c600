"""
What an object of the learner's can do, and doing it: Python's operators by the names of methods.

The trusted side asks what an object is able to (`facts`), has a proxy with exactly these methods,
and asks for one when a check uses it (`act`). What comes back is data, or another object.
"""

import builtins
import copy
import enum
import math
import numbers
import operator
from collections import abc
from collections.abc import Callable

from IPython.core import async_helpers

Act = Callable[..., object]

BINARY = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod"),
    *("pow", "lshift", "rshift", "and", "xor", "or"),
)
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_BUILTINS = """
    str repr bytes hash bool int float complex abs len iter next reversed dir round format divmod
    """.split()  # noqa: SIM905 - a list of quoted names is harder to read
_OPERATORS = ("index", "neg", "pos", "invert", "contains", "getitem", "setitem", "delitem")
_ONE = {
    **{name: getattr(builtins, name) for name in _BUILTINS},
    **{name: getattr(operator, name) for name in _OPERATORS},
    **{name: getattr(math, name) for name in ("trunc", "floor", "ceil")},
    "setattr": setattr,
    "delattr": delattr,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "rdivmod": lambda thing, other: divmod(other, thing),
    "enter": lambda thing: type(thing).__enter__(thing),
    "exit": lambda thing, *about: type(thing).__exit__(thing, *about),
}
_KINDS = {
    **{name: getattr(abc, name) for name in ("Mapping", "MutableMapping", "Sequence")},
    **{name: getattr(abc, name) for name in ("MutableSequence", "Set", "MutableSet")},
    **{name: getattr(numbers, name) for name in ("Number", "Complex", "Real", "Rational")},
    "Integral": numbers.Integral,
    "Enum": enum.Enum,
}
_EVERY_OBJECT = ("__str__", "__repr__", "__format__", "__dir__", "__setattr__", "__delattr__")


def _await(thing: object) -> object:
    """Run an awaitable to its end, in the loop that the notebook's cells have."""

    async def wait() -> object:
        return await thing

    return async_helpers.get_asyncio_loop().run_until_complete(wait())


def _acts() -> dict[str, Act]:
    found = {f"__{name}__": act for name, act in _ONE.items()} | {"__await__": _await}
    for name in BINARY:
        act = getattr(operator, f"__{name}__")
        found[f"__{name}__"] = act
        found[f"__r{name}__"] = lambda thing, other, act=act: act(other, thing)
        found[f"__i{name}__"] = getattr(operator, f"__i{name}__")
    return found | {f"__{name}__": getattr(operator, name) for name in COMPARISONS}


ACTS = _acts()


def facts(thing: object) -> dict[str, object]:
    """Return which `methods` the class of an object has, and which known `kinds` it is one of."""
    kind = type(thing)
    found: set[str] = set(_EVERY_OBJECT)
    for base in type.mro(kind)[:-1]:
        found |= {name for name in vars(base) if type(name) is str}
    if getattr(kind, "__hash__", None) is not None:
        found.add("__hash__")
    else:
        found.discard("__hash__")
    if "__eq__" in found:  # what Python makes of it
        found.add("__ne__")
    if "__getitem__" in found and "__iter__" not in found:
        found.add("__iter__")
    names = [name for name, known in _KINDS.items() if isinstance(thing, known)]
    if isinstance(thing, BaseException):
        names += [base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"]
    return {"methods": sorted((found & set(ACTS)) | (found & {"__call__"})), "kinds": names}


def act(thing: object, name: str, args: list[object]) -> object:
    """Do what a method of this name stands for."""
    return ACTS[name](thing, *args)


def number(thing: object) -> object:
    """Return an object of a library's that is a number as one of Python's; None for any other."""
    if isinstance(thing, numbers.Integral):
        return int(thing)
    if isinstance(thing, numbers.Rational):
        return [int(thing.numerator), int(thing.denominator)]
    if isinstance(thing, numbers.Real):
        return float(thing)
    return complex(thing) if isinstance(thing, numbers.Complex) else None
