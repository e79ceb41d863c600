"""
The parts beyond JupyterLab: alive in Notebook 7 and in Voila, and readable as text and tables in
an untrusted file, in the HTML that nbconvert writes, and on paper.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from conftest import clean_environment, free_port, serving
from nbclient import NotebookClient
from playwright.sync_api import Locator, expect
from support.lab_notebook import (
    card,
    cell,
    choose,
    idle,
    on_disk,
    open_notebook,
    option,
    stays_still,
)
from support.windows import watched

from grader.course import Course

EXPOSED = "--JupyterNotebookApp.expose_app_in_browser=True"
QUESTION = "Look at the execution_table, at which step is bias mitigation applied?"
OPTIONS = ["A. Step 2", "B. Step 3", "C. Step 4", "D. Step 5"]
ANSWER = "Your answer: B. Step 3"
TABLES = {"Process Table (execution_table)": 7, "Status Tracker (variable_tracker)": 3}
SCRIPT = '<img src="nothing" onerror="window.ran = true"><script>window.ran = true</script>'
CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.id)"
INK = "node => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]"
BLACK_ON_WHITE = ["rgb(255, 255, 255)", "rgb(27, 31, 36)"]


@pytest.fixture(scope="module")
def notebook_7(browser_course):
    """`jupyter notebook`, as somebody starts it who does not know `grader lab`."""
    work = browser_course.root / "work"
    work.mkdir(exist_ok=True)
    options = ["--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={work}"]
    with serving(browser_course, "notebook7", "notebook", *options, EXPOSED) as running:
        yield running


@pytest.fixture(scope="module")
def voila(browser_course):
    """The address of a Voila that shows the notebooks of step_by_step."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (browser_course.root.parent / "voila.log").open("w") as log:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "voila",
                "--no-browser",
                f"--port={port}",
                "--Voila.ip=127.0.0.1",
            ],
            cwd=browser_course.release("step_by_step"),
            env=clean_environment(browser_course),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        for _ in range(120):
            with contextlib.suppress(OSError):  # it has no /api/status, but a page of notebooks
                urllib.request.urlopen(address, timeout=2)
                break
            time.sleep(0.25)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


