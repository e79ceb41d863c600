"""Whatever ends `grader grade`, nothing is lost and nothing is half there."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from support.courses import copy_course, hand_in, need, need_sandbox
from support.databases import on_postgresql, rows
from test_batch_like_nbgrader import files, notebook

from grader.batch import grade
from grader.batch.staging import ASIDE
from grader.course import Course
from grader.release import release

LEARNERS = 24
MARKS = 9  # of one learner
POINTS = 10  # random points at which it is killed
RNG = random.Random(20260522)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory) -> Course:
    """A class that was never graded; its gradebook has the key."""
    need_sandbox()
    course = copy_course(tmp_path_factory.mktemp("waiting") / "course")
    release(course, ["mini_project"])
    for number in range(LEARNERS):
        changes = {"step_3": "accuracy = 0.8"} if number % 2 else {}
        folder = hand_in(course, f"learner{number:02}", **changes)
        (folder / "timestamp.txt").write_text(f"2026-05-04 10:{number:02}:00.000000 UTC")
    return course


@pytest.fixture(scope="module")
def undisturbed(waiting, tmp_path_factory) -> Course:
    """The same class, graded without a disturbance."""
    course = copied(waiting, tmp_path_factory.mktemp("undisturbed"))
    grade(course, "mini_project")
    return course


def copied(course: Course, folder: Path) -> Course:
    """Return a copy of a course in a folder."""
    shutil.copytree(course.root, folder / "course", symlinks=True)
    return Course(folder / "course")


def started(course: Course, *options: str, **more: object) -> subprocess.Popen:
    """Start `grader grade` in a process of its own and wait until it begins to grade."""
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", "mini_project", *options],
        cwd=course.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )
    assert process.stderr.readline().startswith("Grading: 0/")
    return process


def same(course: Course, other: Course) -> bool:
    """Tell whether two courses hold the same graded notebooks and the same marks."""
    ours, theirs = files(course), files(other)
    return (
        rows(course) == rows(other)
        and sorted(ours) == sorted(theirs)
        and all(
            notebook(path, course) == notebook(theirs[name], other)
            for name, path in ours.items()
            if path.suffix == ".ipynb"
        )
    )


def marked(course: Course) -> dict[str, int]:
    """Return how many marks of the machine each learner has."""
    found = Counter()
    for row in rows(course)["grade"]:
        found[row["notebook_id"][1][1]] += row["auto_score"] is not None
    return dict(found)


def no_process_is_left(course: Course) -> bool:
    """Tell whether all processes that work in the course's folder have ended."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        there = [path for path in Path("/proc").glob("[0-9]*/cwd") if _leads_to(path, course.root)]
        if not there:
            return True
        time.sleep(0.1)
    return False


def _leads_to(link: Path, place: Path) -> bool:
    try:
        return link.resolve().is_relative_to(place)
    except OSError:
        return False


def disturb(course: Course, *options: str) -> None:
    """Kill `grader grade` at a random point between its first and its last submission."""
    with started(course, "--workers", "1", *options) as process:
        for _ in range(RNG.randint(0, 5)):
            process.stderr.readline()  # every fifth part of the class
        time.sleep(RNG.uniform(0, 0.3))
        process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("_point", range(POINTS))
def test_killed_at_any_point_it_goes_on_where_it_was(_point, waiting, undisturbed, tmp_path):
    """After kill -9 marks are old or new as a whole; the same command then ends as undisturbed."""
    course = copied(waiting, tmp_path)
    disturb(course)
    before = marked(course)
    results = grade(course, "mini_project")

    assert set(before.values()) <= {0, MARKS}
    assert {"graded"} == {result.status for result in results}
    assert same(course, undisturbed)
    assert not (course.root / "autograded" / ASIDE).exists()


