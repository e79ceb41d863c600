"""One answer to everything earns next to nothing, and so does any that bends its arguments."""

import ast

import pytest
from support.functions import judged, reference, source

POINTS = {"a1": 2, "a2": 3, "a3": 5, "a4": 5, "a5": 2, "b0": 2, "b1": 4, "b2": 5, "b3": 5} | {
    **{"b4": 4, "b5": 5}
}
MOST = 0.05  # share of the points that such an answer may earn
SHAPED: dict[str, list[str]] = {  # the shape follows the data and the values do not
    "a2": [
        "{{g: {{'accuracy': {}, 'count': {}}} for g in groups}}".format(*pair)
        for pair in [
            ("1.0", "0"),
            ("0.0", "1"),
            ("0.5", "len(groups)"),
            ("None", "2"),
            ("1.0", "1"),
        ]
    ],
    "a3": [
        "{{g: {{'count': {}, 'accuracy': {}, 'selection_rate': {}, 'tpr': {}, 'fpr': {}}}"
        " for g in groups}}".format(*five)
        for five in [
            (0, 0.0, 0.0, None, None),
            (1, 1.0, 1.0, 1.0, 0.0),
            (4, 0.5, 0.5, 0.5, 0.5),
            ("groups.count(g)", 1.0, 0.5, 1.0, 0.0),
            ("groups.count(g)", 0.0, 0.5, 0.0, 1.0),
            (1, 1.0, 0.5, None, 0.0),
        ]
    ],
    "a4": [
        "{{'groups': {}, 'too_small': {}, 'selection_rate_difference': {},"
        " 'selection_rate_ratio': {}, 'tpr_difference': {}, 'worst_group': {},"
        " 'worst_accuracy': {}}}".format(*seven)
        for seven in [
            ("sorted(report)", "[]", 0.0, 1.0, 0.0, None, None),
            ("[]", "sorted(report)", None, None, None, None, None),
            ("sorted(report)", "[]", 0.0, None, 0.0, "min(report, default=None)", 0.5),
            ("sorted(report)", "[]", None, None, None, None, None),
        ]
    ],
    "b1": [
        "{{'decision': {!r}, 'score': 0, 'reasons': [[n, 0] for n in sorted({})]}}".format(*pair)
        for pair in [("approve", "weights"), ("decline", "weights"), ("decline", "features")]
    ],
    "b3": [
        f"{{'scores': {{d['group']: {one} for d in decisions}}, 'too_small': {{}}}}"
        for one in ("1.0", "0.0", "0.5", "None")
    ]
    + [
        f"{{'scores': {{}}, 'too_small': {{d['group']: {one} for d in decisions}}}}"
        for one in ("0", "1", "19", "len(decisions)")
    ],
    "b4": [
        "{{'alert': {}, 'status': {!r}, 'worst_group': min(scores, default=None),"
        " 'worst_score': {}}}".format(*three)
        for three in [
            (True, "Bias detected", "None"),
            (False, "Fair model", "0.75"),
            (False, "Not enough data", "None"),
            (False, "Fair model", "min(scores.values(), default=None)"),
        ]
    ],
    "b5": [
        "[{{'alert': {}, 'status': {!r}, 'worst_group': {!r}, 'worst_score': {}, 'week': w['week'],"
        " 'new': {}}} for w in weeks]".format(*five)
        for five in [
            (False, "Not enough data", None, None, False),
            (False, "Fair model", "A", 1.0, False),
            (True, "Bias detected", "A", 0.5, True),
            (True, "Bias detected", "A", 0.5, False),
        ]
    ],
}
PLAIN = ["None", "0", "1", "0.0", "1.0", "0.5", "True", "False", "''", "[]", "{}", "()", "[[]]"]
LOGGED = ("log.append({})", "log.append(%s)", "log[:] = [%s]", "log.append(explanation)")


def answers(task: str) -> list[object]:
    """Every answer that a call written in the check cell wants, and those the key gives there."""
    found, judge = [], {}
    exec(compile(_quiet(source(task)[f"{task}_check"]["source"]), task, "exec"), judge)
    made = judge["_seen"]
    for act in made:
        if act.gives is not judge["_missing"] and act.gives not in found:
            found.append(act.gives)
    return found


