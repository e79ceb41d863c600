"""
Sets up the environment of this folder, on every system. Run it with the Python that the course is
to use; nothing is installed outside this folder, and what is set up takes no time again.

    python3 install.py               .venv, with what the course needs
    python3 install.py --tests       .venv, with what its tests need too
    python3 install.py --libraries   .venv-libraries, to try what other courses import

On Windows: py install.py
"""

from __future__ import annotations  # so that an older Python can say that it is too old

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST = (3, 11)
COURSE, TESTS, LIBRARIES = (
    Path("requirements.txt"),
    Path("tests/requirements.txt"),
    Path("tests/libraries/requirements.txt"),
)
DONE = ".ready"  # a file in an environment: which files it was set up from
NO_ENVIRONMENT = "No environment could be made. On Debian and Ubuntu: apt install python3-venv"


def main(words: list[str]) -> int:
    """Set up what is asked for; return an exit code."""
    if sys.version_info < OLDEST:
        return _stop("The course needs Python 3.11 or later. Try another: python3.12 install.py")
    if words not in ([], ["--tests"], ["--libraries"]):
        return _stop(__doc__.strip())
    try:
        if words == ["--libraries"]:
            _set_up(HERE / ".venv-libraries", LIBRARIES, "once: two or three minutes")
        else:
            tests = words == ["--tests"] or _has(HERE / ".venv", TESTS)
            _set_up(HERE / ".venv", TESTS if tests else COURSE, "once: a minute or two")
    except (OSError, subprocess.CalledProcessError) as error:
        return _stop(str(error))
    return 0


def program(environment: Path, name: str) -> Path:
    """Return where an environment has a program."""
    if sys.platform == "win32":
        return environment / "Scripts" / f"{name}.exe"
    return environment / "bin" / name


def _set_up(environment: Path, requirements: Path, patience: str) -> None:
    """Bring an environment up to date, if it is not."""
    state = _state(requirements)
    if _read(environment / DONE) == state:
        return
    with _dots(f"Setting up {environment.name} ({patience})"):
        python = program(environment, "python")
        if not python.exists():
            _make(environment)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        _run(*pip, "--require-hashes", "--requirement", requirements)
        _run(*pip, "--no-build-isolation", "--no-deps", "--editable", ".")
        (environment / DONE).write_text(state, encoding="utf-8")


def _make(environment: Path) -> None:
    try:
        _run(sys.executable, "-m", "venv", environment)
    except subprocess.CalledProcessError:
        shutil.rmtree(environment, ignore_errors=True)
        raise OSError(NO_ENVIRONMENT) from None


def _run(*command: str | Path) -> None:
    """Run a program in this folder; what it says about a failure is seen."""
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, errors="replace")
    if done.returncode:
        print(f"\n{done.stdout}{done.stderr}", file=sys.stderr)
        raise subprocess.CalledProcessError(done.returncode, [str(word) for word in command])


def _state(requirements: Path) -> str:
    """Name the requirements, and what an installation copies from this folder."""
    data = sorted(path for path in (HERE / "grader/jupyter_ext/data").rglob("*") if path.is_file())
    found = hashlib.sha256()
    tests = [] if requirements == COURSE else [HERE / TESTS]
    for path in (HERE / requirements, HERE / COURSE, *tests, HERE / "pyproject.toml", *data):
        found.update(path.read_bytes())
    return f"{requirements.as_posix()} {found.hexdigest()}\n"


def _has(environment: Path, requirements: Path) -> bool:
    """Tell whether an environment was set up from these requirements before."""
    return _read(environment / DONE).startswith(f"{requirements.as_posix()} ")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


class _dots:
    """A long quiet job, with a dot every two seconds to show that it is alive."""

    def __init__(self, title: str) -> None:
        self._title, self._over = title, threading.Event()

    def __enter__(self) -> None:
        print(self._title, end=" ", flush=True)
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self) -> None:
        while not self._over.wait(2):
            print(".", end="", flush=True)

    def __exit__(self, kind: object, *rest: object) -> None:
        self._over.set()
        print("" if kind else " done", flush=True)


def _stop(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


if __name__ == "__main__":
    os.chdir(HERE)
    sys.exit(main(sys.argv[1:]))
