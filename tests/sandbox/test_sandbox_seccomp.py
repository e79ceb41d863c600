"""The wall of system calls: tables and programs, for both machines, without any kernel."""

import errno
import itertools
import re
import struct
from pathlib import Path

import pytest
from support.courses import need

from grader.sandbox import attacks, seccomp, syscalls
from grader.sandbox.seccomp import ALLOW, AUDIT_ARCH, ERRNO, KILL_PROCESS

REFUSED, NO_SUCH_CALL = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS
X32 = 0x40000000
PID = 4711
CHECKED = syscalls.GROUPS["CHECKED"]
HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}
# A call and its arguments, and whether it passes; the same on both machines.
QUESTIONS = [
    ("a thread", "clone", (0x3D0F00,), True),
    ("a process", "clone", (17,), False),
    ("vfork", "clone", (0x4111,), False),
    ("a thread in a user namespace", "clone", (0x3D0F00 | 0x10000000,), False),
    ("a thread in a time namespace", "clone", (0x3D0F00 | 0x80,), False),
    ("a signal to itself", "kill", (PID, 2), True),
    ("a signal to another", "kill", (1, 9), False),
    ("a signal to all", "kill", (0xFFFFFFFF, 9), False),
    ("a signal to the group", "kill", (0, 9), False),
    ("a signal to its thread", "tgkill", (PID, 9, 2), True),
    ("a signal to another's thread", "tgkill", (1, 1, 9), False),
    ("its own limits", "prlimit64", (0, 7, 0, 0), True),
    ("its own limits by number", "prlimit64", (PID, 7, 0, 0), True),
    ("another's limits", "prlimit64", (1, 7, 0, 0), False),
    ("the self-pipe of asyncio", "socketpair", (1, 1 | 0o2000000 | 0o4000, 0, 0), True),
    ("a pair of datagrams", "socketpair", (1, 2, 0, 0), False),
    ("a pair of another family", "socketpair", (2, 1, 0, 0), False),
    ("bytes to the other end", "sendto", (3, 0x7F, 10, 0, 0, 0), True),
    ("bytes to an address", "sendto", (3, 0x7F, 10, 0, 0x7FFF0010, 110), False),
    ("bytes to a high address", "sendto", (3, 0x7F, 10, 0, 0x7FFF00000000, 110), False),
    ("a copy of a descriptor", "fcntl", (3, 1030, 10), True),
    ("an owner for SIGIO", "fcntl", (3, 8, 1), False),
    ("a long owner for SIGIO", "fcntl", (3, 15, 1), False),
    ("another signal for SIGIO", "fcntl", (3, 10, 9), False),
    ("is it a terminal", "ioctl", (0, 0x5401, 0), True),
    ("typing for the user", "ioctl", (0, 0x5412, 0), False),
    ("an owner for a socket", "ioctl", (3, 0x8902, 0), False),
    ("a thread's name", "prctl", (15, 0), True),
    ("death with the parent", "prctl", (1, 0), False),
    ("being traced", "prctl", (0x59616D61, 1), False),
]
# The same for a guest that may start programs and has a network of its own.
MORE_QUESTIONS = [
    ("a process", "clone", (17,), True),
    ("a process in a user namespace", "clone", (17 | 0x10000000,), False),
    ("a process in a time namespace", "clone", (17 | 0x80,), False),
    ("TCP", "socket", (2, 1 | 0o2000000, 0), True),
    ("UDP over IPv6", "socket", (10, 2, 0), True),
    ("a Unix socket", "socket", (1, 1, 0), True),
    ("raw packets", "socket", (2, 3, 0), False),
    ("netlink", "socket", (16, 2, 0), False),
    ("whole frames", "socket", (17, 3, 0), False),
    ("another machine's kernel", "socket", (40, 1, 0), False),
    ("ciphers of the kernel", "socket", (38, 5, 0), False),
    ("an owner for SIGIO", "fcntl", (3, 8, 1), False),
    ("typing for the user", "ioctl", (0, 0x5412, 0), False),
]


