"""The questions of an assignment for a vote, with what is right: read from source/, never run."""

import ast
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from grader.course import Course
from grader.errors import GraderError, NotANotebook
from grader.release.self_study import practice_edition
from grader.widgets import plugged
from grader.widgets.kernel.session import question_title, reason
from grader.widgets.question import TABLES

CARD = "Question"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: what all see, and what is told when it is revealed (`answer`, `reasons`)."""

    key: str
    title: str
    stem: str
    options: dict[str, str]
    code: str = ""
    after: str = ""
    note: str = ""
    tables: list[dict[str, Any]] = field(default_factory=list)
    answer: str = ""
    reasons: dict[str, str] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """Return what may be seen before it is revealed."""
        everything = asdict(self)
        return {name: everything[name] for name in everything if name not in ("answer", "reasons")}

    def revealed(self) -> dict[str, Any]:
        """Return what is told when it is revealed."""
        return {"answer": self.answer, "reasons": self.reasons}


def questions(course: Course, assignment: str) -> list[Asked]:
    """
    Return the questions of an assignment in their order.

    Raises: GraderError where there are none or source/ cannot be read; NotANotebook.
    """
    found: list[Asked] = []
    for name in course.notebooks(assignment):
        path = course.source(assignment) / f"{name}.ipynb"
        try:
            nb = json.loads(path.read_text(encoding="utf-8"))
            told = practice_edition(nb)["metadata"].get("rai", {}).get("practice", {})
            found += _of_notebook(nb, told)
        except OSError as error:
            raise GraderError(f"{path}: {error.strerror}.") from None
        except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, LookupError) as error:
            raise NotANotebook(f"{path} is not a notebook of this course: {error}.") from None
    if not found:
        raise GraderError(
            f"{assignment} holds no questions to vote on. Name an assignment with question cards."
        )
    return found


def _of_notebook(nb: dict[str, Any], told: dict[str, Any]) -> list[Asked]:
    cells = (cell for cell in nb["cells"] if cell["cell_type"] == "code")
    calls = (call for cell in cells for call in _calls("".join(cell["source"])))
    return [_asked(call, told) for call in calls]


def _calls(source: str) -> list[ast.Call]:
    """Return the cards that a cell shows."""
    if f"{CARD}(" not in source:
        return []
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == CARD
    ]


def _asked(call: ast.Call, told: dict[str, Any]) -> Asked:
    given = dict(zip(("key", "stem", "options"), map(ast.literal_eval, call.args), strict=False))
    given |= {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    material = told.get(given["key"], {})
    tables = [plugged(TABLES, name)() for name in given.get("beside", ())]
    return Asked(
        key=given["key"],
        title=question_title(given["key"]),
        stem=given["stem"],
        options=given["options"],
        code=given.get("code", ""),
        after=given.get("after", ""),
        note=given.get("note", ""),
        tables=[*([given["figures"]] if given.get("figures") else []), *tables],
        answer=material.get("answer", ""),
        reasons={n: reason(text) for n, text in material.get("feedback", {}).items()},
    )
