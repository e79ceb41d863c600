"""
A grading process, from its start to its end; what it is asked is the matter of `client`.

Starting one takes as long as importing all that judges. A command that knows it will grade starts
one ahead, and goes on with its own imports.
"""

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import tempfile

SCRATCH = "grader-worker-"  # how the name of its folder for temporary files begins
HASH_SEED = "0"  # the order of a set must not depend on the process


class GradingProcess:
    """A Python that runs `grader.judge.worker`; `connection` is our end of its socket."""

    def __init__(self) -> None:
        self.connection, theirs = socket.socketpair()
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        # A process that is killed leaves its temporary files to us.
        self._scratch = tempfile.TemporaryDirectory(prefix=SCRATCH, ignore_cleanup_errors=True)
        with theirs:
            self._python = subprocess.Popen(
                [sys.executable, "-m", "grader.judge.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._words,
                env=os.environ
                | {"PYTHONSAFEPATH": "1", "PYTHONHASHSEED": HASH_SEED}
                | {"TMPDIR": self._scratch.name},
                start_new_session=True,  # Ctrl-C is for us: we decide what becomes of it
            )
        self.pid = self._python.pid

    def has_ended(self) -> bool:
        """Tell whether it has ended by itself."""
        return self._python.poll() is not None

    def kill(self) -> None:
        """Kill it, from any thread; `stop` is still to be called."""
        self._python.kill()

    def stop(self) -> str:
        """End it, remove what it leaves, and return its last words."""
        self.connection.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._python.wait(2)
        self._python.kill()
        self._python.wait()
        self._scratch.cleanup()
        with self._words:
            self._words.seek(0)
            lines = self._words.read().decode(errors="replace").strip().splitlines()
        return f" ({lines[-1][:200]})" if lines else ""


_ahead: list[GradingProcess] = []  # started, and nobody's yet


def start_ahead() -> None:
    """Start a process that the first client will take; it ends with this Python if none does."""
    if not _ahead:
        _ahead.append(GradingProcess())
        atexit.register(_nobody_came)


def started() -> GradingProcess:
    """Return a process that was started ahead, or start one."""
    with contextlib.suppress(IndexError):
        process = _ahead.pop()
        if not process.has_ended():
            return process
        process.stop()
    return GradingProcess()


def _nobody_came() -> None:
    while _ahead:
        process = _ahead.pop()
        process.kill()
        process.stop()
