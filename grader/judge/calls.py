"""
Makes the calls of a check in the sandbox: in the notebook's own process, or in a guest of its own
where model answers stand in the place of the learner's.

The guest gets the arguments and never what is expected of them, nor any text of the key's: see
`models` for functions that stand in for others.
"""

import json
from collections.abc import Callable, Iterator

from grader.checks.task import Plan
from grader.judge.crossing import Answer, Ask, Endless, exchange, with_data_alone
from grader.judge.learner_process import ONCE_ENDLESS, LearnerProcess
from grader.judge.models import Models
from grader.judge.sources import shared
from grader.judge.task import ANSWER, CHECK, LEARNERS, Cell, Task
from grader.rerun.calls import here, interrupted, parameters
from grader.sandbox import GuestProcess

STOPS = 2  # calls that do not end, before the rest is not tried


class Calls:
    """
    Makes the calls of one notebook's checks; called like `grader.checks.cell.calls_here`. Before
    each use `cell_id` says which check asks.
    """

    def __init__(
        self,
        process: LearnerProcess,
        task: Callable[[], Task],
        open_guest: Callable[[], GuestProcess],
    ) -> None:
        """`task` gives the notebook as it is left where cells were lost."""
        self._process, self._task, self._open = process, task, open_guest
        self.cell_id = ""

    def __call__(self, plan: Plan, model: tuple[str, ...] = ()) -> Plan | None:
        """
        Make the calls of a plan and return what came of each; fewer cases where two did not end.

        None where a model answer is asked for that nobody has. GuestError where a call ends the
        learner's process.
        """
        if not model:
            try:
                return self._all(plan, self._process.learner.ask, _nobody)
            except Endless:
                self._process.lose()
                raise
        if not set(model) <= set(self._task().models):
            return None
        with self._open() as own, self._open() as apart:
            models = Models(apart, self._process.seconds, *self._keys(model))

            def ask(operation: str, **fields: object) -> dict[str, object]:
                return own.ask(operation, self._process.seconds, **fields)

            self._run(ask, model, models)
            return self._all(plan, ask, models.answer)

    def _run(self, ask: Ask, model: tuple[str, ...], models: Models) -> None:
        """Run the cells before the check, with stand-ins in place of some answers."""
        for number, cell in enumerate(self._before(), start=1):
            if cell.cell_id in model:
                ask("set", values=models.values)
                ask("stand_in", names=models.functions)
            else:
                source = shared(cell.source) if cell.role == CHECK else cell.source
                seconds, fields = self._process.seconds, {"cell": source, "number": number}
                answer = with_data_alone(models.answer)
                exchange(ask, seconds, answer, "run", **fields)

    def _before(self) -> Iterator[Cell]:
        """Yield the cells before the check."""
        for cell in self._task().cells:
            if cell.cell_id == self.cell_id:
                return
            yield cell

    def _keys(self, model: tuple[str, ...]) -> tuple[list[str], list[str]]:
        """Return the key's own cells before the check, and the model answers among them."""
        models, sources = self._task().models, []
        for cell in self._before():
            if cell.role == CHECK:
                sources.append(shared(cell.source))
            elif cell.role != LEARNERS:
                sources.append(models.get(cell.cell_id, "") if cell.role == ANSWER else cell.source)
        return sources, [models[cell_id] for cell_id in model]

    def _all(self, plan: Plan, ask: Ask, answer: Answer) -> Plan:
        """Ask for the cases of a plan, part by part, until all are made or too many do not end."""
        made: Plan = []
        stops = 0
        while len(made) < len(plan) and stops < STOPS:
            cases = self._part(plan[len(made) :], ask, answer)
            made += cases
            if interrupted(cases[-1]):
                stops += 1
                self._process.endless |= _called(plan[len(made) - 1])
        return made

    def _part(self, plan: Plan, ask: Ask, answer: Answer) -> Plan:
        """
        Ask for the cases up to the next that has stand-ins of the check's, or for that alone: what
        it calls of them is noted here.
        """
        alone = next((n for n, case in enumerate(plan) if _texts(case)), len(plan))
        part, asked, names = plan[: alone or 1], [], set()
        seconds = self._process.seconds
        if self._process.endless & _called(plan[0]):
            part, seconds = plan[:1], ONCE_ENDLESS
        if alone == 0:
            texts = _texts(plan[0])
            names, own = {name.rpartition(".")[2] for name in texts}, here(texts.values(), asked)
            part = [[_without_texts(act) for act in plan[0]]]

            def answer(name: str, args: list, kwargs: dict, others: Answer = answer) -> dict:
                return (own if name in names else others)(name, args, kwargs)

        text = json.dumps(part)
        answered = with_data_alone(answer)
        with self._process.at_most(seconds) as seconds:
            cases = exchange(ask, seconds, answered, "calls", plan=text)["cases"]
        if asked:
            cases[0][-1]["asked"] = asked
        return cases


def _called(case: list[dict[str, object]]) -> set[str]:
    """Return the functions that a case calls."""
    return {act["call"] for act in case if "call" in act}


def _texts(case: list[dict[str, object]]) -> dict[str, str]:
    """Return the functions of the check that a case brings with it, as text by name."""
    kinds = [act.get(kind, {}) for act in case for kind in ("instead", "other")]
    return {name: text for one in kinds for name, text in one.items()}


def _without_texts(act: dict[str, object]) -> dict[str, object]:
    """Return an act as the guest may see it: with names, and what a function takes."""
    told = dict(act)
    if "instead" in act:
        told["instead"] = dict.fromkeys(act["instead"], "")
    if "other" in act:
        told["other"] = {name: parameters(text) for name, text in act["other"].items()}
    return told


def _nobody(name: str, args: list[object], kwargs: dict[str, object]) -> dict[str, object]:
    raise TypeError(f"nobody stands in for {name}")
