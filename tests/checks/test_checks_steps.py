"""
Every answer of the golden collection gets the marks and the sentence it deserves.

`cases/steps.json` holds one answer to one step a line: `share` of the step's points, and
`says`, a piece of the sentence, for what is not fully right. A new trick or slip is a new line
there. `since_3_12` holds what is different where f-strings may hold the quotes around them.
"""

from collections import defaultdict

import pytest
from support.checking import Facts, run_check
from support.golden import GOLDEN, POINTS


@pytest.mark.slow
@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["id"])
def test_each_answer_earns_its_share_and_its_sentence(case, monkeypatch):
    """An answer earns its share; what is missing is said in at most 200 characters."""
    facts = Facts(own=("\n".join(case["code"]),))
    score, sentence = run_check(monkeypatch, f"check_{case['step']}", facts)

    assert case["share"] == round(score / POINTS[case["step"]], 2)
    assert case.get("says", "Correct: ") in sentence
    assert len(sentence) <= 200


@pytest.mark.slow
def test_right_answers_look_right_to_the_learner_too(monkeypatch):
    """
    The part of a check that a learner sees passes and misses the same answers as the hidden
    part.
    """
    for case in GOLDEN:
        facts = Facts(own=("\n".join(case["code"]),))
        _, sentence = run_check(monkeypatch, f"check_{case['step']}", facts, stage="release")

        assert (case["share"] == 1) == sentence.startswith("Correct"), case["id"]


def test_different_causes_get_different_sentences():
    """No sentence stands for many causes: at most four answers of the collection share one."""
    shared = defaultdict(list)
    for case in GOLDEN:
        if "says" in case:
            shared[case["step"], case["says"]].append(case["id"])

    assert [] == [ids for ids in shared.values() if len(ids) > 4]


@pytest.mark.slow
def test_hidden_data_change_from_run_to_run(monkeypatch):
    """What a step is tried with is made anew each time, so the verdict must not depend on luck."""
    for case in [case for case in GOLDEN if case["step"] == "step_3"][::6]:
        code = "\n".join(case["code"])
        for _ in range(5):
            score, _ = run_check(monkeypatch, "check_step_3", Facts(own=(code,)))

            assert case["share"] == round(score / 4, 2), case["id"]


def test_a_step_may_use_names_of_earlier_cells(monkeypatch):
    """Imports and values of the learner's earlier cells are there when a step is run again."""
    line = 'print(f"Model fairness check: Accuracy = {accuracy}, Threshold = {fairness_threshold}")'
    facts = Facts(
        own=(f"print(len(model_results), np.pi)\n{line}",), before=("import numpy as np",)
    )

    assert 3.0 == run_check(monkeypatch, "check_step_4", facts)[0]


def test_a_broken_earlier_step_costs_only_itself(monkeypatch):
    """One slip costs one step: a step runs with the reference inputs, whatever came before it."""
    loop = "\n".join(next(c["code"] for c in GOLDEN if c["id"] == "step3.reference"))
    facts = Facts(own=(loop,), before=("model_results = {'prediction': []", "1 / 0"))

    assert 4.0 == run_check(monkeypatch, "check_step_3", facts)[0]


def test_an_error_in_a_scratch_cell_costs_nothing(monkeypatch):
    """Cells run by themselves: a note that stops does not take the answer after it along."""
    facts = Facts(own=("print(undefined_name)", "fairness_threshold = 0.8"))

    assert 1.0 == run_check(monkeypatch, "check_step_2", facts)[0]


def test_an_answer_split_in_two_cells_counts_as_one(monkeypatch):
    """A step's source is every learner cell up to its check."""
    facts = Facts(
        own=(
            "n = len(model_results['predictions'])\nhits = 0",
            "for i in range(n):\n"
            "    hits += model_results['predictions'][i] == model_results['true_labels'][i]",
            "accuracy = hits / n",
        )
    )

    assert 4.0 == run_check(monkeypatch, "check_step_3", facts)[0]
