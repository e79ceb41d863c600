"""One notebook in two browsers: whichever saves last, the file holds what was done in both."""

import itertools
import json
import shutil

import pytest
from playwright.sync_api import expect
from support.lab_notebook import (
    card,
    choose,
    on_disk,
    open_and_run,
    open_notebook,
    option,
    run_command,
    until,
)

NOTEBOOK = "window.jupyterapp.shell.currentWidget.context.model.sharedModel"
TYPE = f"""([id, text]) => {NOTEBOOK}.cells.find((one) => one.getId() === id).setSource(text)"""
TEXT = f"""(id) => {NOTEBOOK}.cells.find((one) => one.getId() === id)?.getSource()"""
DIRTY = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"
CONTEXT = "window.jupyterapp.shell.currentWidget.context"
STOP = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"


@pytest.fixture
def other(windows):
    """A window as of another browser: nothing of the first one's store, cookies or locks."""
    window = windows.take()
    yield window.page
    windows.give_back(window)


@pytest.fixture
def copied(lab, request):
    """Copies a released notebook into a folder of this test: its file and its address."""

    def copy(assignment: str, name: str):
        folder = lab.course.root / "work" / request.node.originalname
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        path = folder / f"{name}.ipynb"
        shutil.copy(lab.course.release(assignment) / path.name, path)
        return path, lab.url(f"/lab/tree/{folder.name}/{path.name}?reset")

    return copy


def save(page) -> None:
    """Save, and see that JupyterLab asks nothing."""
    page.evaluate("() => void window.jupyterapp.commands.execute('docmanager:save')")
    until(page, f"() => !({DIRTY})() || document.querySelector('.jp-Dialog')")
    expect(page.get_by_role("dialog")).to_have_count(0)


def again(page, url: str, *, whole: bool) -> None:
    """Load the whole page again, or only the notebook, as "Reload Notebook from Disk" does."""
    if whole:
        return open_notebook(page, url)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.context.revert()")


def looked_at(page) -> None:
    """Come back to a window from another one."""
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")


def sources(path) -> dict[str, str]:
    """The texts of the cells in a file."""
    return {one["id"]: "".join(one["source"]) for one in on_disk(path)["cells"]}


def test_every_order_of_writing_saving_and_reloading(page, other, copied):
    """Each window writes its step, saves and reloads, in each order there is: both texts stay."""
    path, url = copied("mini_project", "build_and_apply")
    windows = {"a": page, "b": other}
    for window in windows.values():
        open_notebook(window, url)
    orders = sorted(set(itertools.permutations("ab" * 3)))
    assert 20 == len(orders)
    for number, order in enumerate(orders):
        texts = {name: f"# {number} in {name}" for name in "ab"}
        turns = {name: iter(("write", "save", "reload")) for name in "ab"}
        for name in order:
            window, step = windows[name], {"a": "step_1", "b": "step_2"}[name]
            match next(turns[name]):
                case "write":
                    window.evaluate(TYPE, [step, texts[name]])
                case "save":
                    save(window)
                    assert texts[name] == sources(path)[step]
                case "reload":
                    again(window, url, whole=number % 9 == 0)
                    assert texts[name] == window.evaluate(TEXT, step)
        found = sources(path)
        assert list(texts.values()) == [found["step_1"], found["step_2"]], order


def test_one_answer_written_in_both(page, other, copied, picture):
    """The window that saves keeps its text; the other one's stands below it, as text, once."""
    path, url = copied("mini_project", "build_and_apply")
    for window in (page, other):
        open_notebook(window, url)
    page.evaluate(TYPE, ["step_1", "first = 1"])
    other.evaluate(TYPE, ["step_1", "second = 2"])
    number = len(sources(path))
    for window in (page, other, page, other):
        save(window)
    found = sources(path)
    place = list(found).index("step_1")
    below = list(found.values())[place + 1]

    assert "second = 2" == found["step_1"]
    assert "```python\nfirst = 1\n```" in below
    assert number + 1 == len(found)
    run_command(other, "notebook:render-all-markdown")
    kept = other.get_by_role("strong").filter(has_text="Another window saved this answer")
    kept.scroll_into_view_if_needed()
    expect(other.get_by_text("Taken in from another window or device: 1 answer.")).to_be_visible()
    picture(other, "two-windows-one-answer")


def test_choices_of_two_windows_without_python(page, other, copied):
    """Nothing but the file connects the two: every choice of either is there, and both show it."""
    path, url = copied("step_by_step", "visual_quiz")
    open_and_run(page, url)
    open_notebook(other, url)
    expect(card(other, "visual3")).to_be_visible(timeout=30_000)
    page.evaluate(STOP)
    other.wait_for_timeout(1000)
    choose(page, "visual1", "B")
    choose(other, "visual2", "C")
    choose(page, "visual3", "D")
    choose(other, "visual3", "A")
    looked_at(page)

    assert {"visual1": "B", "visual2": "C", "visual3": "A"} == on_disk(path)["metadata"]["rai"][
        "answers"
    ]
    for window in (page, other):
        for key, letter in {"visual1": "B", "visual2": "C", "visual3": "A"}.items():
            expect(option(window, key, letter)).to_be_checked()
            expect(card(window, key).locator(".kept")).to_contain_text(f"Your answer is {letter}.")


