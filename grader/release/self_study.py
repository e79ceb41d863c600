"""
source/ -> practice/: the edition for learners without an instructor; and the same in teacher/, for
the one who stands before a class.

Nothing is handed in or graded there. Each notebook brings along what may be told about its
questions, so that a card can say after "Check answer" why an option is wrong or right, and in the
teacher's edition to a whole room. The steps keep their visible checks. The graded release never
holds any of this.
"""

import ast
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import grader.checks  # noqa: F401 - its words register
from grader.course.canonical import GOES_ON, GRADED, SOLUTION_NOTE, cleaned
from grader.checks.words import WORDS
from grader.course import Course, check_assignment
from grader.errors import NoAssignment, NotANotebook
from grader.course.regions import hidden_tests, without_hidden_tests
from grader.course.lab import START, start_page
from grader.release.examples import examples_of, released
from grader.judge.static_widgets import card
from grader.release.leftovers import refuse_leftovers
from grader.release.unmarked import without_points
from grader.sandbox import Limits
from grader.widgets.kernel.session import title

FOLDER, TEACHERS = "practice", "teacher"
OPENS = re.compile(r"(?m)^(?:function|step)\(\"(\w+)\"")  # what a check cell is about
RUBRIC = re.compile(r"(?m)^- \[ \] (?:[\d.]+ · )?(.+)\n?")  # a line, without its points
HEADING = "**Rubric**"
HAND_IN = "**To hand in:**"  # starts the last paragraph of the start page, for learners of a class
SOLUTION = re.compile(
    r"(?s)([^\n]*)### BEGIN SOLUTION.*?(?:### END SOLUTION[^\n]*\n?|\Z)"  # not closed: to the end
)


def practice(course: Course, assignments: Sequence[str] = ()) -> list[Path]:
    """
    Write practice/ and return the folders written; without names, all of source/.

    Somebody may have worked there: a file that is there and differs is kept, and named.

    Raises: NoAssignment where source/ holds none.
    """
    folders = _write(course, assignments, FOLDER)
    page = without_points(start_page(course).partition(HAND_IN)[0]).rstrip() + "\n"
    (course.root / FOLDER / START).write_text(page, encoding="utf-8")
    return folders


def teacher(course: Course, assignments: Sequence[str] = ()) -> list[Path]:
    """
    Write teacher/, whose cards tell a room which option is right and why, and return the folders
    written; without names, all of source/. It is for nobody else: it holds all solutions.

    Raises: NoAssignment where source/ holds none.
    """
    return _write(course, assignments, TEACHERS)


def _write(course: Course, assignments: Sequence[str], folder: str) -> list[Path]:
    """Write an edition of these assignments below a folder of the course."""
    names = [check_assignment(course, name) for name in assignments] or course.assignments()
    if not names:
        raise NoAssignment(f"{course.source()} holds no assignment: nothing to release.")
    place = course.root / folder
    for name in names:
        for line in refuse_leftovers(course.source(name)):
            print(line)
    for name in names:
        known = released(course.release(name)) | released(place / name)
        for path in _files(course.source(name)):
            content = _content(path, known, of_teacher=folder == TEACHERS)
            _put(place / path.relative_to(course.source()), content)
    return [place / name for name in names]


def practice_edition(nb: Mapping[str, Any]) -> dict[str, Any]:
    """Return a source notebook as learners without an instructor get it."""
    edition = cleaned(nb)
    material: dict[str, Any] = {}
    solutions: dict[str, str] = {}
    cells: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for cell in edition["cells"]:
        source = "".join(cell["source"])
        told, texts = _model(source) if cell["cell_type"] == "markdown" else _material(source)
        material |= told
        notes += [_note(f"{cell['id']}_note_{n}", text) for n, text in enumerate(texts, 1)]
        if GRADED not in cell["metadata"].pop("tags", []):
            cells.append(_for_practice(cell, source))
            if cell["cell_type"] == "code" and SOLUTION.search(source):
                solutions[cell["id"]] = without_marks(source)
        if cell["cell_type"] == "markdown" and (lines := RUBRIC.findall(source)):
            cells.append(_rubric(cell["id"], lines))
    for cell in cells:
        if cell["cell_type"] == "code":
            # A page of it can be read where the course is not installed, and on paper.
            cell["outputs"] = card("".join(cell["source"]), {}, material) or []
    solved = [_note(name + SOLUTION_NOTE, _as_text(name, code)) for name, code in solutions.items()]
    # The last cell says where to go next. Before it the notes spoil no question.
    edition["cells"] = [*cells[:-1], *solved, *notes, *cells[-1:]]
    told = {"practice": material, "solutions": solutions}
    if any(told.values()):
        edition["metadata"]["rai"] = {name: one for name, one in told.items() if one}
    return edition


