"""Hidden data come from one secret seed per course and assignment: equal files get equal marks."""

import json
import shutil
import subprocess
import sys

import pytest
from support import functions
from support.courses import (
    answer_cell,
    check_cell,
    copy_course,
    hand_in_sheet,
    need_sandbox,
    small_course,
)

from grader import gradebook
from grader.batch import grade
from grader.course import Course, course_directory, load_config
from grader.release import release

# Each draws one number of a hundred in another way; the answer is right for half of them.
DRAWS = {
    "random": "import random\nn = random.randrange(100)",
    "numpy": "import numpy as np\nn = int(np.random.randint(100))",
    "generator": "import numpy as np\nn = int(np.random.default_rng().integers(100))",
    "set": "n = int(next(iter({str(i) for i in range(100)})))",
}
HALF = "def f(n):\n    return n if n < 50 else None"
LOTS = "import random, numpy as np\ndef f(n):\n    return n if random.random() < .5 else None"


@pytest.fixture(autouse=True)
def sandbox():
    """Hand-ins are graded in the sandbox."""
    need_sandbox()


def drawing(place) -> Course:
    """A course whose checks draw numbers: each has ten parts, of which an answer has some right."""
    checks = [
        check_cell(
            name, f"good = 0\nfor _ in range(9):\n    {line}\n    good += f(n) == n\ngood", 9
        )
        for name, draw in DRAWS.items()
        for line in [draw.replace("\n", "\n    ")]
    ]
    answer = answer_cell("f", "def f(n):\n    return n")
    config = "c.KeyTrial.allow_blank = []\n"
    return small_course(place, answer, *checks, config=config)


def marks(course: Course, **options) -> dict[str, list[float]]:
    """Grade and return the marks of each learner's checks."""
    found = grade(course, "week", force=True, **options)
    return {one.student: [cell.score for cell in one.cells] for one in found}


def seed_of(course: Course) -> str:
    """The seed of the assignment."""
    return gradebook.seed(course_directory(load_config(course)), "week")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Course:
    """A released course with four equal hand-ins that are right for half of the numbers."""
    need_sandbox()
    course = drawing(tmp_path_factory.mktemp("seeds") / "course")
    release(course, ["week"])
    for student in ("ada", "ben", "cleo", "dan"):
        hand_in_sheet(course, student, f=HALF)
    hand_in_sheet(course, "lots", f=LOTS)
    return course


@pytest.mark.slow
def test_equal_files_get_equal_marks_on_every_worker_and_in_every_run(place):
    """Python's and NumPy's generators and the order of sets are the same each time."""
    one, two = marks(place, workers=1), marks(place, workers=2)

    assert one == two
    assert one["ada"] == one["ben"] == one["cleo"] == one["dan"]
    assert 0 < sum(one["ada"]) < 36  # the draws matter


@pytest.mark.slow
def test_nbgrader_autograde_gives_the_same_marks(place):
    """The other way through grading draws the same data."""
    here = marks(place)
    command = [sys.executable, "-m", "nbgrader", "autograde", "week", "--force"]
    subprocess.run(command, cwd=place.root, check=True, capture_output=True)
    found = gradebook.results(place, "week")

    assert here == {one.student: [cell.score for cell in one.cells] for one in found}


def test_each_course_and_assignment_has_a_seed_of_its_own(place, tmp_path):
    """It is long, stays the same, and nobody else has it."""
    directory = course_directory(load_config(place))
    seeds = {seed_of(place), gradebook.seed(directory, "other")}
    directory.course_id = "another"
    seeds.add(gradebook.seed(directory, "week"))

    assert 3 == len(seeds) and all(len(seed) == 64 for seed in seeds)
    assert seed_of(place) in seeds


@pytest.mark.slow
def test_reseed_draws_other_data_and_grades_everybody_again(place):
    """The command for the day on which hidden data became known."""
    before, old = marks(place), seed_of(place)
    command = [sys.executable, "-m", "grader", "grade", "week", "--reseed"]
    done = subprocess.run(command, cwd=place.root, capture_output=True, text=True)
    found = gradebook.results(place, "week")

    assert 0 == done.returncode, done.stderr
    assert old != seed_of(place)
    assert before != {one.student: [cell.score for cell in one.cells] for one in found}
    refused = subprocess.run(
        [*command, "--student", "ada"], cwd=place.root, capture_output=True, text=True
    )
    assert 2 == refused.returncode and "leave out --student" in refused.stderr


def test_the_seed_is_nowhere_that_a_learner_reads(place):
    """Neither a graded notebook nor the release holds it."""
    seed = seed_of(place)
    marks(place)
    for folder in ("autograded", "release", ".grader"):
        for path in (place.root / folder).rglob("*"):
            assert not path.is_file() or seed not in path.read_text(
                encoding="utf-8", errors="ignore"
            )


@pytest.mark.slow
def test_equal_slips_at_a_boundary_cost_the_same(tmp_path):
    """Three equal hand-ins of the course's own capstone, graded twice: one mark."""
    course = copy_course(tmp_path / "course")
    wrong = functions.wrong("b4", ("", "", "<", "<="))
    for student in ("ada", "ben", "cleo"):
        folder = course.submitted(student, "fairness_monitor")
        shutil.copytree(course.source("fairness_monitor"), folder)
        path = folder / "fairness_monitor.ipynb"
        nb = json.loads(path.read_text(encoding="utf-8"))
        for cell in nb["cells"]:
            if cell["id"] == "b4":
                cell["source"] = wrong
        path.write_text(json.dumps(nb), encoding="utf-8")
    found = [grade(course, "fairness_monitor", force=True) for _ in range(2)]

    assert 1 == len({one.score for results in found for one in results})
    assert found[0][0].score < 25
