"""The mini project's own parts in JupyterLab: progress, help, the loop replayed, in full too."""

import shutil

import pytest
from playwright.sync_api import expect
from support.lab_notebook import card, cell, idle, open_notebook, run_command, write
from support.rooms import SETTLED, faults, forth, place

DATA = "model_results = {'predictions': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}"
LOOP = """matches = 0
for i in range(len(model_results['predictions'])):
    if model_results['predictions'][i] == model_results['true_labels'][i]:
        matches += 1
accuracy = matches / len(model_results['predictions'])
runs = globals().get('runs', 0) + 1"""


@pytest.fixture
def project(page, lab, request):
    """A fresh mini project, run from top to bottom."""
    folder = lab.course.root / "work" / request.node.name
    folder.mkdir()
    shutil.copy(lab.course.release("mini_project") / "build_and_apply.ipynb", folder)
    open_notebook(page, lab.url(f"/lab/tree/{folder.name}/build_and_apply.ipynb?reset"))
    run_command(page, "notebook:run-all-cells")
    idle(page)
    return page


def test_help_comes_under_the_cell_and_progress_follows(project, picture):
    """Nothing is called: the sentence stands under the cell just run, and the bar counts it."""
    page = project
    expect(card(page, "progress_bar")).to_contain_text("Progress 0 / 4 steps")
    write(page, "step_1", DATA.replace("predictions", "prediction"))
    expect(cell(page, "step_1")).to_contain_text("add the final s")
    expect(card(page, "progress_bar")).to_contain_text("not yet")
    picture(page, "50-help-under-the-cell")
    write(page, "step_1", DATA)
    expect(cell(page, "step_1")).to_contain_text("✔ Step 1: Correct")
    expect(cell(page, "check_step_1")).to_contain_text("✔ Step 1: Correct")
    write(page, "step_2", "fairness_threshold = 0.8")

    expect(card(page, "progress_bar")).to_contain_text("Progress 2 / 4 steps")
    cell(page, "progress_bar").scroll_into_view_if_needed()
    picture(page, "51-progress")


def test_an_edited_step_is_out_of_date(project, picture):
    """A step that is changed after it passed says so, in the bar and under its cell."""
    page = project
    write(page, "step_2", "fairness_threshold = 0.8")
    expect(card(page, "progress_bar")).to_contain_text("Progress 1 / 4 steps")
    cell(page, "step_2").locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\nfairness_threshold = 0.7")

    expect(card(page, "progress_bar")).to_contain_text("Progress 0 / 4 steps")
    expect(card(page, "progress_bar")).to_contain_text("changed since it was checked")
    after = (
        cell(page, "step_2")
        .locator(".grader-verdict")
        .evaluate("node => getComputedStyle(node, '::after').content")
    )
    assert "Edited since" in after
    picture(page, "52-out-of-date")


def test_the_learners_loop_is_replayed(project, picture):
    """After the learner's run of step 3 its turns stand there, one by one, without a second run."""
    page = project
    write(page, "step_1", DATA)
    write(page, "step_3", LOOP)
    trace = card(page, "loop_trace")
    expect(trace).to_contain_text("Turn 1 of 5")
    trace.scroll_into_view_if_needed()
    trace.get_by_role("button", name="Next").click()
    trace.get_by_role("button", name="Next").click()
    expect(trace).to_contain_text("Turn 3 of 5")
    picture(page, "53-loop")
    write(page, "step_2", "print('runs:', runs)")

    expect(cell(page, "step_2")).to_contain_text("runs: 1")


def test_the_loop_fills_the_screen_and_returns(project, picture):
    """The replay on the full screen goes by keys, and Escape leads back to its place and button."""
    page = project
    write(page, "step_1", DATA)
    write(page, "step_3", LOOP)
    button = cell(page, "loop_trace").get_by_role("button", name="Full screen")
    button.scroll_into_view_if_needed()
    button.focus()
    page.keyboard.press("f")
    page.locator("dialog.room").wait_for()
    page.wait_for_timeout(SETTLED)
    seen = place(page)
    forth(page)
    picture(page, "54-full-screen")

    assert seen != place(page)
    assert [] == faults(page)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.room")).to_have_count(0)
    expect(button).to_be_focused()
