"""
The wall of system calls: a filter in the kernel's BPF, put together here and installed by ctypes.

A call passes only if its number is in `syscalls` and, for the CHECKED ones, its arguments are those
of `conditions`. Another machine's numbers end the process; clone3 does not exist here (its flags
lie in memory, where a filter cannot look; the C library then takes clone); all else is EPERM.
x32 calls are native ones with bit 30 set, and so never in the table.
"""

import ctypes
import errno
import functools
import os
import struct
from dataclasses import dataclass

from grader.sandbox import syscalls

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, ERRNO, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER_AT, ARCH_AT, ARGUMENTS_AT = 0, 4, 16  # offsets in struct seccomp_data
LOAD, AND, JUMP_EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06  # ld [k], and #k, jeq #k, ret #k

CLONE_THREAD = 0x00010000
CLONE_NEW_ANY = 0x7E020080  # NEWNS NEWCGROUP NEWUTS NEWIPC NEWUSER NEWPID NEWNET, and NEWTIME
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
SOCK_STREAM, SOCK_DGRAM = 1, 2
SOCK_KIND = 0xFFFFFFFF & ~(0o2000000 | 0o4000)  # less CLOEXEC, NONBLOCK
# DUPFD GETFD SETFD GETFL SETFL GETLK SETLK SETLKW, the OFD locks, DUPFD_CLOEXEC, pipe sizes.
# SETOWN and SETSIG are not here: they would send any signal to any process of the same user.
FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1031, 1032)
IOCTL = (
    0x5401,
    0x5413,
    0x541B,
    0x5421,
    0x5450,
    0x5451,
)  # isatty, FIONREAD, FIONBIO, CLEX
PRCTL = (15, 16, 0x53564D41)  # the name of a thread, the name of a piece of memory

INSTRUCTION = struct.Struct("=HBBI")
Instruction = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Condition:
    """Says that a word of an argument, masked, must be one of a few values."""

    argument: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF
    high: bool = False


def conditions(pid: int, more: tuple[str, ...] = ()) -> dict[str, tuple[Condition, ...]]:
    """
    Return what the arguments of the calls of process `pid` must be, where some are looked at.

    With PROGRAMS its pid namespace is the wall, and it may do to its own processes what it likes.
    """
    itself = (Condition(0, (pid,)),)
    wanted = {
        "clone": (Condition(0, (CLONE_THREAD,), CLONE_THREAD | CLONE_NEW_ANY),),
        "kill": itself,
        "tgkill": itself,
        "prlimit64": (Condition(0, (0, pid)),),
        "socketpair": (Condition(0, (AF_UNIX,)), Condition(1, (SOCK_STREAM,), SOCK_KIND)),
        "sendto": (Condition(4, (0,)), Condition(4, (0,), high=True)),  # to no address
        "fcntl": (Condition(1, FCNTL),),
        "ioctl": (Condition(1, IOCTL),),
        "prctl": (Condition(0, PRCTL),),
    }
    if "PROGRAMS" in more:
        wanted["clone"] = (Condition(0, (0,), CLONE_NEW_ANY),)
        for name in ("kill", "tgkill", "prlimit64"):
            del wanted[name]
    if "NETWORK" in more:
        del wanted["sendto"]
        wanted["socket"] = (
            Condition(0, (AF_UNIX, AF_INET, AF_INET6)),
            Condition(1, (SOCK_STREAM, SOCK_DGRAM), SOCK_KIND),
        )
    return wanted


def program(machine: str, pid: int, more: tuple[str, ...]) -> list[Instruction]:
    """Assemble the filter of one process, with these groups of calls beside the usual ones."""
    checks = conditions(pid, more)
    code = [
        (LOAD, 0, 0, ARCH_AT),
        (JUMP_EQUAL, 1, 0, AUDIT_ARCH[machine]),
        (RETURN, 0, 0, KILL_PROCESS),
        (LOAD, 0, 0, NUMBER_AT),
        (JUMP_EQUAL, 0, 1, syscalls.CLONE3[machine]),
        (RETURN, 0, 0, ERRNO | errno.ENOSYS),
    ]
    for name, number in syscalls.numbers(machine, more).items():
        body = [step for check in checks.get(name, ()) for step in _checked(check)]
        body.append((RETURN, 0, 0, ALLOW))
        code += [(JUMP_EQUAL, 0, len(body), number), *body]
    return [*code, (RETURN, 0, 0, ERRNO | errno.EPERM)]


def _checked(check: Condition) -> list[Instruction]:
    """Return instructions that go on behind themselves if the condition holds, else refuse."""
    offset = ARGUMENTS_AT + 8 * check.argument + 4 * check.high  # both machines: low word first
    tests = [
        (JUMP_EQUAL, len(check.values) - at, 0, value) for at, value in enumerate(check.values)
    ]
    refuse = (RETURN, 0, 0, ERRNO | errno.EPERM)
    return [(LOAD, 0, 0, offset), (AND, 0, 0, check.mask), *tests, refuse]


class _Program(ctypes.Structure):
    """The struct sock_fprog of the kernel."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


@functools.cache
def assembled(pid: int, more: tuple[str, ...]) -> bytes:
    """Return the filter as the kernel takes it. All strong guests are pid 1: they share one."""
    code = program(syscalls.this_machine(), pid, more)
    return b"".join(INSTRUCTION.pack(*instruction) for instruction in code)


def install(*more: str) -> None:
    """
    Put the filter on this process for good; it must have no_new_privs and one thread. `more` are
    groups of calls that it has beside the usual ones.

    Raises: OSError where the kernel refuses the filter.
    """
    raw = assembled(os.getpid(), more)
    filled = _Program(len(raw) // INSTRUCTION.size, raw)
    libc = ctypes.CDLL(None, use_errno=True)
    mode_filter, set_seccomp = 2, 22
    if libc.prctl(set_seccomp, mode_filter, ctypes.byref(filled), 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel refuses the system call filter")
