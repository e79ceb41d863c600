"""A lesson from a class: the notebook that `grader report --lesson` writes."""

import errno
import json
import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient
from support.courses import copy_course, hand_in, need_sandbox

from grader import gradebook
from grader import lesson as lesson_module
from grader.batch import grade
from grader.cli import main
from grader.course import Course
from grader.errors import WallMissing
from grader.sandbox import levels

pytestmark = pytest.mark.slow

LOOP = """{count} = 0
for i in range(len(model_results['predictions'])):
    if model_results['predictions'][i] == model_results['predictions'][i]:
        {count} += 1
accuracy = {count} / len(model_results['predictions'])"""
TYPED = "# Benjamin's answer\n'''by ben'''\naccuracy = 0.8  # ben@uni.edu"
OWNED = (
    "import os\nfor i in range(5):\n    open('/tmp/owned-by-{}', 'w').write('x')\naccuracy = 0.8"
)
NAMES = ("ben", "cara", "dana", "eve", "Benjamin", "Quillfeather", "uni.edu")


@pytest.fixture(scope="module")
def a_class(tmp_path_factory):
    """A class with four mistakes in one task, two of them made twice, and the lesson of it."""
    need_sandbox()
    course = copy_course(tmp_path_factory.mktemp("lesson") / "course")
    hand_in(course, "ada")
    hand_in(course, "ben", step_3=TYPED)
    hand_in(course, "cara", step_3="accuracy  =  0.8")
    hand_in(course, "dana", step_3=LOOP.format(count="dana_count"))
    hand_in(course, "eve", step_3=LOOP.format(count="eve"), step_2="fairness_threshold = '0.8'")
    hand_in(course, "finn", step_1=None, step_2=None, step_3=None, step_4=None)
    hand_in(course, "gus", step_3=OWNED.format(os.getpid()))
    with gradebook.opened(course) as book:
        book.update_or_create_student("ben", first_name="Benjamin", last_name="Quillfeather")
    grade(course, "mini_project")
    before = os.getcwd()
    os.chdir(course.root)
    try:
        assert 0 == main(["report", "mini_project", "--lesson"])
    finally:
        os.chdir(before)
    path = course.root / "lesson_mini_project.ipynb"
    return SimpleNamespace(course=course, path=path, text=path.read_text(encoding="utf-8"))


@pytest.fixture
def inside(a_class, tmp_path, monkeypatch) -> Course:
    """The class in a copy, with the working directory in it."""
    shutil.copytree(a_class.course.root, tmp_path / "course", symlinks=True)
    monkeypatch.chdir(tmp_path / "course")
    return Course(tmp_path / "course")


def cells(a_class) -> dict[str, str]:
    """Return the texts of the lesson by cell."""
    return {one["id"]: "".join(one["source"]) for one in json.loads(a_class.text)["cells"]}


def test_the_commonest_mistakes_are_questions_with_their_share(a_class):
    """Two of a task at most; a mistake of one learner fills up, and the start says so."""
    found = cells(a_class)
    questions = [text for name, text in found.items() if name.startswith("question")]

    assert 3 == len(questions)
    assert all(f"## {n}. What does this code do?" in text for n, text in enumerate(questions, 1))
    shares = [re.search(r"(\d) of (\d) learners", text).groups() for text in questions]
    assert [("2", "7"), ("2", "7"), ("1", "7")] == shares
    assert ["Step 3", "Step 3", "Step 2"] == [re.search(r"Step \d", one)[0] for one in questions]
    assert "one of these is of one learner alone" in found["start"]


def test_a_question_shows_the_code_and_only_below_it_what_is_wrong(a_class):
    """The loops come after the question, then, closed, the sentence and the author's answer."""
    found = cells(a_class)
    order = [name for name in found if name.endswith("_2")]

    assert "accuracy" in found["question_1"] and "0.8" in found["question_1"]
    assert ["question_2", "loops_2", "answer_2"] == order
    assert "told" not in found["question_2"]
    assert found["answer_2"].startswith("<details>")
    assert "**What these learners were told:**" in found["answer_2"]
    assert "BEGIN SOLUTION" not in a_class.text
    assert "below this line" not in a_class.text


def test_nobodys_name_is_in_it(a_class):
    """Not in comments, docstrings, identifiers, values, sentences or paths; in no letter case."""
    folded = a_class.text.casefold()

    assert [] == [name for name in NAMES if re.search(rf"\b{name.casefold()}(?![a-z])", folded)]
    assert str(a_class.course.root) not in a_class.text
    assert "/home" not in a_class.text and "/tmp" not in a_class.text


