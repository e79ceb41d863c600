"""
What stands on the trusted side for things of a guest that are no plain data.

A function becomes a `Function` (a description), any other object an `Opaque`, which refuses every
use, and an instance of a learner's subclass of a builtin becomes its bare value in a fresh class
of that name. None of them carries code over the wall.
"""

import contextlib
import contextvars
import dataclasses
import functools
import pathlib
import re
import typing
from collections.abc import Iterator

from grader.sandbox.codec.limits import LONGEST_DOC, LONGEST_NAME


class NotPlain(BaseException):
    """A check used an object that has no plain value; no `except Exception` swallows it."""


class About(typing.NamedTuple):
    """What is known of an opaque object: its class, the module of that, its handle, and why."""

    type_name: str
    module: str
    handle: int
    why: str


@dataclasses.dataclass(frozen=True)
class Function:
    """
    A function, method or class of the guest, described.

    `parameters` has (name, kind as a number of inspect.Parameter, has a default), or is None where
    Python code does not tell; `handle` is the guest's number for it, 0 without one.
    """

    name: str
    module: str
    doc: str
    parameters: tuple[tuple[str, int, bool], ...] | None
    handle: int
    is_class: bool


@dataclasses.dataclass(frozen=True)
class Ref:
    """A thing of the guest named by its handle, on its way back into the guest."""

    handle: int


class Opaque:
    """An object that stayed in the guest: every use but repr(), type() and `is` raises NotPlain."""

    __slots__ = ("_about",)

    def __init__(self, type_name: str, module: str, handle: int, why: str) -> None:
        object.__setattr__(self, "_about", About(type_name, module, handle, why))

    def __repr__(self) -> str:
        return f"<object of class {about(self).type_name!r}>"

    def __getattribute__(self, name: str) -> object:
        if name == "__class__":  # isinstance(value, float) has to answer False
            return Opaque
        _refuse(self)


class SandboxPath(pathlib.PurePosixPath):
    """A path of the guest's: a text with parts. What lies there is in the guest alone."""

    __slots__ = ()
    __class__ = property(lambda self: pathlib.PosixPath)  # what a check may ask for

    def __fspath__(self) -> typing.NoReturn:
        raise NotPlain("a file of the sandbox")

    def __getattr__(self, name: str) -> typing.NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotPlain(f"the attribute {name} of a path of the sandbox")


_watched: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar(
    "_watched", default=None
)


@contextlib.contextmanager
def refusals() -> Iterator[list[str]]:
    """
    Give a list that holds the first use of an Opaque that is refused from now on.

    The hash tables of pandas clear every exception: without this, `column.isin(["a"])` says False
    where it should raise NotPlain.
    """
    found: list[str] = []
    token = _watched.set(found)
    try:
        yield found
    finally:
        _watched.reset(token)


def _refuse(self: Opaque, *_: object, **__: object) -> typing.NoReturn:
    reason = f"an object of the class {about(self).type_name!r}"
    watched = _watched.get()
    if watched == []:
        watched.append(reason)
    raise NotPlain(reason)


_USES = """
    eq ne lt le gt ge hash bool str format bytes iter next reversed len length_hint contains
    getitem setitem delitem missing call enter exit aenter aexit await aiter anext
    add radd iadd sub rsub isub mul rmul imul matmul rmatmul imatmul truediv rtruediv itruediv
    floordiv rfloordiv ifloordiv mod rmod imod divmod rdivmod pow rpow ipow lshift rlshift ilshift
    rshift rrshift irshift and rand iand xor rxor ixor or ror ior neg pos abs invert
    int float complex index round trunc floor ceil setattr delattr dir sizeof fspath buffer
    reduce reduce_ex getstate copy deepcopy instancecheck subclasscheck mro_entries
    array array_ufunc array_function array_interface
"""
for _use in _USES.split():
    setattr(Opaque, f"__{_use}__", _refuse)


def about(opaque: Opaque) -> About:
    """Return what is known of an opaque object."""
    return _ABOUT(opaque)


_ABOUT = Opaque.__dict__["_about"].__get__


@functools.lru_cache(maxsize=1024)
def bare(name: str, base: type) -> type:
    """Return a subclass of a builtin that has this name and nothing else of its own."""
    return type(name, (base,), {"__module__": "learner"})


def identifier(text: str) -> str:
    """Cut and change a name so that it is an identifier."""
    text = text[:LONGEST_NAME]
    if text.isidentifier():
        return text
    text = re.sub(r"\W", "_", text)
    return text if text.isidentifier() else "_" + text[1:]


def dotted(text: str) -> str:
    """Cut and change the name of a module so that only names and dots are in it."""
    return re.sub(r"[^\w.]", "_", text[:LONGEST_NAME])


def checked_opaque(name: object, module: object, handle: object, why: object) -> Opaque:
    """Make an Opaque of what came over the wire; ValueError if it cannot be one."""
    _check_names(name, module, handle)
    if type(why) is not str or len(why) > LONGEST_NAME:
        raise ValueError("no reason")
    return Opaque(name, module, handle, why)


def checked_function(
    name: object, module: object, doc: object, parameters: object, handle: object, is_class: object
) -> Function:
    """Make a Function of what came over the wire; ValueError if it cannot be one."""
    _check_names("f" if name == "<lambda>" else name, module, handle)
    if type(doc) is not str or len(doc) > LONGEST_DOC or type(is_class) is not bool:
        raise ValueError("no description")
    if type(parameters) is not tuple and parameters is not None:
        raise ValueError("no parameters")
    for parameter in parameters or ():
        kinds = [type(part) for part in parameter] if type(parameter) is tuple else []
        if kinds != [str, int, bool] or not 0 <= parameter[1] <= 4:
            raise ValueError("no parameter")
    return Function(name, module, doc, parameters, handle, is_class)


def _check_names(name: object, module: object, handle: object) -> None:
    if type(name) is not str or identifier(name) != name:
        raise ValueError("no name")
    if type(module) is not str or dotted(module) != module:
        raise ValueError("no module")
    if type(handle) is not int or not 0 <= handle < 1 << 32:
        raise ValueError("no handle")
