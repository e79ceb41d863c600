"""
An optional cgroup that caps the memory and the tasks of a whole sandbox.

Best effort: cgroup v1 as root, v2 where a folder of ours is delegated with both controllers (or
as root). Without it each guest still has its own limits; the doctor says which it is.
"""

import contextlib
import itertools
import os
import time
from pathlib import Path

from grader.sandbox.limits import MB, Limits

ROOT = Path("/sys/fs/cgroup")
PREFIX = "grader-sandbox-"
LEAVE_SECONDS = 2.0
SERVER_MB = 512  # a server with the whole data stack has 190 MB

_numbers = itertools.count()


class Cgroup:
    """The folders of one sandbox's fence; empty where there is none."""

    def __init__(self, limits: Limits) -> None:
        # Two guests of one submission may be full at the same time, and so may their disks.
        memory = str((2 * (limits.memory_mb + limits.box_mb) + SERVER_MB) * MB)
        tasks = str(2 * limits.processes)
        name = f"{PREFIX}{os.getpid()}-{next(_numbers)}"
        self.folders: list[Path] = []
        if (ROOT / "cgroup.controllers").exists():
            self._make(_parents_v2(), name, {"memory.max": memory, "pids.max": tasks})
        else:
            own = _own()
            for controller, files in {
                "memory": {"memory.limit_in_bytes": memory},
                "pids": {"pids.max": tasks},
            }.items():
                above = ROOT / controller
                self._make([above / own.get(controller, "").lstrip("/"), above], name, files)

    @property
    def doors(self) -> tuple[str, ...]:
        """Return the files into which a process writes its pid to be inside."""
        return tuple(str(folder / "cgroup.procs") for folder in self.folders)

    def remove(self) -> None:
        """Take the fence down; what was killed inside may need a moment to leave it."""
        deadline = time.monotonic() + LEAVE_SECONDS
        for folder in self.folders:
            while not _removed(folder) and time.monotonic() < deadline:
                time.sleep(0.005)
        self.folders = []

    def _make(self, parents: list[Path], name: str, files: dict[str, str]) -> None:
        """Make the folder under the first parent that takes it with all its limits."""
        for parent in parents:
            folder = parent / name
            try:
                _sweep(parent)
                folder.mkdir()
                for file, value in files.items():
                    (folder / file).write_text(value)
            except OSError:
                with contextlib.suppress(OSError):
                    folder.rmdir()
            else:
                self.folders.append(folder)
                return


def describe() -> str:
    """Say in a few words whether a fence can be built here, by building one."""
    group = Cgroup(Limits())
    built = bool(group.folders)
    group.remove()
    return f"{'with' if built else 'without'} a cgroup around it"


def _removed(folder: Path) -> bool:
    """Remove a fence; False while a process is still inside."""
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _sweep(parent: Path) -> None:
    """Remove empty fences of graders that were killed; a fence in use refuses to go."""
    for folder in parent.glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if not Path("/proc", pid).exists():
            with contextlib.suppress(OSError):
                folder.rmdir()


def _own() -> dict[str, str]:
    """Return this process's cgroup by controller; v2 stands under the empty name."""
    lines = Path("/proc/self/cgroup").read_text("utf-8").splitlines()
    rows = [line.split(":", 2) for line in lines]
    return {name: path for _, names, path in rows for name in names.split(",")}


def _parents_v2() -> list[Path]:
    """Return the v2 folders whose children can have both limits."""
    candidates = [ROOT / _own().get("", "/").lstrip("/"), ROOT]
    found = []
    for folder in candidates:
        with contextlib.suppress(OSError):
            if {"memory", "pids"} <= set((folder / "cgroup.subtree_control").read_text().split()):
                found.append(folder)
    return found