@pytest.mark.slow
@pytest.mark.parametrize("_point", range(2))
def test_on_postgresql_too(_point, waiting, undisturbed, tmp_path):
    """The same rule where the gradebook is on a database server."""
    course = on_postgresql(waiting, tmp_path / "course")
    disturb(course)
    before = marked(course)
    grade(course, "mini_project")

    assert set(before.values()) <= {0, MARKS}
    assert same(course, undisturbed)


def test_killed_while_it_grades_again_it_keeps_old_or_new(waiting, undisturbed, tmp_path):
    """A regrade that is killed leaves marks for everybody, and the next run finds its way."""
    course = copied(undisturbed, tmp_path)
    disturb(course, "--force")
    before = rows(course)
    grade(course, "mini_project")

    assert rows(undisturbed) == before
    assert same(course, undisturbed)


@pytest.mark.slow
def test_ctrl_c_ends_it_cleanly(waiting, undisturbed, tmp_path):
    """One line, exit code 130, no process left; what was finished is recorded and kept."""
    course = copied(waiting, tmp_path)
    with started(course, "--workers", "1") as process:
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    ended = no_process_is_left(course)
    done = [student for student, count in marked(course).items() if count]
    graded = list((course.root / "autograded").glob("*/mini_project"))
    seen = []
    grade(course, "mini_project", progress=lambda *counts: seen.append(counts))

    assert 130 == process.returncode
    assert "Traceback" not in said
    assert "grader: stopped. What was finished is kept; run the same command to go on." in said
    assert ended
    assert sorted(path.parent.name for path in graded) == sorted(done)
    assert (0, LEARNERS - len(graded)) == seen[0]
    assert same(course, undisturbed)


@pytest.mark.slow
def test_two_at_once_are_one_too_many(waiting, tmp_path):
    """While one process writes to autograded/, another one is told so and touches nothing."""
    course = copied(waiting, tmp_path)
    with started(course) as first:
        os.kill(first.pid, signal.SIGSTOP)  # so that it is still at work
        second = subprocess.run(
            [sys.executable, "-m", "grader", "grade", "mini_project", "--force"],
            cwd=course.root,
            capture_output=True,
            text=True,
        )
        os.kill(first.pid, signal.SIGCONT)
        first.communicate(timeout=60)

    assert 0 == first.returncode
    assert 1 == second.returncode
    assert "Another `grader grade` is writing" in second.stderr
    assert "Traceback" not in second.stderr


def graded_on(course: Course, mount: str) -> subprocess.CompletedProcess:
    """Run `grader grade` where autograded/ is another disk, which nobody else sees."""
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    own_mounts = ["unshare", "--mount", *rights, "sh", "-c"]
    possible = shutil.which("unshare") and not subprocess.call([*own_mounts, "true"])
    need("right to mount a disk of our own", "COURSE_REQUIRE_JAIL", "yes" if possible else None)
    (course.root / "autograded").mkdir(exist_ok=True)
    command = f"mount -t tmpfs -o {mount} none autograded && exec {sys.executable} -m grader grade"
    return subprocess.run(
        [*own_mounts, f"{command} mini_project"], cwd=course.root, capture_output=True, text=True
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mount", "advice"),
    [
        ("ro", "Read-only file system. See that the folder may be written."),
        ("size=300k", "No space left on device. Make room on the disk."),
    ],
)
def test_a_disk_that_takes_nothing_is_one_clear_line(mount, advice, waiting, undisturbed, tmp_path):
    """Nobody gets a mark without a notebook; with room again the same command grades all."""
    course = copied(waiting, tmp_path)
    done = graded_on(course, mount)
    said = [line for line in done.stderr.splitlines() if not line.startswith("Grading:")]
    before = marked(course)
    grade(course, "mini_project")

    assert 1 == done.returncode
    assert 1 == len(said) and said[0].startswith("grader: ") and advice in said[0]
    assert len([count for count in before.values() if count]) < LEARNERS
    assert set(before.values()) <= {0, MARKS}
    assert same(course, undisturbed)
