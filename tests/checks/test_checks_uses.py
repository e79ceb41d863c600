"""A result comes from a library's class if it changes when that class sees other data."""

import pytest
from support import judging
from support.functions import judged

from grader.trial.notebook import reference_of

BY_HAND = """
    report = {}
    for name in sorted(set(groups)):
        rows = [(t, p) for t, p, g in zip(y_true, y_pred, groups) if g == name]
        yes = [p for t, p in rows if t == 1]
        no = [p for t, p in rows if t == 0]
        report[name] = {
            'count': len(rows),
            'accuracy': sum(t == p for t, p in rows) / len(rows),
            'selection_rate': sum(p for _, p in rows) / len(rows),
            'tpr': sum(yes) / len(yes) if yes else None,
            'fpr': sum(no) / len(no) if no else None,
        }
    return report
"""
HEAD = "def group_report(y_true, y_pred, groups):\n"
MADE = (
    "MetricFrame(metrics=accuracy_score, y_true=y_true, y_pred=y_pred, sensitive_features=groups)"
)
DODGES = {
    "in a function that nobody calls": f"    later = lambda: {MADE}\n",
    "its result is thrown away": f"    {MADE}\n",
    "it is built and asked, and nobody listens": f"    frame = {MADE}\n    frame.by_group, frame\n",
    "in a branch never taken": f"    if len(groups) < 0:\n        return {MADE}\n",
    "on other data": "    y, g = [0, 1], ['A', 'B']\n"
    "    frame = MetricFrame(metrics=count, y_true=y, y_pred=y, sensitive_features=g)\n",
    "named only": "    MetricFrame\n",
}
KINDS = (
    "{'count': count, 'accuracy': accuracy_score, 'selection_rate': selection_rate,"
    " 'tpr': true_positive_rate, 'fpr': false_positive_rate}"
)
ENDS = """
    report = {}
    for name, row in table.items():
        own = {t for t, g in zip(y_true, groups) if g == name}
        report[name] = {
            'count': int(row['count']),
            'accuracy': float(row['accuracy']),
            'selection_rate': float(row['selection_rate']),
            'tpr': float(row['tpr']) if 1 in own else None,
            'fpr': float(row['fpr']) if 0 in own else None,
        }
    return report
"""
DATA = "y_true=y_true, y_pred=y_pred, sensitive_features=groups"
RIGHT = {
    "by another name": "import fairlearn.metrics\n\nMine = fairlearn.metrics.MetricFrame\n\n\n"
    + HEAD
    + f"    table = Mine(metrics={KINDS}, {DATA}).by_group.to_dict(orient='index')\n"
    + ENDS,
    "as a part of a function": "import functools\n\nmake = functools.partial(MetricFrame, metrics="
    + KINDS
    + ")\n\n\n"
    + HEAD
    + f"    table = make({DATA}).by_group.T.to_dict()\n"
    + ENDS,
    "a class of one's own": "class Frame(MetricFrame):\n    def table(self):\n"
    "        return self.by_group.to_dict(orient='index')\n\n\n"
    + HEAD
    + f"    table = Frame(metrics={KINDS}, {DATA}).table()\n"
    + ENDS,
    "one frame a measure, of arrays": "import numpy as np\n\n\n" + HEAD + "    table = {}\n"
    f"    for key, kind in {KINDS}.items():\n"
    "        frame = MetricFrame(metrics=kind, y_true=np.array(y_true), y_pred=np.array(y_pred),\n"
    "                            sensitive_features=np.array(groups))\n"
    "        for name, one in frame.by_group.items():\n"
    "            table.setdefault(name, {})[key] = one\n" + ENDS,
    "one frame a group": HEAD + "    table = {}\n"
    "    for name in set(groups):\n"
    "        rows = [n for n, g in enumerate(groups) if g == name]\n"
    "        frame = MetricFrame(metrics=" + KINDS + ", y_true=[y_true[n] for n in rows],\n"
    "            y_pred=[y_pred[n] for n in rows], sensitive_features=[name] * len(rows))\n"
    "        table[name] = dict(frame.overall)\n" + ENDS,
    "of series": "import pandas as pd\n\n\n"
    + HEAD
    + "    t = pd.DataFrame({'t': y_true, 'p': y_pred, 'g': groups})\n"
    f"    frame = MetricFrame(metrics={KINDS}, y_true=t.t, y_pred=t.p, sensitive_features=t.g)\n"
    "    table = frame.by_group.to_dict(orient='index')\n" + ENDS,
}


@pytest.fixture(autouse=True)
def _grading(monkeypatch):
    """Checks run as `nbgrader autograde` runs them."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


@pytest.mark.parametrize("what", DODGES)
def test_a_frame_that_makes_nothing_is_not_used(what):
    """Right numbers by hand lose the points of the frame and no others."""
    found = judged("a3", HEAD + DODGES[what] + BY_HAND)

    assert {"A3.source"} == set(found.missed)
    assert 4.25 == found.score


@pytest.mark.parametrize("what", RIGHT)
def test_a_frame_in_any_form_is_used(what):
    """Under any name, in a class, piece by piece: the rates come from it."""
    found = judged("a3", RIGHT[what])

    assert {} == found.missed
    assert 5 == found.score


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "points"),
    [(HEAD + DODGES[what] + BY_HAND, 4.25) for what in DODGES]
    + [(code, 5.0) for code in RIGHT.values()],
    ids=[*DODGES, *RIGHT],
)
def test_the_sandbox_tells_the_same(worker, code, points):
    """What sees other data is the library's class in the guest; who flips them is outside."""
    key = judging.task({}, "beyond_accuracy")
    found = worker.grade(
        judging.task({"a3": code}, "beyond_accuracy").judged_by(reference_of(key))
    ).results

    assert points == next(one.score for one in found if one.cell_id == "a3_check")