def test_a_window_that_is_looked_at_again(page, other, copied):
    """It shows what was written elsewhere, and has nothing to save; what is unsaved here stays."""
    path, url = copied("mini_project", "build_and_apply")
    for window in (page, other):
        open_notebook(window, url)
    other.evaluate(TYPE, ["step_1", "there = 1"])
    save(other)
    before = path.read_bytes()
    looked_at(page)
    until(page, f"() => ({TEXT})('step_1') === 'there = 1'")
    until(page, f"() => !({DIRTY})()")
    page.evaluate(TYPE, ["step_2", "here = 1"])
    other.evaluate(TYPE, ["step_1", "there = 2"])
    save(other)
    looked_at(page)
    until(page, f"() => ({TEXT})('step_1') === 'there = 2'")

    assert before != path.read_bytes()
    assert "here = 1" == page.evaluate(TEXT, "step_2")
    assert page.evaluate(DIRTY) is True
    save(page)
    assert ("there = 2", "here = 1") == tuple(sources(path)[f"step_{n}"] for n in (1, 2))


def test_another_name_loses_nothing(page, copied):
    """What was not saved when the file got another name is no news of another window's."""
    path, url = copied("mini_project", "build_and_apply")
    open_notebook(page, url)
    page.evaluate(TYPE, ["step_1", "mine = 1"])
    page.evaluate(f"() => {CONTEXT}.rename('renamed.ipynb')")
    until(page, f"() => {CONTEXT}.path.endsWith('renamed.ipynb')")
    renamed = path.with_name("renamed.ipynb")
    renamed.write_text(renamed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    save(page)

    assert "mine = 1" == sources(renamed)["step_1"] == page.evaluate(TEXT, "step_1")


def test_a_notebook_of_no_course_is_left_to_jupyterlab(page, copied):
    """Where no cell is a course's, JupyterLab asks as ever, and nothing is merged."""
    path, url = copied("mini_project", "build_and_apply")
    code = [one for one in on_disk(path)["cells"] if one["cell_type"] == "code"]
    cells = [one | {"metadata": {}, "source": f"x = {n}"} for n, one in enumerate(code)]
    path.write_text(json.dumps(on_disk(path) | {"cells": cells}), encoding="utf-8")
    open_notebook(page, url)
    path.write_text(path.read_text(encoding="utf-8").replace("x = 0", "x = 7"), encoding="utf-8")
    page.evaluate("() => void window.jupyterapp.commands.execute('docmanager:save')")

    expect(page.get_by_role("button", name="Overwrite")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()


MODULE = "/lab/extensions/grader-notebooks/static/merge.js"
MERGE = """async ([base, ours, theirs, ...written]) =>
  (await import(location.pathname)).merged([base, ...written], ours, theirs)"""


@pytest.fixture
def module(page, lab):
    """The module that merges, alone: a page that shows its text can run it, too."""
    page.goto(lab.url(MODULE))
    return page


def test_a_file_whose_cells_cannot_be_told_apart_is_not_merged(module):
    """Cells without ids, or two with one id: JupyterLab asks."""
    clear = {"cells": [{"id": "a", "source": "1", "cell_type": "code"}], "metadata": {}}
    for cells in ([{"source": "1"}], [{"id": "a"}, {"id": "a"}], None, [{"id": 7}]):
        assert module.evaluate(MERGE, [clear, clear, {"cells": cells, "metadata": {}}]) is None

    assert module.evaluate(MERGE, [clear, clear, clear])["number"] == 0


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "answers"),
    [
        ({}, {"q": "A"}, {}, {"q": "A"}),
        ({}, {}, {"q": "A"}, {"q": "A"}),
        ({"q": "A"}, {"q": "B"}, {"q": "A"}, {"q": "B"}),
        ({"q": "A"}, {"q": "A"}, {"q": "B"}, {"q": "B"}),
        ({"q": "A"}, {"q": "B"}, {"q": "C"}, {"q": "B"}),
        ({"q": "A"}, {"q": "A"}, {}, {"q": "A"}),
        ({}, {"q": "A"}, {"r": "B"}, {"q": "A", "r": "B"}),
    ],
)
def test_kept_answers(module, base, ours, theirs, answers):
    """What changed here stays, all else is as in the file, and nothing goes."""
    notebooks = [{"cells": [], "metadata": {"rai": {"answers": a}}} for a in (base, ours, theirs)]

    assert answers == module.evaluate(MERGE, notebooks)["rai"]["answers"]


def test_what_a_window_itself_is_writing_is_no_news(module):
    """A save that meets the one before it, unfinished, takes nothing for another window's."""

    def notebook(text: str, letter: str) -> dict[str, object]:
        cells = [{"id": "a", "source": text, "cell_type": "code"}]
        return {"cells": cells, "metadata": {"rai": {"answers": {"q": letter}}}}

    texts = [("old", "A"), ("newest", "A"), ("writing", "B"), ("writing", "B")]
    found = module.evaluate(MERGE, [notebook(*each) for each in texts])

    assert ([], [], {"q": "A"}) == (found["changed"], found["added"], found["rai"]["answers"])


def test_the_answer_that_was_given_first_counts(module):
    """A letter given in the other window wins over one that was given here later."""
    told = [{"answers": {"q": letter}, "given": {"q": letter}} for letter in "BC"]
    rai = module.evaluate(MERGE, [{"cells": [], "metadata": {"rai": r}} for r in ({}, *told)])[
        "rai"
    ]

    assert told[1] == rai
