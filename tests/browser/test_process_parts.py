"""The parts about the process in a real browser, each on a plain page, with the keyboard too."""

import pytest
from support.bare_page import look, show, violations

from grader.widgets import KeyMoments, ProcessFlow, Snapshot, Transcript

PARTS = [ProcessFlow, KeyMoments, Snapshot, Transcript]
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active", "reduced_motion": "reduce"},
}
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"
SILENT_VOICE = """([locals]) => {
  window.said = [];
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const speech = new EventTarget();
  speech.getVoices = () => [{ lang: "en-GB", localService: locals }];
  speech.speak = (words) => { window.said.push(words); };
  speech.cancel = () => window.said.at(-1).onend();
  Object.defineProperty(window, "speechSynthesis", { value: speech, configurable: true });
}"""


def button(page, name: str):
    """The button of exactly this name."""
    return page.get_by_role("button", name=name, exact=True)


def spoken(page) -> str:
    """What was said last to those who listen to the page."""
    return " ".join(page.get_by_role("status").inner_text().split())


def told(page) -> str:
    """What stands under the controls of the flow."""
    return " ".join(page.locator(".told").inner_text().split())


def focused(page) -> str:
    """The name of the control that has the focus."""
    return page.evaluate(
        """() => {
          const inside = document.querySelector("#here > div > div").shadowRoot.activeElement;
          return inside && (inside.ariaLabel ?? inside.textContent);
        }"""
    )


def current(page) -> list[str]:
    """What is marked as current: node, line of the sample, row, column of the tracker."""
    marked = page.locator("[aria-current=step]")
    return [text.split("\n")[0].split("\t")[0] for text in marked.all_inner_texts()]


def cards(page) -> list[str]:
    """The names on the snapshot's cards, from top to bottom."""
    return page.locator(".card .name").all_inner_texts()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("look_of", LOOKS)
def test_nothing_hinders_people_who_need_aids(bare_page, part, look_of):
    """axe-core finds nothing on a light, a dark and a forced-colours page."""
    bare_page.emulate_media(**LOOKS[look_of])
    show(bare_page, part())
    found, checked = violations(bare_page)

    assert [] == found
    assert checked >= 14


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("width", [320, 480, 640])
def test_narrow_pages_do_not_scroll_sideways(bare_page, part, width):
    """Everything fits a small window, and so a page at 200 % zoom."""
    bare_page.set_viewport_size({"width": width, "height": 900})
    show(bare_page, part())

    assert not bare_page.evaluate(OVERFLOW)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_taken_off_the_page_stays_calm(bare_page, part):
    """A theme that changes after the part has left the document is no error on the page."""
    show(bare_page, part())
    bare_page.evaluate("document.getElementById('here').remove()")
    bare_page.emulate_media(color_scheme="dark")
    bare_page.evaluate("new Promise(requestAnimationFrame)")

    assert bare_page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


@pytest.mark.parametrize("part", PARTS)
def test_controls_are_large_enough(bare_page, part):
    """Every button is at least 36 pixels high and wide."""
    show(bare_page, part())
    boxes = [found.bounding_box() for found in bare_page.locator("button:visible").all()]

    assert len(boxes) >= 3
    assert all(box["height"] >= 36 and box["width"] >= 36 for box in boxes)


@pytest.mark.parametrize("part", PARTS)
def test_parts_ask_nothing_of_the_kernel(bare_page, part):
    """Every button works while the kernel is dead, and none sends a message."""
    show(bare_page, part())
    bare_page.evaluate("window.part.dead = true")
    for found in bare_page.locator("button:visible").all():
        found.dispatch_event("click")

    assert [] == look(bare_page, "sent")


def test_the_flow_tells_its_story_without_a_click(bare_page):
    """All rows and values stand there at first, and the first step is current."""
    show(bare_page, ProcessFlow())

    assert ["Assess Data Quality", "1. Collect data", "1", "Start"] == current(bare_page)
    assert 0 == bare_page.locator(".covered").count()
    assert "Step 1 of 7: Collect data." in told(bare_page)
    assert "" == spoken(bare_page)


def test_the_views_move_together(bare_page):
    """Next moves node, line, row and column, and the same sentence is seen and heard."""
    show(bare_page, ProcessFlow())
    for _ in range(3):
        button(bare_page, "Next ›").click()

    assert ["Check Bias & Fairness", "4. Test fairness", "4", "After Step 4"] == current(bare_page)
    assert (
        "Step 4 of 7: Test fairness. Fairness metrics acceptable. Next: Prepare for deployment. "
        "Model Fairness is now Verified fair."
    ) == spoken(bare_page)
    assert spoken(bare_page) == told(bare_page)


