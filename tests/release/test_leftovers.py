"""Which files beside the notebooks of source/ go to learners, and which stop a release."""

import json
import os
from pathlib import Path

import pytest
from support.courses import answer_cell, cell, check_cell, hand_in_sheet, need_sandbox, small_course
from traitlets.config import Config

from grader.batch import grade
from grader.errors import Leftover
from grader.release import release
from grader.release.leftovers import refuse_leftovers

SOLUTION = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
HIDDEN = "assert 1\n### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


def folder_of(place: Path, files: dict[str, str], *sources: str) -> Path:
    """Make a source folder: files, and one notebook with these cells."""
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    cells = [{"cell_type": "code", "source": source.splitlines(True)} for source in sources]
    place.mkdir(exist_ok=True)
    (place / "work.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("files", "source"),
    [
        pytest.param({"people.csv": "a", "pictures/flow.svg": "<svg/>"}, "1", id="data"),
        pytest.param({"helper.py": "x = 1"}, "import helper", id="import"),
        pytest.param({"helper.py": "x = 1"}, "import math, helper as h", id="among others"),
        pytest.param({"helper.py": "x = 1"}, "if 1:\n    from helper import x", id="from"),
        pytest.param({"helper.py": "x = 1"}, "%run helper.py", id="run"),
        pytest.param(
            {"kit/__init__.py": "", "kit/deep/tools.py": ""}, "from kit.deep import tools", id="kit"
        ),
        pytest.param(
            {"helper.py": "open('more.json')", "more.json": "{}"}, "import helper", id="by a helper"
        ),
        pytest.param({"data/people.json": "[]"}, "open('data/people.json')", id="in a folder"),
        pytest.param({"data/a.json": "[]"}, "for path in Path('data').iterdir()", id="folder"),
        pytest.param({"data/x/a.txt": ""}, "for path in glob('./data/**')", id="folder deep"),
        pytest.param({"environment.yml": ""}, "See `environment.yml`.", id="told"),
        pytest.param({"model.pkl": "\0\x01"}, "load('model.pkl')", id="binary"),
        pytest.param({"__pycache__/a.pyc": "", "._work.ipynb": ""}, "1", id="of no use"),
    ],
)
def test_what_learners_need_goes_along(tmp_path, files, source):
    """Data, and what the released text imports or names, need no word to the author."""
    assert [] == refuse_leftovers(folder_of(tmp_path, files, source))


@pytest.mark.parametrize(
    ("files", "source"),
    [
        pytest.param({"solve.py": "x = 1"}, "# Solve it: solve(1)", id="a word"),
        pytest.param({"data/key.txt": "A"}, "read(the_data/2)", id="another folder"),
        pytest.param({"data/key.txt": "A"}, "# the data", id="a folder's name as a word"),
        pytest.param({"key.txt": "A"}, "open('my-key.txt')", id="part of a name"),
        pytest.param({"key.py": "A"}, SOLUTION.format("import key"), id="in the solution"),
        pytest.param({"key.py": "A"}, HIDDEN.format("import key"), id="in a hidden test"),
        pytest.param({"a.py": "import b"}, "1", id="a helper of nobody"),
    ],
)
def test_what_nobody_names_goes_along_with_a_word(tmp_path, files, source):
    """A file that nothing released needs is released as with nbgrader, and the author told."""
    (line,) = refuse_leftovers(folder_of(tmp_path / "week", files, source))

    assert line.startswith(f"week/{next(iter(files))}: released, though nothing")
    assert "move it out of source/" in line


@pytest.mark.parametrize(
    ("files", "source"),
    [
        pytest.param({"sub/work.ipynb": "{}"}, "open('sub/work.ipynb')", id="notebook below"),
        pytest.param({".key.txt": "A"}, "1", id="hidden"),
        pytest.param({".kit/key.json": "{}"}, "1", id="in a hidden folder"),
        pytest.param({"helper.py": SOLUTION.format("x")}, "import helper", id="solution region"),
        pytest.param({"helper.py": HIDDEN.format("x")}, "import helper", id="hidden tests"),
        pytest.param({"people.csv": "BEGIN MARK SCHEME"}, "1", id="mark scheme"),
    ],
)
def test_what_might_give_answers_away_is_named(tmp_path, files, source):
    """A hidden file, a notebook in a folder, or marks of an answer stop the release."""
    with pytest.raises(Leftover, match="would be released") as refused:
        refuse_leftovers(folder_of(tmp_path, files, source))

    assert str(tmp_path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("make", [lambda p: p.symlink_to("/etc/hostname"), os.mkfifo])
def test_what_is_no_file_is_named(tmp_path, make):
    """A link or a pipe is never carried, whatever its name."""
    make(folder_of(tmp_path, {}, "'people.csv'") / "people.csv")
    with pytest.raises(Leftover, match=r"people\.csv"):
        refuse_leftovers(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_marks_are_found_however_a_file_was_saved(tmp_path, encoding):
    """An editor of another system hides no solution."""
    folder_of(tmp_path, {}, "import helper")
    (tmp_path / "helper.py").write_text("# ### BEGIN SOLUTION", encoding=encoding)

    with pytest.raises(Leftover, match="BEGIN SOLUTION"):
        refuse_leftovers(tmp_path)


def test_the_marks_are_those_of_the_configuration(tmp_path):
    """A course with its own marks for solutions is protected by them."""
    config = Config({"ClearSolutions": {"begin_solution_delimeter": "BEGIN ANSWER"}})
    folder_of(tmp_path, {"helper.py": "# BEGIN ANSWER"}, "import helper")

    refuse_leftovers(tmp_path)
    with pytest.raises(Leftover, match="BEGIN ANSWER"):
        refuse_leftovers(tmp_path, config)


@pytest.mark.slow
def test_a_helper_reaches_the_release_and_the_grading(tmp_path):
    """A released notebook finds its helper, and so do key and hand-in where they are graded."""
    need_sandbox()
    answer = "def double(x):\n    return helper.times(x, 2)"
    course = small_course(
        tmp_path / "course",
        cell("start", "import helper"),
        answer_cell("double", answer),
        check_cell("check", "assert double(2) == 4"),
        files={"helper.py": "def times(a, b):\n    return a * b\n"},
    )
    release(course, ["week"])
    hand_in_sheet(course, "ada", double=answer)
    (course.submitted("ada", "week") / "helper.py").write_text("def times(a, b):\n    return 5\n")
    hand_in_sheet(course, "ben")
    results = grade(course, "week")

    assert (course.release("week") / "helper.py").is_file()
    assert {"ada": 1.0, "ben": 0.0} == {one.student: one.score for one in results}
