"""Sandboxes to test with: what must be there for each level, and what is left behind."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from grader.sandbox import FALLBACK, STRONG, Level, Limits, Sandbox, levels
from support.courses import need

LEVELS = (STRONG, FALLBACK)
LIMITS = Limits(box_mb=32, box_files=512, processes=256)


def required(level: Level) -> Level:
    """Return a level if it holds on this machine; skip loudly, or fail where it is demanded."""
    weakness = levels.why_not_strong() if level == STRONG else levels.why_not_fallback()
    need(f"{level.name} sandbox ({weakness})", "COURSE_REQUIRE_JAIL", "" if weakness else "yes")
    return level


def answers(guest, cell: str, *names: str, seconds: float = 20.0) -> list:
    """Run a cell that must not stop, and return names from it."""
    stop = guest.ask("run", seconds, cell=cell, number=1)["stop"]
    if stop:
        pytest.fail(f"the cell stopped: {stop}")
    values = guest.ask("get", seconds, names=list(names))["values"]
    return [values[name] for name in names]


def is_sane(sandbox: Sandbox) -> bool:
    """Tell whether a new guest does an ordinary job."""
    with sandbox.open({"n.txt": b"41"}) as guest:
        return answers(guest, "n = int(open('n.txt').read()) + 1", "n") == [42]


def children(pid: int) -> list[int]:
    """Return a process's descendants, parents first."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for above in found:
        found += [child for child, parent in parents.items() if parent == above]
    return found[1:]


def cpu_of(pid: int) -> float:
    """Return the seconds that a process has computed, with its descendants, dead ones too."""
    ticks = 0
    for one in (pid, *children(pid)):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def named(pid: int) -> str:
    """Return the name of a process's program; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def kill(pid: int) -> None:
    """Kill a process that a test has started."""
    os.kill(pid, signal.SIGKILL)


def all_end(pids: list[int], seconds: float = 5.0) -> bool:
    """Wait until processes have ended or wait to be buried; tell whether they did."""
    end = time.monotonic() + seconds
    while any(_lives(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _lives(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def cgroups(pid: int) -> set[Path]:
    """Return the cgroups that the sandboxes of a process have made."""
    return set(Path("/sys/fs/cgroup").glob(f"**/grader-sandbox-{pid}-*"))
