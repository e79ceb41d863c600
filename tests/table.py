"""
Prints what every hostile and damaged submission gets: here, and from stock nbgrader.

    python tests/table.py [NAME…]      (or: make table)

Ours is one class through `grader grade`. Stock nbgrader runs every submission by itself in a
throw-away sandbox of bubblewrap, with nbgrader's own preprocessors and time limit of 30 s:
these submissions may not be run any other way. It takes about ten minutes on two cores.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.courses import copy_course, hand_in
from support.damaged import cases as damaged_cases
from support.damaged import hand_in_damaged

from grader.batch import grade
from grader.course import Course
from grader.release import release

HERE = Path(__file__).parent
POINTS = (2.0, 1.0, 4.0, 3.0)
SECONDS = 150  # for one submission under stock nbgrader, its limits included
STOCK = """
c.Autograde.exporter_class = "nbconvert.exporters.NotebookExporter"
c.OverwriteCells.add_missing_cells = False
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
"""


def use_stock(course: Course) -> None:
    """Let a course be graded by nbgrader alone."""
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(STOCK)


def cases() -> dict[str, list[str]]:
    """Return what each case deserves, step by step, the hostile ones first."""
    hostile = json.loads((HERE / "cases/hostile.json").read_text(encoding="utf-8"))
    found = {case["name"]: case["deserved"] for case in hostile}
    return found | {name: case["deserved"] for name, case in damaged_cases().items()}


def put(course: Course, name: str) -> Path:
    """Hand in one case under its own name; gives the folder."""
    if name in damaged_cases():
        return hand_in_damaged(course, name, name)
    hostile = json.loads((HERE / "cases/hostile.json").read_text(encoding="utf-8"))
    steps = next(case["steps"] for case in hostile if case["name"] == name)
    answers = {f"step_{n}": source for n, source in enumerate(steps, start=1)}
    return hand_in(course, name, **answers)


def ours(folder: Path, names: list[str]) -> dict[str, list[float | None]]:
    """Return the marks of each case from `grader grade`, one class for all."""
    course = copy_course(folder / "ours")
    for name in names:
        put(course, name)
    results = grade(course, "mini_project", progress=_progress)
    return {
        result.student: [cell.score for cell in result.cells]
        for result in results
        if result.notebook == "build_and_apply"
    }


def stock(course: Course, name: str) -> list[float | None] | str:
    """Return the marks of one case from stock nbgrader, or how that ended."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "course"
        shutil.copytree(course.root, copy)
        put(Course(copy), name)
        try:
            done = subprocess.run(
                [*_sandbox(Path(place)), sys.executable, str(HERE / "table.py"), "--stock", name],
                cwd=copy,
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return "hangs"
        lines = done.stdout.strip().splitlines()
        return json.loads(lines[-1]) if lines and lines[-1].startswith("[") else "stops the class"


def stock_inside(name: str) -> None:
    """Run nbgrader's own command on the current folder, and print the marks as a line of JSON."""
    from grader import gradebook

    command = [sys.executable, "-m", "nbgrader", "autograde", "mini_project", "--student", name]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if "nbgrader update" in done.stderr or "newer version" in done.stderr:
        return
    found = gradebook.results(Course(Path.cwd()), "mini_project", {name})
    marks = [r.cells for r in found if r.notebook == "build_and_apply"]
    by_id = {cell.grade_id: cell.score for cell in marks[0]} if marks else {}
    print(json.dumps([by_id.get(f"check_step_{n}") for n in range(1, 5)]))


def _sandbox(place: Path) -> list[str]:
    """Return the start of a command whose only writable folders are its own."""
    return [
        *(shutil.which("bwrap") or "bwrap", "--unshare-all", "--die-with-parent"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"),
        *("--bind", str(place), str(place), "--setenv", "HOME", str(place)),
        *("--setenv", "PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"),
    ]


def _told(marks: list[float | None] | str | None) -> str:
    if marks is None:
        return "waits for a person"
    if isinstance(marks, str):
        return marks
    if set(marks) == {None}:
        return "no marks"
    return " ".join("–" if mark is None else f"{mark:g}" for mark in marks)


def _wrong(marks: list[float | None] | str | None, deserved: list[str]) -> str:
    """Return a sign where somebody got too much, or an honest learner too little."""
    if not isinstance(marks, list):
        return "✘" if "full" in deserved else ""
    pairs = list(zip(marks, POINTS, deserved, strict=True))
    if any(what == "none" and (mark or 0) > 0 for mark, _, what in pairs) or any(
        what == "not full" and (mark or 0) >= full for mark, full, what in pairs
    ):
        return "✘ too much"
    if any(what == "full" and mark != full for mark, full, what in pairs):
        return "✘ too little"
    return ""


def _progress(done: int, total: int) -> None:
    print(f"\rours {done}/{total}", end="", file=sys.stderr, flush=True)


def main(names: list[str]) -> None:
    """Grade every case both ways and print the table."""
    deserved = {name: what for name, what in cases().items() if not names or name in names}
    with tempfile.TemporaryDirectory() as place:
        mine = ours(Path(place), list(deserved))
        course = copy_course(Path(place) / "stock")
        use_stock(course)
        release(course, ["mini_project"])
        theirs = {}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(lambda name: (name, stock(course, name)), deserved)
            for number, (name, marks) in enumerate(found, start=1):
                theirs[name] = marks
                print(f"\rstock {number}/{len(deserved)}", end="", file=sys.stderr, flush=True)
    print("\n| case | deserved | here | | stock nbgrader | |\n|---|---|---|---|---|---|")
    for name, what in deserved.items():
        one, other = mine.get(name), theirs[name]
        row = [name, ", ".join(what), _told(one), _wrong(one, what), _told(other)]
        print("| " + " | ".join([*row, _wrong(other, what)]) + " |")
    for title, marks in (("here", mine), ("stock nbgrader", theirs)):
        signs = [_wrong(marks.get(name), what) for name, what in deserved.items()]
        print(f"\n{title}: {sum(sign != '' for sign in signs)} of {len(signs)} wrong")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stock"]:
        stock_inside(sys.argv[2])
    else:
        main(sys.argv[1:])
