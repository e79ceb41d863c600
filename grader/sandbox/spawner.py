"""
Guests that are spawned: on macOS behind the wall of `seatbelt`, or anywhere without walls, for
hand-ins that their owner trusts.

Trusted. Stands where a `ServerProcess` does, and starts a Python for each guest. What learner code
can do without walls is what its owner can do: it can read and change this user's files, and talk to
the network. Judging is as it always is: no check and no mark is ever in that process.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from grader.sandbox import bubblewrap, codec, lockdown, loopback, seatbelt, spawned
from grader.sandbox.guest_process import GuestProcess
from grader.sandbox.levels import SEATBELT, Level
from grader.sandbox.limits import Limits

OPEN_SECONDS = 60.0  # for Python and IPython, on a busy machine
BURIAL_SECONDS = 5.0
BOOT = bubblewrap.BOOT.replace("server", "spawned")
NEEDED = (
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "PATHEXT",
    "COMSPEC",
)  # Windows starts nothing else


class Spawner:
    """Starts a process for each guest; there is no server, and nothing is ready before."""

    def __init__(self, level: Level, modules: frozenset[str]) -> None:
        self._walls = level == SEATBELT
        self.modules = modules
        self.left_out = tuple(sorted({name.split(".")[0] for name in modules}))
        self.rooms_opened = 0

    def open(self, files: dict[str, bytes], limits: Limits) -> GuestProcess:
        """Start a guest; OSError or CodecError if that fails."""
        box = tempfile.mkdtemp(prefix="grader-guest-")
        meeting = loopback.Meeting()
        process = None
        try:
            lockdown.fill(box, files)
            process = Spawned(box, limits, meeting, self._walls)
            job = meeting.met(OPEN_SECONDS)
            said = codec.loads(codec.receive(job, time.monotonic() + OPEN_SECONDS))
            if said != {"ready": True}:
                raise codec.CodecError("a guest that is not ready")
        except (OSError, codec.CodecError) as error:
            meeting.close()
            words = process.kill() if process else shutil.rmtree(box, ignore_errors=True)
            raise codec.CodecError(words or str(error)) from error
        return GuestProcess(job, process, limits)

    def stop(self) -> str:
        """Return the last words of nobody."""
        return ""


class Spawned:
    """The process of a guest without walls, with all that it started."""

    def __init__(
        self, box: str, limits: Limits, meeting: loopback.Meeting, walls: bool = False
    ) -> None:
        self._box = box
        argv = [sys.executable, "-P", "-s", "-B", "-c", BOOT, str(Path(bubblewrap.PACKAGE).parent)]
        if walls:
            argv = seatbelt.command(argv, box, meeting.told()["port"])
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._python = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._words,
            cwd=Path(box, lockdown.WORK),
            env=_environment(box),
            **loopback.ALONE,
        )
        self.pid = self._python.pid
        self._family = {self.pid: psutil.Process(self.pid)}
        setup = {"limits": limits.as_data(), "path": bubblewrap.packages(), **meeting.told()}
        self._order(json.dumps(setup).encode() + b"\n")

    def stop(self) -> None:
        """Press the stop button."""
        self._order(spawned.STOP)

    def tell_full(self) -> None:
        """Tell it that it has all the memory there is."""
        self._order(spawned.FULL)

    def kill(self) -> str:
        """Kill it and what it started, remove its folder, and return its last words."""
        self._look()
        if hasattr(os, "killpg") and self._python.poll() is None:
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)  # who has lost its parent, too
        for process in self._family.values():
            with contextlib.suppress(psutil.Error):
                process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._python.wait(BURIAL_SECONDS)
        with contextlib.suppress(OSError):
            self._python.stdin.close()
        shutil.rmtree(self._box, ignore_errors=True)
        with self._words:
            self._words.seek(0)
            return self._words.read().decode(errors="replace").strip()

    def is_gone(self, seconds: float) -> bool:
        """Tell whether it ends within so many seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._python.wait(seconds)
        return self._python.returncode is not None

    def cpu(self) -> float | None:
        """Return the seconds of CPU so far, None once that cannot be told any more."""
        with contextlib.suppress(psutil.Error):
            times = self._family[self.pid].cpu_times()
            return times.user + times.system
        return None

    def would_go_on(self) -> bool:
        """Tell whether it only waits for a core or for a disk; Windows does not say."""
        if sys.platform == "win32":
            return False
        with contextlib.suppress(psutil.Error):
            states = (psutil.STATUS_RUNNING, psutil.STATUS_DISK_SLEEP)
            return self._family[self.pid].status() in states
        return False

    def memory(self, most: int) -> int:
        """Return the bytes that it has in memory with all that it started."""
        self._look()
        used = 0
        for process in self._family.values():
            with contextlib.suppress(psutil.Error):
                used += process.memory_info().rss
        return used

    def _look(self) -> None:
        """Note what it has started: who loses its parent is still known."""
        with contextlib.suppress(psutil.Error):
            for child in self._family[self.pid].children(recursive=True):
                self._family.setdefault(child.pid, child)

    def _order(self, order: bytes) -> None:
        with contextlib.suppress(OSError):
            self._python.stdin.write(order)
            self._python.stdin.flush()


def _environment(box: str) -> dict[str, str]:
    """Return the variables of a guest: none of this user's but what the system itself needs."""
    needed = {name: os.environ[name] for name in NEEDED if name in os.environ}
    own = lockdown.home(box)
    return bubblewrap.ENVIRONMENT | needed | own | dict.fromkeys(("TEMP", "TMP"), own["TMPDIR"])
