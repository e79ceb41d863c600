"""The parts on a full screen, as a room sees them, in a real browser: clicker, keys and touch."""

import json
from functools import cache

import pytest
from support.bare_page import look, show, violations
from support.kernels import Kernel, write
from support.notebooks import QUESTIONS, asked, path
from support.rooms import SETTLED, faults, fill, forth, is_last, is_open, place, screen

from grader.release.self_study import practice_edition
from grader.widgets import (
    BiasKnob,
    GroupRates,
    KeyMoments,
    ProcessFlow,
    Question,
    Snapshot,
    Transcript,
    TwoLoops,
    WeekByWeek,
    notebook,
)
from grader.widgets.trace import LoopTrace

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active", "reduced_motion": "reduce"},
}
ROOMS = {"hd": (1280, 720), "full_hd": (1920, 1080)}
OTHER_ROOMS = {"xga": (1024, 768), "window": (1280, 587), "wide": (2560, 1080)}
KEYS = ("count", "accuracy", "selection_rate", "tpr", "fpr")
GENDER = {
    "man": (989, 0.841254, 0.623862, 0.838235, 0.152104),
    "nonbinary": (67, 0.686567, 0.417910, 0.574468, 0.05),
    "woman": (944, 0.769068, 0.473517, 0.677519, 0.033445),
}
SCORES = [0.862, 0.8, None, 0.6593, 0.7467, None, 0.75, 0.549]
LOOP = """matches = 0
for i in range(len(model_results['predictions'])):
    if model_results['predictions'][i] == model_results['true_labels'][i]:
        matches += 1
accuracy = matches / len(model_results['true_labels'])
"""
DATA = "model_results = {'predictions': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}"


def rates() -> GroupRates:
    """The rates of a report, as a learner's function returns it."""
    return GroupRates(
        gender={who: dict(zip(KEYS, row, strict=True)) for who, row in GENDER.items()}
    )


def weeks() -> WeekByWeek:
    """Eight weeks, as a learner's function returns them."""
    return WeekByWeek(
        [
            {
                "week": number,
                "alert": score is not None and score < 0.75,
                "status": "Not enough data" if score is None else "Fair model",
                "worst_group": None if score is None else "woman",
                "worst_score": score,
                "new": number in (4, 8),
            }
            for number, score in enumerate(SCORES, 1)
        ]
    )


@cache
def material() -> dict[str, dict]:
    """What the teacher's edition tells about each question."""
    found = {}
    for name in dict.fromkeys(QUESTIONS.values()):
        nb = json.loads(path("source", name).read_text(encoding="utf-8"))
        found |= practice_edition(nb)["metadata"]["rai"]["practice"]
    return found


def question(key: str) -> Question:
    """A question of the course."""
    return Question(**asked("source", QUESTIONS[key], key))


@pytest.fixture
def teachers(monkeypatch):
    """Makes a question of the course as the teacher's edition has it."""

    def make(key: str) -> Question:
        monkeypatch.setattr(notebook, "is_teachers", lambda _: True)
        card = question(key)
        card.set_material(material())
        return card

    return make


@pytest.fixture
def trace(monkeypatch, tmp_path):
    """Makes the replay of the loop of step 3."""

    def make() -> LoopTrace:
        kernel = Kernel(monkeypatch, write(tmp_path / "build_and_apply.ipynb", {}))
        kernel.run("step_1", DATA)
        part = LoopTrace("step_3")
        kernel.run("step_3", LOOP)
        return part

    return make


def two_loops() -> TwoLoops:
    """A loop that goes too far beside the right one."""
    far = LOOP.replace("len(model_results['predictions'])", "6", 1)
    lists = {"predictions": [1, 0, 1, 1, 0], "true_labels": [1, 0, 0, 1, 0]}
    return TwoLoops(far, LOOP, given={"model_results": lists})


PARTS = {
    "flow": ProcessFlow,
    "two_loops": two_loops,
    "moments": KeyMoments,
    "snapshot": Snapshot,
    "transcript": Transcript,
    "knob": BiasKnob,
    "rates": rates,
    "weeks": weeks,
}
MOST = 40  # screens of a part


