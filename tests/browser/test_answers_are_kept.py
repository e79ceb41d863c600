"""
No answer is lost: what a learner chose in a card stands in the saved notebook, whatever happens.

Every test reads the `.ipynb` file on disk, not the screen.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.lab_notebook import (
    card,
    cell,
    choose,
    idle,
    load_anew,
    on_disk,
    open_and_run,
    open_notebook,
    option,
    run_again,
    run_command,
    save,
    stays_still,
)

ANSWERS = {"visual1": "B", "visual2": "C", "visual3": "D"}
ANYWIDGET = re.compile(r".*/anywidget/static/.*\.js.*")
NARROWED = "widget_manager: { get_model: (id) => model.widget_manager.get_model(id) }"


@pytest.fixture
def quiz(lab, request):
    """A fresh visual quiz in a folder of its own: its file and its address."""
    folder = lab.course.root / "work" / request.node.name
    folder.mkdir()
    path = Path(shutil.copy(lab.course.release("step_by_step") / "visual_quiz.ipynb", folder))
    return path, lab.url(f"/lab/tree/{folder.name}/{path.name}?reset")


def answers(path: Path) -> dict[str, str]:
    """The answers in the metadata of a notebook file."""
    return on_disk(path)["metadata"].get("rai", {}).get("answers", {})


def answer(page) -> None:
    """Choose an option in each card."""
    for key, letter in ANSWERS.items():
        choose(page, key, letter)


def shown(page) -> dict[str, str]:
    """The options that the cards show as chosen."""
    for key, letter in ANSWERS.items():
        expect(option(page, key, letter)).to_be_checked(timeout=15_000)
    return ANSWERS


def restart(page) -> None:
    """Restart the kernel, without the question whether one is sure."""
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    idle(page)


def test_a_choice_is_on_disk_at_once(page, quiz, picture):
    """Choosing saves the notebook: nothing else has to be pressed; a change counts as well."""
    path, url = quiz
    open_and_run(page, url)
    choose(page, "visual1", "A")
    assert {"visual1": "A"} == answers(path)
    answer(page)
    for key, letter in ANSWERS.items():  # the verdicts of Run All follow the choices
        expect(cell(page, f"check_{key}")).to_contain_text(f"Your answer is {letter}.")
    cell(page, "heading_visual1").scroll_into_view_if_needed()
    picture(page, "20-visual-quiz")

    assert ANSWERS == answers(path)


def test_after_a_page_reload(page, quiz):
    """The cards show the choices again, and a choice after the reload is saved too."""
    path, url = quiz
    open_and_run(page, url)
    answer(page)
    open_notebook(page, url)

    assert shown(page) == answers(path)
    choose(page, "visual1", "D")
    assert ANSWERS | {"visual1": "D"} == answers(path)


def test_after_a_kernel_restart(page, quiz):
    """A card on show still takes choices while the new kernel knows nothing of it."""
    path, url = quiz
    open_and_run(page, url)
    answer(page)
    restart(page)
    choose(page, "visual3", "A")

    assert ANSWERS | {"visual3": "A"} == answers(path)


def test_restart_and_run_all_tells_the_next_cell(page, quiz):
    """After a restart the checks that run right after the cards know the answers."""
    path, url = quiz
    open_and_run(page, url)
    answer(page)
    restart(page)
    run_command(page, "notebook:run-all-cells")
    idle(page)

    for n, letter in enumerate(ANSWERS.values(), 1):
        expect(cell(page, f"check_visual{n}")).to_contain_text(f"Your answer is {letter}.")
    assert shown(page) == answers(path)


def test_a_cell_that_runs_again_keeps_its_choice(page, quiz):
    """A second run draws the same card with the same choice, and the old one goes."""
    path, url = quiz
    open_and_run(page, url)
    answer(page)
    run_again(page, "visual1")
    run_again(page, "visual1")
    save(page)

    assert shown(page) == answers(path)
    expect(card(page, "visual1")).to_have_count(1)


def test_cleared_outputs_lose_no_answer(page, quiz):
    """Clear All Outputs, save, run again: the choices are there."""
    path, url = quiz
    open_and_run(page, url)
    answer(page)
    run_command(page, "notebook:clear-all-cell-outputs")
    save(page)
    assert ANSWERS == answers(path)
    run_command(page, "notebook:run-all-cells")
    idle(page)

    assert shown(page) == answers(path)


def test_the_lone_file_carries_its_answers(page, quiz, lab, picture):
    """A copy of nothing but the `.ipynb`, elsewhere: shown before running, live after it."""
    path, url = quiz
    open_and_run(page, url)
    answer(page)
    save(page)
    elsewhere = lab.course.root / "work" / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(path, elsewhere / "sent by mail.ipynb")
    moved = lab.url("/lab/tree/elsewhere/sent by mail.ipynb?reset")
    stays_still(page)
    open_notebook(page, moved)
    expect(cell(page, "visual1")).to_contain_text("Your answer: B. Step 3", timeout=15_000)
    expect(cell(page, "visual1")).to_contain_text("Shown as it was saved.")
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)
    picture(page, "21-reopened")
    run_command(page, "notebook:run-all-cells")
    idle(page)

    assert shown(page) == answers(elsewhere / "sent by mail.ipynb")


def test_a_choice_with_a_dead_kernel(page, quiz):
    """The kernel is killed and shut down: a choice is saved all the same."""
    path, url = quiz
    open_and_run(page, url)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.wait_for_timeout(1000)
    answer(page)

    assert ANSWERS == answers(path)


def test_two_tabs_of_one_notebook(page, quiz, browser):
    """A choice in either tab shows in both, and whichever file is saved last holds both choices."""
    path, url = quiz
    open_and_run(page, url)
    save(page)
    other = page.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    open_notebook(other, url.replace("/lab/tree", "/lab/workspaces/second/tree"))
    expect(card(other, "visual1")).to_be_visible(timeout=15_000)
    choose(page, "visual1", "B")
    expect(option(other, "visual1", "B")).to_be_checked(timeout=15_000)
    option(other, "visual2", "C").check()
    expect(option(page, "visual2", "C")).to_be_checked(timeout=15_000)
    for tab in (other, page):
        tab.bring_to_front()
        save(tab)
        for _ in range(100):
            if {"visual1": "B", "visual2": "C"} == answers(path):
                break
            tab.wait_for_timeout(100)

        assert {"visual1": "B", "visual2": "C"} == answers(path)


@pytest.fixture
def slow(page):
    """Switches to a network on which each request takes 400 ms longer, as to a hub far away."""
    tools = page.context.new_cdp_session(page)
    slower = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}

    def switch() -> None:
        tools.send("Network.enable")
        tools.send("Network.emulateNetworkConditions", slower)

    yield switch
    tools.detach()


def test_quick_choices_on_a_slow_network(page, quiz, slow):
    """Choices that follow each other while the first is being saved: all are, and nothing asks."""
    path, url = quiz
    open_and_run(page, url)
    slow()
    for key, letter in ANSWERS.items():
        option(page, key, letter).check()
        page.wait_for_timeout(600)  # the one before has been written, but the page was not told yet
    for key, letter in ANSWERS.items():
        is_saved(page, key, letter)

    assert ANSWERS == answers(path)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_choice_during_another_save(page, quiz, slow):
    """JupyterLab calls a notebook saved that changed meanwhile; a choice made then is on disk."""
    path, url = quiz
    open_and_run(page, url)
    slow()
    run_command_without_waiting(page, "docmanager:save")
    page.wait_for_timeout(600)
    choose(page, "visual1", "B")

    assert {"visual1": "B"} == answers(path)
    expect(page.get_by_role("dialog")).to_have_count(0)


def is_saved(page, key: str, letter: str) -> None:
    """Wait until a card says that its choice is saved."""
    told = f"Your answer is {letter}. Saved in this notebook."
    expect(card(page, key).locator(".kept")).to_contain_text(told, timeout=15_000)


def conflict(page, path: Path, url: str) -> Path:
    """Save an answer, change the file behind JupyterLab's back, and save again: it asks.

    It does so where the course's extension of the server is not there to merge the two.
    """
    stays_still(page)
    open_and_run(page, url)
    choose(page, "visual1", "B")
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    run_command_without_waiting(page, "docmanager:save")
    return path


def test_a_choice_while_jupyterlab_asks(page, quiz):
    """Overwrite writes what the notebook held when the question came; a later choice follows."""
    path = conflict(page, *quiz)
    overwrite = page.get_by_role("button", name="Overwrite")
    expect(overwrite).to_be_visible(timeout=15_000)
    option(page, "visual2", "C").dispatch_event("click")
    expect(card(page, "visual2").locator(".kept")).to_contain_text("C.", timeout=15_000)
    overwrite.click()

    is_saved(page, "visual2", "C")
    assert {"visual1": "B", "visual2": "C"} == answers(path)


def test_a_choice_after_a_refused_save(page, quiz):
    """Whoever cancels a save saves the next choice all the same."""
    path = conflict(page, *quiz)
    page.get_by_role("button", name="Cancel").click()
    option(page, "visual2", "C").check()
    page.get_by_role("button", name="Overwrite").click()

    is_saved(page, "visual2", "C")
    assert {"visual1": "B", "visual2": "C"} == answers(path)


def run_command_without_waiting(page, command: str) -> None:
    """Start a command that may open a dialog."""
    page.evaluate("name => void window.jupyterapp.commands.execute(name)", command)


def test_a_notebook_that_widgets_are_not_told(page, quiz):
    """Where anywidget hands on no notebook, the course's extension of JupyterLab finds it."""
    path, url = quiz
    narrowed = []

    def narrow(route):
        text = route.fetch().text()
        if "widget_manager: model.widget_manager" in text:
            narrowed.append(route.request.url)
        route.fulfill(
            body=text.replace("widget_manager: model.widget_manager", NARROWED),
            content_type="text/javascript",
        )

    page.route(ANYWIDGET, narrow)
    load_anew(page)
    open_and_run(page, url)
    answer(page)

    assert narrowed
    assert ANSWERS == answers(path)


