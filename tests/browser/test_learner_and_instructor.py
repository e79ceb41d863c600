"""A learner's way through the mini project, and an instructor's from there to the marks."""

import subprocess
import sys

import pytest
from playwright.sync_api import expect
from support.lab_notebook import (
    cell,
    change_to,
    choose,
    idle,
    open_notebook,
    run,
    run_command,
    save,
    write,
)

pytestmark = pytest.mark.usefixtures("exchange")
FIRST = "/lab/tree/mini_project/build_and_apply.ipynb?reset"
LOOP = """correct = 0
for i in range(len(model_results['predictions'])):
if model_results['predictions'][i] == model_results['true_labels'][i]:
correct += 1
"""


def loop(last: str) -> str:
    """The loop of step 3, indented, with this last line."""
    lines = LOOP.splitlines()
    return "\n".join([lines[0], lines[1], "    " + lines[2], "        " + lines[3], last])


def test_the_untouched_release_runs_from_top_to_bottom(lab, page, picture):
    """Run All on a fresh notebook meets no error; every check says what is still to do."""
    open_notebook(page, lab.url(FIRST))
    picture(page, "01-open")
    run_command(page, "notebook:run-all-cells")
    idle(page)

    expect(page.locator(".jp-OutputArea-output[data-mime-type*=stderr]")).to_have_count(0)
    for n in range(1, 5):
        expect(cell(page, f"check_step_{n}")).to_contain_text(f"○ Step {n}: Not started")
    cell(page, "check_step_1").scroll_into_view_if_needed()
    picture(page, "02-not-started")


def test_a_learner_is_helped_step_by_step_and_hands_in(lab, page, picture):
    """Wrong, helped, right, saved, submitted: the learner's whole way, without a restart."""
    open_notebook(page, lab.url(FIRST))

    write(
        page,
        "step_1",
        "model_results = {'prediction': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}",
    )
    assert "✘ Step 1: Not yet" in run(page, "check_step_1")
    told = cell(page, "step_1").inner_text()
    assert "✘ Step 1: Not yet" in told and "add the final s" in told
    picture(page, "03-not-yet")
    write(
        page,
        "step_1",
        "model_results = {'predictions': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}",
    )
    assert "✔ Step 1: Correct" in run(page, "check_step_1")

    write(page, "step_2", "fairness_threshold = 0.8")
    assert "✔ Step 2: Correct" in run(page, "check_step_2")
    assert "Progress 2 / 4 steps" in cell(page, "step_2").inner_text()

    write(page, "step_3", loop("accuracy = correct"))
    assert "divide it by the number of predictions" in cell(page, "step_3").inner_text()
    picture(page, "04-step-3-help")
    write(page, "step_3", loop("accuracy = correct / len(model_results['predictions'])"))
    assert "✔ Step 3: Correct" in run(page, "check_step_3")

    report = "Model fairness check: Accuracy = {accuracy}, Threshold = {fairness_threshold}"
    write(page, "step_4", f'print(f"{report}")')
    assert "✔ Step 4: Correct" in run(page, "check_step_4")
    assert "Progress 4 / 4 steps" in cell(page, "step_4").inner_text()
    cell(page, "step_4").scroll_into_view_if_needed()
    picture(page, "05-all-correct")
    save(page)

    change_to(page, lab.url("/lab/tree/mini_project/practice.ipynb?reset"))
    run_command(page, "notebook:run-all-cells")
    idle(page)
    picture(page, "06-practice")
    for n, letter in enumerate("AADCA", 1):
        choose(page, f"practice{n}", letter)
    told = run(page, "check_practice1")
    assert "● Practice 1: Noted" in told and "Your answer is A." in told
    picture(page, "07-practice-noted")
    save(page)

    run_command(page, "nbgrader:open-assignment-list")
    submit = page.get_by_role("button", name="Submit")
    expect(submit.first).to_be_visible(timeout=30_000)
    picture(page, "08-assignment-list")
    submit.first.click()
    slip = page.get_by_role("dialog")
    expect(slip).to_contain_text("4 of 4 steps")
    expect(slip).to_contain_text("5 of 5 answers")
    picture(page, "08-slip")
    slip.get_by_role("button", name="Hand in").click()
    expect(
        page.locator("#submitted_assignments_list, #nbgrader-submitted_assignments_list")
    ).to_contain_text("mini_project", timeout=30_000)
    picture(page, "09-submitted")
    inbound = list(lab.course.root.glob("exchange/rai-mlops/inbound/*mini_project*"))
    assert 1 == len(inbound)


def test_a_finished_notebook_stays_finished(lab, page, picture):
    """After a restart, Run All finds every step correct again, and Validate agrees."""
    open_notebook(page, lab.url(FIRST))
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    idle(page)
    run_command(page, "notebook:run-all-cells")
    idle(page)

    for n in range(1, 5):
        expect(cell(page, f"check_step_{n}")).to_contain_text(f"✔ Step {n}: Correct")
    expect(cell(page, "step_4")).to_contain_text("Progress 4 / 4 steps")
    save(page)
    page.get_by_role("button", name="Validate").first.click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("passes all the tests", timeout=60_000)
    picture(page, "13-validated")


def test_an_instructor_grades_in_the_formgrader(instructors_lab, page, picture):
    """Collected, autograded by the button, and the marks are on the page: 10 and 6 of 9."""
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "collect", "mini_project"],
        cwd=instructors_lab.course.root,
        check=True,
        capture_output=True,
    )
    page.goto(instructors_lab.url("/lab"))  # logs in; the formgrader's own pages do not
    page.goto(instructors_lab.url("/formgrader/manage_submissions/mini_project"))
    button = page.locator("td.autograde a")
    expect(button).to_have_count(1, timeout=30_000)
    picture(page, "10-formgrader-before")
    button.click()
    expect(page.get_by_text("Successfully autograded")).to_be_visible(timeout=90_000)
    picture(page, "11-formgrader-graded")
    page.goto(instructors_lab.url("/formgrader/manage_submissions/mini_project"))
    expect(page.locator("td.score")).to_contain_text("16 / 19", timeout=30_000)
    picture(page, "12-formgrader-marks")
