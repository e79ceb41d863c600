"""The question card on a plain page: choosing, keeping, hints, and the check of the practice."""

import pytest
from playwright.sync_api import expect
from support.bare_page import change, look, show, violations

from grader.widgets import Question

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active", "reduced_motion": "reduce"},
}
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"
OPTIONS = {"A": "It runs `faster`", "B": "It is <b>fair</b> & safe", "C": "Both", "D": "Neither"}
TEXTS = {
    "code": "scores = {'first_group': 0.85, 'second_group': 0.65}\nprint(min(scores.values()))",
    "after": "What does `print` show?",
    "note": "Read it as in a fresh session.",
    "level": "medium",
    "points": 2,
    "hints": ["Look at `min`.", "It keeps one of them.", "The smaller one."],
    "beside": ["process_table", "status_tracker"],
}
MATERIAL = {
    "answer": "B",
    "feedback": {"A": "Speed is `another` goal.", "B": "Right: people are treated fairly."},
    "steps": [["Read the goal", "It is about people."], ["Compare", "One option is."]],
    "lines": [["Final Answer", "The second one"], ["Note", "Only one of many goals."]],
    "common_mistakes": ["Speed for fairness", "More for better"],
}
OTHER = {"metadata": {}, "output_type": "display_data", "data": {"text/html": "<p>else</p>"}}
CELLS = """(cells) => {
  const list = (items) => ({
    length: items.length,
    get: (n) => items[n],
    set: (n, value) => { items[n] = { toJSON: () => value }; },
  });
  const output = (value) => ({ toJSON: () => value });
  window.part.context.model.cells = list(
    cells.map((outputs) => ({ outputs: outputs && list(outputs.map(output)) })),
  );
}"""
WRITTEN = """() => {
  const { cells } = window.part.context.model;
  return [...Array(cells.length).keys()].map((n) => {
    const { outputs } = cells.get(n);
    return outputs && [...Array(outputs.length).keys()].map((m) => outputs.get(m).toJSON());
  });
}"""
LOOK = """(node) => {
  const { backgroundColor, borderColor, boxShadow } = getComputedStyle(node.parentElement);
  return [backgroundColor, borderColor, boxShadow].join();
}"""
FOCUS = """() => {
  const { activeElement } = document.querySelector("#here > div > div").shadowRoot;
  return activeElement && (activeElement.value || activeElement.textContent);
}"""


def question(practice: bool = False, chosen: str = "", **texts) -> Question:
    """A card; of a practice edition it has something to tell."""
    part = Question("q1", "What is it for?", OPTIONS, **texts)
    part.set_answers({"q1": chosen})
    part._material = lambda: MATERIAL if practice else {}
    return part


def checked(page, letter: str, **texts) -> Question:
    """Show a card of a practice edition after the check of a letter, and return it."""
    part = question(practice=True, **texts)
    show(page, part, {})
    option(page, letter).check()
    page.get_by_role("button", name="Check answer").click()
    part.answer({"check": letter})
    change(page, "props", part.props())
    return part


def option(page, letter: str):
    """The radio button of an option."""
    return page.locator(f"input[value={letter}]")


def kept(page, words: str) -> str:
    """What the card says about the choice, once these words are in it."""
    page.locator(".kept", has_text=words).wait_for(timeout=5000)
    return page.locator(".kept").inner_text()


def spoken(page) -> str:
    """What was said last to those who listen to the page."""
    return " ".join(page.get_by_role("status").inner_text().split())


def told(page) -> list[str]:
    """What stands under the button: notices and verdicts."""
    return [" ".join(text.split()) for text in page.locator(".told").all_inner_texts()]


def open_all(page) -> None:
    """Open all that is closed."""
    page.locator(".page").evaluate(
        "node => node.querySelectorAll('details').forEach((one) => { one.open = true; })"
    )


def test_a_click_on_the_text_chooses(bare_page):
    """The whole line of an option can be clicked; the choice goes to kernel and notebook."""
    show(bare_page, question(), {})
    bare_page.get_by_text("Both").click()
    said = kept(bare_page, "Saved")

    assert option(bare_page, "C").is_checked()
    assert "Your answer is C. Saved in this notebook. Submit the notebook to have it graded." == (
        said
    )
    assert said == spoken(bare_page)
    assert "C" == look(bare_page, "values")["picked"]
    assert {"rai": {"answers": {"q1": "C"}}} == look(bare_page, "notebook")
    assert 1 == len(look(bare_page, "saves"))


