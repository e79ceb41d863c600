"""
What stands once, near, and says what is next: the bar on top of a notebook, the line of a check,
and the sentence above Python's own message.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from support.functions import reference
from support.lab_notebook import (
    cell,
    choose,
    idle,
    load_anew,
    open_notebook,
    run,
    save,
    until,
    write,
)

BAR = ".jp-NotebookPanel:not(.lm-mod-hidden) .grader-bar"
ACTIVE = "() => window.jupyterapp.shell.currentWidget.content.activeCell.model.id"
IN_SIGHT = """id => {
  const { widgets } = window.jupyterapp.shell.currentWidget.content;
  const { top, bottom } = widgets.find(({ model }) => model.id === id).node.getBoundingClientRect();
  return top < innerHeight && bottom > 0;
}"""
STEPS = {
    "step_1": "model_results = {'predictions': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}",
    "step_2": "fairness_threshold = 0.8",
    "step_3": """correct = 0
for i in range(len(model_results['predictions'])):
    if model_results['predictions'][i] == model_results['true_labels'][i]:
        correct += 1
accuracy = correct / len(model_results['predictions'])""",
    "step_4": """print(
    f"Model fairness check: Accuracy = {accuracy}, Threshold = {fairness_threshold}"
)""",
}


def folded(page, cell_id):
    """The folded line of a check."""
    return cell(page, cell_id).locator(".jp-InputPlaceholder")


@pytest.fixture
def project(page, notebook):
    """The mini project, opened; returns its file."""
    path, url = notebook("build_and_apply", assignment="mini_project")
    open_notebook(page, url)
    return path


def test_the_bar_leads_through_the_steps(page, project, picture):
    """It counts, names the next step with its state, leads there, and at the end leads on."""
    bar = page.locator(BAR)
    expect(bar).to_contain_text("○ 0 of 4 steps")
    expect(bar).to_contain_text("Step 1: not started")
    bar.get_by_role("button", name="Go to step 1").click()
    until(page, f"() => ({ACTIVE})() === 'step_1'")
    until(page, IN_SIGHT, arg="step_1")

    write(page, "step_1", "model_results = {}")
    expect(bar).to_contain_text("Step 1: not yet")
    for name, code in STEPS.items():
        write(page, name, code)
        picture(page, f"bar-{name}")
    expect(bar).to_contain_text("✔ 4 of 4 steps")
    expect(bar).to_contain_text("All done.")
    assert ["Hand in", "Start page"] == bar.get_by_role("button").all_inner_texts()

    cell(page, "step_2").locator(".cm-content").click()
    page.keyboard.type("1")
    expect(bar).to_contain_text("Step 2: changed since it ran")
    expect(bar).to_contain_text("3 of 4 steps")
    expect(cell(page, "progress_bar")).to_contain_text("Progress 3 / 4 steps")


def test_the_bar_counts_answers_too(page, notebook):
    """In a quiz it leads to the first question without an answer."""
    _, url = notebook("practice", assignment="mini_project")
    open_notebook(page, url)
    bar = page.locator(BAR)
    expect(bar).to_contain_text("0 of 5 answers")
    choose(page, "practice1", "B")
    expect(bar).to_contain_text("1 of 5 answers")
    assert 0 == bar.get_by_role("button", name="Hint").count()
    bar.get_by_role("button", name="Go to question 2").click()
    until(page, f"() => ({ACTIVE})() === 'practice2'")


def test_there_is_no_bar_where_nothing_is_to_be_done(page, notebook):
    """The walkthrough asks for nothing."""
    _, url = notebook("walkthrough", assignment="step_by_step")
    open_notebook(page, url)
    page.wait_for_timeout(500)

    expect(page.locator(BAR)).to_be_hidden()


def test_hints_open_one_after_the_other(page, project):
    """Each press opens the next one that is closed, in sight and heard."""
    button = page.locator(BAR).get_by_role("button", name="Hint")
    summaries = cell(page, "task_1").locator("details > summary")
    for n in range(summaries.count()):
        button.click()
        expect(cell(page, "task_1").locator("details[open]")).to_have_count(n + 1)
        expect(summaries.nth(n)).to_be_focused()
        expect(summaries.nth(n)).to_be_in_viewport()


def test_a_verdict_stands_once(page, project, picture):
    """Below the answer, spoken once; the check's own line has its state, before and after a run."""
    line = folded(page, "check_step_2")
    write(page, "step_2", "fairness_threshold = '0.8'")
    expect(line).to_contain_text("✘ Not yet")
    line.get_by_role("button", name="Run:").click()
    idle(page)
    picture(page, "verdict-once")

    visible = [one for one in page.locator(".grader-verdict").all() if one.is_visible()]
    assert 1 == len(visible)
    assert "Remove the quotes" in visible[0].inner_text()
    assert 0 == page.locator(".grader-verdict[role=status]").count()
    spoken = cell(page, "progress_bar").get_by_role("status")
    assert "Step 2: Not yet." in spoken.inner_text() and "Remove the quotes" in spoken.inner_text()
    write(page, "step_2", STEPS["step_2"])
    expect(line).to_contain_text("✔ Correct")


