"""
source/ -> practice/: the edition for learners without an instructor.

Nothing is handed in or graded there. Each notebook brings along what may be told about its
questions, so that a card can say after "Check answer" why an option is wrong or right. The steps
keep their visible checks. The graded release never holds any of this.
"""

import ast
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.canonical import GRADED, cleaned, notebooks
from grader.checks.quiz import Material, tick
from grader.course import Course, check_assignment
from grader.errors import NoAssignment
from grader.hidden import hidden_tests, without_hidden_tests
from grader.lab import TEMPLATES

FOLDER = "practice"
HAND_IN = "**To hand in:**"  # starts the last paragraph of the start page, for learners of a class
SOLUTIONS = ("### BEGIN SOLUTION", "### END SOLUTION")


def practice(course: Course, assignments: Sequence[str] = ()) -> list[Path]:
    """Write practice/ and return the folders written; without names, all of source/."""
    names = [check_assignment(course, name) for name in assignments] or course.assignments()
    if not names:
        raise NoAssignment(f"{course.source()} holds no assignment: nothing to release.")
    written = []
    for name in names:
        folder = course.root / FOLDER / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(course.source(name), folder, ignore=shutil.ignore_patterns(".*"))
        for path in notebooks([folder]):
            edition = practice_edition(json.loads(path.read_text(encoding="utf-8")))
            text = json.dumps(edition, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            path.write_text(text, encoding="utf-8")
        written.append(folder)
    start = (TEMPLATES / "start.md").read_text(encoding="utf-8")
    page = start[: start.index(HAND_IN)].rstrip() + "\n"
    (course.root / FOLDER / "start.md").write_text(page, encoding="utf-8")
    return written


def practice_edition(nb: Mapping[str, Any]) -> dict[str, Any]:
    """Return a source notebook as learners without an instructor get it."""
    edition = cleaned(nb)
    material: dict[str, Any] = {}
    cells: list[dict[str, Any]] = []
    for cell in edition["cells"]:
        source = "".join(cell["source"])
        told, notes = _told(source)
        material |= told
        if GRADED not in cell["metadata"].pop("tags", []):
            cells.append(_for_practice(cell, source))
        cells += [_note(f"{cell['id']}_note_{n}", text) for n, text in enumerate(notes, 1)]
    edition["cells"] = cells
    if material:
        edition["metadata"]["rai"] = {"practice": material}
    return edition


def _for_practice(cell: dict[str, Any], source: str) -> dict[str, Any]:
    """Return a cell without solution, hidden tests and nbgrader's marks."""
    cell["metadata"].pop("nbgrader", None)
    before, begin, rest = source.partition(SOLUTIONS[0])
    if begin:
        source = (before + rest.partition(SOLUTIONS[1])[2].removeprefix("\n")).rstrip("\n")
    source = without_hidden_tests(source)
    return cell | {"source": source.splitlines(keepends=True)}


def _note(cell_id: str, text: str) -> dict[str, Any]:
    """Return what graded learners read in their feedback as a closed note."""
    lines = f"<details><summary>Open this when the step is done</summary>\n\n{text.strip()}\n\n"
    source = f"{lines}</details>".splitlines(keepends=True)
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}


def _told(source: str) -> tuple[dict[str, Any], list[str]]:
    """Return what hidden tests tell: material by question, and notes."""
    material: dict[str, Any] = {}
    notes: list[str] = []
    for node in ast.walk(ast.parse(hidden_tests(source))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "note":
            notes += [ast.literal_eval(arg) for arg in node.args]
        elif node.func.id == "chose":
            key, letter = (ast.literal_eval(arg) for arg in node.args)
            words = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
            words.pop("points", None)
            material[key] = _shown(Material(key=key, answer=letter, **words))
    return material, notes


def _shown(sheet: Material) -> dict[str, Any]:
    """Return what a card tells about its question, in the words that it shows."""
    lines = {
        "Final Answer": sheet.final_answer,
        "Quick Check": sheet.quick_check,
        "Hint": sheet.hint,
        "Note": sheet.note,
    }
    return {
        "answer": sheet.answer,
        "feedback": sheet.feedback,
        "steps": [list(step) for step in sheet.steps],
        "lines": [[label, tick(text)] for label, text in lines.items() if text],
        "common_mistakes": sheet.common_mistakes,
    }
