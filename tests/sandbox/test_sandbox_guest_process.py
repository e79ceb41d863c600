"""A guest that lies: whatever comes over its socket is one answer to the question, or an error."""

import contextlib
import os
import socket
import subprocess
import threading
import time

import pytest

from grader.sandbox import Exited, GuestProcess, Limits, Tampered, Timeout, codec
from grader.sandbox.forked import Forked

LIMITS = Limits(total_seconds=20.0, reply_mb=1)


def frame(request_id: object, reply: object = None, **more: object) -> bytes:
    """Return an answer as it goes over the wire."""
    payload = codec.dumps({"id": request_id, "reply": {} if reply is None else reply, **more})
    return len(payload).to_bytes(4, "big") + payload


@pytest.fixture
def guest():
    """Open a guest whose answers are made by a function: bytes, from the id of the request."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(["sleep", "60"])
    guest = GuestProcess(ours, Forked(os.pidfd_open(process.pid), programs=False), LIMITS)

    def lie(*answers) -> GuestProcess:
        def serve() -> None:
            for answer in answers:
                request = codec.loads(codec.receive(theirs))
                with contextlib.suppress(OSError):  # the trusted side has seen enough
                    for part in answer(request["id"]):
                        time.sleep(0.02)
                        theirs.sendall(part)

        threading.Thread(target=serve, daemon=True).start()
        return guest

    lie.end = theirs
    yield lie
    guest.close()
    theirs.close()
    process.wait()


LIES = {
    "another id": lambda _: [frame(os.urandom(16))],
    "an id of another type": lambda _: [frame("x" * 16)],
    "no id": lambda _: [_raw(codec.dumps({"reply": {}}))],
    "one more key": lambda i: [frame(i, extra=1)],
    "a reply that is a list": lambda i: [frame(i, [1])],
    "a list": lambda i: [_raw(codec.dumps([i, {}]))],
    "no message": lambda _: [_raw(b"\xff\xfe\xfd")],
    "an empty frame": lambda _: [_raw(b"")],
    "an answer and a byte": lambda i: [frame(i) + b"x"],
    "two answers": lambda i: [frame(i) + frame(i)],
    "four gigabytes": lambda _: [b"\xff\xff\xff\xff"],
    "more than allowed": lambda i: [frame(i, {"x": bytes(2 << 20)})],
}


def _raw(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + payload


@pytest.mark.parametrize("lie", LIES)
def test_what_is_no_answer_is_tampering(lie, guest):
    """One frame with the id of the question and a dict; all else closes the guest."""
    lying = guest(LIES[lie])
    with pytest.raises(Tampered):
        lying.ask("run", 5, cell="", number=1)

    assert lying.closed
    with pytest.raises(Exited):
        lying.ask("run", 5, cell="", number=2)


def test_an_honest_answer_passes(guest):
    """Control: the exact answer is returned, in two parts too."""
    answer = guest(
        lambda i: [frame(i, {"a": 1})], lambda i: [frame(i, {"b": 2})[:9], frame(i, {"b": 2})[9:]]
    )

    assert {"a": 1} == answer.ask("run", 5, cell="", number=1)
    assert {"b": 2} == answer.ask("run", 5, cell="", number=2)


def test_an_answer_before_the_question_is_tampering(guest):
    """A stale or forged answer that waits on the socket is not taken for the next one."""
    lying = guest()
    guest.end.sendall(frame(bytes(16)))
    with pytest.raises(Tampered, match="unasked"):
        lying.ask("run", 5, cell="", number=1)


@pytest.mark.slow
def test_a_slow_drip_meets_the_deadline(guest):
    """Byte after byte does not make the time longer."""
    lying = guest(lambda i: (bytes([b]) for b in frame(i, {"x": bytes(2000)})))
    start = time.monotonic()
    with pytest.raises(Timeout):
        lying.ask("run", 0.3, cell="", number=1)

    assert time.monotonic() - start < 4.5


@pytest.mark.parametrize("cut", [0, 2, 9])
def test_the_end_in_the_middle_has_died(cut, guest):
    """No answer, half a length or half a frame, and then nobody."""
    lying = guest()

    def leave() -> None:
        request = codec.loads(codec.receive(guest.end))
        guest.end.sendall(frame(request["id"])[:cut])
        guest.end.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=leave).start()
    with pytest.raises(Exited):
        lying.ask("run", 5, cell="", number=1)


@pytest.mark.slow
def test_half_a_frame_and_silence_is_a_hang(guest):
    """What has begun must be complete soon after the deadline."""
    lying = guest(lambda i: [frame(i)[:7]])
    with pytest.raises(Timeout):
        lying.ask("run", 0.2, cell="", number=1)


def test_a_room_that_takes_no_question_is_a_hang(guest):
    """A question larger than the socket's buffer is not waited for longer than a moment."""
    lying = guest()
    start = time.monotonic()
    with pytest.raises(Timeout):
        lying.ask("run", 0.3, cell="x" * (8 << 20), number=1)

    assert time.monotonic() - start < 4.5
