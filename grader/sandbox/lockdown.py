"""
What a guest does to itself between its fork and the first line of learner code: one function a
wall.

The server calls `strong` or `fallback` in the forked child. Each wall raises OSError if the kernel
refuses it, and the guest then ends before it has run anything.
"""

import contextlib
import ctypes
import os
import socket
import struct
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from grader.sandbox import landlock, seccomp
from grader.sandbox.limits import MB, Limits

if sys.platform != "win32":
    import fcntl
    import resource

BOX = "/box"  # where a strong guest's own small disk is mounted
WORK = "work"  # the folder in a box that cells run in
MACHINE = "/machine"  # what a strong guest is shown as /proc: see `describe_machine`
SHARED = {"/tmp": ".tmp", "/dev/shm": ".shm"}  # what every machine has, and where in the box
TOLD = ("meminfo", "stat", "cpuinfo", "uptime", "loadavg", "version")  # files of /proc
JOB = 3  # the descriptor of the job socket in a guest
LAST_DESCRIPTOR = 0xFFFFFFFF
OPEN_FILES = 1024  # as on most machines
NEW_MOUNTS, NEW_IPC, NEW_PIDS, NEW_NET = 0x00020000, 0x08000000, 0x20000000, 0x40000000
NOSUID_NODEV_NOEXEC, READ_ONLY = 2 | 4 | 8, 1
BIND, REMOUNT, RECURSIVE_PRIVATE = 0x1000, 0x20, 0x4000 | 0x40000
PARENT_DEATH_SIGNAL, SIGKILL = 1, 9
NO_NEW_PRIVS, AMBIENT, AMBIENT_CLEAR_ALL = 38, 47, 4
CAPABILITY_V3 = 0x20080522
SET_FLAGS, INTERFACE_UP = 0x8914, 1  # SIOCSIFFLAGS, IFF_UP

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def strong(
    job: socket.socket, limits: Limits, files: dict[str, bytes], shared: Mapping[str, str]
) -> socket.socket:
    """
    Build every wall of a strong guest, put files into its box, and return the job socket. `shared`
    are the places that lie in its box: see `shared_places`.
    """
    first_to_go()
    if limits.network:
        limits = replace(limits, network=own_network())
    own_mounts(limits, shared)
    fill(BOX, files)
    enter(BOX)
    processes = limits.processes if processes_are_ours() else None
    few_resources(limits, limits.box_mb * MB, processes)
    job = only_the_job(job)
    no_new_rights()
    landlock_if_there(limits, shared)
    no_capabilities()
    if limits.programs:
        os.setsid()  # else a signal to "my process group" would reach the server
    end_with_the_server()
    seccomp.install(*calls_of(limits))
    return job


def shared_places(trees: Iterable[str]) -> dict[str, str]:
    """
    Return what of SHARED a guest has to itself, so that the trees which it reads stay in sight:
    Python may be installed below /tmp.
    """
    trees = [Path(tree) for tree in trees]
    return {
        place: folder
        for place, folder in SHARED.items()
        if not any(tree.is_relative_to(place) for tree in trees)
    }


def calls_of(limits: Limits) -> tuple[str, ...]:
    """Return the groups of system calls that a strong guest has beside the usual ones."""
    asked = {"CHANGING_FILES": True, "PROGRAMS": limits.programs, "NETWORK": limits.network}
    return tuple(group for group, wanted in asked.items() if wanted)


def fallback(
    job: socket.socket, limits: Limits, box: str, trees: list[str], processes: int
) -> socket.socket:
    """
    Build every wall of a guest without namespaces: files can only be read, those of few trees.
    """
    first_to_go()
    enter(box)
    few_resources(limits, 0, processes)
    job = only_the_job(job)
    no_new_rights()
    landlock.restrict(read=[*trees, box, "/dev/urandom"], write=["/dev/null"])
    no_capabilities()
    end_with_the_server()
    seccomp.install()
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


