"""Functions that stand in for a learner's: they act as if they stood there, out of reach."""

import json

import pytest
from cases.mistakes import MISTAKES
from support import functions, judging
from support.functions import reference

from grader.judge.task import ANSWER, CHECK, Cell, Task
from grader.trial.notebook import reference_of

DIGGER = """
import builtins, gc, inspect, linecache, os, sys

WORDS = %r
DUG = []


def dig():
    if DUG:
        return DUG[0]
    seen, places = [], [*In, *globals().get('_ih', ()), globals().get('_i'), vars(builtins)]
    frame = sys._getframe()
    while frame:
        places += [frame.f_locals, frame.f_globals, frame.f_code, list(frame.f_code.co_consts)]
        frame = frame.f_back
    places += [text for entry in linecache.cache.values() for text in entry if text]
    places += [one for one in gc.get_objects() if not inspect.ismodule(one)]
    for one in list(places):
        code = getattr(one, '__code__', one)
        for name in ('co_consts', 'co_varnames', 'co_names', 'co_qualname'):
            places.append(getattr(code, name, None))
        for cell in getattr(one, '__closure__', None) or ():
            places.append(cell.cell_contents)
        if inspect.isfunction(one):
            try:
                places.append(inspect.getsource(one))
            except Exception:
                pass
    try:
        with open('/proc/self/environ', 'rb') as environ, open('/proc/self/cmdline', 'rb') as line:
            places += [environ.read(), line.read()]
    except OSError:
        pass  # the sandbox has no /proc
    for one in places:
        try:
            small = type(one) in (dict, list, tuple) and len(one) < 300
            text = repr(one) if small else one if type(one) is str else ''
            text = one.decode('latin-1') if type(one) is bytes else text
        except Exception:
            continue
        seen += [word for word in WORDS if word[::-1] in text]
    DUG.append(sorted(set(seen)))
    return DUG[0]
"""


def graded(worker, **answers: str) -> tuple[dict[str, float], str]:
    """Grade the monitor with these answers: the score by task, and all that anybody reads."""
    known = judging.task({}, "fairness_monitor")
    found = worker.grade(
        judging.task(answers, "fairness_monitor").judged_by(reference_of(known))
    ).results
    told = json.dumps([(result.check and result.check.message, result.outputs) for result in found])
    return {r.cell_id[:2]: r.score for r in found if r.check}, told


def digger(words: list[str], then: str) -> str:
    """A right monitor that digs when there are eight weeks, and tells what it finds."""
    spelled = [word[::-1] for word in words]  # what it says must not be what it finds
    line = f'"""\n    if len(weeks) == 8:\n        {then}\n'
    return DIGGER % spelled + "\n\n" + reference("b5").replace('"""\n', line, 1)


