"""What nbgrader's own Autograde writes and saves with the sandbox behind its door."""

import json
import sqlite3
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import determine_grade
from support.courses import copy_course, hand_in
from traitlets.config import Config

from grader.cli import main
from grader.course import course_directory, load_config, quiet_nbgrader
from grader.errors import WallMissing
from grader.judge.limits import SandboxLimits
from grader.judge.marking import task_of
from grader.release import release
from grader.sandbox import levels
from grader.submissions.parsing import data_files

pytestmark = pytest.mark.slow

SCRIPT = "<script>alert('xss')</script>"
HTML = (
    "from IPython.display import HTML, Javascript, Markdown, SVG, display\n"
    f'display(HTML("<b>bold</b>{SCRIPT}<img src=x onerror=alert(1)>"))\n'
    "display(Javascript('alert(2)'))\n"
    "display(Markdown('[x](javascript:alert(3)) <iframe src=//x></iframe>'))\n"
    'display(SVG(\'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(4)"><g/></svg>\'))\n'
)
ACTIVE = ("<script", "onerror=", "onload=", "javascript:", "<iframe", "application/javascript")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A class graded by nbgrader's Autograde itself."""
    course = copy_course(tmp_path_factory.mktemp("executor") / "course")
    release(course, ["mini_project"])
    hand_in(course, "ada")
    hand_in(course, "half", step_1="model_results = {'predictions': [1, 0, 1, 1, 0]}")
    hand_in(course, "html", step_2=HTML + "fairness_threshold = 0.8")
    text = hand_in(course, "text") / "build_and_apply.ipynb"
    nb = json.loads(text.read_text(encoding="utf-8"))
    note = {"cell_type": "markdown", "id": "mine", "metadata": {"tags": ["x"]}}
    nb["cells"].append(note | {"source": f"> quote & a<b\n\n{SCRIPT} <img src=x onerror=alert(1)>"})
    text.write_text(json.dumps(nb), encoding="utf-8")
    picks = hand_in(course, "picks", quiz_answers=None) / "practice.ipynb"
    nb = json.loads(picks.read_text(encoding="utf-8"))
    nb["metadata"]["rai"] = {"answers": {"practice1": "A"}}
    picks.write_text(json.dumps(nb), encoding="utf-8")
    slow = hand_in(course, "slow", step_3="import time\ntime.sleep(30)")
    config = load_config(course)
    config.Sandbox.cell_seconds = 2.0
    directory = course_directory(config, assignment_id="mini_project")
    with quiet_nbgrader() as errors:
        Autograde(coursedir=directory, config=config).start()
    assert [] == errors and slow.is_dir()
    return SimpleNamespace(course=course)


def notebook(done: SimpleNamespace, student: str, name: str = "build_and_apply"):
    """Return a graded notebook."""
    path = done.course.autograded(student, "mini_project") / f"{name}.ipynb"
    return nbformat.read(path, as_version=4)


def marks(done: SimpleNamespace, student: str) -> dict[str, tuple[float | None, int]]:
    """Return what the database holds of a learner: (auto_score, needs_manual_grade) by check."""
    with sqlite3.connect(done.course.root / "gradebook.db") as database:
        rows = database.execute(
            "select b.name, g.auto_score, g.needs_manual_grade from grade g"
            " join base_cell b on b.id = g.cell_id"
            " join submitted_notebook n on n.id = g.notebook_id"
            " join submitted_assignment a on a.id = n.assignment_id where a.student_id = ?",
            (student,),
        ).fetchall()
    return {name: (score, manual) for name, score, manual in rows}


def test_the_marks_in_the_database_are_those_of_the_outputs(done):
    """nbgrader, reading the graded notebook by its own rule, comes to the same marks."""
    for student in ("ada", "half", "html", "text", "slow"):
        nb = notebook(done, student)
        nbformat.validate(nb)
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade"):
                found = marks(done, student)[cell.metadata.nbgrader.grade_id]
                assert (determine_grade(cell)[0], 0) == found


def test_partial_credit_arrives(done):
    """Half of a dictionary earns half of the points."""
    assert (1.0, 0) == marks(done, "half")["check_step_1"]


