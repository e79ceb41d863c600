"""What `record` writes, against what nbgrader's own Autograde writes: every table, row by row."""

import csv
import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.apps import NbGraderApp
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.plugins import CsvExportPlugin, LateSubmissionPlugin
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from support.courses import copy_course, hand_in
from support.databases import address, make_tables, on_postgresql, record, rows
from table import use_stock
from traitlets.config import Config

from grader import gradebook
from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.release import release
from grader.results import Entry, NotebookEntry

pytestmark = pytest.mark.slow

NAME = "mini_project"
DUE = datetime(2026, 3, 1, 12)


class TenPercentADay(LateSubmissionPlugin):
    """A course's own late policy: a tenth of the score a day, and so too much after ten."""

    def late_submission_penalty(self, student_id: str, score: float, late: float) -> float | None:
        """Return the points to take off."""
        days = late / 86400
        return None if student_id == "spared" else score * days / 10


@dataclass
class Twins:
    """Two courses with one key: nbgrader grades in `stock`, and we record the same in `ours`."""

    stock: Course
    ours: Course
    adjust: Callable[[Config], None] = field(default=lambda config: None)

    def hand_in(self, student: str, when: datetime | None = None, **changes: str | None) -> Path:
        """Hand in anew; with a time, as nbgrader's exchange writes it down."""
        shutil.rmtree(self.stock.submitted(student, NAME), ignore_errors=True)
        folder = hand_in(self.stock, student, **changes)
        if when:
            (folder / "timestamp.txt").write_text(f"{when} UTC")
        return folder

    def config(self, course: Course) -> Config:
        """Return the configuration of a course with what a test has changed in it."""
        config = load_config(course)
        self.adjust(config)
        return config

    def submitted(self) -> list[str]:
        """Return who has handed in, sorted."""
        return self.stock.students(NAME)

    def grade(self, *students: str) -> None:
        """Let nbgrader grade these learners (default: everyone), and record what it has found."""
        asked = students or self.submitted()
        config = self.config(self.stock)
        config.CourseDirectory.student_id_exclude = ",".join(set(self.submitted()) - set(asked))
        directory = course_directory(config, assignment_id=NAME)
        with quiet_nbgrader() as errors:
            Autograde(coursedir=directory, config=config, force=True).start()
        assert [] == errors
        found = [entry(self.stock, student) for student in asked]
        record(self.ours, NAME, found, self.config(self.ours))


def entry(course: Course, student: str) -> Entry:
    """Return what Autograde has found, read from the notebooks that it wrote."""
    with quiet_nbgrader():
        directory = course_directory(load_config(course))
        when = directory.get_existing_timestamp(str(course.submitted(student, NAME)))
    notebooks = {}
    for path in course.autograded(student, NAME).glob("*.ipynb"):
        nb = nbformat.read(path, as_version=4)
        read = "problem" not in nb.metadata.get("grader", {})
        scores = {
            cell.metadata.nbgrader.grade_id: determine_grade(cell)[0] if read else None
            for cell in nb.cells
            if is_grade(cell)
        }
        comments = {
            cell.metadata.nbgrader.grade_id: _comment(cell) if read else None
            for cell in nb.cells
            if is_solution(cell) or is_task(cell)
        }
        notebooks[path.stem] = NotebookEntry(scores, comments)
    return Entry(student, when, notebooks)


def _comment(cell: Any) -> str | None:
    """Return what SaveAutoGrades says about an answer."""
    untouched = cell.metadata.nbgrader.checksum == compute_checksum(cell) and not is_task(cell)
    return "No response." if untouched else None


def run_nbgrader(course: Course, *command: str) -> int:
    """Run an nbgrader command in a course, in a process that need not import it anew."""

    def run() -> None:
        os.chdir(course.root)
        with open("said.txt", "a") as said:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
        try:
            NbGraderApp.launch_instance(list(command))
            code = 0
        except SystemExit as end:
            code = end.code or 0
        sys.stdout.flush()
        os._exit(code)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(60)
    return process.exitcode


def zero_when_late(config: Config) -> None:
    """Set nbgrader's own policy: nothing for late work."""
    config.LateSubmissionPlugin.penalty_method = "zero"


def ten_percent_a_day(config: Config) -> None:
    """Set a policy of the course's own."""
    config.AssignLatePenalties.plugin_class = TenPercentADay


