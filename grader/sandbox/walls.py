"""
What learner code meets where the sandbox ends: one sentence for each wall, and for each limit.

A wall that a kernel does not have is never the learner's fault. The trusted side looks for these
sentences in what a cell shows (see `met`): a check that is missed after that waits for a person.
A learner who prints one of them gains nothing but that.
"""

import errno
import os
import socket
import sys
from collections.abc import Iterable

from grader.sandbox.codec.introspection import class_name

NO_PROGRAMS = (
    "No program can start while this notebook is graded: `!`, %%bash, %pip, os.system and"
    " subprocess do nothing here."
)
NO_INSTALL = "Nothing is installed while this notebook is graded: what the course needs is there."
NO_INPUT = "raw_input was called, but this frontend does not support input requests."
NO_NETWORK = "There is no network while this notebook is graded."
REFUSALS = (NO_PROGRAMS, NO_INPUT)  # shown without the lines of ours that raise them

MEMORY = "the memory of the sandbox is used up (c.Sandbox.memory)"
FILES = "the disk of the sandbox is full (c.Sandbox.files)"
OPEN_FILES = "the sandbox allows no more open files"
PROCESSES = "the sandbox allows no more threads and processes (c.Sandbox.processes)"
FORBIDDEN = "the sandbox does not allow this"
NO_FILES = "no file can be written at this level of the sandbox: bubblewrap is missing"
NO_THREAD = "can't start new thread"  # in Python's words
STOPPED = "stopped after {seconds:.0f} s"

NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)
NUMBAS = "no locator available for file"  # numba finds no place for a compiled function
LONGEST_CHAIN = 10  # exceptions that caused each other
_BY_NUMBER = {
    errno.ENOSPC: FILES,
    errno.EDQUOT: FILES,
    errno.EFBIG: FILES,
    errno.EMFILE: OPEN_FILES,
    errno.EPERM: FORBIDDEN,
    errno.EACCES: FORBIDDEN,
    errno.EROFS: FORBIDDEN,
    **dict.fromkeys(NO_ROUTE, NO_NETWORK),
}
WALLS = (
    *(NO_PROGRAMS, NO_NETWORK, MEMORY),
    *(FILES, OPEN_FILES, PROCESSES, FORBIDDEN, NO_FILES),
)


def wall_of(error: BaseException | None) -> str:
    """
    Name the wall or the limit of the sandbox that an exception tells of, or one that it came from;
    "" for every other exception.
    """
    for _ in range(LONGEST_CHAIN):
        if error is None:
            return ""
        if words := _wall(error):
            return words
        error = _CAUSE(error) or _CONTEXT(error)
    return ""


_CAUSE = BaseException.__dict__["__cause__"].__get__
_CONTEXT = BaseException.__dict__["__context__"].__get__
_ARGS = BaseException.__dict__["args"].__get__
_NUMBER = OSError.__dict__["errno"].__get__


def _wall(error: BaseException) -> str:
    kind = type(error)  # asks nothing of the exception itself, which may be the learner's
    if issubclass(kind, MemoryError):
        return MEMORY
    if issubclass(kind, socket.gaierror):
        return NO_NETWORK
    if issubclass(kind, OSError):
        number = _NUMBER(error)
        return _by_number(number) if type(number) is int else ""
    if class_name(kind) == ("OperationalError", "sqlite3"):
        return NO_FILES if _writes_nothing() else ""
    return PROCESSES if kind is RuntimeError and _ARGS(error) == (NO_THREAD,) else ""


def wall_in(words: str) -> str:
    """Name the wall that a library's own exception tells of in the system's words; "" for none."""
    if NUMBAS in words and _writes_nothing():
        return NO_FILES
    number = next((n for n in _BY_NUMBER if os.strerror(n) in words), None)
    return _by_number(number) if number else ""


def _by_number(number: int) -> str:
    if number == errno.EACCES and _writes_nothing():
        return NO_FILES
    return _BY_NUMBER.get(number, "")


def _writes_nothing() -> bool:
    """Tell whether this process may write no byte, as at the fallback level."""
    if sys.platform == "win32":
        return False
    import resource

    return resource.getrlimit(resource.RLIMIT_FSIZE)[0] == 0


def met(outputs: Iterable[dict[str, object]]) -> str:
    """
    Return the sentence of the first wall that a cell's outputs tell of, "" for none.

    The outputs have nbformat's shape. What the cell printed to stdout is not looked at.
    """
    for output in outputs:
        if output["output_type"] == "error":
            words = str(output["evalue"])
        elif output["output_type"] == "stream" and output["name"] == "stderr":
            words = str(output["text"])
        else:
            continue
        for wall in WALLS:
            if wall in words:
                return wall
    return ""


def stopped_by_time(outputs: Iterable[dict[str, object]]) -> str:
    """Return how a cell that computed too long was stopped, "" where it was not."""
    for output in outputs:
        if output["output_type"] == "error" and output["ename"] == "KeyboardInterrupt":
            words = str(output["evalue"])
            if words.startswith(STOPPED.split("{")[0]):
                return words
    return ""
