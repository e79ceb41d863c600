"""The command line: what it prints, and its exit codes."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from support.courses import answer

from grader import doctor
from grader.cli import main
from grader.course import Course

COMMANDS = ("release", "grade", "feedback", "report", "doctor", "demo", "lab")


@pytest.fixture
def inside(graded, tmp_path, monkeypatch) -> Course:
    """The graded small class, copied, with the working directory in it."""
    shutil.copytree(graded.course.root, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return Course(tmp_path / "course")


def test_help_answers_without_nbgrader():
    """No command's room is imported before it is opened: help comes at once."""
    code = "import sys, grader.cli; sys.exit('nbgrader' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["grade"],
        ["grade", "mini_project", "--workers", "0"],
        ["grade", "nope"],
        ["grade", "step_by_step"],
        ["grade", "mini_project", "--student", "nobody"],
        ["grade", "mini_project", "--json", "nowhere/x.json"],
        ["report", "nope"],
        ["release", "nope"],
    ],
)
def test_wrong_use_exits_with_2_and_one_clear_line(arguments, inside, capsys):
    """Nothing of this is done, and no stack trace is shown."""
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = stop.code
    err = capsys.readouterr().err

    assert code == 2
    assert "Traceback" not in err
    assert "grader" in err.splitlines()[-1]


def test_outside_a_course_folder_every_command_says_so(tmp_path, monkeypatch, capsys):
    """Run in another folder, the command says where it must be run."""
    monkeypatch.chdir(tmp_path)

    assert main(["report"]) == 2
    assert "Change into the course folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["w1+2", "123 [abc]", "really?"])
def test_an_assignment_that_nbgrader_cannot_take_is_told_by_its_sign(
    name, course, monkeypatch, capsys
):
    """One line of each command names the sign and what to rename, before anything is done."""
    (course.source("mini_project")).rename(course.source(name))
    course.submitted("ada", name).mkdir(parents=True)
    monkeypatch.chdir(course.root)
    sign = next(sign for sign in name if sign in "+[?")

    for command in ("release", "grade", "feedback", "report"):
        assert main([command, name]) == 2
        err = capsys.readouterr().err
        assert f"no assignment with a {sign} in its name" in err and err.count("\n") == 1
    found = doctor._ask("course folder", doctor.QUESTIONS["course folder"], course.root)
    assert not found.ok
    assert f"nbgrader takes no assignment with a {sign}" in found.text


@pytest.mark.slow
def test_a_course_folder_that_nbgrader_cannot_search_is_told(course, monkeypatch, capsys):
    """nbgrader takes a [ in a path for a pattern."""
    place = course.root.rename(course.root.with_name("course [2026]"))
    monkeypatch.chdir(place)

    for arguments in (["release"], ["grade", "mini_project"], ["report"], ["demo"]):
        assert main(arguments) == 2
        err = capsys.readouterr().err
        assert "has a [ in its path" in err and err.count("\n") == 1
    assert main(["doctor"]) == 1
    assert "PROBLEM  course folder: " in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["week 1", "wöche-1", "it's {a} (1)", "100 %.b"])
def test_other_odd_names_work(name, course):
    """From release to the page, whatever the assignment is called."""
    from grader.batch import grade
    from grader.feedback import feedback
    from grader.release import release

    course.source("mini_project").rename(course.source(name))
    course.source("step_by_step").rename(course.root / "away")
    release(course, [name])
    folder = course.submitted("ada", name)
    shutil.copytree(course.release(name), folder)
    answer(folder)

    assert [result.score for result in grade(course, name)] == [10, 9]
    assert len(feedback(course, name)) == 2


def test_grade_exits_with_1_when_something_could_not_be_graded(inside, capsys):
    """The table, then each ungraded notebook with its reason; the JSON has everybody."""
    code = main(["grade", "mini_project", "--student", "ada", "cleo", "--json", "out.json"])
    printed = capsys.readouterr().out
    entries = json.loads((inside.root / "out.json").read_text(encoding="utf-8"))

    assert code == 1
    assert "cleo/mini_project/practice.ipynb: the file is cut" in printed
    assert {entry["student"] for entry in entries} == {"ada", "cleo"}
    assert [e["score"] for e in entries if e["status"] == "could not be graded"] == [None]


def test_grade_exits_with_0_when_everybody_got_a_result(inside, capsys):
    """A missing notebook is a result."""
    assert main(["grade", "mini_project", "--student", "ada", "dan"]) == 0
    assert "practice missing" in capsys.readouterr().out


def test_report_and_feedback_print_their_result(inside, capsys):
    """Both commands work on what was graded."""
    assert main(["report", "mini_project"]) == 0
    assert "Most common mistakes:" in capsys.readouterr().out
    assert main(["feedback", "mini_project"]) == 0
    assert "pages written" in capsys.readouterr().out


def test_ctrl_c_is_one_line(inside, monkeypatch, capsys):
    """Stopping a command by hand exits with 130 and no stack trace."""

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.report.course_report", stopped)

    assert main(["report"]) == 130
    assert capsys.readouterr().err.startswith("grader: stopped")


def test_the_module_is_the_command():
    """`python -m grader` is the same."""
    run = subprocess.run(
        [sys.executable, "-m", "grader", "--help"],
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "100"},
    )

    assert run.returncode == 0
    assert all(f"\n    {command} " in run.stdout for command in COMMANDS)