def without_marks(source: str) -> str:
    """Return a cell of a source notebook with its solution, and without the lines that mark it."""
    return re.sub(r"(?m)^.*### (BEGIN|END) SOLUTION.*\n?", "", source).strip()


def _files(folder: Path) -> list[Path]:
    """Return the files below a folder, but not what is hidden or made by Python."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        path
        for path in found
        if not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
    ]


def _content(path: Path, known: Mapping[str, Any], of_teacher: bool) -> bytes:
    """Return what a file of source/ is in an edition; `known` are examples drawn before."""
    if path.suffix != ".ipynb":
        return path.read_bytes()
    try:
        nb = json.loads(path.read_text(encoding="utf-8"))
        edition = practice_edition(nb)
        found = examples_of(nb, path, Limits(), known, print)
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError) as error:
        raise NotANotebook(f"{path} is not a notebook of this course: {error}.") from None
    if of_teacher:
        found = {**found, "teacher": True}  # see widgets/notebook.py
    if found:
        edition["metadata"].setdefault("rai", {}).update(found)
    return (json.dumps(edition, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _put(path: Path, content: bytes) -> None:
    """Write a file, unless another one is there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    elif path.read_bytes() != content:
        print(f"kept: {path} differs from what is released. Delete it to have it written anew.")


def _for_practice(cell: dict[str, Any], source: str) -> dict[str, Any]:
    """Return a cell without solution, hidden tests and nbgrader's marks; what it locks stays so."""
    about = cell["metadata"].pop("nbgrader", {})
    if about.get("locked") or about.get("solution"):
        cell["metadata"]["deletable"] = False
    if about and not about.get("grade") and cell["cell_type"] == "code":
        cell["metadata"]["tags"] = [GOES_ON]
    if about.get("locked"):
        cell["metadata"]["editable"] = False
    solutions = list(SOLUTION.finditer(source))
    left = without_hidden_tests(SOLUTION.sub("", source))
    if solutions:  # a line to write in
        left += "\n" + solutions[-1][1] * (solutions[-1].end() == len(source))
    left = without_points(left) if cell["cell_type"] == "markdown" else left
    return cell | {"source": left.splitlines(keepends=True)}


def _note(cell_id: str, text: str) -> dict[str, Any]:
    """Return what graded learners read in their feedback as a closed note."""
    lines = f"<details><summary>Open this when you are done</summary>\n\n{text.strip()}\n\n"
    source = f"{lines}</details>".splitlines(keepends=True)
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}


def _as_text(answer_id: str, code: str) -> str:
    """Return a solution as those read it for whom no check runs."""
    return f"**One solution: {title(answer_id)}**\n\n```python\n{code}\n```"


def _model(source: str) -> tuple[dict[str, Any], list[str]]:
    """Return the model answer of a text that a person would read, and what it would be read for."""
    texts = [without_marks(found[0]) for found in SOLUTION.finditer(source)]
    models = [RUBRIC.sub("", text).replace(HEADING, "").strip() for text in texts]
    return {}, [f"**A model answer**\n\n{text}" for text in models]


def _rubric(answer_id: str, lines: Sequence[str]) -> dict[str, Any]:
    """Return a folded cell with what a text is read for, to be ticked beside it."""
    items = "".join(f"    {json.dumps(line, ensure_ascii=False)},\n" for line in lines)
    head = "# This cell shows what to look for in your text. Run it with Shift+Enter.\n"
    source = f'{head}from grader.widgets import Rubric\n\nRubric("{answer_id}", [\n{items}])'
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"{answer_id}_rubric",
        "metadata": {
            "deletable": False,
            "editable": False,
            "jupyter": {"source_hidden": True},
        },
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def _material(source: str) -> tuple[dict[str, Any], list[str]]:
    """Return what hidden tests tell: material by question, pattern or answer cell, and notes."""
    material: dict[str, Any] = {}
    notes: list[str] = []
    opened = OPENS.search(source)
    for node in ast.walk(ast.parse(hidden_tests(source))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        word = WORDS.get(node.func.id)
        if word is None or word.tells is None:
            continue
        words = {one.arg: ast.literal_eval(one.value) for one in node.keywords}
        told, texts = word.tells(*map(ast.literal_eval, node.args), **words)
        if opened and "" in told:  # about the answer that this cell checks
            material.setdefault(opened[1], {}).update(told.pop(""))
        material |= told
        notes += texts
    return material, notes
