"""Where a lesson is served, and how often somebody may do something there."""

import ipaddress
import socket
import time
from collections import deque
from dataclasses import dataclass

from tornado import netutil

from grader.errors import GraderError

MOST_KNOWN = 10_000  # who is counted at a time


@dataclass(frozen=True, slots=True)
class Place:
    """Where the lesson is: the address that learners open, and the prefix a proxy keeps."""

    address: str
    prefix: str = "/"


class Often:
    """Counts what happens in a span of time, by who does it."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._times: dict[str, deque[float]] = {}

    def too_often(self, who: str, now: float | None = None) -> bool:
        """Note that somebody does it, unless that is too often."""
        now = time.monotonic() if now is None else now
        times = self._times.setdefault(who, deque())
        while times and times[0] <= now - self.seconds:
            times.popleft()
        if len(times) >= self.most:
            return True
        times.append(now)
        if len(self._times) > MOST_KNOWN:  # somebody plays with addresses: begin to count anew
            self._times = {who: times}
        return False

    def is_over(self, who: str) -> bool:
        """Whether somebody has done it as often as may be, without noting it."""
        now = time.monotonic()
        return sum(one > now - self.seconds for one in self._times.get(who, ())) >= self.most


def bind(host: str, port: int) -> tuple[list[socket.socket], int]:
    """
    Return sockets that listen at a host, and their port; with port 0 any.

    Raises: GraderError, in one line, where that is not possible.
    """
    try:
        sockets = netutil.bind_sockets(port, address=host)
    except socket.gaierror:
        raise GraderError(f"--host {host}: this machine has no such address.") from None
    except OSError as error:
        other = "Name another one: --port" if port else "Look at --host"
        raise GraderError(f"{host}:{port} cannot be served: {error.strerror}. {other}") from None
    return sockets, sockets[0].getsockname()[1]


def reachable(host: str) -> str:
    """Return the address under which others find a host; nothing is sent for that."""
    if host not in ("0.0.0.0", "::"):
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # An address for examples: only the way there is looked up.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return probe.getsockname()[0]


def is_number(host: str) -> bool:
    """Whether a host is an address in numbers, which no name server can point elsewhere."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
