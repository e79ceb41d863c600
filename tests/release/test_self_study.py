"""The practice edition: what learners without an instructor get, and what they do not."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest
from support.courses import ROOT, answer, copy_course
from support.kernels import Kernel
from nbclient import NotebookClient
from nbformat.validator import validate
from support.notebooks import ESSAYS, QUESTIONS, NOTEBOOKS, asked, calls, cells

from grader.cli import main
from grader.course import Course
from grader.course.canonical import SOLUTION_NOTE, canonical
from grader.course.regions import BEGIN
from grader.errors import Leftover, NoAssignment, NotANotebook
from grader.release.unmarked import without_points
from grader.course.lab import copy_release
from grader.release.self_study import practice, practice_edition, teacher
from grader.widgets import Question, Strength
from grader.widgets.kernel import session

HANDED_IN = {"hand_in", "quiz_answers", "your_answers", "check_your_answers", "feedback_follows"}
HANDED_IN |= {"verdict", "check_pattern"}
OF_A_CLASS = (
    r"(?i)\bsubmit|\bhand(ed|ing)? (it )?in\b|teacher|instructor|after grading|your feedback"
    r"|nbgrader|In a class|not graded|\d points?\b|\(no points\)|\| *Points *\|"
)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course whose practice edition is written; read, never changed."""
    course = copy_course(tmp_path_factory.mktemp("practice") / "course")
    practice(course)
    return course


def path(course: Course, name: str) -> Path:
    """The file of a notebook of the practice edition."""
    return course.root / "practice" / NOTEBOOKS[name] / f"{name}.ipynb"


def read(course: Course, name: str) -> dict:
    """A notebook of the practice edition."""
    return json.loads(path(course, name).read_text(encoding="utf-8"))


def sources(course: Course, name: str) -> dict[str, str]:
    """The texts of its cells by id."""
    return {cell["id"]: "".join(cell["source"]) for cell in read(course, name)["cells"]}


def material(course: Course, key: str) -> dict:
    """What a notebook tells about a question."""
    return read(course, QUESTIONS[key])["metadata"]["rai"]["practice"][key]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    files = [found for found in sorted(folder.rglob("*")) if found.is_file()]
    return {str(found.relative_to(folder)): found.read_bytes() for found in files}


def test_the_command_writes_all_notebooks_and_the_start_page(course, monkeypatch, capsys):
    """`grader release --practice` names the folders that it wrote, and leaves release/ alone."""
    monkeypatch.chdir(course.root)
    code = main(["release", "--practice"])
    folder = course.root / "practice"
    notebooks = {f"{where}/{name}.ipynb" for name, where in NOTEBOOKS.items()}

    assert 0 == code
    assert capsys.readouterr().out == "".join(
        f"released: {folder}/{name}\n" for name in sorted(set(NOTEBOOKS.values()))
    )
    assert {"start.md"} | notebooks == set(contents(folder))
    assert contents(ROOT / "release") == contents(course.release())


def test_one_assignment_can_be_asked_for(course):
    """Only the folder of this assignment is written."""
    assert [course.root / "practice" / "step_by_step"] == practice(course, ["step_by_step"])
    assert not (course.root / "practice" / "mini_project").exists()


def test_an_unknown_assignment_is_refused(course, tmp_path):
    """Nothing is written for a name that is no assignment, nor for a course without any."""
    with pytest.raises(NoAssignment, match="capstone"):
        practice(course, ["capstone"])
    with pytest.raises(NoAssignment):
        practice(Course(tmp_path))
    assert not (course.root / "practice").exists()


def test_a_broken_source_is_named(course, capsys, monkeypatch):
    """One line says which file is no notebook."""
    broken = course.source("mini_project") / "practice.ipynb"
    broken.write_bytes(broken.read_bytes()[:900])
    monkeypatch.chdir(course.root)

    with pytest.raises(NotANotebook, match=str(broken)):
        practice(course)
    assert 1 == main(["release", "--practice"])
    assert f"grader: {broken} is not a notebook" in capsys.readouterr().err


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_valid_and_says_what_the_graded_one_says(released, name):
    """Every cell reads as in release/ without points, but those for grading and the notes."""
    validate(read(released, name))
    mine = sources(released, name)
    notes = [cell for cell in mine if "_note_" in cell or cell.endswith("_rubric")]
    graded = {
        key: cell["source"] if is_code(cell) else without_points(cell["source"])
        for key, cell in cells("release", name).items()
        if "graded" not in cell["metadata"].get("tags", [])
    }

    assert (4, 5) == (read(released, name)["nbformat"], read(released, name)["nbformat_minor"])
    assert graded == {key: text for key, text in mine.items() if key not in notes}
    assert list(graded) == [key for key in mine if key not in notes]
    assert ["next"] == list(mine)[-1:]


