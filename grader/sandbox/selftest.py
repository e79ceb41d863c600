"""
Proves a sandbox by attacking it: every piece of `attacks` runs in a real guest, and what got
through is told. Trusted; for `grader doctor` and the tests.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import attacks, bubblewrap, syscalls
from grader.sandbox.guest_process import GuestError, GuestProcess
from grader.sandbox.levels import STRONG, Level
from grader.sandbox.limits import Limits
from grader.sandbox.sandbox import Sandbox

LIMITS = Limits(box_mb=32, box_files=512)  # a flood of so much takes a moment
SECONDS = 30.0
MARK = "GRADER_PROBE_SECRET"
NEIGHBOURS = "guests do not see each other"
NEIGHBOUR_ATTACK = """
attempt("the other's files", lambda: open(os.path.join(THEIRS, "theirs.txt")).read())
if THEIR_PID != os.getpid():
    attempt("a signal", lambda: posix.kill(THEIR_PID, 0))
"""


@dataclass(frozen=True, slots=True)
class Wall:
    """One wall, and what got through it."""

    name: str
    held: bool
    detail: str


def prove(level: Level) -> list[Wall]:
    """Try every attack at a level."""
    with _secret() as secret, Sandbox(level, LIMITS) as sandbox:
        code = prelude(secret, level, LIMITS)
        walls = [_try(sandbox, name, code + attack) for name, attack in attacks.ATTACKS.items()]
        return [*walls, _try_neighbours(sandbox, code)]


def prelude(secret: Path, level: Level, limits: Limits) -> str:
    """Return what every attack begins with: its helpers, and what it needs to know."""
    machine = syscalls.MACHINES.index(syscalls.this_machine())
    facts = {
        "SECRET": str(secret),
        "PACKAGE": bubblewrap.PACKAGE,
        "N": {name: pair[machine] for name, pair in attacks.FORBIDDEN.items()},
        "BOX_IS_WRITABLE": level == STRONG,
        "MEMORY_MB": limits.memory_mb,
        "BOX_MB": limits.box_mb,
        "BOX_FILES": limits.box_files,
        "THREADS": limits.processes,
    }
    return attacks.PRELUDE + "".join(f"{name} = {value!r}\n" for name, value in facts.items())


@contextmanager
def _secret() -> Iterator[Path]:
    """
    Keep a file that every user of the machine may read, and a variable, that no guest may see.
    """
    os.environ[MARK] = "seen"
    try:
        with tempfile.TemporaryDirectory(prefix="grader-probe-") as folder:
            os.chmod(folder, 0o755)
            secret = Path(folder, "secret.txt")
            secret.write_text("seen", encoding="utf-8")
            yield secret
    finally:
        del os.environ[MARK]


def _try(sandbox: Sandbox, name: str, cell: str) -> Wall:
    """Run one attack in a guest of its own."""
    with sandbox.open() as guest:
        return _run(guest, name, cell)


def _try_neighbours(sandbox: Sandbox, code: str) -> Wall:
    """Let one guest look for another that is open at the same time."""
    with sandbox.open({"theirs.txt": b"private"}) as one, sandbox.open() as other:
        try:
            one.ask("run", SECONDS, cell="import os\nat = os.getcwd(), os.getpid()", number=1)
            folder, pid = one.ask("get", SECONDS, names=["at"])["values"]["at"]
        except (GuestError, KeyError, ValueError) as error:
            return Wall(NEIGHBOURS, False, f"the attack did not run: {error}")
        facts = f"THEIRS = {folder!r}\nTHEIR_PID = {pid!r}\n"
        return _run(other, NEIGHBOURS, code + facts + NEIGHBOUR_ATTACK)


def _run(guest: GuestProcess, name: str, cell: str) -> Wall:
    """Run an attack and read what it got through; one that does not run proves nothing."""
    try:
        stop = guest.ask("run", SECONDS, cell=cell, number=1)["stop"]
        opened = guest.ask("get", SECONDS, names=["opened"])["values"].get("opened")
    except (GuestError, KeyError) as error:
        return Wall(name, False, f"the attack did not run: {error}")
    if stop or type(opened) is not list:
        return Wall(name, False, f"the attack did not run: {stop}")
    return Wall(name, not opened, ", ".join(map(str, opened)))
