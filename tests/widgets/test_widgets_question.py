"""The question card as the kernel has it: its texts, its choice, and where it comes to life."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.utils.capture import capture_output
from support import notebooks
from support.kernels import Kernel, write
from support.modules import own_bytes

import grader.widgets
from grader.judge.static_widgets import card
from grader.sanitize import safe_html
from grader.widgets import Question, base
from grader.widgets.base import VIEW, has_frontend
from grader.widgets.kernel import session
from grader.widgets.live import module, style
from grader.widgets.question import NO_ANSWER

NOTEBOOKS = {f"practice{n}": "practice" for n in range(1, 6)}
NOTEBOOKS |= {f"visual{n}": "visual_quiz" for n in range(1, 4)}
NOTEBOOKS |= {f"pt{n:02}": "pattern_test" for n in range(1, 11)}
KEYS = list(NOTEBOOKS)
OPTIONS = {"A": "one", "B": "two", "C": "three", "D": "four"}
TAGS = {"caption", "code", "details", "li", "p", "pre", "strong", "summary"}
TAGS |= {"table", "td", "th", "tr", "ul"}
LIVE = {"b", "button", "div", "fieldset", "input", "label", "span"}
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40)
HOSTILE = st.sampled_from(["<script>alert(1)</script>", "</p><img src=x onerror=f()>", "&lt;b&gt;"])
SECRETS = {"answer", "feedback", "why", "passed", "solution", "steps", "common_mistakes"}


class Seen(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def released(key: str) -> Question:
    """The card of a question of the released notebooks."""
    return Question(**notebooks.asked("release", NOTEBOOKS[key], key))


def plain(text: str) -> str:
    """A text as it is read: marks of code and spaces do not count."""
    return "".join(text.replace("`", "").split())


def names(props: object) -> set[str]:
    """The names of all values anywhere in JSON data."""
    if isinstance(props, dict):
        return set(props).union(*map(names, props.values()))
    return set().union(*map(names, props)) if isinstance(props, list) else set()


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """A kernel of a notebook with one question, somebody looking at it."""
    monkeypatch.setattr(base, "_shown", {})
    monkeypatch.setattr(session, "picked", {})
    monkeypatch.setattr(session, "given", {})
    made = Kernel(monkeypatch, write(tmp_path / "quiz.ipynb", {"q1": ""}))
    yield made
    for live in base._shown.values():
        live.close()


def save(kernel: Kernel, **rai: object) -> None:
    """Save answers and the like in the notebook of a kernel."""
    saved = json.loads(kernel.notebook.read_text(encoding="utf-8"))
    saved["metadata"]["rai"] = rai
    kernel.notebook.write_text(json.dumps(saved), encoding="utf-8")


def show(part: Question) -> list[dict]:
    """Display a card as the end of its cell does, and return the outputs."""
    with capture_output() as shown:
        part._ipython_display_()
    return [output.data for output in shown.outputs]


@pytest.mark.parametrize("key", KEYS)
def test_the_graded_edition_knows_no_answer(key):
    """Nothing that the page is told is named as a verdict, and there is nothing to check."""
    props = released(key).props()

    assert props == json.loads(json.dumps(props))
    assert set() == SECRETS & names(props)
    assert (False, None) == (props["practice"], props["result"])
    assert props["says"]["nowhere"].endswith("into the cell `quiz_answers` too.")


@pytest.mark.parametrize("key", KEYS)
def test_the_outputs_of_a_question_stay_small(key):
    """Both outputs together, with the reference to the live page, have at most 4,096 bytes."""
    part = released(key)
    first, *others = part.pages()
    first[VIEW] = {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}

    assert len(json.dumps([first, *others], ensure_ascii=False).encode()) <= 4096


@pytest.mark.parametrize("name", sorted(set(grader.widgets.available()) - {"Question"}))
def test_every_module_stays_small(name):
    """What a part brings to the page besides what parts share has at most 9,000 bytes."""
    assert own_bytes(getattr(grader.widgets, name)) <= 9_000


def test_comments_stay_in_the_files():
    """A page gets what runs; what stands beside a comment on its line stays."""
    text = module(Question("q1", "Which?", {"A": "one"})) + style(grader.widgets.ProcessFlow)

    assert [] == [line for line in text.splitlines() if re.match(r" *(//|/?\*[ /*])", line)]
    assert "follow.\n\nfunction h(tag" not in text
    assert "function h(tag, props = {}, ...children) {" in text
    assert ".page + .spoken { bottom: 0; left: 0; }" in text


@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("material", [{}, {"answer": "A"}])
def test_every_kind_of_card_stays_small(once, material):
    """A card brings what its kind needs, and that has at most 10,000 bytes of its own."""
    part = Question("q1", "Which?", OPTIONS, once=once)
    part._material = lambda: material
    more = [*(["once"] * once), *(["practice"] * bool(material))]

    assert ("saves", "answers", *base.SCREEN, "option", "question", *more) == part.assets
    assert own_bytes(part) <= 10_000


@pytest.mark.parametrize("key", KEYS)
def test_the_twin_tells_the_whole_question_and_stays_harmless(key):
    """Stem, code, options, hints and tables stand there, also where HTML is made harmless."""
    part = released(key)
    told = [part.stem, part.code, part.after, part.note, *part.options.values(), *part.hints]
    told += [cell for row in (part.figures or {}).get("rows", ()) for cell in row]
    told += [cell for table in part.tables() for row in table["rows"] for cell in row]
    page = Seen(safe_html(part.static_html()))

    assert [] == [text for text in told if plain(text) not in plain(page.text)]
    assert page.text == Seen(part.static_html()).text
    assert f"{part.title}: {part.after or part.stem}" == part.plain_text()


@given(*[TEXTS | HOSTILE] * 3)
def test_any_text_comes_out_readable_and_as_nothing_but_text(stem, option, hint):
    """A tag in a stem, an option, a hint, code or a note is shown as it was typed."""
    texts = {"code": stem, "after": option, "note": hint}
    part = Question("q1", stem, {"A": option}, hints=[hint], **texts)
    part.set_answers({"q1": "A"})
    static, choice = (page["text/html"] for page in part.pages())

    for page in (static, safe_html(static), part.props()["page"]):
        seen = Seen(page)
        assert seen.tags <= TAGS | LIVE
        assert all(plain(text) in plain(seen.text) for text in (stem, option, hint))
    assert Seen(choice).tags <= {"p", "code"}
    assert plain(f"Your answer: A. {option}") == plain(Seen(safe_html(choice)).text)


@pytest.mark.parametrize("answer", ["B", "b", " b) ", "(B)", "B.", "b:"])
def test_a_letter_is_read_as_people_write_it(answer):
    """Case, spaces and brackets do not matter."""
    part = Question("q1", "Which?", OPTIONS)
    part.set_answers({"q1": answer, "q2": "C"})

    assert "B" == part.chosen
    assert "Your answer: B. two" == part.pages()[1]["text/plain"]


@pytest.mark.parametrize("answers", [{"q1": "E"}, {"q1": "two"}, {"q1": 5}, {"q1": ""}, {}, 7])
def test_what_is_no_option_is_no_choice(answers):
    """A letter without an option, a word and a number count as no answer yet."""
    part = Question("q1", "Which?", OPTIONS)
    part.set_answers(answers)

    assert "" == part.chosen
    assert NO_ANSWER == part.pages()[1]["text/plain"]


def test_the_choice_stands_in_a_paragraph_of_its_own():
    """The page finds it by its id, to write it anew."""
    part = Question("q1", "Which?", OPTIONS)
    part.set_answers({"q1": "C"})

    assert (
        '<p id="answer-q1" class="grader-answer">Your answer: C. three</p>'
        == part.pages()[1]["text/html"]
    )


def test_a_kernel_takes_the_choice_from_its_notebook(kernel):
    """What a card reports comes first, then the saved notebook, then a dictionary."""
    part = Question("q1", "Which?", OPTIONS)
    kernel.shell.user_ns["quiz_answers"] = {"q1": "A"}
    found = [part.chosen]
    save(kernel, answers={"q1": "B"})
    found.append(part.chosen)
    session.picked["q1"] = "c"
    found.append(part.chosen)

    assert ["A", "B", "C"] == found


def test_an_answer_that_was_given_comes_before_all(kernel):
    """Neither a later choice nor a letter written by hand changes it, saved or not."""
    part = Question("q1", "Which?", OPTIONS, once=True)
    kernel.shell.user_ns["quiz_answers"] = {"q1": "A"}
    session.picked["q1"] = "B"
    found = [(part.chosen, part.given)]
    part.answer({"give": "C"})
    found.append((part.chosen, part.given))
    session.given.clear()  # the kernel was restarted, and the notebook is saved
    save(kernel, answers={"q1": "A"}, given={"q1": "D"})
    found.append((part.chosen, part.given))

    assert [("B", ""), ("C", "C"), ("D", "D")] == found
    assert "Answer given: D. four" == part.pages()[1]["text/plain"]


def test_only_the_first_answer_is_given(kernel):
    """A second one changes nothing; a card whose answers can be changed knows no giving."""
    part, other = Question("q1", "?", OPTIONS, once=True), Question("q2", "?", OPTIONS)
    for letter in "BA":
        part.answer({"give": letter})
        other.answer({"give": letter})

    assert {"q1": "B"} == session.given
    assert ("B", "") == (part.props()["given"], other.props()["given"])
    assert part.result is None


@pytest.mark.parametrize("broken", [["B"], {"q1": "Z"}, {"q1": ["B"]}, {"q2": "B"}, "B", None])
def test_what_is_no_answer_was_not_given(kernel, broken):
    """The file may hold anything: the card waits for an answer as before, and takes it."""
    part = Question("q1", "Which?", OPTIONS, once=True)
    save(kernel, given=broken)
    before = part.given
    part.answer({"give": "C"})

    assert ("", "C") == (before, part.given)
    assert "C" == part.chosen


def test_a_given_answer_refreshes_what_follows(kernel, monkeypatch):
    """The check of the question and the parts that follow hear of it."""
    heard = []
    monkeypatch.setattr("grader.widgets.kernel.hooks.check", heard.append)
    monkeypatch.setattr("grader.widgets.kernel.hooks.refresh", lambda: heard.append("all"))
    part = Question("q1", "Which?", OPTIONS, once=True)
    show(part)
    part.live._ask(part.live, {"give": "B"}, [])

    assert ["check_q1", "all"] == heard
    assert "B" == part.live.props["given"]


@pytest.mark.parametrize("once", [True, False])
def test_checking_is_giving_where_the_first_answer_counts(kernel, once):
    """In a practice edition a second check of another letter tells about the first one then."""
    part = Question("q1", "Which?", OPTIONS, once=once)
    part._material = lambda: {"answer": "A", "feedback": {"A": "Right. Yes.", "B": "No."}}
    act = re.search(r"<button.*?>(.*?)</button><?(.*?)<?/div>", part.props()["page"])
    found = []
    for letter in "BA":
        part.answer({"check": letter})
        found.append((part.result["letter"], part.result["passed"], part.result["why"]))

    assert "Check answer" == act[1]
    assert ("once checked it cannot be changed" in act[2]) is once
    assert [("B", False, "No."), ("B", False, "No.") if once else ("A", True, "Yes.")] == found


def test_a_verdict_outlives_the_kernel_where_the_first_answer_counts(kernel):
    """The answer stands in the notebook, so a new kernel can tell about it."""
    save(kernel, given={"q1": "B"}, practice={"q1": {"answer": "B", "feedback": {"B": "Yes."}}})
    part = Question("q1", "Which?", OPTIONS, once=True)

    assert (True, "Yes.") == (part.props()["result"]["passed"], part.props()["result"]["why"])


def test_the_card_says_how_far_an_answer_is(kernel):
    """Before it, chosen and given: a sign and words; what a submission is for stands elsewhere."""
    says = Question("q1", "Which?", OPTIONS, once=True).props()["says"]
    page = Question("q1", "Which?", OPTIONS, once=True).props()["page"]

    assert "○ Choose one. You can change it until it is given." == says["none"]
    assert ("◐ Chosen, not given yet:", "● Answer given:") == (says["chosen"], says["given"])
    assert "Your first answer counts: once given it cannot be changed." in page
    assert "Give this answer" in page
    assert "<button" not in Question("q1", "Which?", OPTIONS).props()["page"]


def test_a_notebook_that_is_being_saved_reads_as_before(kernel):
    """Jupyter writes it in place: half a file loses neither answers nor what may be told."""
    save(kernel, given={"q1": "B"}, practice={"q1": {"answer": "B", "feedback": {"B": "Yes."}}})
    part = Question("q1", "Which?", OPTIONS, once=True)
    before = part.props()
    whole = kernel.notebook.read_bytes()
    for some in (b"", whole[:50], whole[:-2]):
        kernel.notebook.write_bytes(some)

        assert before == part.props()
        assert ("once", "practice") == part.assets[-2:]


def test_figures_of_a_question_are_a_table(kernel):
    """They stand in the card and in its twin, escaped, with their heading."""
    figures = {"caption": "A <b>", "columns": ["Group", "Yes"], "rows": [["A", "5"], ["B", "<i>"]]}
    part = Question("q1", "Which?", OPTIONS, figures=figures)
    for page in (part.static_html(), part.props()["page"]):
        seen = Seen(page)

        assert {"table", "caption", "th", "td"} <= seen.tags
        assert {"i"} & seen.tags == set()
        assert all(text in seen.text for text in ("A <b>", "Group", "5", "<i>"))


def test_tables_beside_a_question_are_known_by_name():
    """An unknown name is refused, with the names that there are."""
    part = Question("q1", "Which?", OPTIONS, beside=["status_tracker"])

    assert "<caption>Status Tracker (variable_tracker)</caption>" in part.props()["page"]
    with pytest.raises(ValueError, match=r"'tracker'.*process_table.*status_tracker"):
        Question("q1", "Which?", OPTIONS, beside=["status_tracker", "tracker"])


def test_points_are_counted_in_words():
    """One point, two points, half a point; a question without points says nothing of them."""
    pages = [
        Question("q1", "?", OPTIONS, points=n, level="easy").props()["page"] for n in (1, 2, 0.5, 0)
    ]

    assert [
        ["easy", "1 point"],
        ["easy", "2 points"],
        ["easy", "0.5 points"],
        ["easy"],
    ] == [re.findall(r'<span class="badge">(.*?)</span>', page) for page in pages]


def test_a_card_imports_nothing_heavy():
    """The graded notebook is made from it without any widget library."""
    code = "import sys, grader.widgets.question; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in run.stdout.split()}

    assert "grader" in loaded
    assert set() == loaded & {"anywidget", "ipywidgets", "nbgrader", "nbconvert", "jupyterlab"}


@pytest.mark.parametrize("mark", ["autograde", "validate", None])
def test_a_card_is_static_where_nobody_looks(kernel, monkeypatch, mark):
    """nbgrader and nbclient run a notebook for nobody: the live page would be dead later."""
    monkeypatch.delenv("JPY_SESSION_NAME")
    for name in ("VOILA_APP_IP", "VSCODE_PID"):
        monkeypatch.delenv(name, raising=False)
    if mark:
        monkeypatch.setenv("NBGRADER_EXECUTION", mark)
    shown = show(Question("q1", "Which?", OPTIONS))

    assert not has_frontend()
    assert [{"text/plain", "text/html"}] * 2 == [set(page) for page in shown]
    assert {} == base._shown


def test_a_card_is_static_without_a_kernel(kernel):
    """IPython in a terminal has nowhere to show a live page."""
    kernel.shell.kernel = None

    assert not has_frontend()


def test_a_card_is_alive_where_somebody_looks(kernel, monkeypatch):
    """Under a Jupyter server, also one in which nbgrader left its mark after a failed run."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    part = Question("q1", "Which?", OPTIONS)
    session.picked["q1"] = "B"
    first, choice = show(part)

    assert part.live.model_id == first[VIEW]["model_id"]
    assert part.props() == part.live.props
    assert "B" == part.live.picked
    assert "Your answer: B. two" == choice["text/plain"]


