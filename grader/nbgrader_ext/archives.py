"""
Archives from a learning platform, extracted for nbgrader's `zip_collect`: files and nothing else.

Named by `course.config.enable`. A learner's archive may hold links, names that lead out of the
folder, or be none at all: each is named and left out, and all others are extracted.
"""

import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO

from nbgrader.plugins.zipcollect import ExtractorPlugin

from grader.course.names import is_systems

MOST_BYTES = 4_000_000_000  # of one archive, extracted
DEEPEST = 8  # archives in archives
Member = tuple[str, int, IO[bytes] | None]  # path, size, and where to read it; None for a link


class ExtractOwnFiles(ExtractorPlugin):
    """nbgrader's extractor, for which a hand-in is files that people made."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Extract archives into folders of their names, and copy all else; called by nbgrader."""
        for place, folders, files in os.walk(archive_path):
            folders[:] = [name for name in folders if not is_systems(name)]
            target = Path(extracted_path, os.path.relpath(place, archive_path))
            for name in sorted(files):
                self._take(Path(place, name), target)

    def _take(self, path: Path, target: Path) -> None:
        """Extract or copy one downloaded file."""
        if is_systems(path.name):
            return
        if not stat.S_ISREG(path.lstat().st_mode):
            self.log.error("`%s` is no file of its own: left out.", path.name)
            return
        target.mkdir(parents=True, exist_ok=True)
        if path.suffix in self.zip_ext:
            self._unpack(path, target / _stem(path), 0)
        else:
            shutil.copy(path, target)

    def _unpack(self, path: Path, target: Path, depth: int) -> None:
        """Extract an archive and those in it, each into a folder of its name."""
        target.mkdir(parents=True, exist_ok=True)
        self.log.info("Extracting from: %s", path)
        inner: list[Path] = []
        try:
            for name, _, source in _members(path):
                if any(map(is_systems, PurePosixPath(name).parts)):
                    continue
                if source is None or not _stays_inside(name):
                    self.log.error("%s: `%s` is left out: it leads elsewhere.", path.name, name)
                    continue
                made = target / name
                made.parent.mkdir(parents=True, exist_ok=True)
                with source, made.open("wb") as file:
                    shutil.copyfileobj(source, file)
                inner += [made] if made.suffix in self.zip_ext else []
        except Exception as error:  # zipfile and tarfile raise a dozen kinds
            self.log.error("%s cannot be extracted whole: %s.", path.name, str(error).rstrip("."))
        for one in inner if depth < DEEPEST else []:
            self._unpack(one, one.parent / _stem(one), depth + 1)


def _members(path: Path) -> Iterator[Member]:
    """Yield the files and links of an archive; ValueError for what is none, or too much."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            _refuse_large(sum(one.file_size for one in archive.infolist()))
            for one in archive.infolist():
                kind = stat.S_IFMT(one.external_attr >> 16)
                if not one.is_dir():
                    plain = kind in (0, stat.S_IFREG)
                    yield one.filename, one.file_size, archive.open(one) if plain else None
    elif tarfile.is_tarfile(path):
        with closing(tarfile.open(path)) as archive:
            size = 0
            for one in archive:
                _refuse_large(size := size + one.size)
                if not one.isdir():
                    yield one.name, one.size, archive.extractfile(one) if one.isreg() else None
    else:
        raise ValueError("it is no archive")


def _refuse_large(size: int) -> None:
    if size > MOST_BYTES:
        raise ValueError(f"it holds more than {MOST_BYTES // 10**9} GB")


def _stays_inside(name: str) -> bool:
    """Tell whether a name in an archive is a path below the folder it is extracted to."""
    parts = PurePosixPath(name).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts and not set("\\:\0") & set(name)


def _stem(path: Path) -> str:
    """Return an archive's name without its endings."""
    return path.name.removesuffix(path.suffix).removesuffix(".tar") or path.name
