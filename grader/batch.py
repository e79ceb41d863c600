"""
A whole class through grading, in several processes on this machine.

Each worker process grades one submission after the other (see submission); nbgrader changes its
working directory while it converts, so threads would not do. A submission that takes its worker
down costs only itself: the others go on in fresh workers.
"""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from grader.course import Course, check_assignment, load_config
from grader.errors import GraderError, NoKey, NoSubmission
from grader.jail import levels
from grader.progress import Progress, silent
from grader.results import MISSING, NOT_GRADED, NotebookResult
from grader.submission import Job, grade_submission, is_current

TAKEN_DOWN = "grading it took the whole worker process down, twice"


def grade(
    course: Course,
    assignment: str,
    students: Sequence[str] | None = None,
    workers: int | None = None,
    force: bool = False,
    progress: Progress = silent,
) -> list[NotebookResult]:
    """
    Grade what learners handed in and return a result for each of their notebooks.

    What was graded before, from the same bytes and with the same key, is only reported, unless
    `force`.
    """
    from grader import gradebook

    check_assignment(course, assignment)
    levels.choose()  # without a jail nothing is run, and one line says what to install
    levels.keep_out_of_sight(course.root)
    learners = _learners(course, assignment, students)
    take_over_key(course, assignment)
    gradebook.enrol(course, learners)
    key = gradebook.fingerprint(course, assignment)
    names = tuple(course.notebooks(assignment))
    jobs = [Job(course, assignment, student, names, key) for student in learners]
    to_do = [job for job in jobs if force or not is_current(job)]
    problems = {}
    progress(0, len(to_do))
    for done, (job, found) in enumerate(_run(to_do, workers), start=1):
        if TAKEN_DOWN in found.values():
            gradebook.prepare(course, load_config(course), job.student, assignment, None)
        problems[job.student] = found
        progress(done, len(to_do))
    found = gradebook.results(course, assignment, set(learners))
    without_rows = set(learners) - {result.student for result in found}
    points = gradebook.max_scores(course, assignment)
    found += [
        NotebookResult(student, assignment, name, None, points[name], NOT_GRADED)
        for student in sorted(without_rows)
        for name in names
    ]
    return [_with_reason(result, problems.get(result.student, {})) for result in found]


def take_over_key(course: Course, assignment: str) -> None:
    """Release the assignment unless the gradebook has its key as it is in source/ now."""
    from grader import gradebook
    from grader.release import release

    if gradebook.has_key(course, assignment):
        return
    try:
        release(course, [assignment])
    except GraderError as error:
        raise NoKey(
            f"The gradebook has no key of {assignment} as it is in source/. {error}"
        ) from None


def _learners(course: Course, assignment: str, students: Sequence[str] | None) -> list[str]:
    """Return who is to be graded; everyone named must have handed in something."""
    there = course.students(assignment)
    if students is None:
        if not there:
            raise NoSubmission(
                f"Nobody has handed in {assignment}."
                f" A submission is a folder submitted/<student>/{assignment}/."
            )
        return there
    for student in students:
        if student not in there:
            raise NoSubmission(f"There is no submitted/{student}/{assignment}/.")
    return sorted(set(students))


def _run(jobs: list[Job], workers: int | None) -> Iterator[tuple[Job, dict[str, str]]]:
    """Yield each job with what could not be graded of it, as the workers finish."""
    count = min(workers or os.cpu_count() or 1, len(jobs))
    rest = yield from _round(jobs, count)
    for job in rest:  # one at a time, so that it is known who takes a worker down
        for suspect in (yield from _round([job], 1)):
            yield suspect, dict.fromkeys(suspect.notebooks, TAKEN_DOWN)


def _round(jobs: list[Job], count: int) -> Iterator[tuple[Job, dict[str, str]]]:
    """Yield jobs as they finish; return those that were lost with a worker."""
    if not jobs:
        return []
    lost = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context, initializer=_mute) as pool:
        futures = {pool.submit(grade_submission, job): job for job in jobs}
        try:
            for future in as_completed(futures):
                try:
                    yield futures[future], future.result()
                except BrokenProcessPool:
                    lost.append(futures[future])
                except Exception as error:  # a full disk, say: it must not stop the others
                    yield futures[future], dict.fromkeys(futures[future].notebooks, _words(error))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return lost


def _words(error: Exception) -> str:
    """Say in one line why a submission could not be graded."""
    if isinstance(error, GraderError):
        return str(error)
    first = (str(error).strip().splitlines() or ["no details"])[0]
    return f"{type(error).__name__}: {first}"


def _mute() -> None:
    """Close the terminal to a worker and its kernels: learner code may write to it directly."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def _with_reason(result: NotebookResult, problems: dict[str, str]) -> NotebookResult:
    """Add why a notebook could not be graded, and never a score for it."""
    reason = problems.get(result.notebook, "")
    if not reason or result.status == MISSING:
        return result
    return replace(result, status=NOT_GRADED, score=None, reason=reason)