def test_a_second_run_shows_the_page_that_is_there(kernel):
    """A cell that runs again keeps its live page, which other windows show too, and renews it."""
    first, second = (Question("q1", text, OPTIONS) for text in ("Which?", "Which one?"))
    show(first)
    show(Question("q2", "And?", OPTIONS))
    live = first.live
    page, *_ = show(second)

    assert live is second.live
    assert live.model_id == page[VIEW]["model_id"]
    assert second.props() == live.props
    assert ["q1", "q2"] == sorted(base._shown)


def test_a_page_that_a_window_could_not_draw_is_made_anew(kernel, monkeypatch):
    """The window gets a page of its own; the one that others show stays alive."""
    part = Question("q1", "Which?", OPTIONS)
    show(part)
    before = part.live
    monkeypatch.setattr(base, "_is_lost", lambda: True)
    page, *_ = show(part)

    assert before is not part.live
    assert before.comm is not None
    assert part.live.model_id == page[VIEW]["model_id"]


def test_a_page_that_was_closed_is_made_anew(kernel):
    """A page without a kernel's end is no page to show."""
    part = Question("q1", "Which?", OPTIONS)
    show(part)
    before = part.live
    before.close()
    show(part)

    assert before is not part.live
    assert part.live.comm is not None


@pytest.mark.parametrize(
    "message",
    [
        "A",
        None,
        ["check"],
        {},
        {"check": None},
        {"check": ["A"]},
        {"check": {"A": 1}},
        {"check": "E"},
        {"check": "A" * 10_000_000},
        {"other": "A"},
    ],
    ids=lambda message: repr(message)[:20],
)
def test_a_message_that_makes_no_sense_does_nothing(kernel, message):
    """Whatever the page sends, no verdict comes of it and nothing breaks."""
    part = Question("q1", "Which?", OPTIONS)
    part._material = lambda: {"answer": "A", "feedback": {}}
    show(part)
    before = part.live.props
    part.live._ask(part.live, message, [])

    assert part.result is None
    assert before is part.live.props