def test_arrow_keys_step_through_the_flow(bare_page):
    """Left, Right, Home and End work anywhere in the part; with Ctrl they are not ours."""
    show(bare_page, ProcessFlow())
    button(bare_page, "Predict first").focus()
    seen = []
    for key in ("ArrowRight", "End", "ArrowRight", "ArrowLeft", "Control+ArrowLeft", "Home"):
        bare_page.keyboard.press(key)
        seen.append(told(bare_page)[5])

    assert ["2", "7", "7", "6", "6", "1"] == seen
    assert "Predict first" == focused(bare_page)


def test_a_node_leads_to_its_rows(bare_page):
    """A node with two rows goes to the first, then to the second; one without says so."""
    show(bare_page, ProcessFlow())
    node = bare_page.get_by_role("button", name="Check Bias & Fairness")
    seen = []
    for _ in range(3):
        node.click()
        seen.append(told(bare_page)[5])
    bare_page.get_by_role("button", name="Implement Transparency").click()

    assert ["2", "4", "2"] == seen
    assert "Implement Transparency has no row in the Process Table." == spoken(bare_page)
    assert spoken(bare_page) == bare_page.locator(".where").inner_text()
    assert told(bare_page).startswith("Step 2 of 7")


def test_a_row_can_be_chosen(bare_page):
    """By its number, with the keyboard too, and by a click anywhere on it."""
    show(bare_page, ProcessFlow())
    button(bare_page, "Step 3").press("Enter")
    third = told(bare_page)
    bare_page.get_by_role("cell", name="Feedback incorporated").click()

    assert third.startswith("Step 3 of 7: Train model.")
    assert "Clean data: cleaned before training, visible from here." in third
    assert told(bare_page).startswith("Step 7 of 7")


def test_training_is_told_to_have_no_node(bare_page):
    """At step 3 no node is current, and a short line says why."""
    show(bare_page, ProcessFlow())
    button(bare_page, "Step 3").click()

    assert ["3. Train model", "3", "After Step 3"] == current(bare_page)
    assert "Train model has no node in the flow." == bare_page.locator(".where").inner_text()


def test_the_end_of_the_table_lights_the_way_back(bare_page):
    """After step 7 the cycle repeats; at step 6 the two orders are told to differ."""
    show(bare_page, ProcessFlow())
    way = bare_page.locator(".loop")
    before = way.inner_text()
    button(bare_page, "Step 6").click()
    sixth = told(bare_page)
    button(bare_page, "Step 7").click()

    assert "↺ then back to the start" == before
    assert "The flow shows Monitor & Audit AI before Deploy Responsibly;" in sixth
    assert "↺ Cycle repeats, then back to the start" == way.inner_text()


def test_the_tracker_tells_changes_in_words(bare_page):
    """A value that differs from the column before says so; a column without one is unchanged."""
    show(bare_page, ProcessFlow())
    changed = bare_page.locator("td:has(small)").all_inner_texts()
    heads = []
    for number in (3, 6):
        button(bare_page, f"Step {number}").click()
        heads.append(bare_page.locator("thead th[aria-current]").inner_text().split("\n"))

    assert ["Bias reduced", "Clean data", "Unverified", "Verified fair", "On"] == [
        text.split("\n")[0] for text in changed
    ]
    assert all("changed" in text for text in changed)
    assert [["After Step 3", "● now"], ["Final", "● unchanged"]] == heads


def test_a_narrow_tracker_brings_its_column_into_view(bare_page):
    """The column of the step stands beside the names, without moving the page."""
    bare_page.set_viewport_size({"width": 320, "height": 900})
    show(bare_page, ProcessFlow())
    button(bare_page, "Step 5").click()
    box = bare_page.locator("thead th[aria-current]").bounding_box()

    assert box["x"] > 100
    assert box["x"] + box["width"] < 320


def test_play_goes_to_the_end_and_stops(clocked_page):
    """The next step at once, then one each 2.5 seconds; at the end the button offers Play again."""
    show(clocked_page, ProcessFlow())
    play = clocked_page.get_by_role("button", name="Play")
    play.click()
    clocked_page.clock.run_for(2600)
    second = told(clocked_page)[5]
    paused = clocked_page.get_by_role("button", name="Pause").count()
    clocked_page.clock.run_for(20_000)

    assert ("3", 1) == (second, paused)
    assert "7" == told(clocked_page)[5]
    assert 1 == play.count()


