"""
An object of the learner's as a check sees it: a proxy that can what the object can.

Each method asks in the sandbox, and what comes back is data or another proxy. One thing an object
may not say: that it equals plain data, or is more or less than it. A class that agrees with
everything would pass any check, so such a comparison is refused, unless the object is a number of a
library's, which is compared as the number that it gives.

More is asked of it only in a check in which the key's own answer is such an object, because then
its class is what the check is about (`Asks.may_lean_on`): operators, methods with arguments,
changes, and comparing two objects of the learner's. In every other check `x - 4` would tell the
learner's code what is expected, and it would say 0. There an object gives what no argument asks
for: its length, items, attributes, conversions, and what comes of calling it.
"""

import builtins
import contextlib
import functools
import itertools
import numbers
import operator
import types
from collections import OrderedDict, abc
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn, Protocol, Self

from grader.sandbox.codec import Opaque, about, refuse
from grader.sandbox.codec.introspection import class_name

NUMBERS = (bool, int, float, complex, Fraction, Decimal)
COMPARISONS = {
    f"__{name}__": getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")
}
REFUSED = """
    reduce reduce_ex getstate array array_ufunc array_function array_interface sizeof fspath buffer
    instancecheck subclasscheck mro_entries
    """.split()  # noqa: SIM905 - a list of quoted names is harder to read
_BINARY = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod"),
    *("pow", "lshift", "rshift", "and", "xor", "or"),
)
_ARITHMETIC = {
    f"__{way}{name}__": (way != "r", getattr(operator, f"__{name}__"))
    for name in _BINARY
    for way in ("", "r", "i")
} | {"__divmod__": (True, divmod), "__rdivmod__": (False, divmod)}
LEANING = frozenset(
    (*_ARITHMETIC, "__setattr__", "__delattr__", "__setitem__", "__delitem__", "__enter__")
)
ALL = LEANING | frozenset(
    f"__{name}__"
    for name in """
    str repr bytes hash bool int float complex index abs neg pos invert round trunc floor ceil
    len iter next reversed dir format getitem contains call exit await
    """.split()  # noqa: SIM905 - a list of quoted names is harder to read
)
KINDS = {
    **{name: getattr(abc, name) for name in ("Mapping", "MutableMapping", "Sequence")},
    **{name: getattr(abc, name) for name in ("MutableSequence", "Set", "MutableSet")},
    **{name: getattr(numbers, name) for name in ("Number", "Complex", "Real", "Rational")},
    "Integral": numbers.Integral,
}
LEARNERS = frozenset(("__dict__", "__doc__", "__annotations__", "__name__", "__module__"))
Method = Callable[..., object]


class Asks(Protocol):
    """What a proxy needs of the learner's namespace."""

    def act(self, thing: Opaque, name: str, args: tuple) -> object:
        """Do what a method of this name stands for."""

    def call(self, thing: Opaque, args: tuple, kwargs: dict[str, object]) -> object:
        """Call an object."""

    def attribute(self, thing: Opaque, name: str) -> object:
        """Return an attribute of an object."""

    def number(self, thing: Opaque) -> object:
        """Return an object that is a number as one of Python's, None for any other."""

    def is_attribute(self, thing: Opaque) -> bool:
        """Tell whether a check has this from an attribute of an object."""

    def may_lean_on(self) -> bool:
        """Tell whether this check may believe what the code of an object makes of data."""


class Proxy:
    """What stands for something of the learner's: an object, a function, or a class."""

    __slots__ = ("_facts", "_learner")


class RemoteObject(Proxy):
    """The base of proxies of objects; each subclass has the methods of one class."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __init__(self, learner: Asks, facts: Opaque) -> None:
        object.__setattr__(self, "_learner", learner)
        object.__setattr__(self, "_facts", facts)

    def __getattribute__(self, name: str) -> object:
        if name == "__class__":
            return vars(type(self)).get("_seen_as", type(self))
        own = name.startswith("__") and name not in LEARNERS
        if own and (hasattr(type(self), name) or name[2:-2] in REFUSED):
            return object.__getattribute__(self, name)  # bound to the proxy, or refused by it
        return learner_of(self).attribute(facts_of(self), name)


def facts_of(proxy: Proxy) -> Opaque:
    """Return what stands for a proxy on its way to the sandbox."""
    return object.__getattribute__(proxy, "_facts")


def learner_of(proxy: RemoteObject) -> Asks:
    """Return whom a proxy asks."""
    return object.__getattribute__(proxy, "_learner")


def is_proxy(value: object) -> bool:
    """Tell whether a value stands for something of the learner's, whatever it says of itself."""
    return issubclass(type(value), Proxy)


def _asking(name: str) -> Method:
    def method(self: RemoteObject, *args: object) -> object:
        return learner_of(self).act(facts_of(self), name, args)

    return method


def _leaning(name: str) -> Method:
    """Do what needs the object's own code to be believed; with numbers, as the number it is."""
    forward, operation = _ARITHMETIC.get(name, (True, None))

    def method(self: RemoteObject, *args: object) -> object:
        if learner_of(self).may_lean_on():
            return learner_of(self).act(facts_of(self), name, args)
        if operation and type(args[0]) in NUMBERS:
            mine = learner_of(self).number(facts_of(self))
            if mine is not None:
                return operation(mine, args[0]) if forward else operation(args[0], mine)
        return _refused(self)

    return method


