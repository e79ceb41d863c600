"""The progress bar and the replayed loop on a plain page: states, keys, and what axe-core says."""

import pytest
from support import bare_page as bare
from support.kernels import Kernel, write

from grader.widgets.kernel import session
from grader.widgets.progress import Progress
from grader.widgets.trace import LoopTrace

STEPS = ("step_1", "step_2", "step_3", "step_4")
LOOP = """
matches = 0
for i in range({}):
    if model_results['predictions'][i] == model_results['true_labels'][i]:
        matches += 1
"""
DATA = "model_results = {'predictions': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}"
LOOKS = [
    {"color_scheme": "light"},
    {"color_scheme": "dark"},
    {"color_scheme": "dark", "forced_colors": "active", "reduced_motion": "reduce"},
]
# The cells of a notebook as JupyterLab hands them on: texts that can be read, and a signal.
CELLS = """
  cells: {
    length: 2,
    get: (n) => window.cells[n],
    changed: { connect: () => {}, disconnect: () => {} },
  },
"""
SIGNALS = """
  window.connected = 0;
  window.cells = ["step_1", "step_2"].map((id) => {
    const slots = [];
    const cell = { id, text: `${id} as judged` };
    cell.edit = (text) => { cell.text = text; slots.forEach((f) => f()); };
    cell.sharedModel = {
      getSource: () => cell.text,
      changed: {
        connect: (f) => { slots.push(f); window.connected += 1; },
        disconnect: () => { window.connected -= 1; },
      },
    };
    return cell;
  });
"""


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """A kernel that somebody looks at, with the data of step 1."""
    kernel = Kernel(monkeypatch, write(tmp_path / "build_and_apply.ipynb", {}))
    kernel.run("step_1", DATA)
    return kernel


@pytest.fixture
def progress(kernel):
    """The bar after two checks: step 1 is correct, step 2 not yet."""
    session.verdicts["step_1"] = ("passed", (" step_1 as judged\n", DATA))
    session.verdicts["step_2"] = ("missed", ("step_2 as judged",))
    return Progress(*STEPS)


@pytest.fixture
def trace(kernel):
    """Makes the replay of a loop over so many indexes."""

    def run(indexes: int = 5) -> LoopTrace:
        part = LoopTrace("step_3")
        kernel.run("step_3", LOOP.format(indexes))
        return part

    return run


def test_the_bar_tells_each_state_in_words_and_shape(bare_page, progress):
    """The count has its exact form, and the bar itself says the same."""
    bare.show(bare_page, progress)
    told = bare_page.locator("li").all_inner_texts()

    assert "Progress 1 / 4 steps" == bare_page.locator(".count").inner_text()
    assert ["✔ Step 1 correct", "✘ Step 2 not yet"] == [" ".join(text.split()) for text in told][:2]
    assert ["○ Step 3 not started"] == [" ".join(told[2].split())]
    assert [1, 4] == bare_page.locator("progress").evaluate("bar => [bar.value, bar.max]")


def test_the_bar_follows_the_kernel_and_says_so(bare_page, progress):
    """It speaks each verdict once, also one that is the same as before, and nothing else."""
    bare.show(bare_page, progress)
    said = bare_page.get_by_role("status")
    session.verdicts["step_2"] = ("passed", ("step_2 as judged",))
    bare.change(bare_page, "props", progress.props())
    assert ("Progress 2 / 4 steps", "") == (
        bare_page.locator(".count").inner_text(),
        said.inner_text(),
    )

    heard = []
    for count in (1, 2):
        session.current().told = count, "Step 2: Correct. Well done."
        bare.change(bare_page, "props", progress.props())
        heard.append(said.text_content())

    assert ["Step 2: Correct. Well done."] * 2 == [text.strip() for text in heard]
    assert heard[0] != heard[1]


