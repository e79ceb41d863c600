"""The main job on the sample class."""

import csv
import re
from types import SimpleNamespace

import pytest
from support.courses import ROOT, copy_course, sample_class

from grader import gradebook
from grader.course import Course
from grader.demo import demo
from grader.demo.sample import QUIZ, Sample, letters
from grader.errors import UsageError
from grader.report import course_report
from grader.results import GRADED

pytestmark = pytest.mark.slow

COURSE = {
    "mini_project": (19, 0),
    "step_by_step": (6, 0),
    "pattern_test": (20, 0),
    "beyond_accuracy": (20, 5),
    "fairness_monitor": (25, 5),
}
RIGHT_IN_OTHER_WORDS = {"ben": {"step_1", "step_3"}}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The demo, run once: its text, its course folder and its results by (learner, notebook)."""
    course = copy_course(tmp_path_factory.mktemp("demo") / "course")
    text = demo(course)
    place = Course(course.root / "demo")
    results = {name: gradebook.results(place, name) for name in COURSE}
    by_name = {(one.student, one.notebook): one for found in results.values() for one in found}
    return SimpleNamespace(text=text, course=place, results=results, by_name=by_name)


def test_the_class_is_large_and_mixed():
    """At least 24 learners, and every kind of submission is among them."""
    learners = sample_class()["learners"]
    works = [work for learner in learners for work in learner["work"].values()]
    kinds = {type(change) for work in works if work for change in work.values()}

    assert len({learner["id"] for learner in learners}) == len(learners) >= 24
    for kind in ("without", "cut", "late_hours", "quiz_in"):
        assert any(kind in learner for learner in learners), kind
    assert None in works
    assert {type(None), str, list, dict} == kinds


def test_the_class_changes_answers_that_are_there():
    """Each change is to a solution of source/, and each text to be replaced stands in it."""
    sample = Sample(Course(ROOT))
    assert list(COURSE) == sample.assignments

    for learner in sample.learners:
        for assignment, work in learner["work"].items():
            key = {cell_id: text for (_, cell_id), text in sample.key(assignment).items()}
            for cell_id, change in (work or {}).items():
                assert cell_id in key, (learner["id"], cell_id)
                old = change[::2] if isinstance(change, list) else ()
                assert [] == [text for text in old if text not in key[cell_id]], learner["id"]


def test_marks_are_the_expected_ones(shown):
    """Every learner whose marks are beyond doubt gets exactly these."""
    expected = {
        (learner["id"], notebook): points
        for learner in sample_class()["learners"]
        for notebook, points in learner.get("expect", {}).items()
    }

    assert {name: shown.by_name[name].score for name in expected} == expected


def test_a_slip_costs_its_own_part_and_no_other(shown):
    """Points are lost exactly where the class's file changes an answer or leaves it out."""
    sample = Sample(Course(ROOT))
    for assignment, found in shown.results.items():
        keys = {cell_id: text for (_, cell_id), text in sample.key(assignment).items()}
        for result in (one for one in found if one.status == GRADED):
            (learner,) = (one for one in sample.learners if one["id"] == result.student)
            work = learner["work"].get(assignment, {})
            quiz = set() if QUIZ not in keys else wrong(keys[QUIZ], work.get(QUIZ, {}))
            lost = {
                c.grade_id for c in result.cells if c.score is not None and c.score < c.max_score
            }
            names = {re.sub("^check_|_check$", "", grade_id) for grade_id in lost}
            here = {re.sub("^check_|_check$", "", cell.grade_id) for cell in result.cells}
            changed = {cell_id for cell_id in work if cell_id != QUIZ} | quiz

            assert changed & here - RIGHT_IN_OTHER_WORDS.get(result.student, set()) == names, (
                result.student
            )


def wrong(solved: str, change: dict | None) -> set[str]:
    """The questions that a learner got wrong or did not answer."""
    right = letters(solved, {})
    chosen = {} if change is None else letters(solved, change)
    return {question for question, letter in right.items() if chosen.get(question) != letter}


