"""
How well learner code can be locked in on this machine: strong, fallback, or not at all.

Trusted. The levels are tried, not guessed: the real command is run once with a small program.
"""

import functools
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.errors import WallMissing
from grader.sandbox import bubblewrap, landlock, lockdown, seatbelt, syscalls

OLDEST_LANDLOCK = 3  # Linux 6.2; before it, a file could be cut to nothing without a right
TRIAL_SECONDS = 20.0
NAMESPACES = lockdown.NEW_MOUNTS | lockdown.NEW_IPC | lockdown.NEW_PIDS
TRIAL = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({NAMESPACES}) and 'no namespaces')"
CONTAINER = "Grade on Linux, in WSL2 or in the container of deploy/container."
TRUSTED = "Hand-ins that you trust can be run without walls: grader grade --no-walls."
UBUNTU = (
    "; on Ubuntu 24.04 and later its AppArmor forbids it: allow bwrap `userns` in a profile in"
    " /etc/apparmor.d, or set kernel.apparmor_restrict_unprivileged_userns=0"
)
# What bubblewrap says where a machine keeps it from its namespaces, and what to do there.
ADVICE = {
    "Can't mount proc": "; in a container, start that with --security-opt systempaths=unconfined",
    "RTM_NEWADDR": UBUNTU,
    "uid map": UBUNTU,
    "No permissions to create": "; this kernel has user namespaces switched off: set"
    " kernel.unprivileged_userns_clone=1 or user.max_user_namespaces=15000",
    "Creating new namespace failed": "; in a container, start that with --security-opt"
    " seccomp=unconfined",
}
INSTALL = "Install bubblewrap (on Debian and Ubuntu: apt install bubblewrap)"


@dataclass(frozen=True, slots=True)
class Level:
    """One way to lock learner code in, and why no better one was chosen."""

    name: str
    reason: str = field(default="", compare=False)


STRONG = Level("strong")
FALLBACK = Level("fallback")
SEATBELT = Level("sandbox-exec")  # of macOS
NO_WALLS = Level("no walls")  # never chosen by itself


@functools.cache
def choose() -> Level:
    """Return the best level that holds here; WallMissing if there is none."""
    if sys.platform == "darwin":
        missing = seatbelt.why_not()
        if missing:
            raise WallMissing(f"No sandbox for learner code: {missing}. {CONTAINER} {TRUSTED}")
        return SEATBELT
    if sys.platform != "linux" or syscalls.this_machine() not in syscalls.MACHINES:
        raise WallMissing(
            "Learner code can be locked in only on Linux on x86_64 or aarch64."
            f" {CONTAINER} {TRUSTED}"
        )
    weakness = why_not_strong()
    if not weakness:
        return STRONG
    missing = why_not_fallback()
    if missing:
        raise WallMissing(
            f"No sandbox for learner code: {weakness}; {missing}. {INSTALL}. {TRUSTED}"
        )
    return replace(FALLBACK, reason=f"{weakness}. {INSTALL} for the strong level.")


def choose_for_own_code() -> Level:
    """Return the level to run a course's own key at: where there are no walls, without them."""
    try:
        return choose()
    except WallMissing:
        return NO_WALLS


def require_hidden(folder: str | Path) -> None:
    """Raise WallMissing if learner code could read what lies in this folder."""
    place = Path(folder).resolve()
    for tree in bubblewrap.trees():
        if place.is_relative_to(Path(tree).resolve()):
            raise WallMissing(
                f"{place} lies in {tree}, which learner code can read. "
                "Move the course to a folder of its own, outside of the system and of Python."
            )


def why_not_strong() -> str:
    """Return what keeps bubblewrap from making a sandbox here; nothing if it does."""
    bwrap = shutil.which("bwrap")
    if not bwrap:
        return "bubblewrap is not installed"
    trial = [sys.executable, "-I", "-S", "-B", "-c", TRIAL]
    words = _try(bubblewrap.bubblewrap(bwrap, trial))
    if not words:
        return ""
    advice = next((text for said, text in ADVICE.items() if said in words), "")
    return f"bubblewrap cannot make a sandbox here ({words}){advice}"


def why_not_fallback() -> str:
    """Return what keeps Landlock from making a sandbox here; nothing if it does."""
    if landlock.abi() < OLDEST_LANDLOCK:
        return "the kernel has no Landlock of Linux 6.2 or later"
    words = _try([sys.executable, "-I", "-S", "-B", "-c", ""])
    return f"Python does not start as a spare user ({words})" if words else ""


def _try(argv: list[str]) -> str:
    """Run a command as a sandbox's command is run; return its last words if it fails."""
    process = bubblewrap.spawn(argv)
    try:
        _, errors = process.communicate(timeout=TRIAL_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return f"no end after {TRIAL_SECONDS:.0f} s"
    lines = errors.decode(errors="replace").strip().splitlines()
    if not process.returncode:
        return ""
    return lines[-1] if lines else f"exit code {process.returncode}"
