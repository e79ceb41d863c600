"""Dask clusters to test with: real programs on the loopback device, with a folder of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from support.sandboxes import children

SECONDS = 60.0  # for a program of Dask to be there, on a busy machine
NO_PACKAGE = "import sys; sys.modules['grader'] = None"
NO_SANDBOX = """
from grader.sandbox import levels
levels.why_not_strong = lambda: "bubblewrap is not installed"
levels.why_not_fallback = lambda: "the kernel has no Landlock"
"""


class Programs:
    """A scheduler and workers, each a program; all of them end with `end`."""

    def __init__(self, folder: Path, *options: str, **env: str) -> None:
        self.folder = folder
        (folder / "tmp").mkdir(parents=True)
        self._env = os.environ | {"TMPDIR": str(folder / "tmp"), "HOME": str(folder)} | env
        self._running: list[subprocess.Popen] = []
        where = folder / "scheduler.json"
        quiet = ("--no-show", "--dashboard-address", "127.0.0.1:0", "--host", "127.0.0.1")
        self.scheduler = self._start(
            "scheduler", "", *quiet, "--port", "0", "--scheduler-file", str(where), *options
        )
        until(lambda: where.exists() and where.read_text().endswith("}"))
        self.address = json.loads(where.read_text())["address"]

    def worker(self, *options: str, first: str = "", **env: str) -> subprocess.Popen:
        """Start a worker with one thread; `first` is a program that its process runs before."""
        given = ("--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard", *options)
        return self._start("worker", first, self.address, *given, **env)

    def end(self, *programs: subprocess.Popen) -> None:
        """Kill these programs with all their processes; without any, all."""
        for program in programs or reversed(self._running):
            below = [program.pid, *children(program.pid)]
            for pid in below:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            program.wait()

    def words(self) -> str:
        """Return all that these programs have said."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def _start(self, kind: str, first: str, *options: str, **env: str) -> subprocess.Popen:
        run = f"from distributed.cli.dask_{kind} import main; main()"
        log = self.folder / f"{len(self._running)}-{kind}.log"
        with log.open("w") as words:
            program = subprocess.Popen(
                [sys.executable, "-c", f"{first}\n{run}", *options],
                cwd=self.folder / "tmp",
                env=self._env | env,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
            )
        self._running.append(program)
        return program


@contextmanager
def programs(folder: Path, *options: str, **env: str) -> Iterator[Programs]:
    """Start a scheduler; end it with all its workers."""
    made = Programs(folder, *options, **env)
    try:
        yield made
    finally:
        made.end()


def until(is_so: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not become so"
        time.sleep(0.02)


def workers(address: str) -> dict[str, int]:
    """Return the process of each worker of a scheduler, by the worker's address."""
    from distributed import Client

    with Client(address, timeout=SECONDS, set_as_default=False) as client:
        return client.run(os.getpid)


def tasks(address: str) -> int:
    """Return how many tasks a scheduler knows."""
    from distributed import Client

    with Client(address, timeout=SECONDS, set_as_default=False) as client:
        return client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))


def grading_processes(pid: int) -> list[int]:
    """Return the grading processes that a worker has."""
    return [child for child in children(pid) if b"grader.judge.worker" in command(child)]


def command(pid: int) -> bytes:
    """Return the command line of a process; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
