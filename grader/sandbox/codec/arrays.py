"""
NumPy arrays and scalars as raw bytes, a dtype and a shape.

NumPy is never imported to write: whoever has an array has imported it. It is imported to read when
the first array comes.
"""

import re
import sys
import types
import typing

from grader.sandbox.codec.compounds import WHOLE, Parts, Take, TooLarge
from grader.sandbox.codec.introspection import FUNCTIONS, is_static

MOST_DIMENSIONS = 32
LONGEST_DIMENSION = 1 << 31
DTYPE = b"7"
MODULES = sys.modules  # the real one, whatever a learner puts into its place
_SCALARS = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("intc", "uintc", "longlong", "ulonglong", "float16", "float32", "float64"),
    *("complex64", "complex128", "datetime64", "timedelta64"),
)
_DTYPES = (
    *("BoolDType", "Int8DType", "Int16DType", "Int32DType", "Int64DType"),
    *("UInt8DType", "UInt16DType", "UInt32DType", "UInt64DType", "LongLongDType", "ULongLongDType"),
    *("Float16DType", "Float32DType", "Float64DType", "Complex64DType", "Complex128DType"),
    *("DateTime64DType", "TimeDelta64DType", "StrDType", "BytesDType", "ObjectDType"),
)
_UNIT = r"(\[[1-9]?\d{0,8}(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?"
_DTYPE = re.compile(rf"[|<>]([bSU][1-9]\d{{0,8}}|[iu][1248]|f[248]|c(8|16)|[mM]8{_UNIT})")


def takes() -> dict[int, Take] | None:
    """Return how NumPy's classes are taken apart, None unless NumPy is there."""
    names = inside(MODULES, "numpy")
    kinds = [names.get(name) for name in (*_SCALARS, "str_", "bytes_", "ndarray")]
    if any(type(kind) is not type or not is_static(kind) for kind in kinds):
        return None  # half imported, or no NumPy
    functions = [type(names.get(name)) for name in ("sqrt", "mean")]
    FUNCTIONS.update(id(kind) for kind in functions if is_static(kind))
    *scalars, text, raw, array = kinds
    found = {id(kind): Take(b"n", True, WHOLE, _scalar) for kind in scalars}
    found[id(text)] = Take(b"n", True, WHOLE, lambda value, budget: ("str", str.__str__(value)))
    found[id(raw)] = Take(b"n", True, WHOLE, lambda value, budget: ("bytes", bytes(value)))
    found[id(array)] = Take(b"a", False, WHOLE, _array)
    dtypes = inside(names, "dtypes")
    classes = [dtypes[name] for name in _DTYPES if name in dtypes]
    return found | {id(kind): Take(DTYPE, False, WHOLE, _dtype) for kind in classes}


def inside(names: dict[str, typing.Any], module: str) -> dict[str, typing.Any]:
    """Return the names of a module within a library, none if a learner put something else there."""
    held = names.get(module)
    return vars(held) if type(held) is types.ModuleType else {}


def _dtype(value: typing.Any, budget: int) -> Parts:
    """Write a dtype as an array of it that holds nothing."""
    import numpy

    return (numpy.empty(0, value),)


def _scalar(value: typing.Any, budget: int) -> Parts:
    return value.dtype.str, value.tobytes()


def _array(value: typing.Any, budget: int) -> Parts:
    if value.nbytes > budget or value.size > budget:
        raise TooLarge
    if value.dtype.kind == "O":
        return "O", value.shape, value.ravel().tolist()
    name = value.dtype.str
    return (name, value.shape, value.tobytes()) if _DTYPE.fullmatch(name) else None


def _read_dtype(name: str, raw: bytes) -> typing.Any:
    """Return the dtype of this name if all of these bytes are values of it."""
    import numpy

    if not _DTYPE.fullmatch(name):
        raise ValueError("no dtype")
    dtype = numpy.dtype(name)
    if dtype.str != name:
        raise ValueError("a dtype of another name")
    if dtype.kind == "b" and raw.strip(b"\0\1"):
        raise ValueError("no truth values")
    if dtype.kind == "U" and raw:
        order = name[0]
        if numpy.frombuffer(raw, f"{order}u4").max() > sys.maxunicode:
            raise ValueError("no characters")
    return dtype


def _build_scalar(name: str, content: typing.Any) -> object:
    import numpy

    if name == "str" and type(content) is str:
        return numpy.str_(content)
    if name == "bytes" and type(content) is bytes:
        return numpy.bytes_(content)
    dtype = _read_dtype(name, content)
    if len(content) != dtype.itemsize or dtype.kind in "SU":
        raise ValueError("no scalar")
    value = numpy.frombuffer(content, dtype)[0]
    if value.dtype.str != name:
        raise ValueError("a scalar in another order of bytes")
    return value


def _build_array(name: str, shape: tuple, content: typing.Any) -> object:
    import numpy

    size = 1
    for length in shape:
        if type(length) is not int or not 0 <= length < LONGEST_DIMENSION:
            raise ValueError("no shape")
        size *= length
    if type(shape) is not tuple or len(shape) > MOST_DIMENSIONS:
        raise ValueError("no shape")
    if name == "O":
        if type(content) is not list or len(content) != size:
            raise ValueError("another size")
        flat = numpy.empty(size, dtype=object)
        for at, item in enumerate(content):
            flat[at] = item
        return flat.reshape(shape)
    dtype = _read_dtype(name, content)
    if size * dtype.itemsize != len(content):
        raise ValueError("another size")
    return numpy.ndarray(shape, dtype, bytearray(content) if size else None)


BUILDS: dict[bytes, typing.Callable[..., object]] = {b"n": _build_scalar, b"a": _build_array}
