"""
The last trusted program before the sandbox: it becomes a spare user, then bubblewrap or the server.

Run as `python -I -S -B launch.py PLAN`, a program of its own because Python code between fork and
exec is not safe in a process with threads. The plan is JSON: `argv` to become, `cgroups` files to
join, `trees` that must stay readable, `own` a folder to hand over (or ""). Only root has something
to give up: others just join and go on. A refusal is one line on descriptor 2 and exit code 1.
"""

import ctypes
import json
import os
import sys
from contextlib import suppress

NEW_MOUNTS, RECURSIVE_PRIVATE = 0x00020000, 0x4000 | 0x40000
OPEN_TREE, MOVE_MOUNT, HERE = 428, 429, -100  # the same on all machines; AT_FDCWD
CLONE_RECURSIVE, FROM_DESCRIPTOR = 1 | 0x8000, 4

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def unprivileged_uid(pid: int, uid_map: str) -> int:
    """Return a user id that nobody has, another one for each live process, and that is mapped."""
    most = max(int(start) + int(count) for start, _, count in map(str.split, uid_map.splitlines()))
    # A container may have 65536 ids only; 61184 and up belong to systemd.
    return 200_000 + pid if most > 200_000 + pid else 30_000 + pid % 30_000


def closed_ancestor(path: str) -> str | None:
    """Return the first folder above `path` that a stranger may not pass."""
    parts = path.split("/")[1:]
    above = ["/" + "/".join(parts[:end]) for end in range(len(parts))]
    return next((folder for folder in above if not os.stat(folder).st_mode & 1), None)


def reopen(trees: list[str]) -> None:
    """
    Make trees below closed folders (/root is one) readable for a spare user, in private mounts.

    Each closed folder is covered by an empty one, in which the trees appear where they were.
    """
    real = {tree: os.path.realpath(tree) for tree in trees}
    inside = {path: closed_ancestor(path) for path in real.values()}
    inside = {path: folder for path, folder in inside.items() if folder}
    if not inside:
        return
    _check(_libc.unshare(NEW_MOUNTS), "root may not make private mounts here")
    _check(_libc.mount(None, b"/", None, ctypes.c_ulong(RECURSIVE_PRIVATE), None), "mount")
    held = {path: _clone(path) for path in inside}
    for folder in set(inside.values()):
        _check(_libc.mount(b"none", folder.encode(), b"tmpfs", ctypes.c_ulong(0), b"mode=755"), "")
    for path, tree in held.items():
        os.makedirs(path, exist_ok=True)
        moved = _libc.syscall(MOVE_MOUNT, tree, b"", HERE, path.encode(), FROM_DESCRIPTOR)
        _check(moved, f"mount {path}")
    for name, path in real.items():
        if not os.path.lexists(name):
            os.makedirs(os.path.dirname(name), exist_ok=True)
            os.symlink(path, name)


def _clone(path: str) -> int:
    """Return a mount of a tree that hangs nowhere yet."""
    tree = _libc.syscall(OPEN_TREE, HERE, path.encode(), CLONE_RECURSIVE | os.O_CLOEXEC)
    _check(tree < 0, f"open {path}")
    return tree


def _check(failed: int, what: str) -> None:
    """Raise OSError if a call of the C library failed."""
    if failed:
        raise OSError(ctypes.get_errno(), what)


def become_unprivileged(plan: dict) -> None:
    """Stop being root, in a way that Python stays readable."""
    with open("/proc/self/uid_map", encoding="ascii") as table:
        uid = unprivileged_uid(os.getpid(), table.read())
    if plan["own"]:
        os.chown(plan["own"], uid, uid)
    reopen(plan["trees"])
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def main() -> None:
    """Carry out the plan."""
    plan = json.loads(sys.argv[1])
    try:
        for path in plan["cgroups"]:
            with suppress(OSError), open(path, "w", encoding="ascii") as group:  # best effort
                group.write(str(os.getpid()))
        if os.geteuid() == 0:
            become_unprivileged(plan)
        os.execv(plan["argv"][0], plan["argv"])
    except OSError as error:
        sys.exit(f"the sandbox cannot start: {error}")


if __name__ == "__main__":
    main()