def answer(program: list, arch: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """Run a filter as the kernel does, on the instructions that it uses."""
    padded = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("=IIQ6Q", number, arch, 0, *padded)
    word, at = 0, 0
    while True:
        code, if_true, if_false, k = program[at]
        at += 1
        match code:
            case 0x20:
                (word,) = struct.unpack_from("=I", data, k)
            case 0x54:
                word &= k
            case 0x15:
                at += if_true if word == k else if_false
            case 0x06:
                return k
            case _:
                raise AssertionError(f"an instruction that is not known: {code:#x}")


def number_of(name: str, machine: str) -> int:
    """Return the number of a CHECKED call."""
    return CHECKED[name][syscalls.MACHINES.index(machine)]


def in_header(machine: str) -> dict[str, int]:
    """Read the numbers of a machine from the kernel's headers."""
    path = HEADERS[machine]
    need(f"file {path}", "COURSE_REQUIRE_HEADERS", path if Path(path).exists() else None)
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", Path(path).read_text())
    numbers = {name: int(number) for name, number in found}
    if "fstatat" in numbers:  # the name that 64-bit machines give it comes from a macro
        numbers["newfstatat"] = numbers["fstatat"]
    return numbers


@pytest.mark.parametrize("machine", syscalls.MACHINES)
def test_every_number_is_that_of_the_kernel(machine):
    """The table says of each machine what the kernel's headers say, and None only where they do."""
    theirs = in_header(machine)
    at = syscalls.MACHINES.index(machine)
    newer_than_headers = {"fchmodat2": 452}
    tables = [*syscalls.GROUPS.values(), attacks.FORBIDDEN, {"clone3": (435, 435)}]
    ours = {name: pair[at] for table in tables for name, pair in table.items()}
    wrong = {
        name: number
        for name, number in ours.items()
        if number != theirs.get(name, newer_than_headers.get(name))
    }

    assert wrong == {}


@pytest.mark.parametrize("machine", syscalls.MACHINES)
def test_no_number_stands_twice(machine):
    """Each allowed call has a number of its own, and is in one group."""
    names = [name for group in syscalls.GROUPS.values() for name in group]
    numbers = list(syscalls.numbers(machine, syscalls.ON_REQUEST).values())

    assert len(names) == len(set(names))
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("machine", syscalls.MACHINES)
@pytest.mark.parametrize("more", [(), ("CHANGING_FILES",), syscalls.ON_REQUEST], ids=str)
def test_what_is_in_the_table_passes_and_all_else_is_refused(machine, more):
    """Of 1000 numbers exactly the allowed ones pass; clone3 is said not to exist."""
    program = seccomp.program(machine, PID, more)
    allowed = syscalls.numbers(machine, more)
    looked_at = seccomp.conditions(PID, more)
    plain = {number for name, number in allowed.items() if name not in looked_at}
    checked = {number for name, number in allowed.items() if name in looked_at}
    answers = {n: answer(program, AUDIT_ARCH[machine], n) for n in range(1000)}

    assert {n for n, said in answers.items() if said == ALLOW} - checked == plain
    assert answers[435] == NO_SUCH_CALL
    assert set(answers.values()) == {ALLOW, REFUSED, NO_SUCH_CALL}


@pytest.mark.parametrize("machine", syscalls.MACHINES)
def test_nothing_that_an_attack_needs_is_allowed(machine):
    """
    No call of the probe's list of forbidden ones is in the table; a guest that may start programs
    or use a network has those calls alone of it.
    """
    usual = syscalls.numbers(machine, ("CHANGING_FILES",)).keys()
    most = syscalls.numbers(machine, syscalls.ON_REQUEST).keys()

    assert attacks.FORBIDDEN.keys() & usual == set()
    assert attacks.FORBIDDEN.keys() & most == {"execve", "setsockopt"}


@pytest.mark.parametrize("machine", syscalls.MACHINES)
@pytest.mark.parametrize(("what", "name", "arguments", "passes"), QUESTIONS, ids=lambda v: str(v))
def test_arguments_decide(machine, what, name, arguments, passes):
    """A checked call passes with harmless arguments only."""
    program = seccomp.program(machine, PID, ("CHANGING_FILES",))
    said = answer(program, AUDIT_ARCH[machine], number_of(name, machine), arguments)

    assert (ALLOW if passes else REFUSED) == said, what


@pytest.mark.parametrize("machine", syscalls.MACHINES)
@pytest.mark.parametrize(
    ("what", "name", "arguments", "passes"), MORE_QUESTIONS, ids=lambda v: str(v)
)
def test_arguments_decide_with_more_calls_too(machine, what, name, arguments, passes):
    """Programs stay in their namespaces, and a socket is none that leads to the kernel's parts."""
    program = seccomp.program(machine, PID, syscalls.ON_REQUEST)
    number = syscalls.numbers(machine, syscalls.ON_REQUEST)[name]

    assert (ALLOW if passes else REFUSED) == answer(
        program, AUDIT_ARCH[machine], number, arguments
    ), what


def test_every_checked_call_is_asked_both_ways():
    """The questions above have a yes and a no for each checked call, and each has a condition."""
    asked = {(name, passes) for _, name, _, passes in QUESTIONS}

    assert set(itertools.product(CHECKED, (True, False))) == asked
    assert set(CHECKED) == set(seccomp.conditions(PID))


@pytest.mark.parametrize("machine", syscalls.MACHINES)
def test_another_machines_numbers_end_the_process(machine):
    """A call by the 32-bit gate, or of a foreign machine, is the last one."""
    program = seccomp.program(machine, PID, ("CHANGING_FILES",))
    foreign = [0x40000003, 0x40000028, *(set(AUDIT_ARCH.values()) - {AUDIT_ARCH[machine]})]
    said = {answer(program, arch, number) for arch in foreign for number in range(500)}

    assert said == {KILL_PROCESS}


def test_x32_numbers_are_refused():
    """The calls of x32, which look native, are not in the table."""
    program = seccomp.program("x86_64", PID, syscalls.ON_REQUEST)
    said = {answer(program, AUDIT_ARCH["x86_64"], X32 | number) for number in range(600)}

    assert said == {REFUSED}


@pytest.mark.parametrize("machine", syscalls.MACHINES)
def test_a_program_is_short_enough_for_the_kernel(machine):
    """The kernel takes 4096 instructions and jumps of at most 255."""
    program = seccomp.program(machine, PID, syscalls.ON_REQUEST)

    assert len(program) <= 4096
    assert max(max(step[1:3]) for step in program) <= 255
