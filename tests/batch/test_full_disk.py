"""A disk that is full costs nobody a mark and shows nobody a stack trace."""

import resource
import subprocess
import sys

import pytest
from support.courses import copy_course, hand_in


def run_grade(course, *options: str, largest: int | None = None) -> subprocess.CompletedProcess:
    """Run `grader grade`; with `largest`, no file takes more bytes, as on a full disk."""

    def limit() -> None:
        if largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    return subprocess.run(
        [sys.executable, "-m", "grader", "grade", "mini_project", *options],
        cwd=course.root,
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )


@pytest.mark.slow
def test_a_gradebook_that_cannot_grow_is_told_in_words(tmp_path):
    """The command says what to do and gives nobody a 0; with room again, all are graded."""
    course = copy_course(tmp_path / "course")
    hand_in(course, "ada")
    release = [sys.executable, "-m", "grader", "release", "mini_project"]
    subprocess.run(release, cwd=course.root, check=True)
    done = run_grade(course, largest=(course.root / "gradebook.db").stat().st_size // 2)

    assert 1 == done.returncode
    assert "Traceback" not in done.stdout + done.stderr
    assert "The gradebook" in done.stdout + done.stderr
    assert "run the same command again" in done.stdout + done.stderr

    again = run_grade(course)
    assert 0 == again.returncode
    assert "19" in again.stdout


def test_results_that_cannot_be_written_are_one_line(graded):
    """A full disk under --json is told in one line, with what to do."""
    done = run_grade(graded.course, "--student", "ada", "--json", "/dev/full")

    assert 1 == done.returncode
    assert "Traceback" not in done.stderr
    assert "No space left on device" in done.stderr
