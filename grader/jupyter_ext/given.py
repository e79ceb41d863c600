"""
The cells that a course gives to its learners, known by the hash of their text: those of the
releases that this machine holds. No other cell runs because a notebook is opened.

Releases are looked for where the installed course lies, in the exchange of the course that this
machine is configured for, and in `c.GivenCells.folders`. None is looked for beside a notebook.
"""

import ast
import builtins
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from jupyter_core.paths import jupyter_config_path
from traitlets import Bool, List, Unicode
from traitlets.config import Config, LoggingConfigurable
from traitlets.config.loader import ConfigError, JSONFileConfigLoader, PyFileConfigLoader

ALONE, AFTER, CHECK = "alone", "after", "check"
OF_CARDS = {"answered", "all_answered"}  # the words of checks that look at cards, not at code
CHECKS = re.compile(r"(?m)^from grader\.checks import ")
KNOWN = frozenset({*dir(builtins), "get_ipython", "display", "__name__"})
EXCHANGE = "/usr/local/share/nbgrader/exchange"  # nbgrader's own default
Cell = dict[str, Any]


class GivenCells(LoggingConfigurable):
    """Which cells are given, and what as."""

    run_on_open = Bool(
        True, help="Whether given cells run when a notebook is opened or its kernel restarts."
    ).tag(config=True)
    folders = List(
        Unicode(), help="Folders of released notebooks, beside those that are found."
    ).tag(config=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._places: list[Path] = []
        self._read: dict[Path, tuple[tuple[int, int], dict[str, str]]] = {}

    def kinds(self) -> dict[str, str]:
        """
        Return what each known cell is, by its `digest`: "alone" where it needs no answer of the
        learner's, "after" where it does, and "check". Empty where nothing shall run by itself.
        """
        found: dict[str, str] = {}
        for path in self._notebooks() if self.run_on_open else ():
            for digest, kind in self._of(path).items():
                # What is an answer's in one notebook is nobody's to run in another.
                found[digest] = kind if found.get(digest, kind) == kind else AFTER
        return found

    @staticmethod
    def digest(source: str) -> str:
        """Return what a cell's text is known by."""
        return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()

    def _notebooks(self) -> Iterator[Path]:
        if not self._places:  # not when the server starts: a configuration is run for that
            places = [*map(Path, self.folders), *installed(), *exchanged()]
            self._places = list(dict.fromkeys(places))
        for folder in self._places:
            yield from sorted(one for one in folder.rglob("*.ipynb") if one.is_file())

    def _of(self, path: Path) -> dict[str, str]:
        try:
            about = path.stat()
            state = about.st_mtime_ns, about.st_size
            if self._read.get(path, (None,))[0] != state:
                cells = json.loads(path.read_bytes())["cells"]
                found = {self.digest(text): kind for text, kind in given(cells)}
                self._read[path] = state, found
            return self._read[path][1]
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self.log.warning("%s cannot be read: its cells do not run by themselves.", path)
            return {}


def given(cells: Iterable[Cell]) -> Iterator[tuple[str, str]]:
    """Yield the text of each locked code cell of a released notebook, and its kind."""
    bound = set(KNOWN)
    for cell in cells:
        about = cell["metadata"].get("nbgrader", {})
        locked = about.get("locked") or cell["metadata"].get("editable") is False
        if cell["cell_type"] != "code" or about.get("solution") or not locked:
            continue
        text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        reads, sets = names(text)
        if about.get("grade") or CHECKS.search(text):
            yield text, ALONE if sets & OF_CARDS else CHECK
            continue
        alone = reads is not None and reads <= bound
        bound |= sets if alone else set()
        yield text, ALONE if alone else AFTER


def names(text: str) -> tuple[set[str] | None, set[str]]:
    """
    Return the names that a cell reads from cells before, and those that it sets; None for the
    first where that cannot be told.
    """
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, set()
    reads = {one.id for one in nodes if isinstance(one, ast.Name)}
    sets = {one.id for one in nodes if isinstance(one, ast.Name) and type(one.ctx) is ast.Store}
    for one in nodes:
        if isinstance(one, (ast.Import, ast.ImportFrom)):
            sets |= {(name.asname or name.name).partition(".")[0] for name in one.names}
        elif isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            sets.add(one.name)
        elif isinstance(one, ast.arg):
            sets.add(one.arg)
        elif isinstance(one, ast.ExceptHandler) and one.name:
            sets.add(one.name)
    return (None if "*" in sets else reads - sets), sets


def installed() -> list[Path]:
    """Return the releases of the courses that are installed from their own folder."""
    found = []
    for point in entry_points(group="grader.widgets"):
        text = point.dist.read_text("direct_url.json") if point.dist else None
        try:
            about = json.loads(text or "{}")
            address = urlsplit(about.get("url", ""))
        except (ValueError, AttributeError):
            continue
        if address.scheme == "file" and about.get("dir_info", {}).get("editable"):
            root = Path(url2pathname(address.path))
            found += [root / name for name in ("release", "practice", "teacher")]
    return list(dict.fromkeys(found))


def exchanged() -> list[Path]:
    """
    Return what is released in the exchange, of the course that this machine's configuration names;
    an exchange is open to all, and another course in it may be anybody's.
    """
    config = _nbgrader()
    course = config.CourseDirectory.get("course_id", "")
    root = config.Exchange.get("root", EXCHANGE)
    if not (isinstance(course, str) and course and isinstance(root, str)):
        return []
    return [Path(root) / course / "outbound"]


def _nbgrader() -> Config:
    """Return nbgrader's configuration of this machine and user, without that of any folder."""
    found = Config()
    for folder in reversed(jupyter_config_path()):
        for kind, name in ((PyFileConfigLoader, "py"), (JSONFileConfigLoader, "json")):
            if (Path(folder) / f"nbgrader_config.{name}").is_file():
                try:
                    found.merge(kind(f"nbgrader_config.{name}", path=folder).load_config())
                except (ConfigError, OSError, SyntaxError):
                    continue
    return found
