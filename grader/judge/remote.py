"""
The learner's functions, classes and objects as a check sees them: proxies that ask in the sandbox.

A call sends plain data and gets plain data back; lists and dictionaries that the function changed
are changed here too. What no proxy can stand for raises `NotPlain`.
"""

import inspect
import itertools
import sys
import types
from collections import OrderedDict
from collections.abc import Callable
from typing import Self

from grader.rerun.elsewhere import change, rebuilt
from grader.sandbox.codec import Function, NotPlain, Opaque, Ref, about, dumps, loads
from grader.sandbox.codec.introspection import class_name

SIMPLE = frozenset((type(None), bool, int, float, complex, str, bytes))
Ask = Callable[..., dict[str, object]]  # ask(operation, **fields) -> reply


class Learner:
    """The learner's namespace, at the point that the notebook has reached."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self._before = self._after = lambda: None

    def around(self, before: Callable[[], None], after: Callable[[], None]) -> None:
        """Do something before and after learner code runs on behalf of a check."""
        self._before, self._after = before, after

    def get(self, name: str) -> object:
        """Return a value by name; KeyError where the learner has none."""
        return self.near(self.ask("get", names=[name])["values"][name])

    def near(self, value: object) -> object:
        """Put proxies into a value that came from the sandbox, down to the items of a list."""
        if type(value) is Function:
            return RemoteClass(self, value) if value.is_class else RemoteFunction(self, value)
        if type(value) is Opaque:
            return _KINDS.get(_kind(value), RemoteObject)(self, value)
        if type(value) in (list, tuple):
            return type(value)(self.near(item) for item in value)
        if type(value) is dict:
            return {key: self.near(item) for key, item in value.items()}
        return value

    def call(self, thing: object, args: tuple, kwargs: dict[str, object]) -> object:
        """Call a function of the learner's; what it printed is printed here."""
        reply = self._act("call", thing=thing, args=far(list(args)), kwargs=far(kwargs))
        for mine, theirs in zip(args, reply["args"], strict=True):
            change(mine, self.near(theirs))
        for name, mine in kwargs.items():
            change(mine, self.near(reply["kwargs"][name]))
        return self._result(reply)

    def attribute(self, thing: object, name: str) -> object:
        """Return an attribute of an object of the learner's."""
        return self._result(self._act("attribute", thing=thing, name=name))

    def next(self, thing: object) -> object:
        """Return the next item of an iterator of the learner's; StopIteration at its end."""
        return self._result(self._act("next", thing=thing))

    def is_instance(self, thing: object, kind: object) -> bool:
        """Tell whether the sandbox takes an object for an instance of a learner's class."""
        return self._result(self._act("is_instance", thing=far(thing), kind=kind)) is True

    def _act(self, operation: str, **fields: object) -> dict[str, object]:
        self._before()
        reply = self.ask(operation, **fields)
        self._after()
        sys.stdout.write(reply.get("printed", ""))
        return reply

    def _result(self, reply: dict[str, object]) -> object:
        if "raised" in reply:
            raise rebuilt(**reply["raised"])
        return self.near(reply["value"])


