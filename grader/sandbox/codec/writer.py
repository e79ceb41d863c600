"""
Plain values as bytes: each is one tag byte and its content.

Only values of exact types are written as they are, by methods of those types, so that no method
of a learner's class ever runs here; classes are looked up by id(), because even the hash of a
class may be a learner's.
"""

import struct
import typing
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable

from grader.sandbox.codec.compounds import TAKES, TooLarge
from grader.sandbox.codec.encoder import TAG_SIZE, Encoder, UnfitKey
from grader.sandbox.codec.limits import HEAVY, LARGEST_INT, CodecError
from grader.sandbox.codec.reader import loads

_TAG_I64 = struct.Struct(">cq").pack
_TAG_F64 = struct.Struct(">cd").pack
_TAG_FF = struct.Struct(">cdd").pack
_I64 = 1 << 63
SHORT = 1000  # characters that always fit


def _none(w: Encoder, value: None) -> None:
    w.out += b"N"


def _bool(w: Encoder, value: bool) -> None:
    w.out += b"T" if value else b"U"


def write_int(w: Encoder, value: int) -> None:
    """Write an exact int. Raises: TooLarge for one of too many digits."""
    if -_I64 <= value < _I64:
        w.out += _TAG_I64(b"i", value)
        return
    size = value.bit_length() // 8 + 1
    if size > LARGEST_INT:
        raise TooLarge
    w.out += TAG_SIZE(b"I", size) + value.to_bytes(size, "big", signed=True)


def _float(w: Encoder, value: float) -> None:
    w.out += _TAG_F64(b"f", value)


def _complex(w: Encoder, value: complex) -> None:
    w.out += _TAG_FF(b"c", value.real, value.imag)


def write_str(w: Encoder, value: str) -> None:
    """Write an exact str. Raises: TooLarge where no room is left for it."""
    if len(value) > w.budget():
        raise TooLarge
    raw = value.encode("utf-8", "surrogatepass")
    w.out += TAG_SIZE(b"s", len(raw)) + raw


def _bytes(w: Encoder, value: bytes) -> None:
    if len(value) > w.budget():
        raise TooLarge
    w.out += TAG_SIZE(b"b", len(value)) + value


def _ellipsis(w: Encoder, value: object) -> None:
    w.out += b"E"


def _not_implemented(w: Encoder, value: object) -> None:
    w.out += b"X"


def _short(value: str) -> bytes | None:
    if len(value) > SHORT:
        return None
    raw = value.encode("utf-8", "surrogatepass")
    return TAG_SIZE(b"s", len(raw)) + raw


_LEAVES: dict[int, Callable[[typing.Any], bytes | None]] = {
    id(int): lambda value: _TAG_I64(b"i", value) if -_I64 <= value < _I64 else None,
    id(float): lambda value: _TAG_F64(b"f", value),
    id(str): _short,
    id(bool): lambda value: b"T" if value else b"U",
    id(type(None)): lambda value: b"N",
}  # most values: three times as fast without a place to fall back to


def write_items(w: Encoder, tag: bytes, size: int, items: Iterable, cost: int = 1) -> None:
    """Write a container of so many items. Raises: TooLarge where no room is left for them."""
    pending, out, largest = w.pending, w.out, w.largest
    w.open(tag, size, size, cost)
    for item in items:
        leaf = _LEAVES.get(id(type(item)))
        raw = leaf and leaf(item)
        if raw:
            w.pending -= 1
            out += raw
            if len(out) > largest:
                raise TooLarge
        else:
            w.put(item)
    _close(w, pending)


def _keys(w: Encoder, tag: bytes, size: int, items: Iterable) -> None:
    mark, pending, odd, keys = len(w.out), w.pending, w.odd, w.keys
    w.open(tag, size, size, cost=HEAVY)  # an empty set takes 216 bytes
    w.keys = 1
    for item in items:
        w.put(item)
    w.keys = keys
    _close(w, pending)
    _differ(w, mark, odd)


