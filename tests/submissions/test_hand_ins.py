"""Hand-ins that are links, hold links, have other names or no notebook, through both doors."""

import io
import json
import os
import shutil
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace

import pytest
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from support import rubrics
from support.courses import copy_course, hand_in

from grader import gradebook
from grader.batch import grade
from grader.cli import main
from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.feedback import feedback
from grader.release import release
from grader.report import report
from grader.results import NotebookResult

pytestmark = pytest.mark.slow

NAME = "build_and_apply.ipynb"
RENAMED = {
    "copy": "build_and_apply-Copy1.ipynb",
    "download": "build_and_apply (1).ipynb",
    "capitals": "build_and_apply.IPYNB",
    "text": "build_and_apply.ipynb.txt",
    "json": "build_and_apply.ipynb.json",
    "below": "mini_project/build_and_apply.ipynb",
    "checkpoint": ".ipynb_checkpoints/build_and_apply-checkpoint.ipynb",
}
REFUSED = ("linked", "peers", "file")
EMPTY = ("empty", "zipped")
SCRIPT = '"><img src=x onerror=alert(1)>'  # a folder's name may be that
VAST = 500 * 1000**3  # bytes, with nothing in them: such a file takes no room on a disk
LINK = "is a link to another place, and nothing is read through it."


def link_to_a_peer(course: Course) -> None:
    """Let one learner be a link to another, and another's assignment a link."""
    place = course.root / "submitted"
    (place / "linked").symlink_to(place / "ada")
    (place / "peers").mkdir()
    (place / "peers" / "mini_project").symlink_to(place / "ada" / "mini_project")
    (place / "file").mkdir()
    (place / "file" / "mini_project").write_bytes(b"no folder")


def fill_with_what_is_not_theirs(course: Course) -> None:
    """Hand in right answers with links, a hard link, a pipe and what a Mac leaves beside them."""
    folder = hand_in(course, "holds")
    secret = course.root / "secret.csv"
    secret.write_text("the instructor's own", encoding="utf-8")
    (folder / "soft.csv").symlink_to(secret)
    os.link(secret, folder / "hard.csv")
    (folder / "place").symlink_to(course.source("mini_project"))
    os.mkfifo(folder / "pipe")
    mac = hand_in(course, "mac")
    for name in ("._build_and_apply.ipynb", ".DS_Store", "Thumbs.db", "desktop.ini"):
        (mac / name).write_bytes(b"\0\5\x16\7")
    shutil.copytree(mac, course.submitted("__MACOSX", "mini_project"))
    hard = hand_in(course, "hard")
    (hard / NAME).unlink()
    os.link(hand_in(course, "lender") / NAME, hard / NAME)


def rename(course: Course) -> None:
    """Hand in right answers under every other name, beside the original and without it."""
    for student, name in RENAMED.items():
        folder = hand_in(course, student)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / NAME).rename(folder / name)
        beside = shutil.copytree(folder, course.submitted(f"{student} beside", "mini_project"))
        shutil.copy(course.release("mini_project") / NAME, beside / NAME)
    several = hand_in(course, "several", step_4=None)
    (several / NAME).rename(several / "first.ipynb")
    other = hand_in(course, "other")
    (other / NAME).rename(several / "second.ipynb")
    shutil.rmtree(course.root / "submitted" / "other")


def hand_in_no_notebook(course: Course) -> None:
    """Hand in an empty folder, and one with an archive only."""
    course.submitted("empty", "mini_project").mkdir(parents=True)
    folder = course.submitted("zipped", "mini_project")
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "work.zip", "w") as archive:
        archive.write(course.submitted("ada", "mini_project") / NAME, NAME)


def marked(results: list[NotebookResult]) -> dict[str, NotebookResult]:
    """Return the results of the exercise by learner."""
    return {one.student: one for one in results if one.notebook == "build_and_apply"}