class RemoteFunction:
    """A function of the learner's, called in the sandbox."""

    def __init__(self, learner: Learner, facts: Function) -> None:
        self.__name__ = self.__qualname__ = facts.name
        self.__module__, self.__doc__ = facts.module, facts.doc
        if facts.parameters is not None:
            self.__signature__ = _signature(facts.parameters)
        self._learner, self._facts = learner, facts

    def __call__(self, *args: object, **kwargs: object) -> object:
        return self._learner.call(self._facts, args, kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"

    def __getattr__(self, name: str) -> object:
        raise NotPlain(f"the attribute {name} of a function")


class RemoteClass(RemoteFunction):
    """A class of the learner's: calling it makes an object in the sandbox."""

    def __instancecheck__(self, thing: object) -> bool:
        return self._learner.is_instance(thing, self._facts)

    def __getattr__(self, name: str) -> object:
        return self._learner.attribute(self._facts, name)


class RemoteObject(Opaque):
    """An object of the learner's: its attributes and methods are asked for in the sandbox."""

    __slots__ = ("_facts", "_learner")

    def __init__(self, learner: Learner, facts: Opaque) -> None:
        Opaque.__init__(self, *about(facts))
        object.__setattr__(self, "_learner", learner)
        object.__setattr__(self, "_facts", facts)

    def __getattribute__(self, name: str) -> object:
        if name == "__class__":
            return RemoteObject
        if name.startswith("__"):
            raise NotPlain(f"the attribute {name} of {self!r}")
        learner = object.__getattribute__(self, "_learner")
        return learner.attribute(object.__getattribute__(self, "_facts"), name)


class RemoteIterator(RemoteObject):
    """
    An iterator that Python makes, such as a generator or a `map`: each item is asked for in the
    sandbox when a check wants it, so it is used up there as it would be in a kernel.
    """

    __slots__ = ()
    __len__ = __length_hint__ = None  # as with any iterator

    def __getattribute__(self, name: str) -> object:
        if name == "__class__":
            return _TYPES[_kind(self)]
        return super().__getattribute__(name)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> object:
        learner = object.__getattribute__(self, "_learner")
        return learner.next(object.__getattribute__(self, "_facts"))


class RemoteCallable(RemoteObject):
    """An object of a library that is called like a function, such as `np.vectorize` makes."""

    __slots__ = ()

    def __call__(self, *args: object, **kwargs: object) -> object:
        learner = object.__getattribute__(self, "_learner")
        return learner.call(object.__getattribute__(self, "_facts"), args, kwargs)


def _kind(opaque: Opaque) -> tuple[str, str]:
    facts = about(opaque)
    return facts.module, facts.type_name


_ITERATORS: tuple[type, ...] = (
    *(map, filter, zip, enumerate, reversed, types.GeneratorType),
    *(
        type(iter(of))
        for of in ([], (), set(), "", "é", b"", bytearray(), range(0), range(1 << 99))
    ),
    type(iter(OrderedDict())),
    *(type(reversed(of)) for of in ([], {}, {}.values(), {}.items())),
    type(iter(int, 0)),
    *(kind for kind in vars(itertools).values() if type(kind) is type),
)
_TYPES = {class_name(kind)[::-1]: kind for kind in _ITERATORS}
# By what a guest says of a class. A class of a learner's that lies passes for such an iterator, as
# one with a `__class__` of its own does in a kernel; its items are data all the same.
_KINDS: dict[tuple[str, str], type[RemoteObject]] = {
    ("numpy", "vectorize"): RemoteCallable,
    ("numba.core.registry", "CPUDispatcher"): RemoteCallable,
    **dict.fromkeys(_TYPES, RemoteIterator),
}


def far(value: object) -> object:
    """
    Put what the sandbox knows in place of the proxies in a value that goes there; NotPlain where
    the value holds a function or an object of the check's own.
    """
    kind = type(value)
    if kind in SIMPLE:
        return value
    if isinstance(value, RemoteFunction) or issubclass(kind, RemoteObject):
        return object.__getattribute__(value, "_facts")
    if kind in (list, tuple):
        return kind(far(item) for item in value)
    if kind is dict:
        return {key: far(item) for key, item in value.items()}
    if type(loads(dumps(value), resolve=Ref)) in (Function, Opaque):
        raise NotPlain(f"a {kind.__name__} of the check's own")
    return value


def _signature(parameters: list[tuple[str, int, bool]]) -> inspect.Signature:
    made = [
        inspect.Parameter(
            name, inspect._ParameterKind(kind), default=... if default else inspect.Parameter.empty
        )
        for name, kind, default in parameters
    ]
    return inspect.Signature(made)
