"""
One message in the making: how much of it is written, and what happens where it does not fit.
"""

import struct
import typing
from collections.abc import Callable, Mapping

from grader.sandbox.codec.compounds import TooLarge
from grader.sandbox.codec.limits import DEEPEST, MOST, MOST_OPAQUES

TOO_LARGE = "too large"
OPAQUE = 64  # bytes; what an Opaque takes as a rule
TAG_SIZE = struct.Struct(">cI").pack


class TooDeep(Exception):
    """The value in hand is inside too many others."""


class Incomplete(Exception):
    """A part of the value in hand is missing, without which it is nothing."""


class UnfitKey(Exception):
    """The value in hand cannot be a key of a plain dict or set."""


class Encoder:
    """
    One message in the making.

    `pending` values are announced but not written; each takes at least a byte, so that a container
    that cannot fit is refused before its first item. `count` only grows: it bounds the work.
    An Opaque takes the place of the innermost value that leaves room for Opaques in the places of
    all that is pending. `keys` is 1 while a key is written, `odd` counts keys that may be equal
    without their classes.
    """

    __slots__ = (
        *("classes", "count", "depth", "keys", "largest", "odd"),
        *("opaque", "opaques", "out", "pending", "remember", "write_of"),
    )

    def __init__(
        self,
        write_of: Mapping[int, Callable[["Encoder", typing.Any], None]],
        opaque: Callable[["Encoder", object, str], None],
        remember: Callable[[object], int] | None,
        largest: int,
    ) -> None:
        self.out = bytearray()
        self.write_of, self.opaque = write_of, opaque
        self.remember, self.largest = remember, largest
        self.depth = self.count = self.keys = self.odd = self.opaques = 0
        self.pending = 1
        self.classes: set[tuple[str, int]] = set()

    def put(self, value: object) -> str:
        """
        Write a value, or an Opaque in its place if it does not fit or fails to be read; return why.

        Raises: TooLarge where the message has grown past its limit.
        """
        self.pending -= 1
        mark, depth, pending, keys = len(self.out), self.depth, self.pending, self.keys
        opaques = self.opaques
        try:
            self.write_of[id(type(value))](self, value)
            if len(self.out) + pending <= self.largest:
                return ""
            raise TooLarge
        except TooLarge:
            self.count += (len(self.out) - mark) >> 4  # work that was lost counts as well
            crowd = pending + 1
            if depth and (mark + crowd * OPAQUE > self.largest or opaques + crowd > MOST_OPAQUES):
                raise
            why = TOO_LARGE
        except RuntimeError:  # a thread of the learner changes it
            why = "changing"
        except TooDeep:
            why = "too deep"
        except Incomplete:
            why = "its parts"
        except UnfitKey:
            if keys:
                raise
            why = "its keys"
        del self.out[mark:]
        self.depth, self.pending, self.keys, self.opaques = depth, pending, keys, opaques
        self.opaque(self, value, why)
        if depth and len(self.out) + pending > self.largest:
            raise TooLarge
        return why

    def open(self, tag: bytes, size: int, items: int, cost: int = 1) -> None:
        """
        Write the head of a container of this size and count its items in.

        Raises: TooDeep, or TooLarge, where the message would pass its limits.
        """
        if self.depth >= DEEPEST:
            raise TooDeep
        if self.count + items + cost > MOST or len(self.out) + self.pending + items > self.largest:
            raise TooLarge
        self.out += TAG_SIZE(tag, size)
        self.depth += 1
        self.count += items + cost
        self.pending += items

    def budget(self) -> int:
        """Return how many bytes are left."""
        return self.largest - len(self.out) - self.pending
