"""
A socket between this process and a Python that it starts, where none can be handed down.

The parent listens on loopback until the child has come, and knows it by a token that went another
way. Both sides are trusted: no learner code runs before they have met.
"""

import contextlib
import hmac
import io
import os
import secrets
import socket
import subprocess
import sys
import time

# How a child is started that Ctrl+C at the terminal is not for.
ALONE = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if sys.platform == "win32"
    else {"start_new_session": True}
)
HERE = "127.0.0.1"
TOKEN_BYTES = 32
STRANGER_SECONDS = 1.0  # for the token of somebody who has connected


class Meeting:
    """Waits for one child."""

    def __init__(self) -> None:
        self._token = secrets.token_bytes(TOKEN_BYTES)
        self._listener = socket.create_server((HERE, 0))

    def told(self) -> dict[str, object]:
        """Return what the child has to know, as plain data: see `come`."""
        return {"port": self._listener.getsockname()[1], "token": self._token.hex()}

    def met(self, seconds: float) -> socket.socket:
        """
        Return the socket to the child, once, and hear no more of others.

        Raises: OSError where it does not come in time.
        """
        deadline = time.monotonic() + seconds
        with self._listener:
            while True:
                self._listener.settimeout(max(0.001, deadline - time.monotonic()))
                connection, _ = self._listener.accept()
                with contextlib.suppress(OSError):
                    connection.settimeout(STRANGER_SECONDS)
                    token = connection.recv(TOKEN_BYTES, socket.MSG_WAITALL)
                    if hmac.compare_digest(token, self._token):
                        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        connection.settimeout(None)
                        return connection
                connection.close()

    def close(self) -> None:
        """Hear no more of anybody."""
        self._listener.close()


def own_input() -> io.FileIO:
    """
    Return what this process was given as its standard input, unbuffered, and leave nothing of it
    to others: it brings words of the parent, and ends with it.
    """
    given = os.fdopen(os.dup(0), "rb", buffering=0)
    with open(os.devnull, "rb") as nowhere:
        os.dup2(nowhere.fileno(), 0)
    return given


def come(told: dict[str, object]) -> socket.socket:
    """Return a child's end, from what its parent has told it. Raises: OSError."""
    connection = socket.create_connection((HERE, told["port"]))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(bytes.fromhex(told["token"]))
    return connection
