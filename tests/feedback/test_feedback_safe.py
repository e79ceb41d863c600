"""What a feedback page never shows and never does, whatever a learner wrote."""

import base64
import re
import time
from html.parser import HTMLParser

import nbformat
import pytest
from support.feedback_pages import (
    DOT,
    HTML,
    MARKDOWN,
    answer,
    check,
    code,
    everything,
    made,
    marks,
    notebook,
    shown,
    stopped,
    stream,
    text,
)

from grader.course.regions import without_hidden_tests
from grader.feedback import SafeToShow
from grader.feedback.rich import rich_html, rich_markdown
from grader.results import Mark
from grader.sanitize import Sanitize, safe_data, safe_html, safe_markdown
from grader.sanitize.text import LONGEST

TAGS = set(
    """
    html head meta title style body header main footer nav section div p span h1 h2 h3 h4 h5 h6 ul
    ol li a strong em b i u s del code pre table thead tbody tr th td caption col colgroup details
    summary svg circle text img blockquote br hr sub sup small kbd samp var mark abbr dl dt dd
    figure figcaption
    """.split()  # noqa: SIM905 - a list of 60 quoted names is harder to read
)
ANY = re.compile(r"(?s).*")
ALLOWED = {  # what stands in these attributes of any page
    "src": re.compile(r"data:image/(?:[\w+]+;base64,[\w+/=]+|attached,.*)"),
    "href": re.compile(r"#.*"),
    "http-equiv": re.compile(r"Content-Security-Policy"),
}


class Reader(HTMLParser):
    """Reads a page as a browser does, and keeps every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))


def harm(html: str, elsewhere: bool = False) -> list[str]:
    """What in a page could run, be fetched, be sent or restyle the page."""
    found = []
    for tag, attributes in Reader(html).tags:
        if tag not in TAGS:
            found.append(f"<{tag}>")
        for name, value in attributes.items():
            value = value or ""
            if (
                name.startswith("on")
                or name in ("style", "srcset", "ping", "background", "action")
                or (
                    not (elsewhere and name == "href")
                    and not ALLOWED.get(name, ANY).fullmatch(value)
                )
            ):
                found.append(f"{tag} {name}={value}")
    return found


def page_of(*cells) -> str:
    """The page of a notebook with one step and these cells."""
    nb = notebook(answer("step_1", "x"), check("check_step_1", "Fine."), *cells)
    return made(nb, marks("build", Mark("check_step_1", 1.0, 1.0)))


def test_what_does_harm_is_seen():
    """The eye of these tests finds most of the samples harmful as they are."""
    assert len([html for html in HTML if harm(html)]) > 0.75 * len(HTML)


@pytest.mark.parametrize("html", HTML)
def test_html_of_a_learner_is_harmless(html: str):
    """Nothing runs, loads, sends, restyles or leaves its box, in an output or among Markdown."""
    page = page_of(code("x", shown(html=html)), text(f"Hello.\n\n{html}\n\nBye."))
    plain = page_of(code("x", shown(html="ok")), text("Hello.\n\nBye."))

    assert [] == harm(str(rich_html(html))) + harm(str(rich_markdown(html))) + harm(page)
    for tag in ("</main>", "</section>", "<style>", "<header>", "http-equiv"):
        assert plain.count(tag) == page.count(tag)


@pytest.mark.parametrize("markdown", MARKDOWN)
def test_markdown_of_a_learner_is_harmless(markdown: str):
    """The same for what Markdown makes of its signs, with and without pasted pictures."""
    pasted = {'a" onerror="alert(1)': {"image/png": "AAAA"}, "b.png": {"text/html": "<b>"}}

    assert [] == harm(str(rich_markdown(markdown))) + harm(page_of(text(markdown)))
    assert [] == harm(str(rich_markdown(markdown, False, pasted)))
    assert [] == harm(str(rich_markdown(markdown, True, pasted)), elsewhere=True)


@pytest.mark.parametrize("html", HTML)
def test_what_is_written_beside_the_page_is_harmless_too(html: str):
    """The graded notebook, which the formgrader shows, keeps links and nothing that acts."""
    found = harm(safe_html(html), elsewhere=True)

    assert [] == [one for one in found if not one.startswith("img src=data:image/")]
    assert not re.search(r"(?i)href=.(javascript|data|vbscript):", safe_html(html))


def test_the_policy_of_a_page_forbids_everything_but_its_own_style():
    """Even what slipped through could not run, load or send."""
    page = made(*everything())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]

    assert "default-src &#39;none&#39;" in policy and "unsafe" not in policy
    assert "form-action &#39;none&#39;" in policy and "base-uri &#39;none&#39;" in policy
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_a_page_with_all_there_is_does_no_harm():
    """The page's own tags stay within the same bounds, links of a person's comment aside."""
    found = harm(made(*everything()))

    assert ["a href=practice.html", "a href=https://course.example/plots"] == [
        one for one in found if "hint" not in one
    ]


@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "&lt;b>"],
)
def test_plain_text_stays_text(words: str):
    """Names, sentences, errors, printed lines, comments and notes are shown as written."""
    nb = notebook(
        answer("step_1", words, stream(words), stopped("E", words, words), shown(plain=words)),
        check("check_step_1", words),
        text("Mine.", grade_id=words, solution=True),
        notes=[words],
        problem="",
    )
    own = marks(words, Mark("check_step_1", 1.0, 1.0), student=words, comments={words: "Fine."})
    page = made(nb, own, pages=(words,))

    assert [] == harm(page)
    assert "49" not in page.replace("0.49", "")


def test_links_are_followed_only_where_the_course_speaks():
    """A learner's address is readable text; a link of the course or of a person is a link."""
    told = "[here](https://a.example/x?b=1&c=2)"

    assert "<p>here (https://a.example/x?b=1&amp;c=2)</p>" == rich_markdown(told).strip()
    assert '<a href="https://a.example/x?b=1&amp;c=2">here</a>' in rich_markdown(told, True)
    assert "<p>there</p>" == rich_markdown("[there](../x.ipynb)", True).strip()


