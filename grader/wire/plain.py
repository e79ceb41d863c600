"""
Plain data as bytes, and back: the only thing that crosses the wall of the jail.

The writer runs in the room over a learner's objects and calls none of their methods; the reader
runs on the trusted side over bytes that may be anything, and in the room over ours.
"""

from collections.abc import Callable

from grader.wire.bounds import LARGEST
from grader.wire.draft import Draft
from grader.wire.reader import loads
from grader.wire.strangers import write_opaque, write_other
from grader.wire.writer import WRITERS

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

    The room gives `remember`, which returns a handle for a thing that stays there; without it,
    Functions and Opaques that came from the room are sent back as references.
    """
    draft = Draft(_WRITE_OF, write_opaque, remember, largest)
    draft.put(value)
    return bytes(draft.out)
