"""The rates of groups in a real browser, on a plain page, with the keyboard too."""

import pytest
from support.bare_page import look, show, violations

from grader.widgets import GroupRates

KEYS = ("count", "accuracy", "selection_rate", "tpr", "fpr")
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active", "reduced_motion": "reduce"},
}
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"


def report(**rows: tuple) -> dict:
    """Return a report as a learner's function returns it."""
    return {name: dict(zip(KEYS, row, strict=True)) for name, row in rows.items()}


GENDER = report(
    man=(989, 0.841254, 0.623862, 0.838235, 0.152104),
    nonbinary=(67, 0.686567, 0.417910, 0.574468, 0.050000),
    woman=(944, 0.769068, 0.473517, 0.677519, 0.033445),
)
AGE = report(
    young=(506, 0.772727, 0.480237, 0.686047, 0.043210),
    old=(417, 0.822542, 0.589928, 0.807143, 0.145985),
)


@pytest.fixture
def chart(bare_page):
    """The page with a chart of two features."""
    show(bare_page, GroupRates(gender=GENDER, age_band=AGE))
    return bare_page


def rows(page) -> list[str]:
    """Return what stands beside each dot, in one line."""
    return [" ".join(row.split()) for row in page.locator(".groups li").all_inner_texts()]


def middle(page, what: str) -> list[float]:
    """Return where along its line each dot or range has its middle, from 0 to 1."""
    return page.evaluate(
        """what => {
          const root = document.querySelector("#here > div > div").shadowRoot;
          return [...root.querySelectorAll(".strip")].map((strip) => {
            const line = strip.getBoundingClientRect();
            const mark = strip.querySelector(what).getBoundingClientRect();
            return (mark.left + mark.width / 2 - line.left) / line.width;
          });
        }""",
        what,
    )


def lined(page) -> list[str]:
    """Return whether the line at 0.8 and its label are to be seen."""
    seen = "node => getComputedStyle(node).visibility"
    return [page.locator(what).first.evaluate(seen) for what in (".limit", ".above text")]


@pytest.mark.parametrize("look_of", LOOKS)
@pytest.mark.parametrize("opened", [False, True])
def test_nothing_hinders_people_who_need_aids(bare_page, look_of, opened):
    """axe-core finds nothing on a light, a dark and a forced-colours page, tables open or not."""
    bare_page.emulate_media(**LOOKS[look_of])
    show(bare_page, GroupRates(gender=GENDER, age_band=AGE))
    if opened:
        bare_page.get_by_text("The numbers as a table").click()
    found, checked = violations(bare_page)

    assert [] == found
    assert checked > (60 if opened else 25)


@pytest.mark.parametrize("width", [320, 480, 640])
def test_narrow_pages_do_not_scroll_sideways(chart, width):
    """Everything fits a small window, and so a page at 200 % zoom."""
    chart.set_viewport_size({"width": width, "height": 900})
    chart.get_by_text("The numbers as a table").click()

    assert not chart.evaluate(OVERFLOW)


def test_accuracy_is_shown_first(chart):
    """With its people, its words, its line at 0.8, and nothing said yet."""
    assert chart.get_by_label("Accuracy").is_checked()
    assert "man 989 people 0.841" == rows(chart)[0]
    assert "nonbinary 67 people few people: wide range 0.687" == rows(chart)[1]
    assert "How often was the decision right?" == chart.locator(".asks").inner_text()
    assert ["visible"] * 2 == lined(chart)
    assert "" == chart.get_by_role("status").inner_text()


def test_a_choice_moves_the_dots_and_says_so(chart):
    """Rates, people, question and divisor change together, in one sentence; the line goes."""
    chart.get_by_label("True positive rate").check()

    assert ["man 680 of 989 people 0.838", "woman 645 of 944 people 0.678"] == rows(chart)[0:3:2]
    assert "Of those who would repay: how many get a yes?" == chart.locator(".asks").inner_text()
    assert chart.get_by_text("Divided by: those who would repay (repaid = 1).").is_visible()
    assert ["hidden"] * 2 == lined(chart)
    assert (
        "Of those who would repay: how many get a yes? True positive rate by gender from 0.574 "
        "(nonbinary) to 0.838 (man); by age band from 0.686 (young) to 0.807 (old)."
    ) == chart.get_by_role("status").inner_text()