def _pairs(w: Encoder, tag: bytes, size: int, pairs: Iterable) -> None:
    no_key(w)
    mark, pending, odd = len(w.out), w.pending, w.odd
    w.open(tag, size, 2 * size, cost=1 if tag == b"d" else HEAVY)
    for key, value in pairs:
        if type(key) is str and len(key) <= SHORT:
            w.pending -= 1
            w.out += _short(key)
        else:
            w.keys = 1
            w.put(key)
            w.keys = 0
        leaf = _LEAVES.get(id(type(value)))
        raw = leaf and leaf(value)
        if raw:
            w.pending -= 1
            w.out += raw
            if len(w.out) > w.largest:
                raise TooLarge
        else:
            w.put(value)
    _close(w, pending)
    _differ(w, mark, odd)


def _close(w: Encoder, pending: int) -> None:
    if w.pending != pending:
        raise RuntimeError("another thread changes the container")
    w.depth -= 1


def _differ(w: Encoder, mark: int, odd: int) -> None:
    """Refuse keys that are equal as soon as they are bare values."""
    if w.odd != odd:
        try:
            loads(bytes(w.out[mark:]))
        except CodecError:
            raise UnfitKey from None


def no_key(w: Encoder) -> None:
    """Refuse a value that Python would not take as a key. Raises: UnfitKey, among keys."""
    if w.keys:
        raise UnfitKey


def _list(w: Encoder, value: list) -> None:
    no_key(w)
    write_items(w, b"l", list.__len__(value), list.__iter__(value))


def _tuple(w: Encoder, value: tuple) -> None:
    write_items(w, b"t", tuple.__len__(value), tuple.__iter__(value))


def _set(w: Encoder, value: set) -> None:
    no_key(w)
    _keys(w, b"S", set.__len__(value), set.__iter__(value))


def _frozenset(w: Encoder, value: frozenset) -> None:
    _keys(w, b"Z", frozenset.__len__(value), frozenset.__iter__(value))


def _dict(w: Encoder, value: dict) -> None:
    _pairs(w, b"d", dict.__len__(value), dict.items(value))


def _counter(w: Encoder, value: Counter) -> None:
    _pairs(w, b"C", dict.__len__(value), dict.items(value))


def _defaultdict(w: Encoder, value: defaultdict) -> None:
    _pairs(w, b"M", dict.__len__(value), dict.items(value))  # without its factory


def _ordered(w: Encoder, value: OrderedDict) -> None:
    if not all(map(_is_ours, dict.__iter__(value))):
        raise UnfitKey  # an OrderedDict hashes each key again when it is read
    _pairs(w, b"O", dict.__len__(value), OrderedDict.items(value))


def _is_ours(key: object) -> bool:
    """Tell whether no method of a learner runs when a key is hashed."""
    kind = type(key)
    if kind is tuple or kind is frozenset:
        return all(map(_is_ours, kind.__iter__(key)))
    return id(kind) in WRITERS or id(kind) in TAKES


BASES: tuple[tuple[type, Callable, Callable | None], ...] = (
    (int, write_int, int.__int__),
    (float, _float, float.__float__),
    (str, write_str, str.__str__),
    (tuple, _tuple, None),
    (list, _list, None),
    (dict, _dict, None),
    (set, _set, None),
    (frozenset, _frozenset, None),
    (complex, _complex, complex.__complex__),
    (bytes, _bytes, lambda value: bytes.__getitem__(value, slice(None))),
)  # what learners make classes of, and the method that gives the value without the class
WRITERS: dict[int, Callable[[Encoder, typing.Any], None]] = {
    id(kind): write
    for kind, write in {
        type(None): _none,
        bool: _bool,
        int: write_int,
        float: _float,
        complex: _complex,
        str: write_str,
        bytes: _bytes,
        list: _list,
        tuple: _tuple,
        dict: _dict,
        set: _set,
        frozenset: _frozenset,
        type(...): _ellipsis,
        type(NotImplemented): _not_implemented,
        Counter: _counter,
        defaultdict: _defaultdict,
        OrderedDict: _ordered,
    }.items()
}
