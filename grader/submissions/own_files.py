"""
What in a hand-in is the learner's own: regular files of it, and nothing that leads elsewhere.

Everything that opens a file of a hand-in comes here. A hand-in is a folder two levels below one of
nbgrader's, submitted/<student>/<assignment>: no link is followed from the learner's folder down.
"""

import itertools
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.names import is_systems
from grader.errors import NotANotebook

DEEPEST = 20  # folders in each other
MOST_ENTRIES = 20_000
KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}
LINKS = (0xA0000003, 0xA000000C)  # on Windows: IO_REPARSE_TAG_MOUNT_POINT and _SYMLINK
HARD_LINK = "a hard link to a file that lies elsewhere too"
CLOSED = "closed to the grader"


@dataclass(frozen=True, slots=True)
class Contents:
    """
    The learner's own files by path in the hand-in, what else there is and what it is, and what an
    operating system left.
    """

    files: dict[str, os.stat_result] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    systems: list[str] = field(default_factory=list)


def refusal(folder: Path, depth: int = 2) -> str:
    """
    Return why nothing in a hand-in may be read, "" if it may.

    `depth` is how many folders down to this one a learner may have made.
    """
    for above in range(depth - 1, -1, -1):
        place = folder.parents[above - 1] if above else folder
        name = "/".join(folder.parts[-depth - 1 : len(folder.parts) - above])
        try:
            about = place.lstat()
        except OSError as error:
            return f"{name} cannot be read: {error.strerror}"
        if _leads_elsewhere(about):
            return (
                f"{name} is a link to another place, and nothing is read through it."
                " Put a folder with the learner's own files there"
            )
        if not stat.S_ISDIR(about.st_mode):
            return f"{name} is no folder. Put a folder with the learner's own files there"
    return ""


def look_through(folder: Path) -> Contents:
    """Return what is in a hand-in; nothing is opened."""
    found = Contents()
    links: dict[tuple[int, int], list[str]] = {}
    waiting = [""]
    while waiting:
        within = waiting.pop()
        for name, about in _entries(folder, within, found):
            if _leads_elsewhere(about):
                found.foreign[name] = KINDS[stat.S_IFLNK]
            elif stat.S_ISDIR(about.st_mode):
                waiting.append(f"{name}/")
            elif kind := KINDS.get(stat.S_IFMT(about.st_mode)):
                found.foreign[name] = kind
            elif not os.access(folder / name, os.R_OK):
                found.foreign[name] = CLOSED
            else:
                found.files[name] = about
                if about.st_nlink > 1:
                    links.setdefault((about.st_dev, about.st_ino), []).append(name)
    for names in links.values():
        if found.files[names[0]].st_nlink > len(names):
            found.foreign.update(dict.fromkeys(names, HARD_LINK))
            for name in names:
                del found.files[name]
    return found


def is_folder(path: Path) -> bool:
    """Tell whether a folder is there, and not a link to one."""
    try:
        about = path.lstat()
        return stat.S_ISDIR(about.st_mode) and not _leads_elsewhere(about)
    except OSError:
        return False


def read(folder: Path, name: str, largest: int | None = None, depth: int = 2) -> bytes:
    """
    Return the bytes of a file in a hand-in; NotANotebook with the reason where that is refused.

    Whatever is put in its place meanwhile, no link is followed.
    """
    folder = folder.absolute()
    parts = (*folder.parts[-depth:], *Path(name).parts)
    try:
        with os.fdopen(_opened(folder.parents[depth - 1], parts), "rb") as file:
            about = os.fstat(file.fileno())
            _refuse(about, largest)
            if about.st_nlink > 1 and name not in look_through(folder).files:
                raise NotANotebook(f"it is {HARD_LINK}: copy it to have a file of its own")
            return file.read(-1 if largest is None else largest + 1)
    except OSError as error:
        raise NotANotebook(f"the file cannot be read: {error.strerror}") from None


def _entries(folder: Path, within: str, found: Contents) -> list[tuple[str, os.stat_result]]:
    """Return what is in one folder of a hand-in, by path in the hand-in; not what systems left."""
    inside = within.rstrip("/")
    if within.count("/") > DEEPEST:
        found.foreign[inside] = f"a folder more than {DEEPEST} folders deep"
        return []
    budget = MOST_ENTRIES - len(found.files) - len(found.foreign)
    try:
        with os.scandir(folder / within) as entries:
            some = list(itertools.islice(entries, max(budget, 0)))
            if next(entries, None) is not None:
                found.foreign[inside or "."] = f"a folder with the rest of {MOST_ENTRIES:,} files"
            found.systems.extend(within + e.name for e in some if is_systems(e.name))
            kept = [entry for entry in some if not is_systems(entry.name)]
            return [(within + e.name, e.stat(follow_symlinks=False)) for e in kept]
    except OSError:
        found.foreign[inside or "."] = CLOSED
        return []


def _opened(place: Path, parts: tuple[str, ...]) -> int:
    """Open a file below a folder so that no part is a link; return its number."""
    if os.open in os.supports_dir_fd:
        return _opened_part_by_part(place, parts)
    return _opened_and_looked_at(place, parts)


def _opened_and_looked_at(place: Path, parts: tuple[str, ...]) -> int:
    """
    As on Windows: open a file, then see that each part is no link and that the last is what was
    opened.
    """
    path = place.joinpath(*parts)
    _refuse(os.lstat(path))
    number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        for above in range(1, len(parts)):
            about = os.lstat(place.joinpath(*parts[:above]))
            if not stat.S_ISDIR(about.st_mode) or _leads_elsewhere(about):
                raise NotANotebook("it lies in a link to another folder")
        if not os.path.samestat(os.lstat(path), os.fstat(number)):
            raise NotANotebook("it was replaced while it was read")
    except BaseException:
        os.close(number)
        raise
    return number


def _leads_elsewhere(about: os.stat_result) -> bool:
    """Tell whether there is a link here, or what Windows calls a junction."""
    return stat.S_ISLNK(about.st_mode) or getattr(about, "st_reparse_tag", 0) in LINKS


def _opened_part_by_part(place: Path, parts: tuple[str, ...]) -> int:
    at = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            below = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = below
        _refuse(os.stat(parts[-1], dir_fd=at, follow_symlinks=False))
        return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    finally:
        os.close(at)


def _refuse(about: os.stat_result, largest: int | None = None) -> None:
    """Raise NotANotebook for what is no regular file, or a larger one."""
    if _leads_elsewhere(about):
        raise NotANotebook("it is a link to another file, not a file of its own")
    if not stat.S_ISREG(about.st_mode):
        raise NotANotebook("it is not a file but a folder or a device")
    if largest is not None and about.st_size > largest:
        raise NotANotebook(f"the file is larger than {largest // 1_000_000} MB")
