"""A feedback page as a learner sees it: light and dark, narrow and wide, on paper, by keyboard."""

import re
from pathlib import Path

import pytest
from support.bare_page import violations
from support.feedback_pages import (
    HTML,
    MARKDOWN,
    code,
    everything,
    made,
    marks,
    notebook,
    shown,
    text,
)
from support.windows import watched

WIDTHS = (320, 640, 1280)


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """A learner's folder of pages: one with all there is, and a second one."""
    nb, own, other = everything()
    folder = tmp_path_factory.mktemp("feedback")
    (folder / "build_and_apply.html").write_text(made(nb, own, other), encoding="utf-8")
    (folder / "practice.html").write_text(made(notebook(), other, own), encoding="utf-8")
    return folder / "build_and_apply.html"


@pytest.fixture
def opened(browser, path):
    """The page, open in a browser; whatever it asks for or complains about fails the test."""
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    yield page
    context.close()
    pages = path.parent.as_uri()
    assert ([], []) == (said, [u for u in asked if not u.startswith(("data:", pages))])


def brightness(page, selector: str, what: str) -> float:
    """How bright a colour of an element is, from 0 to 1."""
    colour = page.locator(selector).first.evaluate(f"element => getComputedStyle(element).{what}")
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / 765


def open_folds(page) -> None:
    """Open all that is folded, so that it is looked at, too."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_barrier(opened, scheme, picture):
    """axe-core finds nothing to complain about, with all folds open."""
    opened.emulate_media(color_scheme=scheme)
    open_folds(opened)
    picture(opened, f"70-feedback-{scheme}", full_page=True)
    told, checked = violations(opened)

    assert [] == told
    assert checked > 100


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_never_scrolls_sideways(opened, width, picture):
    """Long code, tables and outputs scroll inside their boxes, the page does not."""
    opened.set_viewport_size({"width": width, "height": 800})
    open_folds(opened)
    picture(opened, f"70-feedback-{width}", full_page=True)
    wide = opened.evaluate("document.documentElement.scrollWidth")
    inside = opened.evaluate(
        "[...document.querySelectorAll('pre.code')].some(one => one.scrollWidth > one.clientWidth)"
    )

    assert wide <= width
    assert inside


def test_the_page_is_dark_where_the_learner_wants_it(opened):
    """Ground and ink change together."""
    opened.emulate_media(color_scheme="light")
    assert brightness(opened, "body", "backgroundColor") > 0.9
    assert brightness(opened, "body", "color") < 0.2
    opened.emulate_media(color_scheme="dark")
    assert brightness(opened, "body", "backgroundColor") < 0.15
    assert brightness(opened, "body", "color") > 0.8


def test_paper_is_white_also_for_a_dark_screen(opened, picture):
    """On paper nothing is cut off or scrolls, there is no dark ground, and folds stay away."""
    opened.emulate_media(media="print", color_scheme="dark")
    picture(opened, "70-feedback-print", full_page=True)

    for selector in ("body", ".card", "pre.code", ".badge", ".comment"):
        assert brightness(opened, selector, "backgroundColor") > 0.9 or "rgba(0, 0, 0, 0)" in (
            opened.locator(selector).first.evaluate("one => getComputedStyle(one).backgroundColor")
        )
        assert brightness(opened, selector, "color") < 0.5
    hidden = opened.evaluate(
        "[...document.querySelectorAll('pre')].filter(one => one.offsetParent && ("
        "one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)).length"
    )
    assert 0 == hidden
    assert not opened.locator(".folds").first.is_visible()
    assert "https://course.example/plots" in opened.evaluate(
        "getComputedStyle(document.querySelector('.comment a'), '::after').content"
    )
    assert len(opened.pdf(format="A4")) > 10_000


def test_states_are_told_without_colour(opened):
    """In forced colours every badge has its sign, its word and a border."""
    opened.emulate_media(forced_colors="active")
    badges = opened.locator("section .badge")

    for n in range(badges.count()):
        assert re.match(r"[✔◐✘⊘○] \w", badges.nth(n).inner_text())
        assert badges.nth(n).evaluate("one => getComputedStyle(one).borderTopWidth") != "0px"


def test_the_keyboard_reaches_everything_in_order(opened):
    """Tab goes down the page, each stop shows a ring, and the overview leads to the parts."""
    tops, rings = [], []
    for _ in range(12):
        opened.keyboard.press("Tab")
        found = opened.evaluate(
            "() => { const one = document.activeElement; const box = one.getBoundingClientRect();"
            " return [box.top + scrollY, getComputedStyle(one).outlineStyle]; }"
        )
        tops.append(found[0])
        rings.append(found[1])

    assert sorted(tops) == tops
    assert {"solid"} == set(rings)
    opened.get_by_role("table").first.get_by_role("link", name="Step 4").press("Enter")
    assert opened.url.endswith("#check_step_4")
    assert opened.locator("#check_step_4").evaluate("one => one.getBoundingClientRect().top") < 60


def test_the_pages_lead_to_each_other(opened):
    """From one notebook to the other and back."""
    opened.get_by_role("navigation").get_by_role("link", name="Practice").click()
    assert "Practice" == opened.get_by_role("heading", level=1).inner_text()
    opened.get_by_role("navigation").get_by_role("link", name="Build and apply").click()
    assert "Build and apply" == opened.get_by_role("heading", level=1).inner_text()


def test_landmarks_and_names_are_there_for_those_who_hear_the_page(opened):
    """One banner, one main part, one footer, and every section is named by its heading."""
    for role in ("banner", "main", "contentinfo", "navigation"):
        assert 1 == opened.get_by_role(role).count()
    assert opened.get_by_role("region", name="Step 3 · Count").is_visible()
    assert opened.get_by_role("img", name="4 of 14 points so far").is_visible()


@pytest.mark.parametrize("policy", ["with", "without"])
def test_nothing_of_a_learner_runs_or_is_fetched(browser, tmp_path, policy):
    """Every hostile sample at once, even in a page whose policy was taken away."""
    cells = [code("x", shown(html=html)) for html in HTML] + [text(html) for html in HTML]
    cells += [text(one) for one in MARKDOWN] + [code("x", shown(markdown=m)) for m in MARKDOWN]
    html = made(notebook(*cells), marks("build"))
    if policy == "without":
        html = re.sub(r"<meta http-equiv[^>]*>", "", html)
        spy = "<script>window.ran = []; alert = (one) => window.ran.push(one);</script>"
        html = html.replace("<head>", f"<head>{spy}")
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    seen, dialogs = watched(page), []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())
    page.goto((tmp_path / "page.html").as_uri())
    page.evaluate(
        "document.querySelectorAll('main *').forEach(one => {"
        " one.dispatchEvent(new Event('click', { bubbles: true, cancelable: true }));"
        " one.dispatchEvent(new Event('toggle')); one.dispatchEvent(new Event('error')); })"
    )
    page.wait_for_timeout(200)
    strangers = [url for url in seen.strangers if not url.startswith("file:")]
    ran = page.evaluate("window.ran ?? []")
    scripts = page.evaluate("document.querySelectorAll('body script, body [onerror]').length")
    context.close()

    assert ([], [], [], 0) == (strangers, dialogs, ran, scripts)