def _comparing(name: str, learners_own: bool) -> Method:
    """Compare with another proxy in the sandbox, and with data only where that can be trusted."""
    operation = COMPARISONS[name]

    def method(self: RemoteObject, other: object) -> object:
        if is_proxy(other) and (self is other or learner_of(self).may_lean_on()):
            return learner_of(self).act(facts_of(self), name, (other,))
        if issubclass(type(other), RemoteObject):  # two numbers of a library's, perhaps
            other = learner_of(other).number(facts_of(other))
            if other is None:
                return _refused(self)
        elif is_proxy(other):
            return _refused(self)
        if other is None and learners_own:  # nobody gains by that
            return learner_of(self).act(facts_of(self), name, (None,))
        if type(other) in NUMBERS and (mine := learner_of(self).number(facts_of(self))) is not None:
            return operation(mine, other)
        if not learners_own and name in ("__eq__", "__ne__"):  # it is equal to itself alone
            return name == "__ne__"
        return _refused(self)

    return method


def _refused(self: RemoteObject, *_: object, **__: object) -> NoReturn:
    refuse(f"an object of the class {about(facts_of(self)).type_name!r}")


def _call(self: RemoteObject, *args: object, **kwargs: object) -> object:
    """Call an answer that is called like a function; what an attribute gives is like a method."""
    facts, learner = facts_of(self), learner_of(self)
    told = (args or kwargs) and learner.is_attribute(facts)
    if told and not learner.may_lean_on():
        return _refused(self)
    return learner.call(facts, args, kwargs)


def _contains(self: RemoteObject, item: object) -> object:
    """Look a proxy up in the sandbox; anything else among the items, which are data here."""
    if is_proxy(item) and learner_of(self).may_lean_on():
        return learner_of(self).act(facts_of(self), "__contains__", (item,))
    try:
        items = iter(self)
    except TypeError:
        return _refused(self)
    return any(one is item or one == item for one in items)


def _exit(self: RemoteObject, kind: object, error: object, trace: object) -> object:
    if error is not None or not learner_of(self).may_lean_on():
        refuse("an exception that leaves a block of the check")
    return learner_of(self).act(facts_of(self), "__exit__", (None, None, None))


def _await(self: RemoteObject) -> object:
    return learner_of(self).act(facts_of(self), "__await__", ())
    yield  # what makes this a generator, as Python wants it


def _deepcopy(self: RemoteObject, memo: dict) -> object:
    return learner_of(self).act(facts_of(self), "__deepcopy__", ())


_OWN: dict[str, Method] = {
    "__call__": _call,
    "__contains__": _contains,
    "__exit__": _exit,
    "__await__": _await,
}


def _way_of(method: str) -> Method:
    return _leaning(method) if method in LEANING else _asking(method)


@functools.lru_cache(maxsize=512)
def _class(name: str, methods: frozenset[str], kinds: tuple[str, ...]) -> type:
    """Make the class of the proxies for one class of the learner's."""
    body: dict[str, object] = {"__slots__": (), "__module__": "learner"}
    body |= {method: _OWN.get(method) or _way_of(method) for method in methods & ALL}
    body |= {method: _comparing(method, method in methods) for method in COMPARISONS}
    body |= {f"__{method}__": _refused for method in REFUSED}
    body |= {"__copy__": _asking("__copy__"), "__deepcopy__": _deepcopy}
    body["__hash__"] = _asking("__hash__") if "__hash__" in methods else None
    errors = [error for kind in kinds if (error := _error(kind))]
    if errors:
        body["_seen_as"] = type(name, (errors[0],), {"__module__": "learner"})
    made = type(name, (RemoteObject,), body)
    for kind in kinds:
        with contextlib.suppress(KeyError):
            KINDS[kind].register(made)
    return made


def _error(name: str) -> type[BaseException] | None:
    known = getattr(builtins, name, None)
    return known if isinstance(known, type) and issubclass(known, BaseException) else None


class RemoteIterator(RemoteObject):
    """
    An iterator that Python makes, such as a generator or a `map`: each item is asked for in the
    sandbox when a check wants it, so it is used up there as it would be in a kernel.
    """

    __slots__ = ()

    def __getattribute__(self, name: str) -> object:
        if name == "__class__":
            return _TYPES[_kind(facts_of(self))]
        return super().__getattribute__(name)

    def __iter__(self) -> Self:
        return self

    __next__ = _asking("__next__")
    __copy__ = _asking("__copy__")
    __eq__, __ne__ = _comparing("__eq__", False), _comparing("__ne__", False)
    __hash__ = _asking("__hash__")


class RemoteCoroutine(RemoteObject):
    """What an async function of the learner's returns: it is run to its end when it is awaited."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> object:
        if name == "__class__":
            return types.CoroutineType
        return super().__getattribute__(name)

    __await__ = _await

    def send(self, value: object) -> NoReturn:
        """Run it to its end. Raises: StopIteration with what it returns."""
        raise StopIteration(learner_of(self).act(facts_of(self), "__await__", ()))

    def throw(self, *error: object) -> NoReturn:
        """Raise what an event loop throws into a coroutine."""
        raise error[-1]

    def close(self) -> None:
        """Do nothing: it has ended, or never began."""


def proxy(learner: Asks, facts: Opaque, able: Callable[[], dict[str, object]]) -> RemoteObject:
    """Return a proxy for an object; `able` tells the `methods` and the `kinds` of its class."""
    kind = _kind(facts)
    if kind in _TYPES:
        return RemoteIterator(learner, facts)
    if kind == ("builtins", "coroutine"):
        return RemoteCoroutine(learner, facts)
    told = able()
    methods, kinds = frozenset(told["methods"]), tuple(told["kinds"])
    return _class(about(facts).type_name, methods, kinds)(learner, facts)


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
# By what a guest says of a class. A class of a learner's that lies passes for such an iterator, as
# one with a `__class__` of its own does in a kernel; its items are data all the same.
_TYPES = {class_name(kind)[::-1]: kind for kind in _ITERATORS}
