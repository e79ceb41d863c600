"""
The second process of grading: drives one sandbox, judges, and reports cell by cell.

In: tasks over the socket that it inherits, one at a time. Out: the results of cells, sent before
each check begins, then a frame that says the notebook is done. Both sides are trusted. It ends when
the socket is closed or has been idle for long, when the sandbox fails, and with its parent, which
kills it when a check does not end and starts another (see `client`).
"""

import contextlib
import gc
import io
import json
import os
import select
import shutil
import socket
import sys
import threading
import time

from grader.errors import GraderError, SandboxFailed, WallMissing
from grader.judge.notebook import grade
from grader.judge.process import SCRATCH
from grader.judge.task import CHECK, Task
from grader.sandbox import Level, Limits, Sandbox, codec, loopback

IDLE = 600.0  # seconds without a task, after which the process ends
MEMORY = 4 * 1024**3  # bytes of address space for checks fed with monsters
LARGEST_TASK = 512 * 1024 * 1024  # bytes


def main() -> None:
    """Serve tasks until there are no more, and leave no temporary file."""
    try:
        with contextlib.suppress(codec.CodecError):  # nobody is there any more
            _serve_all()
    finally:
        _leave_nothing()


def _serve_all() -> None:
    parent = loopback.own_input()
    if sys.argv[1:]:
        connection = socket.socket(fileno=int(sys.argv[1]))
    else:
        connection = loopback.come(json.loads(parent.readline()))
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _limit_memory()
    ahead = None if _is_asked(connection) else _started_ahead()
    settings = json.loads(codec.receive(connection))
    os.environ["NBGRADER_EXECUTION"] = "autograde"  # how check cells know that marks are wanted
    os.environ.pop("JPY_SESSION_NAME", None)
    gc.freeze()  # what was imported stays: nobody needs to look through it again
    with _sandbox(settings, ahead) as sandbox:
        while True:
            request = _receive(connection)
            try:
                _serve(request, connection, sandbox, settings["seed"])
            except WallMissing as error:  # no sandbox can be had: nothing to do with the notebook
                _send(connection, {"failed": str(error)})
            except SandboxFailed as error:  # another process may have more luck
                _send(connection, {"lost": str(error)})
                return


def _is_asked(connection: socket.socket) -> bool:
    """Tell whether somebody waits for this process already."""
    return bool(select.select([connection], [], [], 0)[0])


def _started_ahead() -> Sandbox | None:
    """Start the sandbox that most courses have, None where there is none."""
    with contextlib.suppress(GraderError, OSError, codec.CodecError):
        sandbox = Sandbox()
        sandbox.start()
        return sandbox
    return None


def _sandbox(settings: dict[str, object], ahead: Sandbox | None) -> Sandbox:
    """Return the sandbox that is asked for: the one that was started ahead, if it is like that."""
    level = Level(settings["level"]) if settings["level"] else None
    limits = Limits(**settings["limits"])
    if ahead is not None:
        if limits == ahead.limits and level in (None, ahead.level):
            return ahead
        ahead.close()
    return Sandbox(level, limits)


def _limit_memory() -> None:
    """Let a check that is fed with monsters end with a MemoryError; other systems have no limit."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _end_with(parent: io.FileIO) -> None:
    """End at once when the parent has died, even in the middle of a check that never ends."""
    while parent.read(1):
        pass
    _leave_nothing()
    os._exit(1)


def _leave_nothing() -> None:
    """Remove the folder for temporary files that the parent has made: it may be gone."""
    own = os.environ.get("TMPDIR", "")
    if os.path.basename(own).startswith(SCRATCH):
        shutil.rmtree(own, ignore_errors=True)


def _serve(
    request: dict[str, object], connection: socket.socket, sandbox: Sandbox, seed: str
) -> None:
    task = Task.of(request)
    roles = [cell.role for cell in task.cells[1:]] + [CHECK]
    found = []
    for result, role_of_next in zip(grade(task, sandbox, seed), roles, strict=False):
        found.append(result.plain())
        if role_of_next == CHECK:  # it may hang: what came before it is sent
            _send(connection, {"results": found})
            found = []
    _send(connection, {"done": True})


def _receive(connection: socket.socket) -> dict[str, object]:
    deadline = time.monotonic() + IDLE
    return json.loads(codec.receive(connection, deadline, LARGEST_TASK))


def _send(connection: socket.socket, message: dict[str, object]) -> None:
    connection.settimeout(None)
    codec.send(connection, json.dumps(message, default=str).encode())


if __name__ == "__main__":
    main()