def test_from_fetching_to_the_mark(page, lab, instructors_lab, picture):
    """Fetched, answered in cards, submitted, collected, graded: every choice counts."""
    course = lab.course
    home = course.root / "work"
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter" / "learner"),
        "HOME": str(course.root.parent / "home"),
    }

    def nbgrader(*arguments: str, where: Path = course.root) -> None:
        subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=where,
            env=environment,
            check=True,
            capture_output=True,
        )

    nbgrader("generate_assignment", "step_by_step", "--force")
    nbgrader("release_assignment", "step_by_step", "--force")
    shutil.rmtree(home / "step_by_step")
    nbgrader("fetch_assignment", "step_by_step", where=home)
    open_and_run(page, lab.url("/lab/tree/step_by_step/visual_quiz.ipynb?reset"))
    answer(page)
    nbgrader("submit", "step_by_step", where=home)
    nbgrader("collect", "step_by_step")
    results = course.root.parent / "results.json"
    subprocess.run(
        [sys.executable, "-m", "grader", "grade", "step_by_step", "--json", str(results)],
        cwd=course.root,
        env=environment,
        check=True,
        capture_output=True,
    )
    graded = json.loads(results.read_text(encoding="utf-8"))
    marks = {one["grade_id"]: one["score"] for n in graded for one in n["cells"]}

    assert {"check_visual1": 0, "check_visual2": 2, "check_visual3": 0} == marks
    (autograded,) = course.root.glob("autograded/*/step_by_step/visual_quiz.ipynb")
    outputs = [
        "".join(output["data"]["text/html"])
        for one in json.loads(autograded.read_text(encoding="utf-8"))["cells"]
        for output in one.get("outputs", [])
        if one["id"] == "visual2"
    ]
    assert "Your answer: C. After Step 5" in outputs[1]


def test_a_program_without_a_notebook_says_so(page, quiz, browser, lab):
    """Where nothing keeps choices, the card says where to write the letter instead."""
    path, url = quiz
    page.route(
        ANYWIDGET,
        lambda route: route.fulfill(
            body=route.fetch().text().replace("widget_manager: model.widget_manager", NARROWED),
            content_type="text/javascript",
        ),
    )
    page.route(re.compile(".*/grader-notebooks/.*js.*"), lambda route: route.abort())
    load_anew(page)
    open_and_run(page, url)
    choose(page, "visual1", "A", told="This program does not keep choices")

    assert {} == answers(path)
