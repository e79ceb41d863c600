"""Opens guests for a task, with what its code may do there: start programs, talk over loopback."""

import functools
import re
from collections.abc import Callable, Mapping

from grader.judge.sources import imported
from grader.judge.task import Task
from grader.sandbox import GuestProcess, Sandbox

NETWORKING = frozenset(
    """
    aiohttp bokeh dash dask distributed fastapi flask ftplib http httpx imaplib ipyparallel panel
    poplib ray requests smtplib socket socketserver streamlit tornado twisted urllib urllib3 uvicorn
    websocket websockets werkzeug wsgiref xmlrpc zmq
    """.split()  # noqa: SIM905 - a list of quoted names is harder to read
)
STREAMS = re.compile(r"\b(start_server|open_connection|create_server|create_connection)\b")
Open = Callable[[], GuestProcess]


def opener(task: Task, sandbox: Sandbox) -> Open:
    """
    Return what opens a guest for this notebook.

    Programs may start where the course says so, and where it says nothing if the key's own cells
    start some. A loopback network of its own, which takes 0.6 ms to make, is there for a notebook
    whose text speaks of one.
    """
    course = sandbox.limits.programs
    programs = task.programs if course is None else course
    network = any(needs_network(cell.source) for cell in task.cells)
    files: Mapping[str, bytes] = task.files
    return lambda: sandbox.open(files, programs=programs, network=network)


@functools.lru_cache(maxsize=1024)
def needs_network(source: str) -> bool:
    """Tell whether a cell imports a module that opens sockets, or calls asyncio's functions."""
    modules = {name.split(".")[0] for name in imported(source)}
    return bool(modules & NETWORKING) or bool(STREAMS.search(source))
