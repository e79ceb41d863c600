"""
Other programs, in a guest: refused as a shell refuses a command, or started inside the same walls.

Which of the two, the trusted side says when it opens the guest. A refused `!` line or %%bash prints
why and the cell goes on, as after any failed command; what has no way to fail quietly raises.
"""

import builtins
import getpass
import io
import os
import re
import signal
import subprocess
import sys
import typing

from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magics import ScriptMagics
from IPython.utils.text import SList

from grader.sandbox import walls

NOT_ALLOWED = 126  # the exit code of a shell for what it may not run
CHUNK = 64 * 1024  # bytes of a program's output, taken at once
SCRIPTS = ["bash", "sh", "script", "perl", "ruby", "pypy", "python", "python2", "python3", "cmd"]

_kill = os.kill
_killpg = getattr(os, "killpg", None)  # not on Windows, as `fork` and `pthread_kill` below


def no_program(*_: object, **__: object) -> typing.NoReturn:
    """Refuse to start another program. Raises: PermissionError."""
    raise PermissionError(walls.NO_PROGRAMS)


def no_input(*_: object, **__: object) -> typing.NoReturn:
    """Refuse to ask: nobody is there. Raises: StdinNotImplementedError, as in a notebook."""
    raise StdinNotImplementedError(walls.NO_INPUT)


def leave(*_: object, **__: object) -> typing.NoReturn:
    """End the guest: a notebook that sends signals means to end a process."""
    os._exit(1)


def no_command(command: object = "", *_: object, **__: object) -> int:
    """Print why a command does not run; return the status that `os.system` has for that."""
    print(walls.NO_INSTALL if installs(command) else walls.NO_PROGRAMS, file=sys.stderr)
    InteractiveShell.instance().user_ns["_exit_code"] = NOT_ALLOWED
    return NOT_ALLOWED << 8


def installs(command: object) -> bool:
    """Tell whether a command means to install packages, which no cell here can or has to."""
    return type(command) is str and bool(_INSTALLS.match(command))


_INSTALLS = re.compile(r"\s*(\S*python\S*\s+-m\s+)?(sudo\s+)?(pip3?|conda|mamba|uv|apt(-get)?)\s")


def no_line(command: object = "", *_: object, **__: object) -> None:
    """Do the same for a `!` line or a magic, which have no value."""
    no_command(command)


def no_output(command: object = "", *_: object, **__: object) -> SList:
    """Do the same for `files = !ls`, which gets the lines of no output."""
    no_command(command)
    return SList()


class NoPipe(io.StringIO):
    """What `os.popen` returns where nothing runs."""

    def __init__(self, command: object = "", *_: object, **__: object) -> None:
        super().__init__()
        no_command(command)

    def close(self) -> int:
        """Close it, and return the status of the command."""
        super().close()
        return NOT_ALLOWED << 8


def refuse() -> None:
    """Let no program start in this process. Its shell refuses already: see `GuestShell`."""
    builtins.input = getpass.getpass = no_input
    os.system, os.popen = no_command, NoPipe
    subprocess.Popen._execute_child = no_program
    # A process of the guest is the first of its pids, which ignores its own signals.
    os.kill = signal.raise_signal = leave
    for module, name, instead in (
        (os, "killpg", leave),
        (signal, "pthread_kill", leave),
        (os, "fork", no_program),
        (os, "forkpty", no_program),
    ):
        if hasattr(module, name):
            setattr(module, name, instead)


def allow(ip: InteractiveShell, job: int) -> None:
    """
    Let programs start, in a process whose walls are built for that. A fork does not answer on the
    descriptor of the job socket.
    """
    builtins.input = getpass.getpass = no_input
    os.system, os.kill, os.killpg = _shown, _kill_one, _kill_group
    signal.raise_signal = signal.pthread_kill = leave
    os.register_at_fork(after_in_child=lambda: os.close(job))
    ip.system = ip.system_raw = ip.system_piped = lambda command: _line(ip, command)
    ip.getoutput = lambda *args, **kwargs: InteractiveShell.getoutput(ip, *args, **kwargs)
    ip.register_magics(ScriptMagics(ip))


def _shown(command: str) -> int:
    """Run a command in a shell, show what it prints, and return its status as `os.system` does."""
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, shell=True, stdin=subprocess.DEVNULL, **piped) as process:
        while chunk := process.stdout.read1(CHUNK):
            sys.stdout.write(chunk.decode(errors="replace"))
    return process.returncode << 8 if process.returncode >= 0 else -process.returncode


def _line(ip: InteractiveShell, command: str) -> None:
    if installs(command):
        return no_line(command)
    status = _shown(ip.var_expand(command, depth=2))
    ip.user_ns["_exit_code"] = status >> 8 or -status
    return None


def _kill_one(pid: int, number: int) -> None:
    """Send a signal to a process that this one started; to itself, that means the end."""
    if pid in (os.getpid(), 0, -1):
        leave()
    _kill(pid, number)


def _kill_group(group: int, number: int) -> None:
    """Send a signal to processes that this one started; to its own group, that means the end."""
    if group in (os.getpgrp(), 0):
        leave()
    _killpg(group, number)
