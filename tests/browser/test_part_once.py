"""
Cards whose first answer counts, and how strong the pattern is, on a plain page: choosing is not
giving, and what was given stays.
"""

import pytest
from support.bare_page import change, look, show, violations

from grader.widgets import Question, Strength
from grader.widgets.kernel import session
from grader.widgets.strength import Scale

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active", "reduced_motion": "reduce"},
}
WRITE = "rai => window.part.context.model.setMetadata('rai', rai)"
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"
FOCUS = """() => {
  const { activeElement } = document.querySelector("#here > div > div").shadowRoot;
  return activeElement && (activeElement.value || activeElement.textContent);
}"""
OPTIONS = {"A": "It runs `faster`", "B": "It is fair & safe", "C": "Both", "D": "Neither"}
TEXTS = {
    "code": "scores = {'first_group': 0.85, 'second_group': 0.65}\nprint(min(scores.values()))",
    "level": "hard",
    "points": 3,
    "hints": ["Look at `min`.", "It keeps one of them."],
    "figures": {
        "caption": "Applicants",
        "columns": ["Group", "Qualified", "Selected and qualified"],
        "rows": [["A", "60", "45"], ["B", "60", "30"]],
    },
}
MATERIAL = {
    "answer": "B",
    "feedback": {"A": "Speed is `another` goal.", "B": "Right. People are treated fairly."},
    "steps": [["Read the goal", "It is about people."]],
    "lines": [["Final Answer", "The second one"]],
    "common_mistakes": ["Speed for fairness"],
}
KEYS = [f"pt{n:02}" for n in range(1, 11)]
SCALE = Scale(
    {key: ("A", 2, "hard" if n > 7 else "easy", [f"C{n}"]) for n, key in enumerate(KEYS, 1)},
    {f"C{n}": (f"Concept {n}", f"Part {n} (`min_count`)") for n in range(1, 11)},
    16,
    2,
    11,
)


@pytest.fixture(autouse=True)
def own_answers(monkeypatch):
    """Answers of one test are not those of the next."""
    monkeypatch.setattr(session, "given", {})
    monkeypatch.setattr(session, "picked", {})


def question(practice: bool = False, **texts) -> Question:
    """A card whose first answer counts; of a practice edition it has something to tell."""
    part = Question("q1", "What is it for?", OPTIONS, once=True, **texts)
    part._material = lambda: MATERIAL if practice else {}
    return part


def option(page, letter: str):
    """The radio button of an option."""
    return page.locator(f"input[value={letter}]")


def give(page):
    """The button that makes a choice the answer."""
    return page.get_by_role("button", name="Give this answer")


def kept(page, words: str) -> str:
    """What the card says about the choice, once these words are in it."""
    page.locator(".kept", has_text=words).wait_for(timeout=5000)
    return page.locator(".kept").inner_text()


def answered(page, letter: str = "B", **texts) -> Question:
    """Show a card, choose and give a letter, and return the card."""
    part = question(**texts)
    show(page, part, {})
    option(page, letter).check()
    give(page).click()
    kept(page, f"Answer given: {letter}. Saved")
    return part


def spoken(page) -> str:
    """What was said last to those who listen to the page."""
    return " ".join(page.get_by_role("status").inner_text().split())


def open_all(page) -> None:
    """Open all that is closed."""
    page.locator(".page").evaluate(
        "node => node.querySelectorAll('details').forEach((one) => { one.open = true; })"
    )


def test_choosing_is_not_giving(bare_page):
    """A choice is saved at once, can be changed, and nothing is given."""
    show(bare_page, question(), {})
    fresh = bare_page.locator(".kept").inner_text()
    said = []
    for letter in "AB":
        option(bare_page, letter).check()
        said.append(kept(bare_page, f"{letter}. Saved"))

    assert "○ Choose one. You can change it until it is given." == fresh
    assert [f"◐ Chosen, not given yet: {one}. Saved in this notebook." for one in "AB"] == said
    assert {"rai": {"answers": {"q1": "B"}}} == look(bare_page, "notebook")
    assert [] == look(bare_page, "sent")
    assert bare_page.get_by_text("Your first answer counts: once given it cannot").is_visible()