@pytest.mark.parametrize("width", [480, 1000])
def test_dots_stand_where_their_numbers_say(bare_page, width):
    """On the line from 0 to 1, in the middle of a range that is wide for few people."""
    bare_page.emulate_media(reduced_motion="reduce")
    bare_page.set_viewport_size({"width": width, "height": 900})
    show(bare_page, GroupRates(gender=GENDER))
    bare_page.get_by_label("Selection rate").check()

    assert [0.624, 0.418, 0.474] == pytest.approx(middle(bare_page, ".dot"), abs=0.005)
    assert [0.623, 0.421, 0.474] == pytest.approx(middle(bare_page, ".range"), abs=0.005)
    widths = [box.bounding_box()["width"] for box in bare_page.locator(".range").all()]
    assert widths[1] > 3 * widths[0]


def test_few_people_are_hollow_and_told_in_words(chart):
    """The dot of a small group differs in shape, and its range is read aloud."""
    images = chart.get_by_role("img")

    assert 1 == chart.locator(".dot.few").count()
    assert "90 % range 0.59 to 0.77" == images.nth(1).get_attribute("aria-label")


def test_an_unknown_rate_has_no_dot(bare_page):
    """A dash and a sentence for those who listen stand in its place."""
    show(bare_page, GroupRates(a=report(b=(50, 0.8, 0.2, None, 0.2))))
    bare_page.get_by_label("True positive rate").check()

    assert rows(bare_page)[0].endswith("–")
    assert 0 == bare_page.locator(".dot >> visible=true").count()
    assert "nobody to divide by" == bare_page.get_by_role("img").get_attribute("aria-label")


def test_the_keyboard_chooses_too(chart):
    """Arrow keys move among the rates, and the focus stays."""
    chart.get_by_label("Accuracy").focus()
    chart.keyboard.press("ArrowRight")
    chart.keyboard.press("ArrowRight")

    assert chart.get_by_label("True positive rate").is_checked()
    assert chart.get_by_label("True positive rate").evaluate(
        "node => node.getRootNode().activeElement === node"
    )


def test_choices_are_large_enough(chart):
    """Every choice is at least 36 pixels high and wide."""
    boxes = [found.bounding_box() for found in chart.locator("label.option, summary").all()]

    assert 5 == len(boxes)
    assert all(box["height"] >= 36 and box["width"] >= 36 for box in boxes)


def test_the_same_numbers_stand_in_tables(chart):
    """One of each feature, closed at first."""
    tables = chart.get_by_role("table")
    before = tables.count()
    chart.get_by_text("The numbers as a table").click()

    assert (0, 2) == (before, tables.count())
    assert 1 == chart.get_by_role("cell", name="0.841 (0.82–0.86)").count()


def test_an_unfinished_report_leaves_the_other_feature_alone(bare_page):
    """One calm line under its heading; without any report there is nothing to choose."""
    calm = "No report yet: finish Task 3 and run its cell again."
    show(bare_page, GroupRates(gender=None, age_band=AGE))
    beside = (bare_page.get_by_text(calm).count(), len(rows(bare_page)))
    show(bare_page, GroupRates(gender=None))

    assert (1, 2) == beside
    assert bare_page.get_by_text(calm).is_visible()
    assert 0 == bare_page.get_by_role("radio").count()


def test_nothing_is_asked_of_the_kernel(chart):
    """Every choice works while the kernel is dead."""
    chart.evaluate("window.part.dead = true")
    for choice in chart.get_by_role("radio").all():
        choice.check()

    assert [] == look(chart, "sent")
    assert "man 309 of 989 people 0.152" == rows(chart)[0]