def test_a_learner_cannot_write_a_part_of_the_page():
    """No id and no class of a learner's stays, so no mark can be forged and no link misled."""
    forged = '<div id="check_step_1" class="badge full">✔ Correct</div>'

    assert "<div>✔ Correct</div>" == rich_html(forged) == rich_markdown(forged).strip()


def test_a_pasted_picture_is_shown():
    """A picture that lies in the cell stands in the page, in Markdown with and without tags."""
    pasted = {"p.png": {"image/png": DOT}}
    wanted = f'<img alt="my plot" src="data:image/png;base64,{DOT}">'

    assert wanted in rich_markdown("![my plot](attachment:p.png)", False, pasted)
    assert wanted in rich_markdown("<b>x</b> ![my plot](attachment:p.png)", False, pasted)
    assert "<p>my plot</p>" == rich_markdown("![my plot](attachment:q.png)", False, pasted).strip()


def test_a_drawing_becomes_a_picture_in_which_nothing_runs():
    """An SVG stays visible, as an image of the page's own, in the graded notebook as well."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect/></svg>'
    data = safe_data({"image/svg+xml": svg, "text/plain": "x"})
    inside = base64.b64encode(svg.encode()).decode()

    assert {"text/html", "text/plain"} == data.keys()
    assert [] == harm(data["text/html"]) and inside in data["text/html"]
    for output in (shown(svg=svg), shown(html=data["text/html"])):
        assert f'src="data:image/svg+xml;base64,{inside}"' in page_of(code("x", output))


def test_text_stays_as_readable_as_it_was():
    """Entities, formulas, prices and tables come through."""
    assert "<p>a &lt; b &amp; c</p>" == rich_markdown("a &lt; b & c").strip()
    assert "<p>$x_1*y*z$ costs $5 and $6</p>" == rich_markdown("$x_1*y*z$ costs $5 and $6").strip()
    assert "<td>1</td>" in rich_markdown("| a |\n|--:|\n| 1 |")


@pytest.mark.slow
@pytest.mark.parametrize(
    "tag", ["<div>", "<b>", "<ul><li>", "<b></u>", "<p><b>", "<details>", "<script ", "[", "> "]
)
def test_no_text_takes_the_renderer_long(tag: str):
    """Boxes in boxes without end and texts that nobody reads cost a moment, not minutes."""
    endless = tag * (10 * LONGEST // len(tag))
    start = time.process_time()

    assert [] == harm(str(rich_html(endless)) + str(rich_markdown(endless)))
    assert [] == harm(safe_html(endless) + safe_markdown(endless))
    assert time.process_time() - start < 5


def test_a_large_picture_is_not_too_long_to_show():
    """The size of a text is counted without its pictures."""
    html = f'<p>Look</p><img alt="x" src="data:image/png;base64,{"A" * 4 * LONGEST}">'

    assert "<p>Look</p><img" in rich_html(html)


def test_errors_and_outputs_do_not_leak():
    """A check cell's traceback is cut to its last line, and a copied check in an output removed."""
    v4 = nbformat.v4
    check = v4.new_code_cell(
        "### BEGIN HIDDEN TESTS\nassert secret_function(3) == 17\n### END HIDDEN TESTS",
        metadata={"nbgrader": {"grade": True, "solution": False, "grade_id": "c"}},
        outputs=[
            v4.new_output(
                "error",
                ename="ValueError",
                evalue="no",
                traceback=["\x1b[31massert secret_function(3) == 17\x1b[0m", "ValueError: no"],
            ),
            v4.new_output("execute_result", data={"text/plain": "2.5"}),
        ],
    )
    spy = v4.new_code_cell(
        "print(In[-1])",
        outputs=[v4.new_output("stream", text="assert secret_function(3) == 17\n")],
    )

    nb, _ = SafeToShow().preprocess(v4.new_notebook(cells=[check, spy]), {})

    assert "secret" not in str(nb)
    assert [output.traceback for output in nb.cells[0].outputs] == [["ValueError: no"]]


