"""
Records the loops of wrong and of right answers in the sandbox, as a learner's kernel would.

    replayed     ask a process of its own for the recordings
    python -m grader.lesson.replaying
                 that process: the key of a notebook and the answers in, as JSON; what came out

That process is trusted, as a worker that grades: the key's checks run in it, to learn with which
call a function is wrong. Learner code runs in guests of the sandbox alone, each answer in one of
its own, and what comes from there is looked through as data.
"""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from grader.checks.called import Call, Case
from grader.checks.cell import now
from grader.checks.task import FunctionTask, holds
from grader.errors import GraderError, SandboxFailed
from grader.judge.notebook import grade
from grader.judge.opening import opener
from grader.judge.process import HASH_SEED
from grader.judge.replies import checked
from grader.judge.task import CHECK, GIVEN, Task
from grader.rerun.watch import as_python
from grader.sandbox import GuestError, Limits, Sandbox, Tampered, Timeout
from grader.sandbox.levels import Level
from grader.widgets.kernel.recording import Recording, as_data, from_data
from grader.widgets.kernel.session import A_PART
from grader.widgets.loop import Plan, find, find_in, why_no_turns

PATIENCE = 600.0  # seconds for all recordings of a notebook
SECONDS = 5.0  # for one answer to run
TRIED = 12  # calls that are tried with a wrong function, to find one that shows it
LONGEST_CALL = 2000  # characters
LARGEST = 1_000_000  # characters of what a guest recorded
ENDLESS = "This code did not come to its end, and was stopped."
ENDED = "This code ended Python itself, so nothing of it can be replayed."
UNREADABLE = "Python cannot read this code, so none of it runs: look at line {}."
MAGIC = "This code has commands of IPython's own, so it is not replayed."
ODD = "What this code did could not be recorded."
PROGRAM = """import json
from grader.widgets.kernel.recorder import record
from grader.widgets.kernel.recording import as_data
_recorded = json.dumps(as_data(record({source!r}, {call!r}, get_ipython().user_ns)))
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A wrong answer and the right one, by the check and the rule that was missed."""

    check_id: str
    answer_id: str
    rule: str
    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """Both loops, and the call that shows the mistake, "" for code that is no function."""

    wrong: Recording
    right: Recording
    call: str = ""


def replayed(
    key: Task, questions: Iterable[Question], level: Level, limits: Limits, seed: str
) -> list[Replayed]:
    """
    Return what becomes of some answers to a notebook; `key` holds its solutions.

    Raises: SandboxFailed where the process for it ends.
    """
    asked = {
        "task": key.plain(),
        "questions": [asdict(one) for one in questions],
        "level": level.name,
        "limits": limits.as_data(),
        "seed": seed,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "grader.lesson.replaying"],
            input=json.dumps(asked),
            capture_output=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONHASHSEED": HASH_SEED, "PYTHONSAFEPATH": "1"},
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise SandboxFailed(f"The lesson has no loops after {PATIENCE:.0f} seconds.") from None
    if done.returncode:
        last = (done.stderr.strip() or "the process ended").splitlines()[-1]
        raise SandboxFailed(f"The loops of the lesson could not be recorded: {last}")
    return [
        Replayed(from_data(one["wrong"]), from_data(one["right"]), one["call"])
        for one in json.loads(done.stdout)
    ]


def replay(
    key: Task, questions: Iterable[Question], sandbox: Sandbox, seed: str
) -> Iterator[Replayed]:
    """Record here, in the process that `replayed` starts."""
    tasks = _tasks(key, sandbox, seed)
    for one in questions:
        call = _telling_call(key, one, tasks.get(one.check_id), sandbox)
        wrong = _recorded(key, one.answer_id, one.wrong, call, sandbox)
        yield Replayed(wrong, _recorded(key, one.answer_id, one.right, call, sandbox), call)


def _tasks(key: Task, sandbox: Sandbox, seed: str) -> dict[str, FunctionTask]:
    """Return what each check asks of a function, as the key's own answers are judged."""
    found: dict[str, FunctionTask] = {}
    for cell, _ in zip(key.cells, grade(key, sandbox, seed), strict=True):
        task, now.settled = now.settled, None
        if cell.role == CHECK and task is not None:
            found[cell.cell_id] = task
    return found


def _telling_call(
    key: Task, question: Question, task: FunctionTask | None, sandbox: Sandbox
) -> str:
    """
    Return a short call that goes wrong with the wrong answer, if possible by the rule that was
    missed; one that goes right where none is found, "" for an answer that is not called.
    """
    if task is None:
        return ""
    first = [one for one in task.checks if one.check_id == question.rule]
    others = [one for one in task.checks if one.check_id != question.rule]
    seen = [one for one in others if one in task.checks[: task.visible]]
    hidden = [one for one in others if one not in seen]
    pairs = [
        (check, case)
        for checks in (first, seen, hidden)
        for check, case in sorted(
            ((check, case) for check in checks for case in filter(_is_plain, check.cases)),
            key=lambda pair: len(pair[1].acts[0].shown(task.name)),
        )
        if len(case.acts[0].shown(task.name)) <= LONGEST_CALL
    ][:TRIED]
    came = _called(key, question, [case.plan(task.name) for _, case in pairs], sandbox)
    shown = [case.acts[0].shown(task.name) for _, case in pairs]
    for text, (check, case), one in zip(shown, pairs, came, strict=False):
        if not holds(check, case, case.read(task.name, one)):
            return text
    return shown[0] if shown else ""


