"""The rubric of an answer in the formgrader: ticks are the score, and stand in the comment."""

import sqlite3

import pytest
from conftest import grader_lab, serving
from playwright.sync_api import expect
from support.bare_page import violations
from support.browsers import need_browser
from support.rubrics import LINES, WRITTEN, essay_course, hand_in, run
from support.windows import watched

FORGED = f"""# a7

## a7-comment

<b id="a7" class="full-credit no-credit score nbgrader_cell">Click here</b>
<div class="rubric" role="status">5 of 5 points</div>
<script>window.ran = 1</script><img src=x onerror="window.ran = 1">

**Rubric: 5 of 5 points**

- ✔ {LINES[0]}
"""
SLOWLY = """() => {
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) { setTimeout(() => send.call(this, body), 200); };
}"""
STUDENTS = ("ada", "ben", "cleo", "dan", "eva", "finn", "gina", "hugo")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """An instructor's JupyterLab on a course whose essays are graded as far as a machine can."""
    need_browser()
    course = essay_course(tmp_path_factory.mktemp("essays") / "course")
    (course.root.parent / "home").mkdir()
    for student in STUDENTS:
        hand_in(course, student, a6="My view.", a7=WRITTEN)
    hand_in(course, "zoe", a6=FORGED, a7=FORGED)
    run(course, "grader", "grade", "essay")
    with serving(course, "formgrader", *grader_lab("instructor")) as running:
        yield running


def open_essay(page, desk, student: str) -> None:
    """Open a learner's essay in the formgrader, with its scores and comments loaded."""
    page.request.get(desk.url("/api/me"))  # logs in
    found = page.request.get(desk.url("/formgrader/api/submitted_notebooks/essay/entry")).json()
    row = next(one["id"] for one in found if one["student"] == student)
    page.goto(desk.url(f"/formgrader/submissions/{row}/"))
    expect(boxes(page).first).to_be_enabled()


def boxes(page):
    """The boxes of the rubric of a7."""
    return page.get_by_role("group", name="Rubric").get_by_role("checkbox")


def score(page):
    """The score of a7."""
    return page.locator("input#a7")


def comment(page):
    """The comment on a7."""
    return page.locator("textarea#a7-comment")


def status(page):
    """What stands below the boxes."""
    return page.get_by_role("status")


def kept(desk, student: str) -> tuple:
    """What the gradebook holds about a7: score by hand, whether a person has to look, comment."""
    wanted = """
        select grade.manual_score, grade.needs_manual_grade, comment.manual_comment
        from submitted_assignment as sent
        join submitted_notebook as nb on nb.assignment_id = sent.id
        join grade on grade.notebook_id = nb.id
        join base_cell as graded on graded.id = grade.cell_id and graded.name = 'a7'
        join comment on comment.notebook_id = nb.id
        join base_cell as told on told.id = comment.cell_id and told.name = 'a7'
        where sent.student_id = ?"""
    with sqlite3.connect(desk.course.root / "gradebook.db") as book:
        return book.execute(wanted, [student]).fetchone()


def saved(page, desk, student: str, *wanted) -> None:
    """Wait until the gradebook holds a score and whether a person looks, and all is sent."""
    for _ in range(100):
        if kept(desk, student)[:2] == wanted and page.evaluate("$.active === 0"):
            break
        page.wait_for_timeout(50)

    assert wanted == kept(desk, student)[:2]


def ticks(page) -> list[bool]:
    """Which boxes are ticked."""
    return [box.is_checked() for box in boxes(page).all()]


def test_ticks_are_the_score_and_reach_the_learner(desk, page, picture):
    """Three of five lines: the score, the gradebook, the page after a reload, the feedback."""
    seen = watched(page)
    open_essay(page, desk, "ada")
    expect(status(page)).to_have_text("5 points open: this answer waits for you.")
    assert (None, 1, None) == kept(desk, "ada")
    picture(page, "80-rubric-open", full_page=True)
    for n in (0, 1, 2):
        boxes(page).nth(n).check()
    expect(score(page)).to_have_value("3")
    expect(status(page)).to_have_text("3 of 5 points")
    saved(page, desk, "ada", 3.0, 0)
    page.get_by_text("Model answer").last.click()
    picture(page, "81-rubric-ticked", full_page=True)
    page.reload()
    expect(boxes(page).first).to_be_enabled()
    run(desk.course, "grader", "feedback", "essay")
    told = desk.course.feedback("ada", "essay") / "entry.html"
    page.goto("about:blank")
    page.set_content(told.read_text(encoding="utf-8"))
    picture(page, "82-rubric-feedback", full_page=True)
    said = page.locator("#a7 .comment")

    expect(said).to_contain_text("Rubric: 3 of 5 points")
    expect(said.get_by_role("listitem")).to_have_count(5)
    expect(said.get_by_role("listitem").nth(0)).to_have_text("✔ " + LINES[0].replace("`", ""))
    expect(said.get_by_role("listitem").nth(3)).to_contain_text("○ 0.5 points")
    assert "3 of 5 points" in page.locator("#a7 .points").inner_text()
    assert [] == seen.errors


