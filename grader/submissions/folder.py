"""
A folder that a learner handed in: when it came, and what must not be copied out of it.

The exporter and whoever grades a submission ask here before anything in the folder is opened.
`matching` tells which file is which notebook, `own` what may be read at all.
"""

import fnmatch
import os
import warnings
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from grader.course.names import is_systems
from grader.errors import NotANotebook
from grader.submissions import own_files
from grader.submissions.timestamps import moment

TIMESTAMP = "timestamp.txt"
UNREADABLE = "timestamp-unreadable.txt"
HANDED_IN = "timestamp-as-handed-in.txt"
LONGEST = 10_000  # bytes of a timestamp
MOST_TOLD = 20
MOST_UNSAFE = 100  # more links than this in one folder are no accident: nothing of it is copied


def timestamp(folder: Path) -> datetime | None:
    """Return when a folder was handed in, in UTC; None if it does not say or says nonsense."""
    try:
        return moment(own_files.read(folder, TIMESTAMP, LONGEST))
    except NotANotebook:
        return None


def settle_timestamp(folder: Path) -> str:
    """
    Leave a timestamp that nbgrader reads as it is meant, and return a note where it was changed.

    nbgrader takes +0200 for 200 seconds; a file that holds no time makes the formgrader's page of
    the whole assignment fail. What was handed in is kept under another name.
    """
    path, kept = folder / TIMESTAMP, folder / HANDED_IN
    if os.path.lexists(path):
        came = timestamp(folder)
        if came is None or came != _as_nbgrader(folder):
            with suppress(OSError):
                path.replace(folder / (HANDED_IN if came else UNREADABLE))
                if came:
                    path.write_text(f"{came.isoformat(sep=' ')} UTC\n", encoding="utf-8")
    came = timestamp(folder)
    if came and os.path.lexists(kept):
        return f"timestamp.txt was read as {came.isoformat(sep=' ', timespec='seconds')} UTC."
    if came is None and os.path.lexists(folder / UNREADABLE):
        return "timestamp.txt holds no date: the submission counts as handed in on time."
    return ""


def as_handed_in(files: Iterable[str]) -> list[tuple[str, str]]:
    """Return the names with which files were handed in and those that they have now, sorted."""
    now = set(files)
    kept = next((name for name in (HANDED_IN, UNREADABLE) if name in now), None)
    if kept:
        now.discard(TIMESTAMP)
    return sorted((TIMESTAMP if name == kept else name, name) for name in now)


def _as_nbgrader(folder: Path) -> datetime | None:
    """Return what nbgrader itself reads; None where it fails."""
    from nbgrader.utils import parse_utc

    try:
        with warnings.catch_warnings(action="ignore"):
            return parse_utc((folder / TIMESTAMP).read_text(encoding="utf-8").strip())
    except Exception:  # whatever dateutil raises
        return None


def beside_notebooks(names: Iterable[str], ignore: Iterable[str]) -> list[str]:
    """
    Return which of the files in a folder, by path in it, are copied beside graded notebooks: no
    notebook, nothing an operating system left, nothing that nbgrader's `ignore` names.
    """
    patterns = tuple(ignore)
    return [
        name
        for name in names
        if not name.lower().endswith(".ipynb")
        and not any(is_systems(part) or _matches(part, patterns) for part in Path(name).parts)
    ]


def _matches(name: str, patterns: Iterable[str]) -> bool:
    """Tell whether a name matches a pattern as in a shell: * is no dot at the beginning."""
    return any(
        fnmatch.fnmatchcase(name, pattern) and (name[:1] != "." or pattern[:1] == ".")
        for pattern in patterns
    )


def left_out(folder: Path, largest: int) -> tuple[dict[str, str], list[str]]:
    """
    Return what must not be copied and why, by path in the folder, and a note for each of it:
    links, devices, pipes, what is closed or larger than so many bytes.
    """
    contents = own_files.look_through(folder)
    why = contents.foreign | {
        name: "too large" for name, about in contents.files.items() if about.st_size > largest
    }
    notes = [f"`{name}` is {kind}: left out." for name, kind in sorted(why.items())]
    more = [f"{len(notes) - MOST_TOLD} more such files were left out."]
    return why, notes[:MOST_TOLD] + (more if len(notes) > MOST_TOLD else [])


def to_copy(folder: Path, ignore: Iterable[str], largest: int) -> tuple[list[str], list[str]]:
    """Return which files are copied beside graded notebooks, and notes about what was left out."""
    why, notes = left_out(folder, largest)
    if len(why) > MOST_UNSAFE:
        return [], notes
    names = own_files.look_through(folder).files.keys() - why
    return sorted(beside_notebooks(names, ignore)), notes
