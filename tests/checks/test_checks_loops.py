"""The loop has to do the counting: shown by what comes out, and not by what code says of itself."""

import pytest
from support.checking import Facts, run_check
from support.judging import REFERENCE, reference, scores, steps

ROWS = "len(model_results['predictions'])"
MATCH = "model_results['predictions'][i] == model_results['true_labels'][i]"
PAIRS = "list(zip(model_results['predictions'], model_results['true_labels']))"
ALL = f"sum(p == t for p, t in {PAIRS})"

DODGES = {
    "the loop counts rows": f"rows = []\nfor i in range({ROWS}):\n    rows.append(i)\n"
    f"pairs = {PAIRS}\naccuracy = (pairs.count((1, 1)) + pairs.count((0, 0))) / len(rows)",
    "the loop counts rows, with NumPy": "import numpy as np\ntotal = 0\n"
    f"for i in range({ROWS}):\n    total = i + 1\n"
    "accuracy = int((np.array(model_results['predictions'])"
    " == np.array(model_results['true_labels'])).sum()) / total",
    "every turn computes all": f"for i in range({ROWS}):\n    accuracy = {ALL} / (i + 1)",
    "the loop adds nothing": f"extra = 0\nfor i in range({ROWS}):\n    extra += i * 0\n"
    f"accuracy = {ALL} / {ROWS} + extra",
    "the loop takes one row out and puts it back": f"left = {ALL}\nfor i in range({ROWS}):\n"
    f"    left = left + 1 - 1\naccuracy = left / {ROWS}",
    "the last turn counts": f"for i in range({ROWS}):\n    if i == {ROWS} - 1:\n"
    f"        accuracy = {ALL} / {ROWS}",
    "counts the turns and checks them": f"n = 0\nfor i in range({ROWS}):\n    n += 1\n"
    f"assert n == {ROWS}\naccuracy = {ALL} / n",
    "the loop looks and forgets": f"seen = 0\nfor i in range({ROWS}):\n    seen += {MATCH}\n"
    f"accuracy = {ALL} / {ROWS}",
}
RIGHT = {
    "enumerate and zip": "hits = 0\nfor i, (p, t) in enumerate(zip(model_results['predictions'],"
    " model_results['true_labels'])):\n    hits += p == t\naccuracy = hits / (i + 1)",
    "walrus": f"c = 0\nfor i in range(n := {ROWS}):\n"
    f"    if hit := {MATCH}:\n        c += hit\naccuracy = c / n",
    "match": f"c = 0\nfor i in range({ROWS}):\n    match {MATCH}:\n        case True:\n"
    f"            c += 1\naccuracy = c / {ROWS}",
    "counts the wrong ones": f"wrong = 0\nfor i in range({ROWS}):\n    if not ({MATCH}):\n"
    f"        wrong += 1\naccuracy = 1 - wrong / {ROWS}",
    "subtracts the wrong ones": f"c = {ROWS}\nfor i in range({ROWS}):\n    if {MATCH}:\n"
    f"        continue\n    c -= 1\naccuracy = c / {ROWS}",
    "ones and zeros": f"hits = []\nfor i in range({ROWS}):\n    hits.append(1 if {MATCH} else 0)\n"
    "accuracy = sum(hits) / len(hits)",
    "a running mean": f"accuracy = 0.0\nfor i in range({ROWS}):\n"
    f"    accuracy += (({MATCH}) - accuracy) / (i + 1)",
    "a helper": "def same(i):\n    return model_results['predictions'][i]"
    f" == model_results['true_labels'][i]\n\nc = 0\nfor i in range({ROWS}):\n    c += same(i)\n"
    f"accuracy = c / {ROWS}",
    "a nested helper": "def outer(m):\n    c = 0\n    def add(i):\n        nonlocal c\n"
    "        c += m['predictions'][i] == m['true_labels'][i]\n"
    "    for i in range(len(m['predictions'])):\n        add(i)\n"
    "    return c / len(m['predictions'])\n\naccuracy = outer(model_results)",
    "backwards, negative": f"c = 0\nfor i in range(-1, -{ROWS} - 1, -1):\n    c += {MATCH}\n"
    f"accuracy = c / {ROWS}",
    "odd before even": f"c = 0\nn = {ROWS}\nfor i in [*range(1, n, 2), *range(0, n, 2)]:\n"
    f"    c += {MATCH}\naccuracy = c / n",
    "with an assertion": f"hits = []\nfor i in range({ROWS}):\n    hits.append({MATCH})\n"
    f"assert len(hits) == {ROWS}\naccuracy = sum(hits) / {ROWS}",
    "a dictionary": f"hits = {{}}\nfor i in range({ROWS}):\n    hits[i] = {MATCH}\n"
    f"accuracy = sum(hits.values()) / {ROWS}",
    "NumPy marks": f"import numpy as np\nmarks = np.zeros({ROWS})\nfor i in range({ROWS}):\n"
    f"    marks[i] = {MATCH}\naccuracy = float(marks.mean())",
    "two loops": f"hits = []\nfor i in range({ROWS}):\n    hits.append({MATCH})\nc = 0\n"
    "for i in range(len(hits)):\n    if hits[i]:\n        c += 1\naccuracy = c / len(hits)",
    "exclusive or": f"c = 0\nfor i in range({ROWS}):\n"
    "    c += 1 - (model_results['predictions'][i] ^ model_results['true_labels'][i])\n"
    f"accuracy = c / {ROWS}",
}


@pytest.mark.parametrize("what", DODGES)
def test_a_loop_that_does_not_count_costs_the_points_of_the_loop(what, monkeypatch):
    """A right number from elsewhere keeps three of four points, and the sentence says why."""
    for _ in range(5):
        found, told = run_check(monkeypatch, "check_step_3", Facts((DODGES[what],)))

        assert 3.0 == found, told
        assert "is right (0.8)" in told


@pytest.mark.parametrize("what", RIGHT)
def test_an_odd_loop_that_counts_is_right(what, monkeypatch):
    """However the loop counts, it keeps its marks, whatever rows the experiments choose."""
    for _ in range(5):
        assert 4.0 == run_check(monkeypatch, "check_step_3", Facts((RIGHT[what],)))[0]


FORGED = """
import gc
import numpy as np
for i in range(0):
    pass
rows = len(model_results['predictions'])
same = np.array(model_results['predictions']) == np.array(model_results['true_labels'])
accuracy = float(np.mean(same))
for thing in gc.get_objects():
    if hasattr(thing, 'turns') and hasattr(thing, 'stop_after'):
        thing.turns.append(list(range(rows)))
        if thing.stop_after is not None or getattr(thing, 'repeat', None) is not None:
            accuracy = 2.0
"""


@pytest.mark.parametrize("code", [FORGED, FORGED + "accuracy *= 100\n"])
def test_turns_that_code_writes_itself_earn_nothing(worker, code):
    """Who finds the record of turns among all objects gets no point of the loop for it."""
    found = scores(worker.grade(steps(REFERENCE[1], REFERENCE[2], code, REFERENCE[4])).results)

    assert found[2] <= (3.0 if code == FORGED else 1.0)
    assert [2.0, 1.0, 4.0, 3.0] == scores(worker.grade(reference()).results)
