"""The wire against objects whose methods would lie, explode or leave: it never asks them."""

import gc
import sys
from collections.abc import Iterator

import pytest

from grader.sandbox import codec
from grader.sandbox.codec import Opaque, about

CALLS: list[str] = []
NAMES = (
    *("__eq__", "__ne__", "__lt__", "__hash__", "__bool__", "__len__", "__iter__", "__next__"),
    *("__getitem__", "__contains__", "__call__", "__repr__", "__str__", "__format__", "__bytes__"),
    *("__int__", "__float__", "__index__", "__complex__", "__reduce__", "__reduce_ex__"),
    *("__getstate__", "__copy__", "__deepcopy__", "__getattr__", "__getattribute__", "__class__"),
    *("__instancecheck__", "__subclasscheck__", "__sizeof__", "__dir__", "__length_hint__"),
    *("__reversed__", "__missing__", "__enter__", "__fspath__", "__array__", "__buffer__"),
    *("items", "keys", "values", "get", "copy", "append", "tobytes", "tolist", "dtype", "name"),
)


def trap(name: str, log: list[str]):
    """Return a method that writes down that it was called, and leaves by SystemExit."""

    def method(*args: object, **kwargs: object) -> object:
        log.append(name)
        raise SystemExit(name)

    return method


def hostile(*bases: type, **more: object) -> type:
    """Return a class whose methods, and those of its metaclass, all write down their calls."""
    names = [name for name in NAMES if name != "__class__"]
    quiet: list[str] = CALLS
    methods = {name: trap(name, quiet) for name in names}
    methods["__class__"] = property(trap("__class__", quiet))
    meta = type("Meta", (type,), {name: trap(f"type.{name}", quiet) for name in names})
    return type.__call__(meta, "Hostile", bases, methods | more)


NAME = type.__dict__["__name__"].__get__

KINDS: dict[str, tuple[type, tuple]] = {
    **{"object": (object, ()), "int": (int, (5,)), "float": (float, (0.5,)), "str": (str, ("x",))},
    **{"bytes": (bytes, (b"x",)), "complex": (complex, (1j,)), "tuple": (tuple, ([1],))},
    **{"frozenset": (frozenset, ([1],)), "list": (list, ()), "dict": (dict, ()), "set": (set, ())},
    **{"Function": (codec.Function, ()), "type": (type, ("Made", (), {}))},
    **{"BaseException": (BaseException, ())},
}


def instance(name: str) -> object:
    """Return a hostile object of this kind, or a hostile class, made without calling it."""
    if name == "class":
        return hostile(object)
    base, arguments = KINDS[name]
    made = base.__new__(hostile(base), *arguments)
    if name == "list":
        list.append(made, 1)
    if name == "dict":
        dict.__setitem__(made, "a", 1)
    return made


def alive() -> int:
    """How many hostile classes there are."""
    gc.collect()
    return sum(NAME(kind) == "Hostile" for kind in type.__subclasses__(object))


@pytest.fixture(autouse=True)
def _gone_afterwards() -> Iterator[None]:
    """No hostile class outlives its test: others look at every class there is, Dask's too."""
    before = alive()
    yield
    after = alive()

    assert before == after


@pytest.mark.parametrize("name", [*KINDS, "class"])
def test_no_method_of_a_learner_is_ever_called(name):
    """Objects that lie about their class, explode or exit are written without asking them."""
    value = instance(name)
    CALLS.clear()
    raw = codec.dumps({"value": value, "in": [value, (value,)]}, remember=lambda thing: 1)
    calls = list(CALLS)

    assert [] == calls
    assert {"value", "in"} == set(codec.loads(raw))


def test_the_trap_works():
    """Each use of a hostile object is written down: the test above can fail."""
    value = instance("object")
    for use in (len, hash, repr, lambda x: x == 1, lambda x: isinstance(x, float), lambda x: x.a):
        CALLS.clear()
        with pytest.raises(SystemExit):
            use(value)

        assert CALLS


def test_hostile_keys_in_a_class_body_are_not_compared():
    """A class body, a default and a cache with keys that lie about equality call nothing."""
    calls: list[str] = []

    class Key(str):
        def __eq__(self, other: object) -> bool:
            calls.append("__eq__")
            return True

        def __hash__(self) -> int:
            return hash(str(self))

    made = type("Made", (), {Key("__module__"): 1, "x": 2})

    def function(*, key=1):
        pass

    function.__kwdefaults__ = {Key("key"): 1}
    calls.clear()
    codec.dumps([made, made(), function, {Key("a"): 1}], remember=lambda thing: 1)

    assert [] == calls


def test_a_false_numpy_is_not_asked(monkeypatch):
    """Modules that a learner puts in the place of NumPy or pandas read nothing."""
    kind = hostile(object)
    value = object.__new__(kind)
    false = type(sys)("numpy")
    false.ndarray = kind
    CALLS.clear()
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "numpy", false)
        found = codec.loads(codec.dumps([value]))
    calls = list(CALLS)

    assert [] == calls
    assert Opaque is type(found[0])
    assert "Hostile" == about(found[0]).type_name
