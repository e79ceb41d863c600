"""The weeks of a monitor in a real browser, on a plain page, with the keyboard too."""

import pytest
from support.bare_page import look, show, violations

from grader.widgets import WeekByWeek

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active", "reduced_motion": "reduce"},
}
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"
SCORES = [0.862, 0.8, None, 0.6593, 0.7467, None, 0.75, 0.549]
NEW = {4, 8}  # the weeks in which an alert begins


def week(number: int, score: float | None) -> dict:
    """Return a week as a learner's function returns it."""
    alert = score is not None and score < 0.75
    return {
        "week": number,
        "alert": alert,
        "status": "Not enough data"
        if score is None
        else "Bias detected"
        if alert
        else "Fair model",
        "worst_group": None if score is None else "woman",
        "worst_score": score,
        "new": number in NEW,
    }


HISTORY = [week(number, score) for number, score in enumerate(SCORES, 1)]


@pytest.fixture
def weeks(bare_page):
    """The page with eight weeks."""
    show(bare_page, WeekByWeek(HISTORY))
    return bare_page


def button(page, name: str):
    """The button with this word."""
    return page.get_by_role("button", name=name)


def says(page) -> str:
    """The sentence of the week on show."""
    return page.locator(".says").inner_text()


def marks(page) -> list[str]:
    """The kinds of the marks that are to be seen in the chart."""
    return page.locator(".weeks .mark").evaluate_all(
        """nodes => nodes
          .filter((node) => getComputedStyle(node).visibility === "visible")
          .map((node) => node.classList[1])"""
    )


def alerts(page) -> list[str]:
    """The list of alerts."""
    return page.locator("ul:not(.legend) li").all_inner_texts()


@pytest.mark.parametrize("look_of", LOOKS)
@pytest.mark.parametrize("opened", [False, True])
def test_nothing_hinders_people_who_need_aids(bare_page, look_of, opened):
    """axe-core finds nothing at the first week, nor at the last one with the table open."""
    bare_page.emulate_media(**LOOKS[look_of])
    show(bare_page, WeekByWeek(HISTORY))
    if opened:
        button(bare_page, "Show all").press("Enter")
        bare_page.get_by_text("The numbers as a table").click()
    found, checked = violations(bare_page)

    assert [] == found
    assert checked > (50 if opened else 20)


@pytest.mark.parametrize("width", [320, 480, 640])
def test_narrow_pages_do_not_scroll_sideways(weeks, width):
    """Everything fits a small window, and so a page at 200 % zoom."""
    weeks.set_viewport_size({"width": width, "height": 900})
    button(weeks, "Show all").click()
    weeks.get_by_text("The numbers as a table").click()

    assert not weeks.evaluate(OVERFLOW)


def test_the_first_week_stands_alone(weeks):
    """Later weeks are still to come, nothing plays, nothing is said."""
    assert "Week 1: no alert. woman 0.862, not below 0.75." == says(weeks)
    assert ["fair"] == marks(weeks)
    assert [] == alerts(weeks)
    assert weeks.get_by_text("None.").is_visible()
    assert 1 == button(weeks, "Play").count()
    assert "" == weeks.get_by_role("status").inner_text()


def test_weeks_come_in_one_at_a_time(weeks):
    """Mark, sentence and list of alerts move together, and the sentence is heard."""
    for _ in range(4):
        button(weeks, "Next").click()

    assert ["fair", "fair", "none", "new", "on"] == marks(weeks)
    assert (
        "Week 5: continuing alert. woman 0.747, below 0.75."
        == says(weeks)
        == weeks.get_by_role("status").inner_text()
    )
    assert [
        "Week 4: new alert. woman 0.659, below 0.75.",
        "Week 5: continuing alert. woman 0.747, below 0.75.",
    ] == alerts(weeks)
    assert "0.747" == weeks.locator(".now .number").text_content()


def test_going_back_takes_weeks_away_again(weeks):
    """What is told is always what was known at that week."""
    button(weeks, "Show all").click()
    every = (len(marks(weeks)), len(alerts(weeks)))
    for _ in range(5):
        button(weeks, "Previous").click()

    assert (8, 3) == every
    assert "Week 3: not enough data." == says(weeks)
    assert [] == alerts(weeks)


def test_marks_differ_by_shape(weeks):
    """A circle, a filled and a hollow triangle, a dash at the bottom; the legend has the words."""
    button(weeks, "Show all").click()
    chart = weeks.locator(".weeks")
    bottom = chart.bounding_box()["y"] + chart.bounding_box()["height"]
    dash = weeks.locator(".weeks .none path").first.bounding_box()
    fills = [
        weeks.locator(f".weeks .{kind} path").first.evaluate("node => getComputedStyle(node).fill")
        for kind in ("new", "on")
    ]

    assert [3, 5] == [weeks.locator(f".weeks .mark {s}").count() for s in ("circle", "path")]
    assert fills[0] != fills[1]
    assert bottom == pytest.approx(dash["y"] + dash["height"] / 2, abs=3)
    assert ["no alert", "new alert", "continuing alert", "not enough data"] == weeks.locator(
        ".legend li"
    ).all_inner_texts()


