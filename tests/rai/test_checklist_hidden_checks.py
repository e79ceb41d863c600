"""
The hidden checks of the mini project: what they want, and that the release has none of them.

| items | what | test |
|---|---|---|
| 19 | hidden check of step 1 | test_step_1_wants_both_exact_lists |
| 23 | hidden check of step 2 | test_step_2_wants_the_float |
| 27, 28 | hidden check of step 3: the loop, the float | test_step_3_is_tried_on_other_data |
| 29 | right on other data too | test_new_data_of_step_3_differ_where_it_matters |
| 33, 34 | hidden check of step 4 | test_step_4_is_tried_with_other_values |
| 109 | hidden cells | test_hidden_checks_stay_in_source, test_release_does_not_tell_the_result |
"""

import pytest
from support.notebooks import HIDDEN, SOLUTION, calls, cells, hidden, in_order

NAME = "build_and_apply"
REPORT = "Model fairness check: Accuracy = {accuracy}, Threshold = {fairness_threshold}"
RESULTS = {"predictions": [1, 0, 1, 1, 0], "true_labels": [1, 0, 0, 1, 0]}

for_each_step = pytest.mark.parametrize("n", [1, 2, 3, 4])


def test_step_1_wants_both_exact_lists():
    """Step 1 is worth 2 points for a dictionary with exactly the two lists."""
    assert ("value", ("model_results", RESULTS), {"points": 2}) in calls(
        "source", NAME, "check_step_1"
    )


def test_step_2_wants_the_float():
    """Step 2 is worth 1 point for the float 0.8."""
    made = calls("source", NAME, "check_step_2")

    assert ("value", ("fairness_threshold", 0.8), {"points": 1}) in made


def test_step_3_is_tried_on_other_data():
    """Step 3 is worth 1 + 2 + 1 points, on the project's data and on six new data sets."""
    made = [call for call in calls("source", NAME, "check_step_3") if "points" in call[2]]
    examples = made[0][2]["examples"]
    loop = {"over": "model_results['predictions']", "makes": "accuracy", "examples": examples}

    assert [
        ("loops", ("i",), {**loop, "points": 1}),
        ("is_float", ("accuracy", examples), {"points": 1}),
        ("follows", ("accuracy", examples), {"points": 2}),
    ] == made
    assert ({"model_results": RESULTS}, 0.8) == examples[0]
    assert 7 == len(examples)


@pytest.mark.parametrize("_attempt", range(20))
def test_new_data_of_step_3_differ_where_it_matters(_attempt):
    """New data have three lengths, each with two accuracies, two hits and two misses at least."""
    made = calls("source", NAME, "check_step_3")
    shares: dict[int, set[float]] = {}
    for bindings, accuracy in made[-2][1][1][1:]:
        data = bindings["model_results"]
        pairs = list(zip(data["predictions"], data["true_labels"], strict=True))
        hits = sum(prediction == label for prediction, label in pairs)

        assert hits / len(pairs) == accuracy
        assert 2 <= hits <= len(pairs) - 2
        assert set(pairs) == {(0, 0), (0, 1), (1, 0), (1, 1)}
        shares.setdefault(len(pairs), set()).add(accuracy)

    assert [2, 2, 2] == [len(found) for found in shares.values()]
    assert set(shares) <= {5, 6, 7, 8, 9}


def test_step_4_is_tried_with_other_values():
    """Step 4 is worth 2 points for the exact line and 1 for the f-string, with other values too."""
    made = [call for call in calls("source", NAME, "check_step_4") if "points" in call[2]]
    first, *others = made[0][1][1]

    assert [("printed", {"points": 2}), ("fstring", {"points": 1})] == [(w, k) for w, _, k in made]
    assert REPORT == made[0][1][0]
    assert ("accuracy", "fairness_threshold") == made[1][1]
    assert (0.8, 0.8) == (first["accuracy"], first["fairness_threshold"])
    assert 2 == len(others)
    assert all(values["accuracy"] != values["fairness_threshold"] for values in others)


@for_each_step
def test_hidden_checks_stay_in_source(n):
    """The release has each check cell, but neither its hidden part nor the answer."""
    check, answer = f"check_step_{n}", f"step_{n}"
    released = cells("release", NAME)
    solution = SOLUTION.search(cells("source", NAME)[answer]["source"]).group(1)

    assert hidden(NAME, check).strip()
    assert solution.strip()
    assert HIDDEN.sub("", cells("source", NAME)[check]["source"]) == released[check]["source"]
    assert all(line.startswith("#") for line in released[answer]["source"].split("\n") if line)


def test_release_does_not_tell_the_result():
    """No text or check of the release says what the accuracy comes to."""
    told = "\n".join(cell["source"] for cell in cells("release", NAME).values()).lower()

    assert "accuracy = 0.8" not in told
    assert "4 / 5" not in told
    assert "4 of 5" not in told


def test_honest_notes_come_after_the_answer():
    """Groups, the exact line and the small number of rows are taken up after grading."""
    notes = [args[0] for word, args, _ in calls("source", NAME, "check_step_4") if word == "note"]

    assert 1 == len(notes)
    assert in_order(notes[0], ['["A", "A", "B", "A", "B"]', "| A | 3 | 1.0 |", "| B | 2 | 0.5 |"])
    assert in_order(notes[0], ["Is 0.8 below 0.8? No.", "38 %", "96 %"])
    assert "note(" not in cells("release", NAME)["check_step_4"]["source"]
