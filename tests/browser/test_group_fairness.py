"""The two assignments on group fairness in real JupyterLab: written, run and looked at."""

import json
import shutil

import pytest
from cases.mistakes import MISTAKES
from playwright.sync_api import expect
from support import functions
from support.functions import reference
from support.lab_notebook import cell, idle, load_anew, open_notebook, run, run_command, write
from test_looks_and_keys import theme

TASKS = {
    "beyond_accuracy": ["a1", "a2", "a3", "a4", "a5", "a6"],
    "fairness_monitor": ["b0", "b1", "b2", "b3", "b4", "b5"],
}
VIEWS = {"beyond_accuracy": ["rates", "knob"], "fairness_monitor": ["weeks"]}
MINUTE = 60_000
WRONG = {  # five wrong answers for each notebook: a task, what is wrong, and what its learner reads
    "beyond_accuracy": [
        ("a1", functions.wrong("a1", MISTAKES["a1"][3]), "With no rows"),
        ("a2", functions.wrong("a2", MISTAKES["a2"][0]), "take the names from"),
        ("a3", functions.wrong("a3", MISTAKES["a3"][2]), "should be a whole number"),
        ("a4", functions.wrong("a4", MISTAKES["a4"][0]), "use >="),
        ("a5", functions.wrong("a5", MISTAKES["a5"][4]), "must be exactly"),
    ],
    "fairness_monitor": [
        ("b1", functions.wrong("b1", MISTAKES["b1"][0]), "at least the cutoff"),
        ("b2", functions.wrong("b2", MISTAKES["b2"][0]), "Store a deep copy"),
        ("b3", functions.wrong("b3", MISTAKES["b3"][4]), "exactly min_count"),
        ("b4", functions.wrong("b4", MISTAKES["b4"][5]), "compares a rounded number"),
        ("b5", functions.wrong("b5", MISTAKES["b5"][0]), "A week with too few outcomes"),
    ],
}


@pytest.fixture(params=TASKS)
def notebook(request, lab):
    """A copy of a released notebook: its name, its file and its address."""
    name = request.param
    folder = lab.course.root / "work" / f"group_{request.node.originalname}"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.ipynb"
    shutil.copy(lab.course.release(name) / path.name, path)
    return name, path, lab.url(f"/lab/tree/{folder.name}/{path.name}?reset")


def solve(path, name: str) -> None:
    """Write the reference's answers into a notebook's file."""
    found = json.loads(path.read_text(encoding="utf-8"))
    for one in found["cells"]:
        if one["id"] in TASKS[name]:
            one["source"] = reference(one["id"])
    path.write_text(json.dumps(found), encoding="utf-8")


def errors(page) -> list[str]:
    """The texts of all errors that stand below cells."""
    return page.locator(".jp-OutputArea-output[data-mime-type*=error]").all_inner_texts()


def test_an_untouched_notebook_runs_to_its_end(page, notebook):
    """Run All stops nowhere, and every task says that it is not started."""
    name, _, url = notebook
    open_notebook(page, url)
    run_command(page, "notebook:run-all-cells")
    page.wait_for_timeout(500)
    idle(page)

    assert [] == errors(page)
    expect(cell(page, "progress_bar")).to_contain_text("Progress 0 / 6 tasks")
    expect(cell(page, f"{TASKS[name][-1]}_check")).to_contain_text("Not started")


def test_a_solved_notebook_shows_what_it_measured(page, notebook, picture):
    """With the reference's code all tasks are correct and every view is drawn, light and dark."""
    name, path, url = notebook
    solve(path, name)
    page.set_viewport_size({"width": 1280, "height": 1000})
    open_notebook(page, url)
    run_command(page, "notebook:run-all-cells")
    page.wait_for_timeout(500)
    idle(page)
    expect(cell(page, "progress_bar")).to_contain_text("Progress 6 / 6 tasks", timeout=MINUTE)

    assert [] == errors(page)

    for colours in ("Light", "Dark"):
        theme(page, f"JupyterLab {colours}")
        for view in VIEWS[name]:
            shown = cell(page, view).locator(".page")
            shown.scroll_into_view_if_needed()
            expect(shown.locator("svg").first).to_be_visible(timeout=30_000)
            picture(page, f"{view}-{colours.lower()}")
    theme(page, "JupyterLab Light")


