"""`grader grade` leaves what nbgrader's own Autograde leaves with this course's configuration."""

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.converters import Autograde
from support.courses import copy_course, hand_in, need_sandbox, split_and_paste
from support.damaged import cases, hand_in_damaged
from support.functions import reference

from grader.batch import grade
from grader.batch.job import MARKER
from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.gradebook import opened
from grader.release import release

pytestmark = pytest.mark.slow


def classroom(folder: Path) -> Course:
    """Hand in honest, unlucky and damaged work."""
    course = copy_course(folder)
    source = course.source("mini_project") / "practice.ipynb"
    nb = json.loads(source.read_text(encoding="utf-8"))
    nb["metadata"]["kernelspec"] |= {"display_name": "Our own Python"}
    source.write_text(json.dumps(nb), encoding="utf-8")
    release(course, ["mini_project"])
    hand_in(course, "ada")
    hand_in(course, "ben", step_3="accuracy = 0.8", step_4="print(1)\nprint(accuracy)\naccuracy")
    hand_in(course, "cleo", step_1="display({'text/html': '<b onclick=x>hi</b>'}, raw=True)\n1/0")
    hand_in(course, "eva", step_2="import os\nos._exit(1)")
    hand_in(course, "finn", step_1=None, step_2=None, step_3=None, step_4=None, quiz_answers=None)
    (hand_in(course, "dan") / "practice.ipynb").unlink()
    split_and_paste(hand_in(course, "gina") / "build_and_apply.ipynb")
    late = hand_in(course, "hal")
    (late / "timestamp.txt").write_text("2026-05-05 10:00:00.000000 UTC")
    (late / "data").mkdir()
    (late / "data" / "rows.csv").write_text("a,b\n1,2\n")
    (late / "link.txt").symlink_to("/etc/passwd")
    renamed = hand_in(course, "ida")
    (renamed / "practice.ipynb").rename(renamed / "practice (1).ipynb")
    (course.source("mini_project") / "help.py").write_text("x = 1\n")
    for number, name in enumerate(cases()):
        hand_in_damaged(course, f"zz{number:02}-{name}", name)
    return course


def monitor_class(folder: Path) -> Course:
    """Hand in the monitor, which a teacher reads too: solved, untouched, written, and cut out."""
    course = copy_course(folder)
    release(course, ["fairness_monitor"])
    notes = {"solved": "", "untouched": None, "written": "Since week 8 …", "gone": None}
    for student, note in notes.items():
        target = course.submitted(student, "fairness_monitor")
        shutil.copytree(course.release("fairness_monitor"), target)
        path = target / "fairness_monitor.ipynb"
        nb = json.loads(path.read_text(encoding="utf-8"))
        for cell in nb["cells"]:
            if student != "untouched" and re.fullmatch(r"b[0-5]", cell["id"]):
                cell["source"] = reference(cell["id"])
            if cell["id"] == "b6" and note:
                cell["source"] = note
        if student == "gone":
            nb["cells"] = [cell for cell in nb["cells"] if cell["id"] != "b6"]
        path.write_text(json.dumps(nb), encoding="utf-8")
    return course


CLASSES = {"mini_project": (classroom, 100), "fairness_monitor": (monitor_class, 3)}


@pytest.fixture(scope="module", params=CLASSES)
def both(request, tmp_path_factory) -> SimpleNamespace:
    """The same class, graded by nbgrader's Autograde and by `grade`."""
    need_sandbox()
    place = tmp_path_factory.mktemp("both")
    made, most = CLASSES[request.param]
    theirs = made(place / "theirs")
    shutil.copytree(theirs.root, place / "ours", symlinks=True)
    ours = Course(place / "ours")
    config = load_config(theirs)
    names = {"assignment_id": request.param}
    converter = Autograde(coursedir=course_directory(config, **names), config=config)
    with quiet_nbgrader():
        converter.start()
    grade(ours, request.param)
    return SimpleNamespace(theirs=theirs, ours=ours, assignment=request.param, most=most)


def files(course: Course) -> dict[str, Path]:
    """Return every file in autograded/ by its name there."""
    root = course.root / "autograded"
    return {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}


def notebook(path: Path, course: Course) -> str:
    """Return a graded notebook as text, without our marker and the name of the course folder."""
    text = path.read_text(encoding="utf-8").replace(str(course.root), "")
    nb = json.loads(text)
    nb["metadata"].get("grader", {}).pop(MARKER, None)
    if not nb["metadata"].get("grader", True):
        del nb["metadata"]["grader"]
    return json.dumps(nb, indent=1, ensure_ascii=False)


def test_the_same_files_are_there_with_the_same_rights(both):
    """Notebooks, the learner's files, those of source/, timestamps; nothing else."""
    ours, theirs = files(both.ours), files(both.theirs)

    assert len(theirs) > both.most
    assert sorted(theirs) == sorted(ours)
    assert {name: path.stat().st_mode for name, path in theirs.items()} == {
        name: path.stat().st_mode for name, path in ours.items()
    }


def test_graded_notebooks_are_the_same(both):
    """Every byte of every notebook, sources, outputs, counts and metadata; and of other files."""
    ours = files(both.ours)
    different = []
    for name, path in files(both.theirs).items():
        if path.suffix == ".ipynb":
            same = notebook(path, both.theirs) == notebook(ours[name], both.ours)
        else:
            same = path.read_bytes() == ours[name].read_bytes()
        different += [] if same else [name]

    assert [] == different


def rows(course: Course, assignment: str) -> dict[str, list[tuple]]:
    """Return all that the gradebook holds about submissions, by names instead of ids."""
    query = {
        "grade": lambda g: (
            g.notebook.student.id,
            g.notebook.name,
            g.name,
            g.auto_score,
            g.manual_score,
            g.extra_credit,
            g.needs_manual_grade,
        ),
        "comment": lambda c: (
            c.notebook.student.id,
            c.notebook.name,
            c.name,
            c.auto_comment,
            c.manual_comment,
        ),
        "notebook": lambda n: (
            n.student.id,
            n.name,
            n.flagged,
            n.late_submission_penalty,
            n.score,
            n.max_score,
        ),
        "submission": lambda s: (s.student.id, s.timestamp, s.extension),
        "student": lambda s: (s.id, s.first_name, s.last_name, s.email, s.lms_user_id),
    }
    with opened(course) as book:
        submissions = book.assignment_submissions(assignment)
        notebooks = [notebook for one in submissions for notebook in one.notebooks]
        things = {
            "grade": [grade for notebook in notebooks for grade in notebook.grades],
            "comment": [comment for notebook in notebooks for comment in notebook.comments],
            "notebook": notebooks,
            "submission": submissions,
            "student": book.students,
        }
        return {kind: sorted(map(query[kind], found), key=repr) for kind, found in things.items()}


@pytest.mark.parametrize("kind", ["student", "submission", "notebook", "grade", "comment"])
def test_the_gradebook_is_the_same(both, kind):
    """Row by row, for everybody in the class."""
    theirs, ours = (rows(course, both.assignment) for course in (both.theirs, both.ours))

    assert theirs[kind] == ours[kind]


def test_nothing_of_ours_stays_beside_the_graded_folders(both):
    """The folder in which notebooks were written aside is gone."""
    assert [] == [path.name for path in (both.ours.root / "autograded").glob(".*") if path.is_dir()]
