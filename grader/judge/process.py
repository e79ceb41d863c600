"""
A grading process, from its start to its end; what it is asked is the matter of `client`.

Starting one takes as long as importing all that judges. A command that knows it will grade starts
one ahead, and goes on with its own imports.
"""

import atexit
import contextlib
import functools
import json
import os
import socket
import subprocess
import sys
import tempfile

from grader.sandbox import codec, loopback

COMES_SECONDS = 60.0  # for Python to start, on a busy machine
SCRATCH = "grader-worker-"  # how the name of its folder for temporary files begins
HASH_SEED = "0"  # the order of a set must not depend on the process


class GradingProcess:
    """
    A Python that runs `grader.judge.worker`. It inherits a socket where there are such, and else
    comes to a meeting; it ends with the pipe that is its standard input.
    """

    def __init__(self) -> None:
        self._meeting = loopback.Meeting() if sys.platform == "win32" else None
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        # A process that is killed leaves its temporary files to us.
        self._scratch = tempfile.TemporaryDirectory(prefix=SCRATCH, ignore_cleanup_errors=True)
        if self._meeting:
            self._python = self._started()
            self._python.stdin.write(json.dumps(self._meeting.told()).encode() + b"\n")
            self._python.stdin.flush()
        else:
            self.connection, theirs = socket.socketpair()
            with theirs:
                self._python = self._started(theirs.fileno())
        self.pid = self._python.pid

    def _started(self, *handed: int) -> subprocess.Popen[bytes]:
        """Start Python, with a socket that it inherits."""
        return subprocess.Popen(
            [sys.executable, "-m", "grader.judge.worker", *map(str, handed)],
            pass_fds=handed,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._words,
            env=os.environ
            | {"PYTHONSAFEPATH": "1", "PYTHONHASHSEED": HASH_SEED}
            | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._scratch.name),
            **loopback.ALONE,  # Ctrl-C is for us: we decide what becomes of it
        )

    @functools.cached_property
    def connection(self) -> socket.socket:
        """Our end of its socket. Raises: codec.Closed where it does not come."""
        try:
            return self._meeting.met(COMES_SECONDS)
        except OSError as error:
            raise codec.Closed(f"the grading process does not come: {error}") from error

    def has_ended(self) -> bool:
        """Tell whether it has ended by itself."""
        return self._python.poll() is not None

    def kill(self) -> None:
        """Kill it, from any thread; `stop` is still to be called."""
        self._python.kill()

    def stop(self) -> str:
        """End it, remove what it leaves, and return its last words."""
        with contextlib.suppress(codec.Closed):
            self.connection.close()
        with contextlib.suppress(OSError):
            self._python.stdin.close()
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