def test_a_task_says_what_is_missing_below_its_cell(page, lab):
    """A slip is named below the cell just run, and the progress follows when it is mended."""
    folder = lab.course.root / "work" / "group_slip"
    folder.mkdir(exist_ok=True)
    shutil.copy(lab.course.release("fairness_monitor") / "fairness_monitor.ipynb", folder)
    open_notebook(page, lab.url(f"/lab/tree/{folder.name}/fairness_monitor.ipynb?reset"))
    run(page, "progress_bar")
    write(page, "b4", reference("b4").replace("< threshold", "> threshold"))

    expect(cell(page, "b4")).to_contain_text("it compares the wrong way round", timeout=30_000)
    example = cell(page, "b4").get_by_text("Show the example").first
    example.focus()
    page.keyboard.press("Enter")
    expect(cell(page, "b4").locator("details[open]").first).to_contain_text("It should give")

    write(page, "b4", reference("b4"))
    expect(cell(page, "b4")).to_contain_text("exactly on the line is no alert", timeout=30_000)
    expect(cell(page, "progress_bar")).to_contain_text("Progress 1 / 6 tasks")


def test_wrong_functions_are_told_with_an_example(page, notebook, picture):
    """
    Five wrong functions: each is told its own cause, with an example that opens by key and stays
    within a narrow page, light and dark.
    """
    name, path, url = notebook
    solve(path, name)
    page.set_viewport_size({"width": 640, "height": 900})
    load_anew(page)
    open_notebook(page, url)
    run_command(page, "notebook:run-all-cells")
    page.wait_for_timeout(500)
    idle(page)
    for number, (task, code, told) in enumerate(WRONG[name]):
        colours = ("Light", "Dark")[number % 2]
        theme(page, f"JupyterLab {colours}")
        write(page, task, code)
        below = cell(page, task).locator(".grader-verdict").first
        expect(below).to_contain_text(told, timeout=30_000)
        expect(below).to_contain_text("Not yet")
        below.get_by_text("Show the example").focus()
        page.keyboard.press("Enter")
        expect(below.locator("dl")).to_be_visible()

        wider = below.evaluate("shown => shown.scrollWidth - shown.clientWidth")
        assert wider <= 0
        below.scroll_into_view_if_needed()
        picture(page, f"wrong-{task}-{colours.lower()}")
        write(page, task, reference(task))
        expect(below).to_contain_text("Correct", timeout=30_000)
    theme(page, "JupyterLab Light")


def test_a_right_function_is_guessed_about_and_a_wrong_loop_is_watched(page, lab, picture):
    """
    A guess is typed and kept in the file; a wrong loop goes turn by turn, by key. Each belongs to
    the last verdict: the parts of an older one go.
    """
    folder = lab.course.root / "work" / "group_guess"
    folder.mkdir(exist_ok=True)
    path = folder / "beyond_accuracy.ipynb"
    shutil.copy(lab.course.release("beyond_accuracy") / path.name, path)
    url = lab.url(f"/lab/tree/{folder.name}/{path.name}?reset")
    open_notebook(page, url)
    run(page, "progress_bar")
    write(page, "a1", reference("a1"))
    guesses = cell(page, "a1").locator("form")
    expect(guesses.first).to_be_visible(timeout=30_000)
    guesses.first.locator("input").click()
    page.keyboard.type("dd0.5")
    page.keyboard.press("Enter")
    expect(guesses.first).to_contain_text("You guessed dd0.5. It gave None.")
    expect(guesses.first).to_contain_text("Saved in this notebook.")
    kept = json.loads(path.read_text(encoding="utf-8"))["metadata"]["rai"]["answers"]["guesses_a1"]
    assert ["dd0.5"] == list(json.loads(kept).values())
    picture(page, "guesses-light")

    run(page, "a1_check")  # the verdict and its parts stay where they are
    expect(guesses.first).to_contain_text("You guessed dd0.5.")
    expect(cell(page, "a1_check").locator("form")).to_have_count(0)

    write(page, "a1", reference("a1").replace("right += 1", "right = 1"))
    closed = cell(page, "a1").get_by_text("Watch your loop on this example")
    expect(closed).to_be_visible(timeout=30_000)
    expect(cell(page, "a1").get_by_role("button", name="Next")).to_be_hidden()
    closed.focus()
    page.keyboard.press("Enter")
    expect(cell(page, "a1").locator(".says")).to_contain_text("Turn 1 of 5: i is 0.")
    page.keyboard.press("ArrowRight")
    expect(cell(page, "a1").locator(".says")).to_contain_text("Turn 2 of 5")
    for colours in ("Light", "Dark"):
        theme(page, f"JupyterLab {colours}")
        closed.scroll_into_view_if_needed()
        picture(page, f"watched-{colours.lower()}")
    theme(page, "JupyterLab Light")

    write(page, "a1", reference("a1"))
    expect(guesses.first).to_contain_text("You guessed dd0.5.", timeout=30_000)
    expect(closed).to_have_count(0)
