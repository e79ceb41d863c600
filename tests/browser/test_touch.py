"""Fingers need larger targets than a mouse pointer: 44 pixels each way (WCAG 2.5.5)."""

import pytest
from support import bare_page as bare

from grader import widgets

TARGETS = "button, summary, select, input[type=text], .option"
QUESTION = ("q1", "Which?", {"A": "this", "B": "that", "C": "none", "D": "all"})
PARTS = {
    "question": lambda: widgets.Question(*QUESTION, hints=["Look.", "Again."], once=True),
    "flow": lambda: widgets.ProcessFlow(),
    "moments": lambda: widgets.KeyMoments(),
    "snapshot": lambda: widgets.Snapshot(),
    "transcript": lambda: widgets.Transcript(),
    "progress": lambda: widgets.Progress("step_1", "step_2"),
    "rubric": lambda: widgets.Rubric("a7", ["Says who.", "Says when."]),
}


@pytest.fixture
def touched(browser):
    """A page of a device without a mouse, of the size of a telephone."""
    size = {"width": 390, "height": 800}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def sizes(page) -> list[tuple[int, int]]:
    """How wide and high each target in sight is."""
    boxes = [one.bounding_box() for one in page.locator(TARGETS).all() if one.is_visible()]
    return [(round(box["width"]), round(box["height"])) for box in boxes if box]


@pytest.mark.parametrize("name", PARTS)
def test_targets_are_large_enough_for_fingers(touched, name):
    """All that can be pressed, in a narrow window, and the page is no wider than that."""
    bare.show(touched, PARTS[name]())
    found = sizes(touched)

    assert touched.evaluate("matchMedia('(pointer: coarse)').matches")
    assert found or name == "progress"
    assert [] == [size for size in found if min(size) < 44]
    assert touched.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")


def test_with_a_mouse_they_stay_as_they_were(bare_page):
    """The rule is for fingers alone."""
    bare.show(bare_page, PARTS["question"]())

    assert min(height for _, height in sizes(bare_page)) < 44