def own_mounts(limits: Limits, shared: Mapping[str, str]) -> None:
    """
    Leave the server's mounts and IPC: an empty disk of a fixed size, on which /tmp lies, too, and a
    /proc that tells of the machine and of this process alone.
    """
    itself = os.readlink("/proc/self")  # the number that the server's /proc has for it
    call("unshare", NEW_MOUNTS | NEW_IPC)
    call("mount", None, b"/", None, ctypes.c_ulong(RECURSIVE_PRIVATE), None)
    size = f"mode=700,size={limits.box_mb}m,nr_inodes={limits.box_files}".encode()
    call("mount", b"box", BOX.encode(), b"tmpfs", ctypes.c_ulong(NOSUID_NODEV_NOEXEC), size)
    for place, folder in shared.items():
        os.mkdir(f"{BOX}/{folder}", mode=0o700)
        _bind(f"{BOX}/{folder}", place)
    _bind(f"/proc/{itself}", f"{MACHINE}/1")
    _bind(MACHINE, "/proc", recursive=True)


def describe_machine() -> None:
    """Write down for all guests of this server what /proc says of the machine."""
    for name in TOLD:
        with contextlib.suppress(OSError):
            Path(MACHINE, name).write_bytes(Path("/proc", name).read_bytes())
    os.mkdir(f"{MACHINE}/1")
    os.symlink("1", f"{MACHINE}/self")
    read_only = ctypes.c_ulong(REMOUNT | BIND | NOSUID_NODEV_NOEXEC | READ_ONLY)
    call("mount", None, MACHINE.encode(), None, read_only, None)


def own_network() -> bool:
    """
    Leave the server's network for one with nothing but a loopback interface, which is up. False
    where the kernel makes none: this guest then makes no socket.
    """
    try:
        call("unshare", NEW_NET)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            request = struct.pack("16sh22x", b"lo", INTERFACE_UP)
            fcntl.ioctl(any_socket, SET_FLAGS, request)
    except OSError:
        return False
    return True


def _bind(source: str, target: str, recursive: bool = False) -> None:
    flags = ctypes.c_ulong(BIND | 0x4000 * recursive)
    call("mount", source.encode(), target.encode(), None, flags, None)


def fill(box: str, files: dict[str, bytes]) -> None:
    """
    Write a submission's files, and the folders that libraries want to find, into a box.

    Raises: OSError where the kernel refuses.
    """
    work = Path(box, WORK)
    for folder in {*home(box).values(), str(work)}:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    for name, content in files.items():
        path = work / name
        if ".." in path.parts or not path.is_relative_to(work):
            raise OSError(f"{name!r} is no name of a file in a guest")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def home(box: str) -> dict[str, str]:
    """Return the variables that keep what libraries write inside the box, out of the way."""
    hidden = f"{box}/.home"
    return {
        "HOME": hidden,
        "TMPDIR": f"{box}/{SHARED['/tmp']}",
        "MPLCONFIGDIR": f"{hidden}/matplotlib",
        "IPYTHONDIR": f"{hidden}/ipython",
    }


def enter(box: str) -> None:
    """Go to the folder in the box that cells run in, and make the box the home."""
    os.chdir(f"{box}/{WORK}")
    os.environ.pop("PWD", None)  # bubblewrap's
    os.environ.update(home(box))


def processes_are_ours() -> bool:
    """
    Tell whether RLIMIT_NPROC counts this sandbox alone; before 5.14 it counts all the user has.
    """
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int("".join(filter(str.isdigit, minor)))) >= (5, 14)


def few_resources(limits: Limits, file_bytes: int, processes: int | None) -> None:
    """Limit memory, CPU, open files, file sizes, threads and processes; no core dumps."""
    seconds = int(limits.total_seconds) + 1
    for what, most in {
        resource.RLIMIT_AS: limits.address_bytes,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: processes,
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


def landlock_if_there(limits: Limits, shared: Iterable[str]) -> None:
    """Add Landlock to what the mounts hide already, where the kernel has it."""
    if landlock.abi():
        write = [BOX, *shared, "/dev/null"]
        landlock.restrict(["/"], write, programs=bool(limits.programs), network=limits.network)


def no_capabilities() -> None:
    """Give up every capability, those of the own user namespace too."""
    with contextlib.suppress(OSError):  # there are none to clear before Linux 4.3
        call("prctl", AMBIENT, AMBIENT_CLEAR_ALL, 0, 0, 0)
    call("capset", struct.pack("=Ii", CAPABILITY_V3, 0), struct.pack("=6I", *[0] * 6))


def end_with_the_server() -> None:
    """Have the kernel kill this guest when its server ends; a change of rights would undo it."""
    call("prctl", PARENT_DEATH_SIGNAL, SIGKILL, 0, 0, 0)
