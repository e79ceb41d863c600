"""
One feedback page: a graded notebook and its marks as HTML.

Template and stylesheet are in grader/templates/course_feedback, where nbgrader's exporter looks
for its own.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

import grader
from grader.feedback.marks import Total, entries, following, lateness, summary, total
from grader.feedback.parts import Part, name, sort
from grader.feedback.safe import STOCK, about, clean
from grader.feedback.views import cell_view, part_view
from grader.feedback.words import again, day, spoken, title, sentence_html
from grader.graded import read
from grader.course.regions import Region
from grader.results import NotebookMarks

TEMPLATES = Path(grader.__file__).resolve().parent / "templates" / "course_feedback"


@dataclass(frozen=True, slots=True)
class LearnerMarks:
    """
    What the pages of one learner share: the marks of all notebooks of the assignment, the names of
    those that were graded, when they came, the course's own texts, and what the course hides.
    """

    student: str
    assignment: str
    marks: tuple[NotebookMarks, ...]
    pages: tuple[str, ...]
    handed_in: str
    given: frozenset[str]
    hidden: tuple[Region, ...] = STOCK


def page(nb: Mapping[str, Any], notebook: str, submission: LearnerMarks) -> str:
    """Return the page of a graded notebook, which is cleaned on the way."""
    cells = nb["cells"]
    grading = read(nb)
    problem = grading.problem
    clean(cells, submission.hidden)
    own = next((marks for marks in submission.marks if marks.notebook == notebook), None)
    own = own or NotebookMarks(submission.student, notebook, 0.0, (), {})
    found = sort(cells, submission.given)
    parts = [
        part_view(part, own, grading.of(name(part.check)), readable=not problem)
        for part in found.parts
    ]
    rest = [] if problem else [cell_view(cell, own, heading) for heading, cell in found.rest]
    after = following([part.verdict for part in parts])
    look, policy = style()
    return template("page").render(
        style=look,
        policy=policy,
        student=submission.student,
        assignment=title(submission.assignment),
        title=title(notebook),
        total=total([own]) if own.marks else Total(None, 0.0, waiting=bool(parts)),
        all=total(submission.marks),
        entries=entries(submission.marks, submission.pages, notebook),
        late=lateness(submission.marks),
        summary=summary([(part.short, part.verdict) for part in parts], _noun(found.parts)),
        noun=_noun(found.parts),
        begun=any(part.verdict.state == "full" for part in parts),
        following=None if after is None else parts[after],
        parts=parts,
        rest=[cell for cell in rest if not cell.untouched],
        problem=problem,
        walls=grading.walls,
        repaired=[Markup(sentence_html(note)) for note in grading.notes],
        handed_in=day(submission.handed_in),
        again=again(max((one.due for one in submission.marks if one.due), default=None)),
    )


def _noun(parts: Sequence[Part]) -> str:
    """Return what the parts of a notebook are called."""
    marked = [part for part in parts if about(part.check).get("points") != 0]
    if marked and all(part.card is not None for part in marked):
        return "question"
    return "step" if all(spoken(name(part.check)).startswith("step") for part in parts) else "part"


@cache
def template(name: str) -> Template:
    """Return the template of a page; what is not marked as safe is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"{name}.html.j2")


@cache
def style() -> tuple[Markup, str]:
    """Return the stylesheet, and a policy that lets in this and pictures of the page's own."""
    sheet = (TEMPLATES / "feedback.css").read_text(encoding="utf-8").strip()
    mark = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{mark}'; img-src data:"
    return Markup(sheet), f"{policy}; base-uri 'none'; form-action 'none'"
