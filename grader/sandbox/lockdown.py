"""
What a guest does to itself between its fork and the first line of learner code: one function a
wall.

The server calls `strong` or `fallback` in the forked child. Each wall raises OSError if the kernel
refuses it, and the guest then ends before it has run anything.
"""

import contextlib
import ctypes
import os
import resource
import socket
import struct
from pathlib import Path

from grader.sandbox import landlock, seccomp
from grader.sandbox.limits import MB, Limits

BOX = "/box"  # where a strong guest's own small disk is mounted
JOB = 3  # the descriptor of the job socket in a guest
LAST_DESCRIPTOR = 0xFFFFFFFF
NEW_MOUNTS, NEW_IPC, NEW_PIDS = 0x00020000, 0x08000000, 0x20000000
NOSUID_NODEV_NOEXEC, READ_ONLY = 2 | 4 | 8, 1
RECURSIVE_PRIVATE = 0x4000 | 0x40000
PARENT_DEATH_SIGNAL, SIGKILL = 1, 9
NO_NEW_PRIVS, AMBIENT, AMBIENT_CLEAR_ALL = 38, 47, 4
CAPABILITY_V3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def strong(job: socket.socket, limits: Limits, files: dict[str, bytes]) -> socket.socket:
    """Build every wall of a strong guest, put files into its box, and return the job socket."""
    first_to_go()
    own_mounts(limits)
    fill(BOX, files)
    enter(BOX)
    few_resources(limits, limits.box_mb * MB, limits.threads if threads_are_ours() else None)
    job = only_the_job(job)
    no_new_rights()
    landlock_if_there(BOX)
    no_capabilities()
    end_with_the_server()
    seccomp.install(may_change_files=True)
    return job


def fallback(
    job: socket.socket, limits: Limits, box: str, trees: list[str], threads: int
) -> socket.socket:
    """
    Build every wall of a guest without namespaces: files can only be read, those of few trees.
    """
    first_to_go()
    enter(box)
    few_resources(limits, 0, threads)
    job = only_the_job(job)
    no_new_rights()
    landlock.restrict(read=[*trees, box, "/dev/urandom"], write=["/dev/null"])
    no_capabilities()
    end_with_the_server()
    seccomp.install(may_change_files=False)
    return job


def call(name: str, *arguments: object) -> None:
    """Call a function of the C library; OSError with its name if it fails."""
    if getattr(_libc, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def first_to_go() -> None:
    """Make this process the first that the kernel kills when memory runs out."""
    score = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    os.write(score, b"1000")
    os.close(score)


def own_mounts(limits: Limits) -> None:
    """Leave the server's mounts and IPC: an empty box of a fixed size, and nothing in /proc."""
    call("unshare", NEW_MOUNTS | NEW_IPC)
    call("mount", None, b"/", None, ctypes.c_ulong(RECURSIVE_PRIVATE), None)
    # The root folder of the disk is one file of its own, besides the learner's.
    size = f"mode=700,size={limits.box_mb}m,nr_inodes={limits.box_files}".encode()
    call("mount", b"box", BOX.encode(), b"tmpfs", ctypes.c_ulong(NOSUID_NODEV_NOEXEC), size)
    hidden = ctypes.c_ulong(NOSUID_NODEV_NOEXEC | READ_ONLY)
    call("mount", b"none", b"/proc", b"tmpfs", hidden, b"mode=555,nr_inodes=1")


def fill(box: str, files: dict[str, bytes]) -> None:
    """
    Write a submission's files, and the folders that libraries want to find, into a box.

    Raises: OSError where the kernel refuses.
    """
    for folder in set(home(box).values()):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    for name, content in files.items():
        path = Path(box, name)
        if ".." in path.parts or not path.is_relative_to(box):
            raise OSError(f"{name!r} is no name of a file in a guest")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def home(box: str) -> dict[str, str]:
    """Return the variables that keep what libraries write inside the box, out of the way."""
    hidden = f"{box}/.home"
    return {
        "HOME": hidden,
        "TMPDIR": f"{hidden}/tmp",
        "MPLCONFIGDIR": f"{hidden}/matplotlib",
        "IPYTHONDIR": f"{hidden}/ipython",
    }


def enter(box: str) -> None:
    """Make the box the current folder and the home."""
    os.chdir(box)
    os.environ.pop("PWD", None)  # bubblewrap's
    os.environ.update(home(box))


def threads_are_ours() -> bool:
    """
    Tell whether RLIMIT_NPROC counts this sandbox alone; before 5.14 it counts all the user has.
    """
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int("".join(filter(str.isdigit, minor)))) >= (5, 14)


def few_resources(limits: Limits, file_bytes: int, threads: int | None) -> None:
    """Limit memory, CPU, open files, file sizes and threads; no core dumps."""
    seconds = int(limits.total_seconds) + 1
    for what, most in {
        resource.RLIMIT_AS: limits.memory_mb * MB,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: threads,
    }.items():
        if most is not None:
            hard = resource.getrlimit(what)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (most, most))


def only_the_job(job: socket.socket) -> socket.socket:
    """Close every descriptor but the job socket; 0 to 2 lead nowhere."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    # The job goes to a high number first, in case one of the low ones is in its way.
    high = os.dup(job.fileno()) if job.fileno() > JOB else os.dup2(job.fileno(), 100)
    for number in range(3):
        os.dup2(nowhere, number)
    os.dup2(high, JOB)
    call("close_range", ctypes.c_uint(JOB + 1), ctypes.c_uint(LAST_DESCRIPTOR), 0)
    os.set_inheritable(JOB, False)
    return socket.socket(fileno=JOB)


def no_new_rights() -> None:
    """Let no program ever give this process more rights."""
    call("prctl", NO_NEW_PRIVS, 1, 0, 0, 0)


def landlock_if_there(box: str) -> None:
    """Add Landlock to what the mounts hide already, where the kernel has it."""
    if landlock.abi():
        landlock.restrict(read=["/"], write=[box, "/dev/null"])


def no_capabilities() -> None:
    """Give up every capability, those of the own user namespace too."""
    with contextlib.suppress(OSError):  # there are none to clear before Linux 4.3
        call("prctl", AMBIENT, AMBIENT_CLEAR_ALL, 0, 0, 0)
    call("capset", struct.pack("=Ii", CAPABILITY_V3, 0), struct.pack("=6I", *[0] * 6))


def end_with_the_server() -> None:
    """Have the kernel kill this guest when its server ends; a change of rights would undo it."""
    call("prctl", PARENT_DEATH_SIGNAL, SIGKILL, 0, 0, 0)