def is_code(cell: dict) -> bool:
    """True for a code cell."""
    return cell["cell_type"] == "code"


def test_findings_bring_what_is_right_about_them(released):
    """By the cell of the answer and the key of each finding, with the sentence for who misses it."""
    told = read(released, "beyond_accuracy")["metadata"]["rai"]["practice"]["a6"]

    assert {"overall_passes": [True], "worst_gender": ["woman"]} == {
        key: told[key]["right"] for key in ("overall_passes", "worst_gender")
    }
    assert [["gender"]] == told["ratio_below_0_8"]["right"]
    assert "0.802" in told["overall_passes"]["sentence"]


@pytest.mark.parametrize("name", ESSAYS)
def test_a_text_that_a_person_would_read_brings_its_model_answer(released, name):
    """
    Near the end stands a closed note with a model answer; what it would be read for stands below
    one's own text, to be ticked, and without points.
    """
    found = sources(released, name)
    notes = [text for key, text in found.items() if "_note_" in key and SOLUTION_NOTE not in key]
    (rubric,) = [key for key in found if key.endswith("_rubric")]
    lines = ast.literal_eval(found[rubric].partition(", ")[2].rstrip(")"))

    assert 1 == len(notes)
    assert 5 == len(lines)
    assert not any(line[0].isdigit() for line in lines)
    keys = list(found)
    assert rubric == f"{keys[keys.index(rubric) - 1]}_rubric"
    assert "<details><summary>Open this when you are done</summary>" in notes[0]
    assert "**A model answer**" in notes[0]
    assert "- [ ]" not in notes[0] and "Rubric" not in notes[0]
    assert "SOLUTION" not in notes[0]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_nothing_of_grading_is_in_a_notebook(released, name):
    """No marks of nbgrader, no tags, no hidden tests, no solutions, no cells for handing in."""
    notebook = read(released, name)
    found = sources(released, name)
    text = "\n".join(one for key, one in found.items() if not key.endswith(SOLUTION_NOTE))
    solutions = re.findall(
        r"### BEGIN SOLUTION\n(.*?)### END SOLUTION",
        "\n".join(cell["source"] for cell in cells("source", name).values() if is_code(cell)),
        re.DOTALL,
    )

    kept = {"jupyter", "deletable", "editable"}
    for cell in notebook["cells"]:
        assert cell["metadata"].pop("tags", []) in ([], ["raises-exception"])
    assert [] == [c["id"] for c in notebook["cells"] if set(c["metadata"]) - kept]
    assert "quiz_answers" not in notebook["metadata"].get("rai", {}).get("solutions", {})
    assert not set(sources(released, name)) & HANDED_IN
    assert not any(mark in text for mark in (BEGIN, "### BEGIN SOLUTION", "quiz_answers", "chose("))
    assert not any(solution.strip() in text for solution in solutions if "print" not in solution)
    assert "print(f" not in sources(released, name).get("step_4", "")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_text_speaks_of_a_class(released, name):
    """Nobody there hands anything in, so no text tells how."""
    told = {key: re.search(OF_A_CLASS, text) for key, text in sources(released, name).items()}

    assert {} == {key: found[0] for key, found in told.items() if found}


def test_the_start_page_has_no_paragraph_about_handing_in(released):
    """Its links lead to notebooks that are there."""
    text = (released.root / "practice" / "start.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)", text)

    assert not re.search(OF_A_CLASS, text)
    assert len(links) >= 7
    assert [] == [link for link in links if not (released.root / "practice" / link).is_file()]


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_notebook_brings_along_what_may_be_told(released, key):
    """For each question the key's letter, a sentence for each option, and the solution's steps."""
    told = material(released, key)
    ((key_letter, words),) = [
        (args[1], words)
        for name, args, words in calls("source", QUESTIONS[key], f"check_{key}")
        if name == "chose"
    ]

    assert key_letter == told["answer"]
    assert list("ABCD") == sorted(told["feedback"])
    assert all(told["feedback"].values())
    assert [list(step) for step in words["steps"]] == told["steps"] != []
    assert words.get("common_mistakes", []) == told["common_mistakes"]
    assert ["Final Answer", words["final_answer"]] == told["lines"][0]
    assert all("[OK]" not in text for _, text in told["lines"])


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_graded_release_holds_none_of_it(name):
    """Neither material in the metadata, beside examples, nor a sentence about an option."""
    text = (ROOT / "release" / NOTEBOOKS[name] / f"{name}.ipynb").read_text(encoding="utf-8")
    rai = json.loads(text)["metadata"].get("rai", {})

    assert set(rai) in (set(), {"examples", "drawn_from"})


