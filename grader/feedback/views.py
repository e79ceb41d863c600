"""What the template shows of one part of a notebook, and of one cell."""

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from grader.feedback.marks import PartVerdict, verdict
from grader.feedback.parts import Part, name
from grader.feedback.rich import rich_html, rich_markdown
from grader.feedback.safe import Cell, Output, about, is_check
from grader.feedback.shown import code, outputs
from grader.feedback.words import sentence, title, sentence_html
from grader.graded import CheckResult
from grader.results import NotebookMarks

NOTHING = Markup("")
NO_RESPONSE = "No response."  # nbgrader's comment on an answer that was left as it was released


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of the learner's, or one with given code; `kind` is "code", "text" or "given"."""

    kind: str
    label: str
    heading: str
    text: Markup
    outputs: Markup
    untouched: bool
    comment: Markup


@dataclass(frozen=True, slots=True)
class PartView:
    """
    A step or a question: its verdict, what the check said, the work and what is explained.

    `short` is the beginning of the title, `about` the rest of it, or what the question asks. `bare`
    says that there is nothing to show but the verdict.
    """

    id: str
    title: str
    short: str
    about: str
    verdict: PartVerdict
    said: Markup
    comments: list[Markup]
    question: Markup = NOTHING
    work: tuple[CellView, ...] = ()
    notes: Markup = NOTHING
    task: tuple[Markup, ...] = ()
    check: Markup = NOTHING
    bare: bool = False


def part_view(
    part: Part, own: NotebookMarks, result: CheckResult, readable: bool = True
) -> PartView:
    """
    Return the view of a part, given the result of its check; of an unreadable notebook only the
    verdict and the comments.
    """
    check, grade_id = part.check, name(part.check)
    notes = _notes(check) if is_check(check) else []
    mark = next((mark for mark in own.marks if mark.grade_id == grade_id), None)
    judged = verdict(mark, result)
    short, _, rest = part.title.partition(" · ")
    work = part.work if is_check(check) else [check, *part.work]
    shown = tuple(cell_view(cell, own, short) for cell in work)
    comments = [cell.comment for cell in shown if cell.comment]
    # How to choose an option in a card is no news after grading.
    told = "" if judged.state == "blank" and part.card is not None else sentence(result.message)
    told_here = Markup(sentence_html(told))
    if not readable:
        bare = judged.state == "waits" and not comments
        return PartView(grade_id, part.title, short, rest, judged, told_here, comments, bare=bare)
    if part.card is not None and result.choice is not None:
        notes = _without_choice(notes)
    return PartView(
        id=grade_id,
        title=part.title,
        short=short,
        about=rest if part.card is None else _asked(part.card),
        verdict=judged,
        said=told_here,
        comments=comments,
        question=NOTHING if part.card is None else _question(part.card, result, judged),
        work=shown,
        notes=outputs(notes),
        task=tuple(_task(cell) for cell in part.task),
        check=code(check["source"], f"The check of {short}") if is_check(check) else NOTHING,
    )


def cell_view(cell: Cell, own: NotebookMarks, heading: str) -> CellView:
    """Return the view of a cell; the heading above it helps to name its box."""
    comment = own.comments.get(name(cell)) or ""
    untouched = comment == NO_RESPONSE
    if cell["cell_type"] == "code":
        given = bool(about(cell).get("locked"))
        kind, label = ("given", "Given code") if given else ("code", "Your code")
        text = code(cell["source"], f"{label}, {heading}" if heading else label)
    else:
        kind, label = "text", "Your answer" if about(cell).get("solution") else "Your notes"
        text = rich_markdown(cell["source"], False, cell.get("attachments"))
    return CellView(
        kind=kind,
        label=label,
        heading=heading,
        text=text,
        outputs=outputs(cell.get("outputs", [])),
        untouched=untouched,
        comment=NOTHING if untouched or not comment else rich_markdown(comment, True),
    )


def _task(cell: Cell) -> Markup:
    """Return a text of the task; its heading is that of the part."""
    source = re.sub(r"\A\s*#[^\n]*\n", "", cell["source"])
    return rich_markdown(source, True, cell.get("attachments"))


def _notes(check: Cell) -> list[Output]:
    """Return what a check shows besides its message: see `grader.graded.said`."""
    outputs = check["outputs"] if check["cell_type"] == "code" else []
    stops = [one for one in outputs if one["output_type"] == "error"][:1]
    told = stops or [one for one in outputs if one.get("name") == "stdout"]
    return [one for one in outputs if not any(one is other for other in told)]


def _without_choice(notes: list[Output]) -> list[Output]:
    """
    Return notes without the learner's choice, which the question itself shows: it is the first
    paragraph of the explanation (see `grader.checks.quiz.Material`).
    """
    shown = []
    for note in notes:
        text = note.get("data", {}).get("text/markdown")
        if text and not shown:
            note = note | {"data": note["data"] | {"text/markdown": text.partition("\n\n")[2]}}
        shown.append(note)
    return shown


def _question(card: Cell, result: CheckResult, judged: PartVerdict) -> Markup:
    """
    Return the card of a question, without its hints, with the learner's choice and the right option
    marked in it.
    """
    pages: list[Any] = [output.get("data", {}).get("text/html", "") for output in card["outputs"]]
    shown = "".join(rich_html(one) for one in pages if "grader-answer" not in one)
    named = rf"\A<p>{re.escape(title(name(card)))} · .*?</p>"  # the heading says that, too
    shown = re.sub(rf"{named}|<details>.*?</details>", "", shown, flags=re.DOTALL)
    mine, sure = result.choice or "", judged.state in ("full", "none")
    if mine:
        kind, sign = f"chosen {judged.state}", f"{judged.sign} " if sure else ""
        shown = _marked(shown, mine, kind, f"{sign}your choice")
    if result.right and result.right != mine:
        shown = _marked(shown, result.right, "right", "✔ the right answer")
    return Markup(shown)


def _marked(page: str, letter: str, kind: str, words: str) -> str:
    """Return the page of a question with words at one of its options."""
    mark = rf'<li class="{kind}">\1 <strong>{words}</strong></li>'
    return re.sub(rf"<li>({letter}\. .*?)</li>", mark, page, count=1, flags=re.DOTALL)


def _asked(card: Cell) -> str:
    """Return what a question asks, in one line."""
    lines = [o["data"].get("text/plain", "") for o in card["outputs"] if "data" in o]
    return lines[0].partition(": ")[2] if lines else ""
