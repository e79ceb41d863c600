"""The class's page."""

from dataclasses import replace

from grader.report import (
    common_mistakes,
    course_report,
    course_table,
    marks_table,
    mistake_lines,
    repairs,
    ungraded,
)
from grader.results import CellResult, NotebookResult


def result(
    student: str, score: float | None, message: str = "", rule: str = "", **more
) -> NotebookResult:
    """Build a result of a notebook with one check."""
    cell = CellResult("check", score, 2.0, message, rule=rule)
    fields = {"status": "graded", "cells": (cell,)} | more
    return NotebookResult(student, "a", "nb", score, 2.0, **fields)


def test_the_table_has_a_row_a_learner_and_no_zero_for_ungraded():
    """Points are written as people write them; what nobody decided is a dash."""
    table = marks_table(
        [result("ada", 1.5), result("ben", None, status="could not be graded", late=7300.0)]
    )

    assert table.splitlines()[2].split() == ["ada", "1.5", "1.5"]
    assert table.splitlines()[3].startswith("ben")
    assert table.splitlines()[3].split()[:3] == ["ben", "–", "–"]
    assert "late by 2 hours; nb could not be graded" in table


def test_what_waits_for_a_person_is_open_and_no_zero():
    """Points that nobody decided about stand beside the marks, and are no mistake of the class."""
    essay = CellResult("essay", None, 5.0, "")
    unsure = CellResult("unsure", None, 1.0, "Not checked, because the grader stopped.")
    cells = (CellResult("check", 2.0, 2.0, "Correct."), essay, unsure)
    some = result("ada", 2.0, cells=cells)
    none = result("ben", None, cells=(essay,))

    assert (6.0, 2.0) == (some.open, none.open)
    assert "ada 2 2 nb: 6 points open" == " ".join(marks_table([some]).splitlines()[2].split())
    assert "ben – – nb: 2 points open" == " ".join(marks_table([none]).splitlines()[2].split())
    assert [] == common_mistakes([some, none])


def test_the_course_has_a_column_for_each_assignment_with_marks():
    """What is open and what was not handed in is told apart from 0."""
    lost = result("eva", None, status="could not be graded", cells=())
    table = course_table(
        {
            "one": [result("ada", 1.5), lost],
            "two": [result("ada", 0.0), replace(result("ben", 2.0), max_score=3.0)],
            "three": [],
        }
    )
    rows = [" ".join(line.split()) for line in table.splitlines()]

    assert ["The whole course", "", "learner one two sum", "/2 /3 /5"] == rows[:4]
    assert ["ada 1.5 0 1.5", "ben – 2 2", "eva 2 open – 2 open"] == rows[5:8]


def test_one_assignment_without_marks_does_not_hide_the_others(graded):
    """What nobody handed in yet is named with what to run, and a course of one needs no table."""
    text = course_report(graded.course)

    assert "mini_project: 7 learners" in text
    assert "step_by_step: no marks yet. Run: grader grade step_by_step" in text
    assert "The whole course" not in text


def test_mistakes_are_counted_over_the_class():
    """A rule counts once for each learner who missed it, with the commonest sentence."""
    results = [
        result("ada", 2.0, "Correct."),
        result("ben", 0.0, "Off by  one.", "follows"),
        result("cleo", 1.0, "Off by one.", "follows"),
        result("dan", 1.0, "A rounded number.", "follows"),
        result("eva", 0.0, "No loop.", "loops"),
    ]
    first, second = common_mistakes(results)

    assert (first.message, first.learners, first.lost) == ("Off by one.", 3, 4.0)
    assert (second.message, second.learners, second.lost) == ("No loop.", 1, 2.0)
    assert mistake_lines([first, second]) == [
        "1. nb, check: Off by one. (3 learners, 4 points; 2 read this sentence)",
        "2. nb, check: No loop. (1 learner, 2 points)",
    ]


def test_every_ungraded_notebook_is_named_with_its_reason():
    """A person must know where to look and why."""
    lines = ungraded([result("ben", None, status="could not be graded", reason="cut")])

    assert lines == ["ben/a/nb.ipynb: cut"]


def test_repairs_are_told_and_cannot_command_the_terminal(graded):
    """What was put right is one line each; signs that a terminal obeys are taken out."""
    lines = repairs(graded.results)
    hostile = replace(graded.results[0], notes=("a\x1b[2Jb",))

    assert any("gina/mini_project/build_and_apply.ipynb: " in line for line in lines)
    assert repairs([hostile])[0].endswith(": a?[2Jb")