def screens(page) -> list[tuple[str, list[str]]]:
    """Go through a lesson with the clicker: where each screen stands, and its faults."""
    seen = []
    for _ in range(MOST):
        seen.append((place(page), faults(page)))
        if is_last(page):
            return seen
        forth(page)
    raise AssertionError("The lesson does not end.")


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("name", [*PARTS, "trace"])
def test_each_step_is_one_screen(bare_page, picture, trace, name, room):
    """Nothing is cut off or scrolls, and no text is below 24 pixels of a screen of 1280 x 720."""
    bare_page.set_viewport_size(dict(zip(("width", "height"), ROOMS[room], strict=True)))
    show(bare_page, (PARTS | {"trace": trace})[name]())
    fill(bare_page)
    seen = screens(bare_page)
    picture(bare_page, f"room_{name}_{room}")

    assert [] == [(where, found) for where, found in seen if found]
    assert len(seen) >= 4


@pytest.mark.parametrize("key", QUESTIONS)
def test_each_question_is_one_screen(bare_page, picture, teachers, key):
    """Asked, counted, voted on twice, judged, with the reason of each option: it always fits."""
    bare_page.set_viewport_size({"width": 1280, "height": 720})
    show(bare_page, teachers(key), {})
    fill(bare_page)
    while "Look first" == place(bare_page):
        assert [] == faults(bare_page)
        forth(bare_page)
    found = {"asked": faults(bare_page)}
    picture(bare_page, f"room_{key}_asked")
    for vote in ((12, 5, 3, 1), (17, 2, 1, 1)):
        bare_page.keyboard.press("v")
        found[f"counted {vote}"] = faults(bare_page)
        for hands in vote:
            bare_page.keyboard.type(str(hands))
            bare_page.keyboard.press("Enter")
        found[f"voted {vote}"] = faults(bare_page)
        bare_page.keyboard.press("s")
        found[f"bars {vote}"] = faults(bare_page)
    picture(bare_page, f"room_{key}_bars")
    forth(bare_page)
    for number in range(1, len(question(key).options) + 1):
        bare_page.keyboard.press(str(number))
        found[f"reason {number}"] = faults(bare_page)
    picture(bare_page, f"room_{key}_reason")

    assert [] == [one for one in found.items() if one[1]]


@pytest.mark.parametrize("room", OTHER_ROOMS)
@pytest.mark.parametrize("name", ["flow", "weeks", "visual1", "pt04"])
def test_screens_of_another_shape_show_all(bare_page, teachers, name, room):
    """An old projector, a window within a screen, a very wide screen: nothing is cut."""
    bare_page.set_viewport_size(dict(zip(("width", "height"), OTHER_ROOMS[room], strict=True)))
    show(bare_page, PARTS[name]() if name in PARTS else teachers(name))
    fill(bare_page)

    assert [] == [found for _, found in screens(bare_page) if found]


@pytest.mark.parametrize("look_of", LOOKS)
@pytest.mark.parametrize("name", [*PARTS, "trace", "visual1", "pt08"])
def test_nothing_hinders_people_who_need_aids(bare_page, trace, teachers, name, look_of):
    """axe-core finds nothing on the first, the second and the last screen, in any look."""
    bare_page.set_viewport_size({"width": 1280, "height": 720})
    bare_page.emulate_media(**LOOKS[look_of])
    made = (PARTS | {"trace": trace}).get(name, lambda: teachers(name))
    show(bare_page, made())
    fill(bare_page)
    found, checked = violations(bare_page)
    forth(bare_page)
    more, again = violations(bare_page)
    bare_page.keyboard.press("End")
    bare_page.wait_for_timeout(SETTLED)
    last, once_more = violations(bare_page)
    if look_of == "forced":  # there the system chooses the colours, and axe reads ours
        all_found = [one for one in found + more + last if not one.startswith("color-contrast")]
        checked = again = once_more = 99
    else:
        all_found = found + more + last

    assert [] == all_found
    assert min(checked, again, once_more) >= 5


def test_a_clicker_leads_through_the_flow(bare_page):
    """Page Down opens the question, then what is right, then the step; Page Up goes back."""
    show(bare_page, ProcessFlow())
    fill(bare_page)
    places = [place(bare_page)]
    for _ in range(3):
        forth(bare_page)
        places.append(place(bare_page))
    judged = bare_page.locator(".choices .right").count()
    forth(bare_page, "PageUp")
    back = (place(bare_page), bare_page.locator(".choices .right").count())

    assert ["Step 1 of 7", "Before step 2", "Before step 2", "Step 2 of 7"] == places
    assert (0, ("Before step 2", 1)) == (judged, back)