def test_no_sentence_of_the_material_is_in_the_release(released):
    """What is told about options after a check stands in no released notebook."""
    text = " ".join(
        cell["source"] for name in NOTEBOOKS for cell in cells("release", name).values()
    )
    told = [why for key in QUESTIONS for why in material(released, key)["feedback"].values()]

    assert 72 == len(told)
    assert [] == [why for why in told if why in text]


def test_the_notes_come_when_the_questions_were_asked(released):
    """Closed, and before the last cell: one of them answers the ethics question."""
    keys = [key for key in sources(released, "build_and_apply") if SOLUTION_NOTE not in key]
    note = sources(released, "build_and_apply")["check_step_4_note_1"]

    assert ["ethics_question", "ethics_note", "check_step_4_note_1", "next"] == keys[-4:]
    assert note.startswith("<details><summary>Open this when you are done</summary>\n\n**One")
    assert note.endswith("\n\n</details>")


def test_the_visible_checks_run(released, tmp_path):
    """Right answers pass all four steps of the mini project, without anything for grading."""
    folder = tmp_path / "mine"
    folder.mkdir()
    mine = folder / "build_and_apply.ipynb"
    mine.write_bytes(path(released, "build_and_apply").read_bytes())
    answer(folder)
    notebook = nbformat.read(mine, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute()
    said = {
        cell["id"]: "".join(o.get("data", {}).get("text/plain", "") for o in cell["outputs"])
        for cell in notebook["cells"]
        if cell["id"].startswith("check_step_") and cell["cell_type"] == "code"
    }

    assert [f"check_step_{n}" for n in range(1, 5)] == list(said)
    assert [] == [key for key, text in said.items() if not text.startswith("✔ Step")]


@pytest.mark.parametrize("key", QUESTIONS)
def test_check_answer_tells_why(released, key, monkeypatch):
    """A wrong letter gets the sentence for its option and no letter, the right one its praise."""
    name, told = QUESTIONS[key], material(released, key)
    Kernel(monkeypatch, path(released, name))
    facts = Question(**asked("release", name, key)).props()
    for letter, why in told["feedback"].items():
        monkeypatch.setattr(session, "given", {})
        part = Question(**asked("release", name, key))
        part.answer({"check": letter})
        result = part.result

        assert (letter == told["answer"], letter) == (result["passed"], result["letter"])
        assert re.sub(r"^Right[:.] ", "", why).lower() == result["why"].lower()
        assert (letter if part.once else "") == part.given
        assert not result["why"][0].islower() or re.match(r"\w+[_(]|[a-z]\d", result["why"])  # code
        assert not re.search(rf"\b(Option|answer is) {told['answer']}\b", result["why"])
        assert result == part.props()["result"]
    assert (True, None) == (facts["practice"], facts["result"])
    assert facts["says"]["saved"].startswith("Saved in this notebook.")
    assert not any("quiz_answers" in text for text in facts["says"].values())
    assert not any("Submit" in text for text in facts["says"].values())


def test_the_scale_of_a_pattern_comes_along(released, monkeypatch):
    """The verdict on a pattern is told as soon as all of its answers are checked."""
    keys = [key for key, name in QUESTIONS.items() if name == "pattern_test"]
    kernel = Kernel(monkeypatch, path(released, "pattern_test"))
    monkeypatch.setattr(session, "given", {key: material(released, key)["answer"] for key in keys})
    part = Strength("pattern", *keys)
    sentence = part.props()["verdict"]["sentence"]
    session.given.popitem()

    assert "Strong: 20 of 20 points, 3 of 3 hard questions right." == sentence
    assert None is part.props()["verdict"]
    assert set(keys) == set(read(released, "pattern_test")["metadata"]["rai"]["practice"]) - {
        "pattern"
    }
    assert kernel.shell.kernel


def test_nothing_is_judged_in_the_graded_edition(monkeypatch):
    """The same message to a card of release/ does nothing."""
    Kernel(monkeypatch, ROOT / "release" / "mini_project" / "practice.ipynb")
    part = Question(**asked("release", "practice", "practice1"))
    part.answer({"check": "A"})

    assert part.result is None
    assert not part.props()["practice"]


def test_writing_twice_gives_the_same_bytes(course, capsys):
    """The second time nothing changes and nothing is told to be kept."""
    practice(course)
    before = contents(course.root / "practice")
    practice(course)

    assert before == contents(course.root / "practice")
    assert "" == capsys.readouterr().out


def test_work_is_never_overwritten(course, capsys):
    """A notebook somebody worked in is kept and named; what is missing is written again."""
    practice(course)
    before = contents(course.root / "practice")
    worked, other = path(course, "build_and_apply"), path(course, "practice")
    answer(worked.parent)
    mine = worked.read_bytes()
    other.unlink()
    (course.root / "practice" / "my notes.md").write_text("mine", encoding="utf-8")
    practice(course)

    assert (
        f"kept: {worked} differs from what is released. Delete it to have it written anew.\n"
        == capsys.readouterr().out
    )
    assert mine == worked.read_bytes()
    assert before | {
        "mini_project/build_and_apply.ipynb": mine,
        "my notes.md": b"mine",
    } == contents(course.root / "practice")


def test_data_comes_along_and_hidden_files_do_not(course):
    """A table beside a notebook is copied; checkpoints and caches are not."""
    source = course.source("mini_project")
    files = ("people.csv", ".ipynb_checkpoints/a.ipynb", "__pycache__/a.pyc")
    for name in files:
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text("a,b\n", encoding="utf-8")
    practice(course, ["mini_project"])
    found = set(contents(course.root / "practice" / "mini_project"))

    assert {"build_and_apply.ipynb", "practice.ipynb", "people.csv"} == found


def test_a_leftover_is_not_copied(course):
    """What may not be released may not be practised with either: it might hold answers."""
    answers = course.source("mini_project") / "answers.json"
    answers.write_text("### BEGIN SOLUTION", encoding="utf-8")
    with pytest.raises(Leftover, match=r"answers\.json"):
        practice(course)

    assert not (course.root / "practice").exists()


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("# one\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n", "# one\n"),
        (
            "def f():\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION\n    # b",
            "def f():\n    # b\n",
        ),
        (
            "### BEGIN SOLUTION\n1\n### END SOLUTION\na\n### BEGIN SOLUTION\n2\n### END SOLUTION",
            "a\n",
        ),
        ("# one\n### BEGIN SOLUTION\nx = 1", "# one\n"),
        (
            "def f():\n    # a\n    ### BEGIN SOLUTION\n    1\n    ### END SOLUTION",
            "def f():\n    # a\n    ",
        ),
        ("x = 1", "x = 1"),
    ],
)
def test_every_solution_goes(source, left):
    """Several in a cell, one that is indented, and one that is never closed."""
    cell = {"cell_type": "code", "id": "step", "metadata": {}, "source": source}
    edition = practice_edition({"cells": [cell, cell | {"id": "next"}]})

    cells = [one for one in edition["cells"] if not one["id"].endswith(SOLUTION_NOTE)]
    assert [left, left] == ["".join(one["source"]) for one in cells]


