"""
A beginner who does only what the page says, and everything else that beginners do: forgets to run a
cell, breaks one, restarts Python, deletes, closes the laptop and comes back another day.
"""

import re

import pytest
from playwright.sync_api import expect
from support.functions import reference
from support.lab_notebook import ALIVE, READY, cell, go, idle, restart, run_command, save, until

BAR = ".jp-NotebookPanel:not(.lm-mod-hidden) .grader-bar"
ACTIVE = "() => window.jupyterapp.shell.currentWidget.content.activeCell.model.id"
OPEN = """id => {
  const { widgets } = window.jupyterapp.shell.currentWidget.content;
  const { model, node } = widgets.find((cell) => cell.model.id === id);
  return [model.sharedModel.getSource(), node.innerText];
}"""
RIGHT = {
    "step_1": "model_results = {'predictions': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}",
    "step_2": "fairness_threshold = 0.8",
    "step_3": "correct = 0\n"
    "for i in range(len(model_results['predictions'])):\n"
    "    if model_results['predictions'][i] == model_results['true_labels'][i]:\n"
    "        correct += 1\n"
    "accuracy = correct / len(model_results['predictions'])",
    "step_4": "print(f'Model fairness check: "
    "Accuracy = {accuracy}, Threshold = {fairness_threshold}')",
}


class Beginner:
    """Reads the bar and goes where it says, by mouse or by keyboard alone."""

    def __init__(self, page, lab, keyboard: bool) -> None:
        self.page, self.lab, self.keyboard = page, lab, keyboard

    @property
    def bar(self):
        """The bar on top of the notebook."""
        return self.page.locator(BAR)

    def arrive(self, path: str) -> None:
        """Open the start page, and from it this notebook."""
        go(self.page, self.lab.url("/lab/tree/start.md?reset"))
        link = self.page.locator(f".grader-map tbody a[href*='{path}']").first
        link.wait_for()
        self.press(link)
        until(self.page, READY)
        until(self.page, ALIVE)

    def press(self, target) -> None:
        """Press a button or a link; by keyboard only if Tab leads to it."""
        if not self.keyboard:
            target.click()
            return
        expect(target).to_be_visible()
        for _ in range(60):
            if target.evaluate("node => node === document.activeElement"):
                break
            self.page.keyboard.press("Shift+Tab")
        expect(target).to_be_focused()
        self.page.keyboard.press("Enter")

    def go(self) -> str:
        """Go where the bar says; the cell that it led to."""
        button = self.bar.get_by_role("button", name=re.compile("^Go to"))
        if self.keyboard:
            self.page.keyboard.press(button.get_attribute("aria-keyshortcuts"))
        else:
            button.click()
        until(self.page, f"() => /^(step_|[a-z])\\d/.test(({ACTIVE})())", seconds=10)
        return self.page.evaluate(ACTIVE)

    def type(self, code: str) -> None:
        """Write into the cell that is active, in place of what it holds, without running it."""
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)

    def run(self) -> None:
        """Run the active cell."""
        self.page.keyboard.press("Shift+Enter")
        idle(self.page)

    def says(self, *words: str) -> None:
        """Wait until the bar says this."""
        for one in words:
            expect(self.bar).to_contain_text(one, timeout=15_000)


@pytest.fixture(params=["mouse", "keyboard"])
def beginner(request, page, lab):
    """By mouse, and by keyboard alone."""
    return Beginner(page, lab, request.param == "keyboard")


def stop_python(page) -> None:
    """As after the night: the kernel of the notebook is gone."""
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext?.shutdown()")


@pytest.fixture
def fresh(lab, page):
    """A notebook of the course as it was released, where learners find it, and its own kernel."""
    kept = []

    def renew(path: str):
        place = lab.course.root / "work" / path
        kept.append((place, place.read_bytes()))
        place.write_bytes((lab.course.root / "release" / path).read_bytes())
        return path

    yield renew
    stop_python(page)
    for place, content in kept:
        place.write_bytes(content)