@pytest.mark.parametrize("key", ["ArrowRight", " ", "Enter", "PageDown"])
def test_every_key_of_a_clicker_goes_on(bare_page, key):
    """Clickers send one of these."""
    show(bare_page, Transcript())
    fill(bare_page)
    forth(bare_page, key)

    assert "Sentence 2 of 5" == place(bare_page)


def test_quick_keys_never_overshoot(bare_page):
    """Ten quick presses stay at the question that they meet, and at the end."""
    show(bare_page, ProcessFlow())
    fill(bare_page)
    for _ in range(10):
        bare_page.keyboard.press("PageDown")
    asked_at = (place(bare_page), bare_page.locator(".choices .right").count())
    show(bare_page, Transcript())
    fill(bare_page)
    for _ in range(10):
        bare_page.keyboard.press("PageDown")

    assert ("Before step 2", 0) == asked_at
    assert "Sentence 5 of 5" == place(bare_page)


def test_a_held_key_reveals_nothing(bare_page):
    """What a key repeats does not open an answer, however long it is held."""
    show(bare_page, KeyMoments())
    fill(bare_page)
    bare_page.keyboard.down("PageDown")
    bare_page.wait_for_timeout(SETTLED)
    before = bare_page.locator("p.answer").count()
    for _ in range(5):
        bare_page.keyboard.down("PageDown")
        bare_page.wait_for_timeout(SETTLED)
    bare_page.keyboard.up("PageDown")

    assert 1 == before
    assert "2 of 3" == place(bare_page)
    assert 0 == bare_page.locator("p.answer").count()


def test_no_scroll_bar_of_the_page_stands_beside_the_screen(bare_page):
    """A long page gives the full screen all of its width, and has its scroll bar back after it."""
    bare_page.set_viewport_size({"width": 1280, "height": 720})
    show(bare_page, ProcessFlow())
    bare_page.evaluate("document.body.style.minHeight = '3000px'")
    width = "document.documentElement.clientWidth"
    before = bare_page.evaluate(width)
    fill(bare_page)
    full = bare_page.evaluate(width)
    bare_page.keyboard.press("Escape")
    bare_page.wait_for_function(f"{width} === {before}")

    assert 1280 == full


def test_escape_returns_to_the_same_place(bare_page):
    """The page has not moved, the button has the focus, and the flow is where the room was."""
    show(bare_page, ProcessFlow())
    bare_page.evaluate("scrollTo(0, 40)")
    button = bare_page.get_by_role("button", name="Full screen")
    button.focus()
    before = bare_page.evaluate("scrollY")
    bare_page.keyboard.press("f")
    bare_page.wait_for_timeout(SETTLED)
    for _ in range(3):
        forth(bare_page)
    bare_page.keyboard.press("Escape")
    bare_page.wait_for_timeout(100)

    assert not is_open(bare_page)
    assert before == bare_page.evaluate("scrollY")
    assert button.evaluate("node => node.getRootNode().activeElement === node")
    assert "Step 2 of 7: Check for bias." in bare_page.locator(".told").inner_text()
    assert not bare_page.evaluate("!!document.fullscreenElement")


def test_it_fills_the_window_where_a_browser_refuses_more(bare_page):
    """Without the right to fill the screen the part still fills the window."""
    show(bare_page, Snapshot())
    refuse = "() => { Element.prototype.requestFullscreen = async () => { throw Error('no'); }; }"
    bare_page.evaluate(refuse)
    fill(bare_page)
    box = bare_page.locator(".floor").bounding_box()

    assert {"x": 0, "y": 0, "width": 1000, "height": 900} == box


@pytest.mark.parametrize("key", ["b", "."])
def test_the_screen_goes_black(bare_page, key):
    """A key makes it black; the next press shows the same step again."""
    show(bare_page, Transcript())
    fill(bare_page)
    forth(bare_page, key)
    black = bare_page.locator(".black").is_visible()
    forth(bare_page)

    assert black
    assert not bare_page.locator(".black").is_visible()
    assert "Sentence 1 of 5" == place(bare_page)


