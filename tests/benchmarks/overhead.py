"""
What a submission costs: stock nbgrader against the jail and its judge, interleaved.

    python tests/benchmarks/overhead.py [COUNT]      (or: make bench)

Every submission of `mini_project` (two notebooks) is graded three ways, one after the other, in
one long-lived process: by stock nbgrader's Autograde, by the same Autograde with the jail behind
it, and by the grading process alone (cells and checks, without nbgrader's reading and recording).
CPU is that of the whole tree of processes, kernels, jails and rooms included.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from courses import copy_course, hand_in
from judging import REFERENCE, task
from nbgrader.converters import Autograde
from table import use_stock

from grader.course import Course, course_directory, load_config, quiet_nbgrader
from grader.grading.bench import Bench
from grader.release import release

TICKS = os.sysconf("SC_CLK_TCK")
ANSWERS = {f"step_{number}": source for number, source in REFERENCE.items()}


@dataclass
class Cost:
    """What one way has cost so far, a number for each submission, in milliseconds."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self, act: Callable[..., object], *args: object) -> None:
        """Do something and note what it cost."""
        start, before = time.perf_counter(), cpu_of_tree()
        act(*args)
        self.cpu.append((cpu_of_tree() - before) * 1000)
        self.wall.append((time.perf_counter() - start) * 1000)


def cpu_of_tree() -> float:
    """Return the CPU seconds of this process, its descendants, and those they have waited for."""
    total, todo = 0.0, [os.getpid()]
    while todo:
        pid = todo.pop()
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            for thread in os.listdir(f"/proc/{pid}/task"):
                children = Path(f"/proc/{pid}/task/{thread}/children").read_text()
                todo += [int(child) for child in children.split()]
        except OSError:
            continue
        total += sum(int(fields[place]) for place in (11, 12, 13, 14)) / TICKS
    return total


def autograde(course: Course, student: str) -> None:
    """Grade one submission by nbgrader's Autograde as this course has it."""
    config = load_config(course)
    directory = course_directory(config, student_id=student, assignment_id="mini_project")
    with quiet_nbgrader() as errors:
        Autograde(coursedir=directory, config=config).start()
    assert not errors, errors


def prepared(folder: Path, count: int, stock: bool) -> Course:
    """Make a course with so many submissions; the gradebook holds its key."""
    course = copy_course(folder)
    if stock:
        use_stock(course)
    release(course, ["mini_project"])
    for number in range(count):
        hand_in(course, f"learner{number:03}")
    return course


def main(count: int) -> None:
    """Measure, and print a table."""
    ways = {name: Cost() for name in ("stock nbgrader", "with the jail", "grading alone")}
    notebooks = [task(ANSWERS, "build_and_apply"), task({}, "practice")]
    with tempfile.TemporaryDirectory() as place, Bench() as bench:
        stock = prepared(Path(place) / "stock", count + 1, stock=True)
        jailed = prepared(Path(place) / "jailed", count + 1, stock=False)
        for number in range(count + 1):
            student = f"learner{number:03}"
            ways["stock nbgrader"].measure(autograde, stock, student)
            ways["with the jail"].measure(autograde, jailed, student)
            ways["grading alone"].measure(lambda: list(map(bench.grade, notebooks)))
            print(f"\r{number}/{count}", end="", file=sys.stderr, flush=True)
    print(f"\nMedian of {count} submissions (the first, which starts processes, is left out):\n")
    print("| way | wall ms | p10 | CPU ms | wall | CPU |\n|---|---|---|---|---|---|")
    base = [
        statistics.median(part[1:])
        for part in (ways["stock nbgrader"].wall, ways["stock nbgrader"].cpu)
    ]
    for name, cost in ways.items():
        wall, cpu = statistics.median(cost.wall[1:]), statistics.median(cost.cpu[1:])
        tenth = statistics.quantiles(cost.wall[1:], n=10)[0]
        ratios = f"{base[0] / wall:.1f}x | {base[1] / cpu:.1f}x"
        print(f"| {name} | {wall:.0f} | {tenth:.0f} | {cpu:.0f} | {ratios} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 30)