def test_arrow_keys_do_not_give(bare_page):
    """They choose; Tab goes on to the button, and Enter there gives."""
    show(bare_page, question(), {})
    bare_page.keyboard.press("Tab")
    bare_page.keyboard.press("Space")
    for _ in range(3):
        bare_page.keyboard.press("ArrowDown")
    kept(bare_page, "not given yet: D. Saved")
    before = look(bare_page, "notebook")["rai"]
    bare_page.keyboard.press("Tab")
    reached = bare_page.evaluate(FOCUS)
    bare_page.keyboard.press("Enter")
    said = kept(bare_page, "Answer given: D. Saved")

    assert {"answers": {"q1": "D"}} == before
    assert "Give this answer" == reached
    assert "● Answer given: D. Saved in this notebook." == said == spoken(bare_page)
    assert said == bare_page.evaluate(FOCUS)  # not lost with the button
    assert {"answers": {"q1": "D"}, "given": {"q1": "D"}} == look(bare_page, "notebook")["rai"]
    assert [{"give": "D"}] == look(bare_page, "sent")


def test_what_was_given_cannot_be_changed(bare_page):
    """The options are off, the button is gone, and the answer stands in words."""
    answered(bare_page, "B")
    bare_page.get_by_text("Both").click(force=True)

    assert 4 == bare_page.locator("input:disabled").count()
    assert option(bare_page, "B").is_checked()
    assert ["Full screen"] == bare_page.locator("button:visible").all_inner_texts()
    assert {"q1": "B"} == look(bare_page, "notebook")["rai"]["given"]
    assert 2 == len(look(bare_page, "saves"))


def test_giving_without_a_choice_says_what_is_missing(bare_page):
    """The button looks and is said to be off, can be reached, and tells why."""
    show(bare_page, question(), {})
    off = give(bare_page).get_attribute("aria-disabled")
    give(bare_page).press("Enter")
    told = bare_page.locator(".told").inner_text(), spoken(bare_page)
    option(bare_page, "C").check()
    kept(bare_page, "Saved")

    assert ("true", "Choose an answer first.", "Choose an answer first.") == (off, *told)
    assert "false" == give(bare_page).get_attribute("aria-disabled")
    assert "given" not in look(bare_page, "notebook")["rai"]


@pytest.mark.parametrize("rai", [{"given": {"q1": " b) "}, "answers": {"q1": "A"}}, {}])
def test_an_answer_given_before_is_there_again(bare_page, rai):
    """After a reload the notebook tells it, or the kernel does; nothing is written for that."""
    part = question()
    if not rai:
        session.given["q1"] = "B"
    show(bare_page, part, {"rai": rai})

    assert "● Answer given: B. Saved in this notebook." == bare_page.locator(".kept").inner_text()
    assert 4 == bare_page.locator("input:disabled").count()
    assert ([{"give": "B"}] if rai else []) == look(bare_page, "sent")
    assert [] == look(bare_page, "saves")


@pytest.mark.parametrize("given", [["B"], {"q1": "Z"}, {"q1": 5}, {"q2": "B"}, "B", None])
def test_what_is_no_answer_was_not_given(bare_page, given):
    """The file may hold anything: the card waits for an answer, and keeps what else is there."""
    show(bare_page, question(), {"rai": {"given": given, "other": 1}})
    option(bare_page, "C").check()
    give(bare_page).click()
    kept(bare_page, "Answer given: C. Saved")
    rai = look(bare_page, "notebook")["rai"]

    assert ("C", {"q1": "C"}, 1) == (rai["given"]["q1"], rai["answers"], rai["other"])
    assert given != {"q2": "B"} or "B" == rai["given"]["q2"]


def test_a_dead_kernel_takes_no_answer_away(bare_page):
    """The notebook keeps what is given."""
    show(bare_page, question(), {})
    bare_page.evaluate("window.part.dead = true")
    option(bare_page, "B").check()
    give(bare_page).click()

    assert "● Answer given: B. Saved in this notebook." == kept(bare_page, "Saved in")
    assert {"q1": "B"} == look(bare_page, "notebook")["rai"]["given"]


