"""Verdicts and what they rest on: no praise under an error, and older values are named."""

import re
import shutil

import pytest
from support.functions import reference
from support.kernels import Kernel
from support.notebooks import ROOT, cells

from grader.checks.source import read
from grader.checks.standing import reads

ANSWERS = {
    "step_1": "model_results = {'predictions': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}",
    "step_2": "fairness_threshold = 0.8",
    "step_3": (
        "correct = 0\n"
        "for i in range(len(model_results['predictions'])):\n"
        "    if model_results['predictions'][i] == model_results['true_labels'][i]:\n"
        "        correct += 1\n"
        "accuracy = correct / len(model_results['predictions'])"
    ),
    "step_4": (
        'print(f"Model fairness check: Accuracy = {accuracy}, Threshold = {fairness_threshold}")'
    ),
}


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """A kernel of a fresh copy of the mini project."""
    path = shutil.copy(ROOT / "release/mini_project/build_and_apply.ipynb", tmp_path)
    return Kernel(monkeypatch, path)


def told(kernel: Kernel, step: str, code: str) -> str:
    """Run an answer and its check; return the last verdict."""
    kernel.run(step, code)
    check = cells("release", "build_and_apply")[f"check_{step}"]["source"]
    kernel.run(f"check_{step}", check)
    return repr(kernel.shown[-1][0])


def test_right_code_that_could_not_run_is_not_called_correct(kernel):
    """Step 4 first: no praise under a NameError, but the name and what to run."""
    words = told(kernel, "step_4", ANSWERS["step_4"])

    assert "Correct" not in words
    assert "This is right, but it cannot run yet: nothing has given `accuracy` a value." in words
    assert "Run All Above Selected Cell" in words


def test_a_cell_that_ran_to_its_end_needs_nothing(kernel):
    """A name that was taken away afterwards is no reason to doubt what ran."""
    for step in ("step_1", "step_2", "step_3"):
        told(kernel, step, ANSWERS[step])
    kernel.run("step_4", ANSWERS["step_4"])
    kernel.shell.user_ns.pop("accuracy")
    check = cells("release", "build_and_apply")["check_step_4"]["source"]

    kernel.run("check_step_4", check)

    assert repr(kernel.shown[-1][0]).startswith("✔ Step 4: Correct")


def test_it_is_correct_when_the_cells_above_have_run(kernel):
    """The control: in order all four are praised."""
    assert ["✔"] * 4 == [told(kernel, step, code)[0] for step, code in ANSWERS.items()]


def test_a_kernel_that_was_restarted_says_so_too(kernel):
    """Its first run is not known to the checks; the names that are missing tell."""
    kernel.shell.run_cell(ANSWERS["step_3"], store_history=True)
    check = cells("release", "build_and_apply")["check_step_3"]["source"]

    kernel.run("check_step_3", check)

    assert "nothing has given `model_results` a value" in repr(kernel.shown[-1][0])


def test_an_older_value_is_named(kernel):
    """Step 2 is broken afterwards: the line of step 4 is right, and rests on what step 2 was."""
    for step, code in ANSWERS.items():
        told(kernel, step, code)
    assert "Not yet" in told(kernel, "step_2", "fairness_threshold = = 0.8")

    words = told(kernel, "step_4", ANSWERS["step_4"])

    assert words.startswith("✔ Step 4: Correct")
    assert "`fairness_threshold` comes from Step 2, which is not right now" in words


def test_a_function_names_the_earlier_task_that_it_calls(monkeypatch, tmp_path):
    """Whose earlier function is wrong is sent there first."""
    path = shutil.copy(ROOT / "release/beyond_accuracy/beyond_accuracy.ipynb", tmp_path)
    kernel = Kernel(monkeypatch, path)
    released = cells("release", "beyond_accuracy")
    kernel.run("a1", reference("a1").replace("right += 1", "right += 2"))
    kernel.run("a1_check", released["a1_check"]["source"])
    kernel.run("a2", reference("a2"))

    kernel.run("a2_check", released["a2_check"]["source"])

    words = repr(kernel.shown[-1][0])
    assert "Not yet" in words
    assert "`accuracy` comes from Task 1, which is not right now" in words


