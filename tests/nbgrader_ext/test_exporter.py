"""Every damaged document through nbgrader's own autograde, in one class with honest learners."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from support.courses import copy_course, hand_in
from support.damaged import ANSWERED, CHECKS, NAME, POINTS, STEPS, cases, hand_in_damaged

from grader import gradebook
from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.errors import GraderError
from grader.nbgrader_ext.exporter import SubmissionExporter
from grader.release import release
from grader.results import NotebookResult

pytestmark = pytest.mark.slow

REFUSED = {
    "schema_version_99": "version 99",
    "schema_version_1": "version 1",
    "meta_nbgrader_string": "damaged",
    "malformed_json": "cut or damaged",
    "empty_file": "empty",
    "nbformat99": "format 99",
    "deep_json": "nested too deep",
    "no_cells_key": "no list of cells",
    "symlink_notebook": "a link",
}


def autograde(course: Course, **names: str) -> list[str]:
    """Run `nbgrader autograde mini_project` in this process and return the errors it logged."""
    config = load_config(course)
    directory = course_directory(config, assignment_id="mini_project", **names)
    converter = Autograde(coursedir=directory, config=config)
    converter.force = True
    with quiet_nbgrader() as errors:
        converter.start()
    return errors


def results(course: Course) -> dict[tuple[str, str], NotebookResult]:
    """Return what the gradebook says, by learner and notebook."""
    found = gradebook.results(course, "mini_project")
    return {(result.student, result.notebook): result for result in found}


def graded_notebook(course: Course, student: str) -> dict:
    """Return a learner's graded notebook."""
    path = course.autograded(student, "mini_project") / NAME
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A class of all damaged documents, with ada before and zoe behind them, graded once."""
    course = copy_course(tmp_path_factory.mktemp("damaged") / "course")
    release(course, ["mini_project"])
    hand_in(course, "ada")
    hand_in(course, "zoe")
    hand_in(course, "stale_grade_on_resubmit")
    autograde(course, student_id="stale_grade_on_resubmit")
    before = results(course)["stale_grade_on_resubmit", "build_and_apply"].score
    shutil.rmtree(course.submitted("stale_grade_on_resubmit", "mini_project"))
    for name in cases():
        folder = hand_in_damaged(course, name, name)
        if name != "malformed_json":
            (folder / "practice.ipynb").unlink()
    errors = autograde(course)
    return SimpleNamespace(course=course, errors=errors, by_name=results(course), before=before)


def score_of(classroom: SimpleNamespace, name: str) -> list[float | None]:
    """Return the scores of the four checks of a case."""
    cells = {c.grade_id: c.score for c in classroom.by_name[name, "build_and_apply"].cells}
    return [cells[check] for check in CHECKS]


def test_no_document_stops_the_class(classroom):
    """nbgrader reports no error, and everybody has a graded notebook."""
    assert classroom.errors == []
    for name in [*cases(), "ada", "zoe"]:
        assert (classroom.course.autograded(name, "mini_project") / NAME).is_file(), name


@pytest.mark.parametrize("student", ["ada", "zoe"])
def test_honest_learners_keep_full_marks(classroom, student):
    """Neither who comes first nor who comes last pays for the others."""
    found = [classroom.by_name[student, name].score for name in ("build_and_apply", "practice")]

    assert found == [10, 9]


@pytest.mark.parametrize("name", cases())
def test_each_document_gets_what_it_deserves(classroom, name):
    """Full points where an answer is right, none where it is not or nobody can tell."""
    deserved = cases()[name]["deserved"]
    scores = score_of(classroom, name)

    for want, score, points in zip(deserved, scores, POINTS, strict=True):
        assert score == points if want == "full" else not score


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_waits_for_a_person(classroom, name):
    """There is no mark, least of all a zero; the notebook that stands in says why."""
    nb = graded_notebook(classroom.course, name)

    assert score_of(classroom, name) == [None] * 4
    first = nb["cells"][0]
    assert REFUSED[name] in "".join(first["source"])
    assert "a person has to look" in "".join(first["source"])
    assert [c["id"] for c in nb["cells"] if c["id"] in {*STEPS, *CHECKS}] == [
        name for pair in zip(STEPS, CHECKS, strict=True) for name in pair
    ]


def test_a_refused_notebook_costs_only_itself(classroom):
    """The other notebook of the same submission keeps its marks."""
    assert classroom.by_name["malformed_json", "practice"].score == 9


def test_a_check_without_its_name_waits_for_a_person(classroom):
    """The others of the same notebook are graded."""
    assert ANSWERED["meta_grade_id_missing"] == STEPS
    assert score_of(classroom, "meta_grade_id_missing") == [None, 1, 4, 3]


def test_a_resubmission_keeps_no_stale_marks(classroom):
    """Handing in again without checks and answers does not keep what was earned before."""
    assert classroom.before == 10
    assert score_of(classroom, "stale_grade_on_resubmit") == [0, 0, 0, 0]


def test_no_link_is_followed(classroom):
    """What a link points to is nowhere in autograded/, nor is another learner's notebook."""
    course = classroom.course
    copied = [
        path
        for name in ("symlink_secret", "symlink_notebook")
        for path in course.autograded(name, "mini_project").rglob("*")
    ]

    assert [path.name for path in copied] == [NAME, NAME]
    shown = {
        c["id"]: "".join(c["source"]) for c in graded_notebook(course, copied[1].parts[-3])["cells"]
    }
    assert shown["step_1"].startswith("# Step 1: create") and "=" not in shown["step_1"]
    assert notes(course, "symlink_secret") == ["`data.txt` is a link: left out."]


