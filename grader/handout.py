"""
One's own notebook as a page that prints well: the texts, one's own code and answers with what they
showed, questions with the choice. Nothing is run, and nothing stands in closed boxes; the code of
the course's checks and parts stays out.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from grader.course.canonical import SOLUTION_NOTE
from grader.errors import GraderError, NotANotebook
from grader.feedback.page import style, template
from grader.feedback.rich import rich_html, rich_markdown
from grader.feedback.safe import about, clean
from grader.feedback.shown import code, outputs
from grader.judge.static_widgets import card
from grader.sanitize.outputs import safe_attachments, safe_output
from grader.submissions.parsing import read_notebook
from grader.widgets.card import verdict

BOX = re.compile(r"<details[^>]*>\s*<summary[^>]*>(.*?)</summary>(.*?)</details>", re.DOTALL)
CHECK = re.compile(r"(?m)^from grader\.checks import ")
PART = re.compile(r"(?m)^from grader\.(?:widgets|learn) import (\w+)$")
HEADING = re.compile(r"\s*(?:<a id=\"[^\"<>]*\"></a>\s*)?(#{1,3}) +([^\n]+)")
AS_TEXT = (
    "as_text"  # ends the id of a cell that repeats the part before it, for those without Python
)
QUIZ = "quiz_answers"  # the cell for those who see no cards: its letters stand in the cards here
Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """
    One piece of the page: its heading, then `label`, which says whose it is ("" for the course's
    own), then what it holds.
    """

    content: Markup
    label: str = ""
    heading: str = ""
    level: int = 2


def write_handout(path: Path, solutions: bool = False) -> Path:
    """
    Write the page of a notebook beside it, and return it.

    Raises: NotANotebook where the file is none; GraderError where it cannot be read or written, or
    has no solutions to show.
    """
    if path.suffix == ".html":
        raise GraderError(f"{path}: a page would be written over it. Name a file *.ipynb.")
    try:
        page = handout(path.read_bytes(), path.stem, solutions)
        target = path.with_suffix(".html")
        target.write_text(page, encoding="utf-8")
    except NotANotebook as error:
        raise NotANotebook(f"{path}: {error}") from None
    except OSError as error:
        raise GraderError(f"{path}: {error.strerror}. Name a notebook's file.") from None
    return target


def handout(data: bytes, name: str, solutions: bool = False) -> str:
    """
    Return the page of a notebook as HTML, with solutions if it has some.

    Raises: NotANotebook; GraderError where there are no solutions.
    """
    nb = read_notebook(data)
    kept = nb["metadata"].get("rai")
    kept = kept if isinstance(kept, dict) else {}
    if solutions and not (_dict(kept, "solutions") or _dict(kept, "practice")):
        raise GraderError(
            "This notebook holds no solutions: those of a class stay with the instructor."
            " The edition for self-study has them: grader release --practice"
        )
    _take_outputs(nb["cells"], data)
    clean(nb["cells"])
    found = _items(nb["cells"], kept, solutions)
    items = _untwice([item for item in found if item.content.strip() or item.heading])
    look, policy = style()
    title = next((item.heading for item in items if item.heading and item.level == 1), name)
    return template("handout").render(style=look, policy=policy, title=title, items=items)


def _untwice(items: list[Item]) -> list[Item]:
    """Take the title of a part away where the heading above it says the same."""
    for n, (above, item) in enumerate(pairwise(items), 1):
        title = f"<p><strong>{escape(above.heading)}</strong></p>"
        if above.heading and not above.content.strip() and item.content.startswith(title):
            items[n] = replace(item, content=Markup(item.content[len(title) :]))
    return items


def _take_outputs(cells: list[Cell], data: bytes) -> None:
    """Give cells their saved outputs, made harmless: a notebook that is graded needs none."""
    try:
        saved = list(filter(_is_dict, json.loads(data).get("cells", [])))
    except ValueError:
        saved = []  # a file that only a patient reader understands
    for cell, was in zip_longest(cells, saved[: len(cells)], fillvalue={}):
        if cell["cell_type"] == "code":
            found = was.get("outputs")
            made = map(safe_output, filter(_is_dict, found if isinstance(found, list) else []))
            cell["outputs"] = [one for one in made if one is not None]
        else:
            cell["attachments"] = safe_attachments(was.get("attachments"))


def _items(cells: list[Cell], kept: Mapping[str, Any], solutions: bool) -> Iterator[Item]:
    """Yield the pieces of the page; a heading goes with what it stands above."""
    texts: list[Item] = []
    for cell in cells:
        # With solutions each stands below its answer; a part stands there as text already.
        if str(cell["id"]).endswith((SOLUTION_NOTE, AS_TEXT)):
            continue
        if cell["cell_type"] != "code":
            texts.append(_text(cell, solutions))
            continue
        if _is_left_out(cell):
            # Its heading alone would announce nothing; what stands before that stays.
            yield from texts[:-1]
            texts = []
            continue
        yield from texts
        texts = []
        yield from _shown(cell, kept, solutions)
    yield from texts


def _text(cell: Cell, solutions: bool) -> Item:
    own = bool(about(cell).get("solution"))
    source = _opened(cell["source"], solutions)
    level, heading = 2, ""
    if found := HEADING.match(source):
        level, heading = len(found[1]), found[2].strip()
        source = source[found.end() :]
    content = rich_markdown(source, attachments=cell["attachments"])
    return Item(content, "Your answer" if own else "", heading, level)


def _is_left_out(cell: Cell) -> bool:
    """Whether a cell has nothing for a reader: a check, or the cell for those without cards."""
    return bool(CHECK.search(cell["source"])) or cell["id"] == QUIZ


def _shown(cell: Cell, kept: Mapping[str, Any], solutions: bool) -> Iterator[Item]:
    """Yield what a code cell has for a reader: a part as it is without Python, code, outputs."""
    source, key = cell["source"], cell["id"]
    if PART.search(source):
        answers = {
            name: one for name, one in _dict(kept, "answers").items() if isinstance(one, str)
        }
        pages = card(source, answers) or cell["outputs"]
        found = [one["data"].get("text/html", "") for one in pages if "data" in one]
        yield Item(Markup("").join(rich_html(_opened(one, solutions)) for one in found))
        if solutions and "answer" in (material := _dict(_dict(kept, "practice"), key)):
            yield Item(_solved(material), "The solution")
        return
    given = cell["metadata"].get("editable") is False or bool(about(cell).get("locked"))
    if not given:
        yield Item(code(source, "Your code"), "Your code")
    told = [one for one in cell["outputs"] if "grader-verdict" not in str(one.get("data", ""))]
    yield Item(outputs(told), "" if given else "What it showed")
    solution = _dict(kept, "solutions").get(key)
    if solutions and isinstance(solution, str):
        yield Item(code(solution, "One solution"), "One solution")


def _solved(material: Mapping[str, Any]) -> Markup:
    """Return the right option of a question with its reason, and the way there."""
    letter = str(material["answer"])
    why = str(_dict(material, "feedback").get(letter, ""))
    told = verdict(True, f"{letter}. {why}", dict(material))
    told = told.replace("✔ Correct", "Right").replace("Show the solution", "How to get there")
    return rich_html(_opened(told, solutions=True))


def _opened(text: str, solutions: bool) -> str:
    """Return a text with its boxes open; hints, which would tell too early, only with solutions."""

    def shown(box: re.Match[str]) -> str:
        title, content = box.groups()
        if title.strip().startswith("Hint") and not solutions:
            return ""
        if content.lstrip().startswith("#") or title.strip().startswith("Show "):
            return f"\n\n{content}\n"  # it has a heading of its own, or there is nothing to press
        return f"\n\n<p><strong>{title}</strong></p>\n\n{content}\n"

    return BOX.sub(shown, text)


def _is_dict(value: object) -> bool:
    return isinstance(value, dict)


def _dict(value: object, name: str) -> dict[str, Any]:
    """Return what a file has under a name; {} where it is no dictionary."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, dict) else {}