def test_scores_stand_where_the_numbers_at_the_side_say(weeks):
    """From 1.0 at the top to 0.4 at the bottom, with the threshold and its number between."""
    button(weeks, "Show all").click()
    box = weeks.locator(".weeks").bounding_box()

    def height(node) -> float:
        found = node.bounding_box()
        return 1 - (found["y"] + found["height"] / 2 - box["y"]) / 300 * 0.6

    assert 300 == box["height"]
    assert 0.862 == pytest.approx(height(weeks.locator(".weeks circle").first), abs=0.005)
    assert 0.75 == pytest.approx(height(weeks.locator(".limit")), abs=0.005)
    assert ["threshold", "0.75"] == [weeks.locator(f".beside{n}").text_content() for n in range(2)]
    assert ["1.0", "0.4"] == weeks.locator(".side").all_text_contents()[::6]


def test_keys_step_through_the_weeks(weeks):
    """Left, Right, Home and End work anywhere in the part; with Ctrl they are not ours."""
    button(weeks, "Play").focus()
    seen = []
    for key in ("ArrowRight", "End", "ArrowRight", "ArrowLeft", "Control+ArrowLeft", "Home"):
        weeks.keyboard.press(key)
        seen.append(says(weeks)[5])

    assert ["2", "8", "8", "7", "7", "1"] == seen
    assert button(weeks, "Play").evaluate("node => node.getRootNode().activeElement === node")


def test_play_goes_to_the_end_and_stops(clocked_page):
    """The next week at once, then one each 2.5 seconds; at the end Play starts from the first."""
    show(clocked_page, WeekByWeek(HISTORY))
    button(clocked_page, "Play").click()
    clocked_page.clock.run_for(2600)
    second = says(clocked_page)[5]
    clocked_page.clock.run_for(20_000)
    end = (says(clocked_page)[5], button(clocked_page, "Play").count())
    button(clocked_page, "Play").click()

    assert ("3", ("8", 1)) == (second, end)
    assert ("1", 1) == (says(clocked_page)[5], button(clocked_page, "Pause").count())


HIDE = """() => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.parametrize("way", ["Pause", "Previous", "Show all", "key", "hidden", "gone"])
def test_play_stops_at_any_move_by_hand(clocked_page, way):
    """Whoever takes over is not overrun; on a hidden page and after removal nothing goes on."""
    show(clocked_page, WeekByWeek(HISTORY))
    button(clocked_page, "Play").click()
    clocked_page.clock.run_for(2600)
    moves = {
        "Pause": lambda: button(clocked_page, "Pause").click(),
        "Previous": lambda: button(clocked_page, "Previous").click(),
        "Show all": lambda: button(clocked_page, "Show all").click(),
        "key": lambda: clocked_page.keyboard.press("ArrowLeft"),
        "hidden": lambda: clocked_page.evaluate(HIDE),
        "gone": lambda: clocked_page.evaluate("window.part.remove()"),
    }
    moves[way]()
    clocked_page.clock.run_for(9000)
    expected = {"Previous": "2", "key": "2", "Show all": "8"}.get(way, "3")

    assert expected == says(clocked_page)[5]


def test_one_week_plays_without_a_fuss(clocked_page):
    """There is nowhere to go, and nothing breaks."""
    show(clocked_page, WeekByWeek(HISTORY[:1]))
    button(clocked_page, "Play").click()
    clocked_page.clock.run_for(3000)

    assert "Week 1: no alert. woman 0.862, not below 0.75." == says(clocked_page)
    assert 1 == button(clocked_page, "Play").count()


def test_buttons_at_the_ends_keep_the_focus(weeks):
    """Next at the last week is marked as unavailable, but a keyboard is still on it."""
    onward = button(weeks, "Next")
    onward.focus()
    for _ in range(9):
        weeks.keyboard.press("Enter")

    assert "true" == onward.get_attribute("aria-disabled")
    assert onward.evaluate("node => node.getRootNode().activeElement === node")


def test_controls_are_large_enough(weeks):
    """Every button is at least 36 pixels high and wide."""
    boxes = [found.bounding_box() for found in weeks.locator("button, summary").all()]

    assert 8 == len(boxes)
    assert all(box["height"] >= 36 and box["width"] >= 36 for box in boxes)


def test_an_unfinished_history_is_one_calm_line(bare_page):
    """There is nothing to press."""
    show(bare_page, WeekByWeek(None))

    assert bare_page.get_by_text("No weeks yet: finish Task 5 and run its cell again.").is_visible()
    assert 0 == bare_page.get_by_role("button").count()


def test_many_weeks_say_that_they_are_cut(bare_page):
    """Sixty are shown of more, and the page says so."""
    show(bare_page, WeekByWeek([week(number, 0.8) for number in range(1, 76)]))
    bare_page.get_by_role("button", name="Show all").click()

    assert 60 == len(marks(bare_page))
    assert bare_page.get_by_text("Shown: the first 60 of 75 weeks.").is_visible()


def test_nothing_is_asked_of_the_kernel(weeks):
    """Every button works while the kernel is dead."""
    weeks.evaluate("window.part.dead = true")
    for name in ("Next", "Play", "Show all", "Previous"):
        button(weeks, name).click()

    assert [] == look(weeks, "sent")
    assert says(weeks).startswith("Week 7")
