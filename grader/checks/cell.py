"""
The check cell that is running now: whose facts it looks at, what it noted, and its verdict.

The words of check cells (`steps`, `functions`, `questions`) note results here; `verdict` tells what
they add up to, and first judges what was left until then.
"""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from IPython import get_ipython
from IPython.display import display

from grader.checks.calling import settle
from grader.checks.replay import replay
from grader.checks.standing import held_up, reads, rests_on
from grader.checks.step import Step
from grader.checks.task import Calls, FunctionTask, Plan
from grader.checks.verdict import Judged, Missed, Report, Result, VerdictLine, VerdictPage
from grader.checks.words import NOTHING, word
from grader.rerun.calls import calls, interrupted
from grader.rerun.quiet import limited
from grader.rerun.rerun import Asked, Run, reruns
from grader.widgets import notebook
from grader.widgets.base import Widget, on_show
from grader.widgets.guesses import Guesses
from grader.widgets.kernel.session import DONE, Session, asked_by, current, in_jupyter, verdicts
from grader.widgets.kernel.session import title as task_title
from grader.widgets.trace import ExampleTrace

TRIES = 3  # different answers that are wrong, before an edition for self-study shows a solution
SLOW = 0.05  # seconds for a call, from which on its loop is not called once more to be watched
SECONDS = 10.0  # for calls in a learner's own kernel, before they count as endless
Reruns = Callable[[tuple[str, ...], list[Asked]], list[Run]]


def calls_here(plan: Plan, model: tuple[str, ...] = ()) -> Plan | None:
    """
    Make the calls of a plan in this kernel, which has no model answers; fewer where one does not
    end.
    """
    if model:
        return None
    made: Plan = []
    while len(made) < len(plan) and not (made and interrupted(made[-1])):
        with limited(SECONDS):
            made += calls(plan[len(made) :], get_ipython().user_ns)
    return made


@dataclass(slots=True)
class Now:
    """
    What a check cell works with. `session`, `reruns` and `calls` stand in for the kernel's own
    where a check is judged elsewhere. `step` is the step it is about, None for a question, and
    `task` a function of it that is still to be judged; `settled` is the last one that was. `known`
    are calls that every class is asked: see `settle`. `pace` is how many seconds a call took in the
    last verdict on an answer, `tries` the different texts of it that were judged, and `below` the
    parts on show below it, by name. `above` are the answers with a verdict below their own cell,
    `lines` those whose check cell says so. `worth` are the points of the last verdict and `judged`
    what it came to, None before the first.
    """

    session: Session | None = None
    reruns: Reruns = reruns
    calls: Calls = calls_here
    step: Step | None = None
    task: FunctionTask | None = None
    settled: FunctionTask | None = None
    known: frozenset[str] | None = None
    pace: dict[str, float] = field(default_factory=dict)
    tries: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    below: dict[str, dict[str, Widget]] = field(default_factory=dict)
    above: set[str] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)
    report: Report = field(default_factory=Report)
    worth: float | None = None
    judged: Judged | None = None

    def slip(self, points: float) -> str:
        """Return what the author of a check cell with so many points got wrong; "" for nothing."""
        if self.task is not None or self.report.results:
            return "it never says its verdict"
        if self.worth is None or abs(self.worth - points) < 0.005:  # marks have two digits
            return ""
        return f"its parts carry {self.worth:g} points, the cell {points:g}"

    def open(
        self, report: Report, step: Step | None = None, task: FunctionTask | None = None
    ) -> None:
        """Begin a check; what is left of one that broke off before its verdict is dropped."""
        self.report, self.step, self.task = report, step, task


now = Now()


def session() -> Session:
    """The facts of this kernel, or those that stand in for them."""
    return now.session or current()


@contextlib.contextmanager
def judging(
    facts: Session, runs: Reruns, asks: Calls, known: frozenset[str] | None = None
) -> Iterator[Now]:
    """
    Judge outside the learner's kernel: `facts` stand in for its session. `runs` runs a step again,
    as `grader.rerun.rerun.reruns` would, and `asks` makes calls, where the learner's code belongs.
    `known` are the calls that every class is asked.
    """
    kept = now.session, now.reruns, now.calls
    now.session, now.reruns, now.calls = facts, runs, asks
    now.step = now.task = now.settled = now.worth = now.judged = None
    now.report, now.known = Report(), known
    try:
        yield now
    finally:
        now.session, now.reruns, now.calls = kept
        now.known = None


@word(asks=NOTHING, tells=lambda *texts: ({}, list(texts)))
def note(markdown: str) -> None:
    """A remark for the learner, shown after grading only: say it among the hidden tests."""
    now.report.notes.append(markdown)