def test_a_choice_that_is_no_option_is_no_choice(kernel):
    """What the page reports is looked at like any other answer."""
    part = Question("q1", "Which?", OPTIONS)
    show(part)
    part.live.picked = "Z" * 1000

    assert "" == part.chosen


def test_a_second_check_of_a_letter_is_news(kernel):
    """The page takes a verdict away when the choice changes; the same check brings it again."""
    part = Question("q1", "Which?", OPTIONS)
    part._material = lambda: {"answer": "A", "feedback": {"B": "min(2) is 2."}}
    show(part)
    heard = []
    part.live.observe(heard.append, "props")
    for _ in range(2):
        part.answer({"check": "B"})

    assert [1, 2] == [change["new"]["result"]["number"] for change in heard]
    assert "min(2) is 2." == part.result["why"]


def test_a_card_with_a_slip_of_its_author_is_left_to_the_sandbox():
    """A call that cannot be made is no card: the grader goes on, and the cell shows its error."""
    head = "from grader.widgets import Question\n\n"

    assert None is card(head + 'Question("q", "Stem?", {"A": "a"}, beside=["nowhere"])', {})
    assert None is card(head + 'Question("q")', {})
    assert 2 == len(card(head + 'Question("q", "Stem?", {"A": "a"})', {}))