@pytest.mark.parametrize("notebook", [{}, None])
def test_an_answer_given_in_another_tab_arrives(bare_page, notebook):
    """It is shown, and written where there is a notebook; the other tab is the one that saves."""
    part = question()
    show(bare_page, part, notebook)
    option(bare_page, "A").check()
    kept(bare_page, "not given yet: A.")
    saves = len(look(bare_page, "saves"))
    session.given["q1"] = "C"
    change(bare_page, "props", part.props())
    kept(bare_page, "Answer given: C.")
    change(bare_page, "picked", "D")

    assert option(bare_page, "C").is_checked()
    assert saves == len(look(bare_page, "saves"))
    if notebook is not None:
        assert {"q1": "C"} == look(bare_page, "notebook")["rai"]["given"]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("context.contentsModel.writable = false", "it reaches the disk with the next save"),
        ("context.model.setMetadata = null", "Write the letter into the cell quiz_answers too."),
    ],
)
def test_an_answer_that_did_not_reach_the_disk_says_so(bare_page, trouble, said):
    """In the words that a choice gets, too."""
    show(bare_page, question(), {})
    bare_page.evaluate(f"() => {{ window.part.{trouble}; }}")
    option(bare_page, "A").check()
    give(bare_page).click()

    assert kept(bare_page, said).startswith("● Answer given: A.")


def test_in_practice_checking_is_giving(bare_page):
    """One button for both; the verdict on the first answer comes, and no other can be checked."""
    part = question(practice=True)
    show(bare_page, part, {})
    option(bare_page, "A").check()
    chosen = kept(bare_page, "Saved")
    bare_page.get_by_role("button", name="Check answer").press("Enter")
    kept(bare_page, "Answer given: A. Saved")
    part.answer({"check": "A"})
    change(bare_page, "props", part.props())
    told = " ".join(bare_page.locator(".told").inner_text().split())

    assert "◐ Chosen, not checked yet: A. Saved in this notebook." == chosen
    assert "✘ Not yet Speed is another goal." == told
    assert "✘ Not yet. Speed is another goal." == spoken(bare_page)
    assert [{"check": "A"}] == look(bare_page, "sent")
    assert {"q1": "A"} == look(bare_page, "notebook")["rai"]["given"]
    assert ["Full screen"] == bare_page.locator("button:visible").all_inner_texts()
    assert "Show the solution" == bare_page.locator("summary:visible").inner_text()


def test_in_practice_a_dead_kernel_gives_nothing(bare_page):
    """Without a verdict the choice stays open, and the card says what to do."""
    show(bare_page, question(practice=True), {})
    option(bare_page, "A").check()
    kept(bare_page, "Saved")
    bare_page.evaluate("window.part.dead = true")
    bare_page.get_by_role("button", name="Check answer").click()

    assert "The kernel stopped" in bare_page.locator(".told").inner_text()
    assert "given" not in look(bare_page, "notebook")["rai"]
    assert 0 == bare_page.locator("input:disabled").count()


def test_in_practice_a_kernel_that_does_not_answer_is_told(clocked_page):
    """The answer is given; its verdict comes when the cell runs again."""
    part = question(practice=True)
    show(clocked_page, part, {})
    option(clocked_page, "B").check()
    kept(clocked_page, "Saved")
    clocked_page.get_by_role("button", name="Check answer").click()
    kept(clocked_page, "Answer given: B. Saved")
    clocked_page.clock.fast_forward(5000)
    told = clocked_page.locator(".told").inner_text()
    rai = look(clocked_page, "notebook")
    show(clocked_page, part, rai)  # by a new kernel, which has not read the file yet
    asked = look(clocked_page, "sent")
    part.answer(asked[0])
    change(clocked_page, "props", part.props())

    assert "No reply yet. Is the kernel busy? Else run this cell again." == told
    assert [{"give": "B"}] == asked
    assert "✔ Correct" in clocked_page.locator(".told").inner_text()


def test_a_closed_card_listens_no_more(bare_page):
    """A second run of its cell leaves nothing of it behind."""
    for practice in (False, True):
        show(bare_page, question(practice), {})
        bare_page.evaluate("window.part.remove()")

        assert {"change:picked": [], "change:props": []} == look(bare_page, "listeners")


@pytest.mark.parametrize("look_of", LOOKS)
@pytest.mark.parametrize("width", [1000, 480])
@pytest.mark.parametrize("given", [False, True])
def test_nothing_hinders_people_who_need_aids(bare_page, look_of, width, given, picture):
    """axe-core finds nothing, before and after giving, with all that opens open."""
    bare_page.emulate_media(**LOOKS[look_of])
    bare_page.set_viewport_size({"width": width, "height": 900})
    if given:
        answered(bare_page, **TEXTS)
    else:
        show(bare_page, question(**TEXTS), {})
        option(bare_page, "B").check()
        kept(bare_page, "Saved")
    open_all(bare_page)
    bare_page.wait_for_timeout(250)
    found, nodes = violations(bare_page)
    picture(bare_page, f"once-{'given' if given else 'chosen'}-{look_of}-{width}", full_page=True)

    assert [] == found
    assert nodes > (15 if given else 20)  # axe leaves out what is disabled
    assert not bare_page.evaluate(OVERFLOW)


