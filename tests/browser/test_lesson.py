"""A lesson rehearsed from the front in a real JupyterLab: projector, clicker, teacher's margin."""

import os
import re

import pytest
from playwright.sync_api import expect
from support.bare_page import violations
from support.lab_notebook import cell, open_notebook, run_command, save, until, write
from support.notebooks import path as path_of
from support.rooms import SETTLED, faults, forth, is_last, place

from grader.handout import handout
from grader.release.self_study import teacher

DATA = (
    "model_results = {'predictions': [1, 0, 1, 1, 0, 1, 0, 1, 1, 1],"
    " 'true_labels': [1, 0, 0, 1, 0, 1, 0, 1, 0, 1]}"
)
LOOP = """matches = 0
for i in range(len(model_results['predictions'])):
    if model_results['predictions'][i] == model_results['true_labels'][i]:
        matches += 1
accuracy = matches / len(model_results['true_labels'])"""
# The lesson of fifty minutes: notebooks, and their parts by the cells that they stand in.
LESSON = {
    "step_by_step/walkthrough": ["process_flow", "key_moments"],
    "step_by_step/visual_quiz": ["visual1", "visual2", "visual3"],
    "mini_project/build_and_apply": ["loop_trace"],
    "mini_project/practice": ["practice3", "practice4"],
}
MOST = 60  # screens of a part
ROOMS = {
    "hd_light": (1280, 720, "JupyterLab Light"),
    "full_hd_dark": (1920, 1080, "JupyterLab Dark"),
}
if "COURSE_SCREENSHOTS" in os.environ:  # to be looked at
    ROOMS["hd_dark"] = (1280, 720, "JupyterLab Dark")
    ROOMS["full_hd_light"] = (1920, 1080, "JupyterLab Light")
CHANGE = "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })"
CHANGED = "theme => document.body.dataset.jpThemeName === theme"

TALL = {"width": 1100, "height": 780}


@pytest.fixture(scope="module")
def edition(instructors_lab):
    """The teacher's edition of what the lesson needs, in the instructor's course."""
    teacher(instructors_lab.course, ["step_by_step", "mini_project"])
    return instructors_lab


@pytest.fixture
def room(windows, edition):
    """A window of the instructor's JupyterLab, and what broke in it."""
    window = windows.opened()
    yield window
    windows.drop(window)
    assert ([], []) == (window.strangers, window.errors)


def open_part(page, cell_id: str) -> None:
    """Have the part in this cell fill the screen, with its key."""
    button = cell(page, cell_id).get_by_role("button", name="Full screen")
    button.scroll_into_view_if_needed()
    button.focus()
    page.keyboard.press("f")
    page.locator("dialog.room").wait_for()
    page.wait_for_timeout(SETTLED)


def walk(page, picture, name: str) -> list[tuple[str, list[str]]]:
    """Go through a part with the clicker; each screen as a picture, and its faults."""
    seen = []
    for number in range(1, MOST):
        seen.append((place(page), faults(page)))
        picture(page, f"{name}_{number:02}")
        if is_last(page):
            return seen
        forth(page)
    raise AssertionError("The lesson does not end.")


@pytest.mark.parametrize("look", ROOMS)
def test_fifty_minutes_with_a_clicker(edition, room, picture, look):
    """
    Every screen of the lesson shows all of itself in 24 pixels and more, and when it is over no
    notebook has changed by a byte.
    """
    width, height, theme = ROOMS[look]
    page, course = room.page, edition.course
    page.set_viewport_size({"width": width, "height": height})
    faulty, screens = [], 0
    for name, cells in LESSON.items():
        path = course.root / "teacher" / f"{name}.ipynb"
        open_notebook(page, edition.url(f"/lab/tree/teacher/{name}.ipynb?reset"))
        page.evaluate(CHANGE, theme)
        until(page, CHANGED, theme)
        if "loop_trace" in cells:
            write(page, "step_1", DATA)
            write(page, "step_3", LOOP)
        save(page)
        before = path.read_bytes()
        for cell_id in cells:
            open_part(page, cell_id)
            seen = walk(page, picture, f"lesson_{look}_{cell_id}")
            screens += len(seen)
            faulty += [(cell_id, *one) for one in seen if one[1]]
            page.keyboard.press("2")
            page.keyboard.press("Escape")
            expect(page.locator("dialog.room")).to_have_count(0)
        save(page)
        assert before == path.read_bytes()

    assert [] == faulty
    assert 19 + 6 + 8 + 10 + 4 == screens


def margin(page, lab):
    """The teacher's margin in a second window of the same browser."""
    second = page.context.new_page()
    second.set_viewport_size(TALL)
    second.goto(lab.url("/grader/margin"))
    expect(second.locator("#lesson")).to_be_visible()
    return second


def told(page) -> list[str]:
    """What the margin says now: the stop, its title, and what to ask."""
    return [page.locator(f"#{name}").inner_text() for name in ("follow", "title", "ask")]


