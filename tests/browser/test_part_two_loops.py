"""Two loops beside each other: keys, the guess, looks, and what stands in for them on paper."""

import pytest
from playwright.sync_api import expect
from support.bare_page import look, show, violations

from grader.widgets import TwoLoops

DATA = {"model_results": {"predictions": [1, 0, 1, 1, 0], "true_labels": [1, 0, 0, 1, 0]}}
RIGHT = """matches = 0
for i in range(len(model_results['predictions'])):
    if model_results['predictions'][i] == model_results['true_labels'][i]:
        matches += 1
accuracy = matches / len(model_results['predictions'])"""
SHORT = RIGHT.replace("range(len(model_results['predictions']))", "range(4)")
FAR = RIGHT.replace("range(len(model_results['predictions']))", "range(6)")
SELF = RIGHT.replace("['true_labels'][i]", "['predictions'][i]").replace("matches", "correct")
TYPED = "accuracy = 0.8"
WIDTHS = {"wide": 1280, "narrow": 400}


def loops(wrong: str = SELF) -> TwoLoops:
    """Return a wrong loop beside the right one."""
    return TwoLoops(wrong, RIGHT, given=DATA)


def says(page) -> str:
    """Return the sentence about both loops."""
    return page.locator(".says").inner_text()


def turn(page) -> list[str]:
    """Return the numbers of the rows that are marked, one for each loop."""
    found = page.locator("tr[aria-current] th").all()
    return [one.evaluate("node => node.firstChild.textContent") for one in found]


def show_it(page, part: TwoLoops) -> None:
    """Draw the part, and skip the guess."""
    show(page, part)
    page.get_by_role("button", name="Just show it").click()


def test_nothing_but_the_code_is_seen_before_somebody_guessed(bare_page, picture):
    """No turn, no row and no sentence tells where the two part; keys step nowhere."""
    show(bare_page, loops())
    picture(bare_page, "two-loops-guess", full_page=True)
    expect(bare_page.locator("table").first).to_be_hidden()
    expect(bare_page.locator(".says")).to_be_hidden()
    expect(bare_page.get_by_role("button", name="Next ›")).to_be_hidden()
    bare_page.get_by_role("button", name="In none").focus()
    bare_page.keyboard.press("ArrowRight")

    expect(bare_page.get_by_text("In which turn do they part?")).to_be_visible()
    assert [] == turn(bare_page)


@pytest.mark.parametrize(("guess", "word"), [("Turn 3", "Right."), ("Turn 2", "Not quite.")])
def test_a_guess_is_told_and_the_turn_is_marked(bare_page, guess, word):
    """The verdict says where they part and why, and both rows of that turn say so."""
    show(bare_page, loops())
    bare_page.get_by_role("button", name=guess).click()

    assert says(bare_page).startswith(f"{word} They part in turn 3: correct is 3 in this code")
    assert 2 == bare_page.locator("tr.parts .apart").count()
    expect(bare_page.get_by_role("button", name="Next ›")).to_be_focused()
    bare_page.get_by_role("button", name="Ask the room again").click()
    expect(bare_page.locator(".says")).to_be_hidden()


def test_both_loops_step_together_with_keys(bare_page):
    """Arrows take one turn, Home and End the first and the last; no key goes beyond."""
    show_it(bare_page, loops())
    bare_page.get_by_role("button", name="Next ›").focus()
    seen = []
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight", "End", "ArrowRight", "Home"):
        bare_page.keyboard.press(key)
        seen.append(turn(bare_page))

    assert [["1"] * 2, ["2"] * 2, ["3"] * 2, ["5"] * 2, ["5"] * 2, ["1"] * 2] == seen
    assert [] == look(bare_page, "sent")


def test_a_step_is_spoken_in_one_sentence_for_both(bare_page):
    """A screen reader hears where they part, and what each loop did in this turn."""
    show_it(bare_page, loops())
    bare_page.get_by_role("button", name="Next ›").click()
    spoken = bare_page.get_by_role("status").inner_text()

    assert spoken.startswith("So far both do the same. Turn 2 of 5: i is 1")
    assert 2 == spoken.count("Turn 2 of 5")


def test_a_loop_that_ended_or_stopped_earlier_says_so(bare_page, picture):
    """The other goes on; what has ended shows no row and no line as if it ran."""
    show_it(bare_page, loops(SHORT))
    bare_page.get_by_role("button", name="Next ›").focus()
    bare_page.keyboard.press("End")
    picture(bare_page, "two-loops-ended", full_page=True)

    expect(bare_page.get_by_text("It ended after 4 turns.", exact=True)).to_be_visible()
    assert "They part in turn 5: the loop of this code has ended" in says(bare_page)
    assert ["5"] == turn(bare_page)
    show_it(bare_page, loops(FAR))
    bare_page.get_by_role("button", name="Next ›").focus()
    bare_page.keyboard.press("End")
    expect(bare_page.get_by_text("Line 3 stopped it with IndexError").first).to_be_visible()
    picture(bare_page, "two-loops-stopped", full_page=True)


def test_code_without_a_loop_stands_beside_the_loop(bare_page, picture):
    """Nothing can be guessed then: a sentence says why, and the other loop still steps."""
    show(bare_page, loops(TYPED))
    picture(bare_page, "two-loops-typed", full_page=True)

    expect(bare_page.get_by_text("This code has no for loop to step through.")).to_be_visible()
    expect(bare_page.get_by_text("In which turn do they part?")).to_be_hidden()
    bare_page.get_by_role("button", name="Next ›").click()
    assert ["2"] == turn(bare_page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_reads_well_in_every_look(bare_page, picture, scheme, width):
    """Axe finds nothing, before the guess and after it, and nothing is cut off at the side."""
    bare_page.set_viewport_size({"width": WIDTHS[width], "height": 720})
    bare_page.emulate_media(color_scheme=scheme)
    try:
        show(bare_page, loops())
        before, _ = violations(bare_page)
        bare_page.get_by_role("button", name="Turn 2").click()
        bare_page.get_by_role("button", name="Next ›").click()
        picture(bare_page, f"two-loops-{width}-{scheme}")
        after, checked = violations(bare_page)
        wider = bare_page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    finally:
        bare_page.set_viewport_size({"width": 1000, "height": 900})
        bare_page.emulate_media(color_scheme="light")

    assert ([], []) == (before, after)
    assert checked > 20
    assert wider <= 0


def test_it_can_be_read_in_forced_colours_and_on_paper(bare_page, picture):
    """A turn stands out by a frame, and on paper there are no buttons."""
    bare_page.emulate_media(forced_colors="active", reduced_motion="reduce")
    try:
        show_it(bare_page, loops())
        picture(bare_page, "two-loops-forced")
        outlined = bare_page.locator("tr[aria-current]").first.evaluate(
            "node => getComputedStyle(node).outlineStyle"
        )
        bare_page.emulate_media(media="print", forced_colors="none")
        expect(bare_page.get_by_role("button", name="Next ›")).to_be_hidden()
        expect(bare_page.locator("table").first).to_be_visible()
    finally:
        bare_page.emulate_media(
            media="screen", forced_colors="none", reduced_motion="no-preference"
        )

    assert "solid" == outlined
