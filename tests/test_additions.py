"""
What an author touches: a question two files, an assignment three, a word of check cells four. What
else is new afterwards is written by commands.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.courses import copy_course, need_sandbox, sample_class
from support.notebooks import ROOT

from grader.batch import grade
from grader.course import Course
from grader.release import release
from grader.report import course_report
from grader.results import NotebookResult

OPTIONS = {"A": "To people it decides about", "B": "To nobody", "C": "To its maker"}
CARD = f"""from grader.widgets import Question

Question(
    "practice6",
    "To whom does a model owe an explanation?",
    {OPTIONS!r},
    points=2,
)
"""
CHECK = f"""from grader.checks import answered, verdict

answered("practice6")
### BEGIN HIDDEN TESTS
from grader.checks import chose

chose(
    "practice6",
    "A",
    points=2,
    options={OPTIONS!r},
    feedback={{"A": "Right.", "B": "Somebody has to live with it.", "C": "It knows already."}},
    hint="Who is decided about?",
)
### END HIDDEN TESTS
verdict()
"""
KEY = r'"quiz_answers[\"practice6\"] = \"A\"\n",' + "\n" + '"### END SOLUTION"'
WORD = '''

@word()
def even(name: str, points: float = 0) -> None:
    """The variable holds an even number."""
    run = now.step.run(now.step.given)
    right = type(run.values.get(name)) is int and run.values[name] % 2 == 0
    found = RIGHT if right else (0.0, f"`{name}` is odd. Take a number that 2 divides.")
    _note(found, points, 3, f"even {name}")
'''
EVEN = """from grader.checks import step, verdict

step("step_1")
### BEGIN HIDDEN TESTS
from grader.checks import even

even("pairs", points=3)
### END HIDDEN TESTS
verdict()
"""
WRITTEN = ("release", "autograded", "submitted", "feedback", "gradebook.db", ".grader")


def files(root: Path) -> dict[str, bytes]:
    """Return what people write in a folder, by its path."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
        and path.relative_to(root).parts[0] not in WRITTEN
        and "__pycache__" not in path.parts
    }


def touched(before: dict[str, bytes], root: Path) -> list[str]:
    """Return which of these files are new or changed."""
    return sorted(name for name, data in files(root).items() if before.get(name) != data)


def cell(grade_id: str, source: str, **flags: object) -> dict:
    """Return a code cell of nbgrader's; without `grade` or `solution` it is only locked."""
    about = {"grade": False, "locked": True, "solution": False, "task": False} | flags
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": grade_id,
        "metadata": {"nbgrader": about | {"grade_id": grade_id, "schema_version": 3}},
        "outputs": [],
        "source": source,
    }


def write(path: Path, *cells: dict, under: Path | None = None) -> None:
    """Write a source notebook of these cells, or put them at the end of one that is there."""
    nb = json.loads((under or ROOT / "source/mini_project/practice.ipynb").read_text("utf-8"))
    nb["cells"] = [*(nb["cells"] if under else []), *cells]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(nb), encoding="utf-8")


def answered(course: Course, assignment: str, student: str, **given: str) -> None:
    """Hand in an assignment with these answers: code by cell, or letters by question."""
    folder = course.submitted(student, assignment)
    shutil.copytree(course.release(assignment), folder)
    for path in folder.glob("*.ipynb"):
        nb = json.loads(path.read_text(encoding="utf-8"))
        for one in nb["cells"]:
            one["source"] = given.get(one["id"], one["source"])
        letters = {key: answer for key, answer in given.items() if len(answer) == 1}
        nb["metadata"]["rai"] = {"answers": letters}
        path.write_text(json.dumps(nb), encoding="utf-8")


@pytest.fixture
def sandbox():
    """A machine that can grade."""
    return need_sandbox()


def scores(results: list[NotebookResult], notebook: str) -> dict[str, float | None]:
    """Return the points of each learner for one notebook."""
    return {one.student: one.score for one in results if one.notebook == notebook}


