"""
The learner's namespace, functions and classes as a check sees them: proxies that ask in the
sandbox.

A call sends plain data and gets plain data back; lists and dictionaries that the function changed
are changed here too. A function of the check's own is lent: code in the sandbox gets a stand-in,
and its calls are made here. What no proxy can stand for raises `NotPlain`.
"""

import collections
import inspect
import itertools
import sys
import types
from collections.abc import Callable, Iterable
from fractions import Fraction

from grader.judge.crossing import far
from grader.judge.objects import Proxy, facts_of, is_proxy, proxy
from grader.rerun.elsewhere import change, rebuilt
from grader.sandbox.codec import CodecError, Function, NotPlain, Opaque, about, refuse

Reply = dict[str, object]
Exchange = Callable[..., Reply]  # exchange(answer, operation, **fields) -> reply
COLLECTIONS = (list, dict, set, collections.deque)
NUMBERS_OF_TWO = 2  # a fraction comes as numerator and denominator


class Learner:
    """
    The learner's namespace, at the point that the notebook has reached. `ask` asks one question,
    `exchange` one during which code in the sandbox may call functions of the check's own.
    """

    def __init__(self, ask: Callable[..., Reply], exchange: Exchange) -> None:
        self.ask, self._exchange = ask, exchange
        self._before = self._after = lambda: None
        self._proxies: dict[int, Proxy] = {}
        self._attributes: set[int] = set()  # handles of what objects of the learner's gave
        self._lent: dict[str, Callable[..., object]] = {}
        self._stand_ins: dict[int, Function] = {}
        self._keys = itertools.count()
        self._lean, self.leaned = False, False

    def around(self, before: Callable[[], None], after: Callable[[], None]) -> None:
        """Do something before and after learner code runs on behalf of a check."""
        self._before, self._after = before, after

    def begin(self, lean: bool) -> None:
        """
        Begin a check. Where it may `lean` on objects, it believes what their code makes of data,
        and `leaned` tells afterwards whether it did.
        """
        self._lean, self.leaned = lean, False

    def may_lean_on(self) -> bool:
        """Tell whether this check may believe what the code of an object makes of data."""
        self.leaned = self.leaned or self._lean
        return self._lean

    def forget(self) -> None:
        """Forget the objects of a process that has ended."""
        self._proxies.clear()
        self._attributes.clear()
        self._lent.clear()
        self._stand_ins.clear()

    def get(self, name: str) -> object:
        """Return a value by name; KeyError where the learner has none."""
        return self.near(self.ask("get", names=[name])["values"][name])

    def names(self) -> list[str]:
        """Return the names that the learner has, as far as the sandbox says."""
        return self.ask("names")["names"]

    def has(self, name: str) -> bool:
        """Tell whether the learner has a name."""
        return name in self.ask("has", names=[name])["names"]

    def near(self, value: object) -> object:
        """Put proxies into a value that came from the sandbox, down to the items of a list."""
        kind = type(value)
        if kind is Function or kind is Opaque:
            return self._proxy(value)
        if kind in (list, tuple):
            return kind(self.near(item) for item in value)
        if kind is dict:
            return {key: self.near(item) for key, item in value.items()}
        return value

    def call(self, thing: object, args: tuple, kwargs: dict[str, object]) -> object:
        """Call a function of the learner's; what it printed is printed here."""
        sent = far(list(args), self._lend), far(kwargs, self._lend)
        reply = self._do("call", thing=thing, args=sent[0], kwargs=sent[1])
        for mine, theirs in zip(args, reply["args"], strict=True):
            change(mine, self.near(theirs))
        for name, mine in kwargs.items():
            change(mine, self.near(reply["kwargs"][name]))
        return self._result(reply)

    def act(self, thing: object, name: str, args: tuple) -> object:
        """Do to an object of the learner's what a method of this name stands for."""
        sent = far(list(args), self._lend)
        return self._result(self._do("act", thing=thing, name=name, args=sent))

    def attribute(self, thing: object, name: str) -> object:
        """Return an attribute of an object of the learner's."""
        found = self._result(self._do("attribute", thing=thing, name=name))
        if is_proxy(found) and type(thing) is Opaque:
            self._attributes.add(_handle(facts_of(found)))
        return found

    def is_attribute(self, thing: Function | Opaque) -> bool:
        """Tell whether a check has this from an attribute of an object: a method, perhaps."""
        return _handle(thing) in self._attributes

    def number(self, thing: object) -> object:
        """Return an object that is a number as one of Python's, None for any other."""
        found = self._result(self._do("number", thing=thing))
        if type(found) is list and len(found) == NUMBERS_OF_TWO:
            return Fraction(*found) if [type(part) for part in found] == [int, int] else None
        return found if type(found) in (int, float, complex) else None

    def seed(self, module: str, value: object) -> None:
        """Seed the learner's random numbers as a check seeds its own."""
        self._result(self._do("seed", module=module, value=far(value)))

    def is_instance(self, thing: object, kind: object) -> bool:
        """Tell whether the sandbox takes an object for an instance of a learner's class."""
        return self._result(self._do("is_instance", thing=far(thing), kind=kind)) is True

    def is_subclass(self, thing: object, kind: object) -> bool:
        """Tell whether the sandbox takes a class for one that comes from a learner's."""
        return self._result(self._do("is_subclass", thing=far(thing), kind=kind)) is True

    def _proxy(self, facts: Function | Opaque) -> Proxy:
        """Return the proxy of a thing, the same one each time it comes."""
        handle = _handle(facts)
        found = self._proxies.get(handle)
        if found is None:
            if type(facts) is Function:
                found = (RemoteClass if facts.is_class else RemoteFunction)(self, facts)
            else:
                found = proxy(self, facts, lambda: self.ask("protocols", thing=facts))
            if handle:
                self._proxies[handle] = found
        return found

    def _lend(self, function: Callable[..., object]) -> Function:
        """
        Return what stands in the sandbox for a function that a check hands over: a stand-in for one
        of the check's own, and for a library's the sandbox's own function of that name. None of
        those runs here on behalf of a learner: it might be `eval`.
        """
        if id(function) not in self._stand_ins:
            name = str(getattr(function, "__name__", "function"))
            if is_the_checks_own(function):
                key = f"lent {next(self._keys)}"
                self._lent[key] = function  # kept, so that no other function gets its id
                made = self.ask("stand_in_for", name=name, key=key)["value"]
            elif is_a_librarys(function):
                made = self.ask("known", module=function.__module__, name=name).get("value")
            else:
                made = None
            if type(made) is not Function:
                refuse(f"the function {name} of the check's own")
            self._stand_ins[id(function)] = made
        return self._stand_ins[id(function)]

    def _answer(self, key: str, args: list[object], kwargs: dict[str, object]) -> Reply:
        """Call a function that is lent, and say what came of it."""
        try:
            mine, named = self.near(args), self.near(kwargs)
            value = self._lent[key](*mine, **named)
            return {"value": far(value, self._lend), "args": far(mine), "kwargs": far(named)}
        except (NotPlain, CodecError) as error:
            return {"raised": {"kinds": ["TypeError"], "message": str(error)[:300]}}
        except Exception as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            return {"raised": {"kinds": kinds, "message": str(error)[:300]}}

    def _do(self, operation: str, **fields: object) -> Reply:
        self._before()
        reply = self._exchange(self._answer, operation, **fields)
        self._after()
        sys.stdout.write(reply.get("printed", ""))
        return reply

    def _result(self, reply: Reply) -> object:
        if "raised" in reply:
            raise rebuilt(**reply["raised"])
        return self.near(reply["value"])


