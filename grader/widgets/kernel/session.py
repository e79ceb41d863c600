"""
What this notebook session knows: the cells run so far, the quiz answers saved, and who is
running it.

`grader.checks` asks this module for its facts in a learner's kernel and under nbgrader. A cell is
known by the id that JupyterLab sends with every run; where no id comes (nbclient, so nbgrader), the
order of the runs decides.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from IPython import get_ipython

from grader.widgets import notebook

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

# A cell that shows a widget, by the name of today or the one of handed-out notebooks.
A_PART = re.compile(r"(?m)^from grader\.(?:widgets|learn) import \w+$")
ADDED_BY_LEARNER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}")
DONE = ("passed", "noted")  # the states of a step that count as progress
picked: dict[str, str] = {}  # answers that cards of this kernel report, perhaps not saved yet
given: dict[str, str] = {}  # answers that were given for good in such cards: the first one counts
# What the last check of each answer cell said, and the cells that it judged: (state, sources).
verdicts: dict[str, tuple[str, tuple[str, ...]]] = {}
_current: "Session | None" = None
_by_itself = False


@dataclass(slots=True)
class CellRun:
    """
    One run of one cell; `check_of` names the answer cell that it checked, "" for a check of no
    step. `stopped` is the error that ended it ("NameError: ..."), "" for none.
    """

    cell_id: str | None
    source: str
    check_of: str | None = None
    stopped: str = ""


class Session:
    """The runs of one kernel, oldest first."""

    def __init__(self) -> None:
        self.shell = get_ipython()
        self.runs: list[CellRun] = []
        self.done: set[str] = set()  # the steps that count as progress
        self.told = 0, ""  # how many verdicts on steps there were, and the last one to be spoken
        self._last: dict[str, tuple[str, ...]] = {}
        if self.shell is not None:
            history = self.shell.history_manager.input_hist_raw[1:]
            self.runs = [CellRun(None, source) for source in history]
            self.shell.events.register("pre_run_cell", self._started)
            self.shell.events.register("post_run_cell", self._ended)

    def _started(self, info: object) -> None:
        self.runs.append(CellRun(getattr(info, "cell_id", None), info.raw_cell))

    def _ended(self, result: object) -> None:
        """Note an error; called without a result where the learner interrupted the cell."""
        error = getattr(result, "error_before_exec", None) or getattr(result, "error_in_exec", None)
        if self.runs and result is not None and error is not None:
            self.runs[-1].stopped = f"{type(error).__name__}: {error}".rstrip(": ")

    def stopped(self, answer_id: str) -> str:
        """Return the error that ended the last run of an answer cell, "" for none."""
        return next((r.stopped for r in reversed(self.runs) if r.cell_id == answer_id), "")

    def missing(self, names: list[str], answer_id: str) -> list[str]:
        """
        Return which of the names that an answer cell reads stand for nothing in this kernel; none
        where the cell is known to have run to its end.
        """
        if any(run.cell_id == answer_id for run in self.runs) and not self.stopped(answer_id):
            return []
        known = self.shell.user_ns if self.shell is not None else {}
        return [name for name in names if name not in known]

    def step_of(self, cell_id: str | None, steps: set[str]) -> str:
        """
        The step that the latest run, of this cell, belongs to; "" if to none. A cell added below
        an answer cell, and run after it, is a part of its step.
        """
        if cell_id in steps:
            return str(cell_id)
        for run in reversed(self.runs):
            if run.cell_id in steps:
                return str(run.cell_id)
            if not self._added(run):
                break
        return ""

    def latest(self, cell_id: str) -> str | None:
        """The text of a cell as it was last run, None if it was not."""
        return next((r.source for r in reversed(self.runs) if r.cell_id == cell_id), None)

    @contextlib.contextmanager
    def meanwhile(self, cell_id: str, source: str) -> Iterator[None]:
        """Run something as if it was this cell; later it leaves no trace among the runs."""
        self.runs.append(CellRun(cell_id, source))
        try:
            yield
        finally:
            self.runs.pop()

    def mark_check(self, answer_id: str = "") -> None:
        """Note that the cell now running is a check cell."""
        if self.runs:
            self.runs[-1].check_of = answer_id

    def step_cells(self, answer_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The learner's cells before a step, and the cells of the step itself: (before, own)."""
        done = self.runs[:-1]
        named = [n for n, run in enumerate(done) if run.cell_id == answer_id]
        if named:
            start = end = named[-1]
            while end + 1 < len(done) and self._added(done[end + 1]):
                end += 1
        else:
            checks = [n for n, run in enumerate(done) if run.check_of is not None]
            start, end = (checks[-1] + 1 if checks else 0), len(done) - 1
        runs = [
            run
            for run in done[start : end + 1]
            if not self._of_another(run, answer_id) and not A_PART.search(run.source)
        ]
        own = tuple(run.source for run in runs) or self._last.get(answer_id, ())
        self._last[answer_id] = own
        # What the answer cell held before is gone: it gives no name a value any more.
        before = [run for run in done[:start] if run.cell_id != answer_id]
        return self._latest(before), own

    @staticmethod
    def _of_another(run: CellRun, answer_id: str) -> bool:
        """True for the answer cell of another step: `step_2` where `step_3` is asked for."""
        series = re.escape(answer_id.rstrip("0123456789"))
        named = run.cell_id or ""
        return named != answer_id and re.fullmatch(rf"{series}\d+", named) is not None

    @staticmethod
    def _added(run: CellRun) -> bool:
        return run.check_of is None and bool(
            run.cell_id and ADDED_BY_LEARNER.fullmatch(run.cell_id)
        )

    @staticmethod
    def _latest(runs: list[CellRun]) -> tuple[str, ...]:
        """
        The sources of runs, without checks and cells that only show something; a cell with a known
        id once, as it was last run.
        """
        kept: dict[object, str] = {}
        for number, run in enumerate(runs):
            if run.check_of is None and not A_PART.search(run.source):
                kept.pop(run.cell_id, None)
                kept[run.cell_id or number] = run.source
        return tuple(kept.values())[-50:]

    def released(self, answer_id: str) -> str | None:
        """Return None: a kernel does not know what its notebook was released with."""

    def material(self, answer_id: str) -> dict[str, object]:
        """Return what an edition for self-study may tell about an answer; {} in any other."""
        found = notebook.kept(answer_id, "practice").get(answer_id)
        return found if isinstance(found, dict) else {}

    def solution(self, answer_id: str) -> str:
        """Return the solution that an edition for self-study has for an answer, "" in any other."""
        found = notebook.kept(answer_id, "solutions").get(answer_id)
        return found if isinstance(found, str) else ""

    def examples(self, answer_id: str) -> str:
        """Return the examples that were drawn at release for an answer, packed; "" for none."""
        found = notebook.kept(answer_id, "examples").get(answer_id)
        graded = asked_by() == "autograde" and not in_jupyter()
        return found if isinstance(found, str) and not graded else ""

    def quiz_cells(self) -> tuple[str, ...]:
        """Return the cells that may hold quiz answers, as they were last run."""
        return self._latest(self.runs)

    def answers(self, key: str) -> dict[str, str]:
        """Return the quiz answers known to this kernel: see `known_answers`."""
        return known_answers(key, self.shell)


