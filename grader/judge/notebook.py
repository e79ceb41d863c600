"""
One notebook, cell by cell: the learner's cells run in the sandbox, the checks are judged here.

A check's result follows from the text of the notebook, from plain data at the point where the check
stands, and from calls and re-runs in the sandbox. It never follows from what the learner's process
says about itself.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from grader.checks.cell import judging
from grader.checks.verdict import Judged, Slip
from grader.graded.result import (
    MISSED,
    NO_ANSWER,
    NOT_CHECKED,
    NOTED,
    PASSED,
    CheckResult,
    said,
)
from grader.judge import chance
from grader.judge.beside import Beside
from grader.judge.calls import Calls
from grader.judge.check import Checked, NotHere, run_check
from grader.judge.fresh import known
from grader.judge.inside import judge_inside
from grader.judge.learner_process import ATTEMPTS, LearnerProcess
from grader.judge.lookups import seeds_shared, sources_known
from grader.judge.lost import Lost, ending, never_ends, told, why
from grader.judge.namespace import Namespace
from grader.judge.opening import opener
from grader.judge.purity import leaves_python_alone
from grader.judge.reruns import Reruns
from grader.judge.sources import (
    asks_only_for_answers,
    imported,
    imports_words,
    modules,
    shared,
)
from grader.judge.static_session import StaticSession, step_of
from grader.judge.static_widgets import card
from grader.judge.task import (
    ANSWER,
    CHECK,
    GIVEN,
    LEARNERS,
    Cell,
    GradedCell,
    Task,
    not_graded,
    printed,
    zero,
)
from grader.judge.walls import Met, met_by, met_when_lost
from grader.sandbox import Exited, GuestError, Sandbox


def grade(task: Task, sandbox: Sandbox, seed: str = "") -> Iterator[GradedCell]:
    """
    Yield the result of each code cell as soon as it is known. What hidden tests draw follows from
    the seed, "" for any.
    """
    named = modules(
        (cell.source for cell in task.cells if cell.role in (ANSWER, LEARNERS)),
        (cell.source for cell in task.cells if cell.role == GIVEN),
    )
    sandbox.warm((*named, *task.loaded))
    notebook = _Notebook(task, sandbox, seed)
    try:
        for number, cell in enumerate(task.cells):
            yield notebook.check(number, cell) if cell.role == CHECK else notebook.run(cell)
    finally:
        notebook.close()


class _Notebook:
    """A notebook on its way through grading."""

    def __init__(self, task: Task, sandbox: Sandbox, seed: str) -> None:
        self._task, self._seed = task, seed
        self._texts = {cell.cell_id: cell.source for cell in task.cells}
        self._sandbox = sandbox
        self._open = opener(task, sandbox)
        self._process = LearnerProcess(self._open, sandbox.limits)
        own = (cell.source for cell in task.cells if cell.role in (ANSWER, LEARNERS))
        plain = all(map(leaves_python_alone, own))
        self._reruns = Reruns(self._open, self._process.guest if plain else lambda: None)
        self._calls = Calls(self._process, lambda: self._task, self._open)
        self._beside = Beside(task.given)
        self._written: object = {}
        self._walls: list[Met] = []
        self._lost: dict[str, Lost] = {}
        self._facts = StaticSession(task, lambda: self._task.cells, lambda: self._written)
        self._space = Namespace(self._process.learner, task.asked_for, task.handed)
        self._process.learner.around(self._space.tell, self._space.forget)

    def close(self) -> None:
        """Close every guest."""
        self._beside.close()
        self._process.close()
        self._reruns.close()

    def run(self, cell: Cell) -> GradedCell:
        """Run a cell of the learner's; one that only shows a part of the course is not run."""
        if cell.role == GIVEN and (page := card(cell.source, self._task.answers)) is not None:
            return GradedCell(cell.cell_id, page)
        self._space.forget()
        self._begin(cell)
        shown = self._process.run(cell.cell_id, cell.source)
        if (wall := met_by(cell.cell_id, shown)) is not None:
            self._walls.append(replace(wall, setting=self._setting))
        self._go_on_without_the_lost()
        if "quiz_answers" in cell.source and not self._process.ended:
            with contextlib.suppress(KeyError, GuestError):
                self._written = self._process.learner.get("quiz_answers")
        return GradedCell(cell.cell_id, shown, took=self._process.took)

    def _begin(self, cell: Cell) -> None:
        """Give a cell, or each question of a check, its seconds."""
        self._process.seconds = self._seconds(cell)
        self._process.took = self._process.stopped_for = 0.0

    def _seconds(self, cell: Cell) -> float:
        """
        Return the seconds for a cell, or for each question of a check, by what the key's own took;
        for a cell of the learner's own by what the longest of those did. A cell that imports what
        the sandbox does not have ready gets all there are.
        """
        limits, took = self._sandbox.limits, self._task.took
        loads = cell.role != CHECK and self._sandbox.has_to_load(imported(cell.source))
        if took is None or loads:
            return limits.cell_seconds
        longest = max((took.get(one.cell_id, 0.0) for one in self._task.cells), default=0.0)
        again = cell.role == GIVEN and self._process.has_stopped  # it may call what never ends
        return limits.seconds_for(took.get(cell.cell_id, longest), again)

    @property
    def _setting(self) -> str:
        """The setting that gives what runs now more time."""
        most = self._process.seconds >= self._sandbox.limits.cell_seconds
        return f"c.Sandbox.{'seconds' if most else 'least_seconds'}"

    def _go_on_without_the_lost(self) -> None:
        """Judge from now on by what is left of the cells that did not get through."""
        new = {name: one for name, one in self._process.lost.items() if self._lost.get(name) != one}
        self._lost |= new
        for lost in new.values():
            if wall := met_when_lost(lost):
                self._walls.append(replace(wall, setting=self._setting))
        if new:
            cells = (
                replace(cell, source=new[cell.cell_id].kept) if cell.cell_id in new else cell
                for cell in self._task.cells
            )
            self._task = replace(self._task, cells=tuple(cells))

    def check(self, number: int, cell: Cell) -> GradedCell:
        """Judge a check cell."""
        if cell.cell_id in self._task.skip:
            return not_graded(cell, self._task.skip[cell.cell_id])
        if self._process.ended and not asks_only_for_answers(cell.source):
            return self._not_checked(number, cell)
        self._begin(cell)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result = self._judged(cell)
                break
            except GuestError as error:
                own = (self._task.cells[n].source for n in step_of(self._task.cells, number))
                where = ending(own) if isinstance(error, Exited) else ""
                sentence = f"The check called your code, which {self._process.why(error)}{where}."
                result = _graded(cell, _stopped(sentence))
                if attempt == ATTEMPTS or not isinstance(error, Exited):
                    break
                self._process.revive()
                self._space.forget()
        self._process.revive()
        self._go_on_without_the_lost()
        result = replace(result, took=max(result.took, self._process.took))
        return self._told_of_the_lost(number, cell, self._for_a_person(number, cell, result))

    def _for_a_person(self, number: int, cell: Cell, result: GradedCell) -> GradedCell:
        """
        Return a result, or none where a check is missed because of what the sandbox is: the work
        may be right elsewhere.

        That is so where a cell of the same step met a wall, or one before stopped there and the
        check finds no such name. The words of `grader.checks` try a step by itself and say what
        stops it: they have judged.
        """
        if result.check.outcome != MISSED or imports_words(cell.source):
            return result
        own, unnamed = self._step_of(number), _is_unnamed(result)
        for wall in self._walls:
            if wall.cell_id in own or (unnamed and wall.stopped):
                return not_graded(cell, str(wall))
        endless = never_ends(self._process.sources(), self._process.endless)
        if self._process.stopped_for and not endless:
            seconds = f"{self._process.stopped_for:.0f} s ({self._setting})"
            return not_graded(
                cell, f"the check called your code, which was stopped after {seconds}"
            )
        return result

    def _told_of_the_lost(self, number: int, cell: Cell, result: GradedCell) -> GradedCell:
        """
        Return a result that says of a missed check which line of its step did not get through, or
        which cell before it may have given its names.
        """
        if result.check.outcome != MISSED:
            return result
        own = self._step_of(number)
        lost = next((one for one in self._lost.values() if one.cell_id in own), None)
        if lost is not None:
            return told(result, why(lost, self._texts[lost.cell_id]), f"stops {lost.stop}")
        if self._lost and _is_unnamed(result) and not imports_words(cell.source):
            first = next(iter(self._lost.values()))
            sentence = f"{result.check.message}. {first.as_text(of_cell=True)}"
            return told(result, sentence, result.check.rule)
        return result

    def _step_of(self, number: int) -> set[str]:
        """Return the ids of the cells that a check is about."""
        return {self._task.cells[n].cell_id for n in step_of(self._task.cells, number)}

    def _judged(self, cell: Cell) -> GradedCell:
        """Judge a check of a living notebook; GuestError where a call ended that."""
        if cell.cell_id in self._task.inside:
            return self._inside(cell)
        learner, objects = self._process.learner, self._task.objects
        learner.begin(lean=objects is None or cell.cell_id in objects)
        try:
            if lines := shared(cell.source):
                self._process.quietly(lines)
            self._calls.cell_id = cell.cell_id
            with self._beside.here(cell.cell_id) as beside, self._as_in_one_kernel(cell.source):
                asked = known(cell.source, cell.cell_id)
                chance.begin(self._seed, cell.cell_id, cell.source)
                with judging(self._facts, self._reruns, self._calls, asked) as words:
                    checked = run_check(cell.source, cell.cell_id, self._space)
                    slip = (
                        beside.kept_from(checked.error)
                        if checked.error
                        else words.slip(cell.points)
                    )
            if not self._process.ended:
                self._space.tell()
            if slip:
                return not_graded(cell, slip)
            return replace(_graded(cell, checked, words.judged), leaned=learner.leaned)
        except NotHere as reason:  # the key is plain data there, or this check would run inside
            return not_graded(cell, f"the check met {reason}, which it cannot judge from outside")
        except GuestError:
            raise
        except Slip as slip:
            return not_graded(cell, str(slip))
        except Exception as error:  # the check's author, or we, made a mistake: never a zero
            return not_graded(cell, f"the check stopped with {type(error).__name__}: {error}")

    @contextlib.contextmanager
    def _as_in_one_kernel(self, check: str) -> Iterator[None]:
        """Let a check find the source of the learner's functions, and seed their dice."""
        learner = self._process.learner
        with sources_known(check, self._process.sources), seeds_shared(check, learner.seed):
            yield

    def _inside(self, cell: Cell) -> GradedCell:
        try:
            checked, took = judge_inside(self._task, cell, self._open, self._seconds)
        except GuestError as error:
            checked = _stopped(f"The notebook's process ended during the check: {error}.")
            took = 0.0
        return replace(_graded(cell, checked, inside=True), took=took)

    def _not_checked(self, number: int, cell: Cell) -> GradedCell:
        own, ended = self._step_of(number), self._process
        where = "This step's code" if ended.ended_at in own else f"The cell `{ended.ended_at}`"
        after = "" if ended.ended_at in own else " Nothing after it could be checked."
        sentence = f"Not checked, because {where[0].lower()}{where[1:]} {ended.ended}.{after}"
        result = CheckResult(NOT_CHECKED, sentence)
        return GradedCell(cell.cell_id, [printed(sentence), zero()], result, 0.0)


def _graded(
    cell: Cell, checked: Checked, judged: Judged | None = None, inside: bool = False
) -> GradedCell:
    """Return what came of a check that ran; `judged` is its verdict, where it said one."""
    try:
        score = checked.score(cell.points)
    except ValueError as error:
        return not_graded(cell, str(error))
    judged = judged or Judged(not checked.error)
    right = score >= cell.points and not checked.error if cell.points else judged.passed
    result = CheckResult(
        outcome=NOTED if not judged.counts else PASSED if right else MISSED,
        message=said(checked.outputs),
        rule="" if right else checked.line or (judged.rule if judged.started else NO_ANSWER),
        choice=judged.choice,
        right=judged.right,
    )
    return GradedCell(cell.cell_id, checked.outputs, result, score, inside)


def _is_unnamed(result: GradedCell) -> bool:
    """Tell whether a check stopped at a name that is not there."""
    return result.check.message.startswith(NameError.__name__)


def _stopped(sentence: str) -> Checked:
    error = {"output_type": "error", "ename": "Missed", "evalue": sentence, "traceback": [sentence]}
    return Checked([error], error=sentence)