@word(asks=NOTHING)
def verdict(praise: str = "") -> float | None:
    """
    Show what the checks add up to. Under `nbgrader autograde` the marks are the cell's result;
    `validate` fails if one was missed.

    Raises: Missed under `nbgrader validate`, where a check was missed.
    """
    report, who = now.report, asked_by()
    if now.task is not None:
        task, now.task = now.task, None
        start = time.monotonic()
        settle(task, now.step, report, now.calls, now.known)
        now.pace[task.answer_id] = (time.monotonic() - start) / max(1, task.calls)
        now.settled = task
    graded = who == "autograde" and (report.graded or not in_jupyter())
    report.page = not graded and who != "validate"
    if report.page and now.step is not None:
        _look_around(report, now.step)
    sentence = report.sentence(praise or report.praise)
    now.worth, now.judged = report.max_score, report.judged
    now.report = Report()
    if graded:
        print(sentence)
        if report.example is not None and report.unit == "task":
            shown = {"text/plain": report.example.as_text(), "text/html": report.example.as_html()}
            display(shown, raw=True)
        for text in report.notes:
            display({"text/markdown": text, "text/plain": text}, raw=True)
        return float(report.score)
    if who == "validate" and not report.passed:
        raise Missed(f"{report.title}: {sentence}") from None
    if report.question:
        # After a choice in a card only a verdict that is on show already is brought up to date.
        shown = VerdictPage(report.state, report.title, sentence)
        display(shown, display_id=report.answer_id, update=who == "nobody")
    else:
        _show(report.answer_id, _of_step(report, sentence), by_itself=who == "nobody")
    return None


def _show(answer_id: str, page: VerdictPage, by_itself: bool) -> None:
    """
    Show the verdict on a step once. One that came by itself stands below its answer: there it
    follows, and the check cell says in a line what it is. By itself nothing is added below a step
    that is not started.
    """
    if by_itself:
        (now.above.discard if page.state == "waiting" else now.above.add)(answer_id)
    follows = page.state == "waiting" if by_itself else answer_id in now.above
    count, _ = current().told
    current().told = count + 1, page.spoken
    if follows and not by_itself:
        now.lines.add(answer_id)
    if answer_id in now.lines:
        line = VerdictLine(page.state, page.title)
        display(line, display_id=f"{answer_id}_line", update=by_itself or not follows)
    display(page, display_id=answer_id or None, update=follows)
    _show_below(answer_id, page, follows)


def _show_below(answer_id: str, page: VerdictPage, follows: bool) -> None:
    """Show the parts below a verdict; those of an older one go, wherever they stand."""
    known = now.below.pop(answer_id, {})
    for name, part in known.items():
        if name not in {part.name for part in page.below}:
            part.hide(name)
    for part in page.below:
        now.below.setdefault(answer_id, {})[part.name] = part
        part.show(part.name, update=follows and part.name in known)


def _look_around(report: Report, step: Step) -> None:
    """
    Note in a learner's kernel what keeps right code from running, and an earlier answer that it
    uses and that is not right.
    """
    told = ""
    if report.passed:
        missing = session().missing(reads(step.source), report.answer_id)
        told = held_up(missing, session().stopped(report.answer_id))
    if told:
        report.results.append(Result(0.0, told, rank=-2, rule="runs"))
        report.tried = ""
    rests = rests_on(step.source, report.answer_id, verdicts) if report.started else ""
    report.tried = " · ".join(filter(None, [rests, report.tried]))


def _of_step(report: Report, sentence: str) -> VerdictPage:
    verdicts[report.answer_id] = report.state, now.step.cells
    done = session().done
    (done.add if report.state in DONE else done.discard)(report.answer_id)
    progress = f"Progress {len(done)} / {report.of} {report.unit}s" if report.of else ""
    progress = " · ".join(filter(None, [report.tried, progress, _what_next(report)]))
    solution = session().solution(report.answer_id) if _has_tried(report) else ""
    settled = now.settled if now.settled and now.settled.answer_id == report.answer_id else None
    rules = tuple(check.title for check in settled.checks) if settled else ()
    quick = now.session is None and now.pace.get(report.answer_id, SLOW) < SLOW
    example = report.example if settled and quick else None
    below: list[Widget] = []
    if loop := replay(now.step.cells, example, now.calls):
        below.append(ExampleTrace(report.answer_id, loop))
    if report.guesses and report.passed:
        below.append(Guesses(report.answer_id, report.guesses))
    about = progress, report.example, solution, rules, tuple(below)
    return VerdictPage(report.state, report.title, sentence, *about, aloud=not on_show("progress"))


def _what_next(report: Report) -> str:
    """Say which step of the notebook is to be done next, once this one is."""
    if report.state not in DONE or not report.of:
        return ""
    series = re.compile(rf"{re.escape(report.answer_id.rstrip('0123456789'))}\d+")
    cells = notebook.load(report.answer_id).get("cells", [])
    names = [str(cell.get("id")) for cell in cells if cell["cell_type"] == "code"]
    steps = [name for name in names if series.fullmatch(name)]
    if report.answer_id not in steps:
        return ""
    left = [one for one in steps if verdicts.get(one, ("",))[0] not in DONE]
    if not left:
        return f"all {report.unit}s are done"
    here = steps.index(report.answer_id)
    following = [one for one in left if steps.index(one) > here]
    return f"next: {task_title((following or left)[0]).lower()}"


def _has_tried(report: Report) -> bool:
    """Tell whether an answer is right, or was tried a few times with different code."""
    if not report.started:
        return False
    code = tuple(text.strip() for text in now.step.cells)
    now.tries.setdefault(report.answer_id, set()).add(code)
    return report.passed or len(now.tries[report.answer_id]) >= TRIES
