"""
The words check cells say. Each looks at one thing and notes a result; `verdict` tells what they
add up to.

A check cell opens with `step("step_3")`, says what has to hold, and ends with `verdict()`. The
lines between `### BEGIN HIDDEN TESTS` and `### END HIDDEN TESTS` carry the points. The same cell
runs in the learner's kernel, where it shows one sentence, and under nbgrader, where it also gives
the marks.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from IPython.display import display

from grader.checks import counting, printing, quiz, values
from grader.checks.facts import Counting, Printing
from grader.checks.outcome import RIGHT, Outcome
from grader.checks.sentences.stops import sentence as stop_sentence
from grader.checks.step import Step
from grader.checks.verdict import Missed, Report, Result, Shown
from grader.learn.session import (
    Session,
    asked_by,
    current,
    in_jupyter,
    question_title,
    verdicts,
)
from grader.learn.session import title as step_title
from grader.rerun.rerun import Asked, Run, reruns

Examples = list[tuple[dict[str, object], float]]  # the inputs by name, and the number expected

_session: Session | None = None
_reruns: Callable[[tuple[str, ...], list[Asked]], list[Run]] = reruns
_report = Report()
_step: Step | None = None


def session() -> Session:
    """The facts of this kernel, or those that stand in for them."""
    return _session or current()


@contextlib.contextmanager
def judging(
    facts: Session, runs: Callable[[tuple[str, ...], list[Asked]], list[Run]]
) -> Iterator[None]:
    """
    Judge outside the learner's kernel: `facts` stand in for its session, and `runs` runs a step
    again, as `grader.rerun.rerun.reruns` would, where the learner's code belongs.
    """
    global _session, _reruns, _step, _report
    kept, _session, _reruns = (_session, _reruns), facts, runs
    _step, _report = None, Report()
    try:
        yield
    finally:
        _session, _reruns = kept


def step(answer_id: str, of: int = 0, given: dict[str, object] | None = None) -> None:
    """
    Open the check of a step: the learner's cells from its answer cell to this one. `of` is how
    many steps there are.
    """
    global _step, _report
    facts = session()
    facts.mark_check(answer_id)
    before, own = facts.step_cells(answer_id)
    _step = Step(before, own, given or {}, _reruns)
    started = not _step.source.empty
    _report = Report(step_title(answer_id), of, started=started, answer_id=answer_id)


def _note(found: Outcome, points: float, rank: float, void: bool = False) -> None:
    share, sentence = found
    if share < 1 and _step is not None and _step.source.meddles:
        share = 0.0  # partial credit is for honest slips, not for code that changes Python's tools
    _report.results.append(Result(share, sentence, points, rank, void))


def _judged(judge: Callable[..., Outcome], *facts: object) -> Outcome:
    """Ask a judge; a value of the learner's that cannot be compared costs the points only."""
    try:
        return judge(*facts)
    except (ArithmeticError, RecursionError, TypeError, ValueError):
        return 0.0, (
            "This step holds a value that cannot be compared. Use plain lists, numbers and text."
        )


def value(name: str, expected: object, points: float = 0) -> None:
    """
    The variable holds exactly this value, in exactly this type: an int is no bool, 0.8 is a
    float.
    """
    run = _step.run(_step.given)
    found = _judged(values.compare, name, run.values, expected, _step.source)
    if name not in run.values and name in (whole := _step.run(_step.given, all_before=True)).values:
        earlier = _judged(values.compare, name, whole.values, expected, _step.source)
        if earlier == RIGHT:  # written into the cell of an earlier step, and right all the same
            run, found, _report.started = whole, earlier, True
    if found == RIGHT or run.stop is None:
        _note(found, points, rank=1 if name not in run.values else 3)
    else:
        _note((0.0, stop_sentence(run.stop, _step.source, _step.given)), points, rank=0)


def loops(variable: str, over: str, makes: str, examples: Examples, points: float = 0) -> None:
    """
    A `for` statement takes the variable through every index of the list `over`, and the number
    `makes` comes from it. Say this before `is_float` and `follows`, which look at the same loop.
    """
    _step.loop = (variable, over)
    ways: list[dict[str, object]] = [{}, {"stop_after": 1}]  # the second is judge_loop's experiment
    _ahead(examples, [{"watch": variable, **way} for way in ways])
    _count(counting.judge_loop, makes, examples, points, rank=4)


def is_float(name: str, examples: Examples, points: float = 0) -> None:
    """The variable is a float."""
    _count(counting.judge_float, name, examples, points, rank=2)


def follows(name: str, examples: Examples, points: float = 0) -> None:
    """The step, run again on each example's inputs, gives its expected number (within 1e-9)."""
    _count(counting.judge_number, name, examples, points, rank=3)


