"""
The wall of macOS: the profile that `sandbox-exec` holds a guest to.

Written from Apple's documentation and never tried on a Mac: the level is taken only where a trial
shows that it keeps a file from being read, and `grader doctor` attacks it wall by wall. It is less
than the levels of Linux: no memory of its own, no list of system calls.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.sandbox import bubblewrap

PROGRAM = "/usr/bin/sandbox-exec"
SECONDS = 20.0
SYSTEM = ("/usr/lib", "/usr/share", "/System", "/Library/Frameworks", "/private/var/db/dyld")
DEVICES = ("/dev/null", "/dev/random", "/dev/urandom")
PROFILE = """(version 1)
(deny default)
(allow process-fork)
(allow process-exec {programs})
(allow signal (target self))
(allow sysctl-read)
(allow file-read-metadata)
(allow file-read* {read})
(allow file-write* {write})
(allow network-outbound (remote ip "localhost:{port}"))
"""


def command(argv: list[str], box: str, port: int) -> list[str]:
    """Return the command that runs `argv` with a folder of its own and one port of this machine."""
    return [PROGRAM, "-p", profile(box, port), *argv]


def profile(box: str, port: int) -> str:
    """Return what a guest may do: read system, Python and its box, write there, meet its parent."""
    own = os.path.realpath(box)
    trees = [*bubblewrap.trees(), *filter(os.path.exists, SYSTEM)]
    return PROFILE.format(
        programs=_subpaths([sys.base_prefix, sys.prefix]),
        read=" ".join((_subpaths([*trees, own]), *map(_literal, DEVICES))),
        write=" ".join((_subpaths([own]), _literal("/dev/null"))),
        port=port,
    )


def why_not() -> str:
    """Return what keeps sandbox-exec from making a sandbox here; "" if it does."""
    if not os.access(PROGRAM, os.X_OK):
        return "there is no sandbox-exec"
    with tempfile.TemporaryDirectory() as secret, tempfile.TemporaryDirectory() as box:
        Path(secret, "secret.txt").write_text("seen", encoding="utf-8")
        Path(box, "own.txt").write_text("own", encoding="utf-8")
        if _read(Path(box, "own.txt"), box) != "own":
            return "Python does not start in sandbox-exec"
        if _read(Path(secret, "secret.txt"), box):
            return "sandbox-exec hides nothing"
    return ""


def _read(path: Path, box: str) -> str:
    """Return what Python reads of a file in a sandbox, "" for nothing."""
    code = f"print(open({str(path)!r}, encoding='utf-8').read(), end='')"
    argv = command([sys.executable, "-I", "-S", "-B", "-c", code], box, 1)
    try:
        done = subprocess.run(argv, capture_output=True, timeout=SECONDS, cwd=box)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace")


def _subpaths(paths: list[str]) -> str:
    real = sorted({os.path.realpath(path) for path in paths} | set(paths))
    return " ".join(f"(subpath {json.dumps(path)})" for path in real)


def _literal(path: str) -> str:
    return f"(literal {json.dumps(path)})"
