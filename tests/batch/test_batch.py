"""A class through grading."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest
from nbgrader import api
from support.courses import hand_in
from traitlets.config.loader import PyFileConfigLoader

from grader import gradebook
from grader.batch import grade
from grader.cli import main
from grader.course import Course
from grader.errors import NoKey, NoSubmission
from grader.judge.client import WorkerClient
from grader.release import release
from grader.results import to_json


def test_right_answers_get_full_marks(graded):
    """Every step and question right gives every point."""
    found = [graded.by_name["ada", name].score for name in ("build_and_apply", "practice")]

    assert found == [10, 9]


def test_an_untouched_notebook_gets_nothing(graded):
    """What was handed in as released scores 0, and is graded."""
    result = graded.by_name["finn", "build_and_apply"]

    assert (result.score, result.status) == (0, "graded")


def test_a_lost_point_comes_with_a_sentence(graded):
    """A cell with lost points carries what the learner was told."""
    cells = {cell.grade_id: cell for cell in graded.by_name["ben", "build_and_apply"].cells}

    assert cells["check_step_3"].score < cells["check_step_3"].max_score
    assert "typed in" in cells["check_step_3"].message


def test_a_missing_notebook_is_missing_and_the_other_is_graded(graded):
    """A notebook that was left out gives 0 points and the status says why."""
    result = graded.by_name["dan", "practice"]

    assert (result.score, result.status) == (0, "missing")
    assert graded.by_name["dan", "build_and_apply"].score == 10


def test_split_and_pasted_cells_cost_nothing(graded):
    """Two cells with one id, an accident of the editor, are graded like one."""
    result = graded.by_name["gina", "build_and_apply"]

    assert (result.score, result.status) == (10, "graded")


def test_what_cannot_be_graded_gets_no_mark_and_costs_nothing_else(graded):
    """A cut file waits for a person; the learner's other notebook is graded."""
    result = graded.by_name["cleo", "practice"]

    assert (result.score, result.status) == (None, "could not be graded")
    assert result.reason and "\n" not in result.reason
    assert all(cell.score is None for cell in result.cells)
    assert graded.by_name["cleo", "build_and_apply"].score == 10


def test_steps_earned_before_python_ends_are_kept(graded):
    """os._exit in step 2 costs step 2; after twenty such cells nothing is checked any more."""
    result = graded.by_name["eva", "build_and_apply"]

    assert (result.score, result.status) == (2, "graded")
    assert [2, 0, 0, 0] == [cell.score for cell in result.cells]
    assert "ended Python itself" in result.cells[1].message
    assert result.cells[3].message.startswith("Not checked, because the cell `cell 35` ended")
    assert graded.by_name["eva", "practice"].score == 9


def test_json_has_exactly_the_promised_keys(graded):
    """Other programs rely on the names of the fields."""
    entry = json.loads(json.dumps(to_json(graded.results)))[0]

    assert list(entry) == [
        "student",
        "assignment",
        "notebook",
        "score",
        "max_score",
        "status",
        "cells",
        "inside",
        "walls",
        "late",
        "penalty",
        "reason",
        "notes",
        "open",
    ]
    assert list(entry["cells"][0]) == ["grade_id", "score", "max_score", "message"]


@pytest.mark.slow
@pytest.mark.parametrize("again", [True, False], ids=["graded again", "only reported"])
def test_gradebook_and_configuration_are_opened_once(graded, tmp_path, monkeypatch, again):
    """
    A whole `grader grade` shares one gradebook, one configuration and one look at the sandbox.
    """
    shutil.copytree(graded.course.root, tmp_path / "course")
    opened, loaded, levels = [], [], []

    def count(kind: type, name: str, calls: list, about: Callable[..., object]) -> None:
        real = getattr(kind, name)

        def counted(self, *given, **named):
            calls.append(about(self, *given))
            return real(self, *given, **named)

        monkeypatch.setattr(kind, name, counted)

    count(api.Gradebook, "__init__", opened, lambda self, url, *_: url)
    count(PyFileConfigLoader, "load_config", loaded, lambda self: self.path)
    count(WorkerClient, "__init__", levels, lambda self, level, *_: level)
    grade(Course(tmp_path / "course"), "mini_project", force=again)

    assert 1 == len(opened)
    assert 1 == loaded.count(str(tmp_path / "course"))
    assert again == bool(levels) and None not in levels


