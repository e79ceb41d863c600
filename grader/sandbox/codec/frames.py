"""
Frames on the socket between the trusted side and a guest: a length of 32 bits and that many bytes.

Each side sends and receives with a deadline for the whole frame, so that nobody holds the other
by dripping; what the bytes say is the matter of `plain`.
"""

import socket
import struct
import time

from grader.sandbox.codec.limits import LARGEST, CodecError

_SIZE = struct.Struct(">I")


class TimedOut(CodecError):
    """No whole frame went over before the deadline."""


class Closed(CodecError):
    """The other side is gone."""


def send(connection: socket.socket, payload: bytes, deadline: float | None = None) -> None:
    """Send one frame before `deadline` (time.monotonic()); TimedOut or Closed."""
    _set_timeout(connection, deadline)
    try:
        connection.sendall(_SIZE.pack(len(payload)) + payload)
    except TimeoutError:
        raise TimedOut("nobody reads") from None
    except OSError:
        raise Closed("the other side is gone") from None


def receive(
    connection: socket.socket, deadline: float | None = None, largest: int = LARGEST
) -> bytes:
    """Receive one frame before `deadline` (time.monotonic()); TimedOut, Closed or CodecError."""
    (size,) = _SIZE.unpack(_exactly(connection, 4, deadline))
    if size > largest:
        raise CodecError(f"a frame of {size} bytes")
    return _exactly(connection, size, deadline)


def _exactly(connection: socket.socket, size: int, deadline: float | None) -> bytes:
    parts, missing = [], size
    while missing:
        _set_timeout(connection, deadline)
        try:
            part = connection.recv(min(missing, 1 << 20))
        except TimeoutError:
            raise TimedOut("no answer in time") from None
        except OSError:
            raise Closed("the other side is gone") from None
        if not part:
            raise Closed("the other side is gone")
        if len(part) == size:
            return part
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _set_timeout(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        connection.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimedOut("no answer in time")
    connection.settimeout(left)
