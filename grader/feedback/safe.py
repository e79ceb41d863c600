"""
What of a graded notebook a learner must not see: hidden checks, also where an output repeats them
or an error shows them.

Works on plain data and on nbformat's own nodes alike, in place.
"""

import html
import re
from collections.abc import Iterable, MutableMapping
from typing import Any

from grader.sanitize.cache import kept
from grader.course.regions import Region, regions, without_hidden_tests

Cell = MutableMapping[str, Any]
Output = MutableMapping[str, Any]

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
REMOVED = "(This output repeated the course's own checks and is not shown.)"
LEAK = 12  # characters; shorter hidden lines ("else:") stand in every program


def about(cell: Cell) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell, empty for a cell that is none of its own."""
    return cell["metadata"].get("nbgrader") or {}


def is_check(cell: Cell) -> bool:
    """Tell whether a cell is a check of the course: graded, and not a learner's answer."""
    told = about(cell)
    return bool(told.get("grade")) and not told.get("solution")


STOCK = regions({})


def clean(cells: Iterable[Cell], hidden: tuple[Region, ...] = STOCK) -> None:
    """
    Take out of the cells what is not for the learner; every text becomes one string. `hidden` are
    the regions of a cell that the course hides.
    """
    cells = list(cells)
    for cell in cells:
        cell["source"] = text_of(cell["source"])
    checks = [cell["source"] for cell in cells if is_check(cell)]
    secrets = frozenset().union(*(_sides(source, True, hidden)[1] for source in checks))
    for cell in cells:
        check = is_check(cell)
        if any(begin in cell["source"] for begin, _ in hidden):
            cell["source"] = _sides(cell["source"], check, hidden)[0]
        if cell["cell_type"] == "code":
            found = (_safe(_joined(output), check, secrets) for output in cell["outputs"])
            cell["outputs"] = [output for output in found if output is not None]


def text_of(value: str | list[str]) -> str:
    """Return a text of a notebook file, which may be a list of lines there."""
    return value if isinstance(value, str) else "".join(value)


@kept(512)
def _sides(
    source: str, strict: bool, hidden: tuple[Region, ...]
) -> tuple[str, frozenset[str]]:
    """
    Return a source without hidden tests, and their lines that are long enough to be told from
    other code. The checks are the same for the whole class.
    """
    visible = without_hidden_tests(source, strict, hidden)
    shown = {line.strip() for line in visible.split("\n")}
    secrets = {line.strip() for line in source.split("\n")} - shown
    return visible, frozenset(line for line in secrets if len(line) >= LEAK)


def _joined(output: Output) -> Output:
    """Return an output with every text in one piece."""
    if "text" in output:
        output["text"] = text_of(output["text"])
    for kind, value in output.get("data", {}).items():
        if isinstance(value, list) and all(isinstance(line, str) for line in value):
            output["data"][kind] = "".join(value)
    return output


def _safe(output: Output, check: bool, secrets: frozenset[str]) -> Output | None:
    """Return an output as a learner may see it, None if nothing of it is left."""
    kind = output["output_type"]
    if check and kind == "execute_result" and _is_number(output):
        return None  # the mark stands in the heading
    if kind == "error":
        last = ANSI.sub("", f"{output['ename']}: {output['evalue']}").strip().split("\n")[0]
        lines = [ANSI.sub("", line) for line in output["traceback"]]
        output["traceback"] = [last.removesuffix(":").rstrip()] if check else lines
    elif kind == "stream":
        output["text"] = ANSI.sub("", output["text"])
    if not check and _repeats(output, secrets):
        return {"output_type": "stream", "name": "stdout", "text": REMOVED}
    return output


def _repeats(output: Output, secrets: frozenset[str]) -> bool:
    """Tell whether a line of a hidden check stands in an output, as text or as HTML."""
    data = output.get("data", {}).values()
    found = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", []), *data]
    text = "\n".join(item for item in found if isinstance(item, str))
    return _holds(text, secrets)


@kept(1024)
def _holds(text: str, secrets: frozenset[str]) -> bool:
    both = text + html.unescape(text) if "&" in text else text
    return any(secret in both for secret in secrets)


def _is_number(output: Output) -> bool:
    """Tell whether a result is a bare number."""
    try:
        float(output["data"].get("text/plain", ""))
    except (TypeError, ValueError):
        return False
    return True