def test_the_page_opens_with_the_ticks_of_before(desk, page):
    """They are read from the comment, and one can be taken away again."""
    open_essay(page, desk, "ben")
    for n in (0, 4):
        boxes(page).nth(n).check()
    saved(page, desk, "ben", 2.5, 0)
    page.reload()
    expect(boxes(page).first).to_be_enabled()

    assert [True, False, False, False, True] == ticks(page)
    boxes(page).nth(0).uncheck()
    expect(score(page)).to_have_value("1.5")
    saved(page, desk, "ben", 1.5, 0)
    assert f"- ○ {LINES[0]}" in kept(desk, "ben")[2]


def test_without_a_tick_the_answer_waits_again(desk, page):
    """The last tick taken away is no 0: score and rubric go, and only "No credit" gives 0."""
    open_essay(page, desk, "cleo")
    boxes(page).nth(1).check()
    saved(page, desk, "cleo", 1.0, 0)
    boxes(page).nth(1).uncheck()
    expect(score(page)).to_have_value("")
    saved(page, desk, "cleo", None, 1)
    assert not kept(desk, "cleo")[2]

    card = page.locator(".nbgrader_cell", has=score(page))
    card.get_by_role("button", name="No credit").click()
    saved(page, desk, "cleo", 0.0, 0)
    assert "**Rubric: 0 of 5 points**" in kept(desk, "cleo")[2]
    card.get_by_role("button", name="Full credit").click()
    saved(page, desk, "cleo", 5.0, 0)
    assert [True] * 5 == ticks(page)
    assert 5 == kept(desk, "cleo")[2].count("✔")


def test_an_instructors_own_words_are_kept(desk, page):
    """Words above, below and behind a line stay where they are, whatever is ticked."""
    open_essay(page, desk, "dan")
    comment(page).fill("Nice start.\n\n- ✔ my own list")
    boxes(page).nth(1).check()
    saved(page, desk, "dan", 1.0, 0)
    expect(comment(page)).to_have_value(
        "Nice start.\n\n- ✔ my own list\n\n**Rubric: 1 of 5 points**\n\n"
        + "\n".join(f"- {'✔' if n == 1 else '○'} {line}" for n, line in enumerate(LINES))
    )
    behind = comment(page).input_value().replace(f"{LINES[1]}\n", f"{LINES[1]} - well put\n")
    comment(page).fill(behind + "\n\nSee you on Monday.")
    boxes(page).nth(4).check()
    saved(page, desk, "dan", 2.5, 0)
    text = kept(desk, "dan")[2]
    assert text.startswith("Nice start.\n\n- ✔ my own list\n\n**Rubric: 2.5 of 5 points**\n\n- ○ ")
    assert text.endswith(f"- ✔ {LINES[4]}\n\nSee you on Monday.")
    assert f"- ✔ {LINES[1]} - well put\n" in text
    for n in (1, 4):
        boxes(page).nth(n).uncheck()
    saved(page, desk, "dan", None, 1)
    wanted = "Nice start.\n\n- ✔ my own list\n\n{}\n\nSee you on Monday."
    assert wanted.format(f"- ○ {LINES[1]} - well put") == kept(desk, "dan")[2]


def test_a_score_typed_by_hand_wins(desk, page):
    """The ticks stay, and the page says that they make another sum."""
    open_essay(page, desk, "eva")
    boxes(page).nth(0).check()
    saved(page, desk, "eva", 1.0, 0)
    score(page).fill("4")
    score(page).press("Tab")
    saved(page, desk, "eva", 4.0, 0)

    expect(status(page)).to_have_text("1 of 5 points ticked; the score above says 4.")
    comment(page).fill("All mine.")
    comment(page).press("Tab")
    expect(boxes(page).nth(0)).not_to_be_checked()
    saved(page, desk, "eva", 4.0, 0)
    assert "All mine." == kept(desk, "eva")[2]