@pytest.mark.usefixtures("exchange")
def test_the_mini_project(beginner, page, fresh, picture):
    """All four steps, with every mishap on the way, and the page knows the way each time."""
    path = fresh("mini_project/build_and_apply.ipynb")
    beginner.arrive(path)
    beginner.says("○ 0 of 4 steps", "Step 1: not started")

    assert "step_1" == beginner.go()
    beginner.type(RIGHT["step_1"])  # and forgets to run it
    page.keyboard.press("Escape")
    beginner.says("Step 1: not started")
    assert "step_1" == beginner.go()
    beginner.run()
    beginner.says("◐ 1 of 4 steps", "Step 2: not started")

    assert "step_2" == beginner.go()
    beginner.type("fairness_threshold == 0.8")
    beginner.run()
    beginner.says("Step 2: not yet")
    assert "use a single" in cell(page, "step_2").locator(".grader-verdict").inner_text()
    assert "step_2" == beginner.go()
    beginner.type(RIGHT["step_2"])
    beginner.run()
    beginner.says("2 of 4 steps", "Step 3")

    # Python is restarted: step 3 says how to go on, and that is enough.
    restart(page)
    beginner.says("2 of 4 steps")
    assert "step_3" == beginner.go()
    beginner.type(RIGHT["step_3"])
    beginner.run()
    beginner.says("Step 3: not yet")
    told = cell(page, "step_3").locator(".grader-verdict").inner_text()
    assert "Run > Run All Above Selected Cell, then run this cell again" in told
    assert "step_3" == beginner.go()
    run_command(page, "notebook:run-all-above")
    idle(page)
    assert "step_3" == beginner.go()
    beginner.run()
    beginner.says("3 of 4 steps")

    # The answer cell cannot be deleted; a text can, and comes back.
    assert "step_4" == beginner.go()
    before = page.locator(".jp-Notebook .jp-Cell").count()
    for key in "ddkddz":
        page.keyboard.press(key)
        page.wait_for_timeout(150)
    assert before == page.locator(".jp-Notebook .jp-Cell").count()
    assert "" == re.sub("#.*", "", page.evaluate(OPEN, "step_4")[0]).strip()

    # The laptop is closed, and opened on another day.
    save(page)
    stop_python(page)
    page.goto("about:blank")
    page.goto(beginner.lab.url("/lab/tree/start.md?reset"))
    onward = page.locator(".grader-where a")
    expect(page.locator(".grader-where")).to_contain_text("Continue where you were", timeout=30_000)
    expect(page.locator(".grader-where")).to_contain_text("3 of 4 steps")
    picture(page, "beginner-continues")
    beginner.press(onward)
    until(page, READY)
    until(page, ALIVE)
    beginner.says("3 of 4 steps")
    assert "step_4" == beginner.go()
    beginner.type(RIGHT["step_4"])
    beginner.run()
    if "Run All Above" in cell(page, "step_4").inner_text():
        beginner.go()
        run_command(page, "notebook:run-all-above")
        idle(page)
        beginner.go()
        beginner.run()
    beginner.says("✔ 4 of 4 steps", "All done.")
    picture(page, "beginner-4-of-4")
    expect(cell(page, "progress_bar")).to_contain_text("Progress 4 / 4 steps")
    beginner.press(beginner.bar.get_by_role("button", name="Hand in"))
    expect(page.get_by_role("button", name="Submit", exact=True).first).to_be_visible(
        timeout=30_000
    )


def test_beyond_accuracy(beginner, page, fresh, picture):
    """All six tasks: one is broken first, and none of the others suffers from it."""
    path = fresh("beyond_accuracy/beyond_accuracy.ipynb")
    beginner.arrive(path)
    beginner.says("0 of 6 tasks")
    for n in range(1, 7):
        assert f"a{n}" == beginner.go()
        if n == 2:
            beginner.type("def accuracy_by_group(groups)\n    return {}")
            beginner.run()
            beginner.says("Task 2: not yet")
            assert "colon" in cell(page, "a2").locator(".grader-verdict").inner_text()
            assert "a2" == beginner.go()
        beginner.type(reference(f"a{n}"))
        beginner.run()
        beginner.says(f"{n} of 6 tasks")
    beginner.says("✔ 6 of 6 tasks", "All done.")
    picture(page, "beginner-6-of-6")
