"""Calls of a right function to guess about, on a plain page: typed in, compared, kept."""

import json

import pytest
from support.bare_page import show, violations

from grader.widgets.guesses import Guess, Guesses

GAPS = "{'gap': 0.5, 'of': ['a']}"
CALLS = [
    Guess("accuracy([], [])", "gave `0.0`", "No rows are `nothing` to be right about.", ("0.0",)),
    Guess("gaps({'a': 1})", f"gave `{GAPS}`", "One <b>.", (GAPS,)),
    Guess(
        "gaps(3)", "stopped with `TypeError: no`", "It is no dictionary.", ("TypeError", "error")
    ),
    Guess("name()", "gave `'Ada'`", "It is her name.", ("'Ada'", "Ada")),
    Guess("f(2)", "gave `[1, 2]`", "It starts at one.", ("[1, 2]",)),
]
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"


def part() -> Guesses:
    """The card that these tests look at."""
    return Guesses("a1", CALLS)


def test_a_guess_opens_what_it_gave_and_is_kept(bare_page):
    """By keyboard alone; other answers stay, and a page that is opened again shows the guess."""
    show(bare_page, part(), {"rai": {"answers": {"quiz1": "A"}}})
    assert 0 == bare_page.locator(".told:visible").count()

    bare_page.keyboard.press("Tab")
    bare_page.keyboard.type("1")
    bare_page.keyboard.press("Enter")

    shown = bare_page.locator("form").first.locator(".told")
    shown.get_by_text("Saved in this notebook.").wait_for()
    assert "You guessed 1. It gave 0.0. No rows are nothing" in shown.inner_text()
    rai = bare_page.evaluate("window.part.notebook.rai")
    assert "A" == rai["answers"]["quiz1"]
    assert {"accuracy([], [])": "1"} == json.loads(rai["answers"]["guesses_a1"])
    assert "You guessed 1." in bare_page.locator("[role=status]").inner_text()

    show(bare_page, part(), {"rai": rai})

    assert 1 == bare_page.locator(".told:visible").count()
    assert "1" == bare_page.locator("input").first.input_value()


@pytest.mark.parametrize(
    ("number", "guess"),
    [
        *((0, guess) for guess in ("0", "0.0", " .0 ", "`0.0`", "0.00")),
        *((1, guess) for guess in ('{"gap": .5, "of": ["a"]}', "{'gap':0.50,'of':['a',]}")),
        *((2, guess) for guess in ("typeerror", "Error")),
        *((3, guess) for guess in ("Ada", "'ada'", '"Ada"')),
        *((4, guess) for guess in ("(1, 2)", "[1.0, 2]")),
    ],
)
def test_a_guess_is_read_as_people_write(bare_page, number, guess):
    """A whole number, other quotes, a tuple: what says the same is as guessed."""
    show(bare_page, part(), {"rai": {}})
    form = bare_page.locator("form").nth(number)
    form.locator("input").fill(guess)
    form.get_by_role("button").click()

    assert form.locator(".told.passed").inner_text().startswith("✔ As you guessed: it ")


@pytest.mark.parametrize(
    ("number", "guess"),
    [(0, "0.05"), (0, "None"), (3, "Adam"), (4, "[12]"), (4, "[2, 1]"), (4, "x")],
)
def test_another_guess_is_shown_beside_what_came(bare_page, number, guess):
    """Nothing is called wrong: both stand there."""
    show(bare_page, part(), {"rai": {}})
    form = bare_page.locator("form").nth(number)
    form.locator("input").fill(guess)
    form.get_by_role("button").click()

    assert form.locator(".told").inner_text().startswith(f"You guessed {guess}. It ")
    assert 0 == form.locator(".passed").count()


def test_without_a_guess_nothing_opens(bare_page):
    """An empty field asks for a guess."""
    show(bare_page, part(), {"rai": {}})
    bare_page.get_by_role("button").first.click()

    assert "Write down a guess first" in bare_page.locator(".told").first.inner_text()
    assert {} == bare_page.evaluate("window.part.notebook.rai")


def test_a_program_that_keeps_nothing_says_so(bare_page):
    """Without a notebook, and with a dead kernel, one can guess all the same."""
    show(bare_page, part())
    bare_page.evaluate("window.part.dead = true")
    bare_page.locator("input").first.fill("0.0")
    bare_page.get_by_role("button").first.click()

    shown = bare_page.locator(".told").first
    shown.get_by_text("This program does not keep choices.").wait_for()
    assert "As you guessed" in shown.inner_text()


@pytest.mark.parametrize("odd", ["{", "3", "null", "[1]", '{"accuracy([], [])": 4}', 7, {"a": 1}])
def test_whatever_a_file_holds_the_calls_are_shown(bare_page, monkeypatch, odd):
    """What is no text of guesses opens nothing, live and static."""
    monkeypatch.setattr("grader.widgets.notebook.kept", lambda key, what: {"guesses_a1": odd})
    show(bare_page, part(), {"rai": {"answers": {"guesses_a1": odd}}})

    assert 5 == bare_page.locator("form").count()
    assert 0 == bare_page.locator(".told:visible").count()
    assert "You guessed" not in part().static_html()
    bare_page.locator("input").first.fill("0")
    bare_page.keyboard.press("Enter")
    bare_page.locator(".told.passed").wait_for()


def test_the_static_page_has_the_guess_and_the_answer_closed(monkeypatch):
    """Where nothing is live one can guess and open; a guess that was kept stands there too."""
    kept = {"guesses_a1": json.dumps({"gaps(3)": "a `3`"})}
    monkeypatch.setattr("grader.widgets.notebook.kept", lambda key, what: kept)
    shown = part().static_html()

    assert 5 == shown.count("<details><summary") and "<details open" not in shown
    assert "You guessed <code>a '3'</code>. It stopped with <code>TypeError: no</code>." in shown
    assert "One &lt;b&gt;." in shown


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 640])
def test_it_is_readable_by_everybody(bare_page, picture, colours, width):
    """No rule of accessibility is broken, and nothing sticks out of a narrow page."""
    bare_page.emulate_media(color_scheme=colours)
    bare_page.set_viewport_size({"width": width, "height": 900})
    kept = json.dumps({"accuracy([], [])": "0", "gaps(3)": "None"})
    show(bare_page, part(), {"rai": {"answers": {"guesses_a1": kept}}})

    told, checked = violations(bare_page)

    assert [] == told
    assert checked
    assert not bare_page.evaluate(OVERFLOW)
    picture(bare_page, f"guesses-{colours}-{width}")
