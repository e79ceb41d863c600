"""
The wall of files: Landlock, by ctypes. What is not named cannot be opened, not even by its owner.

Where the kernel is new enough (ABI 4 and 6) TCP, abstract sockets and signals to processes outside
are refused as well. Nothing here can be taken back by the process or by what it starts.
"""

import ctypes
import os
import struct
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on all machines
VERSION, PATH_BENEATH = 1, 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 14
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_FILE, MAKE_SOCKET = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 9
MAKE_FIFO, MAKE_SYMLINK, REFER = 1 << 10, 1 << 12, 1 << 13
READ = READ_FILE | READ_DIR
CHANGE = (
    WRITE_FILE
    | TRUNCATE
    | REMOVE_DIR
    | REMOVE_FILE
    | MAKE_DIR
    | MAKE_FILE
    | MAKE_SOCKET
    | MAKE_FIFO
    | MAKE_SYMLINK
    | REFER
)
FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
TCP_RIGHTS = 0b11  # bind, connect; since ABI 4
SCOPES = 0b11  # abstract sockets, signals; since ABI 6


def abi() -> int:
    """Return the version of Landlock in this kernel, 0 if it has none."""
    return max(0, _libc().syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION))


def handled(version: int) -> tuple[int, int, int]:
    """Return all rights on files, on TCP and all scopes that this version can take away."""
    files = max(rights for since, rights in RIGHTS_BY_ABI.items() if since <= version)
    return files, TCP_RIGHTS * (version >= 4), SCOPES * (version >= 6)


def restrict(
    read: Iterable[str], write: Iterable[str], programs: bool = False, network: bool = False
) -> None:
    """
    Leave this process only reading under `read`, reading and changing under `write`.

    With `programs` it may start those that lie under `read`, with `network` it may use TCP.

    Raises: OSError where the kernel refuses a rule.
    """
    version, libc = abi(), _libc()
    files, tcp, scopes = handled(version)
    tcp = 0 if network else tcp
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = struct.pack("=QQQ", files, tcp, scopes)[:size]
    ruleset = libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "the kernel refuses Landlock")
    for path in read:
        _allow(libc, ruleset, path, (READ | EXECUTE * programs) & files)
    for path in write:
        _allow(libc, ruleset, path, (READ | CHANGE) & files)
    if libc.syscall(RESTRICT_SELF, ruleset, 0):
        raise OSError(ctypes.get_errno(), "the kernel refuses the Landlock rules")
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    """Add a rule for a file, or for all beneath a folder."""
    found = os.open(path, os.O_PATH | os.O_CLOEXEC)
    if not os.path.isdir(path):
        rights &= FOR_FILES
    rule = struct.pack("=Qi", rights, found)
    failed = libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0)
    os.close(found)
    if failed:
        raise OSError(ctypes.get_errno(), f"Landlock takes no rule for {path}")


def _libc() -> ctypes.CDLL:
    """Return the C library of this process."""
    return ctypes.CDLL(None, use_errno=True)