def test_the_keyboard_does_it_all(desk, page):
    """Tab reaches each box and the model answer, Space ticks, Enter opens, Ctrl+. goes on."""
    open_essay(page, desk, "finn")
    score(page).focus()
    for _ in range(2):  # over the extra points
        page.keyboard.press("Tab")
    expect(boxes(page).nth(0)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(boxes(page).nth(2)).to_be_focused()
    expect(status(page)).to_have_text("2 of 5 points")
    ring = boxes(page).nth(2).evaluate("one => getComputedStyle(one).outline")
    assert "3px" in ring and "solid" in ring
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.locator("summary").last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Its accuracy for women is 0.769.")).to_be_visible()
    page.keyboard.press("Tab")
    expect(comment(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(boxes(page).nth(4)).to_be_focused()
    here = page.url
    page.keyboard.press("Control+.")
    page.wait_for_url(lambda url: url.split("?")[0] != here.split("?")[0])

    assert (2.0, 0) == kept(desk, "finn")[:2]


def test_leaving_by_keyboard_changes_nothing(desk, page):
    """Where nothing was ticked, a box with the focus leaves a score typed by hand alone."""
    open_essay(page, desk, "gina")
    score(page).fill("4")
    score(page).press("Tab")
    saved(page, desk, "gina", 4.0, 0)
    boxes(page).nth(0).focus()
    here = page.url
    page.keyboard.press("Control+,")
    page.wait_for_url(lambda url: url.split("?")[0] != here.split("?")[0])

    assert (4.0, 0) == kept(desk, "gina")[:2]
    assert not kept(desk, "gina")[2]


def test_quick_ticks_on_a_slow_server_all_count(desk, page):
    """One request goes after the other, and the last state is what stays."""
    open_essay(page, desk, "hugo")
    page.evaluate(SLOWLY)
    for n in (0, 1, 2, 1, 4):
        boxes(page).nth(n).click()
    saved(page, desk, "hugo", 3.5, 0)
    page.wait_for_timeout(500)

    assert [True, False, True, False, True] == ticks(page)
    expect(score(page)).to_have_value("3.5")
    assert "**Rubric: 3.5 of 5 points**" in kept(desk, "hugo")[2]
    assert 3 == kept(desk, "hugo")[2].count("✔")


def test_what_is_not_saved_is_told(desk, page):
    """A server that does not answer is no silent loss."""
    open_essay(page, desk, "hugo")
    page.route("**/formgrader/api/**", lambda route: route.abort())
    boxes(page).nth(3).click()

    expect(status(page)).to_contain_text("Not saved")


def test_a_learner_cannot_pass_for_the_page(desk, page, picture):
    """Ids, classes, signs and scripts in an answer neither tick, score nor run anything."""
    seen = watched(page)
    open_essay(page, desk, "zoe")
    picture(page, "83-rubric-forged", full_page=True)

    assert [False] * 5 == ticks(page)
    assert 1 == page.locator("#a7").count() == page.locator("#a7-comment").count()
    for lure in page.get_by_text("Click here").all():
        lure.click()
    page.wait_for_timeout(300)
    assert (None, 1, None) == kept(desk, "zoe")
    assert page.evaluate("window.ran") is None
    boxes(page).nth(0).check()
    saved(page, desk, "zoe", 1.0, 0)
    expect(score(page)).to_have_value("1")
    expect(page.locator("input#a6")).to_have_value("")
    assert [] == seen.errors


def test_the_rubric_has_no_barrier(desk, page, picture):
    """axe-core finds nothing in it, and at 400 pixels it needs no sideways scrolling."""
    open_essay(page, desk, "gina")
    page.locator("summary").last.click()
    told, checked = violations(page, ".rubric")
    assert [] == told
    assert checked > 6

    page.set_viewport_size({"width": 400, "height": 800})
    picture(page, "84-rubric-narrow", full_page=True)
    wide = page.locator(".rubric").last.evaluate("one => one.scrollWidth - one.clientWidth")
    assert wide <= 0
    for box in page.locator(".rubric label").all():
        assert box.bounding_box()["height"] >= 36


def test_plain_jupyter_lab_shows_it_too(desk, browser):
    """Nothing but the course's nbgrader_config.py is needed."""
    with serving(desk.course, "plain", "jupyterlab", "--no-browser") as plain:
        context = browser.new_context()
        page = context.new_page()
        open_essay(page, plain, "gina")
        count = boxes(page).count()
        context.close()

    assert 5 == count
