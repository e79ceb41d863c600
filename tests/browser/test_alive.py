"""A notebook comes alive when it is opened: the course's own cells run, and no other ever."""

import json
import re
import shutil
import time
import urllib.error
import urllib.request

import pytest
from conftest import TOKEN
from playwright.sync_api import expect
from support import notebooks
from support.functions import reference
from support.lab_notebook import (
    ALIVE,
    card,
    cell,
    change_to,
    choose,
    idle,
    on_disk,
    open_notebook,
    option,
    restart,
    run_command,
    save,
    until,
    write,
)

COUNTS = """() => Object.fromEntries(window.jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === 'code')
  .map(cell => [cell.model.id, cell.model.executionCount]))"""
DIRTY = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"
UNDRAWN = """id => window.jupyterapp.shell.currentWidget.content.widgets
  .find(cell => cell.model.id === id).node.querySelector('.jp-OutputArea-output')
  .replaceChildren(new Text('Error displaying widget'))"""
ACTIVE = "() => window.jupyterapp.shell.currentWidget.content.activeCell.model.id"
LONG = """(node, what) => getComputedStyle(
  node.querySelector('.jp-Cell-outputWrapper'), '::after')[what]"""
TOP = "() => document.querySelector('.jp-WindowedPanel-outer').scrollTop"
SOURCE = notebooks.cells("source", "build_and_apply")
RIGHT = {
    name: re.sub(r"(?m)^### (BEGIN|END) SOLUTION\n?", "", SOURCE[name]["source"])
    for name in ("step_1", "step_2")
}


def test_a_card_that_could_not_be_drawn_is_drawn_anew(page, notebook):
    """On a slow machine a part may not load in time: it is shown as it was saved, then alive."""
    _, url = notebook("visual_quiz", assignment="step_by_step")
    open_notebook(page, url)
    expect(card(page, "visual2")).to_be_visible()
    page.evaluate(UNDRAWN, "visual2")
    expect(cell(page, "visual2")).to_contain_text("Shown as it was saved.")
    expect(card(page, "visual2")).to_be_visible(timeout=15_000)
    choose(page, "visual2", "C")
    expect(card(page, "visual1")).to_be_visible()


def test_cards_and_progress_are_alive_on_open(page, notebook):
    """Nothing was run by hand: cards answer, progress stands there, no answer ran, no scroll."""
    _, url = notebook("build_and_apply", assignment="mini_project")
    open_notebook(page, url)

    expect(cell(page, "progress_bar")).to_contain_text("Progress 0 / 4 steps")
    counts = page.evaluate(COUNTS)
    assert {"progress_bar", "loop_trace"} == {name for name, count in counts.items() if count}
    assert 0 == page.evaluate(TOP)
    assert not page.evaluate(DIRTY), "what is only looked at is saved"

    _, url = notebook("practice", assignment="mini_project")
    change_to(page, url)
    choose(page, "practice1", "B")
    expect(cell(page, "check_practice1")).to_contain_text("answer is B")


def test_the_coach_answers_the_first_run(page, notebook):
    """A sentence stands below the very first cell that a learner runs; progress follows."""
    _, url = notebook("build_and_apply", assignment="mini_project")
    open_notebook(page, url)
    write(page, "step_2", "fairness_threshold = '0.8'")
    expect(cell(page, "step_2")).to_contain_text("Not yet")
    write(page, "step_2", RIGHT["step_2"])

    expect(cell(page, "step_2")).to_contain_text("Correct")
    expect(cell(page, "progress_bar")).to_contain_text("Progress 1 / 4 steps")


def test_what_shows_an_answer_follows_it(page, notebook):
    """The given line below Task 1 runs after the function, and after no function that fails."""
    _, url = notebook("beyond_accuracy")
    open_notebook(page, url)
    assert page.evaluate(COUNTS)["report_line"] is None

    write(page, "a1", reference("a1").replace("def accuracy", "raise ValueError\ndef accuracy"))
    page.wait_for_timeout(500)
    assert page.evaluate(COUNTS)["report_line"] is None

    write(page, "a1", reference("a1"))
    expect(cell(page, "report_line")).to_contain_text("Accuracy = 0.802", timeout=15_000)
    assert page.evaluate(COUNTS)["by_gender_lines"] is None


