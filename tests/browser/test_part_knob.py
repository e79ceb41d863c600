"""The bias knob in a real browser, on a plain page, with the keyboard too."""

import pytest
from support.bare_page import look, show, violations

from grader.widgets import BiasKnob

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active", "reduced_motion": "reduce"},
}
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"
START = (
    "At 0.6 the ratio of selection rates is 0.759 by gender, below 0.8; "
    "0.814 by age band, not below 0.8."
)


@pytest.fixture
def knob(bare_page):
    """The page with the knob, without motion."""
    bare_page.emulate_media(reduced_motion="reduce")
    show(bare_page, BiasKnob())
    return bare_page


def turn(page, to: str) -> None:
    """Move the knob to a setting."""
    page.get_by_role("slider").fill(to)


def spoken(page) -> str:
    """What was said last to those who listen to the page."""
    return " ".join(page.get_by_role("status").inner_text().split())


def told(page) -> str:
    """What stands below the knob."""
    return " ".join(page.locator(".told").inner_text().split())


@pytest.mark.parametrize("look_of", LOOKS)
@pytest.mark.parametrize("turned", [False, True])
def test_nothing_hinders_people_who_need_aids(bare_page, look_of, turned):
    """axe-core finds nothing at first, nor with a guess, a turned knob and open tables."""
    bare_page.emulate_media(**LOOKS[look_of])
    show(bare_page, BiasKnob())
    if turned:
        bare_page.get_by_role("button", name="Neither").press("Enter")
        turn(bare_page, "0")
        bare_page.get_by_text("The numbers as a table").click()
    found, checked = violations(bare_page)

    assert [] == found
    assert checked > (120 if turned else 50)


@pytest.mark.parametrize("width", [320, 480, 640])
def test_narrow_pages_do_not_scroll_sideways(knob, width):
    """Everything fits a small window, and so a page at 200 % zoom."""
    knob.set_viewport_size({"width": width, "height": 900})
    knob.get_by_role("button", name="By age band").click()
    turn(knob, "0")
    knob.get_by_text("The numbers as a table").click()

    assert not knob.evaluate(OVERFLOW)


def test_the_knob_stands_at_the_default_of_the_course(knob):
    """At 0.6, with its sentence, its gaps in words, and nothing said yet."""
    assert "0.6" == knob.get_by_role("slider").input_value()
    assert "0.6" == knob.locator(".setting").inner_text()
    assert START == told(knob)
    assert knob.get_by_text("Ratio 0.759, below 0.8").is_visible()
    assert knob.get_by_text("Gap 0.161").is_visible()
    assert "" == spoken(knob)


def test_the_other_settings_appear_with_the_first_turn(knob):
    """Before, they would give the guess away."""
    lines = knob.locator(".trace0 >> visible=true")
    before = lines.count()
    hint = knob.get_by_text("Turn the knob: then all settings appear here.")
    seen = hint.is_visible()
    turn(knob, "0.5")

    assert (0, True) == (before, seen)
    assert 10 == lines.count()
    assert not hint.is_visible()


def test_a_turn_moves_all_views_and_is_said_once(knob):
    """Number, sentence, dots, bands and words change together."""
    turn(knob, "0.3")
    sentence = (
        "At 0.3 the ratio of selection rates is 0.870 by gender, not below 0.8; "
        "0.908 by age band, not below 0.8."
    )

    assert sentence == told(knob) == spoken(knob)
    assert "0.3" == knob.locator(".setting").inner_text()
    assert knob.get_by_text("woman 0.551 ÷ man 0.633").is_visible()
    assert sentence == knob.get_by_role("img", name="At 0.3").get_attribute("aria-label")
    assert "man: 0.633" == knob.locator(".strip").first.get_attribute("aria-label")


def test_keys_turn_the_knob_step_by_step(knob):
    """Arrow keys go by 0.1, Home and End to the ends, and the focus stays on the knob."""
    slider = knob.get_by_role("slider")
    slider.focus()
    seen = []
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight", "Home", "End"):
        knob.keyboard.press(key)
        seen.append(told(knob)[3:6])

    assert ["0.5", "0.6", "0.7", "0.0", "1.0"] == seen
    assert slider.evaluate("node => node.getRootNode().activeElement === node")


@pytest.mark.parametrize("step", [0, 1, 6, 10])
def test_the_mark_stands_above_the_thumb(knob, step):
    """The knob is the scale of the chart above it."""
    turn(knob, f"{step / 10}")
    line, slider = (knob.locator(what).bounding_box() for what in (".here", "input"))
    thumb = slider["x"] + 8 + (slider["width"] - 16) * step / 10

    assert thumb == pytest.approx(line["x"] + line["width"] / 2, abs=2)


def test_small_groups_are_hollow_and_named(knob):
    """The 67 people have hollow dots in both panels by gender, with a word."""
    assert 2 == knob.locator(".dot.few").count()
    assert 2 == knob.get_by_text("67 people, few").count()


@pytest.mark.parametrize(("guess", "verdict"), [("Both", "✔ Yes: "), ("Neither", "✘ Not quite: ")])
def test_a_guess_is_noted_and_judged_at_zero(knob, guess, verdict):
    """It can be changed, gives nothing away before 0.0, and is judged in one sentence there."""
    knob.get_by_role("button", name="By gender").click()
    choice = knob.get_by_role("button", name=guess)
    choice.press("Enter")
    noted = spoken(knob)
    turn(knob, "0.1")
    before = told(knob)
    turn(knob, "0")

    assert f"Your guess: {guess}. Now turn the knob to 0.0." == noted
    judged = verdict.partition(":")[0].strip()
    assert f"Your guess: {guess}. {judged}." in knob.locator(".guess").inner_text()
    assert "0.0" == knob.get_by_role("slider").get_attribute("aria-valuetext")
    assert "true" == choice.get_attribute("aria-pressed")
    assert 1 == knob.locator("[aria-pressed=true]").count()
    assert before.endswith("not below 0.8.")
    assert f"not below 0.8. {verdict}both ratios are near 1 at 0.0" in told(knob)
    assert told(knob) == spoken(knob)


def test_without_a_guess_there_is_no_verdict(knob):
    """Nobody is made to guess."""
    turn(knob, "0")

    assert told(knob).endswith("0.980 by age band, not below 0.8.")


def test_the_knob_stays_in_its_place_while_it_turns(knob):
    """What is told grows below it, so it does not slip away under a finger."""
    knob.set_viewport_size({"width": 320, "height": 900})
    knob.get_by_role("button", name="Both").click()
    places = []
    for setting in ("0.6", "0.5", "0"):
        turn(knob, setting)
        places.append(knob.get_by_role("slider").bounding_box()["y"])

    assert 1 == len(set(places))


def test_controls_are_large_enough(knob):
    """Buttons, knob and the summary are at least 36 pixels high."""
    boxes = [found.bounding_box() for found in knob.locator("button, input, summary").all()]

    assert 7 == len(boxes)
    assert all(box["height"] >= 36 and box["width"] >= 36 for box in boxes)


def test_nothing_is_asked_of_the_kernel(knob):
    """The knob turns while the kernel is dead."""
    knob.evaluate("window.part.dead = true")
    turn(knob, "1")

    assert [] == look(knob, "sent")
    assert told(knob).startswith("At 1.0 ")