def test_the_keyboard_chooses(bare_page):
    """Tab reaches the options, Space takes one, arrows take the next; the focus stays there."""
    show(bare_page, question(), {})
    bare_page.keyboard.press("Tab")
    first = bare_page.evaluate(FOCUS)
    bare_page.keyboard.press("Space")
    kept(bare_page, "answer is A. Saved")
    bare_page.keyboard.press("ArrowDown")
    kept(bare_page, "answer is B. Saved")
    bare_page.keyboard.press("ArrowUp")
    bare_page.keyboard.press("ArrowUp")
    kept(bare_page, "answer is D. Saved")

    assert ["A", "D"] == [first, bare_page.evaluate(FOCUS)]
    assert {"q1": "D"} == look(bare_page, "notebook")["rai"]["answers"]


def test_choosing_gives_no_verdict(bare_page):
    """Every option looks the same when it is chosen, and nothing is asked of the kernel."""
    show(bare_page, question(), {})
    looks = set()
    for letter in OPTIONS:
        option(bare_page, letter).check()
        kept(bare_page, f"answer is {letter}. Saved")
        bare_page.wait_for_timeout(250)
        looks.add(option(bare_page, letter).evaluate(LOOK))

    assert 1 == len(looks)
    assert [] == told(bare_page) == look(bare_page, "sent")
    assert ["Full screen"] == bare_page.get_by_role("button").all_inner_texts()


@pytest.mark.parametrize(
    "trouble",
    [
        "context.save = () => Promise.reject(new Error('403'))",
        "context.contentsModel.writable = false",
        "context.save = () => Promise.resolve()",  # as when the learner takes the file on disk
    ],
)
def test_a_choice_that_did_not_reach_the_disk_says_so(bare_page, trouble):
    """It stands in the open notebook, whose next save takes it along."""
    show(bare_page, question(), {})
    bare_page.evaluate(f"() => {{ window.part.{trouble}; }}")
    option(bare_page, "A").check()

    assert (
        "Your answer is A. Kept in this notebook; it reaches the disk with the next save (Ctrl+S)."
        == kept(bare_page, "Kept")
    )
    assert {"q1": "A"} == look(bare_page, "notebook")["rai"]["answers"]


def test_a_program_without_a_notebook_says_where_to_write(bare_page):
    """The graded edition names its cell for letters; the practice edition has none."""
    said = []
    for practice in (False, True):
        show(bare_page, question(practice), None)
        option(bare_page, "A").check()
        said.append(kept(bare_page, "does not keep"))

    assert [
        "Your answer is A. This program does not keep choices. "
        "Write the letter into the cell quiz_answers too.",
        "Your answer is A. This program does not keep choices.",
    ] == said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"other": 1}, {"other": 1, "answers": {"q1": "A"}}),
        (
            {"practice": {}, "answers": {"q2": "C"}},
            {"practice": {}, "answers": {"q2": "C", "q1": "A"}},
        ),
        ({"answers": []}, {"answers": {"q1": "A"}}),
        ({"answers": "text"}, {"answers": {"q1": "A"}}),
        ({"answers": {"q1": 7}}, {"answers": {"q1": "A"}}),
        ({"answers": {"q1": "Z"}}, {"answers": {"q1": "A"}}),
        (5, {"answers": {"q1": "A"}}),
        ("text", {"answers": {"q1": "A"}}),
        (None, {"answers": {"q1": "A"}}),
        ([], {"answers": {"q1": "A"}}),
    ],
)
def test_the_metadata_keeps_what_else_it_holds(bare_page, before, after):
    """Other names stay, and what makes no sense there breaks nothing."""
    show(bare_page, question(), {"rai": before, "kernelspec": {"name": "python3"}})
    fresh = bare_page.locator(".kept").inner_text()
    option(bare_page, "A").check()
    kept(bare_page, "Saved")

    assert "Choose one. You can change it later." == fresh
    assert {"rai": after, "kernelspec": {"name": "python3"}} == look(bare_page, "notebook")