def test_a_question_touches_two_files(sandbox, tmp_path):
    """The notebook that asks it, and the sample class that answers it."""
    course = copy_course(tmp_path / "course")
    before = files(course.root)
    source = course.source("mini_project") / "practice.ipynb"
    text = source.read_text("utf-8")  # the key's answer, above all letters
    source.write_text(text.replace('"### END SOLUTION"', KEY, 1), "utf-8")
    marked = cell("check_practice6", CHECK, grade=True, points=2)
    write(source, cell("practice6", CARD), marked, under=source)
    sample = sample_class()
    sample["quiz"]["answers"]["practice6"] = "A"
    (course.root / "tests/cases/sample_class.json").write_text(json.dumps(sample))

    release(course, ["mini_project"])
    answered(course, "mini_project", "ada", **sample["quiz"]["answers"])
    answered(course, "mini_project", "ben", **sample["quiz"]["answers"] | {"practice6": "B"})
    found = grade(course, "mini_project")

    assert ["source/mini_project/practice.ipynb", "tests/cases/sample_class.json"] == touched(
        before, course.root
    )
    assert {"ada": 11.0, "ben": 9.0} == scores(found, "practice")


def test_an_assignment_touches_three_files(sandbox, tmp_path):
    """Its notebook, its line on the start page, and its answers in the sample class."""
    course = copy_course(tmp_path / "course")
    before = files(course.root)
    answer = "### BEGIN SOLUTION\npairs = 4\n### END SOLUTION"
    write(
        course.source("pairs") / "pairs.ipynb",
        cell("step_1", answer, solution=True, locked=False),
        cell("check_step_1", "assert pairs == 4", grade=True, points=3),
    )
    start = course.source() / "start.md"
    start.write_text(start.read_text("utf-8") + "\n- [Pairs](pairs/pairs.ipynb)\n", "utf-8")
    sample = sample_class()
    sample["course"].append("pairs")
    (course.root / "tests/cases/sample_class.json").write_text(json.dumps(sample))

    release(course, ["pairs"])
    answered(course, "pairs", "ada", step_1="pairs = 4")
    answered(course, "pairs", "ben", step_1="pairs = 5")
    found = grade(course, "pairs")

    assert touched(before, course.root) == [
        "source/pairs/pairs.ipynb",
        "source/start.md",
        "tests/cases/sample_class.json",
    ]
    assert {"ada": 3.0, "ben": 0.0} == scores(found, "pairs")
    assert "pairs" in course_report(course)


def test_a_word_touches_four_files(sandbox, tmp_path):
    """Its function with its sentence, the page for authors, a check cell, and a case."""
    shutil.copytree(ROOT / "grader", tmp_path / "grader")
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    course = copy_course(tmp_path / "course")
    before = files(tmp_path)
    for name, text in (
        ("grader/checks/steps.py", WORD),
        ("docs/authors.md", "\n| `even(name, points)` | an even number |\n"),
    ):
        (tmp_path / name).write_text((tmp_path / name).read_text("utf-8") + text, "utf-8")
    answer = "### BEGIN SOLUTION\npairs = 4\n### END SOLUTION"
    write(
        course.source("pairs") / "pairs.ipynb",
        cell("step_1", answer, solution=True, locked=False),
        cell("check_step_1", EVEN, grade=True, points=3),
    )
    case = {"student": "ben", "step_1": "pairs = 5", "points": 0}
    (tmp_path / "course/tests/cases/even.json").write_text(json.dumps(case))
    changed = touched(before, tmp_path)

    run(tmp_path, "release", "pairs")
    answered(course, "pairs", "ada", step_1="pairs = 6")
    answered(course, "pairs", case["student"], step_1=case["step_1"])
    run(tmp_path, "grade", "pairs", "--json", "marks.json")
    found = json.loads((course.root / "marks.json").read_text("utf-8"))

    assert changed == [
        "course/source/pairs/pairs.ipynb",
        "course/tests/cases/even.json",
        "docs/authors.md",
        "grader/checks/steps.py",
    ]
    assert {"ada": 3.0, "ben": case["points"]} == {one["student"]: one["score"] for one in found}
    assert "is odd. Take a number that 2 divides" in json.dumps(found)


def run(place: Path, *arguments: str) -> None:
    """Run a command of the engine that lies in a folder, in the course that lies there."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=place / "course",
        env=os.environ | {"PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
