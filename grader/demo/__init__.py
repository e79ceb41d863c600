"""
The main job on a sample class: release, fetch, submit, collect, grade, feedback, export.

Everything happens in a course folder of its own, through nbgrader's own exchange classes, as it
does in a real course. What the learners of the class wrote is data of the tests, so the demo runs
in a clone: see sample.py.
"""

import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import CONFIG, Course, course_directory, load_config, run_nbgrader
from grader.errors import UsageError
from grader.terminal import Progress, progress_line
from grader.report import (
    common_mistakes,
    course_table,
    marks_table,
    mistake_lines,
    ungraded,
    unwalled,
)
from grader.results import NotebookResult
from grader.demo.sample import Learner, Sample

if TYPE_CHECKING:
    from traitlets.config import Config

MARK = ".made-by-grader-demo"
TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # as nbgrader writes it
DUE = datetime(2026, 5, 4, 18, 0, tzinfo=UTC)


def demo(course: Course, folder: Path = Path("demo")) -> str:
    """Take the sample class all the way in `folder`, which is made anew, and tell how it went."""
    from grader import gradebook
    from grader.release import release

    sample = Sample(course)
    place = _fresh_folder(course, course.root / folder)
    print(f"A sample class of {len(sample.learners)} learners, in {place.root}", flush=True)
    progress = progress_line("Releasing")
    for done, name in enumerate(sample.assignments, start=1):
        release(place, [name])
        progress(done, len(sample.assignments))
    gradebook.set_duedate(place, sample.assignments[0], DUE.replace(tzinfo=None))
    hand_in(place, sample)
    sizes = [len(sample.who_hands_in(name)) for name in sample.assignments]
    results = _graded(place, sample.assignments, sizes)
    pages = _pages(place, sample.assignments, sizes)
    written = {
        "marks": _export(place),
        "gradebook": place.root / "gradebook.db",
        "graded notebooks": place.root / "autograded",
        f"{len(pages)} feedback pages, such as": pages[0],
    }
    return "\n".join(_summary(results, written))


def hand_in(course: Course, sample: Sample) -> None:
    """Bring the class's work through nbgrader's exchange into submitted/; on Windows there is none."""
    work = [(name, one) for name in sample.assignments for one in sample.who_hands_in(name)]
    progress = progress_line("Handing in")
    if sys.platform == "win32":
        for done, (assignment, learner) in enumerate(work, start=1):
            _hand_in_by_hand(course, sample, assignment, learner)
            progress(done, len(work))
        return
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
            self.timestamp = self.at.strftime(TIMESTAMP)

    def run(kind: type, assignment: str, student: str = "*", at: datetime = DUE) -> None:
        config = _exchange_config(course, student)
        names = {"assignment_id": assignment, "student_id": student}
        directory = course_directory(config, **names)
        job = kind(coursedir=directory, authenticator=Authenticator(config=config), config=config)
        if kind is SubmitAt:
            job.at = at
        run_nbgrader(job, f"{kind.__name__} of {assignment} for {student}")

    for assignment in sample.assignments:
        run(ExchangeReleaseAssignment, assignment)
    for done, (assignment, learner) in enumerate(work, start=1):
        run(ExchangeFetchAssignment, assignment, learner["id"])
        sample.work(learner, assignment, _home_of(course, learner["id"]) / assignment)
        run(SubmitAt, assignment, learner["id"], _time_of(learner))
        progress(done, len(work))
    for assignment in sample.assignments:
        run(ExchangeCollect, assignment)


def _time_of(learner: Learner) -> datetime:
    """Return when a learner hands in."""
    return DUE + timedelta(hours=learner.get("late_hours", -24))


def _hand_in_by_hand(course: Course, sample: Sample, assignment: str, learner: Learner) -> None:
    """Put a learner's work where nbgrader's collect would put it."""
    folder = course.submitted(learner["id"], assignment)
    shutil.copytree(course.release() / assignment, folder)
    sample.work(learner, assignment, folder)
    time = _time_of(learner).strftime(TIMESTAMP)
    (folder / "timestamp.txt").write_text(time, encoding="utf-8")


def _graded(
    course: Course, assignments: Sequence[str], sizes: Sequence[int]
) -> dict[str, list[NotebookResult]]:
    """Grade all assignments; `sizes` are their submissions."""
    from grader.batch import grade
    from grader.sandbox import levels

    no_walls = levels.choose_for_own_code() == levels.NO_WALLS  # these hand-ins are ours
    if no_walls:
        print("No sandbox can be had here: this class is ours, and is run without walls.")
    progress = progress_line("Grading")
    return {
        name: grade(
            course,
            name,
            progress=_later(progress, sum(sizes[:n]), sum(sizes)),
            no_walls=no_walls,
        )
        for n, name in enumerate(assignments)
    }


def _pages(course: Course, assignments: Sequence[str], sizes: Sequence[int]) -> list[Path]:
    """Write the feedback of all assignments."""
    from grader.feedback import feedback

    progress = progress_line("Feedback")
    return [
        page
        for n, name in enumerate(assignments)
        for page in feedback(course, name, progress=_later(progress, sum(sizes[:n]), sum(sizes)))
    ]


def _later(progress: Progress, before: int, total: int) -> Progress:
    """Return the progress of a job that comes after others and before more."""
    return lambda done, _: progress(before + done, total)


def _summary(results: dict[str, list[NotebookResult]], written: dict[str, Path]) -> list[str]:
    """Return the lines that tell how it went: the first assignment closely, then the course."""
    first, *others = results
    lines = ["", marks_table(results[first]), "", "The three most common mistakes:"]
    lines += mistake_lines(common_mistakes(results[first], 3))
    lines += ["", "The most common mistake in each of the other assignments:"]
    lines += mistake_lines(one for name in others for one in common_mistakes(results[name], 1))
    lines += [
        "",
        "Could not be graded (part of the demonstration: a person looks, nobody gets a 0):",
    ]
    lines += [line for found in results.values() for line in ungraded(found)]
    lines += ["", *(line for found in results.values() for line in unwalled(found))]
    lines += ["Written:", *(f"  {what}: {path}" for what, path in written.items())]
    return [*lines, "", course_table(results)]


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
    if course.release().is_dir():  # what was drawn for an unchanged key need not be drawn again
        shutil.copytree(course.release(), folder / "release")
    return Course(folder.resolve())


def _exchange_config(course: Course, student: str) -> "Config":
    """Return the configuration in which a learner of the class uses the exchange."""
    config = load_config(course)
    (course.root / "exchange").mkdir(exist_ok=True)
    config.Exchange.root = str(course.root / "exchange")
    config.Exchange.cache = str(course.root / "exchange" / "cache")
    config.Exchange.assignment_dir = str(_home_of(course, student))
    config.ExchangeCollect.check_owner = False  # one person plays the whole class
    if student != "*":
        _home_of(course, student).mkdir(parents=True, exist_ok=True)
    return config


def _home_of(course: Course, student: str) -> Path:
    """Return the folder in which a learner works."""
    return course.root / "learners" / student


def _export(course: Course) -> Path:
    """Write grades.csv through nbgrader's export, with the course's own columns."""
    from grader import gradebook
    from grader.nbgrader_ext.export import CsvExport

    config = load_config(course)
    plugin = CsvExport(config=config)
    plugin.to = str(course.root / "grades.csv")
    with gradebook.opened(course, config) as book:
        plugin.export(book)
    return Path(plugin.to)