@pytest.mark.parametrize("letter", ["B", " b) "])
def test_the_notebook_counts_before_the_kernel(bare_page, letter):
    """The kernel may have read an older file: the card shows the notebook's, and tells it."""
    show(bare_page, question(chosen="A"), {"rai": {"answers": {"q1": letter}}})

    assert option(bare_page, "B").is_checked()
    assert "B" == look(bare_page, "values")["picked"]
    assert bare_page.locator(".kept").inner_text().startswith("Your answer is B. Saved")
    assert [] == look(bare_page, "saves")


def test_a_notebook_without_the_answer_shows_the_kernels(bare_page):
    """It keeps it too; a program that offers no notebook shows it."""
    for notebook, where in (({}, "Saved in this notebook."), (None, "does not keep choices")):
        show(bare_page, question(chosen="D"), notebook)

        expect(bare_page.locator(".kept")).to_contain_text(where)
        assert option(bare_page, "D").is_checked()
        if notebook is not None:
            assert {"q1": "D"} == look(bare_page, "notebook")["rai"]["answers"]


def test_a_dead_kernel_loses_no_choice(bare_page):
    """The notebook takes it, and the card says so."""
    show(bare_page, question(), {})
    bare_page.evaluate("window.part.dead = true")
    option(bare_page, "B").check()

    assert kept(bare_page, "Saved").startswith("Your answer is B. Saved in this notebook.")
    assert {"q1": "B"} == look(bare_page, "notebook")["rai"]["answers"]


def test_a_choice_in_another_tab_arrives(bare_page):
    """It is shown and written, but the other tab is the one that saves."""
    show(bare_page, question(), {})
    change(bare_page, "picked", "C")
    said = kept(bare_page, "answer is C")

    assert option(bare_page, "C").is_checked()
    assert "reaches the disk with the next save" in said
    assert {"q1": "C"} == look(bare_page, "notebook")["rai"]["answers"]
    assert [] == look(bare_page, "saves")


@pytest.mark.parametrize("value", ["Z", "", 5, None, "constructor", "A" * 100_000])
def test_a_value_that_is_no_option_changes_nothing(bare_page, value):
    """The choice stays as it was, whatever arrives."""
    show(bare_page, question(), {"rai": {"answers": {"q1": "B"}}})
    change(bare_page, "picked", value)

    assert option(bare_page, "B").is_checked()
    assert {"q1": "B"} == look(bare_page, "notebook")["rai"]["answers"]


@pytest.mark.parametrize("letter", ["A", "B"])
def test_the_line_below_the_card_is_written_anew(bare_page, letter):
    """It reads as the kernel would write it; other outputs and cells are left alone."""
    part = question()
    outputs = [OTHER | {"data": page} for page in part.pages()]
    show(bare_page, part, {})
    bare_page.evaluate(CELLS, [None, [], [OTHER], outputs])
    option(bare_page, letter).check()
    kept(bare_page, "Saved")
    part.set_answers({"q1": letter})
    line = OTHER | {"data": part.pages()[1]}

    assert [None, [], [OTHER], [outputs[0], line]] == bare_page.evaluate(WRITTEN)


def test_texts_are_shown_as_they_were_typed(bare_page):
    """A tag is text, backticks are code, in every part of a card."""
    tag = "<img src=x onerror=alert(1)> and `code`"
    texts = {"code": tag, "after": tag, "note": tag, "level": tag, "hints": [tag]}
    part = Question("q1", tag, {"A": tag}, **texts)
    show(bare_page, part, {})
    bare_page.get_by_text("Hint 1 of 1").click()
    shown = bare_page.locator(".page").inner_text()

    assert 0 == bare_page.locator(".page img").count()
    assert 5 == shown.count("<img src=x onerror=alert(1)> and code")
    assert 2 == shown.count(tag)  # in code and in the badge backticks stay


def test_hints_open_one_after_the_other(bare_page):
    """The next hint can be seen when the one before was opened."""
    show(bare_page, question(hints=TEXTS["hints"]), {})
    seen = []
    for n in range(1, 4):
        seen.append(bare_page.locator("summary:visible").all_inner_texts())
        bare_page.get_by_text(f"Hint {n} of 3").press("Enter")
        bare_page.get_by_text(TEXTS["hints"][n - 1].replace("`", "")).wait_for()

    assert [[f"Hint {m} of 3" for m in range(1, n + 1)] for n in range(1, 4)] == seen


