"""
One guest, seen from the trusted side: a question goes in, a checked answer or a GuestError comes
out.

Trusted. It holds our end of the job socket and the guest's process. What an answer *says* is only
ever a claim.
"""

import os
import socket
import time
from types import TracebackType
from typing import Protocol

from grader.sandbox import codec
from grader.sandbox.limits import MB, Limits
from grader.sandbox.memory import EVERY, Memory, Remembering
from grader.sandbox.stopwatch import Computing, Stopwatch

GRACE_SECONDS = 0.4  # of computing or waiting, to answer after the stop button
SEND_SECONDS = 3.0  # until a guest has read a question
REPLY_SECONDS = 3.0  # for one frame, however slowly it drips


class GuestError(Exception):
    """
    Says why a guest gave no answer; the guest is closed. `early` is True where that was so before
    the question: what an earlier one left running did it.
    """

    early = False


class Timeout(GuestError):
    """The guest did not answer in time."""


class Exited(GuestError):
    """The guest ended: it crashed, was killed by a limit, or left."""


class OutOfMemory(GuestError):
    """The guest took more memory than it may have, and went on."""


class Tampered(GuestError):
    """What came is not one answer to the question."""


class Process(Computing, Remembering, Protocol):
    """The process of a guest, with all that it started."""

    def stop(self) -> None:
        """Press the stop button."""

    def is_gone(self, seconds: float) -> bool:
        """Tell whether it ends within so many seconds."""

    def kill(self) -> None:
        """Kill it, and remove what it leaves; when this returns, it is gone."""


class GuestProcess:
    """
    A process in which code of one submission runs.

    Of the last question: `took` is how many seconds it computed and waited, `stopped` whether the
    stop button had to be pressed, and `waited` whether that was because it waited.
    """

    def __init__(self, job: socket.socket, process: Process, limits: Limits) -> None:
        self._job = job
        self._process = process
        self._watch = Stopwatch(process)
        self._memory = Memory(process, limits.memory_mb)
        self._limits = limits
        self.spent = 0.0  # seconds of all questions
        self.stopped = self.closed = False

    @property
    def took(self) -> float:
        """The seconds that the last question computed and waited."""
        return self._watch.seconds

    @property
    def waited(self) -> bool:
        """Whether most of that was waiting."""
        return self._watch.waited > self._watch.computed

    def ask(
        self, op: str, seconds: float | None = None, waits: float | None = None, **fields: object
    ) -> dict:
        """
        Ask one question and return the reply; a GuestError closes the guest.

        The stop button is pressed where the guest has computed for so many seconds, or has waited
        for `waits` seconds, by default as many.

        Raises: Exited, Timeout or Tampered: a GuestError, where no sound reply comes in time.
        """
        if self.closed:
            raise Exited("the guest is closed")
        left = self._limits.total_seconds - self.spent
        most = min(self._limits.cell_seconds if seconds is None else seconds, left)
        self._watch.begin()
        try:
            return self._exchange(op, fields, most, most if waits is None else min(waits, most))
        except GuestError:
            self.close()
            raise
        finally:
            self.spent += self._watch.seconds

    def is_gone(self, seconds: float) -> bool:
        """Tell whether the guest ends within so many seconds without being asked anything."""
        return self._process.is_gone(seconds)

    def close(self) -> None:
        """Kill the guest and all in it; when this returns, it is gone."""
        if self.closed:
            return
        self.closed = True
        self._process.kill()
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

    def _exchange(self, op: str, fields: dict, most: float, waits: float) -> dict:
        """Send a question, wait, press the stop button if need be, check the answer."""
        if most <= 0:
            raise Timeout("the guest's time is used up")
        token = os.urandom(16)
        early = self._peek()
        if early is not None:
            error = Tampered("the guest spoke unasked") if early else Exited("the guest is gone")
            error.early = True
            raise error
        self._send({"id": token, "op": op, **fields})
        self.stopped = not self._answers(most, waits)
        if self.stopped:
            self._press_stop()
        reply = self._receive()
        self._watch.end()
        if self._peek():
            raise Tampered("more than one answer")
        return _checked(reply, token)

    def _send(self, question: dict) -> None:
        """Send a question in time."""
        try:
            codec.send(self._job, codec.dumps(question), time.monotonic() + SEND_SECONDS)
        except codec.TimedOut:
            raise Timeout("the guest takes no question") from None
        except codec.Closed:
            raise Exited("the guest is gone") from None

    def _answers(self, most: float, waits: float) -> bool:
        """
        Wait until an answer begins; False if the guest has computed or waited too long before.

        Raises: OutOfMemory where the guest takes too much meanwhile.
        """
        self._memory.begin()
        computed, waited = self._watch.computed + most, self._watch.waited + waits
        while not self._has_spoken(EVERY):
            if self._memory.is_too_much():
                raise OutOfMemory("the guest takes too much memory")
            self._watch.look()
            if self._watch.computed >= computed or self._watch.waited >= waited:
                return self._has_spoken(0)  # it may have come while nobody looked
        return True

    def _has_spoken(self, seconds: float) -> bool:
        """Wait for so long; tell whether there is something to read, be it the end."""
        self._job.settimeout(seconds)
        try:
            self._job.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, TimeoutError):
            return False
        except OSError:
            pass
        return True

    def _press_stop(self) -> None:
        """
        Interrupt a guest, which may then answer.

        Raises: Timeout where it does not.
        """
        self._process.stop()
        if not self._answers(GRACE_SECONDS, GRACE_SECONDS):
            raise Timeout("the guest goes on after the stop button")

    def _receive(self) -> bytes:
        """Receive one whole frame in time, however slowly it drips."""
        deadline = time.monotonic() + REPLY_SECONDS
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