def test_the_margin_follows_the_full_screen(edition, room, picture):
    """The second window shows what to ask at the stop that the room sees; the room's shows none."""
    page = room.page
    open_notebook(page, edition.url("/lab/tree/teacher/step_by_step/walkthrough.ipynb?reset"))
    notes = margin(page, edition)
    first = told(notes)
    open_part(page, "process_flow")
    expect(notes.locator("#title")).to_have_text("Step 1: Collect data")
    for _ in range(3):
        forth(page)
    expect(notes.locator("#title")).to_have_text("Step 2: Check for bias")
    picture(notes, "margin_light")
    now = told(notes)
    notes.reload()
    expect(notes.locator("#title")).to_have_text("Step 2: Check for bias")
    there = page.locator("body").inner_text() + page.locator("dialog.room").inner_text()

    assert ["Open a part with Full screen: its notes appear here.", "Process flow"] == first[:2]
    assert now[0].startswith("On the screen: Process Flow - Responsible AI practices, 3 of 13.")
    assert "The tracker says Bias reduced, not gone. Why that word?" == now[2]
    assert now[2] not in there


def test_the_launcher_opens_the_margin(edition, room):
    """Instructors find it where JupyterLab begins; learners have neither the tile nor the notes."""
    room.page.goto(edition.url("/lab?reset"))
    tile = room.page.get_by_role("button", name="Teacher's margin")
    expect(tile).to_be_visible(timeout=60_000)
    with room.page.expect_popup() as opened:
        tile.click()
    expect(opened.value.locator("#stations li").first).to_contain_text("Walkthrough")


def test_learners_have_no_margin(lab, page):
    """Their server answers in one line, and sends no note."""
    page.goto(lab.url("/grader/margin"))
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("There is no source/margin.toml: this page is for the teacher")

    assert ["problem"] == list(page.request.get(lab.url("/grader/margin/margin.json")).json())
    assert not page.locator("#notes").is_visible()


def test_strangers_have_no_margin(instructors_lab, page):
    """Without the token of the server nobody reads it."""
    address = f"{instructors_lab.address}/grader/margin/margin.json"
    found = page.request.get(address, max_redirects=0)

    assert found.status in (302, 401, 403)
    assert "ask" not in found.text()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_clock_keeps_the_plan(instructors_lab, windows, picture, look):
    """It says where we are, goes on after a reload, stands when paused, and starts anew."""
    window = windows.opened()
    page = window.page
    page.set_viewport_size(TALL)
    page.emulate_media(color_scheme=look)
    page.clock.install()
    page.goto(instructors_lab.url("/grader/margin"))
    expect(page.locator("#lesson")).to_be_visible()
    page.get_by_role("button", name="Start the clock").click()
    page.clock.run_for(11 * 60_000)
    page.reload()
    expect(page.locator("#lesson")).to_be_visible()
    page.clock.run_for(1000)
    station = page.locator("li[aria-current]").inner_text()
    time, left = (page.locator(f"#{name}").inner_text() for name in ("elapsed", "left"))
    picture(page, f"margin_clock_{look}")
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(120_000)
    stood = page.locator("#elapsed").inner_text()
    page.locator("#plan").select_option("Ninety minutes")
    other = page.locator("li[aria-current]").inner_text()
    found, checked = violations(page)
    page.get_by_role("button", name="Reset").click()
    start = page.locator("#elapsed").inner_text()
    windows.drop(window)

    assert station.startswith("Visual quiz: vote, talk, vote")
    assert ("11:01", "6:59 left for this station") == (time, left)
    assert "11:01" == stood
    assert other.startswith("Walkthrough")
    assert "0:00" == start
    assert [] == found
    assert checked > 10
    assert ([], []) == (window.strangers, window.errors)


def test_presentation_mode_enlarges_the_parts(edition, room):
    """JupyterLab's own mode makes the text of a part as much larger as that of the notebook."""
    page = room.page
    open_notebook(page, edition.url("/lab/tree/teacher/step_by_step/walkthrough.ipynb?reset"))
    head = cell(page, "process_flow").locator(".head")
    before = head.bounding_box()["height"]
    run_command(page, "application:toggle-presentation-mode")
    page.wait_for_timeout(300)
    after = head.bounding_box()["height"]
    run_command(page, "application:toggle-presentation-mode")

    assert 1.15 < after / before < 1.3


def test_the_walkthrough_prints_on_one_sheet(bare_page):
    """Its handout takes two pages of A4, with all that the parts show and nothing twice."""
    page = handout(path_of("release", "walkthrough").read_bytes(), "walkthrough")
    bare_page.set_content(page)
    printed = bare_page.pdf(format="A4", prefer_css_page_size=True)
    text = bare_page.inner_text("body")

    assert 2 == len(re.findall(rb"/Type\s*/Page\b", printed))
    once = ("Concept Snapshot", "Full Transcript", "N/A\tN/A\tUnverified")
    assert [1, 1, 1] == [text.count(one) for one in once]
    assert "Some problems appear only in real use." in text