@pytest.mark.slow
def test_who_hands_out_hand_ins_judges_none_and_loads_no_judge():
    """Words of checks, IPython and a course's sentences are for the workers alone."""
    code = (
        "import sys, grader.batch.run\n"
        "heavy = ('IPython', 'grader.checks', 'grader.rai', 'anywidget')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == run.stdout.strip()


def test_only_what_changed_is_graded_again(graded, tmp_path):
    """A second run reports the same; only what could not be graded is tried again."""
    seen = []

    again = grade(
        graded.course,
        "mini_project",
        students=["ada", "ben", "dan"],
        progress=lambda *n: seen.append(n),
    )

    assert seen == [(0, 0)]
    before = [r for r in graded.results if r.student in ("ada", "ben", "dan")]
    assert again == before


def test_changed_work_is_graded_again_and_a_persons_mark_is_proposed(graded, tmp_path):
    """New bytes are graded; a person's mark stays in the gradebook, and waits for the person."""
    course = Course(tmp_path / "copy")
    shutil.copytree(graded.course.root, course.root)
    with gradebook.opened(course) as book:
        mark = book.find_grade("check_step_1", "build_and_apply", "mini_project", "ben")
        mark.manual_score = 1.5
        book.db.commit()
    shutil.rmtree(course.submitted("ben", "mini_project"))
    hand_in(course, "ben")

    results = grade(course, "mini_project", students=["ben"])

    cells = {cell.grade_id: cell for cell in results[0].cells}
    assert cells["check_step_3"].score == 4
    assert (None, 1.5) == (cells["check_step_1"].score, cells["check_step_1"].proposed)
    assert (8.0, 2.0, "", "graded") == (
        results[0].score,
        results[0].open,
        results[0].reason,
        results[0].status,
    )


def test_a_folder_with_an_impossible_name_stops_nobody(course, monkeypatch, capfd):
    """A name in no known encoding is told with what to do; the others are graded."""
    hand_in(course, "ada")
    hand_in(course, os.fsdecode(b"b\xf6rn"))
    monkeypatch.chdir(course.root)
    code = main(["grade", "mini_project", "--json", "marks.json"])
    told = capfd.readouterr().out
    marks = json.loads((course.root / "marks.json").read_text(encoding="utf-8"))

    assert 1 == code
    assert "Rename the folder in submitted/." in told and "Traceback" not in told
    assert [("ada", 10), ("ada", 9), ("b?rn", None), ("b?rn", None)] == [
        (mark["student"], mark["score"]) for mark in marks
    ]


def test_a_folder_without_a_notebook_waits_for_a_person(course):
    """Whoever hands in something else gets no 0: somebody has to look."""
    hand_in(course, "ada")
    folder = course.submitted("ben", "mini_project")
    folder.mkdir(parents=True)
    (folder / "answers.docx").write_text("my answers")
    found = {(r.student, r.notebook): r for r in grade(course, "mini_project")}
    result = found["ben", "practice"]

    assert (None, "could not be graded") == (result.score, result.status)
    assert "no notebook" in result.reason
    assert 10 == found["ada", "build_and_apply"].score


@pytest.mark.slow
def test_a_gradebook_that_was_lost_is_made_anew(graded, tmp_path):
    """Graded folders without marks in the gradebook are graded again."""
    course = Course(tmp_path / "copy")
    shutil.copytree(graded.course.root, course.root)
    (course.root / "gradebook.db").unlink()
    again = grade(course, "mini_project", students=["ada", "ben"])

    assert [r for r in graded.results if r.student in ("ada", "ben")] == again


def test_a_learner_without_submission_is_named(course):
    """Asking for somebody who handed in nothing is wrong use."""
    hand_in(course, "ada")

    with pytest.raises(NoSubmission, match="submitted/zoe/mini_project"):
        grade(course, "mini_project", students=["zoe"])


def test_a_key_that_cannot_be_taken_over_says_why(graded, tmp_path):
    """Cells cannot be removed from an assignment that was graded; the error says so."""
    course = Course(tmp_path / "copy")
    shutil.copytree(graded.course.root, course.root)
    path = course.source("mini_project") / "practice.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    nb["cells"] = [cell for cell in nb["cells"] if cell["id"] != "check_practice5"]
    path.write_text(json.dumps(nb), encoding="utf-8")

    with pytest.raises(NoKey, match="Cannot add or remove cells"):
        grade(course, "mini_project")


@pytest.mark.slow
def test_a_check_that_the_author_changes_accuses_no_learner(course):
    """The author is told once that release/ is older; it stays as it is, and nobody is noted."""
    release(course, ["mini_project"])
    hand_in(course, "ada")
    tampered = hand_in(course, "eve") / "build_and_apply.ipynb"
    tampered.write_text(
        tampered.read_text(encoding="utf-8").replace('"points": 4', '"points": 400'),
        encoding="utf-8",
    )
    path = course.source("mini_project") / "build_and_apply.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    check = next(cell for cell in nb["cells"] if cell["id"] == "check_step_3")
    check["metadata"]["nbgrader"]["points"] = 5
    source = "".join(check["source"]).replace(
        'follows("accuracy", _hidden_examples, points=2)',
        'follows("accuracy", _hidden_examples, points=3)',
    )
    check["source"] = f"# What is checked here was put better.\n{source}"
    path.write_text(json.dumps(nb), encoding="utf-8")
    before = {one.name: one.read_bytes() for one in course.release("mini_project").iterdir()}
    told: list[str] = []

    first = grade(course, "mini_project", tell=told.append)
    again = grade(course, "mini_project", tell=told.append)

    assert len(told) == 1 and "is older than source/mini_project" in told[0]
    assert "run: grader release mini_project" in told[0]
    assert before == {
        one.name: one.read_bytes() for one in course.release("mini_project").iterdir()
    }
    notes = {result.student: result.notes for result in first if result.notebook != "practice"}
    assert notes["ada"] == ()
    assert (
        "The check `check_step_3` had other settings; they are as released again." in notes["eve"]
    )
    assert [r.max_score for r in again if r.notebook == "build_and_apply"] == [11, 11]
    assert [r.score for r in first] == [r.score for r in again]