def test_number_keys_mark_and_save_nothing(bare_page):
    """Whatever is pressed on the screen, the notebook and the kernel hear nothing of it."""
    show(bare_page, question("visual1"), {"rai": {"answers": {"visual1": "D"}}})
    before = look(bare_page, "notebook")
    fill(bare_page)
    forth(bare_page)
    for key in ("2", "3", "ArrowDown", "v", "1", "Enter", "s", "a", "Home", "End", "4", "Tab", " "):
        bare_page.keyboard.press(key)
    marked = bare_page.locator(".choice[aria-pressed=true]").count()
    bare_page.keyboard.press("Escape")

    assert 1 == marked
    assert before == look(bare_page, "notebook")
    assert ([], [], "D") == (
        look(bare_page, "sent"),
        look(bare_page, "saves"),
        bare_page.locator("input:checked").get_attribute("value"),
    )


def vote(page, *hands: int) -> str:
    """Count hands; what is said then."""
    page.keyboard.press("v")
    for number in hands:
        page.keyboard.type(str(number))
        page.keyboard.press("Enter")
    return page.locator(".advice").inner_text()


@pytest.mark.parametrize(
    ("hands", "says"),
    [
        ((29, 50, 11, 10), "Under 30 % are right: explain it once more, then vote again."),
        ((30, 50, 10, 10), "Talk to your neighbour, then vote again."),
        ((70, 10, 10, 10), "Talk to your neighbour, then vote again."),
        ((71, 9, 10, 10), "Over 70 % are right: a short explanation is enough."),
    ],
)
def test_a_vote_says_what_it_calls_for(bare_page, teachers, hands, says):
    """Between 30 and 70 % right neighbours talk; the bars and what is right stay covered."""
    show(bare_page, teachers("practice1"), {})
    fill(bare_page)

    assert f"100 hands. {says}" == vote(bare_page, *hands)
    assert 0 == bare_page.locator(".bar").count()
    assert 0 == bare_page.locator(".choices .right").count()


def test_a_second_vote_stands_beside_the_first(bare_page, teachers):
    """Each option has two bars, and by how many points of a hundred its share went up or down."""
    show(bare_page, teachers("practice1"), {})
    fill(bare_page)
    vote(bare_page, 10, 6, 4, 0)
    second = vote(bare_page, 18, 2, 0, 0)
    bare_page.keyboard.press("s")
    rows = [" ".join(row.split()) for row in bare_page.locator(".meter").all_inner_texts()]

    assert second.startswith("20 hands in the second vote. Over 70 % are right:")
    assert [
        "first 10 second 18 ▲ +40 %",
        "first 6 second 2 ▼ −20 %",
        "first 4 second 0 ▼ −20 %",
        "first 0 second 0 = 0 %",
    ] == rows


def test_a_vote_can_be_counted_once_more(bare_page, teachers):
    """A third count takes the place of the second; one without hands is none."""
    show(bare_page, teachers("practice1"), {})
    fill(bare_page)
    vote(bare_page, 10, 6, 4, 0)
    vote(bare_page, 1, 0, 0, 0)
    vote(bare_page, 0, 0, 0, 0)
    third = vote(bare_page, 20, 0, 0, 0)

    assert third.startswith("20 hands in the second vote.")


def test_without_its_answer_a_notebook_judges_nothing(bare_page):
    """The learners' notebook knows no right option: there are bars, but no verdict, no advice."""
    show(bare_page, question("practice1"), {})
    fill(bare_page)

    assert "20 hands." == vote(bare_page, 10, 6, 4, 0)
    assert is_last(bare_page)
    assert "This notebook does not know which is right." in screen(bare_page)


def test_marked_then_judged(bare_page, teachers):
    """The room's option is judged, and a number shows the reason of another one."""
    show(bare_page, teachers("visual2"), {})
    fill(bare_page)
    bare_page.keyboard.press("2")
    forth(bare_page)
    verdict = bare_page.locator(".choices").inner_text().split("\n")
    reason = bare_page.locator(".reason").inner_text()
    bare_page.keyboard.press("2")

    assert "✔" in verdict and "✘" in verdict
    assert reason.startswith("Off under 'After Step 4'")
    assert bare_page.locator(".reason").inner_text().startswith("B: After step 4 the row still")


def test_two_minutes_run_down(clocked_page, teachers):
    """The clock is to be seen, says when time is up, and is off after another press."""
    show(clocked_page, teachers("practice1"), {})
    clocked_page.get_by_role("button", name="Full screen").click()
    clocked_page.clock.run_for(500)
    clocked_page.keyboard.press("t")
    clocked_page.clock.run_for(30_000)
    left = clocked_page.locator(".clock").inner_text()
    clocked_page.clock.run_for(91_000)
    end = clocked_page.locator(".clock").inner_text()
    clocked_page.keyboard.press("t")

    assert ("1:30", "Time is up") == (left, end)
    assert "" == clocked_page.locator(".clock").inner_text()


