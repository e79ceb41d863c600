"""
Guests without walls: processes of their own that are measured, stopped and ended as guests are.

What they cannot be kept from is in docs/operations.md; that judging is the same, in
tests/batch/test_without_walls.py.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time

import psutil
import pytest
from support.sandboxes import LIMITS, answers

from grader.errors import SandboxFailed
from grader.sandbox import Exited, OutOfMemory, Sandbox, Timeout, loopback, spawned, spawner
from grader.sandbox.levels import NO_WALLS

STUBBORN = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
PARENT = """
import sys
from grader.sandbox import Sandbox
from grader.sandbox.levels import NO_WALLS
with Sandbox(NO_WALLS) as sandbox, sandbox.open() as guest:
    print(guest._process.pid, guest._process._box, flush=True)
    guest.ask("run", 60, cell="while True: pass", number=1)
"""


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox without walls."""
    with Sandbox(NO_WALLS, LIMITS) as sandbox:
        yield sandbox


def test_a_guest_has_its_files_and_answers(sandbox):
    """In a folder of its own, which holds what was handed in and nothing else."""
    look = "import os\nthere = sorted(os.listdir())\nn = int(open('n.txt').read()) + 1"
    with sandbox.open({"n.txt": b"41"}) as guest:
        assert [["n.txt"], 42] == answers(guest, look, "there", "n")


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", "a/../../out.txt"])
def test_a_file_stays_in_its_room(name, sandbox):
    """A name that leads out of the folder is refused, and nothing is started."""
    with pytest.raises(SandboxFailed, match="is no name of a file"):
        sandbox.open({name: b""})


def test_nothing_of_the_environment_is_handed_down(sandbox, monkeypatch):
    """A password in a variable is not in the guest's."""
    monkeypatch.setenv("DATABASE_PASSWORD", "secret")
    with sandbox.open() as guest:
        (there,) = answers(guest, "import os\nthere = dict(os.environ)", "there")

    assert "secret" not in there.values() and {"HOME", "TMPDIR"} <= set(there)
    assert there["HOME"].startswith(there["TMPDIR"].removesuffix(".tmp"))


def test_each_guest_is_a_process_of_its_own(sandbox):
    """What one leaves behind, in memory or beside its notebook, the next does not find."""
    leaves = "import builtins\nbuiltins.left = 1\nopen('left.txt', 'w').close()"
    look = "import builtins, os\nfound = hasattr(builtins, 'left') or os.path.exists('left.txt')"
    with sandbox.open() as first, sandbox.open() as second:
        answers(first, leaves)
        assert [False] == answers(second, look, "found")


@pytest.mark.parametrize("cell", ["while True: pass", "import time\ntime.sleep(600)"])
def test_the_stop_button_stops_a_cell(cell, sandbox):
    """
    One that computes and one that sleeps; afterwards the guest answers as before. Windows wakes
    nobody: there the guest ends.
    """
    if "sleep" in cell and spawned.pthread_kill is None:
        with sandbox.open() as guest, pytest.raises(Timeout):
            guest.ask("run", 0.5, cell=cell, number=1)
        return
    with sandbox.open() as guest:
        stop = guest.ask("run", 0.5, cell=cell, number=1)["stop"]
        assert guest.stopped and guest.took < 3.0
        assert [3] == answers(guest, "x = 1 + 2", "x")

    assert "KeyboardInterrupt" == stop["kind"] and "stopped after" in stop["message"]


def test_who_does_not_stop_is_ended(sandbox):
    """With all that it started, and its folder goes with it."""
    with sandbox.open() as guest, pytest.raises(Timeout):
        box, pid = guest._process._box, guest._process.pid
        guest.ask("run", 0.5, cell=STUBBORN, number=1)

    assert not psutil.pid_exists(pid) and not os.path.exists(box)


def test_the_end_of_a_guest_is_told_as_such(sandbox):
    """A cell that ends Python."""
    with sandbox.open() as guest, pytest.raises(Exited):
        guest.ask("run", cell="import os\nos._exit(0)", number=1)


def test_a_process_that_code_starts_behind_the_back_ends_with_the_guest(sandbox):
    """Programs are refused in words; who starts one all the same does not outlive the guest."""
    starts = "import os\npid = os.posix_spawn('/bin/sleep', ['sleep', '600'], {})"
    with sandbox.open() as guest:
        (pid,) = answers(guest, starts, "pid")
        assert psutil.pid_exists(pid)
        guest._process.memory(0)

    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_programs_are_refused_in_the_same_words(sandbox):
    """An accident with `!` does no harm; it is no wall."""
    with sandbox.open() as guest:
        stop = guest.ask("run", cell="import subprocess\nsubprocess.run(['ls'])", number=1)["stop"]

    assert "PermissionError" == stop["kind"] and "No program can start" in stop["message"]


@pytest.mark.slow
def test_memory_is_limited(sandbox):
    """A list that grows for ever is a MemoryError, or the end; the next guest has all of it."""
    grows = "held = []\nwhile True:\n    held.append(bytearray(50_000_000))"
    with sandbox.open() as guest:
        try:
            stop = guest.ask("run", cell=grows, number=1)["stop"]
        except (Exited, OutOfMemory):
            stop = {"kind": "MemoryError"}
        assert "MemoryError" == stop["kind"]
    with sandbox.open() as guest:
        assert [1] == answers(guest, "x = 1", "x")


def test_a_guest_ends_with_who_started_it():
    """After kill -9 of the trusted side nothing goes on computing."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        pid, box = parent.stdout.readline().decode().split()
        guest = psutil.Process(int(pid))
        assert guest.is_running()
        parent.kill()
    deadline = time.monotonic() + 20
    while guest.is_running() and guest.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    shutil.rmtree(box)


def test_what_keeps_a_guest_from_starting_is_told_in_one_line(monkeypatch):
    """Python's own last words, and no folder is left."""
    monkeypatch.setattr(spawner, "BOOT", "raise SystemExit('no such luck')")
    monkeypatch.setattr(spawner, "OPEN_SECONDS", 1.0)
    with Sandbox(NO_WALLS) as sandbox, pytest.raises(SandboxFailed, match="no such luck"):
        sandbox.open()


def test_who_does_not_know_the_token_is_not_met():
    """A stranger on this machine who connects first is sent away, the child is not."""
    meeting = loopback.Meeting()
    told = json.loads(json.dumps(meeting.told()))
    stranger = loopback.come(told | {"token": "00" * loopback.TOKEN_BYTES})
    silent = socket.create_connection((loopback.HERE, told["port"]))
    child = loopback.come(told)
    with stranger, silent, child, meeting.met(10.0) as met:
        met.sendall(b"to you")
        child.settimeout(5)
        assert b"to you" == child.recv(6)
        stranger.settimeout(5)
        assert b"" == stranger.recv(1)


def test_who_does_not_come_is_told():
    """Nobody waits for ever."""
    with pytest.raises(OSError, match="timed out"):
        loopback.Meeting().met(0.05)