def test_a_check_without_a_choice_says_what_is_missing(bare_page):
    """The button looks and is said to be off, can be reached, and tells why."""
    show(bare_page, question(practice=True), {})
    button = bare_page.get_by_role("button", name="Check answer")
    off = button.get_attribute("aria-disabled")
    dashes = button.evaluate("node => getComputedStyle(node).borderStyle")
    button.press("Enter")
    found = told(bare_page)
    option(bare_page, "C").check()
    kept(bare_page, "Saved")

    assert ("true", "dashed") == (off, dashes)
    assert ["Choose an answer first."] == found
    assert [] == told(bare_page) == look(bare_page, "sent")
    assert "false" == button.get_attribute("aria-disabled")


def test_a_check_asks_the_kernel(bare_page):
    """The letter goes there once, and what is kept needs no word about grading."""
    show(bare_page, question(practice=True), {})
    option(bare_page, "C").check()
    said = kept(bare_page, "Saved")
    bare_page.get_by_role("button", name="Check answer").press("Enter")

    assert "Your answer is C. Saved in this notebook." == said
    assert [{"check": "C"}] == look(bare_page, "sent")
    assert [] == told(bare_page)
    assert "Check answer" == bare_page.evaluate(FOCUS)


def test_a_verdict_is_words_and_a_shape(bare_page):
    """It tells why, is spoken as one sentence, and keeps the solution closed."""
    found, heard = [], []
    for letter in "AB":
        checked(bare_page, letter)
        found += told(bare_page)
        heard.append(spoken(bare_page))

        assert 1 == bare_page.locator("details:not([open])").count()
        assert "Show the solution" == bare_page.locator("summary:visible").inner_text()
        assert "Check answer" == bare_page.evaluate(FOCUS)
    assert ["✘ Not yet Speed is another goal.", "✔ Correct People are treated fairly."] == found
    assert ["✘ Not yet. Speed is another goal.", "✔ Correct. People are treated fairly."] == heard


def test_the_solution_can_be_opened(bare_page):
    """Steps in their order, the lines with their names, and the common mistakes."""
    checked(bare_page, "A")
    bare_page.get_by_text("Show the solution").press("Enter")
    bare_page.get_by_text("It is about people.").wait_for()
    text = " ".join(bare_page.locator("details").inner_text().split())

    assert (
        "Show the solution Read the goal It is about people. Compare One option is. "
        "Final Answer: The second one Note: Only one of many goals. "
        "Common Mistakes: Speed for fairness More for better"
    ) == text


def test_a_changed_choice_has_no_verdict(bare_page):
    """It goes with the change; the same letter has to be checked again."""
    part = checked(bare_page, "A")
    seen = [len(told(bare_page))]
    for letter in "BA":
        option(bare_page, letter).check()
        kept(bare_page, f"answer is {letter}. Saved")
        seen.append(len(told(bare_page)))
    part.answer({"check": "A"})
    change(bare_page, "props", part.props())
    seen.append(len(told(bare_page)))

    assert [1, 0, 0, 1] == seen


def test_a_verdict_that_comes_late_is_not_shown(bare_page):
    """The kernel was slow, and another option is chosen by now."""
    part = question(practice=True)
    show(bare_page, part, {})
    option(bare_page, "B").check()
    part.answer({"check": "A"})
    change(bare_page, "props", part.props())

    assert [] == told(bare_page)


def test_a_verdict_outlives_a_reload_of_the_page(bare_page):
    """What the kernel told last is there again, with its choice."""
    part = question(practice=True, chosen="B")
    part.answer({"check": "B"})
    show(bare_page, part, {})

    assert ["✔ Correct People are treated fairly."] == told(bare_page)


def test_a_check_with_a_dead_kernel_says_so(bare_page):
    """In words to be seen and heard."""
    show(bare_page, question(practice=True), {})
    option(bare_page, "B").check()
    kept(bare_page, "Saved")
    bare_page.evaluate("window.part.dead = true")
    bare_page.get_by_role("button", name="Check answer").click()

    assert ["The kernel stopped or was restarted. Run this cell again."] == told(bare_page)
    assert told(bare_page)[0] == spoken(bare_page)


