"""
Bytes back to plain data: strict, because what comes in may be anything.

Whatever is not exactly what the writer writes is a CodecError: no announced size is believed before
that many bytes are there, nothing is looked up or run by a name that came over the wire.
"""

import pathlib
import struct
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable

from grader.sandbox.codec import compounds, tables
from grader.sandbox.codec.limits import (
    DEEPEST,
    HEAVY,
    LARGEST_INT,
    MOST,
    MOST_CLASSES,
    MOST_OPAQUES,
    CodecError,
)
from grader.sandbox.codec.placeholders import (
    Function,
    NotPlain,
    Opaque,
    bare,
    checked_function,
    checked_opaque,
    identifier,
)

_U32 = struct.Struct(">I").unpack_from
_I64 = struct.Struct(">q").unpack_from
_F64 = struct.Struct(">d").unpack_from
_FF = struct.Struct(">dd").unpack_from


class _Reader:
    """One message and how far it is read."""

    __slots__ = ("at", "classes", "count", "data", "depth", "opaques", "resolve")

    def __init__(self, data: bytes, resolve: Callable[[int], object] | None) -> None:
        self.data, self.resolve = data, resolve
        self.at = self.count = self.depth = self.opaques = 0
        self.classes: set[tuple[str, type]] = set()

    def value(self) -> object:
        """Read one value."""
        at = self.at
        self.at = at + 1
        return _READERS[self.data[at]](self)

    def size(self) -> int:
        """
        Read a number of bytes or items, each of which takes at least a byte.

        Raises: CodecError for a length that the message cannot have.
        """
        (size,) = _U32(self.data, self.at)
        self.at += 4
        if size > len(self.data) - self.at:
            raise CodecError("cut")
        return size

    def raw(self) -> bytes:
        """Read bytes with their number before them."""
        size = self.size()
        end = self.at + size
        raw = self.data[self.at : end]
        self.at = end
        return raw

    def items(self, cost: int = 1) -> list:
        """Read the items of a container."""
        size = self.open(1, cost)
        items = []
        add, data = items.append, self.data
        for _ in range(size):
            at = self.at
            self.at = at + 1
            add(_READERS[data[at]](self))
        self.depth -= 1
        return items

    def open(self, each: int, cost: int) -> int:
        """Read the head of a container with so many values for each item."""
        size = self.size()
        self.depth += 1
        self.count += size * each + cost
        if self.depth > DEEPEST or self.count > MOST or size * each > len(self.data) - self.at:
            raise CodecError("too deep or too many")
        return size


def _int(r: _Reader) -> int:
    (value,) = _I64(r.data, r.at)
    r.at += 8
    return value


def _big(r: _Reader) -> int:
    raw = r.raw()
    value = int.from_bytes(raw, "big", signed=True)
    size = value.bit_length() // 8 + 1
    if not 8 < size == len(raw) <= LARGEST_INT:  # up to 8 bytes there is another tag
        raise CodecError("an integer of a wrong size")
    return value


def _float(r: _Reader) -> float:
    (value,) = _F64(r.data, r.at)
    r.at += 8
    return value


def _complex(r: _Reader) -> complex:
    value = complex(*_FF(r.data, r.at))
    r.at += 16
    return value


def _str(r: _Reader) -> str:
    return r.raw().decode("utf-8", "surrogatepass")


def _set(kind: type) -> Callable[[_Reader], object]:
    def read(r: _Reader) -> object:
        items = r.items(cost=HEAVY)
        value = kind(items)
        if len(value) != len(items):
            raise CodecError("equal items in a set")
        return value

    return read


def _dict(make: Callable[[], dict], cost: int) -> Callable[[_Reader], dict]:
    def read(r: _Reader) -> dict:
        size = r.open(2, cost)
        value, take = make(), r.value
        for _ in range(size):
            key = take()
            value[key] = take()
        if len(value) != size:
            raise CodecError("equal keys in a dict")
        r.depth -= 1
        return value

    return read


_BASES = (int, float, str, tuple, list, dict, set, frozenset, complex, bytes)


def _derived(r: _Reader) -> object:
    name = r.value()
    value = r.value()
    base = type(value)
    if type(name) is not str or base not in _BASES or identifier(name) != name:
        raise CodecError("no class of a learner")
    r.count += HEAVY
    r.classes.add((name, base))
    if len(r.classes) > MOST_CLASSES or r.count > MOST:
        raise CodecError("too many classes")
    return bare(name, base)(value)


def _function(r: _Reader) -> Function:
    return checked_function(*r.items(cost=HEAVY))


def _opaque(r: _Reader) -> Opaque:
    r.opaques += 1
    if r.opaques > MOST_OPAQUES + 1:
        raise CodecError("too many opaque objects")
    return checked_opaque(r.value(), r.value(), r.value(), r.value())


def _ref(r: _Reader) -> object:
    (handle,) = _U32(r.data, r.at)
    r.at += 4
    if r.resolve is None or not handle:
        raise CodecError("no reference is expected")
    return r.resolve(handle)


def _compound(build: Callable) -> Callable[[_Reader], object]:
    def read(r: _Reader) -> object:
        return build(*r.items(cost=HEAVY))

    return read


def _path(r: _Reader) -> pathlib.PurePath:
    """Read a path: in the guest it leads to files, on the trusted side it is a text with parts."""
    path = compounds.BUILDS[b"p"](*r.items(cost=HEAVY))
    return pathlib.Path(str(path)) if r.resolve else path


def _unknown(r: _Reader) -> object:
    raise CodecError("an unknown tag")


_BY_TAG: dict[bytes, Callable[[_Reader], object]] = {
    b"N": lambda r: None,
    b"T": lambda r: True,
    b"U": lambda r: False,
    b"E": lambda r: ...,
    b"X": lambda r: NotImplemented,
    b"i": _int,
    b"I": _big,
    b"f": _float,
    b"c": _complex,
    b"s": _str,
    b"b": _Reader.raw,
    b"l": _Reader.items,
    b"t": lambda r: tuple(r.items()),
    b"S": _set(set),
    b"Z": _set(frozenset),
    b"d": _dict(dict, 1),
    b"C": _dict(Counter, HEAVY),
    b"M": _dict(defaultdict, HEAVY),
    b"O": _dict(OrderedDict, HEAVY),
    b"D": _derived,
    b"F": _function,
    b"R": _ref,
    b"?": _opaque,
}
_BY_TAG |= {tag: _compound(build) for tag, build in (compounds.BUILDS | tables.BUILDS).items()}
_BY_TAG[b"p"] = _path
_READERS = [_BY_TAG.get(bytes([number]), _unknown) for number in range(256)]


def loads(data: bytes, resolve: Callable[[int], object] | None = None) -> object:
    """
    Decode one value; CodecError unless the bytes are exactly one.

    In the guest, `resolve` gives the thing that a handle stands for.
    """
    reader = _Reader(data, resolve)
    try:
        value = reader.value()
    except CodecError:
        raise
    except (Exception, NotPlain) as error:  # cut numbers, bad text, Opaques as keys, wrong parts, …
        raise CodecError(f"no message of ours ({type(error).__name__})") from None
    if reader.at != len(data):
        raise CodecError("bytes are left over")
    return value