@pytest.fixture
def offline(browser):
    """A window in a room without network, and what went on in it."""
    context = browser.new_context(viewport={"width": 1000, "height": 1400})
    context.route(re.compile(r"https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
    page = context.new_page()
    yield page, watched(page)
    context.close()


@pytest.fixture(scope="module")
def saved(browser_course):
    """The visual quiz as a Jupyter server leaves it: run, question 1 answered, trusted."""
    folder = browser_course.root / "work" / "saved"
    folder.mkdir(parents=True)
    path = Path(shutil.copy(browser_course.release("step_by_step") / "visual_quiz.ipynb", folder))
    notebook = nbformat.read(path, 4)
    notebook.metadata["rai"] = {"answers": {"visual1": "B"}}
    nbformat.write(notebook, path)
    environment = clean_environment(browser_course)
    client = NotebookClient(notebook, store_widget_state=False)
    client.execute(cwd=str(folder), env=environment | {"JPY_SESSION_NAME": str(path)})
    nbformat.write(notebook, path)
    trust = [sys.executable, "-m", "nbformat.sign", str(path)]
    subprocess.run(trust, env=environment, check=True, capture_output=True)

    assert path.read_text(encoding="utf-8").count("application/vnd.jupyter.widget-view+json") == 4
    return path


def steps_on(flow: Locator) -> None:
    """Click on Next and see step 2."""
    expect(flow).to_contain_text("Step 1 of 7: Collect data.", timeout=30_000)
    flow.get_by_role("button", name="Next").click()
    expect(flow).to_contain_text("Step 2 of 7: Check for bias.")


def reads_as_text(place: Locator) -> None:
    """See question 1 with its options, its tables and the answer, as plain text."""
    expect(place.get_by_text(QUESTION, exact=True)).to_be_visible(timeout=15_000)
    assert OPTIONS == [text.strip() for text in place.locator("ul li").all_inner_texts()]
    for caption, rows in TABLES.items():
        table = place.locator("table", has_text=caption)
        expect(table).to_be_visible()
        expect(table.get_by_role("rowheader")).to_have_count(rows)
    expect(place.get_by_text(ANSWER, exact=True)).to_be_visible()
    expect(place.locator(".page")).to_have_count(0)
    expect(place.get_by_text("Error displaying widget")).to_have_count(0)


def broke_in_ours(error) -> bool:
    """False for an error of which every line is Notebook 7's own."""
    places = re.findall(r"(?:https?|blob):\S+", error.stack or "")
    return not places or any("/static/notebook/" not in place for place in places)


def test_notebook_7_steps_and_keeps_choices(page, notebook_7, picture):
    """In Notebook 7 the flow steps, a choice is on disk at once, and keys stay in the part."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)) if broke_in_ours(error) else None)
    folder = notebook_7.course.root / "work" / "notebook7"
    folder.mkdir()
    path = folder / "visual_quiz.ipynb"
    text = (notebook_7.course.release("step_by_step") / path.name).read_text(encoding="utf-8")
    # As a learner's own cells are: released ones could not be deleted anyway.
    path.write_text(text.replace('"deletable": false', '"deletable": true'), encoding="utf-8")
    open_notebook(page, notebook_7.url(f"/notebooks/notebook7/{path.name}"))
    cells = page.evaluate(CELLS)
    for name in ("Run", "Run All Cells"):
        page.get_by_role("menuitem", name=name, exact=True).click()
    idle(page)
    steps_on(card(page, "process_flow"))
    page.keyboard.type("dd")
    choose(page, "visual1", "B")
    page.keyboard.type("ddab")
    assert {"visual1": "B"} == on_disk(path)["metadata"]["rai"]["answers"]
    page.keyboard.press("ArrowDown")
    picture(page, "40-notebook-7")

    expect(option(page, "visual1", "C")).to_be_checked()
    assert cells == page.evaluate(CELLS)
    assert [] == errors


def test_notebook_7_comes_alive_on_open(page, notebook_7):
    """As in JupyterLab: the cards are there, and nothing was run by hand."""
    folder = notebook_7.course.root / "work" / "notebook7_alive"
    folder.mkdir(exist_ok=True)
    shutil.copy(notebook_7.course.release("mini_project") / "practice.ipynb", folder)
    open_notebook(page, notebook_7.url(f"/notebooks/{folder.name}/practice.ipynb"))

    expect(cell(page, "practice1").locator(".page")).to_be_visible()


def test_notebook_7_shows_a_saved_part_as_text(page, notebook_7, saved):
    """A part that was saved and has no kernel yet is text, and a note says how to wake it."""
    stays_still(page)
    open_notebook(page, notebook_7.url(f"/notebooks/saved/{saved.name}"))
    reads_as_text(cell(page, "visual1"))
    expect(cell(page, "visual1")).to_contain_text("Shown as it was saved.")


def test_an_untrusted_file_is_read_as_text(page, lab, saved, picture):
    """Where the signature does not match, the text stands there and no script in it runs."""
    path = saved.parent / "changed.ipynb"
    notebook = nbformat.read(saved, 4)
    for one in notebook.cells:
        for output in one.get("outputs", []):
            output.data["text/html"] = SCRIPT + output.data["text/html"]
    nbformat.write(notebook, path)
    stays_still(page)
    open_notebook(page, lab.url(f"/lab/tree/saved/{path.name}?reset"))

    reads_as_text(cell(page, "visual1"))
    expect(cell(page, "process_flow").locator("table")).to_have_count(2)
    picture(page, "41-untrusted")
    assert page.evaluate("() => window.ran") is None


def test_voila_shows_the_walkthrough_alive(offline, voila, picture):
    """In Voila every part is drawn and the flow steps; no code is shown."""
    page, seen = offline
    page.goto(f"{voila}/voila/render/walkthrough.ipynb", wait_until="commit")
    steps_on(page.get_by_role("region", name="Process Flow"))
    for name in ("Key Moments", "Concept Snapshot", "Full Transcript"):
        expect(page.get_by_role("region", name=name)).to_be_visible()
    picture(page, "42-voila")

    assert "grader.widgets" not in page.content()
    assert [] == seen.errors
    # Voila's own page asks for an icon font, which nothing here needs.
    assert [] == [url for url in seen.strangers if "fontawesome" not in url]


def test_voila_says_that_it_keeps_no_choice(offline, voila, picture):
    """A choice made in Voila is not promised to be kept; dark there, it is printed as ink."""
    page, seen = offline
    page.goto(f"{voila}/voila/render/visual_quiz.ipynb?theme=dark", wait_until="commit")
    shown = page.get_by_role("region").filter(has_text=QUESTION)
    shown.locator("input[value=B]").check(timeout=30_000)

    expect(shown).to_contain_text("Your answer is B. This program does not keep choices")
    assert BLACK_ON_WHITE != shown.evaluate(INK)
    page.emulate_media(media="print")
    expect(shown).to_be_visible()
    assert BLACK_ON_WHITE == shown.evaluate(INK)
    picture(page, "43-voila-print")
    assert [] == seen.errors


def to_html(course: Course, path: Path, *options: str, **more: str) -> str:
    """Convert a notebook with nbconvert; returns the address of the page."""
    kept = {k: v for k, v in clean_environment(course).items() if not k.startswith("VSCODE_")}
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", *options, str(path)],
        env=kept | more,
        check=True,
        capture_output=True,
    )
    return path.with_suffix(".html").as_uri()


def test_nbconvert_writes_text_and_tables(offline, browser_course, saved, picture):
    """The HTML of a saved notebook has question, options, answer and tables, on paper too."""
    page, _ = offline
    page.goto(to_html(browser_course, saved))
    place = page.locator("#cell-id\\=visual1")

    reads_as_text(place)
    expect(page.locator("#cell-id\\=process_flow table")).to_have_count(2)
    page.emulate_media(media="print")
    reads_as_text(place)
    picture(page, "44-nbconvert", full_page=True)


def test_nobody_looks_in_a_terminal_of_vs_code(offline, browser_course, saved):
    """What nbconvert runs in a terminal of VS Code is text: a live page would be dead there."""
    page, _ = offline
    path = Path(shutil.copy(saved, saved.with_name("run.ipynb")))
    page.goto(to_html(browser_course, path, "--execute", VSCODE_GIT_IPC_HANDLE="/tmp/git.sock"))

    reads_as_text(page.locator("#cell-id\\=visual1"))