def _is_plain(case: Case) -> bool:
    """Tell whether a case is one call of the function itself, with nothing standing in for it."""
    first = case.acts[0]
    alone = len(case.acts) == 1 and not case.instead and not case.other
    return alone and isinstance(first, Call) and not first.to


def _called(key: Task, question: Question, plan: list, sandbox: Sandbox) -> list:
    """Return what comes of calls of the wrong answer; fewer where it ends or does not end."""
    came: list = []
    try:
        with _Room(key, question.answer_id, sandbox) as room:
            room.run(question.wrong)
            for case in plan:
                came.append(room.calls(case))
    except GuestError:
        pass
    return came


def _recorded(key: Task, answer_id: str, source: str, call: str, sandbox: Sandbox) -> Recording:
    """Return the loop of an answer, or why there is none to see."""
    if problem := _unfit(source):
        return Recording(source, problem=problem)
    name = call.partition("(")[0]
    plan = find_in(source, name) if call else find(source)
    try:
        with _Room(key, answer_id, sandbox) as room:
            claimed = room.recorded(source, call)
    except Timeout:
        return Recording(source, problem=ENDLESS)
    except GuestError:
        return Recording(source, problem=ENDED)
    # The guest is believed what it saw, and not what the text tells.
    own = {"source": source, "problem": "", "plan": None}
    own |= {"plan": asdict(plan)} if isinstance(plan, Plan) else {"problem": why_no_turns(source)}
    try:
        sound = claimed.keys() == asdict(Recording()).keys() and not (
            claimed["problem"] and isinstance(plan, Plan)
        )
        return from_data(claimed | own) if sound else Recording(source, problem=ODD)
    except (ValueError, AttributeError):
        return Recording(source, problem=ODD)


def _unfit(source: str) -> str:
    """Return why a text is not even run, "" for one that is."""
    try:
        if as_python(source).strip() != source.strip():
            return MAGIC
        ast.parse(source)
    except SyntaxError as error:
        return UNREADABLE.format(error.lineno or 1)
    except (ValueError, RecursionError, MemoryError):
        return ODD
    return ""


class _Room:
    """A guest in which the key's cells before an answer have run."""

    def __init__(self, key: Task, answer_id: str, sandbox: Sandbox) -> None:
        self._guest = opener(key, sandbox)()
        self._number = 0
        at = [cell.cell_id for cell in key.cells].index(answer_id)
        try:
            for cell in key.cells[:at]:
                if cell.role != CHECK and not (cell.role == GIVEN and A_PART.search(cell.source)):
                    self.run(cell.source, sandbox.limits.cell_seconds)
        except GuestError:
            self._guest.close()
            raise

    def __enter__(self) -> "_Room":
        return self

    def __exit__(self, *_: object) -> None:
        self._guest.close()

    def run(self, source: str, seconds: float = SECONDS) -> None:
        """Run a cell. Raises: Timeout where it has to be stopped, GuestError where it ends all."""
        self._number += 1
        self._ask("run", seconds, cell=source, number=self._number)

    def calls(self, case: list) -> list:
        """Return what comes of the acts of a case."""
        found = self._ask("calls", SECONDS, plan=json.dumps([case])).get("cases")
        if not found:
            raise Tampered("it wants something in the middle of a call")
        return found[0]

    def recorded(self, source: str, call: str) -> object:
        """Return what the guest says it recorded: any JSON, None for none."""
        self.run(PROGRAM.format(source=source, call=call))
        text = self._ask("get", SECONDS, names=["_recorded"])["values"].get("_recorded")
        try:
            return json.loads(text) if type(text) is str and len(text) <= LARGEST else None
        except (ValueError, RecursionError):
            return None

    def _ask(self, operation: str, seconds: float, **fields: object) -> Mapping[str, object]:
        reply = checked(operation, self._guest.ask(operation, seconds, **fields), fields)
        if self._guest.stopped:
            raise Timeout("it does not end")
        return reply


def main() -> int:
    """Read what is asked from the standard input, and write what came to the standard output."""
    asked = json.loads(sys.stdin.read())
    out, sys.stdout = sys.stdout, sys.stderr
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    os.environ.pop("JPY_SESSION_NAME", None)
    limits = replace(Limits(**asked["limits"]), total_seconds=PATIENCE)
    questions = [Question(**one) for one in asked["questions"]]
    try:
        with Sandbox(Level(asked["level"]), limits) as sandbox:
            found = list(replay(Task.of(asked["task"]), questions, sandbox, asked["seed"]))
    except GraderError as error:
        print(error, file=sys.stderr)
        return 1
    plain = [
        {"wrong": as_data(one.wrong), "right": as_data(one.right), "call": one.call}
        for one in found
    ]
    json.dump(plain, out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