@pytest.mark.parametrize(
    "leak",
    [
        stream("secret_of('check_step_1', 42)\n"),
        stream("sec\x1b[1mret_of('check_step_1', 42)\n"),
        stopped("E", "no", "\x1b[31msecret_of\x1b[0m('check_step_1', 42)"),
        shown(plain="\"secret_of('check_step_1', 42)\""),
        shown(html="<b>secret_of(&#39;check_step_1&#39;, 42)</b>", plain="x"),
        shown(markdown="`secret_of('check_step_1', 42)`"),
    ],
)
def test_an_output_that_repeats_a_hidden_check_is_not_shown(leak):
    """As text, in colours, as an error, as HTML with entities, as Markdown."""
    page = page_of(code("spy()", leak))

    assert "This output repeated" in page
    assert "secret_of" not in re.sub(r"<[^>]+>", "", page)


def test_a_learners_own_answer_is_not_cut():
    """A copied delimiter hides nothing of a hand-marked answer, and its number and trace stay."""
    about = {"grade_id": "essay", "grade": True, "solution": True, "locked": False}
    mine = code("x\n### BEGIN HIDDEN TESTS\nmine = 1", **about)
    mine["outputs"] = [stopped("E", "no", "line one", "E: no"), shown(plain="0.5")]
    page = made(notebook(mine), marks("build", Mark("essay", 2.0)))

    assert "mine = " in page and "line one" in page and ">0.5</pre>" in page


@pytest.mark.parametrize(
    ("source", "strict", "left"),
    [
        ("a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc", True, "a\nc"),
        ("a\n    # BEGIN HIDDEN TESTS\n    b\n    # END HIDDEN TESTS\nc", True, "a\nc"),
        ("a\n### BEGIN HIDDEN TESTS\nb", True, "a"),
        ("a\n### BEGIN HIDDEN TESTS\nb\n### BEGIN HIDDEN TESTS\nc", True, "a"),
        ("a\n### BEGIN HIDDEN TESTS\nb", False, "a\nb"),
        ("### END HIDDEN TESTS\na", False, "a"),
    ],
)
def test_regions_are_removed_however_they_are_written(source: str, strict: bool, left: str):
    """Indented, nested, unclosed and copied delimiters are all handled, never an error."""
    assert without_hidden_tests(source, strict) == left


def test_the_preprocessor_of_grading_is_found_by_its_name():
    """nbgrader's configuration names it; nothing else needs nbgrader for it."""
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data")])
    cell.outputs[0].data = nbformat.from_dict({"text/html": "<b onclick=x>b</b>"})

    assert "<b>b</b>" == Sanitize().preprocess_cell(cell, {}, 0)[0].outputs[0].data["text/html"]
