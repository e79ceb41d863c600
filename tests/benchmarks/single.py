"""What one learner costs: who hangs in a class, and who is graded alone."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from classes import ASSIGNMENT, classroom, graded
from measure import Cost, table
from support.courses import hand_in

from grader.course import Course

CLASS, ROUNDS = 200, 3
ONE_IN = 10
FATAL = (
    "import os\nos._exit(1)",
    "import time\ntime.sleep(100)",
    "while True:\n    pass",
    "import threading\nthreading.Event().wait()",
    "i = 0\nwhile i < 5:\n    correct = i",
)
COMMANDS = {
    "grade, one learner": ("grade", ASSIGNMENT, "--student", "0-0000", "--force"),
    "report": ("report", ASSIGNMENT),
    "--help": ("--help",),
}


def hanging(place: Path) -> str:
    """A class in which one in ten ends Python or never ends, beside one in which nobody does."""
    calm = classroom(place / "calm", CLASS)
    fatal = classroom(place / "fatal", CLASS - CLASS // ONE_IN)
    for number in range(CLASS // ONE_IN):
        answer = f"{FATAL[number % len(FATAL)]}\n# {number}"
        hand_in(fatal, f"9-{number:04}", **{f"step_{number % 4 + 1}": answer})
    ways = {"nobody": Cost(), "one in ten": Cost()}
    for course in (calm, fatal):
        graded(course)  # tries the key
    for _ in range(ROUNDS):
        for cost, course in zip(ways.values(), (calm, fatal), strict=True):
            one = graded(course)
            cost.note(one.wall, one.cpu, 1)
    rows = [[name, *(ms / 1000 for ms in cost.median)] for name, cost in ways.items()]
    return (
        f"A class of {CLASS} with mistakes, started and ended each time; medians of {ROUNDS}"
        " interleaved rounds.\n\n" + table(["who hangs or dies", "wall s", "CPU s"], rows)
    )


def starting(place: Path) -> str:
    """From Return to the end of a command, in a course whose key was tried before."""
    course = classroom(place / "course", 4)
    graded(course)
    ways = {name: Cost() for name in COMMANDS}
    for number in range(5 + 1):
        for name, words in COMMANDS.items():
            seconds, cpu = _command(course, words)
            if number:  # the first round only warms up
                ways[name].note(seconds, cpu, 1)
    rows = [[name, *(ms / 1000 for ms in cost.median)] for name, cost in ways.items()]
    return "Medians of five interleaved rounds.\n\n" + table(["command", "wall s", "CPU s"], rows)


def _command(course: Course, words: Sequence[str]) -> tuple[float, float]:
    """Run a command; return its seconds, and those of CPU of all that it has waited for."""
    code = (
        "import os, subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'grader', *sys.argv[1:]],"
        " check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "used = os.times(); print(used.children_user + used.children_system)"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, *words],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - start, float(done.stdout)