def test_narrow_pages_do_not_scroll_sideways(bare_page):
    """The button, its words and a table fit a window of 320 pixels."""
    bare_page.set_viewport_size({"width": 320, "height": 900})
    show(bare_page, question(**TEXTS), {})
    open_all(bare_page)

    assert not bare_page.evaluate(OVERFLOW)
    assert give(bare_page).bounding_box()["height"] >= 36


def test_the_strength_counts_what_the_notebook_holds(bare_page):
    """Given, chosen and open, by a sign and a word; it needs no kernel for that."""
    rai = {"answers": dict.fromkeys(KEYS[:4], "A"), "given": {"pt01": "A", "pt09": "B", "pt10": 5}}
    show(bare_page, Strength("pattern", *KEYS), {"rai": rai})
    lines = [" ".join(line.split()) for line in bare_page.locator(".states li").all_inner_texts()]

    assert "2 of 10 answers given" == bare_page.locator(".count").inner_text()
    assert "● Question 1 given" == lines[0]
    assert [f"◐ Question {n} chosen, not given" for n in (2, 3, 4)] == lines[1:4]
    assert ["● Question 9 given", "○ Question 10 open"] == lines[8:]
    assert bare_page.get_by_text("the verdict comes with your feedback").is_visible()


def test_the_strength_follows_notebook_and_kernel(bare_page):
    """An answer in a card above arrives from either; what is closed listens no more."""
    part = Strength("pattern", *KEYS)
    show(bare_page, part, {"rai": {}})
    told = []
    for state, answers in (("chosen", session.picked), ("given", session.given)):
        answers["pt01"] = "A"
        change(bare_page, "props", part.props())
        told.append((spoken(bare_page), bare_page.locator(f".states .{state}").count()))
    bare_page.evaluate(WRITE, {"given": {"pt01": "A", "pt02": "B"}})
    told.append((spoken(bare_page), bare_page.locator(".states .given").count()))
    bare_page.evaluate("window.part.remove()")

    assert [
        ("0 of 10 answers given.", 1),
        ("1 of 10 answers given.", 1),
        ("2 of 10 answers given.", 2),
    ] == told
    assert {"change:props": []} == look(bare_page, "listeners")
    assert 0 == bare_page.evaluate("window.part.followers.size")


def test_in_practice_the_verdict_stands_there(bare_page):
    """Its sign, its sentence, and what to read again, most points first."""
    session.given |= {key: "A" if n < 8 else "B" for n, key in enumerate(KEYS, 1)}
    part = Strength("pattern", *KEYS)
    part._scale = lambda: SCALE
    show(bare_page, part, {})
    text = " ".join(bare_page.locator(".end").inner_text().split())

    assert "10 of 10 answers checked" == bare_page.locator(".count").inner_text()
    assert text.startswith("◐ Nearly there: 14 of 20 points, 0 of 3 hard questions right. Read")
    assert "Part 8 (min_count): Concept 8 Part 9 (min_count): Concept 9 Part 10" not in text
    assert 3 == bare_page.locator(".end li").count()


@pytest.mark.parametrize("look_of", LOOKS)
@pytest.mark.parametrize("width", [1000, 480, 320])
@pytest.mark.parametrize("told", [False, True])
def test_the_strength_hinders_nobody(bare_page, look_of, width, told, picture):
    """axe-core finds nothing, with and without a verdict, and nothing scrolls sideways."""
    bare_page.emulate_media(**LOOKS[look_of])
    bare_page.set_viewport_size({"width": width, "height": 900})
    part = Strength("pattern", *KEYS)
    if told:
        session.given |= dict.fromkeys(KEYS, "A") | {"pt09": "B"}
        part._scale = lambda: SCALE
    show(bare_page, part, {"rai": {"answers": {"pt01": "A"}, "given": {"pt02": "A"}}})
    bare_page.wait_for_timeout(250)
    found, nodes = violations(bare_page)
    picture(bare_page, f"strength-{'told' if told else 'open'}-{look_of}-{width}", full_page=True)

    assert [] == found
    assert nodes > 20
    assert not bare_page.evaluate(OVERFLOW)