@pytest.mark.parametrize("way", ["Pause", "Previous", "row", "key", "gone"])
def test_play_stops_at_any_move_by_hand(clocked_page, way):
    """Whoever takes over is not overrun; a part that was removed is silent."""
    show(clocked_page, ProcessFlow())
    clocked_page.get_by_role("button", name="Play").click()
    clocked_page.clock.run_for(2600)
    moves = {
        "Pause": lambda: clocked_page.get_by_role("button", name="Pause").click(),
        "Previous": lambda: button(clocked_page, "‹ Previous").click(),
        "row": lambda: button(clocked_page, "Step 2").click(),
        "key": lambda: clocked_page.keyboard.press("ArrowLeft"),
        "gone": lambda: clocked_page.evaluate("window.part.remove()"),
    }
    moves[way]()
    clocked_page.clock.run_for(9000)

    assert ("3" if way in ("Pause", "gone") else "2") == told(clocked_page)[5]


def test_predicting_covers_what_is_to_come(bare_page):
    """Later rows, lines and columns are covered, in words for those who listen."""
    show(bare_page, ProcessFlow())
    button(bare_page, "Step 4").click()
    button(bare_page, "Predict first").click()
    covered = bare_page.locator(".covered")

    assert "true" == button(bare_page, "Predict first").get_attribute("aria-pressed")
    # One line of the sample, three cells of three rows, two columns of three variables.
    assert 1 + 9 + 6 == covered.count()
    assert {"? hidden"} == {" ".join(text.split()) for text in covered.all_inner_texts()}
    assert 0 == bare_page.get_by_role("button", name="Play").count()


def test_a_guess_comes_before_the_row(bare_page):
    """Next asks; a guess is answered in one sentence, then the row opens and Next has the focus."""
    show(bare_page, ProcessFlow())
    button(bare_page, "Predict first").click()
    button(bare_page, "Next ›").press("Enter")
    question = spoken(bare_page)
    button(bare_page, "Model Fairness").click()
    first, focus = told(bare_page), focused(bare_page)
    button(bare_page, "Next ›").press("Enter")
    bare_page.keyboard.press("Tab")
    options = bare_page.locator(".told button").all_inner_texts()
    button(bare_page, "Train model").press("Enter")

    assert "The next row is Check for bias. Which variable of the tracker changes?" == question
    assert first.startswith("✘ Not quite: Data Quality is now Bias reduced. Step 2 of 7")
    assert "Next ›" == focus
    named = ["1 Deploy with monitoring", "2 Test fairness", "3 Train model", "Just show it"]
    assert named == options
    assert told(bare_page).startswith("✔ Yes: after “Apply bias mitigation” comes Train model.")
    assert "Next ›" == focused(bare_page)


def test_no_way_leads_past_a_guess(bare_page):
    """Rows, nodes and keys ask too; "Just show it" opens the next row without a verdict."""
    show(bare_page, ProcessFlow())
    button(bare_page, "Predict first").click()
    asked = []
    for move in (
        lambda: button(bare_page, "Step 7").click(),
        lambda: bare_page.get_by_role("button", name="Deploy Responsibly").click(),
        lambda: bare_page.keyboard.press("End"),
    ):
        move()
        asked.append(told(bare_page).split("?")[0])
        bare_page.keyboard.press("ArrowLeft")
    bare_page.keyboard.press("ArrowRight")
    button(bare_page, "Just show it").click()

    assert ["The next row is Check for bias. Which variable of the tracker changes"] * 3 == asked
    assert told(bare_page).startswith("Step 2 of 7: Check for bias.")


def test_leaving_a_question_keeps_the_focus(bare_page):
    """Going back while a question is open takes it back; the focus is on a control that stays."""
    show(bare_page, ProcessFlow())
    button(bare_page, "Step 2").click()
    button(bare_page, "Predict first").click()
    button(bare_page, "Next ›").click()
    button(bare_page, "Train model").focus()
    bare_page.keyboard.press("ArrowLeft")

    assert told(bare_page).startswith("Step 2 of 7")
    assert "Next ›" == focused(bare_page)


def test_key_moments_start_over_for_the_next_class(bare_page):
    """All answers are closed again, and nothing of what was written is left."""
    show(bare_page, KeyMoments())
    bare_page.get_by_role("textbox").first.fill("because")
    for shown in button(bare_page, "Show the answer").all():
        shown.click()
    button(bare_page, "Start over").click()

    assert 0 == bare_page.locator("[aria-expanded=true]").count()
    assert "" == bare_page.get_by_role("textbox").first.input_value()


