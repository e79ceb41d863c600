"""nbgrader's own switches and kernels: obeyed, or answered in one line."""

import contextlib
import json

import pytest
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.validator import Validator
from support.courses import answer_cell, cell, check_cell, hand_in_sheet, need_sandbox, small_course
from traitlets.config import Config
from traitlets.config.loader import DeferredConfigString

from grader import gradebook
from grader.batch import grade
from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.course.languages import other_language
from grader.errors import BrokenKey
from grader.judge.limits import SandboxLimits
from grader.release import release
from grader.sandbox.limits import Limits

SQUARE = answer_cell("square", "def square(x):\n    return x * x")
CHECK = check_cell("c", "assert square(3) == 9")


@pytest.fixture(autouse=True)
def sandbox():
    """Keys are tried in the sandbox."""
    need_sandbox()


def set_metadata(path, metadata: dict) -> None:
    """Give a notebook other metadata."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(nb | {"metadata": metadata}), encoding="utf-8")


def generated(course: Course) -> None:
    """Release with nbgrader alone, which asks no kernel whether it is for Python."""
    config = load_config(course)
    config.ClearSolutions.code_stub = {"python": "", "R": ""}
    directory = course_directory(config, assignment_id="week")
    GenerateAssignment(coursedir=directory, config=config, create_assignment=True).start()


def autograde(course: Course, **settings: object) -> list[str]:
    """Run nbgrader's own converter and return the errors it logs."""
    config = load_config(course)
    config.merge(Config(settings))
    with quiet_nbgrader() as errors:
        Autograde(coursedir=course_directory(config, assignment_id="week"), config=config).start()
    return errors


@pytest.mark.parametrize("section", ["Execute", "ExecutePreprocessor"])
def test_a_time_limit_on_the_command_line_is_obeyed(section):
    """It comes as a text; one that is no number of seconds leaves our own limit."""
    for text, seconds in (("60", 60.0), ("None", Limits().cell_seconds)):
        config = Config()
        config[section].timeout = DeferredConfigString(text)

        assert SandboxLimits(config=config).cell_seconds == seconds


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({}, ""),
        ({"kernelspec": None, "language_info": []}, ""),
        ({"kernelspec": {"name": "conda-env-ml-py", "language": "Python"}}, ""),
        ({"kernelspec": {"name": "anything"}}, ""),
        ({"kernelspec": {"name": "ir"}}, "ir (kernel ir)"),
        ({"kernelspec": {"name": "x"}, "language_info": {"name": "julia"}}, "julia (kernel x)"),
        ({"kernelspec": {"name": "blarg", "language": "blarg"}}, "blarg (kernel blarg)"),
    ],
)
def test_only_what_is_named_counts_as_another_language(metadata, told):
    """A kernel of any name is taken for Python unless a language or a known name says otherwise."""
    assert other_language(metadata) == told


def test_a_key_for_another_language_stops_autograde(tmp_path):
    """One line names the notebook and the next step; nobody has a mark."""
    course = small_course(tmp_path / "course", SQUARE, CHECK)
    set_metadata(
        course.source("week") / "sheet.ipynb",
        {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}},
    )
    generated(course)
    hand_in_sheet(course, "ada", square="def square(x):\n    return x * x")

    with pytest.raises(NbGraderException, match=r"week/sheet was released for R .*only Python"):
        autograde(course)
    assert not course.autograded("ada", "week").exists()


@pytest.mark.slow
def test_a_hand_in_for_another_language_is_left_where_the_key_names_none(tmp_path):
    """Neither door takes it for wrong Python; the others are graded."""
    course = small_course(tmp_path / "course", SQUARE, CHECK)
    set_metadata(course.source("week") / "sheet.ipynb", {})
    generated(course)
    for student in ("ada", "ben"):
        hand_in_sheet(course, student, square="def square(x):\n    return x * x")
    set_metadata(
        course.submitted("ben", "week") / "sheet.ipynb",
        {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}},
    )

    with pytest.raises(NbGraderException, match=r"ben/week/sheet\.ipynb is for R .*names no"):
        autograde(course)
    assert not course.autograded("ben", "week").exists()
    assert {one.student: one.score for one in gradebook.results(course, "week")}["ada"] == 1.0
    found = {one.student: (one.score, one.status) for one in grade(course, "week", force=True)}
    assert found["ada"][0] == 1.0
    assert found["ben"] == (None, "could not be graded")