def current() -> Session:
    """The facts of this kernel, collected from the first call on."""
    global _current
    if _current is None or _current.shell is not get_ipython():
        _current = Session()
    return _current


def title(answer_id: str) -> str:
    """
    The name of a step or a task for people: `step_3` is "Step 3", `a3` is "Task 3", and a task 0 is
    a warm-up.
    """
    found = re.fullmatch(r"(step_|[a-z])(\d+)", answer_id)
    if found is None:
        return answer_id.replace("_", " ").capitalize()
    series, number = found.groups()
    if series == "step_":
        return f"Step {number}"
    return f"Task {number}" if int(number) else "Warm-up"


def question_title(key: str) -> str:
    """The name of a question for people: `quiz1` is "Quiz 1", `pt01` "Question 1"."""
    name = re.sub(r"^pt0*(?=\d+$)", "question", key)
    return re.sub(r"_*(\d+)$", r" \1", name).replace("_", " ").capitalize()


def known_answers(key: str, shell: "InteractiveShell | None" = None) -> dict[str, str]:
    """
    Return the quiz answers of the notebook that asks `key`: those that were given for good, then
    what its cards report, then its metadata as saved, then a `quiz_answers` dictionary.
    """
    shell = shell or get_ipython()
    written = shell.user_ns.get("quiz_answers") if shell else None
    return letters(written) | _saved(key, "answers") | letters(picked) | given_answers(key)


def given_answers(key: str) -> dict[str, str]:
    """Return the answers of the notebook that asks `key` that were given for good."""
    return _saved(key, "given") | letters(given)


def _saved(key: str, what: str) -> dict[str, str]:
    """Return answers as the notebook holds them that asks `key`, or checks it."""
    return letters(notebook.kept(f"check_{key}", what) or notebook.kept(key, what))


def letter(answer: str) -> str:
    """Return the letter of an answer as people write it: " a) " is A."""
    found = re.fullmatch(r"\(?([A-Za-z])[.):]?", answer.strip())
    return found[1].upper() if found else answer.strip()


def reason(sentence: str) -> str:
    """Return the sentence for an option without the word that its verdict says anyway."""
    why = re.sub(r"^Right[:.] ", "", sentence)
    is_word = why.partition(" ")[0].isalpha()  # and not code
    return why[0].upper() + why[1:] if is_word else why


def asked_by() -> str:
    """
    Who asks for a verdict: the "learner", "nobody" where a check runs by itself, or nbgrader to
    "autograde" or to "validate" the notebook.

    After a failed run inside a Jupyter server nbgrader leaves its mark in the environment, and
    notebooks that learners open there later inherit it: see `in_jupyter`.
    """
    return "nobody" if _by_itself else os.environ.get("NBGRADER_EXECUTION") or "learner"


@contextlib.contextmanager
def by_itself() -> Iterator[None]:
    """Run a check that nobody asked for."""
    global _by_itself
    _by_itself = True
    try:
        yield
    finally:
        _by_itself = False


def in_jupyter() -> bool:
    """True where a Jupyter server runs this notebook for somebody who looks at it."""
    return bool(os.environ.get("JPY_SESSION_NAME"))


def letters(answers: object) -> dict[str, str]:
    """Return the answers that are text under a text, stripped; {} if it is no dictionary."""
    if not isinstance(answers, dict):
        return {}
    texts = {k: v.strip() for k, v in answers.items() if isinstance(k, str) and isinstance(v, str)}
    return {k: v for k, v in texts.items() if v}
