"""What to look for in one's own text, on a plain page: ticked by key, kept in the notebook."""

import pytest
from support.bare_page import show, violations

from grader.widgets import Rubric
from grader.widgets.kernel import session

LINES = ["Says what it is `for`", "Names a group & its number", "States a limit <of it>"]
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(autouse=True)
def own_answers(monkeypatch):
    """Ticks of one test are not those of the next."""
    monkeypatch.setattr(session, "picked", {})


def test_ticks_are_kept_in_the_notebook(bare_page):
    """By keyboard alone; a page that is opened again has them, and other metadata stays."""
    show(bare_page, Rubric("a7", LINES), {"rai": {"answers": {"quiz1": "A"}, "other": 1}})
    bare_page.keyboard.press("Tab")
    bare_page.keyboard.press("Space")
    bare_page.keyboard.press("Tab")
    bare_page.keyboard.press("Tab")
    bare_page.keyboard.press("Space")

    shown = bare_page.locator(".kept")
    shown.get_by_text("Found 2 of 3: 1, 3. Saved in this notebook.").wait_for()
    rai = bare_page.evaluate("window.part.notebook.rai")
    assert {"answers": {"quiz1": "A", "rubric_a7": "1 3"}, "other": 1} == rai

    show(bare_page, Rubric("a7", LINES), {"rai": rai})

    checked = bare_page.locator("input:checked")
    assert 2 == checked.count()
    assert "Found 2 of 3: 1, 3. Saved in this notebook." == shown.inner_text()


def test_a_program_that_keeps_nothing_says_so(bare_page):
    """Without a notebook the ticks work, and the page is honest."""
    show(bare_page, Rubric("a7", LINES))
    bare_page.locator("input").first.check()

    words = "Found 1 of 3: 1. This program does not keep choices."
    bare_page.locator(".kept").get_by_text(words).wait_for()


@pytest.mark.parametrize("odd", [3, "9 0 x", {"a": 1}, [1], ""])
def test_whatever_a_file_holds_the_lines_are_shown(bare_page, odd):
    """What is no list of numbers ticks nothing."""
    show(bare_page, Rubric("a7", LINES), {"rai": {"answers": {"rubric_a7": odd}}})

    assert 3 == bare_page.locator("input").count()
    assert 0 == bare_page.locator("input:checked").count()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 640])
def test_it_is_readable_by_everybody(bare_page, picture, colours, width):
    """No rule of accessibility is broken, and nothing sticks out of a narrow page."""
    bare_page.emulate_media(color_scheme=colours)
    bare_page.set_viewport_size({"width": width, "height": 600})
    show(bare_page, Rubric("a7", LINES), {"rai": {"answers": {"rubric_a7": "2"}}})

    told, checked = violations(bare_page)

    assert [] == told
    assert checked
    assert not bare_page.evaluate(OVERFLOW)
    picture(bare_page, f"rubric-{colours}-{width}")


def test_the_static_page_names_what_was_found(monkeypatch):
    """Where nothing is live the lines stand there, and below them what was ticked."""
    monkeypatch.setattr(session, "known_answers", lambda key: {"rubric_a7": "2 7"})
    first, second = Rubric("a7", LINES).pages()

    assert 3 == first["text/html"].count("<li>")
    assert "&lt;of it&gt;" in first["text/html"] and "<code>for</code>" in first["text/html"]
    assert "Found 1 of 3: 2." == second["text/plain"]
    assert 'id="answer-rubric_a7"' in second["text/html"]
