"""
Plain data as bytes, and back: the only thing that crosses the wall of the sandbox.

The writer runs in the guest over a learner's objects and calls none of their methods; the reader
runs on the trusted side over bytes that may be anything, and in the guest over ours.
"""

from collections.abc import Callable

from grader.sandbox.codec.encoder import Encoder
from grader.sandbox.codec.limits import LARGEST
from grader.sandbox.codec.opaque import write_opaque, write_other
from grader.sandbox.codec.reader import loads
from grader.sandbox.codec.writer import WRITERS

__all__ = ["dumps", "loads"]


class _Writers(dict):
    """The writers by the id of a class, and one for all other classes."""

    def __missing__(self, key: int) -> Callable:
        return write_other


_WRITE_OF = _Writers(WRITERS)


def dumps(
    value: object,
    remember: Callable[[object], int] | None = None,
    largest: int = LARGEST,
) -> bytes:
    """
    Encode a value; what is not plain, too large or too deep is an Opaque in its place.

    The guest gives `remember`, which returns a handle for a thing that stays there; without it,
    Functions and Opaques that came from the guest are sent back as references.
    """
    encoder = Encoder(_WRITE_OF, write_opaque, remember, largest)
    encoder.put(value)
    return bytes(encoder.out)