def test_outputs_of_learners_are_harmless(done):
    """HTML, Markdown, SVG and JavaScript of a learner keep their text and lose what acts."""
    told = json.dumps([cell.get("outputs", []) for cell in notebook(done, "html").cells]).lower()

    assert "<b>bold</b>" in told
    for act in ACTIVE:
        assert act not in told
    assert (1.0, 0) == marks(done, "html")["check_step_2"]


def test_text_of_learners_is_harmless(done):
    """A Markdown cell of a learner reads as before, with its scripts as text."""
    source = notebook(done, "text").cells[-1].source

    assert source.startswith("> quote & a")
    for act in ACTIVE:
        assert act not in source
    assert {} == notebook(done, "text").cells[-1].metadata


def test_the_courses_own_text_stays_as_it_is(done):
    """Markdown of the release without active HTML comes through unchanged."""
    released = nbformat.read(
        done.course.release("mini_project") / "build_and_apply.ipynb", as_version=4
    )
    wanted = [cell.source for cell in released.cells if cell.cell_type == "markdown"]

    assert wanted == [c.source for c in notebook(done, "ada").cells if c.cell_type == "markdown"]


def test_quiz_choices_are_shown_to_the_grader(done):
    """The answer that counted stands in the graded notebook, also when it came from metadata."""
    cells = notebook(done, "picks", "practice").cells
    check = next(cell for cell in cells if cell.id == "check_practice1")
    told = json.dumps(check.outputs)

    assert "**Your answer:** A." in told
    assert {"practice1": "A"} == notebook(done, "picks", "practice").metadata.rai.answers


def test_the_time_limit_is_the_configured_one(done):
    """A cell that sleeps for 30 seconds is stopped after 2; the other steps keep their marks."""
    found = marks(done, "slow")

    assert [2.0, 1.0, 0.0, 3.0] == [found[f"check_step_{n}"][0] for n in range(1, 5)]
    told = json.dumps(notebook(done, "slow")["cells"])
    assert "waited for 2 s for something that did not come" in told


def test_files_beside_the_notebook_go_into_the_box(tmp_path):
    """A learner's data file is there for the learner's code; notebooks are not."""
    (tmp_path / "data.csv").write_text("1,2")
    (tmp_path / "other.ipynb").write_text("{}")
    task = task_of(nbformat.v4.new_notebook(), data_files(tmp_path))

    assert {"data.csv": b"1,2"} == task.files


def test_without_a_sandbox_nothing_is_run_and_one_line_says_why(course, monkeypatch, capsys):
    """`grader grade` and nbgrader's own Autograde refuse alike, and no mark is touched."""
    monkeypatch.setattr(levels, "choose", _no_sandbox)
    hand_in(course, "ada")
    monkeypatch.chdir(course.root)

    assert 1 == main(["grade", "mini_project"])
    assert "grader: No sandbox here. Install bubblewrap.\n" == capsys.readouterr().err
    release(course, ["mini_project"])
    config = load_config(course)
    directory = course_directory(config, assignment_id="mini_project")
    with quiet_nbgrader() as errors, pytest.raises(NbGraderException, match="No sandbox here"):
        Autograde(coursedir=directory, config=config).start()
    assert ["No sandbox here. Install bubblewrap."] == errors
    assert not course.autograded("ada", "mini_project").exists()


def _no_sandbox() -> None:
    raise WallMissing("No sandbox here. Install bubblewrap.")


@pytest.mark.parametrize("section", ["Execute", "ExecutePreprocessor"])
def test_nbgraders_own_time_limit_is_obeyed(section):
    """
    A course that gave cells a minute keeps that; a limit of ours wins, under its old name too; -1
    is none.
    """
    config = Config()
    config[section].timeout = 60
    step = SandboxLimits(config=config)
    assert (step.cell_seconds, step.total_seconds) >= (60.0, 60.0)
    assert step.total_seconds > step.cell_seconds

    config.Sandbox.cell_seconds = 7.0
    assert SandboxLimits(config=config).cell_seconds == 7.0
    older = Config({"JailedExecute": {"cell_seconds": 3.0}})
    assert SandboxLimits(config=older).cell_seconds == 3.0
    never = Config()
    never[section].timeout = -1
    assert SandboxLimits(config=never).cell_seconds == SandboxLimits().cell_seconds
