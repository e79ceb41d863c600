"""
Draws the examples that a released notebook brings along: see `grader.checks.bank`.

The key's solutions run in the sandbox, hidden tests here, as in grading. What the hidden tests ask
under a few seeds are the candidates. Those that are the same under each seed stand at a boundary, and
are always tried. So are those that a one-rule mutant of the solution does not survive; the others
are for chance to choose from. A mutant that only grading finds out is told to the author.

    drawn           ask a process of its own for the examples of a notebook
    python -m grader.release.drawing
                    that process: a task in, the examples of each answer cell out, as JSON
"""

import contextlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from grader.checks.called import Called, Case
from grader.checks.task import Check, FunctionTask, holds
from grader.checks.cell import now
from grader.checks.bank import Example, as_example, packed, unpacked_case
from grader.errors import GraderError, NoExamples
from grader.judge.calls import Calls
from grader.judge.process import HASH_SEED
from grader.judge.learner_process import LearnerProcess
from grader.judge.opening import opener
from grader.judge.notebook import grade
from grader.judge.sources import shared
from grader.judge.task import ANSWER, CHECK, Task
from grader.release.mutants import Mutant, arguments, mutants
from grader.sandbox import GuestError, Limits, Sandbox, levels

SEEDS = ("first", "second", "third")  # for what hidden tests draw
BOUNDARIES = 40  # cases of one check that are the same under each seed, before they are too many
SOME = 12  # cases of one check that chance may choose from
SHORT = 2000  # characters of a case that is for chance to choose
SECONDS = 5.0  # for one question to a mutant: it may never end
PATIENCE = 600.0  # seconds for all examples of a notebook