def test_the_snapshot_starts_over_for_the_next_class(bare_page):
    """The cards lie as at first."""
    show(bare_page, Snapshot())
    before = cards(bare_page)
    button(bare_page, "Show the order").click()
    button(bare_page, "Start over").click()

    assert before == cards(bare_page)


def test_number_keys_answer_a_question(bare_page):
    """An option has the number before it; where nothing is asked a number does nothing."""
    show(bare_page, ProcessFlow())
    button(bare_page, "Predict first").click()
    bare_page.keyboard.press("1")
    before = told(bare_page)
    bare_page.keyboard.press("ArrowRight")
    bare_page.keyboard.press("1")

    assert before.startswith("Step 1 of 7")
    assert told(bare_page).startswith("✔ Yes: Data Quality is now Bias reduced. Step 2 of 7")


def test_predicting_from_the_end_starts_again(bare_page):
    """At step 7 nothing is left to predict, so the table is covered from step 1 on."""
    show(bare_page, ProcessFlow())
    button(bare_page, "Step 7").click()
    button(bare_page, "Predict first").click()
    start = told(bare_page)
    button(bare_page, "Predict first").click()

    assert start.startswith("Step 1 of 7")
    assert 0 == bare_page.locator(".covered").count()


@pytest.mark.parametrize("look_of", LOOKS)
def test_a_question_hinders_nobody_either(bare_page, look_of):
    """axe-core finds nothing while the flow asks and what is to come is covered."""
    bare_page.emulate_media(**LOOKS[look_of])
    show(bare_page, ProcessFlow())
    button(bare_page, "Predict first").click()
    button(bare_page, "Next ›").press("Enter")
    found, checked = violations(bare_page)

    assert [] == found
    assert checked > 20


def test_buttons_at_the_ends_keep_the_focus(bare_page):
    """Next at the last step is marked as unavailable, but a keyboard is still on it."""
    show(bare_page, ProcessFlow())
    onward = button(bare_page, "Next ›")
    onward.focus()
    for _ in range(8):
        bare_page.keyboard.press("Enter")

    assert "true" == onward.get_attribute("aria-disabled")
    assert "Next ›" == focused(bare_page)


def test_key_moments_show_no_answer_before_it_is_asked_for(bare_page):
    """All answers are closed at first; the button opens its own and closes it again."""
    show(bare_page, KeyMoments())
    opens = button(bare_page, "Show the answer")
    answers = bare_page.locator(".answer")
    before = answers.locator("visible=true").count()
    opens.nth(1).press("Enter")
    shown = answers.locator("visible=true").all_inner_texts()
    state = opens.nth(1).get_attribute("aria-expanded")
    opens.nth(1).press("Enter")

    assert (0, 1, "true") == (before, len(shown), state)
    assert "Process Table: rows 3 and 4" in shown[0]
    assert 0 == answers.locator("visible=true").count()


def test_keys_in_a_text_field_write_and_nothing_else(bare_page):
    """Neither letters nor copy and paste reach the notebook; saving it with Ctrl+S does."""
    show(bare_page, KeyMoments())
    bare_page.evaluate(
        "window.heard = []; document.addEventListener('keydown', (e) => window.heard.push(e.key))"
    )
    field = bare_page.get_by_label("Your own words (kept only on this page)").first
    field.focus()
    bare_page.keyboard.type("ddx")
    for key in ("ArrowLeft", "Control+a", "Control+c", "Control+s"):
        bare_page.keyboard.press(key)

    assert "ddx" == field.input_value()
    assert {"Control", "s"} == set(bare_page.evaluate("window.heard"))
    assert [] == look(bare_page, "sent")


def test_cards_move_by_button_and_key_and_keep_the_focus(bare_page):
    """A moved card keeps the focus, and its new place is said; the ends hold."""
    show(bare_page, Snapshot())
    before = cards(bare_page)
    button(bare_page, "Move Define clear AI goals up").press("Enter")
    said, focus = spoken(bare_page), focused(bare_page)
    for _ in range(9):
        bare_page.keyboard.press("Alt+ArrowUp")
    top = cards(bare_page)
    bare_page.keyboard.press("Alt+ArrowDown")

    assert 4 == before.index("Define clear AI goals")
    assert "Define clear AI goals: place 4 of 7." == said
    assert "Move Define clear AI goals up" == focus == focused(bare_page)
    assert 0 == top.index("Define clear AI goals")
    assert 1 == cards(bare_page).index("Define clear AI goals")