def test_questions_can_be_left_out(bare_page):
    """A class that is only shown the flow sees its seven steps."""
    show(bare_page, ProcessFlow())
    fill(bare_page)
    forth(bare_page)
    bare_page.get_by_role("button", name="Questions", exact=True).click()
    there = place(bare_page)
    bare_page.keyboard.press("Home")
    places = [where for where, _ in screens(bare_page)]

    assert "Step 2 of 7" == there
    assert [f"Step {number} of 7" for number in range(1, 8)] == places


def test_a_finger_turns_the_screens(bare_page):
    """Swiped to the left it goes on, to the right it goes back; a tap does nothing."""
    show(bare_page, Transcript())
    fill(bare_page)
    swipe = """([from, to]) => {
      const root = [...document.querySelectorAll("*")].map((node) => node.shadowRoot).find(Boolean);
      const at = (type, clientX) => root.querySelector(".stop").dispatchEvent(
        new PointerEvent(type, { clientX, pointerType: "touch", bubbles: true, composed: true }));
      at("pointerdown", from);
      at("pointerup", to);
    }"""
    places = []
    for move in ([600, 200], [600, 620], [200, 600]):
        bare_page.evaluate(swipe, move)
        places.append(place(bare_page))

    assert ["Sentence 2 of 5", "Sentence 2 of 5", "Sentence 1 of 5"] == places


def test_play_goes_through_the_lesson(clocked_page):
    """The same bar as in the notebook, with its paces."""
    show(clocked_page, Transcript())
    clocked_page.get_by_role("button", name="Full screen").click()
    clocked_page.clock.run_for(500)
    bar = clocked_page.locator("dialog")
    bar.get_by_role("button", name="Pace").click()
    bar.get_by_role("button", name="Play").click()
    clocked_page.clock.run_for(5100)
    there = place(clocked_page)
    clocked_page.clock.run_for(30_000)

    assert "Sentence 3 of 5" == there
    assert "Sentence 5 of 5" == place(clocked_page)


def test_a_part_taken_away_takes_its_screen_along(bare_page):
    """A cell that runs again leaves no screen behind."""
    show(bare_page, ProcessFlow())
    fill(bare_page)
    bare_page.evaluate("window.part.remove()")

    assert not is_open(bare_page)


def test_a_part_grows_with_the_text_of_its_notebook(bare_page):
    """JupyterLab's Presentation Mode makes its text larger, and each part in proportion."""
    show(bare_page, ProcessFlow())
    head = bare_page.locator(".head")
    before = head.bounding_box()["height"]
    bare_page.evaluate("document.body.style.setProperty('--jp-content-font-size1', '28px')")
    bare_page.wait_for_timeout(100)

    assert 1.9 < head.bounding_box()["height"] / before < 2.1


@pytest.mark.parametrize("width", [320, 640, 1000])
@pytest.mark.parametrize("name", [*PARTS, "visual3"])
def test_its_button_takes_no_room_from_the_part(bare_page, name, width):
    """The button stands in a corner of the part; what is below it is as wide as the part."""
    bare_page.set_viewport_size({"width": width, "height": 900})
    show(bare_page, PARTS[name]() if name in PARTS else question(name))
    narrowed = bare_page.evaluate(
        """() => {
          const root = document.querySelector("#here > div > div").shadowRoot;
          const page = root.querySelector(".page");
          const { paddingLeft, paddingRight } = getComputedStyle(page);
          const wide = page.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
          return [...page.querySelectorAll(":scope > :is(div:not(.about, .dial, .chart), ul)")]
            .filter((node) => node.offsetWidth && node.offsetWidth < wide - 1)
            .map((node) => node.className);
        }"""
    )
    button = bare_page.get_by_role("button", name="Full screen").bounding_box()
    over = bare_page.evaluate(
        """([x, y]) => document.querySelector("#here > div > div").shadowRoot
          .elementFromPoint(x, y).className""",
        [button["x"] + 5, button["y"] + 5],
    )

    assert [] == narrowed
    assert "enter" == over