def test_the_teachers_edition_reveals_and_no_other_does(tmp_path, monkeypatch):
    """Its cards know the right option and the reason of each; practice/ and release/ say none."""
    course = copy_course(tmp_path / "course")
    folders = teacher(course, ["step_by_step"])
    practice(course, ["step_by_step"])
    name = "step_by_step/visual_quiz.ipynb"
    made = {}
    for edition in ("teacher", "practice", "release"):
        path = course.root / edition / name
        monkeypatch.setenv("JPY_SESSION_NAME", str(path))
        card = Question(**asked("source", "visual_quiz", "visual1"))
        made[edition] = card.props()["told"]

    assert [course.root / "teacher" / "step_by_step"] == folders
    assert "A" == made["teacher"]["answer"]
    assert set("ABCD") == set(made["teacher"]["reasons"])
    assert (None, None) == (made["practice"], made["release"])


def test_the_teachers_edition_stays_with_the_teacher(tmp_path):
    """Git leaves it out, and what learners get is copied from release/ alone."""
    course = copy_course(tmp_path / "course")
    teacher(course, ["step_by_step"])
    copy_release(course)

    assert "/teacher/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert not list((course.root / "work").rglob("*teacher*"))
    work = [path.read_text(encoding="utf-8") for path in (course.root / "work").rglob("*.ipynb")]
    assert not [text for text in work if '"teacher": true' in text]


def test_the_command_writes_one_edition_at_a_time(tmp_path, monkeypatch, capsys):
    """`grader release --teacher` names what it wrote; both options at once are wrong use."""
    course = copy_course(tmp_path / "course")
    monkeypatch.chdir(course.root)

    assert 0 == main(["release", "--teacher", "step_by_step"])
    assert "teacher/step_by_step" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["release", "--teacher", "--practice"])
