"""
Which files beside the notebooks of source/ may go to learners, and which would give answers away.

Whatever lies there goes along, as with nbgrader, but for what holds the marks of a solution or of
hidden tests, hidden files, links, and notebooks in folders. A file that is no data and that nothing
which learners see needs may be an answer key that was left there: it is told of.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.errors import Leftover
from grader.course.regions import Region, regions, without_hidden_tests
from grader.course.names import is_systems

# Data that a notebook reads or shows.
DATA_ENDINGS = {
    *(".csv", ".tsv", ".parquet", ".npy", ".npz"),
    *(".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"),
}
IGNORED = {".ipynb_checkpoints", "__pycache__"}
_IMPORT = re.compile(r"(?m)^[ \t>.]*(?:from[ \t]+(\w+)[\w.]*[ \t]+import\b|import[ \t]+([^\n#;]+))")


def refuse_leftovers(folder: Path, config: Mapping[str, Any] | None = None) -> list[str]:
    """
    Raise Leftover for the first file below a source folder that learners must not get. Return a
    line for each file that they get though nothing they see imports or names it.

    The marks of solutions, hidden tests and mark schemes are the configuration's, or nbgrader's.
    """
    marks = _marks(config or {})
    open_ones = []
    for path in _files(folder):
        if path.parent == folder and path.suffix == ".ipynb" and not path.is_symlink():
            continue
        if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb":
            raise Leftover(f"{_begins(path)} Move it out of source/.")
        if mark := _mark_in(path, marks):
            raise Leftover(
                f"{_begins(path)} It holds “{mark}”, which is taken out of notebooks only."
                " Move it out of source/, or that part of it."
            )
        if path.suffix.lower() not in DATA_ENDINGS:
            open_ones.append(path)
    unnamed = _unnamed(folder, open_ones, marks)
    for path in unnamed:
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            raise Leftover(
                f"{_begins(path)} It is hidden, and nothing that learners see names it."
                " Move it out of source/, or name it in a notebook."
            )
    return [
        f"{path.relative_to(folder.parent)}: released, though nothing that learners see names it."
        " If it is not for them, move it out of source/."
        for path in unnamed
    ]


def _begins(path: Path) -> str:
    return f"{path} would be released with the notebooks."


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        aside = IGNORED.intersection(parts) or any(map(is_systems, parts))
        if not aside and (path.is_symlink() or not path.is_dir()):
            yield path


def _marks(config: Mapping[str, Any]) -> tuple[Region, ...]:
    """Return begin and end of all that release takes out of notebooks."""
    solutions = config.get("ClearSolutions", {})
    solution = (
        str(solutions.get("begin_solution_delimeter", "BEGIN SOLUTION")),
        str(solutions.get("end_solution_delimeter", "END SOLUTION")),
    )
    return (solution, *regions(config))


def _mark_in(path: Path, marks: tuple[Region, ...]) -> str:
    """Return the first mark of an answer that a file holds, or nothing."""
    data = path.read_bytes()
    return next((begin for begin, _ in marks if begin and _holds(data, begin)), "")


def _holds(data: bytes, text: str) -> bool:
    """Tell whether a text is in a file, in an encoding that editors write."""
    return any(text.encode(name) in data for name in ("utf-8", "utf-16-le", "utf-16-be"))


def _unnamed(folder: Path, files: list[Path], marks: tuple[Region, ...]) -> list[Path]:
    """Return the files that no released text needs, nor a file that such a text needs."""
    texts = list(_released_texts(folder, marks))
    while texts:
        text = "\n".join(texts)
        modules = _imported(text)
        needed = [path for path in files if _is_needed(path.relative_to(folder), text, modules)]
        files = [path for path in files if path not in needed]
        texts = [path.read_text("utf-8", "replace") for path in needed if path.suffix == ".py"]
    return files


def _released_texts(folder: Path, marks: tuple[Region, ...]) -> Iterator[str]:
    """Yield what learners get to see of each cell; nbgrader will tell of a broken notebook."""
    for path in sorted(folder.glob("*.ipynb")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            for cell in json.loads(path.read_bytes())["cells"]:
                yield without_hidden_tests("".join(cell["source"]), hidden=marks)


def _imported(text: str) -> set[str]:
    """Return the top modules that a text imports."""
    found = set()
    for one, several in _IMPORT.findall(text):
        names = [one] if one else [part.split()[0] for part in several.split(",") if part.split()]
        found |= {name.split(".")[0] for name in names}
    return found


def _is_needed(path: Path, text: str, modules: set[str]) -> bool:
    """Tell whether a text imports a module or its package, or names the file or its folder."""
    if path.suffix == ".py" and path.parts[0].removesuffix(".py") in modules:
        return True
    folders = (re.escape(place.as_posix()) for place in path.parents if place.name)
    names = [rf"{re.escape(path.name)}(?![\w-])"]
    names += [rf"{folder}(?:/|[\"'])" for folder in folders]
    return any(re.search(rf"(?<![\w.-]){name}", text) for name in names)