def test_a_strangers_cell_does_not_run(page, notebook, folder):
    """
    The attack: a notebook whose locked, folded cells look like the course's and hold a line more,
    or none of the course's. The control beside them, word for word the course's, runs.
    """
    mark = folder / "owned"
    attack = f"\nopen({str(mark)!r}, 'w').close()\n"

    def change(cells: dict, found: dict) -> None:
        cells["loop_trace"]["source"] += attack
        cells["check_step_1"]["source"] = attack
        cells["step_1"]["source"] = attack
        stranger = {**cells["progress_bar"], "id": "stranger", "source": attack.strip()}
        found["cells"].insert(0, stranger)

    _, url = notebook("build_and_apply", change, "mini_project")
    open_notebook(page, url)
    restart(page)

    counts = page.evaluate(COUNTS)
    assert {"progress_bar"} == {name for name, count in counts.items() if count}
    assert not mark.exists()


def test_a_notebook_of_nobodys_stays_still(page, lab, folder):
    """A foreign notebook that opens does nothing, whatever it calls its cells."""
    mark = folder / "owned"
    about = {"nbgrader": {"locked": True, "grade": False, "grade_id": "progress_bar"}}
    found = {
        "cells": [
            {
                "cell_type": "code",
                "id": "progress_bar",
                "metadata": {**about, "editable": False, "jupyter": {"source_hidden": True}},
                "source": f"open({str(mark)!r}, 'w').close()",
                "outputs": [],
                "execution_count": None,
            }
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / "foreign.ipynb").write_text(json.dumps(found))
    (folder / "release").mkdir()
    shutil.copy(folder / "foreign.ipynb", folder / "release")
    open_notebook(page, lab.url(f"/lab/tree/{folder.name}/foreign.ipynb?reset"))
    page.wait_for_timeout(500)

    assert not mark.exists()
    assert {"progress_bar": None} == page.evaluate(COUNTS)


BROKEN = "def broken(:\n"
ANSWERS = [
    ("mini_project", "build_and_apply", [f"step_{n}" for n in range(1, 5)]),
    ("beyond_accuracy", "beyond_accuracy", [f"a{n}" for n in range(1, 7)]),
    ("fairness_monitor", "fairness_monitor", [f"b{n}" for n in range(6)]),
]
PUT = """([id, text]) => window.jupyterapp.shell.currentWidget.content.widgets
  .find(cell => cell.model.id === id).model.sharedModel.setSource(text)"""


@pytest.mark.parametrize(("assignment", "name", "answers"), ANSWERS)
def test_one_broken_answer_does_not_empty_the_page(page, notebook, assignment, name, answers):
    """
    With each answer broken in turn, by a syntax error, all of a new kernel's cells run, and every
    part is alive. An error, and an endless loop that is interrupted, cost no other part either.
    """
    _, url = notebook(name, assignment=assignment)
    open_notebook(page, url)
    alive = page.locator(".jp-OutputArea-output .page")
    number = alive.count()
    assert number
    kept = {one: text["source"] for one, text in notebooks.cells("release", name).items()}
    for answer in answers:
        page.evaluate(PUT, [answer, BROKEN])
        restart(page)
        run_command(page, "notebook:run-all-cells")
        page.wait_for_timeout(500)
        idle(page)
        for _ in range(20):  # the last of them may run out of sight
            left = [one for one, count in page.evaluate(COUNTS).items() if not count]
            if not left:
                break
            page.wait_for_timeout(500)

        assert [] == left, answer
        assert number <= alive.count(), answer
        page.evaluate(PUT, [answer, kept[answer]])

    write(page, answers[0], "1 / 0")
    expect(cell(page, answers[0])).to_contain_text("ZeroDivisionError")
    editor = cell(page, answers[0]).locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("while True:\n    pass")
    page.keyboard.press("Shift+Enter")
    page.wait_for_timeout(700)
    run_command(page, "notebook:interrupt-kernel")
    idle(page)

    assert number <= alive.count()


def test_after_a_restart_all_is_alive_and_old_verdicts_are_grey(page, notebook, picture):
    """Each verdict of the kernel before says so and counts on, until its cell runs again."""
    _, url = notebook("build_and_apply", assignment="mini_project")
    open_notebook(page, url)
    for name, code in RIGHT.items():
        write(page, name, code)
    grey = page.locator(".grader-before .grader-verdict")
    assert 0 == grey.count()

    restart(page)

    expect(cell(page, "progress_bar")).to_contain_text("Progress 2 / 4 steps")
    expect(grey).to_have_count(2)
    shown = "node => getComputedStyle(node, '::after').content"
    assert "Python was started anew" in grey.first.evaluate(shown)
    picture(page, "alive-after-restart")
    write(page, "step_1", RIGHT["step_1"])
    expect(grey).to_have_count(1)
    expect(cell(page, "step_1")).to_contain_text("Progress 2 / 4 steps · next: step 3")
    expect(cell(page, "progress_bar")).to_contain_text("Progress 2 / 4 steps")


def test_on_another_day_cards_answer_at_once(page, notebook):
    """The file is opened in a new kernel: cards are alive with what was chosen, verdicts grey."""
    path, url = notebook("practice", assignment="mini_project")
    open_notebook(page, url)
    choose(page, "practice1", "C")
    save(page)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    open_notebook(page, url)

    expect(option(page, "practice1", "C")).to_be_checked()
    choose(page, "practice1", "B")
    assert "B" == on_disk(path)["metadata"]["rai"]["answers"]["practice1"]


def test_a_second_window_runs_nothing_again(page, notebook):
    """The kernel is the same: what stands there stays, and the cards are alive in both."""
    _, url = notebook("practice", assignment="mini_project")
    open_notebook(page, url)
    save(page)
    second = page.context.new_page()
    open_notebook(second, url)

    expect(card(second, "practice1")).to_be_visible()
    expect(card(page, "practice1")).to_be_visible()
    assert page.evaluate(COUNTS) == second.evaluate(COUNTS)


def test_a_stored_page_gives_way_to_the_live_one(page, notebook):
    """An edition with stored pages is alive in every window, also where the kernel is not new."""

    def stored_pages(cells, _):
        page = {"text/html": "<p>stored</p>", "text/plain": "stored"}
        for n in range(1, 6):
            output = {"output_type": "display_data", "metadata": {}, "data": page}
            cells[f"practice{n}"]["outputs"] = [output]

    _, url = notebook("practice", stored_pages, assignment="mini_project")
    open_notebook(page, url)
    expect(card(page, "practice1")).to_be_visible()
    second = page.context.new_page()
    open_notebook(second, url)

    expect(card(second, "practice5")).to_be_visible()
    assert 0 == second.get_by_text("stored", exact=True).count()


def test_a_second_window_shows_parts_that_are_not_saved_yet(page, notebook):
    """The kernel is not new, but the file holds no output: the parts run there too."""
    _, url = notebook("practice", assignment="mini_project")
    open_notebook(page, url)
    second = page.context.new_page()
    open_notebook(second, url)

    expect(card(second, "practice1")).to_be_visible()
    choose(second, "practice1", "B")


def ask(lab, body: bytes, token: str = TOKEN) -> tuple[int, dict]:
    """Ask the server which cells are given."""
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{lab.address}/grader/given", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, {}


def test_the_server_says_which_texts_are_given(lab):
    """To who may ask, and of each text alone."""
    released = lab.course.release("mini_project") / "build_and_apply.ipynb"
    cells = {one["id"]: "".join(one["source"]) for one in on_disk(released)["cells"]}
    texts = [cells["progress_bar"], cells["step_1"], cells["check_step_1"], "", "\ud800"]
    body = json.dumps({"sources": texts}).encode()

    assert (200, {"given": ["alone", "", "check", "", ""]}) == ask(lab, body)
    assert 403 == ask(lab, body, "wrong")[0]
    for odd in (b"", b"{", b"[]", b"{}", b'{"sources": 3}', b'{"sources": [3]}'):
        assert 400 == ask(lab, odd)[0], odd


def test_a_part_is_alive_soon(page, lab, notebook):
    """
    In a program that is open already the first part is drawn soon after the click. The bound is
    wide because tests share the machine; tests/benchmarks measures.
    """
    path, _ = notebook("build_and_apply", assignment="mini_project")
    page.goto(lab.url("/lab?reset"))
    until(page, "() => window.jupyterapp?.commands.hasCommand('docmanager:open')")
    page.wait_for_timeout(1000)
    start = time.monotonic()
    place = f"{path.parent.name}/{path.name}"
    page.evaluate("path => window.jupyterapp.commands.execute('docmanager:open', {path})", place)
    page.locator(".jp-OutputArea-output .page").first.wait_for(timeout=20_000)

    assert time.monotonic() - start < 30


def test_an_editor_has_a_name_for_who_does_not_see_it(page, notebook):
    """The four answers of the mini project are told apart by ear."""
    _, url = notebook("build_and_apply", assignment="mini_project")
    open_notebook(page, url)
    for number in range(1, 5):
        answer = cell(page, f"step_{number}")
        answer.scroll_into_view_if_needed()

        expect(answer.get_by_role("textbox", name=f"Step {number}, your code")).to_be_visible()


def test_escape_leaves_a_card_for_its_cell(page, notebook):
    """Then the notebook's own keys work again; before, they are the card's."""
    _, url = notebook("practice", assignment="mini_project")
    open_notebook(page, url)
    option(page, "practice1", "A").focus()
    page.keyboard.press("j")
    before = page.evaluate(ACTIVE)
    assert page.evaluate("() => document.activeElement.shadowRoot !== null"), "j left the card"
    page.keyboard.press("Escape")
    assert "practice1" == page.evaluate(ACTIVE)
    page.keyboard.press("j")

    assert page.evaluate(ACTIVE) not in (before, "practice1")


def test_a_cell_that_runs_long_says_how_to_stop_it(page, notebook, picture):
    """Its old verdict is grey meanwhile, and the page below does not move."""
    _, url = notebook("build_and_apply", assignment="mini_project")
    open_notebook(page, url)
    write(page, "step_2", "fairness_threshold = '0.8'")
    answer = cell(page, "step_2")
    expect(answer).to_contain_text("Not yet")
    answer.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("while True:\n    pass")
    top = cell(page, "check_step_2").bounding_box()["y"]
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(800)
    assert top == pytest.approx(cell(page, "check_step_2").bounding_box()["y"], abs=3)
    assert "hidden" == answer.evaluate(LONG, "visibility")
    page.wait_for_timeout(5000)
    picture(page, "alive-runs-long")

    assert "visible" == answer.evaluate(LONG, "visibility")
    assert "press ■" in answer.evaluate(LONG, "content")
    run_command(page, "notebook:interrupt-kernel")
    idle(page)
    page.wait_for_timeout(400)
    assert "none" == answer.evaluate(LONG, "content")


def test_a_notebook_without_python_says_so(page, notebook, picture):
    """A line with the way back stands above it, and goes when Python is there again."""
    _, url = notebook("build_and_apply", assignment="mini_project")
    open_notebook(page, url)
    line = page.locator(".grader-connection")
    expect(line).to_be_hidden()
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")

    expect(line).to_contain_text("not connected to Python", timeout=15_000)
    picture(page, "alive-without-python")
    line.get_by_role("button", name="Start Python again").click()
    until(page, ALIVE)
    expect(line).to_be_hidden()
    write(page, "step_2", RIGHT["step_2"])
    expect(cell(page, "step_2")).to_contain_text("Correct")


def test_a_tile_leads_to_its_step(page, notebook):
    """By key: the answer's cell is selected, in sight and has the focus."""
    _, url = notebook("build_and_apply", assignment="mini_project")
    open_notebook(page, url)
    tiles = cell(page, "progress_bar").locator("li").get_by_role("button")
    expect(tiles).to_have_count(4)
    tiles.nth(3).focus()
    page.keyboard.press("Enter")

    expect(cell(page, "step_4")).to_be_in_viewport()
    assert "step_4" == page.evaluate(ACTIVE)
    page.keyboard.press("Enter")
    page.keyboard.type("# mine")
    expect(cell(page, "step_4")).to_contain_text("# mine")