def test_an_edited_step_no_longer_counts(bare_page, progress, monkeypatch):
    """The page sees it in the notebook's own cells; undone, the step counts again."""
    none = "cells: { length: 0 },"
    assert none in bare.MOUNT
    monkeypatch.setattr(bare, "MOUNT", bare.MOUNT.replace(none, CELLS))
    bare_page.goto("about:blank")
    bare_page.evaluate(SIGNALS)
    bare.show(bare_page, progress, notebook={})
    counts = []
    for text in ("step_1 as judged\n", "fairness = 1", "step_1 as judged"):
        bare_page.evaluate("text => window.cells[0].edit(text)", text)
        counts.append(bare_page.locator(".count").inner_text())
        if text.startswith("fairness"):
            told = " ".join(bare_page.locator("li").first.inner_text().split())
    bare_page.evaluate("window.part.remove()")

    assert ["Progress 1 / 4 steps", "Progress 0 / 4 steps", "Progress 1 / 4 steps"] == counts
    assert "✎ Step 1 changed since it was checked: run it again" == told
    assert 0 == bare_page.evaluate("window.connected")


def test_a_verdict_below_an_edited_cell_says_so(bare_page, progress):
    """JupyterLab marks such a cell; the words stand in the verdict, and are there once."""
    bare.show(bare_page, progress)
    bare.show(bare_page, progress)
    said = bare_page.evaluate(
        """() => {
          const told = (html) => {
            const node = document.createElement("div");
            node.innerHTML = html;
            document.body.append(node);
            const verdict = node.querySelector(".grader-verdict");
            return getComputedStyle(verdict, "::after").content;
          };
          const verdict = `<p class="grader-verdict"></p>`;
          const cell = (mark) => `<div class="jp-CodeCell ${mark}">${verdict}</div>`;
          return [told(cell("")), told(cell("jp-mod-dirty"))];
        }"""
    )

    assert ["none", '"✎ Edited since: run the cell again."'] == said
    assert 1 == bare_page.locator("#grader-stale").count()


def test_the_replay_goes_turn_by_turn(bare_page, trace):
    """The sentence, the lit lines and the marked row move together; focus stays on the button."""
    bare.show(bare_page, trace())
    assert "Turn 1 of 5" in bare_page.locator(".says").inner_text()
    assert 5 == bare_page.locator("tbody tr").count()
    button = bare_page.get_by_role("button", name="Next")
    button.click()
    button.click()

    assert "Turn 3 of 5: i is 2, prediction 1, label 0: no match." in spoken(bare_page)
    assert ["2", "3"] == lit(bare_page)
    assert "3" == bare_page.locator("tr[aria-current] th").inner_text()
    assert "Next ›" == focused(bare_page)


def test_the_replay_obeys_the_keys(bare_page, trace):
    """Arrows, Home and End work wherever the focus is; at an end nothing is lost or thrown."""
    bare.show(bare_page, trace())
    turns = []
    bare_page.keyboard.press("Tab")
    for key in ("End", "ArrowRight", "ArrowLeft", "Home", "ArrowLeft", "ArrowRight"):
        bare_page.keyboard.press(key)
        turns.append(bare_page.locator("tr[aria-current] th").inner_text())

    assert ["5", "5", "4", "1", "1", "2"] == turns
    assert "‹ Previous" == focused(bare_page)
    bare_page.keyboard.press("Tab")
    assert "▶\ufe0e Play" == focused(bare_page)
    bare_page.keyboard.press("Tab")
    bare_page.keyboard.press("Space")
    assert "3" == bare_page.locator("tr[aria-current] th").inner_text()