@dataclass(frozen=True, slots=True)
class Drawn:
    """The examples of one answer cell, packed, and the mutants that none of them shows."""

    examples: str
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A case of a hidden test with what the model answer gives; `fixed` under each seed."""

    check: Check
    data: dict[str, Any]
    example: Example
    text: str
    fixed: bool


def drawn(key: Task, limits: Limits) -> dict[str, Drawn]:
    """
    Return the examples of each answer cell whose check asks for them. `key` holds the solutions.

    Raises: NoExamples where none can be drawn.
    """
    asked = json.dumps({"task": key.plain(), "limits": limits.as_data()})
    environment = os.environ | {"PYTHONHASHSEED": HASH_SEED}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "grader.release.drawing"],
            input=asked,
            capture_output=True,
            encoding="utf-8",
            env=environment,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise NoExamples(f"no examples after {PATIENCE:.0f} seconds") from None
    if done.returncode:
        last = (done.stderr.strip() or "the process ended").splitlines()[-1]
        raise NoExamples(last)
    found = json.loads(done.stdout)
    return {name: Drawn(one["examples"], tuple(one["gaps"])) for name, one in found.items()}


def draw(key: Task, sandbox: Sandbox) -> dict[str, Drawn]:
    """Draw here, in the process that `drawn` starts."""
    found: dict[str, Drawn] = {}
    for check_id, tasks in _asked_for(key, sandbox).items():
        work = _Work(key, sandbox, check_id)
        try:
            found[tasks[0].answer_id] = _draw(tasks, work)
        finally:
            work.close()
    return found


def _asked_for(key: Task, sandbox: Sandbox) -> dict[str, list[FunctionTask]]:
    """
    Return what each check that asks for examples tries, once for each seed. A check that the key
    misses is left out: trying the key tells of it.
    """
    found: dict[str, list[FunctionTask]] = defaultdict(list)
    for seed in SEEDS:
        for cell, _ in zip(key.cells, grade(key, sandbox, seed), strict=True):
            task, now.settled = now.settled, None
            if cell.role == CHECK and task is not None and task.asks:
                found[cell.cell_id].append(task)
    return {
        name: tasks
        for name, tasks in found.items()
        if len(tasks) == len(SEEDS) and all(one.passed == len(one.checks) for one in tasks)
    }


def _draw(tasks: list[FunctionTask], work: "_Work") -> Drawn:
    task = tasks[0]
    candidates = _candidates(tasks, work)
    always = [one for one in candidates if one.fixed]
    rest = sorted((one for one in candidates if not one.fixed), key=lambda one: len(one.text))
    gaps: list[str] = []
    for mutant in mutants(work.solution(task.answer_id), task.name):
        work.change(mutant)
        if _misses(task, task.checks[: task.visible], work) or _first_that_shows(always, work):
            continue
        shown = _first_that_shows(rest, work)
        if shown is not None:
            always.append(shown)
            rest.remove(shown)
        elif rule := _misses(task, _unlike(task), work):
            gaps.append(f"{mutant} ({rule})")
    bank = [
        {
            "id": check.check_id,
            "title": check.title,
            "sentence": check.sentence,
            "may_change": check.may_change,
            "always": [one.data for one in always if one.check.check_id == check.check_id],
            "some": [one.data for one in _some(rest, check)],
        }
        for check in task.checks[task.visible :]
    ]
    checks = [one for one in bank if one["always"] or one["some"]]
    takes = arguments(work.solution(task.answer_id), task.name)
    return Drawn(packed(takes, checks), tuple(gaps))


def _candidates(tasks: list[FunctionTask], work: "_Work") -> list[_Candidate]:
    """Return the cases from which examples may be drawn, each once, with what is right there."""
    found: dict[str, tuple[Check, dict[str, Any]]] = {}
    seen: dict[str, int] = defaultdict(int)
    for task in tasks:
        checks = [one for one in task.checks[task.visible :] if one.exact]
        pairs = [(check, case) for check in checks for case in check.cases]
        came = work.tried(task.name, [case for _, case in pairs])
        if came is None:
            raise NoExamples(f"the model answer of {task.answer_id} ends Python")
        texts = set()
        for (check, case), one in zip(pairs, came, strict=True):
            usual = work.tried(task.name, [replace(case, other={})]) if case.other else [[]]
            if (data := as_example(check, case, one, (usual or [[]])[0])) is None:
                continue
            text = json.dumps([check.check_id, data["acts"]])
            found.setdefault(text, (check, data))
            texts.add(text)
        for text in texts:
            seen[text] += 1
    fixed = {text for text, times in seen.items() if times == len(tasks)}
    number: dict[str, int] = defaultdict(int)
    for text in fixed:
        number[found[text][0].check_id] += 1
    return [
        _Candidate(
            check,
            data,
            unpacked_case(data, check.may_change),
            text,
            text in fixed and number[check.check_id] <= BOUNDARIES,
        )
        for text, (check, data) in found.items()
    ]


def _unlike(task: FunctionTask) -> list[Check]:
    """Return the hidden checks of which examples do not try all that grading tries."""
    tried = {id(case) for one in task.checks if one.exact for case in one.cases}
    return [
        replace(check, cases=[case for case in check.cases if id(case) not in tried])
        for check in task.checks[task.visible :]
    ]


def _misses(task: FunctionTask, checks: Sequence[Check], work: "_Work") -> str:
    """Return the id of a check that a mutant misses, "" where it passes them all."""
    pairs = [(check, case) for check in checks for case in check.cases]
    came = work.tried(task.name, [case for _, case in pairs])
    if came is None:
        return checks[0].check_id if checks else ""
    wrong = (
        check.check_id
        for (check, case), one in zip(pairs, came, strict=True)
        if not holds(check, case, one)
    )
    return next(wrong, "")


def _first_that_shows(candidates: list[_Candidate], work: "_Work") -> _Candidate | None:
    """Return the first example that shows a mutant to be wrong; None where none does."""
    if not candidates:
        return None
    came = work.tried(work.name, [one.example for one in candidates])
    if came is None:
        return candidates[0]
    pairs = zip(candidates, came, strict=True)
    return next((one for one, what in pairs if not one.example.as_wanted(what)), None)


def _some(rest: list[_Candidate], check: Check) -> list[_Candidate]:
    """Return cases of a check for chance to choose from, short ones and longer ones."""
    own = [one for one in rest if one.check.check_id == check.check_id]
    short = [one for one in own if len(one.text) <= SHORT] or own[:1]
    step = max(1, len(short) // SOME)
    return short[::step][:SOME]


class _Work:
    """The key's cells before a check, in a guest, with the solution of that check or a mutant."""

    def __init__(self, key: Task, sandbox: Sandbox, check_id: str) -> None:
        self._key, self._sandbox, self._check_id = key, sandbox, check_id
        self._open = opener(key, sandbox)
        self._before = key.cells[: [cell.cell_id for cell in key.cells].index(check_id)]
        self._changed = ""
        self.name = ""
        self._start()

    def solution(self, answer_id: str) -> str:
        """Return the text of an answer cell."""
        cells = (one for one in self._before if one.role == ANSWER and one.cell_id == answer_id)
        return next((cell.source for cell in cells), "")

    def change(self, mutant: Mutant) -> None:
        """Put a mutant in the place of the solution."""
        self._changed = mutant.source
        self._process.seconds = min(SECONDS, self._process.seconds)
        self._process.run("", mutant.source)
        if self._process.ended:
            self._restart()

    def tried(self, name: str, cases: Sequence[Case]) -> list[list[Called]] | None:
        """Return what comes of cases, nothing for those not tried; None if that ends Python."""
        self.name = name
        calls = Calls(self._process, lambda: self._key, self._open)
        calls.cell_id = self._check_id
        try:
            made = calls([case.plan(name) for case in cases]) or []
        except GuestError:
            self._restart()
            return None
        made += [[]] * (len(cases) - len(made))
        return [case.read(name, one) for case, one in zip(cases, made, strict=True)]

    def close(self) -> None:
        """End the guest."""
        self._process.close()

    def _start(self) -> None:
        limits = replace(self._sandbox.limits, total_seconds=PATIENCE)
        self._process = LearnerProcess(self._open, limits)
        for cell in self._before:
            source = shared(cell.source) if cell.role == CHECK else cell.source
            self._process.run(cell.cell_id, source)

    def _restart(self) -> None:
        self.close()
        self._start()
        if self._changed:
            self._process.run("", self._changed)


def main() -> int:
    """Read a task from the standard input, and write its examples to the standard output."""
    asked = json.loads(sys.stdin.read())
    out, sys.stdout = sys.stdout, sys.stderr
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    os.environ.pop("JPY_SESSION_NAME", None)
    limits = replace(Limits(**asked["limits"]), total_seconds=PATIENCE)
    try:
        with Sandbox(levels.choose_for_own_code(), limits) as sandbox:
            found = draw(Task.of(asked["task"]), sandbox)
    except GraderError as error:
        print(error, file=sys.stderr)
        return 1
    json.dump({name: asdict(one) for name, one in found.items()}, out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
