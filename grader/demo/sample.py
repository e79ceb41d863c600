"""
The sample class of the demo: what each learner writes into the notebooks that were fetched.

An answer is the key's own, from the solutions in source/, changed as the class's file says by cell:

    null             left as it was released
    a text           the whole answer
    [old, new, …]    the key's answer with something replaced
    {question: …}    the key's letters with others, "" for no answer

A text that a person marks is one of the class's own. An assignment that is null is not handed in.
"""

import json
import re
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.errors import UsageError

FILE = Path("tests/cases/sample_class.json")
DELIMITER = re.compile(r"[^\n]*### (?:BEGIN|END) SOLUTION[^\n]*\n?")
LETTER = re.compile(r'"(\w+)": "([A-D])"')
QUIZ = "quiz_answers"

Learner = dict[str, Any]
Change = None | str | list[str] | dict[str, str]


class Sample:
    """The class: its learners, the assignments of the course in order, and the first of them."""

    def __init__(self, course: Course) -> None:
        """Read the class, which is data of the tests."""
        try:
            data = json.loads((course.root / FILE).read_text(encoding="utf-8"))
        except OSError:
            raise UsageError(
                f"There is no {FILE} here: the demo runs in a clone of the course."
            ) from None
        self.course = course
        self.learners: list[Learner] = data["learners"]
        self.assignments: list[str] = data["course"]
        self._entries: dict[str, list[str]] = data["entries"]

    def who_hands_in(self, assignment: str) -> list[Learner]:
        """Return the learners who hand in an assignment."""
        return [one for one in self.learners if one["work"].get(assignment, {}) is not None]

    def key(self, assignment: str) -> dict[tuple[str, str], str]:
        """Return the cells with a solution, by notebook and cell id."""
        found = {}
        for path in self.course.source(assignment).glob("*.ipynb"):
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                source = "".join(cell["source"])
                if "### BEGIN SOLUTION" in source:
                    found[path.stem, cell["id"]] = source
        return found

    def work(self, learner: Learner, assignment: str, folder: Path) -> None:
        """Do in the fetched notebooks of an assignment what this learner did."""
        key = self.key(assignment)
        changes = learner["work"].get(assignment, {})
        for path in folder.glob("*.ipynb"):
            nb = json.loads(path.read_text(encoding="utf-8"))
            for cell in nb["cells"]:
                solved, change = key.get((path.stem, cell["id"])), changes.get(cell["id"], ())
                if solved is None or change is None:
                    continue
                if cell["id"] == QUIZ and learner.get("quiz_in") == "widget":
                    nb["metadata"]["rai"] = {"answers": letters(solved, change)}
                else:
                    cell["source"] = self._answer(learner, cell["id"], solved, change)
            text = json.dumps(nb, ensure_ascii=False, indent=1) + "\n"
            path.write_text(text, encoding="utf-8")
        if assignment == self.assignments[0]:
            _damage(learner, folder)

    def _answer(self, learner: Learner, cell_id: str, solved: str, change: Change) -> str:
        """Return what a learner wrote into a cell."""
        if isinstance(change, str):
            return change
        if cell_id == QUIZ:
            return f"{QUIZ} = {letters(solved, change)!r}"
        if texts := self._entries.get(cell_id):
            return texts[self.learners.index(learner) % len(texts)]
        text = DELIMITER.sub("", solved)
        for old, new in zip(change[::2], change[1::2], strict=True):
            text = text.replace(old, new)
        return text


def letters(solved: str, change: Change) -> dict[str, str]:
    """Return the letters of a quiz as a learner chose them."""
    chosen = dict(LETTER.findall(solved)) | dict(change or {})
    return {question: letter for question, letter in chosen.items() if letter}


def _damage(learner: Learner, folder: Path) -> None:
    """Leave notebooks out, or cut them as a bad line does."""
    for name in learner.get("without", ()):
        (folder / f"{name}.ipynb").unlink()
    for name in learner.get("cut", ()):
        text = (folder / f"{name}.ipynb").read_bytes()
        (folder / f"{name}.ipynb").write_bytes(text[: len(text) // 2])