def _count(
    judge: Callable[..., Outcome], name: str, examples: Examples, points: float, rank: float
) -> None:
    inputs = examples[0][0]
    _ahead(examples, [{"watch": _step.loop[0]}])
    case = Counting(name, *_step.loop, _step.source, examples, _step.run, shown=not points)
    twin = counting.stored_elsewhere(case)
    if twin:
        share, _ = _judged(judge, replace(case, name=twin))
        told = (
            f"The number is right, but it is stored under the name `{twin}`. Rename it to `{name}`."
        )
        _note((share / 2, told), points, rank=1)
        return
    run = case.watched(inputs)
    if name not in run.values:
        rank = (0 if run.stop else 1) + rank / 10
    _note(_judged(judge, case), points, rank, void=counting.ignores_data(case))


def _ahead(examples: Examples, ways: list[dict[str, object]]) -> None:
    """Have the step run on all examples in all these ways, in one go."""
    _step.reference = examples[0][0] | _step.given
    _step.ahead([(inputs, way) for way in ways for inputs, _ in examples])


def printed(line: str, examples: list[dict[str, object]], points: float = 0) -> None:
    """
    The step prints this line exactly and once; the fields in its braces follow the values of
    every example.
    """
    blank = (examples[0], {"blank": True})  # what `fstring` asks for
    _step.ahead([*((inputs, {}) for inputs in examples), blank])
    case = Printing(line, examples, _step.source, _step.run)
    _step.printing = case
    _note(_judged(printing.judge_line, case), points, rank=0 if _stops(case) else 3)


def fstring(*names: str, points: float = 0) -> None:
    """The printed line comes from an f-string that holds these variables. Say `printed` first."""
    case = _step.printing
    _note(_judged(printing.judge_fstring, case, names), points, rank=0 if _stops(case) else 4)


def _stops(case: Printing) -> bool:
    return case.run(case.examples[0]).stop is not None


def answered(key: str) -> None:
    """The question has an answer: one letter, saved in the notebook or in `quiz_answers`."""
    _open_question(key)
    answer = session().answers(key).get(key, "")
    _report.started = bool(answer)
    _report.praise = f"Your answer is {quiz.clean(answer)}. You can change it until you submit."
    _note(quiz.judge_answered(key, answer), 0, rank=1)


def chose(key: str, letter: str, points: float = 0, **material: object) -> None:
    """
    The question was answered with this letter. `material` is shown after grading: see
    `quiz.Material`.
    """
    _open_question(key)
    chosen = session().answers(key).get(key, "")
    sheet = quiz.Material(key=key, answer=letter, **material)
    _report.praise = sheet.feedback.get(letter, "").removeprefix("Right: ")
    _note(quiz.judge_choice(sheet, chosen), points, rank=3)
    _report.notes.append(sheet.as_markdown(chosen))


def _open_question(key: str) -> None:
    global _report
    session().mark_check()
    title = question_title(key)
    if _report.title != title:
        _report = Report(title, question=True, answer_id=key)


def note(markdown: str) -> None:
    """A remark for the learner, shown after grading only: say it among the hidden tests."""
    _report.notes.append(markdown)


def verdict(praise: str = "") -> float | None:
    """
    Show what the checks add up to. Under `nbgrader autograde` the marks are the cell's result;
    `validate` fails if one was missed.
    """
    global _report
    report, who = _report, asked_by()
    sentence = report.sentence(praise or report.praise)
    _report = Report()
    if who == "autograde" and (report.graded or not in_jupyter()):
        print(sentence)
        for text in report.notes:
            display({"text/markdown": text, "text/plain": text}, raw=True)
        return float(report.score)
    if who == "validate" and not report.passed:
        raise Missed(f"{report.title}: {sentence}") from None
    if report.question:
        # After a choice in a card only a verdict that is on show already is brought up to date.
        shown = Shown(report.state, report.title, sentence)
        display(shown, display_id=report.answer_id, update=who == "nobody")
    else:
        # One id for all verdicts on a step: where an older one is on show, it follows. A check that
        # runs by itself adds nothing below a step that is not started.
        unasked = who == "nobody" and report.state == "waiting"
        display(_of_step(report, sentence), display_id=report.answer_id or None, update=unasked)
    return None


def _of_step(report: Report, sentence: str) -> Shown:
    verdicts[report.answer_id] = report.state, _step.cells
    passed = session().passed
    (passed.add if report.passed else passed.discard)(report.title)
    progress = f"Progress {len(passed)} / {report.of} steps" if report.of else ""
    return Shown(report.state, report.title, sentence, progress)
