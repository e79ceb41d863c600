"""
The pattern test in JupyterLab: an answer that is given stays given, whatever happens, and counts.

Every test reads the `.ipynb` file on disk, not only the screen.
"""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.lab_notebook import (
    card,
    cell,
    idle,
    on_disk,
    open_and_run,
    open_notebook,
    option,
    run_again,
    run_command,
    save,
    write,
)

from grader.release.self_study import practice

QUIZ = 'quiz_answers = {"pt01": "D", "pt02": "C"}'


@pytest.fixture
def test_file(lab, request):
    """A fresh pattern test in a folder of its own: its file and its address."""
    folder = lab.course.root / "work" / request.node.name
    folder.mkdir()
    path = Path(shutil.copy(lab.course.release("pattern_test") / "pattern_test.ipynb", folder))
    return path, lab.url(f"/lab/tree/{folder.name}/{path.name}?reset")


def kept(path: Path) -> dict[str, dict[str, str]]:
    """What the metadata of a notebook file holds of the course."""
    return on_disk(path)["metadata"].get("rai", {})


def says(page, key: str, words: str) -> None:
    """Wait until a card says this about its answer."""
    expect(card(page, key).locator(".kept")).to_contain_text(words, timeout=15_000)


def choose(page, key: str, letter: str) -> None:
    """Click an option and wait until the choice is saved."""
    option(page, key, letter).scroll_into_view_if_needed()
    option(page, key, letter).check()
    says(page, key, f"yet: {letter}. Saved in this notebook.")


def give(page, key: str, letter: str, button: str = "Give this answer") -> None:
    """Choose an option, give it with the keyboard, and wait until it is saved."""
    choose(page, key, letter)
    act = card(page, key).get_by_role("button", name=button)
    act.press("Enter")
    page.wait_for_timeout(500)
    if act.is_visible():  # a busy machine drew the page anew between the focus and the key
        act.press("Enter")
    says(page, key, f"● Answer given: {letter}. Saved in this notebook.")


def is_given(page, key: str, letter: str) -> None:
    """The card shows the answer as given and takes no other."""
    says(page, key, f"Answer given: {letter}.")
    expect(option(page, key, letter)).to_be_checked()
    expect(option(page, key, letter)).to_be_disabled()


def restart(page) -> None:
    """Restart the kernel, without the question whether one is sure."""
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    idle(page)


def test_a_given_answer_stays(page, test_file, picture):
    """Run again, answered otherwise in a cell, restarted, cleared, reloaded, without a kernel."""
    path, url = test_file
    open_and_run(page, url)
    give(page, "pt01", "B")
    choose(page, "pt02", "A")
    picture(page, "30-pattern-test")
    expect(cell(page, "strength")).to_contain_text("1 of 10 answers given")
    expect(cell(page, "strength")).to_contain_text("chosen, not given")
    expect(cell(page, "check_pt01")).to_contain_text("Your answer is B. It counts when you submit.")
    assert {"answers": {"pt01": "B", "pt02": "A"}, "given": {"pt01": "B"}} == kept(path)

    run_again(page, "pt01")
    is_given(page, "pt01", "B")
    write(page, "quiz_answers", QUIZ)
    run_again(page, "check_pt01")
    expect(cell(page, "check_pt01")).to_contain_text("Your answer is B.")
    restart(page)
    is_given(page, "pt01", "B")
    run_command(page, "notebook:clear-all-cell-outputs")
    save(page)
    run_command(page, "notebook:run-all-cells")
    idle(page)
    is_given(page, "pt01", "B")
    expect(cell(page, "check_pt01")).to_contain_text("Your answer is B.")
    expect(cell(page, "check_pattern")).to_contain_text("Question 3, Question 4")

    save(page)
    open_notebook(page, url)
    is_given(page, "pt01", "B")
    says(page, "pt02", "◐ Chosen, not given yet: A.")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.wait_for_timeout(1000)
    give(page, "pt10", "D")
    expect(cell(page, "strength")).to_contain_text("2 of 10 answers given")

    assert {
        "answers": {"pt01": "B", "pt02": "A", "pt10": "D"},
        "given": {"pt01": "B", "pt10": "D"},
    } == kept(path)


def test_a_given_answer_closes_the_card_in_the_other_tab(page, test_file):
    """Two tabs of one notebook: neither can give a second answer, nor lose the first."""
    path, url = test_file
    open_and_run(page, url)
    save(page)
    other = page.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    open_notebook(other, url.replace("/lab/tree", "/lab/workspaces/second/tree"))
    expect(card(other, "pt01")).to_be_visible(timeout=15_000)
    page.bring_to_front()
    give(page, "pt01", "C")
    is_given(other, "pt01", "C")

    assert {"pt01": "C"} == kept(path)["given"]


def test_practice_tells_at_once_and_ends_with_a_verdict(page, lab, picture):
    """In the practice edition checking is giving; after ten answers the strength is told."""
    course = lab.course
    practice(course, ["pattern_test"])
    folder = course.root / "work" / "practised"
    path = (
        Path(shutil.copytree(course.root / "practice/pattern_test", folder)) / "pattern_test.ipynb"
    )
    url = lab.url("/lab/tree/practised/pattern_test.ipynb?reset")
    open_and_run(page, url)
    for n, letter in enumerate("BADCABCCAD", 1):
        give(page, f"pt{n:02}", letter, "Check answer")
        told = "✘ Not yet" if n == 9 else "✔ Correct"
        expect(card(page, f"pt{n:02}").locator(".told")).to_contain_text(told, timeout=15_000)
    sentence = "Strong: 17 of 20 points, 2 of 3 hard questions right."
    expect(cell(page, "strength")).to_contain_text(sentence, timeout=15_000)
    expect(cell(page, "strength")).to_contain_text("Beyond Accuracy, Task 3")
    cell(page, "strength").scroll_into_view_if_needed()
    picture(page, "31-pattern-test-practice")
    restart(page)
    run_command(page, "notebook:run-all-cells")
    idle(page)

    expect(card(page, "pt09").locator(".told")).to_contain_text("✘ Not yet", timeout=15_000)
    expect(cell(page, "strength")).to_contain_text(sentence)
    assert 10 == len(kept(path)["given"])
