"""What a submitted folder is, before anything in it is opened."""

import json
import os
from datetime import datetime
from pathlib import Path

import pytest
from documents import KEY, answered, code, part

from grader.documents.folder import (
    UNREADABLE,
    choose_notebooks,
    set_timestamp_aside,
    timestamp,
    unsafe_files,
)
from grader.documents.key import Key

QUIZ = Key("homework", "quiz", (part("quiz_answers", solution=True), part("check_q", locked=True)))
KEYS = {"steps": KEY, "quiz": QUIZ, "reading": Key("homework", "reading", ())}


def put(folder: Path, name: str, nb: dict | None = None, age: int = 0) -> Path:
    """Write a notebook of a certain age, an answered one of `steps` unless another is given."""
    path = folder / name
    path.write_text(json.dumps(nb or answered()), encoding="utf-8")
    os.utime(path, (2_000_000 - age, 2_000_000 - age))
    return path


def quiz() -> dict:
    """Return a notebook of the quiz."""
    return answered() | {"cells": [code("quiz_answers"), code("check_q")]}


def test_a_renamed_notebook_stands_for_the_missing_one(tmp_path):
    """Browsers add (1) to a download; the cells tell which notebook it is."""
    steps = put(tmp_path, "project (1).ipynb")
    other = put(tmp_path, "quiz-Copy1.ipynb", quiz())

    chosen, notes = choose_notebooks(tmp_path, KEYS)

    assert chosen == {"steps": steps, "quiz": other}
    assert notes["steps"] == "`project (1).ipynb` was graded as steps.ipynb, which is missing."


def test_the_right_name_wins(tmp_path):
    """A newer copy beside it changes nothing."""
    right = put(tmp_path, "steps.ipynb", age=100)
    put(tmp_path, "steps-Copy1.ipynb")

    assert choose_notebooks(tmp_path, KEYS) == ({"steps": right}, {})


def test_the_newest_of_two_candidates_wins(tmp_path):
    """The note names the other one."""
    put(tmp_path, "first.ipynb", age=100)
    newest = put(tmp_path, "second.ipynb")

    chosen, notes = choose_notebooks(tmp_path, KEYS)

    assert chosen == {"steps": newest}
    assert "`second.ipynb` was graded" in notes["steps"]
    assert "`first.ipynb`, which is older, was not." in notes["steps"]


def test_a_notebook_with_less_than_half_of_the_cells_stands_for_none(tmp_path):
    """A learner's own notes are no submission."""
    nb = answered()
    nb["cells"] = nb["cells"][:4]
    put(tmp_path, "notes.ipynb", nb)
    put(tmp_path, "empty.ipynb", answered() | {"cells": []})

    assert choose_notebooks(tmp_path, KEYS) == ({}, {})


def test_what_two_notebooks_could_be_stands_for_none(tmp_path):
    """Guessing wrong would cost a learner the marks of both."""
    put(tmp_path, "answers.ipynb", quiz())

    assert choose_notebooks(tmp_path, {"quiz": QUIZ, "twin": QUIZ}) == ({}, {})


def test_an_unreadable_file_may_be_the_missing_notebook(tmp_path):
    """It is taken for the only one that is missing, so that nobody gets a zero for a cut file."""
    steps = put(tmp_path, "steps.ipynb")
    cut = tmp_path / "my quiz.ipynb"
    cut.write_text('{"cells": [', encoding="utf-8")
    keys = {"steps": KEY, "quiz": QUIZ}

    assert choose_notebooks(tmp_path, keys)[0] == {"steps": steps, "quiz": cut}

    cut.rename(tmp_path / "._quiz.ipynb")  # what a Mac leaves behind on other disks
    assert choose_notebooks(tmp_path, keys)[0] == {"steps": steps}

    (tmp_path / "._quiz.ipynb").rename(cut)
    steps.unlink()
    assert choose_notebooks(tmp_path, keys) == ({}, {})


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-05-01 12:00:00 UTC", datetime(2026, 5, 1, 12)),
        ("2026-05-01T12:00:00", datetime(2026, 5, 1, 12)),
        ("soon", None),
        ("99999999999999999999999 1 1", None),
        ("2026-05-01 12:00:00 +999999", None),
        ("", None),
        ("\0", None),
    ],
)
def test_a_timestamp_is_a_date_or_nothing(tmp_path, written, expected):
    """Whatever the file holds, reading it raises nothing."""
    (tmp_path / "timestamp.txt").write_text(written, encoding="utf-8")

    assert timestamp(tmp_path) == expected


def test_a_timestamp_is_a_file_of_its_own(tmp_path):
    """Neither a link nor a folder nor a pipe says when a submission came."""
    (tmp_path / "real.txt").write_text("2026-05-01 12:00:00 UTC", encoding="utf-8")
    path = tmp_path / "timestamp.txt"

    assert timestamp(tmp_path) is None
    path.symlink_to(tmp_path / "real.txt")
    assert timestamp(tmp_path) is None
    path.unlink()
    path.mkdir()
    assert timestamp(tmp_path) is None
    path.rmdir()
    os.mkfifo(path)
    assert timestamp(tmp_path) is None


def test_an_unreadable_timestamp_is_set_aside_and_told(tmp_path):
    """The formgrader fails on such a file; the note is the same the next time."""
    (tmp_path / "timestamp.txt").write_text("soon", encoding="utf-8")

    note = set_timestamp_aside(tmp_path)

    assert "holds no date" in note
    assert not (tmp_path / "timestamp.txt").exists()
    assert (tmp_path / UNREADABLE).read_text(encoding="utf-8") == "soon"
    assert set_timestamp_aside(tmp_path) == note


def test_a_good_timestamp_stays(tmp_path):
    """There is nothing to tell."""
    (tmp_path / "timestamp.txt").write_text("2026-05-01 12:00:00 UTC", encoding="utf-8")

    assert set_timestamp_aside(tmp_path) == ""
    assert (tmp_path / "timestamp.txt").exists()


def test_what_must_not_be_copied(tmp_path):
    """Links, even to folders or to nothing, pipes and very large files; all else may."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.csv").write_bytes(b"1")
    (tmp_path / "large").write_bytes(b"x" * 11)
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "sub" / "nowhere").symlink_to("nothing")
    (tmp_path / "linked").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")

    found = unsafe_files(str(tmp_path), largest=10)

    names = {os.path.relpath(path, tmp_path) for path in found}
    assert names == {"large", "link", "linked", "pipe", "sub/nowhere"}
