"""
A folder that a learner handed in: which file is which notebook, when it came, what must not be
copied out of it.

The exporter and whoever grades a submission ask here before anything in the folder is opened.
"""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from grader.documents.claims import claimed_ids
from grader.documents.key import Key
from grader.documents.repair import read_file
from grader.errors import NotANotebook

TIMESTAMP = "timestamp.txt"
UNREADABLE = "timestamp-unreadable.txt"
MOST_UNSAFE = 100  # more links than this in one folder are no accident: nothing of it is copied


def choose_notebooks(
    folder: Path, keys: Mapping[str, Key]
) -> tuple[dict[str, Path], dict[str, str]]:
    """
    Return which file is which notebook of the assignment, and a note for each that was renamed.

    The right name wins. Else it is the newest file that has at least half of the notebook's graded
    cells and more of them than of any other notebook's.
    """
    found = folder.glob("*.ipynb")
    files = {path.stem: path for path in found if not path.name.startswith(".")}
    chosen = {name: files.pop(name) for name in keys if name in files}
    missing = [name for name in keys if name not in chosen]
    notes: dict[str, str] = {}
    if not missing:
        return chosen, notes
    unreadable = []
    for path in sorted(files.values(), key=lambda path: (-path.lstat().st_mtime, path.name)):
        try:
            name = _best_match(path, keys)
        except NotANotebook:
            unreadable.append(path)
            continue
        if name in missing and name not in chosen:
            chosen[name] = path
            notes[name] = f"`{path.name}` was graded as {name}.ipynb, which is missing."
        elif name in notes:
            notes[name] += f" `{path.name}`, which is older, was not."
    lost = [name for name in missing if name not in chosen]
    if unreadable and len(lost) == 1:  # perhaps it is this one: that is no reason for a zero
        chosen[lost[0]] = unreadable[0]
        notes[lost[0]] = f"`{unreadable[0].name}` was taken for {lost[0]}.ipynb, which is missing."
    return chosen, notes


def _best_match(path: Path, keys: Mapping[str, Key]) -> str | None:
    """Return the name of the notebook that a file was made from; None if that is not clear."""
    nb = read_file(path)
    shares = {
        name: len(claimed_ids(nb, key)) / len(key.cells) for name, key in keys.items() if key.cells
    }
    best = max(shares, key=lambda name: shares[name], default=None)
    clear = best is not None and list(shares.values()).count(shares[best]) == 1
    return best if clear and shares[best] >= 0.5 else None


def timestamp(folder: Path) -> datetime | None:
    """Return when a folder was handed in, in UTC; None if it does not say or says nonsense."""
    from nbgrader.utils import parse_utc

    path = folder / TIMESTAMP
    try:
        if stat.S_ISREG(path.lstat().st_mode):
            return parse_utc(path.read_bytes()[:200].decode("utf-8").strip())
    except Exception:  # dateutil raises six kinds of errors for what a file may hold
        return None
    return None


def set_timestamp_aside(folder: Path) -> str:
    """
    Rename a timestamp that cannot be read, and return a note about it.

    One such file makes the formgrader's page of the whole assignment fail.
    """
    path = folder / TIMESTAMP
    if os.path.lexists(path) and timestamp(folder) is None:
        with suppress(OSError):
            path.replace(folder / UNREADABLE)
    if os.path.lexists(folder / UNREADABLE) and timestamp(folder) is None:
        return "timestamp.txt holds no date: the submission counts as handed in on time."
    return ""


def unsafe_files(folder: str, largest: int) -> list[str]:
    """Return what must not be copied: links, devices, pipes, what is closed or too large."""
    unsafe = []
    for place, folders, files in os.walk(folder):
        for name in files + [name for name in folders if os.path.islink(f"{place}/{name}")]:
            path = os.path.join(place, name)
            about = os.lstat(path)
            regular = stat.S_ISREG(about.st_mode) and about.st_size <= largest
            if not regular or not os.access(path, os.R_OK):
                unsafe.append(path)
    return unsafe
