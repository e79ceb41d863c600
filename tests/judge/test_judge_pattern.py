"""
The pattern test through grading: the answer that was given counts, else the one that was chosen.

One class is graded once; the gradebook, the results and the feedback pages are read afterwards.
"""

import json
import re
import shutil
import sqlite3
from types import SimpleNamespace

import pytest
from support.courses import copy_course, need_sandbox
from support.notebooks import SOLUTION, cells
from support.small_assignment import answered, mended
from table import use_stock

from grader.batch import grade
from grader.course import Course
from grader.feedback import feedback
from grader.judge.marking import task_of
from grader.judge.sources import asks_only_for_answers
from grader.report import common_mistakes

ASSIGNMENT = "pattern_test"
NAMES: dict[str, dict] = {}
exec(SOLUTION.search(cells("source", ASSIGNMENT)["quiz_answers"]["source"])[1], NAMES)
KEY = NAMES["quiz_answers"]
WRONG = {key: "A" if letter != "A" else "B" for key, letter in KEY.items()}
CLASS = {
    # student: (metadata.rai, quiz_answers)
    "typed": ({}, KEY),
    "given": ({"given": KEY, "answers": WRONG}, WRONG),
    "chosen": ({"answers": KEY}, WRONG),
    "both": ({"given": {"pt08": WRONG["pt08"]}, "answers": KEY}, {}),
    "blank": ({}, {}),
    "ended": ({"given": KEY}, "import os\nos._exit(1)"),
    "hostile": ({"given": ["B"], "answers": {"pt01": "Z", "pt02": 5, "pt03": "D" * 99}}, {}),
}


