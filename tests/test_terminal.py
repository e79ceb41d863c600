"""What every command prints, on terminals without Unicode and into pipes that close."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import Course

COMMANDS = (
    ["--help"],
    ["grade", "--help"],
    ["release"],
    ["grade", "mini_project"],
    ["feedback", "mini_project"],
    ["report"],
    ["report", "mini_project"],
    ["doctor"],
    ["grade", "nö such…assignment"],
)
SLOW = (["release"], ["doctor"])  # and the demo: see test_demo
ASCII = {"PYTHONIOENCODING": "ascii"}
POSIX = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture(scope="module")
def folder(graded, tmp_path_factory) -> Path:
    """The small class, with a learner whose name is not plain and one in no known encoding."""
    place = tmp_path_factory.mktemp("plain") / "course"
    shutil.copytree(graded.course.root, place)
    course = Course(place)
    for name in ("zoë–1", os.fsdecode(b"b\xf6rn")):
        shutil.copytree(
            course.submitted("cleo", "mini_project"), course.submitted(name, "mini_project")
        )
    return place


def grader(folder: Path, arguments: list[str], **environment: str) -> subprocess.Popen:
    """Start a command."""
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(one, POSIX) for one in COMMANDS] + [(one, ASCII) for one in COMMANDS if one not in SLOW],
)
def test_a_terminal_without_unicode_shows_plain_signs(folder, arguments, environment):
    """No command stops with a stack trace for a sign that cannot be shown."""
    out, err = grader(folder, arguments, **environment).communicate(timeout=300)

    assert b"Traceback" not in out + err and b"codec" not in out + err
    (out + err).decode("ascii")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "both"),
    [(one, both) for one in COMMANDS for both in (True, False) if both or one not in SLOW],
)
def test_a_reader_may_leave(folder, arguments, both):
    """A closed pipe ends a command without a word, also when all fits into a buffer."""
    read, write = os.pipe()
    os.close(read)
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments],
        cwd=folder,
        stdout=write,
        stderr=write if both else subprocess.PIPE,
    )
    os.close(write)
    _, err = process.communicate(timeout=300)

    assert process.returncode in (0, 1, 2)
    assert b"Traceback" not in (err or b"") and b"Broken" not in (err or b"")