class RemoteFunction(Proxy):
    """A function of the learner's, called in the sandbox."""

    def __init__(self, learner: Learner, facts: Function) -> None:
        own = {"__name__": facts.name, "__qualname__": facts.name, "__module__": facts.module}
        own |= {"__doc__": facts.doc, "_learner": learner, "_facts": facts}
        if facts.parameters is not None:
            own["__signature__"] = _signature(facts.parameters)
        for name, value in own.items():
            object.__setattr__(self, name, value)

    def __call__(self, *args: object, **kwargs: object) -> object:
        learner = self._learner
        if (args or kwargs) and learner.is_attribute(self._facts) and not learner.may_lean_on():
            refuse(f"the method {self.__name__} of an object")
        return learner.call(self._facts, args, kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"

    def __getattr__(self, name: str) -> object:
        if name.startswith("__") and name not in OF_FUNCTIONS:
            refuse(f"the attribute {name} of a function")
        return self._learner.attribute(self._facts, name)

    def __setattr__(self, name: str, value: object) -> None:
        self._learner.act(self._facts, "__setattr__", (name, value))

    def __delattr__(self, name: str) -> None:
        self._learner.act(self._facts, "__delattr__", (name,))


OF_FUNCTIONS = frozenset(("__defaults__", "__kwdefaults__", "__annotations__", "__wrapped__"))


class RemoteClass(RemoteFunction):
    """A class of the learner's: calling it makes an object in the sandbox."""

    __class__ = property(lambda self: type)  # what `inspect.isclass` asks for

    def __instancecheck__(self, thing: object) -> bool:
        return self._learner.is_instance(thing, self._facts)

    def __subclasscheck__(self, kind: object) -> bool:
        return self._learner.is_subclass(kind, self._facts)

    def __repr__(self) -> str:
        return f"<class {self.__name__}>"

    def __getattr__(self, name: str) -> object:
        return self._learner.attribute(self._facts, name)

    def __iter__(self) -> object:
        return self._learner.act(self._facts, "__iter__", ())

    def __len__(self) -> object:
        return self._learner.act(self._facts, "__len__", ())

    def __getitem__(self, key: object) -> object:
        return self._learner.act(self._facts, "__getitem__", (key,))

    def __bool__(self) -> bool:
        return True


def is_the_checks_own(function: object) -> bool:
    """Tell whether a check has defined a function, or it is a method of a plain collection."""
    if type(function) is types.FunctionType:
        return function.__module__ == "__main__"
    if type(function) is types.BuiltinMethodType:
        return type(function.__self__) in COLLECTIONS
    return False


def is_a_librarys(thing: object) -> bool:
    """Tell whether a function or class is found under its name in a module that can be imported."""
    module, name = getattr(thing, "__module__", None), getattr(thing, "__name__", None)
    if type(module) is not str or type(name) is not str or module == "__main__":
        return False
    return getattr(sys.modules.get(module), name, None) is thing


def _handle(facts: Function | Opaque) -> int:
    return facts.handle if type(facts) is Function else about(facts).handle


def _signature(parameters: Iterable[tuple[str, int, bool]]) -> inspect.Signature:
    made = [
        inspect.Parameter(
            name, inspect._ParameterKind(kind), default=... if default else inspect.Parameter.empty
        )
        for name, kind, default in parameters
    ]
    return inspect.Signature(made)
