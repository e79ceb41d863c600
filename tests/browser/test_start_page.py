"""The start page is a map: how far each mode is, where to go on, and never far away."""

import json
import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import grader_lab, serving
from playwright.sync_api import expect
from support.courses import copy_course
from support.lab_notebook import go, load_anew, open_notebook, until, write

CURRENT = """() => {
  const { context, content } = window.jupyterapp.shell.currentWidget;
  return [context.path, content.activeCell?.model.id ?? ''];
}"""
SIDE = "() => document.querySelector('.jp-FileBrowser')?.offsetWidth ?? 0"
SPOKEN = ".grader-state [role=img]"


@pytest.fixture(scope="module")
def own_lab(tmp_path_factory):
    """A `grader lab` of these tests alone, whose learner did nothing yet; Notebook 7 too."""
    course = copy_course(tmp_path_factory.mktemp("map") / "course")
    (course.root.parent / "home").mkdir()
    exposed = "--JupyterNotebookApp.expose_app_in_browser=True"
    with serving(course, "learner", *grader_lab("learner"), exposed) as running:
        yield running


@pytest.fixture
def lab(own_lab):
    """The same, with fresh notebooks."""
    root = own_lab.course.root
    for name in own_lab.course.assignments():
        shutil.rmtree(root / "work" / name, ignore_errors=True)
        shutil.copytree(root / "release" / name, root / "work" / name)
    return own_lab


def answered(lab, assignment: str, name: str, **answers: str) -> None:
    """Put answers into a learner's notebook, as the page keeps them."""
    path: Path = lab.course.root / "work" / assignment / f"{name}.ipynb"
    found = json.loads(path.read_text(encoding="utf-8"))
    found["metadata"].setdefault("rai", {})["answers"] = answers
    path.write_text(json.dumps(found), encoding="utf-8")


def start(page, lab, **size: int):
    """Open the start page and wait for its first line."""
    if size:
        page.set_viewport_size(size)
        load_anew(page)
    go(page, lab.url("/lab/tree/start.md?reset"))
    line = page.locator(".grader-where")
    expect(line).to_contain_text(re.compile(r"\w"), timeout=60_000)
    return line


def states(page) -> list[str]:
    """What the map says of each mode."""
    return [one.get_attribute("aria-label") for one in page.locator(SPOKEN).all()]


def test_nothing_done(page, lab, picture):
    """Ten modes, none begun; the first one is where to begin."""
    line = start(page, lab)

    assert "▶ Begin here: Mini Project: Build & Apply" == line.inner_text()
    counts = ["4 steps", "5 answers", "3 answers", "10 answers", "6 tasks", "6 tasks"]
    said = states(page)
    assert 10 == len(said)
    assert [f"0 of {one}" for one in counts] == [s for s in said if s != "not opened yet"]
    picture(page, "map-nothing-done")


def test_what_is_done_and_where_to_go_on(page, lab, picture):
    """Answers and verdicts of the saved notebooks count; the link leads to the first open cell."""
    answered(lab, "step_by_step", "visual_quiz", visual1="B")
    answered(lab, "mini_project", "practice", **{f"practice{n}": "A" for n in range(1, 6)})
    line = start(page, lab)
    assert "▶ Continue where you were: Visual Quiz · 1 of 3 answers" == line.inner_text()
    assert {"5 of 5 answers", "1 of 3 answers"} <= set(states(page))
    assert ["✔", "◐"] == [
        page.locator(f"{SPOKEN}[aria-label='{n} answers']").inner_text()
        for n in ("5 of 5", "1 of 3")
    ]
    picture(page, "map")
    line.get_by_role("link").click()
    until(page, f"() => ({CURRENT})()[1] === 'visual2'")

    assert "step_by_step/visual_quiz.ipynb" == page.evaluate(CURRENT)[0]


def test_the_map_follows_what_is_saved(page, lab):
    """A step that is right stands on the map when one comes back, by a key or by the button."""
    open_notebook(page, lab.url("/lab/tree/mini_project/build_and_apply.ipynb?reset"))
    write(page, "step_2", "fairness_threshold = 0.8")
    page.keyboard.press("Control+s")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+Shift+H")
    expect(page.locator(f"{SPOKEN}[aria-label='1 of 4 steps']")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Practice", exact=True).click()
    until(page, f"() => ({CURRENT})()[0] === 'mini_project/practice.ipynb'")
    page.get_by_role("button", name="Start page").last.click()

    expect(page.locator(f"{SPOKEN}[aria-label='1 of 4 steps']")).to_be_visible(timeout=20_000)


def test_from_the_launcher(page, lab):
    """Who opens the program by an address of its own finds the way in its launcher."""
    page.goto(lab.url("/lab?reset"))
    page.locator(".jp-LauncherCard", has_text="Start Page").first.click(timeout=60_000)

    expect(page.locator(".grader-map .grader-where")).to_be_visible(timeout=30_000)


def test_after_the_last_tab_is_closed(page, lab):
    """Nobody is left before an empty window."""
    start(page, lab)
    page.evaluate("() => window.jupyterapp.commands.execute('application:close-all')")

    expect(page.locator(".grader-where")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("width", [640, 390])
@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_narrow(page, lab, width, theme, picture):
    """Below 900 px the side bar is closed, below 620 px the table stacks: all is in sight."""
    start(page, lab, width=width, height=850)
    change = "name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })"
    page.evaluate(change, f"JupyterLab {theme}")
    until(page, f"() => ({SIDE})() === 0")
    outside = page.evaluate("""() => {
      const page = document.querySelector('.grader-map').getBoundingClientRect();
      return [...document.querySelectorAll('.grader-map td')]
        .filter(cell => cell.getBoundingClientRect().right > page.right + 1).length;
    }""")
    picture(page, f"map-{width}-{theme}")

    assert 0 == outside


def test_the_map_is_readable_by_all(page, lab):
    """Axe finds nothing on the page's own part."""
    start(page, lab)
    found = Axe().run(page, context=".grader-map").response["violations"]

    assert [] == [one["id"] for one in found]


def test_in_notebook_7(page, lab, picture):
    """The page of the start page alone is the same map there, and leads to notebooks."""
    answered(lab, "step_by_step", "visual_quiz", visual1="B")
    page.goto(lab.url("/edit/start.md"))
    line = page.locator(".grader-where")
    expect(line).to_contain_text("Visual Quiz", timeout=60_000)
    picture(page, "map-notebook-7")
    with page.context.expect_page() as opened:
        line.get_by_role("link").click()

    assert "/notebooks/step_by_step/visual_quiz.ipynb" in opened.value.url
    expect(opened.value.locator(".jp-Notebook .page").first).to_be_visible(timeout=60_000)
