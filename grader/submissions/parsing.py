"""
What a learner handed in, read patiently: a notebook however it was saved, and the files beside it.

The exporter hands in bytes and paths and gets a plain notebook of format 4, or NotANotebook with
one clear reason. Nothing a learner wrote is believed here, and no link of a learner is followed.
"""

import codecs
import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.course.names import is_systems
from grader.errors import NotANotebook
from grader.submissions.own_files import read

LARGEST = 200_000_000  # bytes of a notebook
# A part costs up to 240 bytes of memory when parsed: 5 million take a bit more than 1 GB.
MOST_PARTS = 5_000_000
DATA_BYTES = 16_000_000  # all files beside a notebook together; they live in the sandbox's memory
DATA_FILES = 500
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Only an escape can make a lone surrogate, in whatever encoding the file is.
HALF_A_SIGN = re.compile(rb"\\\0?u\0?[dD]\0?[89a-fA-F]")
CELL_TYPES = ("code", "markdown", "raw")


def read_file(folder: Path, name: str) -> dict[str, Any]:
    """Return the notebook in a file of a hand-in; what is not the learner's own is not opened."""
    return read_notebook(read(folder, name, LARGEST))


def read_notebook(data: bytes) -> dict[str, Any]:
    """
    Return a plain notebook of format 4 whose cells have an id, a type, a source and metadata.

    Raise NotANotebook with the reason where there is no such notebook in the bytes.
    """
    nb = _parse(data)
    if not isinstance(nb, dict):
        raise NotANotebook("the file is JSON, but not a notebook: it has no list of cells")
    version = nb.get("nbformat")
    if version not in (3, 4):
        raise NotANotebook(f"the notebook has format {number_or_none(version)}, 4 is needed")
    cells = _old_cells(nb) if version == 3 else nb.get("cells")
    if not isinstance(cells, list):
        raise NotANotebook("the file is JSON, but not a notebook: it has no list of cells")
    cells = [_cell(cell) for cell in cells if isinstance(cell, dict)]
    _name_cells(cells)
    return {"cells": cells, "metadata": _dict(nb, "metadata"), "nbformat": 4, "nbformat_minor": 5}


def number_or_none(value: object) -> str:
    """Return a learner's number for a sentence, and "none" for what might be anything."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number and -1e6 < value < 1e6 else "none"


def data_files(folder: Path, notes: list[str] | None = None) -> dict[str, bytes]:
    """
    Return the files that learner code may read, by their path relative to the notebook's folder.

    Small files come first where not all fit; what is left out is told in `notes`.
    """
    found: dict[str, bytes] = {}
    budget, left_out = DATA_BYTES, []
    for size, name in sorted(_regular_files(folder)):
        if size > budget or len(found) >= DATA_FILES:
            left_out.append(name)
            continue
        try:
            found[name] = read(folder, name, DATA_BYTES)[:size]
        except NotANotebook:
            left_out.append(name)
        budget -= size
    if left_out and notes is not None:
        more = f" and {len(left_out) - 3} more" if len(left_out) > 3 else ""
        notes.append(f"Too large to be there when graded: {', '.join(left_out[:3])}{more}.")
    return found


def _regular_files(folder: Path) -> Iterator[tuple[int, str]]:
    """Yield size and relative name of each file that is neither a notebook, a link nor hidden."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_cache(name)]
        for name in files:
            path = Path(place, name)
            about = path.lstat()
            relative = path.relative_to(folder).as_posix()
            if (
                stat.S_ISREG(about.st_mode)
                and not _is_cache(name)
                and path.suffix != ".ipynb"
                and relative.isprintable()  # names in no known encoding hold lone surrogates
            ):
                yield about.st_size, relative


def _is_cache(name: str) -> bool:
    """Tell whether a name is hidden or left over by Python or by an operating system."""
    return name.startswith(".") or name == "__pycache__" or is_systems(name)


def _parse(data: bytes) -> Any:
    """Return what the JSON in the bytes says, with every text in it valid Unicode."""
    if not data.strip(b" \t\r\n\0"):
        raise NotANotebook("the file is empty")
    if sum(data.count(mark) for mark in b",[{") > MOST_PARTS:
        raise NotANotebook(f"the file has more than {MOST_PARTS:,} parts")
    try:
        value = json.loads(_text(data), parse_constant=lambda name: None)
        return _clean(value) if HALF_A_SIGN.search(data) else value
    except json.JSONDecodeError as error:
        if not data.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith((b"{", b"[", b"\xff", b"\xfe")):
            raise NotANotebook("the file is not JSON, so it is not a notebook") from None
        raise NotANotebook(
            f"the file is cut or damaged: its JSON breaks at line {error.lineno}"
        ) from None
    except RecursionError:
        raise NotANotebook("the file is nested too deep to be a notebook") from None
    except ValueError:  # a number of 5,000 digits, say
        raise NotANotebook("the file is damaged: its JSON cannot be read") from None


def _text(data: bytes) -> str:
    """Decode a file: UTF-8 or UTF-16, with or without a mark, or what old Windows editors write."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "old-windows")


def _old_windows(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8 as Windows-1252, which holds Latin-1; called by codecs."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    try:
        return wrong.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return wrong.decode("latin-1"), error.end


codecs.register_error("old-windows", _old_windows)


def _clean(value: Any) -> Any:
    """Replace lone surrogates, which no file can hold, in every text of parsed JSON."""
    if isinstance(value, str):
        return value if value.isascii() else LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


def _dict(holder: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the dictionary of this name, an empty one for anything else."""
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _joined(source: object) -> str:
    """Return a source that is a text or a list of texts."""
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _old_cells(nb: dict[str, Any]) -> object:
    """Return the cells of a notebook of format 3 under the names of format 4."""
    sheets = nb.get("worksheets")
    if not isinstance(sheets, list):
        return None
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    cells = [c for found in lists if isinstance(found, list) for c in found if isinstance(c, dict)]
    for cell in cells:
        if cell.get("cell_type") == "code":
            cell["source"] = cell.get("input", "")
        elif cell.get("cell_type") == "heading":
            level = cell.get("level")
            hashes = "#" * (level if isinstance(level, int) and 0 < level < 7 else 1)
            cell |= {"cell_type": "markdown", "source": f"{hashes} {_joined(cell.get('source'))}"}
        elif cell.get("cell_type") == "html":
            cell["cell_type"] = "markdown"
    return cells


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a cell that a person or a program wrote, each of the right type."""
    kind = cell.get("cell_type")
    return {
        "id": cell.get("id"),
        "cell_type": kind if kind in CELL_TYPES else "raw",
        "source": _joined(cell.get("source")),
        "metadata": _dict(cell, "metadata"),
        "attachments": _dict(cell, "attachments"),
    }


def _name_cells(cells: list[dict[str, Any]]) -> None:
    """Give every cell a valid id of its own; the first of equal ids stays."""
    taken = {cell["id"] for cell in cells if isinstance(cell["id"], str)}
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        name = cell["id"]
        if not isinstance(name, str) or not CELL_ID.fullmatch(name) or name in seen:
            name = f"cell-{number}"
            while name in taken or name in seen:
                name += "-"
            cell["id"] = name
        seen.add(name)
