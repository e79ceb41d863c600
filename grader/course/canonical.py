"""
The one form in which a notebook file of the course is written.

No outputs, no execution counts, sorted keys, one space of indent, and only the metadata that
nbgrader, the kernel and the editions need: a one-sentence edit is a one-line diff, and neither
answers (`metadata.rai`) nor widget state (`metadata.widgets`) can travel with a file.
`python -m grader.course.canonical PATH…` rewrites notebooks in place.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.errors import GraderError, NotANotebook, UsageError

CELL_METADATA = ("nbgrader", "deletable", "editable")
GRADED = "graded"  # the tag of a cell that only the graded edition has
GOES_ON = "raises-exception"  # Jupyter's tag of a cell after whose error Run All goes on
SOLUTION_NOTE = "_note_solution"  # ends the name of a closed text that an edition brings along
TAGS = (GRADED, GOES_ON)
KERNELSPEC = ("display_name", "language", "name")


def cleaned(nb: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notebook as plain data with only what the canonical form keeps."""
    kernelspec = nb.get("metadata", {}).get("kernelspec", {})
    return {
        "cells": [_cleaned_cell(cell) for cell in nb["cells"]],
        "metadata": {
            "kernelspec": {key: kernelspec[key] for key in KERNELSPEC if key in kernelspec},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def canonical(nb: Mapping[str, Any]) -> str:
    """Return the text of the file in which this notebook is kept."""
    return json.dumps(cleaned(nb), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def rewrite(path: Path) -> bool:
    """
    Bring a notebook file into the canonical form and tell whether it changed.

    Raises: NotANotebook for a file that is no notebook of format 4.5.
    """
    old = path.read_text(encoding="utf-8")
    try:
        new = canonical(json.loads(old))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotANotebook(f"{path} is not a notebook of format 4.5: {error}.") from None
    if new != old:
        path.write_text(new, encoding="utf-8")
    return new != old


def notebooks(paths: list[Path]) -> list[Path]:
    """
    Return the notebook files that are named, or lie anywhere under a folder that is named.

    Raises: UsageError for a path that is not there.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no {path}: name notebooks or folders of notebooks.")
        inside = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        found += [item for item in inside if ".ipynb_checkpoints" not in item.parts]
    return found


def main(arguments: list[str]) -> int:
    """Rewrite the named notebooks and print the names of those that changed."""
    try:
        if not arguments:
            raise UsageError("Name the notebooks: python -m grader.course.canonical source/")
        for path in notebooks([Path(name) for name in arguments]):
            if rewrite(path):
                print(f"rewritten: {path}")
    except GraderError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _cleaned_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return one cell without outputs, counts, attachments of state and foreign metadata."""
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    clean = {
        "cell_type": cell["cell_type"],
        "id": cell["id"],
        "metadata": _cleaned_metadata(cell.get("metadata", {})),
        "source": text.splitlines(keepends=True),
    }
    if cell["cell_type"] == "code":
        clean |= {"execution_count": None, "outputs": []}
    elif cell.get("attachments"):
        clean["attachments"] = cell["attachments"]
    return clean


def _cleaned_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata that stays; of Jupyter's own a folded source and the tags named above."""
    clean = {key: metadata[key] for key in CELL_METADATA if key in metadata}
    jupyter, tags = metadata.get("jupyter"), metadata.get("tags")
    if isinstance(jupyter, Mapping) and jupyter.get("source_hidden") is True:
        clean["jupyter"] = {"source_hidden": True}
    if isinstance(tags, list) and (kept := [tag for tag in TAGS if tag in tags]):
        clean["tags"] = kept
    return clean


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