def test_the_first_of_the_class_has_all_that_a_machine_gives(shown):
    """90 points, and 10 wait for a person."""
    own = {name: [r for r in found if r.student == "ada"] for name, found in shown.results.items()}
    sums = {n: (sum(r.score for r in rs), sum(r.open for r in rs)) for n, rs in own.items()}

    assert COURSE == sums


def test_the_demo_ends_with_the_whole_course(shown):
    """A row a learner, a column an assignment, and what is still open is marked as such."""
    table = shown.text[shown.text.index("The whole course") :].splitlines()
    rows = {line.split()[0]: line for line in table[5:-2]}

    assert ["learner", *COURSE, "sum"] == table[2].split()
    assert ["/19", "/6", "/20", "/25", "/30", "/100"] == table[3].split()
    assert {learner["id"] for learner in sample_class()["learners"]} == set(rows)
    assert "ada 19 6 20 20 + 5 open 25 + 5 open 90 + 10 open" == " ".join(rows["ada"].split())
    assert rows["kira"].split()[1:5] == ["10", "+", "9", "open"]
    assert "paul 10 0 0 – – 10" == " ".join(rows["paul"].split())
    assert table[-1].startswith("open: ")
    assert max(map(len, table)) <= 104


def test_report_shows_the_whole_course_the_same_way(shown):
    """Without an assignment it tells of each, and ends with the demo's table."""
    text = course_report(shown.course)
    start = text.index("The whole course")

    assert all(f"{name}: " in text for name in COURSE)
    assert sorted(text[start:].split()) == sorted(
        shown.text[shown.text.index("The whole course") :].split()
    )


def test_a_terminal_without_unicode_can_show_it(shown):
    """Every sign of the demo's text has a plain one that is not a question mark."""
    from grader import terminal

    with terminal.obliging():
        plain = shown.text.encode("ascii", errors="plain").decode("ascii")

    assert plain.count("?") == shown.text.count("?")


def test_late_missing_and_broken_are_told(shown):
    """Being late, leaving a notebook out and a broken file are in the table, none as a silent 0."""
    assert shown.by_name["jon", "practice"].late == 30 * 3600
    assert "late by 1 day" in shown.text
    assert "practice missing" in shown.text
    assert "kira/mini_project/practice.ipynb: the file is cut" in shown.text
    assert shown.by_name["kira", "practice"].score is None


def test_mistakes_and_existing_paths_are_listed(shown):
    """Three mistakes, one more of each other assignment, and every path that is named exists."""
    lines = shown.text.splitlines()
    start = lines.index("The three most common mistakes:")

    assert [line[:2] for line in lines[start + 1 : start + 4]] == ["1.", "2.", "3."]
    for number, name in enumerate(list(COURSE)[1:], start=1):
        notebook = "visual_quiz" if name == "step_by_step" else name
        assert f"\n{number}. {notebook}, " in shown.text
    for name in ("gradebook.db", "grades.csv", "autograded", "feedback"):
        assert str(shown.course.root / name) in shown.text
        assert (shown.course.root / name).exists()


def test_the_export_has_everybody(shown):
    """nbgrader's own export lists the whole class."""
    with (shown.course.root / "grades.csv").open(encoding="utf-8") as file:
        students = {row["student_id"] for row in csv.DictReader(file)}

    assert students == {learner["id"] for learner in sample_class()["learners"]}


def test_a_folder_with_other_files_is_never_replaced(course):
    """The demo refuses a folder that it did not make."""
    (course.root / "thesis").mkdir()
    (course.root / "thesis" / "chapter.txt").touch()

    with pytest.raises(UsageError, match="holds other files"):
        demo(course, course.root / "thesis")

    assert (course.root / "thesis" / "chapter.txt").exists()


def test_without_the_class_one_line_says_where_the_demo_runs(course):
    """The class is data of the tests: an installed package has none."""
    (course.root / "tests/cases/sample_class.json").unlink()

    with pytest.raises(UsageError, match="runs in a clone"):
        demo(course)