def _quiet(text: str) -> str:
    """Return a check cell that only notes its calls."""
    tree = ast.parse(text)
    tree.body.pop()
    return (
        "from grader.checks import cell as _cell\n"
        "from grader.checks.called import MISSING as _missing, Call as _Call\n"
        "from support.checking import Facts as _Facts\n_cell.now.session = _Facts(('x = 1',))\n"
        + ast.unparse(tree)
        + "\n_seen = [a for c in _cell.now.task.checks for k in c.cases for a in k.acts"
        " if isinstance(a, _Call) and len(c.cases) < 6]\n_cell.now.session = None\n"
    )


def defined(task: str, *body: str) -> str:
    """Return the task's function with another body."""
    tree = ast.parse(reference(task))
    function = [node for node in tree.body if isinstance(node, ast.FunctionDef)][-1]
    function.body = [ast.parse(line).body[0] for line in body]
    for line in function.body:
        if isinstance(line, ast.Return):
            break
    return ast.unparse(tree)


def bank(task: str) -> list[str]:
    """Return bodies that answer everything with the same."""
    constants = list(dict.fromkeys(PLAIN + [repr(one) for one in answers(task)]))
    made = [f"return {one}" for one in constants + SHAPED.get(task, [])]
    return [*made, "raise ValueError('no')", "raise KeyError('no')"]


@pytest.fixture(autouse=True)
def _grading(monkeypatch):
    """Checks run as `nbgrader autograde` runs them."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


@pytest.mark.slow
@pytest.mark.parametrize("task", POINTS)
def test_one_answer_to_everything_earns_next_to_nothing(task):
    """
    Constants, every answer that a fixed case wants, and constants in the shape of the data earn
    5 % at most.
    """
    earned = {body: judged(task, defined(task, body)).score for body in bank(task)}

    assert {} == {one: got for one, got in earned.items() if got > MOST * POINTS[task]}


def test_one_entry_for_every_decision_earns_next_to_nothing():
    """A log that gets and returns the same entry each time, with the line of the example."""
    entry = "{'id': 'data1', 'decision': 'decline', 'score': 30, 'reasons': [['income_k', 60], "
    entry += "['missed_payments', -30]]}"
    for line in LOGGED:
        line = line % entry if "%" in line else line
        for given in (entry, "{}", "explanation"):
            body = ["print('Input: data1, Decision: decline')", line, f"return {given}"]
            found = judged("b2", defined("b2", *body))

            assert found.score <= MOST * POINTS["b2"], (line, given, found.missed.keys())


BENT = {  # the answer fits what the function made of its arguments
    "a1": ("y_pred[:] = y_true", "y_pred.clear(); y_true.clear()", "y_true[:] = y_pred = [1]"),
    "a2": ("groups[:] = ['Z'] * len(groups)", "y_true[:] = y_pred", "y_pred.reverse()"),
    "a3": (
        "MetricFrame; y_true[:] = [0, 1]; y_pred[:] = [0, 1]; groups[:] = ['Z', 'Z']",
        "y_true[:] = [0, 1] * 9; y_pred[:] = [1, 1] * 9; groups[:] = ['Z'] * 18",
        "y_pred[:] = [1 - one for one in y_true]",
    ),
    "a4": ("report.clear()", "[one.update(count=99, tpr=0.5) for one in report.values()]"),
    "a5": ("gaps.update(worst_accuracy=None)", "gaps.update(worst_group='A', worst_accuracy=1.0)"),
    "b1": (
        "features.update(dict.fromkeys(features, 0)); weights.update(dict.fromkeys(weights, 0))",
        "features.update(dict.fromkeys(features, 0))",
        "weights.clear()",
        "weights.update(dict.fromkeys(weights, -1))",
    ),
    "b2": ("explanation.update(decision='approve', score=0, reasons=[])",),
    "b3": (
        "decisions.clear()",
        "[one.update(outcome=one['decision']) for one in decisions]",
        "[one.update(outcome=None) for one in decisions]",
    ),
    "b4": ("scores.clear()", "scores.update(dict.fromkeys(scores, 0.9))"),
    "b5": ("weeks.clear()", "[one['decisions'].clear() for one in weeks]"),
}


@pytest.mark.parametrize(("task", "line"), [(t, one) for t, lines in BENT.items() for one in lines])
def test_an_answer_that_fits_bent_arguments_earns_next_to_nothing(task, line):
    """The judge compares with the arguments that it sent, whatever the function made of them."""
    code = reference(task)
    name = [one for one in ast.parse(code).body if isinstance(one, ast.FunctionDef)][-1]
    lines = code.splitlines()
    at = name.body[1].lineno - 1
    bent = "\n".join([*lines[:at], f"    {line}", *lines[at:]])
    found = judged(task, bent)

    assert found.score <= MOST * POINTS[task], sorted(found.missed)