def test_it_is_a_sound_notebook_in_the_form_of_the_course(a_class):
    """Valid for nbformat, keys sorted; its outputs tell all without being run."""
    nb = json.loads(a_class.text)
    nbformat.validate(nbformat.from_dict(nb))
    again = json.dumps(nb, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    loops = [cell for cell in nb["cells"] if cell["cell_type"] == "code"]

    assert a_class.text == again
    assert 2 == len(loops)
    for cell in loops:
        (output,) = cell["outputs"]
        assert "The right code: The loop took 5 turns" in "".join(output["data"]["text/plain"])
        assert "<script" not in "".join(output["data"]["text/html"])


def test_opening_and_running_it_runs_nothing_of_a_learner(a_class, tmp_path):
    """Its cells build a part from data: no line of a learner's is run, and nothing is written."""
    marker = f"/tmp/owned-by-{os.getpid()}"
    nb = nbformat.reads(a_class.text, as_version=4)
    done = NotebookClient(nb, resources={"metadata": {"path": str(tmp_path)}}).execute()
    html = [one["outputs"][0]["data"]["text/html"] for one in done.cells if one.cell_type == "code"]

    assert not os.path.exists(marker)
    assert "They part in turn 3" in html[1]
    assert [] == list(tmp_path.iterdir())
    for cell in (one for one in done.cells if one.cell_type == "code"):
        assert not re.search(r"(?m)^(?!from grader).*\b(import|exec|eval|open)\b", own(cell.source))


def own(source: str) -> str:
    """Return the statements of a cell without the texts in them."""
    return re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "''", source)


def test_it_is_written_anew_and_over_nothing_else(inside, capsys):
    """A lesson takes the place of a lesson; another notebook of the name stays as it is."""
    assert 0 == main(["report", "mini_project", "--lesson"])
    (inside.root / "mine.ipynb").write_text("{}")

    assert 2 == main(["report", "mini_project", "--lesson", "mine.ipynb"])
    assert "another file than a lesson" in capsys.readouterr().err
    assert "{}" == (inside.root / "mine.ipynb").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["--lesson"], 2, "A lesson is of one assignment"),
        (["nope", "--lesson"], 2, "no assignment 'nope'"),
        (["mini_project", "--no-walls"], 2, "--no-walls goes with --lesson"),
        (["mini_project", "--lesson", "page.html"], 2, "Name a file *.ipynb"),
        (["mini_project", "--lesson", "nowhere/a.ipynb"], 2, "There is no folder nowhere"),
        (["mini_project", "--lesson", "release/mini_project/a.ipynb"], 2, "lies in release/"),
        (["mini_project", "--lesson", "source/a.ipynb"], 2, "lies in source/"),
        (["beyond_accuracy", "--lesson"], 1, "grader grade beyond_accuracy"),
    ],
)
def test_what_cannot_be_done_is_one_line_that_says_what_to_do(
    arguments, code, line, inside, capsys
):
    """And no file is written."""
    (inside.root / "lesson_mini_project.ipynb").unlink()

    assert code == main(["report", *arguments])
    told = capsys.readouterr().err
    assert line in told and 1 == len(told.splitlines())
    assert [] == list(inside.root.glob("*.ipynb"))


def test_a_class_without_mistakes_has_no_lesson(course, capsys, monkeypatch):
    """What was not tried, or left as it was, is no mistake to talk about."""
    need_sandbox()
    monkeypatch.chdir(course.root)
    hand_in(course, "ada")
    hand_in(course, "finn", step_1=None, step_2=None, step_3=None, step_4=None)
    grade(course, "mini_project")

    assert 1 == main(["report", "mini_project", "--lesson"])
    assert "Nobody in mini_project wrote wrong code" in capsys.readouterr().err


def test_hand_ins_that_are_gone_are_missed_with_what_to_do(inside, capsys):
    """The marks are there, and the graded notebooks are not."""
    shutil.rmtree(inside.root / "autograded")

    assert 1 == main(["report", "mini_project", "--lesson"])
    assert "autograded/ has no notebooks of mini_project" in capsys.readouterr().err


def test_a_notebook_that_cannot_be_read_is_told(inside):
    """The others make the lesson."""
    path = inside.autograded("ben", "mini_project") / "build_and_apply.ipynb"
    path.chmod(0o600)
    path.write_text("{", encoding="utf-8")
    assert 0 == main(["report", "mini_project", "--lesson"])
    text = (inside.root / "lesson_mini_project.ipynb").read_text(encoding="utf-8")

    assert "Left out&#58; 1 graded notebook that" in text


def test_without_walls_no_learner_code_runs_unless_it_is_said(inside, capsys, monkeypatch):
    """As in grading: one line says what to install, or the lesson says that there were none."""

    def choose():
        raise WallMissing("No sandbox for learner code: try --no-walls.")

    (inside.root / "lesson_mini_project.ipynb").unlink()
    monkeypatch.setattr(levels, "choose", choose)

    assert 1 == main(["report", "mini_project", "--lesson"])
    told = capsys.readouterr().err
    assert "No sandbox for learner code" in told and "--lesson --no-walls" in told
    assert 1 == len(told.splitlines())
    assert not (inside.root / "lesson_mini_project.ipynb").exists()
    assert 0 == main(["report", "mini_project", "--lesson", "--no-walls"])
    text = (inside.root / "lesson_mini_project.ipynb").read_text(encoding="utf-8")
    assert "Learner code was run without walls" in text


def test_a_full_disk_leaves_the_lesson_of_before(tmp_path, monkeypatch):
    """Half a notebook is never there, and neither is what it was written to."""
    path = tmp_path / "lesson_quiz.ipynb"
    path.write_text("before")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        lesson_module._put(path, "after")

    assert [path] == list(tmp_path.iterdir())
    assert "before" == path.read_text()