def by_hand(course: Course) -> None:
    """Enter marks by hand, some of them over the machine's, and grant an extension."""
    with gradebook.opened(course) as book:
        mark = book.find_grade("check_step_3", "build_and_apply", NAME, "ben")
        mark.manual_score, mark.extra_credit, mark.needs_manual_grade = 3.5, 0.25, False
        book.find_grade("check_step_1", "build_and_apply", NAME, "lia").extra_credit = 1.0
        book.find_grade("check_practice1", "practice", NAME, "dan").manual_score = 1.0
        book.find_grade("check_practice1", "practice", NAME, "cleo").manual_score = 0.5
        book.find_comment("step_1", "build_and_apply", NAME, "ada").manual_comment = "Well done!"
        book.find_submission_notebook("practice", NAME, "ada").flagged = True
        book.find_submission(NAME, "lia").extension = timedelta(days=1)
        book.db.commit()


@pytest.fixture(scope="module")
def keyed(tmp_path_factory) -> Course:
    """A course with the key of mini_project and a due date."""
    course = copy_course(tmp_path_factory.mktemp("keyed") / "course")
    make_tables(address(course))
    release(course, [NAME])
    gradebook.set_duedate(course, NAME, DUE)
    return course


def twins(keyed: Course, folder: Path) -> Twins:
    """Copy the course with the key twice."""
    both = [Course(folder / name) for name in ("stock", "ours")]
    for course in both:
        shutil.copytree(keyed.root, course.root)
    return Twins(*both)


@pytest.fixture(scope="module")
def class_(keyed, tmp_path_factory) -> Twins:
    """A class that was graded for the first time, with everything that happens in one."""
    both = twins(keyed, tmp_path_factory.mktemp("class"))
    both.adjust = zero_when_late
    both.hand_in("ada")
    both.hand_in("ben", DUE - timedelta(hours=1), step_3="accuracy = 0.8")
    cut = both.hand_in("cleo") / "practice.ipynb"
    cut.write_bytes(cut.read_bytes()[:900])
    (both.hand_in("dan", DUE + timedelta(seconds=1)) / "practice.ipynb").unlink()
    both.hand_in("finn", step_1=None, step_2=None, step_3=None, step_4=None, quiz_answers=None)
    both.hand_in("lia", DUE + timedelta(days=2), step_3="accuracy = 0.8")
    both.grade()
    return both


def test_a_first_grading_gives_nbgraders_rows(class_):
    """Right, partial, untouched, late, cut and missing notebooks: every table is the same."""
    assert rows(class_.stock) == rows(class_.ours)
    assert {None, 9.0, 6.0} <= {
        row["late_submission_penalty"] for row in rows(class_.ours)["submitted_notebook"]
    }


def test_learners_come_in_the_order_of_the_entries(class_):
    """An export lists learners as they were recorded."""
    with gradebook.opened(class_.ours) as book:
        found = [student.id for student in book.students]

    assert ["ada", "ben", "cleo", "dan", "finn", "lia"] == found


def test_nbgraders_api_says_the_same_about_both(class_):
    """The formgrader's pages of assignments, notebooks, submissions and learners agree."""
    shutil.copytree(class_.stock.root / "submitted", class_.ours.root / "submitted")
    shutil.copytree(class_.stock.root / "autograded", class_.ours.root / "autograded")
    told = []
    for course in (class_.stock, class_.ours):
        config = load_config(course)
        with quiet_nbgrader():
            asked = NbGraderAPI(course_directory(config), config=config)
            found = {
                "assignments": asked.get_assignments(),
                "submissions": asked.get_submissions(NAME),
                "notebooks": asked.get_notebooks(NAME),
                "practice": asked.get_notebook_submissions(NAME, "practice"),
                "learners": asked.get_students(),
                "dan": asked.get_student_submissions("dan"),
                "dan's": asked.get_student_notebook_submissions("dan", NAME),
            }
        told.append(_without_ids(found))

    assert told[0] == told[1]
    assert 6 == sum(submission["autograded"] for submission in told[1]["submissions"])


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of an export."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_nbgraders_commands_work_on_what_was_recorded(class_):
    """`nbgrader export` and `nbgrader db student list` say what nbgrader's own rows say."""
    codes = [
        run_nbgrader(class_.ours, "export", "--to=grades.csv"),
        run_nbgrader(class_.ours, "db", "student", "list"),
    ]
    said = (class_.ours.root / "said.txt").read_text()
    wanted = CsvExportPlugin(to=str(class_.stock.root / "grades.csv"))
    with quiet_nbgrader(), gradebook.opened(class_.stock) as book:
        wanted.export(book)
    stock, ours = map(read_table, (Path(wanted.to), class_.ours.root / "grades.csv"))

    assert [0, 0] == codes
    assert 6 == len(stock) == len(ours)
    for theirs, row in zip(stock, ours, strict=True):
        assert list(theirs) == list(row)[: len(theirs)]
        assert theirs == {name: row[name] or theirs[name] for name in theirs}
    assert all(name in said for name in ("ada", "lia"))


