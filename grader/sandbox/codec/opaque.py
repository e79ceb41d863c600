"""
How a thing that is no exact plain value is written: a table, a function, a derived value, or not.
"""

from collections.abc import Callable

from grader.sandbox.codec import compounds, introspection, tables
from grader.sandbox.codec.compounds import ANY, PLAIN, TooLarge
from grader.sandbox.codec.encoder import TAG_SIZE, TOO_LARGE, Encoder, Incomplete, UnfitKey
from grader.sandbox.codec.limits import HEAVY, MOST, MOST_CLASSES, MOST_OPAQUES
from grader.sandbox.codec.placeholders import Function, NotPlain, Opaque, Ref, about
from grader.sandbox.codec.writer import BASES, no_key, write_int, write_items, write_str

_OPAQUE = ord("?")


def _compound(w: Encoder, value: object) -> None:
    how = _takes(value)
    if w.keys and not how.hashable:
        raise UnfitKey
    w.odd += w.keys
    parts = _apart(how.apart, value, w.budget())
    if parts is None:
        write_opaque(w, value, "")
    elif how.need == ANY:
        write_items(w, how.tag, len(parts), parts, HEAVY)
    else:
        _write_parts(w, how, parts)


def _apart(apart: Callable, *given: object) -> object:
    try:
        return apart(*given)
    except TooLarge:
        raise
    except Exception:  # a zone or a dtype without a plain form; a patched method of pandas
        return None


def _write_parts(w: Encoder, how: compounds.Take, parts: tuple) -> None:
    w.open(how.tag, len(parts), len(parts), HEAVY)
    opaques = w.opaques
    for part in parts:
        mark, before = len(w.out), w.opaques
        why = w.put(part)
        if w.out[mark] == _OPAQUE:
            spare = _apart(how.loose, part) if how.loose and why != TOO_LARGE else None
            if spare is None:
                raise Incomplete
            del w.out[mark:]
            w.opaques = before
            w.pending += 1
            w.put(spare)
            if w.out[mark] == _OPAQUE:
                raise Incomplete
    if how.need == PLAIN and w.opaques != opaques:
        raise Incomplete
    w.depth -= 1


def _takes(value: object) -> compounds.Take | None:
    key = id(type(value))
    return compounds.TAKES.get(key) or tables.takes().get(key)


def write_other(w: Encoder, value: object) -> None:
    """Write what is no exact plain type: a table, a function, a class, a derived value, or not."""
    kind = type(value)
    if _takes(value):
        _compound(w, value)
    elif introspection.is_function(value):
        _function(w, value, introspection.function_facts(value))
    elif issubclass(kind, type):
        _function(w, value, introspection.class_facts(value))
    elif w.remember is None and (kind is Function or kind is Opaque or kind is Ref):
        _ref(w, about(value).handle if kind is Opaque else value.handle)
    else:
        for base, write, bare in BASES:
            if issubclass(kind, base):
                return _derived(w, value, base, write, bare)
        write_opaque(w, value, "")
    return None


def _derived(w: Encoder, value: object, base: type, write: Callable, bare: Callable | None) -> None:
    name = introspection.class_name(type(value))[0]
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


def _function(w: Encoder, value: object, facts: introspection.Facts) -> None:
    w.odd += w.keys
    name, module, doc, parameters, is_class = facts
    handle = w.remember(value) if w.remember else 0
    write_items(w, b"F", 6, (name, module, doc, parameters, handle, is_class), HEAVY)


def _ref(w: Encoder, handle: int) -> None:
    if not handle:
        raise NotPlain("the guest keeps no such object")
    w.out += TAG_SIZE(b"R", handle)


def write_opaque(w: Encoder, value: object, why: str) -> None:
    """
    Write what is known of an object that stays where it is.

    Raises: TooLarge where no room is left for it.
    """
    no_key(w)
    w.count += HEAVY
    w.opaques += 1
    if w.opaques > MOST_OPAQUES and w.depth:
        raise TooLarge
    name, module = introspection.class_name(type(value))
    w.out += b"?"
    write_str(w, name)
    write_str(w, module)
    write_int(w, w.remember(value) if w.remember else 0)
    write_str(w, why)