def test_the_replay_plays_and_stops_at_the_end(clocked_page, trace):
    """Nothing plays unasked; a touch of another control pauses it."""
    bare.show(clocked_page, trace())
    clocked_page.clock.run_for(10_000)
    assert "Turn 1 of 5" in clocked_page.locator(".says").inner_text()
    clocked_page.get_by_role("button", name="Play").click()
    clocked_page.clock.run_for(2_600)
    assert "Turn 3 of 5" in clocked_page.locator(".says").inner_text()
    clocked_page.get_by_role("button", name="Previous").click()
    clocked_page.clock.run_for(10_000)
    assert "Turn 2 of 5" in clocked_page.locator(".says").inner_text()
    clocked_page.get_by_role("button", name="Play").click()
    clocked_page.clock.run_for(20_000)

    assert "Turn 5 of 5" in clocked_page.locator(".says").inner_text()
    assert clocked_page.get_by_role("button", name="Play").is_visible()


def test_the_replay_follows_a_new_run(bare_page, trace, kernel):
    """First there is one sentence; then the loop; then a shorter one, without a lost focus."""
    part = LoopTrace("step_3")
    kernel.run("step_3", "x = 1")
    bare.show(bare_page, part)
    assert "There is no for loop" in bare_page.locator(".note").inner_text()
    assert not bare_page.get_by_role("button").first.is_visible()
    bare.change(bare_page, "props", trace(6).props())
    bare_page.keyboard.press("Tab")
    bare_page.keyboard.press("End")

    assert "Line 3 stopped it with IndexError" in spoken(bare_page)
    assert "✘" == bare_page.locator("li.stopped .mark").inner_text()
    bare.change(bare_page, "props", trace(3).props())
    assert "The loop took 3 turns: matches goes from 0 to 2." == spoken(bare_page)
    assert "‹ Previous" == focused(bare_page)


def test_a_long_replay_keeps_its_row_in_sight(bare_page, kernel):
    """A hundred rows scroll inside their own frame."""
    part = LoopTrace("step_3")
    kernel.run("step_3", "k = 0\nfor j in range(100):\n    k += j")
    bare.show(bare_page, part)
    bare_page.keyboard.press("Tab")
    bare_page.keyboard.press("End")
    box = bare_page.locator(".scroll").bounding_box()
    row = bare_page.locator("tr[aria-current]").bounding_box()

    assert box["height"] < 500
    assert box["y"] <= row["y"] and row["y"] + row["height"] <= box["y"] + box["height"] + 1


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", [1000, 480, 320])
def test_axe_core_finds_nothing(bare_page, progress, trace, look, width):
    """Both parts, light, dark and in forced colours, wide and narrow, without sideways scroll."""
    bare_page.emulate_media(**look)
    bare_page.set_viewport_size({"width": width, "height": 700})
    for part, least in ((progress, 8), (trace(6), 30)):
        bare.show(bare_page, part)
        if least > 8:
            bare_page.keyboard.press("Tab")
            bare_page.keyboard.press("End")
        bare_page.wait_for_timeout(250)
        found, checked = bare.violations(bare_page)
        if "forced_colors" in look:  # there the system chooses the colours, and axe reads ours
            found = [told for told in found if not told.startswith("color-contrast")]
            checked = least

        assert [] == found
        assert checked >= least
        assert width == bare_page.evaluate("document.documentElement.scrollWidth")


def test_every_button_is_large_enough(bare_page, trace):
    """Fingers and shaky hands need 36 pixels."""
    bare.show(bare_page, trace())
    boxes = [button.bounding_box() for button in bare_page.get_by_role("button").all()]

    assert 6 == len(boxes)
    assert all(box["height"] >= 36 and box["width"] >= 36 for box in boxes)


def spoken(page) -> str:
    """What people who listen to the page hear last."""
    return page.get_by_role("status").inner_text()


def focused(page) -> str:
    """The text of the element that has the focus."""
    return page.evaluate(
        "document.querySelector('main div div').shadowRoot.activeElement?.textContent"
    )


def lit(page) -> list[str]:
    """The numbers of the lines that ran in this turn."""
    return page.evaluate(
        """() => [...document.querySelector("main div div").shadowRoot.querySelectorAll(".code li")]
            .flatMap((line, n) => line.classList.contains("ran") ? [String(n + 1)] : [])"""
    )