@pytest.fixture(scope="module", params=["grader grade", "nbgrader autograde"])
def classroom(request, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """All of them, and ada, who did nothing special, graded through one door; what was said."""
    course = copy_course(tmp_path_factory.mktemp("links") / "course")
    release(course, ["mini_project"])
    hand_in(course, "ada")
    fill_with_what_is_not_theirs(course)
    link_to_a_peer(course)
    rename(course)
    hand_in_no_notebook(course)
    hand_in(course, SCRIPT)
    folder = hand_in(course, "folder")
    (folder / NAME).unlink()
    (folder / NAME).mkdir()
    with (hand_in(course, "vast") / "data.csv").open("wb") as file:
        file.truncate(VAST)
    if request.param == "grader grade":
        found = grade(course, "mini_project")
        return SimpleNamespace(course=course, said=[one.reason for one in found], ours=True)
    config = load_config(course)
    directory = course_directory(config, assignment_id="mini_project")
    with quiet_nbgrader() as errors, pytest.raises(NbGraderException):  # so it ends with code 1
        Autograde(coursedir=directory, config=config).start()
    return SimpleNamespace(course=course, said=errors, ours=False)


def test_a_learner_whose_name_is_a_script_is_refused(classroom):
    """The formgrader writes names as they are: such a folder is named, and nobody enrolled."""
    with gradebook.opened(classroom.course) as book:
        students = {one.id for one in book.students}

    assert "ada" in students
    assert SCRIPT not in students
    assert 1 == len({one for one in classroom.said if "could be taken for a page's own" in one})


def test_a_folder_called_like_a_notebook_is_told(classroom):
    """It waits for a person, with what it is; the rest of the hand-in has its marks."""
    found = gradebook.results(classroom.course, "mini_project")
    mine = {one.notebook: one for one in found if one.student == "folder"}

    assert mine["build_and_apply"].score is None
    assert "not a file but a folder" in mine["build_and_apply"].reason
    assert 9.0 == mine["practice"].score


def test_a_vast_file_is_left_out_unread(classroom):
    """Nothing larger than a notebook may be is read into memory, whatever is done with it."""
    found = marked(gradebook.results(classroom.course, "mini_project"))["vast"]

    assert 10.0 == found.score
    assert any("`data.csv` is too large: left out." in note for note in found.notes)


def test_nothing_is_read_through_a_folder_that_is_a_link(classroom):
    """Nobody earns with a link to somebody's folder: it is refused, in one line with its name."""
    found = marked(gradebook.results(classroom.course, "mini_project"))
    said = "\n".join(classroom.said)

    assert all(found[name].score is None for name in REFUSED if name in found)
    assert f"submitted/linked {LINK}" in said
    assert f"submitted/peers/mini_project {LINK}" in said
    assert "submitted/file/mini_project is no folder." in said
    assert "Traceback" not in said and found["ada"].score == 10


def test_links_in_a_hand_in_are_left_out_one_line_each(classroom):
    """Nothing they lead to is in autograded/; the rest is graded."""
    course = classroom.course
    found = marked(gradebook.results(course, "mini_project"))["holds"]
    copied = {path.name for path in course.autograded("holds", "mini_project").rglob("*")}

    assert found.score == 10
    assert found.notes == (
        "`hard.csv` is a hard link to a file that lies elsewhere too: left out.",
        "`pipe` is a pipe: left out.",
        "`place` is a link: left out.",
        "`soft.csv` is a link: left out.",
    )
    assert copied == {NAME, "practice.ipynb"}


def test_a_hard_link_to_a_peers_notebook_earns_nothing(classroom):
    """A person has to look at both: nobody can tell whose it was."""
    found = marked(gradebook.results(classroom.course, "mini_project"))

    for name in ("hard", "lender"):
        assert found[name].score is None
        assert "a hard link to a file that lies elsewhere" in found[name].reason


@pytest.mark.parametrize("student", RENAMED)
def test_finished_work_under_another_name_is_graded(classroom, student):
    """With a note, whether the untouched original lies beside it or not."""
    found = marked(gradebook.results(classroom.course, "mini_project"))

    for name, why in ((student, "is missing"), (f"{student} beside", "holds no answer")):
        assert found[name].score == 10, name
        note = f"`{RENAMED[student]}` was graded as {NAME}, which {why}."
        assert note in found[name].notes


def test_of_several_finished_files_a_person_is_asked(classroom):
    """Both are named; there is no mark, least of all a silent 0."""
    found = marked(gradebook.results(classroom.course, "mini_project"))["several"]

    assert (found.score, found.status) == (None, "could not be graded")
    assert "`first.ipynb`" in found.reason and "`second.ipynb`" in found.reason


def test_files_of_the_operating_system_are_nowhere(classroom):
    """They make no phantom learner, no note and no page, and stop no feedback."""
    course = classroom.course
    results = gradebook.results(course, "mini_project")
    found = marked(results)["mac"]
    pages = feedback(course, "mini_project", students=["mac"])

    assert (found.score, found.notes) == (10, ())
    assert "__MACOSX" not in {one.student for one in results}
    names = {path.name for path in course.autograded("mac", "mini_project").iterdir()}
    assert names == {NAME, "practice.ipynb"}
    assert {path.name for path in pages} == {"build_and_apply.html", "practice.html"}


def test_a_leftover_of_an_earlier_grading_stops_no_feedback(classroom, tmp_path):
    """An older grader may have copied such a file into autograded/."""
    course = Course(tmp_path / "copy")
    shutil.copytree(
        classroom.course.root / "autograded" / "mac", course.root / "autograded" / "mac"
    )
    shutil.copytree(classroom.course.source(), course.source())
    for name in ("gradebook.db", "nbgrader_config.py"):
        shutil.copy(classroom.course.root / name, course.root)
    place = course.autograded("mac", "mini_project")
    place.chmod(0o755)
    (place / "._build_and_apply.ipynb").write_bytes(b"\0\5\x16\7")

    assert len(feedback(course, "mini_project")) == 2


@pytest.mark.parametrize("student", EMPTY)
def test_a_hand_in_without_a_notebook_has_one_story(classroom, student):
    """Table, report, JSON and page say: handed in, not gradable, and what lies there."""
    course = classroom.course
    told = "The folder is empty" if student == "empty" else "There is only `work.zip`"
    results = [one for one in gradebook.results(course, "mini_project") if one.student == student]
    lines = [line for line in report(course, "mini_project").splitlines() if student in line]
    page = feedback(course, "mini_project", students=[student])[0].read_text(encoding="utf-8")

    assert {(one.score, one.status) for one in results} == {(None, "could not be graded")}
    assert {one.reason for one in results} == {f"it holds no notebook of this assignment. {told}"}
    assert "could not be graded" in lines[0] and "missing" not in lines[0]
    assert told.replace("`", "") in page.replace("<code>", "").replace("</code>", "").replace(
        "`", ""
    )


def test_the_table_and_the_next_run_say_the_same(tmp_path, monkeypatch):
    """One line for a hand-in, exit code 1, again at the next run; --json agrees."""
    course = copy_course(tmp_path / "course")
    hand_in(course, "ada")
    course.submitted("ben", "mini_project").mkdir(parents=True)
    (course.root / "submitted" / "cem").symlink_to(course.root / "submitted" / "ada")
    monkeypatch.chdir(course.root)
    said = []
    for _ in range(2):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            assert main(["grade", "mini_project", "--json", "marks.json"]) == 1
        lines = out.getvalue().splitlines()
        said.append([line for line in lines if line.startswith(("ben/", "cem/"))])
    marks = json.loads((course.root / "marks.json").read_text(encoding="utf-8"))

    assert said[0] == said[1]
    ben, cem = said[0]
    assert ben.startswith("ben/mini_project/build_and_apply.ipynb, practice.ipynb: it holds no")
    assert f"submitted/cem {LINK}" in cem
    statuses = {(one["student"], one["status"]) for one in marks if one["student"] != "ada"}
    assert statuses == {("ben", "could not be graded"), ("cem", "could not be graded")}


def test_a_learner_who_becomes_a_link_keeps_no_earlier_marks(course, tmp_path):
    """The report says what the table said."""
    folder = hand_in(course, "ben")
    assert marked(grade(course, "mini_project"))["ben"].score == 10
    folder.rename(tmp_path / "moved")
    folder.symlink_to(tmp_path / "moved")

    assert marked(grade(course, "mini_project"))["ben"].score is None
    assert marked(gradebook.results(course, "mini_project"))["ben"].score is None


@pytest.mark.parametrize("door", ["grader grade", "nbgrader autograde"])
def test_an_essay_below_its_cell_and_one_that_cannot_be_read_wait_for_a_person(door, tmp_path):
    """nbgrader closes both with 0; who wrote nothing at all gets that still."""
    course = rubrics.essay_course(tmp_path)
    for student in ("ada", "ben", "cem"):
        rubrics.hand_in(course, student)
    path = course.submitted("ada", "essay") / "entry.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    place = next(n for n, cell in enumerate(nb["cells"]) if cell["id"] == "a6")
    below = {"cell_type": "markdown", "id": "own", "metadata": {}, "source": "My model card."}
    nb["cells"].insert(place + 1, below)
    path.write_text(json.dumps(nb), encoding="utf-8")
    (course.submitted("cem", "essay") / "entry.ipynb").write_bytes(path.read_bytes()[:300])
    if door == "grader grade":
        grade(course, "essay")
    else:
        config = load_config(course)
        directory = course_directory(config, assignment_id="essay")
        with quiet_nbgrader():
            Autograde(coursedir=directory, config=config).start()
    found = {one.student: one for one in gradebook.results(course, "essay")}
    scores = {name: {c.grade_id: c.score for c in one.cells} for name, one in found.items()}

    assert scores["ada"] == {"a6": None, "a7": 0}
    assert scores["ben"] == {"a6": 0, "a7": 0}
    assert scores["cem"] == {"a6": None, "a7": None}
    assert "The answer to `a6` stands in a cell below it: a person reads it." in found["ada"].notes
