"""
How a thing that is no exact plain value is written: a table, a function, a derived value, or not.
"""

from collections.abc import Callable

from grader.wire import compounds, glance, tables
from grader.wire.bounds import HEAVY, MOST, MOST_CLASSES, MOST_OPAQUES
from grader.wire.compounds import TooLarge
from grader.wire.draft import TAG_SIZE, Draft, Incomplete, NoKey
from grader.wire.stand_ins import Function, NotPlain, Opaque, Ref, about
from grader.wire.writer import BASES, no_key, write_int, write_items, write_str


def _compound(w: Draft, value: object) -> None:
    tag, hashable, whole, apart = _takes(value)
    if w.keys and not hashable:
        raise NoKey
    w.odd += w.keys
    parts = _apart(apart, value, w.room())
    if parts is None:
        write_opaque(w, value, "")
    elif whole:
        _write_parts(w, tag, parts)
    else:
        write_items(w, tag, len(parts), parts, HEAVY)


def _apart(apart: Callable, value: object, room: int) -> tuple | None:
    try:
        return apart(value, room)
    except TooLarge:
        raise
    except Exception:  # a zone or a dtype without a plain form; a patched method of pandas
        return None


def _write_parts(w: Draft, tag: bytes, parts: tuple) -> None:
    w.open(tag, len(parts), len(parts), HEAVY)
    for part in parts:
        mark = len(w.out)
        w.put(part)
        if w.out[mark] == ord("?"):
            raise Incomplete
    w.depth -= 1


def _takes(value: object) -> compounds.Take | None:
    key = id(type(value))
    return compounds.TAKES.get(key) or tables.takes().get(key)


def write_other(w: Draft, value: object) -> None:
    """Write what is no exact plain type: a table, a function, a class, a derived value, or not."""
    kind = type(value)
    if _takes(value):
        _compound(w, value)
    elif glance.is_function(value):
        _function(w, value, glance.function_facts(value))
    elif issubclass(kind, type):
        _function(w, value, glance.class_facts(value))
    elif w.remember is None and (kind is Function or kind is Opaque or kind is Ref):
        _ref(w, about(value).handle if kind is Opaque else value.handle)
    else:
        for base, write, bare in BASES:
            if issubclass(kind, base):
                return _derived(w, value, base, write, bare)
        write_opaque(w, value, "")
    return None


def _derived(w: Draft, value: object, base: type, write: Callable, bare: Callable | None) -> None:
    name = glance.class_name(type(value))[0]
    w.classes.add((name, id(base)))
    if len(w.classes) > MOST_CLASSES:
        return write_opaque(w, value, "too many classes")
    w.odd += w.keys
    w.count += HEAVY
    if w.count > MOST:
        raise TooLarge
    w.out += b"D"
    write_str(w, name)
    write(w, bare(value) if bare else value)
    return None


def _function(w: Draft, value: object, facts: glance.Facts) -> None:
    w.odd += w.keys
    name, module, doc, parameters, is_class = facts
    handle = w.remember(value) if w.remember else 0
    write_items(w, b"F", 6, (name, module, doc, parameters, handle, is_class), HEAVY)


def _ref(w: Draft, handle: int) -> None:
    if not handle:
        raise NotPlain("the room keeps no such object")
    w.out += TAG_SIZE(b"R", handle)


def write_opaque(w: Draft, value: object, why: str) -> None:
    """
    Write what is known of an object that stays where it is.

    Raises: TooLarge where no room is left for it.
    """
    no_key(w)
    w.count += HEAVY
    w.opaques += 1
    if w.opaques > MOST_OPAQUES and w.depth:
        raise TooLarge
    name, module = glance.class_name(type(value))
    w.out += b"?"
    write_str(w, name)
    write_str(w, module)
    write_int(w, w.remember(value) if w.remember else 0)
    write_str(w, why)
