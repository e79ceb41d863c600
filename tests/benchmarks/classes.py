"""Classes to measure with, and the ways to grade them."""

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from measure import cpu_of_tree, memory_of_tree
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import BaseConverter
from support.courses import copy_course, hand_in
from table import use_stock

from grader.batch import grade
from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.release import release

ASSIGNMENT = "mini_project"
SHARDS = 4  # processes of stock nbgrader side by side; a learner's name begins with their shard
SLIPS = (
    {},
    {"step_3": "accuracy = 0.8"},
    {"step_1": "model_results = {'predictions': [1, 0, 1, 1, 0]}"},
    {"step_4": "print('Model fairness check: Accuracy = 0.8, Threshold = 0.8')"},
    {"step_2": "fairness_threshold = '0.8'", "quiz_answers": None},
)


def classroom(folder: Path, count: int, stock: bool = False) -> Course:
    """
    Make a course with so many submissions of two notebooks; the gradebook holds its key.

    Every second one is right throughout, the others have one slip, and no two are alike.
    """
    course = copy_course(folder)
    if stock:
        use_stock(course)
    release(course, [ASSIGNMENT])
    for number in range(count):
        slip = SLIPS[number // 2 % len(SLIPS)] if number % 2 else {}
        own = {name: source and f"{source}\n# {number}" for name, source in slip.items()}
        hand_in(course, f"{number % SHARDS}-{number:04}", **own)
    return course


def autograde(course: Course, students: list[str], assignment: str = ASSIGNMENT) -> None:
    """Grade submissions by nbgrader's Autograde as this course has it, in this process."""
    _convert(Autograde, course, students, assignment)


def generate_feedback(course: Course, students: list[str]) -> None:
    """Write feedback by nbgrader's GenerateFeedback as this course has it, in this process."""
    _convert(GenerateFeedback, course, students, ASSIGNMENT)


def _convert(
    kind: type[BaseConverter], course: Course, students: list[str], assignment: str
) -> None:
    config = load_config(course)
    for student in students:
        directory = course_directory(config, student_id=student, assignment_id=assignment)
        converter = kind(coursedir=directory, config=config)
        converter.force = True
        with quiet_nbgrader() as errors:
            converter.start()
        assert not errors, errors


def sharded(course: Course) -> float:
    """
    Grade a whole class with stock nbgrader in four processes at a time; return the seconds in
    which they worked, without the start of Python and nbgrader.
    """
    start = (
        "import sys, nbgrader.converters\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "from nbgrader.apps import NbGraderApp\n"
        "sys.argv[1:1] = ['autograde', '--force']\n"
        "NbGraderApp.launch_instance()"
    )
    workers = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                start,
                ASSIGNMENT,
                f"--student={number}-*",
            ],
            cwd=course.root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for number in range(SHARDS)
    ]
    for worker in workers:
        worker.stdout.readline()
    begin = time.perf_counter()
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate()
    return time.perf_counter() - begin


@dataclass
class Graded:
    """What `grade` cost: seconds for the class, seconds of CPU, and megabytes at most."""

    wall: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    marks: list[float | None] = field(default_factory=list)


def graded(course: Course, workers: int | None = None) -> Graded:
    """Grade a whole class with everything that belongs to it, its processes started and ended."""
    found = Graded()
    start, before = time.perf_counter(), cpu_of_tree()

    def progress(done: int, total: int) -> None:
        if done % 50 == 0 or done == total:
            found.memory = max(found.memory, memory_of_tree())
        if done == total:  # while the sandboxes live: what is killed is not counted
            found.cpu = cpu_of_tree() - before - time.process_time()

    results = grade(course, ASSIGNMENT, force=True, workers=workers, progress=progress)
    found.wall = time.perf_counter() - start
    found.cpu += time.process_time()
    found.marks = [result.score for result in results]
    return found
