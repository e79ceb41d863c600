"""
The course's own files beside a notebook, as checks in the trusted process read and import them.

Each notebook has a folder of its own here, with the files of source/ and nothing of a learner's:
who executes a learner's `helpers.py`, or unpickles their data, outside the sandbox has no sandbox.
While a check runs, that folder is the current one and the first to import from. Besides it a check
reads what learner code may read too, Python and the system: a path that a learner chose leads
nowhere else.
"""

import contextlib
import functools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.sandbox import bubblewrap, lockdown

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
LONGEST = 100  # characters of a path that is told
TOLD = "it opened “{}”, which does not lie beside the notebook in source/"


class Elsewhere(PermissionError):
    """Says that a check may not open a file."""


class Beside:
    """The folder of one notebook; it is made for the first check."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._folder = ""
        self.check_id = ""
        self._refused: dict[str, str] = {}  # what the check now running was told, by path

    @contextlib.contextmanager
    def here(self, check_id: str) -> Iterator["Beside"]:
        """Run a check in the folder."""
        self._fill()
        self.check_id, self._refused = check_id, {}
        sys.path.insert(0, self._folder)
        try:
            with contextlib.chdir(self._folder), _watched(self):
                yield self
        finally:
            with contextlib.suppress(ValueError):
                sys.path.remove(self._folder)

    def close(self) -> None:
        """Remove the folder, and forget what was imported from it: the next one has its own."""
        if not self._folder:
            return
        if self._files or os.listdir(self._folder):
            for name in [name for name, one in list(sys.modules.items()) if self._has(one)]:
                del sys.modules[name]
            for place in [one for one in sys.path_importer_cache if self._holds(one)]:
                sys.path_importer_cache.pop(place, None)
            shutil.rmtree(self._folder, ignore_errors=True)
        else:  # as for most notebooks: nothing was given or written
            _spare.append(self._folder)
        self._folder = ""

    def refuse(self, path: str) -> "Elsewhere":
        """Return what a check gets that opens a file which it may not open."""
        self._refused[path] = TOLD.format(path[:LONGEST])
        return Elsewhere(self._refused[path])

    def kept_from(self, error: str) -> str:
        """
        Return which file a check that stopped with this error would have needed, "" for none.

        Libraries look for files that need not be there; a path in a guest's folder is a learner's.
        """
        for path, told in self._refused.items():
            if told in error or path.startswith(lockdown.BOX):
                return told
        return ""

    def may_open(self, path: str, writes: bool) -> bool:
        """Tell whether a check may open a file."""
        real = os.path.realpath(path)
        if self._holds(real) or real in _devices():
            return True
        return not writes and any(Path(real).is_relative_to(tree) for tree in _trees())

    def _fill(self) -> None:
        if self._folder:
            return
        if _spare:
            self._folder = _spare.pop()
        else:
            self._folder = os.path.realpath(tempfile.mkdtemp(prefix="grader-beside-"))
        for name, data in self._files.items():
            path = Path(self._folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def _has(self, module: object) -> bool:
        """Tell whether a module was imported from the folder."""
        about = getattr(module, "__dict__", {})
        places = [about.get("__file__"), *(about.get("__path__") or ())]
        return any(type(place) is str and self._holds(place) for place in places)

    def _holds(self, path: str) -> bool:
        return path == self._folder or path.startswith(self._folder + os.sep)


_spare: list[str] = []  # an empty folder that the next notebook takes
_now: list[Beside] = []  # where the check that runs now has its files
_hooked: list[bool] = []  # an audit hook can never be taken away


@contextlib.contextmanager
def _watched(beside: Beside) -> Iterator[None]:
    """Look at each file that is opened."""
    if not _hooked:
        sys.addaudithook(_look)
        _hooked.append(True)
    _now.append(beside)
    try:
        yield
    finally:
        _now.pop()


def _look(event: str, args: tuple) -> None:
    """Refuse a file that a check must not open; called by Python before it opens any."""
    if event != "open" or not _now or not isinstance(args[0], str | bytes | os.PathLike):
        return
    beside, path = _now[-1], os.fsdecode(args[0])
    if not beside.may_open(path, bool(args[2] & WRITES)) and _is_the_checks(beside.check_id):
        raise beside.refuse(path)


def _is_the_checks(check_id: str) -> bool:
    """
    Tell whether it is the check that opens a file: not an import, whose module the author named,
    and not the grader, which starts guests on a check's behalf.
    """
    own = bubblewrap.PACKAGE + os.sep
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name == f"<{check_id}>":
            return True
        if name.startswith("<frozen importlib") or name.startswith(own):
            return False
        frame = frame.f_back
    return True


def _devices() -> set[str]:
    return {f"/dev/{name}" for name in bubblewrap.DEVICES}


@functools.cache
def _trees() -> list[str]:
    return bubblewrap.trees()
