"""
Who is graded, in what order, and what comes of it.

Submissions are read here, go through workers as requests, and come back as notebooks and marks.
What is finished is recorded every half second; a submission that takes a worker down is tried once
more, alone, and then left to a person.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace

from traitlets.config import Config

from grader import gradebook
from grader.batch import staging
from grader.batch.coordinator import Coordinator
from grader.batch.job import Job
from grader.batch.messages import GradingContext, Workers
from grader.batch.postprocess import Postprocessor
from grader.batch.threads import Threads
from grader.course import Course, check_assignment, quiet_nbgrader
from grader.errors import GraderError, NoKey, NoSubmission, UsageError
from grader.gradebook import OpenGradebook
from grader.judge.limits import SandboxLimits
from grader.release import refuse_other_kernels, take_key
from grader.results import NOT_GRADED, NotebookResult
from grader.sandbox import Level, levels
from grader.submissions import key
from grader.terminal import Progress, silent
from grader.trial import tried


def grade(
    course: Course,
    assignment: str,
    students: Sequence[str] | None = None,
    workers: int | None = None,
    force: bool = False,
    progress: Progress = silent,
    dask: str | None = None,
    reseed: bool = False,
    no_walls: bool = False,
    tell: Callable[[str], object] = lambda line: None,
) -> list[NotebookResult]:
    """
    Grade what learners handed in and return a result for each of their notebooks.

    What was graded before, from the same bytes and with the same key, is only reported, unless
    `force`. With `reseed` hidden tests draw other data from now on, and all are graded again.
    `workers` are processes on this machine (default: one a core); with `dask`, the address of a
    scheduler, the work goes to a cluster. With `no_walls`, or where the course's configuration says
    so, learner code is not locked in. `tell` gets what the author should know.
    """
    check_assignment(course, assignment)
    learners = _learners(course, assignment, students)
    levels.require_hidden(course.root)
    strange = _strange(learners)
    learners = [student for student in learners if student not in strange]
    with gradebook.use(course) as book:
        # Without a sandbox nothing is run, and one line says what to install.
        level = _level(book.config, no_walls, dask)
        if older := take_over_key(book, assignment):
            tell(older)
        names = tuple(course.notebooks(assignment))
        seed = gradebook.seed(book, assignment, new=reseed)
        version = gradebook.fingerprint(book, assignment, seed)
        jobs = [Job(course, assignment, student, names, version) for student in learners]
        recorded = gradebook.recorded(book, assignment)
        gradebook.settle(book, assignment)  # who is not graded again is late by today's rules, too
        gradings, problems = {}, {}
        if to_do := [job for job in jobs if force or not job.is_current(recorded)]:
            coordinator = _worked_off(book, to_do, seed, level, workers, dask, progress)
            gradings, problems = coordinator.gradings, coordinator.problems
        else:
            staging.tidy(course)
            progress(0, 0)
        found = gradebook.results(book, assignment, set(learners), gradings)
    points = {name: 0.0 for name in names} | {one.notebook: one.max_score for one in found}
    found = [_with_reason(result, problems.get(result.student, "")) for result in found]
    return found + _left_out(assignment, strange, points)


def _level(config: Config, no_walls: bool, dask: str | None) -> Level | None:
    """Return the level of the sandbox on this machine, None where others grade."""
    limits = SandboxLimits(config=config)
    limits.walls = limits.walls and not no_walls
    if dask is None:
        return limits.level
    if not limits.walls:
        raise UsageError("Without walls only this machine grades: leave out --dask.")
    return None


def take_over_key(book: OpenGradebook, assignment: str) -> str:
    """
    See that the gradebook has the key as it is in source/ now, and leave release/ as it is.

    Return a line for the author if the key was renewed and release/ is older; "" for nothing.

    Raises: NoKey where source/ cannot be taken over.
    """
    refuse_other_kernels(book.course.source(assignment))
    if gradebook.has_key(book, assignment):
        return ""
    try:
        older = take_key(book.course, assignment)
    except GraderError as error:
        raise NoKey(
            f"The gradebook has no key of {assignment} as it is in source/. {error}"
        ) from None
    if not older:
        return ""
    return (
        f"release/{assignment} is older than source/{assignment}: hand-ins are graded by the new"
        f" key. To give learners the new text, run: grader release {assignment}"
    )


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


def _strange(students: Sequence[str]) -> dict[str, str]:
    """Return those whom the gradebook cannot take, and why: they must not stop the others."""
    found = {}
    for student in students:
        try:
            gradebook.check_names([student])
        except GraderError as error:
            found[student] = str(error)
    return found


def _left_out(
    assignment: str, strange: dict[str, str], points: dict[str, float]
) -> list[NotebookResult]:
    """Return results for those whom the gradebook cannot take; `points` are those of notebooks."""
    return [
        NotebookResult(student, assignment, name, None, most, NOT_GRADED, (), 0, why)
        for student, why in strange.items()
        for name, most in points.items()
    ]


def _worked_off(
    book: OpenGradebook,
    jobs: Sequence[Job],
    seed: str,
    level: Level | None,
    count: int | None,
    dask: str | None,
    progress: Progress,
) -> Coordinator:
    """Grade these submissions; return the coordinator, which knows what their notebooks say."""
    assignment, config = jobs[0].assignment, book.config
    postprocessor = Postprocessor(config, assignment)
    postprocessor.by_hand = gradebook.marked_by_hand(book, assignment)
    count = min(count or os.cpu_count() or 1, len(jobs))
    keys = key.read_all(book, assignment, book.course.source(assignment))
    context = GradingContext(keys, postprocessor.limits, seed, level)
    with quiet_nbgrader(), ExitStack() as closing:
        pool = closing.enter_context(_workers(context, count, dask))
        directory = postprocessor.converter.coursedir
        where = level.name if level else "dask"
        trials = tried(directory, config, keys, context.limits, pool.grade, where, seed)
        pool.learn({name: trial.reference for name, trial in trials.items()})
        place = closing.enter_context(staging.opened(book.course, postprocessor.converter))
        gradebook.enrol(book, [job.student for job in jobs])  # an export keeps this order
        writer = closing.enter_context(gradebook.writing(book, assignment))
        coordinator = Coordinator(context, pool, postprocessor, place, writer)
        coordinator.work_off(jobs, progress)
    return coordinator


def _workers(context: GradingContext, count: int, dask: str | None) -> Workers:
    """Return workers here, or those of the cluster at this address."""
    if dask is None:
        return Threads(context, count)
    from grader.batch.dask.client import Cluster

    return Cluster(context, count, dask)


def _with_reason(result: NotebookResult, problem: str) -> NotebookResult:
    """Add why a submission could not be graded, and never a score for it."""
    if not problem:
        return result
    return replace(result, status=NOT_GRADED, score=None, reason=problem)