def notes(course: Course, student: str) -> list[str]:
    """Return what the instructor is told about a learner's notebook."""
    return graded_notebook(course, student)["metadata"].get("grader", {}).get("notes", [])


def test_the_instructor_is_told_what_was_repaired(classroom):
    """Each note is one plain sentence; an honest notebook has none."""
    told = {name: notes(classroom.course, name) for name in ("ada", "copied_test_cell")}

    assert told == {
        "ada": [],
        "copied_test_cell": ["The check `check_step_2` was there twice; the copy is dropped."],
    }
    renamed = notes(classroom.course, "renamed_notebook")
    assert renamed == ["`project (1).ipynb` was graded as build_and_apply.ipynb, which is missing."]
    assert "holds no date" in notes(classroom.course, "bad_timestamp")[0]


def test_nbgraders_own_repairs_find_nothing_to_do(classroom):
    """What goes on to nbgrader is final: its sanitizing preprocessors change no byte of it."""
    config = load_config(classroom.course)
    converter = Autograde(
        coursedir=course_directory(config, assignment_id="mini_project"), config=config
    )
    converter.init_notebooks()
    converter.exporter = SubmissionExporter(parent=converter, config=config)
    about = {
        "notebook": "build_and_apply",
        "assignment": "mini_project",
        "db_url": converter.coursedir.db_url,
    }

    for name in ("ada", "test_cells_deleted", "swap_grade_ids", "split_answer_cell", "empty_file"):
        path = str(classroom.course.submitted(name, "mini_project") / NAME)
        ours, _ = converter.exporter.from_filename(path, resources={"nbgrader": about})
        converter._init_preprocessors()
        assert len(converter.exporter._preprocessors) == 5
        theirs, _ = converter.exporter.from_filename(path, resources={"nbgrader": about})
        assert theirs == ours
        converter.exporter._preprocessors = []


def test_the_formgrader_lists_the_class(classroom):
    """Its page of submissions works: no timestamp without a date is left."""
    course = classroom.course
    api = NbGraderAPI(course_directory(load_config(course)), config=load_config(course))

    students = {row["student"] for row in api.get_submissions("mini_project")}
    assert students == {*cases(), "ada", "zoe"}
    assert api.get_autograded_students("mini_project") == students


def test_the_formgraders_button_does_the_same(classroom, tmp_path):
    """One learner graded from the formgrader gets the same marks as the whole class did."""
    course = Course(tmp_path / "copy")
    shutil.copytree(classroom.course.root, course.root, symlinks=True)
    api = NbGraderAPI(course_directory(load_config(course)), config=load_config(course))

    for name in ("renamed_notebook", "malformed_json", "bad_timestamp"):
        assert api.autograde("mini_project", name)["success"]
        assert (
            results(course)[name, "build_and_apply"] == classroom.by_name[name, "build_and_apply"]
        )
    assert type(api.coursedir).__name__ == "CourseDirectory"


def test_special_files_are_left_out(classroom, tmp_path):
    """A link to nothing or to a folder, and a folder named like a notebook, stop nobody."""
    course = Course(tmp_path / "copy")
    shutil.copytree(classroom.course.root, course.root, symlinks=True)
    shutil.rmtree(course.root / "submitted")
    folder = hand_in(course, "ada")
    (folder / "nowhere.txt").symlink_to("nothing")
    (folder / "linked").symlink_to(Path("/etc"))
    (folder / "data [1].csv").write_bytes(b"1")
    (folder / "scratch.ipynb").mkdir()
    other = hand_in(course, "ben")
    for number in range(120):
        (other / f"link-{number}").symlink_to("/etc/passwd")

    errors = autograde(course)

    assert errors == []
    names = {path.name for path in course.autograded("ada", "mini_project").rglob("*")}
    assert names == {NAME, "practice.ipynb", "data [1].csv"}
    names = {path.name for path in course.autograded("ben", "mini_project").rglob("*")}
    assert names == {NAME, "practice.ipynb"}
    assert results(course)["ben", "build_and_apply"].score == 10


def test_a_mistake_of_the_grader_costs_nobody_a_mark(classroom, tmp_path, monkeypatch):
    """An exception nobody thought of gives a stand-in, and is in the log."""
    course = Course(tmp_path / "copy")
    shutil.copytree(classroom.course.root, course.root, symlinks=True)

    def stumble(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("grader.submissions.load.restore", stumble)
    autograde(course, student_id="ada")

    first = graded_notebook(course, "ada")["cells"][0]
    assert "stopped at it with ZeroDivisionError" in "".join(first["source"])
    assert results(course)["ada", "build_and_apply"].cells[0].score is None


def test_a_gradebook_that_cannot_be_written_stops_in_one_line(course, monkeypatch):
    """nbgrader shows a stack trace for an error that it does not know: it gets one of its own."""
    release(course, ["mini_project"])
    hand_in(course, "ada")

    def refuse(*_: object) -> str:
        raise GraderError("The gradebook cannot be used: it is locked.")

    monkeypatch.setattr("grader.gradebook.seed", refuse)
    with pytest.raises(NbGraderException, match="it is locked"):
        autograde(course)

    assert not course.autograded("ada", "mini_project").exists()
