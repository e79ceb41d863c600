"""
The words of check cells for functions, which are judged by calling them.

    function("a1", "mean", of=7)
    expect("A1.one", "one number is its own mean", "For one …", call([3.0], gives=3.0))
    ### BEGIN HIDDEN TESTS
    worth(2)
    holds("A1.order", "the order does not matter", "Shuffling …", cases, judge)
    ### END HIDDEN TESTS
    verdict("It is right for every list that was tried.")

Each check has an id, a title for the list of checks, and a sentence for who misses it. They are
judged together when the verdict is asked for (see `calling`), because the function may be far away.
"""

from collections.abc import Mapping, Sequence

from grader.checks.called import MISSING, Call, Called, Case, Look, Shared, Spoil, alike
from grader.checks.cell import now, session
from grader.checks.reach import called_names
from grader.checks.sentences.choices import unfit
from grader.checks.step import Step
from grader.checks.task import VISIBLE, Check, FunctionTask, Judge
from grader.checks.unwritten import unwritten
from grader.checks.verdict import Report, Slip
from grader.checks.words import Told, word
from grader.widgets.kernel.session import title as task_title


@word()
def function(answer_id: str, name: str, of: int = 0, needs: Sequence[str] = ()) -> None:
    """
    Open the check of what an answer cell defines under this name. `of` is how many tasks there are;
    `needs` are earlier answer cells whose functions it may call: where those are wrong, this one is
    judged with the model answers in their place.
    """
    facts = session()
    facts.mark_check(answer_id)
    before, own = facts.step_cells(answer_id)
    opened = Step(before, own, {}, now.reruns)
    report = Report(task_title(answer_id), of, answer_id=answer_id, unit="task")
    report.started = not unwritten(own, name, facts.released(answer_id))
    task = FunctionTask(name, tuple(needs), answer_id, stopped=facts.stopped(answer_id))
    now.open(report, opened, task)


@word()
def call(
    *args: object,
    gives: object = MISSING,
    prints: object = MISSING,
    raises: str = "",
    to: str = "",
    leaves: Mapping[str, object] | None = None,
) -> Call:
    """
    Return a call with these arguments, and what it should give, print or raise; `to` names another
    function than the one that the cell is about, and `leaves` is what shared arguments should be
    afterwards, by their names.
    """
    return Call(args, gives, prints, raises, to, dict(leaves or {}))


@word()
def shared(name: str, start: object) -> Shared:
    """Return an argument that the calls of a case have in common, and what it is at first."""
    return Shared(name, start)


@word()
def spoil(name: str | None = None) -> Spoil:
    """Change a shared object, or with None what the last call gave back, between two calls."""
    return Spoil(name)


@word()
def expect(check_id: str, title: str, sentence: str, *calls: Call) -> None:
    """Each call gives and prints what it says, and leaves its arguments as they were."""
    cases = _some(check_id, [Case((one,)) for one in calls])
    now.task.checks.append(Check(check_id, title, sentence, cases, exact=True))


@word()
def holds(
    check_id: str,
    title: str,
    sentence: str,
    cases: Sequence[Sequence[Call | Spoil]],
    judge: Judge,
    instead: dict[str, str] | None = None,
    may_change: bool = False,
    exact: bool = False,
) -> None:
    """
    `judge` says yes to what came of each case, given as one `Called` for each act. A call that
    stops with an error is missed, and so is one whose odd data makes the judge stumble, and one
    that changes arguments which are not shared, unless it `may_change` them. `instead` are
    functions, as text, that stand under these names meanwhile; they run apart from the learner's
    code, which gets to know of them what calls of them give. A case that two checks share is tried
    once. `exact` says that only what the model answer gives is right: release may draw examples
    from such cases.
    """
    made = [one if isinstance(one, Case) else Case(tuple(one), instead or {}) for one in cases]
    cases = _some(check_id, made)
    now.task.checks.append(Check(check_id, title, sentence, cases, judge, may_change, exact=exact))


def _some(check_id: str, cases: list[Case]) -> list[Case]:
    """Return the cases of a check; Slip where it tries nothing and so is right for everybody."""
    if not cases or not all(case.acts for case in cases):
        raise Slip(f"{check_id} tries nothing: give it calls")
    return cases


@word()
def case(*acts: Call | Spoil) -> Case:
    """Return calls that are made one after the other, for more than one check."""
    return Case(acts)


def _findings(
    check_id: str, title: str, sentence: str, key: str, *right: object, **form: object
) -> Told:
    """Return what is right under a key, and what to say where something else stands there."""
    return {"": {key: {"right": list(right), "sentence": sentence, "title": title}}}, []


@word(tells=_findings)
def entry(
    check_id: str,
    title: str,
    sentence: str,
    key: str,
    *right: object,
    choices: Sequence[object] = (),
    many: bool = False,
) -> None:
    """
    The dictionary holds one of these values under this key. Without values it is looked at for its
    form alone, and noted: anything but None, one of the `choices` where there are some, or with
    `many` a list of some of them. An edition for self-study knows the values, and judges.
    """
    known = session().material(now.report.answer_id).get(key, {}) if not right else {}

    def explain(came: list[Called]) -> str:
        held = came[0].value if came else None
        return unfit(key, held, choices, many) if choices and held is not None else ""

    def judge(came: list[Called]) -> bool:
        held = came[0].value
        return held is not None and not explain(came) and _is_one_of(held, right)

    case = Case((Look(now.task.name, key),))
    form = Check(check_id, title, sentence, [case], judge, explain=explain, noted=not right)
    now.task.checks.append(form)
    if known:  # the form first: it says what to write
        form.noted = False
        value = Check(
            check_id,
            known["title"],
            known["sentence"],
            [case],
            lambda came: not judge(came) or _is_one_of(came[0].value, known["right"]),
            explain=lambda came: "",
        )
        now.task.checks.append(value)


def _is_one_of(held: object, right: Sequence[object]) -> bool:
    """Tell whether a value is one of these; anything is where there are none."""
    return not right or any(alike(held, one) for one in right)


@word()
def uses(
    check_id: str,
    title: str,
    sentence: str,
    name: str,
    asked: Call | None = None,
    other: str = "",
    judge: Judge | None = None,
) -> None:
    """
    The result comes from something of a library's, of this full name: with `other` data to work on,
    a dictionary that the function in this text makes of the arguments it takes, the call that is
    `asked` gives what the judge expects then. With a name alone: the text of the task's cells calls
    a function or class of this name, which shows less.
    """
    if asked is None:
        found = name in called_names(now.step.source.tree)
        now.task.checks.append(Check(check_id, title, sentence, passed=found))
        return
    made = Case((asked,), other={name: other})
    now.task.checks.append(Check(check_id, title, sentence, [made], judge, exact=True))


@word()
def worth(points: float, visible: float = VISIBLE) -> None:
    """
    Say what the cell is worth: the checks so far, which learners see, share this part of it evenly,
    and those to come the rest.
    """
    now.task.visible, now.task.share, now.task.points = len(now.task.checks), visible, points