def test_a_broken_cell_is_told_and_not_the_function_before_it(monkeypatch, tmp_path):
    """A real kernel keeps the old function; its verdict is about the cell that was run last."""
    path = shutil.copy(ROOT / "release/beyond_accuracy/beyond_accuracy.ipynb", tmp_path)
    kernel = Kernel(monkeypatch, path)
    check = cells("release", "beyond_accuracy")["a1_check"]["source"]
    kernel.run("a1", reference("a1"))
    kernel.run("a1_check", check)
    assert "Correct" in repr(kernel.shown[-1][0])

    kernel.run("a1", reference("a1").replace("== 0:", "== 0"))
    kernel.run("a1_check", check)

    assert "Correct" not in repr(kernel.shown[-1][0])
    assert "colon" in repr(kernel.shown[-1][0])


def test_a_step_shows_the_data_it_ran_with(kernel):
    """A sentence about other data has it below: the lists, what came, and what should have come."""
    told(kernel, "step_1", ANSWERS["step_1"])
    wrong = ANSWERS["step_3"].replace("correct / len", "correct / 5 if correct == 4 else 0 / len")

    told(kernel, "step_3", wrong)
    page = kernel.shown[-1][0]

    assert page.state == "missed"
    shown = page.example.as_html()
    assert "It ran with" in shown and "predictions" in shown
    assert "accuracy was" in shown and "It should be" in shown
    assert str(page.example.wanted) in shown


def test_a_printed_line_shows_the_values_it_was_made_of(kernel):
    """The numbers of the sentence stand in the example, with the two lines one under the other."""
    for step in ("step_1", "step_2", "step_3"):
        told(kernel, step, ANSWERS[step])

    told(kernel, "step_4", ANSWERS["step_4"].replace("}, Threshold", "} , Threshold"))
    shown = kernel.shown[-1][0].example.as_html()

    assert "accuracy = " in shown and "fairness_threshold = " in shown
    assert "It printed" in shown and "It should print" in shown
    assert "<mark> </mark>, Threshold" in shown


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("print(a, b)", ["a", "b"]),
        ("a = 1\nprint(a)", []),
        ("import math as m\nm.sqrt(x)", ["x"]),
        ("def f(a):\n    return a + later\n", []),
        ("[n for n in values if n > limit]", ["values", "limit"]),
        ("for n in range(3):\n    total += n\n", []),
        ("print(f'{share:.2f}')", ["share"]),
        ("try:\n    a = 1\nexcept ValueError as error:\n    print(error)", []),
        ("match [1]:\n    case [one, *rest]:\n        print(one, rest)", []),
    ],
)
def test_names_that_code_needs_from_elsewhere(code, names):
    """Python's own and those that it makes itself are not among them."""
    assert sorted(names) == sorted(reads(read((code,))))


def test_what_is_right_says_what_comes_next(monkeypatch, tmp_path):
    """The next step that is not done, one that was left out before, and the end."""
    path = shutil.copy(ROOT / "release/mini_project/build_and_apply.ipynb", tmp_path)
    kernel = Kernel(monkeypatch, path)
    source, release = (cells(stage, "build_and_apply") for stage in ("source", "release"))

    def told(number: int) -> str:
        answer = f"step_{number}"
        kernel.run(answer, re.sub(r"### (BEGIN|END) SOLUTION\n?", "", source[answer]["source"]))
        kernel.run(f"check_{answer}", release[f"check_{answer}"]["source"])
        return kernel.shown[-1][0].progress

    assert "Progress 1 / 4 steps · next: step 2" == told(1)
    assert "Progress 2 / 4 steps · next: step 4" == told(3)
    assert "Progress 3 / 4 steps · next: step 4" == told(2)
    assert "Progress 4 / 4 steps · all steps are done" == told(4)