def hand_in(course: Course, student: str, rai: dict, written: dict | str) -> None:
    """Hand in the released notebook with these answers."""
    folder = course.submitted(student, ASSIGNMENT)
    shutil.copytree(course.release(ASSIGNMENT), folder)
    path = folder / f"{ASSIGNMENT}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["rai"] = rai
    for cell in notebook["cells"]:
        if cell["id"] == "quiz_answers" and written:
            code = written if isinstance(written, str) else f"quiz_answers = {written!r}"
            cell["source"] = code
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, graded, with its feedback pages: course, results by student, pages."""
    need_sandbox()
    course = copy_course(tmp_path_factory.mktemp("pattern") / "course")
    for student, (rai, written) in CLASS.items():
        hand_in(course, student, rai, written)
    results = {result.student: result for result in grade(course, ASSIGNMENT)}
    pages = {path.parts[-3]: path.read_text("utf-8") for path in feedback(course, ASSIGNMENT)}
    return SimpleNamespace(course=course, results=results, pages=pages)


def said(graded: SimpleNamespace, student: str) -> dict[str, tuple[float, str]]:
    """The score and the sentence of each check of a learner."""
    cells = graded.results[student].cells
    return {cell.grade_id: (cell.score, cell.message) for cell in cells}


@pytest.mark.parametrize(
    ("student", "score"),
    [
        ("typed", 20),
        ("given", 20),
        ("chosen", 20),
        ("both", 17),
        ("blank", 0),
        ("ended", 20),
        ("hostile", 0),
    ],
)
def test_what_an_answer_is_worth(graded, student, score):
    """Given comes before chosen, chosen before written; a dead notebook keeps its answers."""
    result = graded.results[student]

    assert (score, 20, "") == (result.score, result.max_score, result.reason)
    assert "graded" == result.status


def test_nothing_answered_is_told(graded):
    """Each question says so, and the pattern is not strong yet."""
    found = said(graded, "blank")

    assert all(found[f"check_{key}"][1].startswith("No answer yet.") for key in KEY)
    assert (0, "Not yet: 0 of 20 points, 0 of 3 hard questions right.") == found["check_pattern"]


def test_the_pattern_costs_and_earns_nothing(graded):
    """Its check has 0 points for everybody, nobody has to look at it, and it is no mistake."""
    with sqlite3.connect(graded.course.root / "gradebook.db") as database:
        rows = database.execute(
            "select g.auto_score, g.manual_score, g.needs_manual_grade from grade g"
            " join base_cell b on g.cell_id = b.id where b.name = 'check_pattern'"
        ).fetchall()

    assert [(0.0, None, 0)] * len(CLASS) == rows
    assert "check_pattern" not in {
        mistake.grade_id for mistake in common_mistakes(graded.results.values(), 50)
    }


def test_the_verdict_is_told_after_grading(graded):
    """In one sentence, with what to read again for each question that was missed."""
    both = graded.course.autograded("both", ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"
    outputs = {
        cell["id"]: cell.get("outputs", []) for cell in json.loads(both.read_text())["cells"]
    }
    (note,) = [
        "".join(out["data"]["text/markdown"])
        for out in outputs["check_pattern"]
        if "text/markdown" in out.get("data", {})
    ]

    assert (
        "Strong: 17 of 20 points, 2 of 3 hard questions right."
        == (said(graded, "both")["check_pattern"][1])
    )
    assert [
        "Practice, question 3, and Fairness Monitor, Task 4 (the alert)",
        "Question 8 of this test (its solution), and Beyond Accuracy, Task 5 (the worst group)",
    ] == re.findall(r"- \*\*(.*?)\*\*:", note)
    assert "Your answer: A. m1 0.904" in str(outputs["pt08"])
    assert "10 of 10 answers given" in str(outputs["strength"])


def test_a_feedback_page_counts_questions_and_tells_the_verdict(graded):
    """The check without points is no question: it stands apart, above and below."""
    page = graded.pages["both"]

    assert "9 of 10 questions are correct." in page
    assert "All 10 questions are correct. Well done!" in graded.pages["given"]
    assert 2 == page.count("Strong: 17 of 20 points, 2 of 3 hard questions right.")
    assert 'See <a href="#check_pattern">How strong your pattern is</a>.' in page
    assert '<a href="#check_pt08">Question 8</a>.' in page
    assert 1 == page.count("no points of its own")
    assert "<strong>✘ your choice</strong>" in page
    assert "m1 is best overall, but its worst group is at 0.72" in page


def test_stock_nbgrader_lives_with_it(graded, tmp_path):
    """nbgrader alone gives the same marks for an answer that was given."""
    course = copy_course(tmp_path / "stock")
    use_stock(course)
    hand_in(course, "both", *CLASS["both"])
    (result,) = grade(course, ASSIGNMENT)
    same = {cell.grade_id: cell.score for cell in result.cells}

    assert same == {name: score for name, (score, _) in said(graded, "both").items()}


def test_restoring_keeps_only_texts():
    """What was chosen and given gets through, each as texts under texts; all else goes."""
    notebook = answered()
    for given in ({"q1": "A", "q2": 5, "q3": ["B"]}, ["A"], "A", None):
        notebook["metadata"]["rai"] = {"given": given, "answers": {"q1": "B"}, "more": 1}
        kept = {"given": {"q1": "A"}} if isinstance(given, dict) else {}

        assert {"answers": {"q1": "B"}} | kept == mended(notebook).notebook["metadata"]["rai"]


@pytest.mark.parametrize(
    ("rai", "answers"),
    [
        ({"answers": {"q": "A"}}, {"q": "A"}),
        ({"given": {"q": "B"}}, {"q": "B"}),
        ({"answers": {"q": "A", "p": "C"}, "given": {"q": "B"}}, {"q": "B", "p": "C"}),
        ({}, {}),
    ],
)
def test_given_wins_in_a_task(rai, answers):
    """A task has one answer a question."""
    notebook = {"metadata": {"rai": rai}, "cells": []}

    assert answers == task_of(notebook, {}).answers
    assert {} == task_of({"metadata": {}, "cells": []}, {}).answers


def test_the_checks_need_nothing_that_ran():
    """So a notebook whose process ended keeps the marks of its answers."""
    sources = {
        key: cell["source"]
        for key, cell in cells("source", ASSIGNMENT).items()
        if key.startswith("check_p")
    }

    assert 11 == len(sources)
    assert all(map(asks_only_for_answers, sources.values()))
    assert not asks_only_for_answers("answered('q1')\nverdict()")