PIECES = ["min(scores, key=lambda g", "right[g] / total", "total.get(g, 0", "scores[worst] < thr"]
WRONG = {
    "b3": "def fairness_scores(decisions, min_count=20):\n    return {}\n",
    "b4": "def fairness_alert(scores, threshold=0.75):\n    return {}  # own text of a learner\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("then", ["raise ValueError(dig())", "print(dig()); return dig()"])
def test_no_text_of_the_key_is_in_reach_where_it_stands_in(worker, then):
    """Neither source nor compiled code of a model answer is found in the guest that calls it."""
    scores, told = graded(worker, **WRONG, b5=digger(PIECES, then))

    assert 0 < scores["b5"] < 5
    assert not any(piece[::-1] in told or piece in told for piece in PIECES)


def test_the_digger_finds_what_is_there(worker):
    """The control: text of the learner's own, in a cell and in a constant, is found and told."""
    words = ["holds my own words", *PIECES]
    code = digger(words, "raise ValueError(dig())") + "\nmine = 'this holds my own words'\n"

    assert "holds my own words"[::-1] in graded(worker, **WRONG, b5=code)[1]


def test_a_word_is_told_by_a_call_only(worker):
    """A function that reads through the one that stands in finds no word; a call is needed."""
    code = reference("b0").replace(
        "    log_decision_v1('data1', 'decision')",
        "    import gc\n"
        "    for one in [*log_decision_v1.__code__.co_consts, *gc.get_objects()]:\n"
        "        if isinstance(one, str) and one.startswith('called-'):\n"
        "            return print(one, ['data1', 'decision'])\n"
        "    print('Input: data1, Decision: decision')",
    )

    assert 0.8 == graded(worker, b0=code)[0]["b0"]


@pytest.mark.parametrize(
    "line",
    [
        "log_decision_v1(record_id='data1', decision='decision')",
        "say = log_decision_v1; say(*['data1'], **{'decision': 'decision'})",
        "return log_decision_v1('data1', str('decision'))",
    ],
)
def test_a_call_in_any_form_is_a_call(worker, line):
    """By name, by another name, with names for the arguments."""
    code = reference("b0").replace("log_decision_v1('data1', 'decision')", line)

    assert 2 == graded(worker, b0=code)[0]["b0"]


@pytest.mark.parametrize(
    "line",
    [
        "log_decision_v1('x', 'y'); print(end='')",
        "import io, contextlib\n    with contextlib.redirect_stdout(io.StringIO()) as out:\n"
        "        log_decision_v1('x', 'y')\n"
        "    print(out.getvalue().split()[0], ['data1', 'decision'])",
        "log_decision_v1('data1', 'decision'); log_decision_v1('data1', 'decision')",
    ],
)
def test_a_call_with_something_else_is_another_call(worker, line):
    """Who listens to a call with other data and repeats its word has still called it wrongly."""
    code = reference("b0").replace("log_decision_v1('data1', 'decision')", line)

    assert graded(worker, b0=code)[0]["b0"] <= 0.8


def building(first: str, second: str, check: str, key: str) -> tuple[Task, Task]:
    """Two tasks, of which the second builds on the first, with a key that differs in the first."""
    cells = (
        Cell("f1", ANSWER, first),
        Cell("f1_check", CHECK, "from grader.checks import function", 0.0),
        Cell("f2", ANSWER, second),
        Cell(
            "f2_check",
            CHECK,
            "from grader.checks import call, expect, function, shared, holds, verdict, worth\n"
            f"function('f2', 'use', needs=['f1'])\nworth(1)\n{check}\nverdict()\n",
            1.0,
        ),
    )
    known = (Cell("f1", ANSWER, key), *cells[1:])
    return Task(cells), Task(known)


USING = {
    "it changes its argument": (
        "def first(log):\n    log.append(len(log))\n    log[0].append('x')\n",
        "def use(n):\n    inner = []\n    log = [inner]\n"
        "    for _ in range(n):\n        first(log)\n    return [log, inner]\n",
        "expect('F', 'f', 'No.', call(2, gives=[[['x', 'x'], 1, 2], ['x', 'x']]))",
    ),
    "it prints": (
        "def first(x):\n    print('first', x)\n",
        "def use(n):\n    print('before')\n    first(x=n)\n    print('after')\n",
        "expect('F', 'f', 'No.', call(3, prints='before\\nfirst 3\\nafter\\n'))",
    ),
    "it raises": (
        "class Odd(ValueError):\n    pass\n\n\ndef first(x):\n    raise Odd('no')\n",
        "def use(n):\n    try:\n        first(n)\n    except ValueError as e:\n"
        "        return [type(e).__name__, str(e)]\n",
        "expect('F', 'f', 'No.', call(3, gives=['Odd', 'no']))",
    ),
    "it takes tuples and sets": (
        "def first(x, *more, top=0):\n    return (x | {5}, more, top)\n",
        "def use(n):\n    found, more, top = first({n}, (1, 2), top=7)\n"
        "    return [sorted(found), isinstance(more, tuple), top]\n",
        "expect('F', 'f', 'No.', call(3, gives=[[3, 5], True, 7]))",
    ),
    "a value beside it": (
        "LEVEL = {'a': 3}\n\n\ndef first(x):\n    return LEVEL[x]\n",
        "def use(n):\n    return first('a') + LEVEL['a']\n",
        "expect('F', 'f', 'No.', call(3, gives=6))",
    ),
}


@pytest.mark.parametrize("what", USING)
def test_a_model_answer_elsewhere_does_what_it_would_do_here(worker, what):
    """Arguments, prints, errors and values cross the wall as if the function stood there."""
    key, second, check = USING[what]
    task, known = building("def first(*args, **more):\n    return 0\n", second, check, key)

    assert 1 == worker.grade(task.judged_by(reference_of(known))).results[-1].score


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", ["[first(n) for n in range(10**9)]", "first(lambda: 1)", "first([print])", "first(In)"]
)
def test_calls_without_end_or_of_no_data_earn_nothing(worker, line):
    """A function that calls for ever is stopped; what is no plain data is an error there."""
    check = "expect('F', 'f', 'No.', call(3, gives=1))"
    key = "def first(x):\n    return 1\n"
    second = f"def use(n):\n    {line}\n    return 'got through'\n"
    task, known = building("first = None", second, check, key)
    known = Task(
        (*known.cells[:2], Cell("f2", ANSWER, "def use(n):\n    return first(n)\n"), known.cells[3])
    )
    found = worker.grade(task.judged_by(reference_of(known))).results[-1]

    assert 0 == found.score


def test_one_slip_costs_one_task_with_both_before_it_wrong(worker):
    """A right monitor on two wrong functions keeps its points, and each of them loses its own."""
    wrong = {t: functions.wrong(t, MISTAKES[t][0]) for t in ("b3", "b4")}
    scores, _ = graded(worker, **wrong)

    assert 5 == scores["b5"]
    assert scores["b3"] < 5 and scores["b4"] < 4
