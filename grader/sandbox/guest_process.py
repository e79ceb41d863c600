"""
One guest, seen from the trusted side: a question goes in, a checked answer or a GuestError comes
out.

Trusted. It holds our end of the job socket and the guest's pidfd, so that neither a slow server nor
a lying guest can keep it from ending the guest. What an answer *says* is only ever a claim.
"""

import contextlib
import os
import select
import signal
import socket
import time
from pathlib import Path
from types import TracebackType

from grader.sandbox import codec
from grader.sandbox.limits import MB, Limits
from grader.sandbox.memory import EVERY, Memory

GRACE_SECONDS = 2.0  # to answer after the stop button
BURIAL_SECONDS = 5.0
COMPUTING = 0.5  # part of the time; below it a guest waits for something


class GuestError(Exception):
    """Says why a guest gave no answer; the guest is closed."""


class Timeout(GuestError):
    """The guest did not answer in time."""


class Exited(GuestError):
    """The guest ended: it crashed, was killed by a limit, or left."""


class OutOfMemory(GuestError):
    """The guest took more memory than it may have, and went on."""


class Tampered(GuestError):
    """What came is not one answer to the question."""


class GuestProcess:
    """A confined process in which code of one submission runs."""

    def __init__(self, job: socket.socket, pidfd: int, limits: Limits) -> None:
        self._job = job
        self._pidfd = pidfd
        self._pid = _pid(pidfd)
        self._schedule = _opened(f"/proc/{self._pid}/schedstat")
        self._memory = Memory(self._pid, pidfd, limits.memory_mb, bool(limits.programs))
        self._limits = limits
        self._left = limits.total_seconds
        self.closed = False

    def ask(self, op: str, seconds: float | None = None, **fields: object) -> dict:
        """
        Ask one question and return the reply; a GuestError closes the guest.

        Raises: Exited, Timeout or Tampered: a GuestError, where no sound reply comes in time.
        """
        if self.closed:
            raise Exited("the guest is closed")
        start = time.monotonic()
        most = min(self._limits.cell_seconds if seconds is None else seconds, self._left)
        try:
            return self._exchange(op, fields, start, start + most)
        except GuestError:
            self.close()
            raise
        finally:
            self._left -= time.monotonic() - start

    def close(self) -> None:
        """Kill the guest and all in it; when this returns, it is gone."""
        if self.closed:
            return
        self.closed = True
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        waiter = select.poll()
        waiter.register(self._pidfd, select.POLLIN)
        waiter.poll(BURIAL_SECONDS * 1000)
        os.close(self._pidfd)
        if self._schedule >= 0:
            os.close(self._schedule)
        self._job.close()

    def __enter__(self) -> "GuestProcess":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _exchange(self, op: str, fields: dict, start: float, deadline: float) -> dict:
        """Send a question, wait, press the stop button if need be, check the answer."""
        if deadline <= start:
            raise Timeout("the guest's time is used up")
        token = os.urandom(16)
        early = self._peek()
        if early is not None:
            raise Tampered("the guest spoke unasked") if early else Exited("the guest is gone")
        busy = self._busy()
        self._send({"id": token, "op": op, **fields}, deadline)
        if not self._answers(deadline):
            self._press_stop(start, busy)
        reply = self._receive(deadline + GRACE_SECONDS)
        if self._peek():
            raise Tampered("more than one answer")
        return _checked(reply, token)

    def _send(self, question: dict, deadline: float) -> None:
        """Send a question before the deadline."""
        try:
            codec.send(self._job, codec.dumps(question), deadline)
        except codec.TimedOut:
            raise Timeout("the guest takes no question") from None
        except codec.Closed:
            raise Exited("the guest is gone") from None

    def _answers(self, deadline: float) -> bool:
        """
        Wait until an answer begins; False if none does before the deadline.

        Raises: OutOfMemory where the guest takes too much meanwhile.
        """
        waiter = select.poll()
        waiter.register(self._job, select.POLLIN)
        self._memory.begin()
        while (left := deadline - time.monotonic()) > 0:
            if waiter.poll(min(left, EVERY) * 1000):
                return True
            if self._memory.is_too_much():
                raise OutOfMemory("the guest takes too much memory")
        return False

    def _press_stop(self, start: float, busy: float) -> None:
        """
        Interrupt a guest that computes; one that waits would not get further: Timeout.

        One that has started programs may wait for them to compute.
        """
        computes = self._busy() - busy >= COMPUTING * (time.monotonic() - start)
        if not computes and not self._limits.programs:
            raise Timeout("the guest waits for something that does not come")
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGINT)

    def _receive(self, deadline: float) -> bytes:
        """Receive one whole frame before the deadline, however slowly it drips."""
        try:
            return codec.receive(self._job, deadline, largest=self._limits.reply_mb * MB)
        except codec.TimedOut:
            raise Timeout("the guest does not answer") from None
        except codec.Closed:
            raise Exited("the guest is gone") from None
        except codec.CodecError as error:
            raise Tampered(str(error)) from None

    def _peek(self) -> bytes | None:
        """Look for a byte that nobody asked for: None if silent, b"" if the guest is gone."""
        self._job.setblocking(False)
        try:
            return self._job.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _busy(self) -> float:
        """
        Return the seconds for which the guest computed, or wanted to.

        On a full machine a guest that computes may wait for a core most of the time: the time its
        first thread stood in the kernel's queue counts too, where the kernel tells it.
        """
        seconds = 0.0
        with contextlib.suppress(OSError):
            seconds += time.clock_gettime((~self._pid) << 3 | 2)
            queued = os.pread(self._schedule, 100, 0).split()[1]
            seconds += int(queued) / 1e9
        return seconds


def _pid(pidfd: int) -> int:
    """Return the process of a pidfd as a number in our own pid namespace."""
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


def _opened(path: str) -> int:
    """Return a descriptor to read a file of the kernel's; -1 where there is none."""
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1


def _checked(payload: bytes, token: bytes) -> dict:
    """Return the reply in a frame if the frame is exactly the answer to `token`."""
    try:
        answer = codec.loads(payload)
    except Exception as error:  # depth, encodings, sizes: whatever it is, it is no answer
        raise Tampered(f"no frame of ours: {type(error).__name__}") from None
    if type(answer) is not dict or set(answer) != {"id", "reply"}:
        raise Tampered("not an answer")
    if type(answer["id"]) is not bytes or answer["id"] != token:
        raise Tampered("the answer to another question")
    if type(answer["reply"]) is not dict:
        raise Tampered("not a reply")
    return answer["reply"]
