"""Votes from phones in real browsers: a presenter's page and two phones, a reload and a restart."""

import pytest
from playwright.sync_api import expect
from support.bare_page import violations
from support.votes import start
from support.windows import watched

PHONE = {"width": 320, "height": 640}
ROOM = {"width": 1280, "height": 720}
SETTLED = 450  # milliseconds after which a clicker is heard again
SMALL = """() => [...document.querySelectorAll("#screen *")]
  .filter((node) => [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim()))
  .filter((node) => node.checkVisibility() && parseFloat(getComputedStyle(node).fontSize) < 23.9)
  .map((node) => node.textContent)"""
CUT = """() => {
  const stop = document.getElementById("stop");
  return [stop.scrollHeight - stop.clientHeight, stop.scrollWidth - stop.clientWidth];
}"""


@pytest.fixture
def server(browser_course):
    """A lesson that has begun."""
    made = start(browser_course, "mini_project", "--new")
    yield made
    if made.process.poll() is None:
        made.kill()


@pytest.fixture
def opened(browser):
    """Opens windows of browsers of their own; what breaks in one fails the test."""
    seen = []

    def open_one(size, address: str, **look: str):
        page = browser.new_context(viewport=size, **look).new_page()
        seen.append(watched(page))
        page.goto(address)
        return page

    yield open_one
    for window in seen:
        window.page.context.close()
    assert [([], [])] * len(seen) == [(window.errors, window.strangers) for window in seen]


def press(page, key: str = "PageDown") -> None:
    """Press the clicker once, slowly."""
    page.wait_for_timeout(SETTLED)
    page.keyboard.press(key)
    page.wait_for_timeout(SETTLED)


def phone(opened, server, **look: str):
    """A phone that read the QR code."""
    return opened(PHONE, f"{server.address}/?code={server.code}", **look)


def test_two_phones_vote_twice_and_the_room_sees_it(opened, server, picture):
    """Vote, talk, vote, with a clicker: counts, bars, advice, the shift, and what is right."""
    room = opened(ROOM, server.presenter)
    expect(room.locator(".code")).to_have_text(server.code)
    picture(room, "live_join")
    one, two = phone(opened, server), phone(opened, server, color_scheme="dark")
    expect(room.locator("#answered")).to_have_text("2 phones")
    press(room)
    one.get_by_role("radio").nth(0).check()
    two.get_by_role("radio").nth(1).check()
    expect(one.get_by_role("status")).to_have_text("You chose A. You can change it.")
    expect(room.locator("#answered")).to_have_text("2 of 2 phones answered")
    assert 0 == room.locator(".bar").count()
    press(room)
    expect(room.locator(".advice")).to_have_text("Talk to your neighbour, then vote again.")
    expect(two.get_by_role("status")).to_have_text("The vote is closed. You chose B.")
    picture(room, "live_bars")
    press(room, "v")
    expect(two.get_by_text("second vote")).to_be_visible()
    for one_phone in (one, two):
        one_phone.get_by_role("radio").nth(0).check()
    expect(room.locator("#answered")).to_have_text("2 of 2 phones answered")
    press(room)
    shifts = room.locator(".shift").all_inner_texts()
    press(room)
    expect(one.get_by_role("status")).to_have_text("Right.")
    picture(room, "live_right")
    picture(two, "live_phone_dark", full_page=True)

    assert ["▲ +50 %", "▼ −50 %"] == shifts[:2]
    assert 1 == room.locator(".choices .right").count()
    assert "treated fairly" in two.locator(".why").first.inner_text()


def test_a_vote_outlives_a_reload_and_a_restart(opened, server, browser_course):
    """A phone shows its vote again; one that is cast while nobody answers is delivered later."""
    room = opened(ROOM, server.presenter)
    one = phone(opened, server)
    press(room)
    one.get_by_role("radio").nth(2).check()
    expect(one.get_by_role("status")).to_contain_text("You chose C.")
    one.reload()
    expect(one.get_by_role("radio").nth(2)).to_be_checked()
    server.kill()
    one.get_by_role("radio").nth(3).check()
    expect(one.get_by_role("status")).to_contain_text("sent as soon as the connection is back")
    again = start(browser_course)
    expect(one.get_by_role("status")).to_have_text(
        "You chose D. You can change it.", timeout=15_000
    )
    expect(room.locator("#answered")).to_have_text("1 of 1 phone answered", timeout=15_000)
    press(room)
    bars = room.locator(".hands").all_inner_texts()
    room.get_by_role("button", name="End the lesson").click()
    room.get_by_role("button", name="End it for all?").click()
    expect(one.get_by_text("The lesson is over.")).to_be_visible(timeout=15_000)

    assert ["0", "0", "0", "1"] == bars
    assert 0 == again.process.wait(timeout=10)


def test_a_clicker_that_bounces_goes_one_step(opened, server):
    """Two presses at once close a vote and do not reveal it."""
    room = opened(ROOM, server.presenter)
    phone(opened, server)
    press(room)
    room.keyboard.press("PageDown")
    room.keyboard.press("PageDown")
    room.wait_for_timeout(SETTLED)

    expect(room.get_by_role("button", name="What is right")).to_be_visible()


def test_a_vote_without_votes_is_no_nonsense(opened, server):
    """Where nobody answered in a round, its bars are empty and its shares none."""
    room = opened(ROOM, server.presenter)
    one = phone(opened, server)
    press(room)
    press(room)
    press(room, "v")
    one.get_by_role("radio").nth(1).check()
    expect(room.locator("#answered")).to_have_text("1 of 1 phone answered")
    press(room)

    assert ["= 0 %", "▲ +100 %", "= 0 %", "= 0 %"] == room.locator(".shift").all_inner_texts()
    assert "NaN" not in room.locator("#stop").inner_html()


def test_the_code_can_be_typed(opened, server):
    """In any case, and a wrong one is said in a line."""
    one = opened(PHONE, server.address)
    one.get_by_label("The code on the screen in front").fill("ABC")
    one.get_by_role("button", name="Come in").click()
    expect(one.get_by_role("status")).to_contain_text("This is not the code of the room.")
    one.get_by_label("The code on the screen in front").fill(server.code.lower())
    one.get_by_role("button", name="Come in").click()

    expect(one.get_by_text("You are in.")).to_be_visible()


def test_each_question_is_one_screen(opened, server):
    """Asked, counted and revealed: nothing is cut off, no text is below 24 pixels."""
    room = opened(ROOM, server.presenter)
    wrong = []
    for number in range(1 + 3 * 5 - 1):
        press(room)
        cut, small = room.evaluate(CUT), room.evaluate(SMALL)
        if max(cut) > 1 or small:
            wrong.append((number, cut, small))

    assert [] == wrong
    assert "true" == room.get_by_role("button", name="Next ›").get_attribute("aria-disabled")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_hinders_people_who_need_aids(opened, server, look):
    """axe-core finds nothing on either page, while a vote is open, closed and revealed."""
    room = opened(ROOM, server.presenter, color_scheme=look)
    one = phone(opened, server, color_scheme=look)
    found, checked = violations(room)
    for _ in range(3):
        press(room)
        for page in (room, one):
            more, contrast = violations(page)
            found += more
            checked = min(checked, contrast)

    assert [] == found
    assert checked >= 3
    assert PHONE["width"] == one.evaluate("document.documentElement.scrollWidth")


def test_html_in_a_code_stays_text(opened, server):
    """Whatever is typed or sent comes to no page as markup."""
    one = opened(PHONE, f"{server.address}/?code=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(one.get_by_role("status")).to_contain_text("This is not the code of the room.")

    assert 0 == one.locator("img").count()
