"""
A notebook as nbformat writes it, byte for byte; cells that a whole class shares are written once.

Python's JSON writes an indented text ten times slower than a compact one, and most cells of a class
are the instructor's, or outputs that many learners have.
"""

import json
from functools import lru_cache
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient

COMPACT = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
LONGEST_KEPT = 20_000  # characters of a cell


def notebook_text(nb: NotebookNode) -> str:
    """Return the text of the file; the texts in `nb` are lists of lines afterwards."""
    nb = strip_transient(split_lines(nb))
    rest = _indented({name: part for name, part in nb.items() if name != "cells"})
    cells = ",\n  ".join(map(_cell, nb.cells))
    written = f"[\n  {cells}\n ]" if nb.cells else "[]"
    return f'{{\n "cells": {written},{rest[1:]}\n'  # "cells" is the first of the sorted names


def _cell(cell: dict[str, Any]) -> str:
    compact = COMPACT(cell)
    return _kept(compact) if len(compact) < LONGEST_KEPT else _inner(compact)


def _inner(compact: str) -> str:
    """Write a cell as it stands in a notebook; a line end in JSON is never inside a text."""
    return _indented(json.loads(compact)).replace("\n", "\n  ")


_kept = lru_cache(maxsize=2000)(_inner)


def _indented(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": "))