def test_a_regrade_keeps_what_a_person_entered(class_, tmp_path):
    """Manual scores, extra credit, comments, flags and extensions stay; reviews are asked for."""
    both = _copy(class_, tmp_path)

    for course in (both.stock, both.ours):
        by_hand(course)
    both.grade("ada", "ben", "cleo", "dan", "lia")

    found = rows(both.ours)
    assert rows(both.stock) == found
    assert [0.25, 1.0] == sorted(r["extra_credit"] for r in found["grade"] if r["extra_credit"])
    assert ["Well done!"] == [r["manual_comment"] for r in found["comment"] if r["manual_comment"]]


def test_a_resubmission_replaces_the_machines_marks(class_, tmp_path):
    """Better, worse, later, with a notebook more or one less: as nbgrader grades it."""
    both = _copy(class_, tmp_path)
    both.hand_in("ben", DUE + timedelta(hours=1))
    both.hand_in("dan", DUE + timedelta(days=3))
    (both.hand_in("ada", step_1=None) / "practice.ipynb").unlink()
    both.hand_in("finn")
    both.grade("ada", "ben", "dan", "finn")

    assert rows(both.stock) == rows(both.ours)


def test_a_courses_own_late_policy_is_asked(class_, tmp_path):
    """A plugin of the course takes off what it takes off in nbgrader, and never below zero."""
    both = _copy(class_, tmp_path)
    both.adjust = ten_percent_a_day
    both.hand_in("spared", DUE + timedelta(days=1))
    both.hand_in("never", DUE + timedelta(days=20), step_2=None)
    both.grade("lia", "never", "spared")

    found = rows(both.ours)
    assert rows(both.stock) == found
    taken = {
        (row["assignment_id"][1], row["notebook_id"][0]): row["late_submission_penalty"]
        for row in found["submitted_notebook"]
    }
    assert 1.8 == pytest.approx(taken["lia", "practice"])
    assert (9.0, None) == (taken["never", "practice"], taken["spared", "practice"])


def test_postgresql_holds_the_same_rows(class_, keyed, tmp_path):
    """A first grading and a regrade over a person's marks, on a database server."""
    theirs = _copy(class_, tmp_path).ours
    server = on_postgresql(keyed, tmp_path / "server")
    config = class_.config(server)
    found = [entry(class_.stock, student) for student in class_.submitted()]
    record(server, NAME, found, config)

    assert rows(theirs) == rows(server)
    for course in (theirs, server):
        by_hand(course)
        record(course, NAME, found, class_.config(course))
    assert rows(theirs) == rows(server)


def test_stock_nbgrader_writes_the_same_rows(keyed, tmp_path):
    """Kernels, plain outputs, no sandbox: the rows of nbgrader without anything of ours."""
    both = twins(keyed, tmp_path)
    use_stock(both.stock)
    use_stock(both.ours)
    both.adjust = zero_when_late
    late = both.hand_in("lia", DUE + timedelta(minutes=5), step_3="accuracy = 0.8", step_4=None)
    (late / "practice.ipynb").unlink()
    both.grade()

    assert rows(both.stock) == rows(both.ours)
    assert 0 < sum(
        row["late_submission_penalty"] or 0 for row in rows(both.ours)["submitted_notebook"]
    )


def _copy(both: Twins, folder: Path) -> Twins:
    """Copy both courses as they are."""
    for course in (both.stock, both.ours):
        shutil.copytree(course.root, folder / course.root.name)
    copied = Twins(Course(folder / "stock"), Course(folder / "ours"))
    copied.adjust = both.adjust
    return copied


def _without_ids(found: Any) -> Any:
    """Return what the API says without random ids and the places that follow from them."""
    if isinstance(found, dict):
        kept = found.keys() - {"id", "index"}
        return {name: _without_ids(found[name]) for name in sorted(kept)}
    if isinstance(found, list | set):
        return sorted((_without_ids(value) for value in found), key=repr)
    return found