def test_a_kernel_that_does_not_answer_is_not_waited_for(clocked_page):
    """A kernel restarted since then knows nothing of the card; an answer ends the waiting."""
    part = question(practice=True)
    show(clocked_page, part, {})
    option(clocked_page, "B").check()
    kept(clocked_page, "Saved")
    button = clocked_page.get_by_role("button", name="Check answer")
    seen = []
    button.click()
    for _ in range(2):
        clocked_page.clock.fast_forward(3000)
        seen.append(told(clocked_page))
    button.click()
    part.answer({"check": "B"})
    change(clocked_page, "props", part.props())
    clocked_page.clock.fast_forward(9000)

    assert [[], ["No reply yet. Is the kernel busy? Else run this cell again."]] == seen
    assert ["✔ Correct People are treated fairly."] == told(clocked_page)


def test_keys_typed_in_a_card_are_not_the_notebooks(bare_page):
    """Two d's would delete the cell; Ctrl+S and Escape are meant for the notebook."""
    show(bare_page, question(), {})
    bare_page.evaluate(
        """() => {
          window.heard = [];
          document.addEventListener("keydown", (event) => {
            window.heard.push(event.key);
            event.preventDefault();
          });
        }"""
    )
    option(bare_page, "A").focus()
    for key in ["d", "d", "x", "a", "b", "m", "Control+s", "Escape"]:
        bare_page.keyboard.press(key)

    assert ["Control", "s", "Escape"] == bare_page.evaluate("window.heard")


def test_a_card_that_is_closed_listens_no_more(bare_page):
    """A second run of its cell leaves nothing of it behind."""
    show(bare_page, question(practice=True), {})
    bare_page.evaluate("window.part.remove()")

    assert {"change:picked": [], "change:props": []} == look(bare_page, "listeners")


@pytest.mark.parametrize("look_of", LOOKS)
@pytest.mark.parametrize("width", [1000, 480])
@pytest.mark.parametrize("letter", ["", "A", "B"])
def test_nothing_hinders_people_who_need_aids(bare_page, look_of, width, letter, picture):
    """axe-core finds nothing, with and without a verdict, with all that opens open."""
    bare_page.emulate_media(**LOOKS[look_of])
    bare_page.set_viewport_size({"width": width, "height": 900})
    if letter:
        checked(bare_page, letter, **TEXTS)
    else:
        show(bare_page, question(practice=True, **TEXTS), {})
        bare_page.get_by_role("button", name="Check answer").press("Enter")
    open_all(bare_page)
    bare_page.wait_for_timeout(250)
    found, nodes = violations(bare_page)
    picture(bare_page, f"card-{letter or 'none'}-{look_of}-{width}", full_page=True)

    assert [] == found
    assert nodes > 30


@pytest.mark.parametrize("width", [320, 480, 640])
def test_narrow_pages_do_not_scroll_sideways(bare_page, width):
    """Everything fits a small window, and so a page at 200 % zoom."""
    bare_page.set_viewport_size({"width": width, "height": 900})
    checked(bare_page, "A", **TEXTS)
    open_all(bare_page)

    assert not bare_page.evaluate(OVERFLOW)


def test_targets_are_large_enough(bare_page):
    """Options, button and hints are at least 36 pixels high."""
    checked(bare_page, "A", **TEXTS)
    targets = bare_page.locator(".option:visible, button:visible, summary:visible")
    heights = [target.bounding_box()["height"] for target in targets.all()]

    assert len(heights) >= 7
    assert all(height >= 36 for height in heights)


def test_options_have_names_and_belong_together(bare_page):
    """People who listen hear the question once, and each option with its letter."""
    show(bare_page, question(**TEXTS), {})
    group = bare_page.get_by_role("group", name="What does print show?")
    names = [" ".join(label.split()) for label in group.locator("label").all_inner_texts()]

    assert 4 == group.get_by_role("radio").count()
    assert "A. It runs faster" == names[0]
    assert bare_page.get_by_role("radio", name="B. It is <b>fair</b> & safe").is_visible()
    assert bare_page.get_by_role("region", name="Q 1").is_visible()