def test_cards_move_with_the_mouse(bare_page):
    """A card dragged past others lies where it was let go, and its place is said."""
    show(bare_page, Snapshot())
    held, last = cards(bare_page)[0], cards(bare_page)[-1]
    start = bare_page.get_by_text(held, exact=True).bounding_box()
    end = bare_page.get_by_text(last, exact=True).bounding_box()
    bare_page.mouse.move(start["x"] + 5, start["y"] + 5)
    bare_page.mouse.down()
    bare_page.mouse.move(end["x"] + 5, end["y"] + end["height"], steps=20)
    bare_page.mouse.up()
    bare_page.mouse.move(5, 5)

    assert [last, held] == cards(bare_page)[-2:]
    assert f"{held}: place 7 of 7." == spoken(bare_page)


def test_checking_counts_and_gives_no_order_away(bare_page):
    """Each card says in words whether it is in place; a move makes that out of date."""
    show(bare_page, Snapshot())
    before = cards(bare_page)
    button(bare_page, "Check the order").click()
    marks = bare_page.locator(".mark").all_inner_texts()
    said = spoken(bare_page)
    button(bare_page, f"Move {before[0]} down").click()

    assert ["✘ not here"] * 7 == marks
    assert said.startswith("0 of 7 are in place. Begin at place 1: ")
    assert said.endswith(" belongs further down.")
    assert before[1:2] + before[:1] + before[2:] == cards(bare_page)
    assert {""} == set(bare_page.locator(".mark").all_inner_texts())
    assert "" == bare_page.locator(".result").inner_text()


def test_the_right_order_reads_as_the_snapshot(bare_page):
    """It can be shown, and checked it is told to be right in one calm sentence."""
    show(bare_page, Snapshot())
    button(bare_page, "Show the order").click()
    shown = spoken(bare_page)
    button(bare_page, "Check the order").click()
    first = " ".join(bare_page.locator(".card").first.inner_text().split())

    assert "This is the order." == shown
    assert Snapshot().props()["practices"] == cards(bare_page)
    assert "✔ All 7 are in place: this is the order of the snapshot." == spoken(bare_page)
    assert "⠿ 1. Define clear AI goals ✔ in place ↑ ↓" == first


def test_the_order_can_be_made_with_the_keyboard_alone(bare_page):
    """Tab, Enter and Alt with arrows are enough to put all seven cards in place."""
    show(bare_page, Snapshot())
    for place, practice in enumerate(Snapshot().props()["practices"]):
        button(bare_page, f"Move {practice} up").focus()
        while cards(bare_page).index(practice) > place:
            bare_page.keyboard.press("Alt+ArrowUp")
    button(bare_page, "Check the order").press("Enter")

    assert spoken(bare_page).startswith("✔ All 7 are in place")


def test_a_sentence_lights_its_rows(bare_page):
    """Each sentence marks its rows and names them in words; arrow keys go on."""
    show(bare_page, Transcript())
    lit, said = [], []
    bare_page.locator("li button").first.focus()
    for _ in range(5):
        lit.append([row[0] for row in bare_page.locator("tr.lit").all_inner_texts()])
        said.append(bare_page.locator(".where").inner_text())
        bare_page.keyboard.press("ArrowDown")

    assert [list("1234567"), ["2", "3"], ["4"], ["5", "6"], ["7"]] == lit
    assert "Sentence 2 of 5. Process Table: rows 2 and 3." == said[1]
    assert said[4] == spoken(bare_page)
    assert "Then the cycle repeats, so that AI systems stay responsible." == focused(bare_page)


def test_reading_aloud_needs_a_voice_of_this_machine(bare_page):
    """Without a local English voice there is no Listen: nothing is sent away to be read."""
    bare_page.evaluate(SILENT_VOICE, [False])
    show(bare_page, Transcript())

    assert 0 == button(bare_page, "Listen").count()


def test_reading_aloud_follows_the_text(bare_page):
    """A sentence lights up while it is read, the next one follows, and Stop is quiet at once."""
    bare_page.evaluate(SILENT_VOICE, [True])
    show(bare_page, Transcript())
    button(bare_page, "Listen").click()
    bare_page.evaluate("window.said[0].onend()")
    where = bare_page.locator(".where").inner_text()
    button(bare_page, "Stop").click()
    read = bare_page.evaluate("window.said.map((words) => words.text.split(' ')[0])")

    assert "Sentence 2 of 5. Process Table: rows 2 and 3." == where
    assert ["Responsible", "Finding"] == read
    assert 1 == button(bare_page, "Listen").count()