def test_a_check_without_a_verdict_above_says_it_itself(page, project):
    """A sentence that was cleared away is not lost: the check says it."""
    write(page, "step_2", "fairness_threshold = '0.8'")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    line = folded(page, "check_step_2")
    expect(line).not_to_contain_text("Not yet")
    told = run(page, "check_step_2")

    assert "✘ Step 2: Not yet" in told
    expect(cell(page, "check_step_2").locator(".grader-verdict")).to_be_visible()
    expect(line).to_contain_text("✘ Not yet")


def test_a_click_on_a_check_does_not_unfold_it(page, project):
    """It chooses the cell; its code is a button of its own."""
    line = folded(page, "check_step_1")
    line.locator(".jp-PlaceholderText").click()
    until(page, f"() => ({ACTIVE})() === 'check_step_1'")
    expect(line).to_be_visible()
    page.keyboard.press("Control+Enter")
    idle(page)
    expect(cell(page, "check_step_1")).to_contain_text("○ Step 1: Not started")
    expect(line).to_be_visible()
    line.get_by_role("button", name="Show the code").click()

    expect(line).to_be_hidden()
    expect(cell(page, "check_step_1").locator(".cm-content")).to_be_visible()


def test_locked_cells_say_so(page, project):
    """Typing into a check, or deleting what is needed, is answered; what is gone can come back."""
    line = folded(page, "check_step_1")
    line.get_by_role("button", name="Show the code").click()
    cell(page, "check_step_1").locator(".cm-content").click()
    page.keyboard.type("x")
    told = page.locator(".Toastify")
    expect(told).to_contain_text("This check is locked")
    page.keyboard.press("Escape")
    page.wait_for_timeout(3100)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.press("d")

    expect(told).to_contain_text("Press Z to have it back")


def test_the_sentence_stands_above_pythons_message(page, project, picture):
    """The traceback is folded, and opens with a button."""
    write(page, "step_2", "fairness_threshold == 0.8")
    shown = cell(page, "step_2")
    message = shown.get_by_role("button", name="Python's own message: NameError")
    expect(message).to_be_visible()
    picture(page, "sentence-first")
    traceback = shown.locator(".grader-error .jp-OutputArea-output")
    assert shown.locator(".grader-verdict").bounding_box()["y"] < message.bounding_box()["y"]
    expect(traceback).to_be_hidden()
    message.click()
    expect(traceback).to_be_visible()

    write(page, "step_2", STEPS["step_2"])
    expect(shown.locator(".grader-error-fold")).to_have_count(0)


def test_an_error_without_a_sentence_stays_as_it_is(page, project):
    """A learner's own cell below has no check: Python's message is all there is."""
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:insert-cell-below')")
    page.keyboard.insert_text("")
    at = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activeCellIndex")
    own = page.locator(".jp-Notebook .jp-Cell").nth(at)
    own.locator(".cm-content").click()
    page.keyboard.insert_text("1 / 0")
    page.keyboard.press("Shift+Enter")
    idle(page)

    expect(own.locator(".jp-OutputArea-output")).to_contain_text("ZeroDivisionError")
    expect(own.locator(".jp-OutputArea-output")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 640, 390])
def test_bar_and_lines_are_free_of_findings(page, notebook, picture, width):
    """axe finds nothing, nothing is cut off at the right edge, whatever the width."""
    page.set_viewport_size({"width": width, "height": 850})
    load_anew(page)  # it looks at the width of its window then
    _, url = notebook("build_and_apply", assignment="mini_project")
    open_notebook(page, url)
    write(page, "step_2", "fairness_threshold == 0.8")
    page.wait_for_timeout(500)
    picture(page, f"bar-{width}")
    for place in (BAR, ".grader-check", ".grader-sentence-first"):
        found = Axe().run(page, context={"include": [[place]]})
        assert 0 == found.violations_count, found.generate_report()
    cut = "nodes => nodes.filter(node => node.scrollWidth > node.clientWidth + 1).length"
    assert 0 == page.locator(f"{BAR}, .jp-Placeholder-contentContainer").evaluate_all(cut)


def test_the_count_is_one(page, notebook):
    """Bar, card and sentence say the same number, also on a new day."""
    _, url = notebook("beyond_accuracy")
    open_notebook(page, url)
    write(page, "a1", reference("a1"))
    expect(page.locator(BAR)).to_contain_text("1 of 6 tasks")
    save(page)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    open_notebook(page, url)
    expect(page.locator(BAR)).to_contain_text("1 of 6 tasks")
    expect(cell(page, "progress_bar")).to_contain_text("Progress 1 / 6 tasks")
    write(page, "a2", "def accuracy_by_group(groups):\n    return {}")

    expect(cell(page, "a2")).to_contain_text("Progress 1 / 6 tasks")
