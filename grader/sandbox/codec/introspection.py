"""
Looking at a learner's objects without running a line of theirs.

Everything is read with the own C methods of type, function and code objects, never with a dotted
name on the object: a metaclass, a `__getattribute__` or a hostile key in a class body would answer.
"""

import functools
import types

from grader.sandbox.codec.limits import LONGEST_DOC
from grader.sandbox.codec.placeholders import dotted, identifier

_HEAP = 1 << 9  # Py_TPFLAGS_HEAPTYPE: the class was made by a class statement or call
_FLAGS = type.__dict__["__flags__"].__get__
_NAME = type.__dict__["__name__"].__get__
_MODULE = type.__dict__["__module__"].__get__
_DOC = type.__dict__["__doc__"].__get__
_DICT = type.__dict__["__dict__"].__get__
_CACHE = type(functools.lru_cache(len))
_CACHE_DICT = _CACHE.__dict__["__dict__"].__get__
_PARTIAL = functools.partial.__dict__["func"].__get__
_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
    functools.partial,
    _CACHE,
)
_AROUND = {id(types.MethodType), id(functools.partial), id(_CACHE)}
FUNCTIONS = {id(kind) for kind in _FUNCTIONS}  # by id: the hash of a class may be overridden
Facts = tuple[str, str, str, tuple[tuple[str, int, bool], ...] | None, bool]


def text(value: object) -> str:
    """Return a str, the bare text of an instance of a subclass of str, or nothing."""
    if type(value) is str:
        return value
    return str.__str__(value) if issubclass(type(value), str) else ""


def is_static(kind: type) -> bool:
    """Tell whether a class is a C type that no learner can have made or changed."""
    return not _FLAGS(kind) & _HEAP


def class_name(kind: type) -> tuple[str, str]:
    """Return the name and the module of a class, cut and cleaned."""
    module = _MODULE(kind) if is_static(kind) else _entry(kind, "__module__")
    return identifier(text(_NAME(kind))), dotted(text(module))


def _entry(kind: type, name: str) -> object:
    """Look a name up in a class body without comparing it to keys that are no str."""
    for key, value in _DICT(kind).items():
        if type(key) is str and key == name:
            return value
    return None


def class_facts(kind: type) -> Facts:
    """Describe a class as a Function does."""
    name, module = class_name(kind)
    doc = _DOC(kind) if is_static(kind) else _entry(kind, "__doc__")
    return name, module, text(doc)[:LONGEST_DOC], None, True


def function_facts(function: object) -> Facts:
    """Describe a function: its name, module, docstring and parameters."""
    bound = type(function) is types.MethodType
    inner = _inside(function)
    if type(inner) is not types.FunctionType:
        return identifier(_builtin_name(inner)), "", "", None, False
    name = text(inner.__name__)
    parameters = None if type(function) is functools.partial else _parameters(inner)
    return (
        name if name == "<lambda>" else identifier(name),
        dotted(text(inner.__module__)),
        text(inner.__doc__)[:LONGEST_DOC],
        parameters[1:] if bound and parameters else parameters,
        False,
    )


def _inside(function: object) -> object:
    """Return what a method, a partial or a cache is made around."""
    kind = type(function)
    if kind is types.MethodType:
        return function.__func__
    if kind is functools.partial:
        return _PARTIAL(function)
    if kind is _CACHE:
        for key, value in dict.items(_CACHE_DICT(function)):
            if type(key) is str and key == "__wrapped__":
                return value
    return function


def _builtin_name(function: object) -> str:
    kind = type(function)
    if id(kind) in _AROUND or not is_function(function):
        return ""
    return text(getattr(function, "__name__", ""))


def is_function(value: object) -> bool:
    """Tell whether a value is a function of Python, of C or of NumPy."""
    return id(type(value)) in FUNCTIONS


def _parameters(function: types.FunctionType) -> tuple[tuple[str, int, bool], ...]:
    """List the parameters as inspect.signature would, from the code object alone."""
    code = function.__code__
    positional, keyword = code.co_argcount, code.co_kwonlyargcount
    names = code.co_varnames
    defaults = function.__defaults__
    first_default = positional - (tuple.__len__(defaults) if defaults is not None else 0)
    given = function.__kwdefaults__
    optional = {k for k in dict.__iter__(given) if type(k) is str} if given is not None else set()
    found = [
        (name, 0 if at < code.co_posonlyargcount else 1, at >= first_default)
        for at, name in enumerate(names[:positional])
    ]
    end = positional + keyword
    rest = end
    if code.co_flags & 0x04:  # CO_VARARGS
        found.append((names[rest], 2, False))
        rest += 1
    found += [(name, 3, name in optional) for name in names[positional:end]]
    if code.co_flags & 0x08:  # CO_VARKEYWORDS
        found.append((names[rest], 4, False))
    return tuple(found)
