"""
What a sandbox is started with: the trees it can read, bubblewrap's arguments, the plan for
`launch`.

Trusted. Bubblewrap is told to end with the *thread* that started it, so that a sandbox is started
and used from one thread that lives as long as the sandbox.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import grader
from grader.sandbox import lockdown

PACKAGE = str(Path(grader.__file__).resolve().parent)
DEVICES = ("null", "zero", "full", "random", "urandom")
TOP = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")  # links into /usr, or folders, by distribution
SYSTEM = (
    "/usr",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/alternatives",  # Debian's libraries are found through links in here
)
# Found first, so that both sides run the same files; `main` then puts the folder last.
BOOT = (
    "import sys; sys.path.insert(0, sys.argv.pop()); from grader.sandbox.server import main; main()"
)
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "USER": "learner",
    "LOGNAME": "learner",
    "PATH": "/usr/bin:/bin",
    "JOBLIB_MULTIPROCESSING": "0",  # else it looks for semaphores that no guest may make
    "PYTHONHASHSEED": "0",  # the order of a set must not differ from run to run
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # pandas imports pyarrow where it is there
    "PLOTLY_RENDERER": "plotly_mimetype",  # else 5 MB of script cut off what a cell shows
    "NBGRADER_EXECUTION": "autograde",  # how cells know that marks are wanted, as with nbgrader
    "MALLOC_ARENA_MAX": "2",  # else 64 MB of address space a thread: 19 threads fill 1 GB
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    ),
}


def packages() -> list[str]:
    """Return the folders on sys.path that hold installed packages."""
    kinds = ("site-packages", "dist-packages")
    return [path for path in sys.path if Path(path).name in kinds and os.path.isdir(path)]


def trees() -> list[str]:
    """Return what a sandbox can read of the disk: system, Python, packages and this package."""
    wanted = [*SYSTEM, sys.base_prefix, sys.prefix, *packages(), PACKAGE]
    wanted += [os.path.realpath(path) for path in (sys.base_prefix, sys.prefix)]
    found: list[str] = []
    for path in sorted({os.path.abspath(path) for path in wanted if os.path.exists(path)}):
        if not any(Path(path).is_relative_to(kept) for kept in found):
            found.append(path)
    return found


def server() -> list[str]:
    """Return the command of the server: isolated, but for what ENVIRONMENT tells Python."""
    return [sys.executable, "-P", "-s", "-B", "-c", BOOT, str(Path(PACKAGE).parent)]


def bubblewrap(bwrap: str, inner: list[str]) -> list[str]:
    """Return the command that runs `inner` with the trees, read-only, and nothing else."""
    argv = [bwrap, "--unshare-all", "--unshare-user", "--hostname", "sandbox"]
    # The server needs both, over its own namespaces only, to give each guest some of its own.
    argv += ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_NET_ADMIN"]
    argv += ["--die-with-parent", "--new-session", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        argv += ["--setenv", name, value]
    for path in trees():
        argv += ["--ro-bind", path, path]
    for path in filter(os.path.exists, TOP):
        link = os.path.islink(path)
        argv += ["--symlink", os.readlink(path), path] if link else ["--ro-bind", path, path]
    # No --dev: its devpts would come with a second user namespace, where setns is refused.
    argv += ["--proc", "/proc", "--tmpfs", lockdown.BOX, "--tmpfs", lockdown.MACHINE]
    argv += ["--tmpfs", "/dev", *(word for place in lockdown.SHARED for word in ("--dir", place))]
    for name in DEVICES:
        argv += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    return [*argv, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--", *inner]


def spawn(
    argv: list[str],
    control: socket.socket | int = subprocess.DEVNULL,
    errors: int = subprocess.PIPE,
    cgroups: tuple[str, ...] = (),
    own: str = "",
) -> subprocess.Popen[bytes]:
    """Start a command through `launch`, with the control socket as descriptor 0."""
    readable = [*trees(), *([own] if own else [])]
    plan = {"argv": argv, "cgroups": cgroups, "trees": readable, "own": own}
    launcher = [sys.executable, "-I", "-S", "-B", f"{PACKAGE}/sandbox/launch.py", json.dumps(plan)]
    return subprocess.Popen(
        launcher,
        stdin=control,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        env=ENVIRONMENT | ({"TMPDIR": own} if own else {}),
        cwd="/",
        start_new_session=True,  # Ctrl+C at the terminal is for the trusted side alone
    )
