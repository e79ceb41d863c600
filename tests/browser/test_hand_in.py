"""From Submit to the feedback page: what is open is said before, when it went is said after."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request

import pytest
from conftest import clean_environment, grader_lab, serving
from playwright.sync_api import expect
from support.courses import copy_course
from support.lab_notebook import choose, on_disk, open_notebook, run_command, until

CURRENT = """() => {
  const { context, content } = window.jupyterapp.shell.currentWidget;
  return [context?.path ?? '', content?.activeCell?.model.id ?? ''];
}"""
TYPE = """([id, text]) => window.jupyterapp.shell.currentWidget.context.model.sharedModel.cells
  .find((one) => one.getId() === id).setSource(text)"""
FOLDER = "step_by_step"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose exchange holds one assignment."""
    found = copy_course(tmp_path_factory.mktemp("hand_in") / "course")
    (found.root.parent / "home").mkdir()
    for command in ("generate_assignment", "release_assignment"):
        ask(found, "nbgrader", command, FOLDER, "--force")
    return found


def ask(course, *words: str) -> None:
    """Run a command of an instructor."""
    subprocess.run(
        [sys.executable, "-m", *words],
        cwd=course.root,
        env=clean_environment(course),
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def own_lab(course):
    """A `grader lab` as a learner has it."""
    with serving(course, "learner", *grader_lab("learner")) as running:
        yield running


def stop_kernels(lab) -> None:
    """End the sessions of the test before: their kernels remember its answers."""
    with urllib.request.urlopen(lab.url("/api/sessions"), timeout=20) as reply:
        sessions = json.load(reply)
    for one in sessions:
        address = lab.url(f"/api/sessions/{one['id']}")
        urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=20).close()


@pytest.fixture
def lab(own_lab):
    """The same, with fresh notebooks and nothing handed in."""
    root = own_lab.course.root
    stop_kernels(own_lab)
    shutil.rmtree(root / "work" / FOLDER, ignore_errors=True)
    shutil.copytree(root / "release" / FOLDER, root / "work" / FOLDER)
    for inbound in root.glob("exchange/*/inbound/*"):
        shutil.rmtree(inbound)
    for kept in root.rglob(".cache"):
        shutil.rmtree(kept, ignore_errors=True)
    return own_lab


def handed_in(lab) -> list:
    """What lies in the exchange."""
    return sorted(lab.course.root.glob("exchange/*/inbound/*"))


def submit(page):
    """Open the list of assignments, choose Submit, and return the slip."""
    run_command(page, "nbgrader:open-assignment-list")
    button = page.get_by_role("button", name="Submit", exact=True)
    expect(button.first).to_be_visible(timeout=30_000)
    button.first.click()
    slip = page.get_by_role("dialog")
    expect(slip).to_be_visible(timeout=20_000)
    return slip


def test_the_slip_says_what_is_open_and_leads_there(page, lab, picture):
    """Nothing goes before it was read; a link leads to the open question."""
    open_notebook(page, lab.url(f"/lab/tree/{FOLDER}/visual_quiz.ipynb?reset"))
    choose(page, "visual1", "B")
    slip = submit(page)
    picture(page, "hand-in-slip")
    text = slip.inner_text()

    assert f"Hand in {FOLDER}?" in text
    assert re.search(r"◐\s*visual_quiz\s*: 1 of 3 answers", text)
    assert "All of it is saved." in text
    assert [] == handed_in(lab)
    slip.get_by_role("button", name="Question 2").click()
    until(page, f"() => ({CURRENT})()[1] === 'visual2'")
    expect(slip).to_be_hidden()
    page.wait_for_timeout(3000)
    assert [] == handed_in(lab)


def test_not_yet_hands_in_nothing(page, lab):
    """Whoever thinks again has handed in nothing, and can go on."""
    page.goto(lab.url("/lab?reset"))
    until(page, "() => window.jupyterapp?.commands.hasCommand('grader:start')")
    slip = submit(page)
    slip.get_by_role("button", name="Not yet").click()
    page.wait_for_timeout(1500)

    assert [] == handed_in(lab)
    expect(page.get_by_role("button", name="Submit", exact=True).first).to_be_enabled()


def test_what_was_not_saved_is_saved_first(page, lab):
    """The file that goes holds what stood on the page."""
    path = lab.course.root / "work" / FOLDER / "visual_quiz.ipynb"
    open_notebook(page, lab.url(f"/lab/tree/{FOLDER}/visual_quiz.ipynb?reset"))
    page.evaluate(TYPE, ["quiz_answers", 'quiz_answers = {"visual1": "B"}'])
    submit(page)

    text = {one["id"]: "".join(one["source"]) for one in on_disk(path)["cells"]}
    assert 'quiz_answers = {"visual1": "B"}' == text["quiz_answers"]


def test_from_submit_to_the_page_that_comes_back(page, lab, picture):
    """A receipt in the reader's own time; "view feedback" opens the pages, and links lead on."""
    course = lab.course
    open_notebook(page, lab.url(f"/lab/tree/{FOLDER}/visual_quiz.ipynb?reset"))
    choose(page, "visual1", "B")
    submit(page).get_by_role("button", name="Hand in").click()
    told = page.get_by_text(re.compile(f"Handed in: {FOLDER}, .*the last one counts"))
    expect(told.first).to_be_visible(timeout=30_000)
    (inbound,) = handed_in(lab)
    row = page.locator(".nested_list_item .item_name").last
    expect(row).not_to_contain_text("UTC")
    picture(page, "hand-in-receipt")
    ask(course, "nbgrader", "collect", FOLDER)
    ask(course, "grader", "grade", FOLDER)
    ask(course, "grader", "feedback", FOLDER)
    ask(course, "nbgrader", "release_feedback", FOLDER)
    page.get_by_role("button", name="Fetch Feedback").first.click()
    view = page.get_by_text("(view feedback)")
    expect(view.first).to_be_visible(timeout=30_000)
    view.first.click()
    until(page, f"() => /feedback.*html$/.test(({CURRENT})()[0])", seconds=30)
    assert page.evaluate(CURRENT)[0].endswith("/visual_quiz.html")
    frame = page.frame_locator(".jp-Document:not(.lm-mod-hidden) iframe")
    expect(frame.get_by_role("heading", name="Visual quiz")).to_be_visible()
    expect(frame.get_by_role("heading", name="At a glance")).to_be_visible()
    picture(page, "hand-in-feedback")
    frame.get_by_role("link", name="Walkthrough").click()
    until(page, f"() => ({CURRENT})()[0].endsWith('/walkthrough.html')")

    assert json.loads((inbound / "visual_quiz.ipynb").read_text())["metadata"]["rai"]["answers"]


def test_validate_speaks_in_sentences(page, lab, picture):
    """Each open question is told in its check's sentence; no code of the checks is on show."""
    open_notebook(page, lab.url(f"/lab/tree/{FOLDER}/visual_quiz.ipynb?reset"))
    choose(page, "visual1", "B")
    page.get_by_role("button", name="Validate", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Validation Results", timeout=60_000)
    picture(page, "validate")
    text = dialog.inner_text()

    assert 2 == text.count("No answer yet")
    assert "grader.checks" not in text and "failed" not in text
    assert "Traceback" not in text
