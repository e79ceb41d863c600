"""
The main job on a sample class: release, fetch, submit, collect, grade, feedback, export.

Everything happens in a course folder of its own, through nbgrader's own exchange classes, as it
does in a real course. What the learners of the class wrote is data of the tests, so the demo runs
in a clone.
"""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course import CONFIG, Course, course_directory, load_config, run_nbgrader
from grader.errors import UsageError
from grader.progress import shown
from grader.report import common_mistakes, marks_table, mistake_lines, ungraded

if TYPE_CHECKING:
    from traitlets.config import Config

CLASS = Path("tests/submissions/sample_class.json")
MARK = ".made-by-grader-demo"
DUE = datetime(2026, 5, 4, 18, 0, tzinfo=UTC)


def demo(course: Course, folder: Path = Path("demo")) -> str:
    """Take the sample class all the way in `folder`, which is made anew, and tell how it went."""
    from grader import gradebook
    from grader.batch import grade
    from grader.feedback import feedback
    from grader.release import release

    sample = _sample(course)
    assignment = sample["assignment"]
    place = _fresh_folder(course, course.root / folder)
    print(f"A sample class of {len(sample['learners'])} learners, in {place.root}", flush=True)
    release(place, [assignment])
    gradebook.set_duedate(place, assignment, DUE.replace(tzinfo=None))
    hand_in(place, sample)
    results = grade(place, assignment, progress=shown("Grading"))
    pages = feedback(place, assignment, progress=shown("Feedback"))
    written = {
        "marks": _export(place),
        "gradebook": place.root / "gradebook.db",
        "graded notebooks": place.root / "autograded",
        f"{len(pages)} feedback pages, such as": pages[0],
    }
    parts = ["", marks_table(results), "", "The three most common mistakes:"]
    parts += mistake_lines(common_mistakes(results, 3))
    parts += [
        "",
        "Could not be graded (part of the demonstration: a person looks, nobody gets a 0):",
    ]
    parts += ungraded(results)
    parts += ["", "Written:", *(f"  {what}: {path}" for what, path in written.items())]
    return "\n".join(parts)


def hand_in(course: Course, sample: dict[str, Any]) -> None:
    """Bring the class's work through nbgrader's exchange into submitted/."""
    from nbgrader.auth import Authenticator
    from nbgrader.exchange.default import (
        ExchangeCollect,
        ExchangeFetchAssignment,
        ExchangeReleaseAssignment,
        ExchangeSubmit,
    )

    class SubmitAt(ExchangeSubmit):
        """Submits at a given time instead of now, so that every run gives the same."""

        at = DUE

        def set_timestamp(self) -> None:
            self.timestamp = self.at.strftime("%Y-%m-%d %H:%M:%S.%f %Z")

    assignment, learners = sample["assignment"], sample["learners"]
    progress = shown("Handing in")

    def run(kind: type, student: str = "*", at: datetime = DUE) -> None:
        config = _exchange_config(course, student)
        names = {"assignment_id": assignment, "student_id": student}
        directory = course_directory(config, **names)
        job = kind(coursedir=directory, authenticator=Authenticator(config=config), config=config)
        if kind is SubmitAt:
            job.at = at
        run_nbgrader(job, f"{kind.__name__} for {student}")

    run(ExchangeReleaseAssignment)
    for done, learner in enumerate(learners, start=1):
        run(ExchangeFetchAssignment, learner["id"])
        _work(_desk(course, learner["id"]) / assignment, learner, sample)
        at = DUE + timedelta(hours=learner.get("late_hours", -24))
        run(SubmitAt, learner["id"], at)
        progress(done, len(learners))
    run(ExchangeCollect)


def _sample(course: Course) -> dict[str, Any]:
    """Read the sample class."""
    try:
        return json.loads((course.root / CLASS).read_text(encoding="utf-8"))
    except OSError:
        raise UsageError(
            f"There is no {CLASS} here: the demo runs in a clone of the course."
        ) from None


def _fresh_folder(course: Course, folder: Path) -> Course:
    """Make the demo's course folder; only a folder that a demo made is replaced."""
    if folder.exists():
        if not (folder / MARK).exists() and any(folder.iterdir()):
            raise UsageError(
                f"{folder} holds other files. Name a new one: grader demo --folder NAME"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    shutil.copy(course.root / CONFIG, folder)
    shutil.copytree(course.source(), folder / "source")
    return Course(folder.resolve())


def _exchange_config(course: Course, student: str) -> "Config":
    """Return the configuration in which a learner of the class uses the exchange."""
    config = load_config(course)
    config.Exchange.root = str(course.root / "exchange")
    config.Exchange.cache = str(course.root / "exchange" / "cache")
    config.Exchange.assignment_dir = str(_desk(course, student))
    config.ExchangeCollect.check_owner = False  # one person plays the whole class
    if student != "*":
        _desk(course, student).mkdir(parents=True, exist_ok=True)
    return config


def _desk(course: Course, student: str) -> Path:
    """Return the folder in which a learner works."""
    return course.root / "learners" / student


def _work(folder: Path, learner: dict[str, Any], sample: dict[str, Any]) -> None:
    """Do in the fetched notebooks what this learner did."""
    steps = sample["answers"]["steps"] | learner.get("steps", {})
    path = folder / f"{sample['answers']['notebook']}.ipynb"
    _edit(path, {cell: code for cell, code in steps.items() if code is not None})

    quiz = learner.get("quiz", sample["quiz"]["answers"])
    path = folder / f"{sample['quiz']['notebook']}.ipynb"
    if learner.get("quiz_in") == "widget":
        _edit(path, {}, {"rai": {"answers": quiz}})
    elif quiz:
        _edit(path, {"quiz_answers": f"quiz_answers = {quiz!r}"})
    for name in learner.get("without", ()):
        (folder / f"{name}.ipynb").unlink()
    for name in learner.get("cut", ()):
        text = (folder / f"{name}.ipynb").read_bytes()
        (folder / f"{name}.ipynb").write_bytes(text[: len(text) // 2])


def _edit(path: Path, sources: dict[str, str], metadata: dict[str, Any] | None = None) -> None:
    """Write sources into cells of a notebook, by cell id, and add to its metadata."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    for cell in nb["cells"]:
        if cell["id"] in sources:
            cell["source"] = sources[cell["id"]].splitlines(keepends=True)
    nb["metadata"] |= metadata or {}
    path.write_text(json.dumps(nb, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _export(course: Course) -> Path:
    """Write grades.csv with nbgrader's own export."""
    from nbgrader.plugins import CsvExportPlugin

    from grader import gradebook

    config = load_config(course)
    plugin = CsvExportPlugin(config=config)
    plugin.to = str(course.root / "grades.csv")
    with gradebook.opened(course, config) as book:
        plugin.export(book)
    return Path(plugin.to)