@pytest.mark.slow
def test_no_execute_is_answered_and_pays_nobody(tmp_path, caplog):
    """Outputs that a learner saved earn nothing; one line says that cells are run all the same."""
    course = small_course(tmp_path / "course", SQUARE, CHECK)
    release(course, ["week"])
    hand_in_sheet(course, "ada", square="def square(x):\n    return x")
    said = []

    class Telling(Autograde):
        """Keeps the warnings of its run."""

        def start(self) -> None:
            self.log.warning = lambda text, *parts: said.append(text % parts)
            super().start()

    config = load_config(course)
    config.Execute.enabled = config.ClearOutput.enabled = False
    with quiet_nbgrader():
        Telling(coursedir=course_directory(config, assignment_id="week"), config=config).start()
    (result,) = gradebook.results(course, "week")

    assert 0.0 == result.score
    assert 1 == sum(line.startswith("--no-execute is not obeyed") for line in said)


@pytest.mark.slow
def test_a_check_that_the_key_does_not_have_is_named(tmp_path):
    """It is not run as a check, earns nothing, and one note says so."""
    course = small_course(tmp_path / "course", SQUARE, CHECK)
    release(course, ["week"])
    hand_in_sheet(course, "ada", square="def square(x):\n    return x")
    path = course.submitted("ada", "week") / "sheet.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    nb["cells"].append(check_cell("mine", "5", 5))
    path.write_text(json.dumps(nb), encoding="utf-8")
    (result,) = grade(course, "week")

    assert (0.0, 1.0) == (result.score, result.max_score)
    assert "Not checks of this notebook, so without points: `mine`." in result.notes


STUB = answer_cell("square", "")
LIVE = check_cell("live", "import inspect\nassert inspect.isfunction(square)")


def test_a_source_without_solutions_stops_with_the_way_out(tmp_path):
    """Nobody knows whether the check is right: the author writes the solution, or says so."""
    course = small_course(tmp_path / "course", answer_cell("square", ""), CHECK)

    with pytest.raises(BrokenKey, match=r"source/ holds no solution.*allow_missed = \['c'\]"):
        release(course, ["week"])


@pytest.mark.slow
def test_a_check_without_a_solution_can_be_allowed_by_name(tmp_path):
    """It is told at each release, judges learners, and never beside their code."""
    config = "c.KeyTrial.allow_missed = ['week/*']\n"
    course = small_course(tmp_path / "course", STUB, CHECK, LIVE, config=config)
    for _ in range(2):  # the second time from what was kept
        notes: list[str] = []
        release(course, ["week"], notes)
        assert any(note.startswith("sheet.ipynb, c (1 point): the key gets 0 of") for note in notes)
        assert not any("judged beside learner code" in note for note in notes)
    for student, source in (("right", "return x * x"), ("wrong", "return x")):
        hand_in_sheet(course, student, square=f"def square(x):\n    {source}")
    found = {
        result.student: {cell.grade_id: cell.score for cell in result.cells}["c"]
        for result in grade(course, "week")
    }

    assert {"right": 1.0, "wrong": 0.0} == found


ASKED = "import os\nassert os.environ.get('NBGRADER_EXECUTION') == {!r}\n"


@pytest.mark.slow
def test_cells_are_told_that_they_are_graded(tmp_path):
    """NBGRADER_EXECUTION is 'autograde' in a learner's cells and in checks, wherever these run."""
    graded = ASKED.format("autograde")
    live = 'def own(x):\n    """\n    >>> own(1)\n    2\n    """\n    return x + 1'
    course = small_course(
        tmp_path / "course",
        cell("asks", "import os\nmode = os.environ.get('NBGRADER_EXECUTION')"),
        SQUARE,
        check_cell("outside", f"{graded}assert mode == 'autograde'\nassert square(3) == 9"),
        answer_cell("own", live),
        check_cell("inside", f"{graded}import doctest\nassert not doctest.testmod().failed"),
    )
    release(course, ["week"])
    hand_in_sheet(course, "ada", square="def square(x):\n    return x * x", own=live)
    [ada] = grade(course, "week")

    assert ada.score == 2.0
    assert ["inside"] == list(ada.inside)


def test_cells_are_told_that_they_are_validated(tmp_path):
    """nbgrader's own validator is left as it is: cells read 'validate' there."""
    validated = ASKED.format("validate")
    course = small_course(
        tmp_path / "course",
        cell("asks", validated),
        SQUARE,
        check_cell("visible", "pass", visible=validated),
    )
    path = course.source("week") / "sheet.ipynb"
    with contextlib.chdir(course.root):
        told = Validator(config=load_config(course)).validate(str(path))

    assert {} == told
