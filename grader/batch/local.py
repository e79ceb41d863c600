"""
A Dask cluster on this machine, as a program of its own: a scheduler, and workers with one thread.

Run as `local.py COUNT`. Out: the scheduler's address, in one line. It ends when its standard input
does, so that it never outlives who started it. It has a session of its own: Ctrl+C at the terminal
is for the other side alone. Its files are in a temporary folder, its ports on the loopback device.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from grader.errors import GraderError

END_SECONDS = 10.0


@contextlib.contextmanager
def started(count: int) -> Iterator[str]:
    """Start a cluster with so many workers; give its address, and end it at last."""
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            [sys.executable, __file__, str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            env=os.environ | {"PYTHONSAFEPATH": "1"},  # the modules beside this file stay ours
            start_new_session=True,
        )
        try:
            address = process.stdout.readline().decode().strip()
            if not address:
                words.seek(0)
                said = words.read().decode(errors="replace").strip().splitlines() or ["no details"]
                raise GraderError(f"A Dask cluster on this machine does not start: {said[-1]}")
            yield address
        finally:
            _end(process)


def _end(process: subprocess.Popen) -> None:
    """End the program, and what is left of it."""
    process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def main() -> None:
    """Serve until nobody needs it any more."""
    import dask
    from distributed import LocalCluster

    with (
        tempfile.TemporaryDirectory(prefix="grader-dask-") as folder,
        dask.config.set({"temporary-directory": folder}),
        LocalCluster(
            n_workers=int(sys.argv[1]),
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # not a port that may be taken
            memory_limit=0,  # a large notebook may take what it takes without Dask
        ) as cluster,
    ):
        print(cluster.scheduler_address, flush=True)
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
