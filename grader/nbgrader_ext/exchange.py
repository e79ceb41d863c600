"""
Where hand-ins come in: nbgrader's `collect`, without following a learner's links.

Named by `course.config.enable` in a course's configuration. The inbound folder of an exchange can
be written by every learner: what lies there is copied file by file, what leads elsewhere is named
and left out, and what is wrong with one hand-in costs nobody else theirs.
"""

import os
import stat
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

from grader.course.names import is_systems
from grader.errors import NotANotebook
from grader.submissions import own_files

Record = dict[str, Any]
NOBODY = ""  # whose a folder is that cannot be a learner's


class CollectOwnFiles(ExchangeCollect):
    """nbgrader's collect, for which a hand-in is the learner's own files and nothing else."""

    def init_src(self) -> None:
        """Find what is to be collected; called by nbgrader."""
        super().init_src()
        self.src_records = [record for record in self.src_records if not self._refusal(record)]

    def _path_to_record(self, path: str) -> Record:
        """Return whose a folder is and when it came; a strange name stops nobody else."""
        name = os.path.basename(path)
        try:
            record = super()._path_to_record(path)
        except Exception as error:  # whatever dateutil raises for what a learner writes
            self.log.error("Left out: %s has no time in its name (%s).", name, error)
            return {"username": NOBODY, "filename": name, "timestamp": datetime.min}
        if not record["username"].strip(".") or is_systems(record["username"]):
            self.log.error("Left out: %s is nobody's by its name.", name)
            record["username"] = NOBODY
        elif why := self._refusal(record):
            self.log.error("Left out: %s.", why)
        return record

    def _sort_by_timestamp(self, records: list[Record]) -> list[Record]:
        """Return a learner's hand-ins, the newest first; what is refused comes last."""
        found = super()._sort_by_timestamp(records)
        return sorted(found, key=lambda record: bool(self._refusal(record)))

    def _refusal(self, record: Record) -> str:
        """Return why nothing of a hand-in is collected, "" if it is."""
        folder = Path(self.inbound_path, record["filename"])
        if record["username"] == NOBODY:
            return "nobody's"
        if why := own_files.refusal(folder, depth=1):
            return why
        size = sum(about.st_size for about in own_files.look_through(folder).files.values())
        if size > 1000 * self.coursedir.max_dir_size:
            return f"{folder.name} holds more than {self.coursedir.max_dir_size / 1000:.0f} MB"
        return ""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a hand-in as nbgrader does, from a copy that holds the learner's own files only."""
        folder = Path(src)
        with tempfile.TemporaryDirectory(prefix="collecting-") as place:
            aside = Path(place, folder.name)
            aside.mkdir()
            self._copy_own(folder, aside)
            aside.chmod(stat.S_IMODE(folder.lstat().st_mode))
            super().do_copy(str(aside), dest, log)

    def _copy_own(self, folder: Path, aside: Path) -> None:
        """Copy the learner's own files, and name what is left out."""
        contents = own_files.look_through(folder)
        for name, kind in sorted(contents.foreign.items()):
            self.log.error("%s: `%s` is %s: left out.", folder.name, name, kind)
        for name, about in contents.files.items():
            if about.st_size > 1000 * self.coursedir.max_file_size:
                self.log.warning("%s: `%s` is too large: left out.", folder.name, name)
                continue
            try:
                data = own_files.read(folder, name, depth=1)
            except NotANotebook as error:
                self.log.error("%s: `%s` is left out: %s.", folder.name, name, error)
                continue
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(stat.S_IMODE(about.st_mode))
            os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
