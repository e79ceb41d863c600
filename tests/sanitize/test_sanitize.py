"""What grading leaves of outputs, texts, pictures and metadata, and how long that takes."""

import base64
import time

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import v4
from support.feedback_pages import DOT
from support.hostile_texts import ENDLESS

from grader.feedback.rich import rich_html, rich_markdown
from grader.sanitize import Sanitize, safe_data, safe_html, safe_markdown
from grader.sanitize.outputs import safe_attachments, safe_output
from grader.sanitize.text import JOINER, LONGEST, MOST

HONEST = [
    "# My notes\n\nIt is *not* **fair**: `accuracy < 0.8` & 3 > 2.\n\n- one\n  1. two\n",
    "a < b and c>d, 1 <2, <3, a<=b, <-",
    'See [the paper](https://a.example/b_(c)?d=1&e=2#f "A title") or <https://a.example/>.',
    '[one][r] and [two]\n\n[r]: https://a.example/x\n[two]: http://a.example "Two"\n',
    "Write to <ada@a.example> or [me](mailto:ada@a.example), go [up](#my-notes).",
    "[notebook](../mini_project/build_and_apply.ipynb#cell-id=step_1), [data](rows.csv)",
    "![plot](plot.png) ![own](attachment:image.png)",
    "| a | b |\n|---|--:|\n| 1 | `x` |\n",
    "<details><summary>Hint</summary>\n\nUse `len`.\n\n</details>\n\nline<br>line<br/>",
    "H<sub>2</sub>O, x<sup>2</sup>, <b>bold</b>, <kbd>Ctrl</kbd> <!-- for me --> &lt; &amp; &nbsp;",
    '<div class="alert alert-info">Read <a href="https://a.example/">this</a>.</div>',
    '<img src="plot.png" alt="my plot" width="300">',
    "$x_1 < y$ and $$\\frac{a}{b} \\begin{pmatrix}1 & 2\\end{pmatrix}$$ cost $5",
    "```python\nfor x in xs:\n    print(a[0], {'b': 1})\n```\n\n- [ ] open\n- [x] done\n",
    "It is 20:15, ratio 1:2, [sic], f(x)[0], note[^1] ~~gone~~ https://a.example/x www.b.example",
    "日本語 · Ünïcödé — “quotes” … 👍",
]


def read(markdown: str, pasted: frozenset[str] = frozenset({"image.png"})) -> str:
    """What a person reads of Markdown, as nbconvert renders it."""
    pictures = {name: {"image/png": DOT} for name in pasted}
    renderer = IPythonRenderer(escape=False, attachments=pictures)
    return MarkdownWithMath(renderer=renderer).render(markdown)


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_text_stays_as_it_is(text: str):
    """Not one sign of it changes, so it looks the same everywhere."""
    assert text == safe_markdown(text, frozenset({"image.png"}))


@pytest.mark.parametrize(
    "text", ["List<int> and i<n;", "```\nfor x in xs[1:]:\n    x\n```", "[a]: b"]
)
def test_a_text_that_only_looks_like_more_reads_the_same(text: str):
    """A sign without width is all that comes in, and it comes in once."""
    found = safe_markdown(text)

    assert text != found and text == found.replace(JOINER, "") and found == safe_markdown(found)


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("`<script>` and `[x](javascript:y)`", "<script> and [x](javascript:y)"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](java&#115;cript:a) [y](java&Tab;script:b)", "[x](javascript:a) [y](java\tscript:b)"),
        ("<b onclick=a>bold</b> <font color=red>red</font>", "bold <font color=red>red</font>"),
        ("![far](https://a.example/p.png)", "!far"),
        ("<img src='https://a.example/p.png' alt='far'>", "far"),
        ("see [r]\n\n[r]: javascript:x", "see [r]\n[r]: javascript:x"),
        ("</div></div> <details> never closed", "</div></div> <details> never closed"),
        ("$\\href{javascript:a}{b}$", "$\\href{javascript:a}{b}$"),
        ("![gone](attachment:gone.png)", "![gone](attachment:gone.png)"),
        ("a\x00b\x1b[1mc\u202ed", "ab[1mcd"),
    ],
)
def test_what_may_not_stay_reads_as_it_was_written(text: str, looks: str):
    """A person sees the tag, the link and the picture as text, or what they were about."""
    shown = BeautifulSoup(read(safe_markdown(text)), "html.parser").get_text()

    assert looks == shown.replace(JOINER, "").strip()


def test_a_diagram_is_code():
    """The renderer of diagrams would be fetched, and writes what it gets into the page as HTML."""
    page = read(safe_markdown("```mermaid\n</pre><b>x</b>\n```"))

    assert 'class="mermaid"' not in page and "jp-Mermaid" not in page and "<b>" not in page


HOSTILE = {"height": '1 onmouseover="alert(1)"', "width": 3, "alt": 'x" onerror="alert(1)', "y": 1}


def test_an_output_has_known_settings_of_known_types():
    """A number for a side, a word for a background; whatever else it says about itself is gone."""
    output = {
        "output_type": "display_data",
        "data": {"image/jpeg": DOT, "image/png": DOT, "text/plain": "<Figure>"},
        "metadata": {
            "image/jpeg": HOSTILE,
            "image/png": {"width": 640.5, "height": 480, "needs_background": "light"},
            "filenames": {"image/jpeg": "//thief.test/x"},
            "isolated": True,
            "width": '1 onload="alert(1)"',
        },
        "svg_filename": "//thief.test/x.svg",
        "transient": {"display_id": "<script>"},
    }

    assert safe_output(output) == {
        "output_type": "display_data",
        "data": {"image/jpeg": DOT, "image/png": DOT, "text/plain": "<Figure>"},
        "metadata": {
            "image/jpeg": {"width": 3},
            "image/png": {"width": 640.5, "height": 480, "needs_background": "light"},
        },
    }


@pytest.mark.parametrize("side", [True, float("nan"), float("inf"), -1, 1e9, "640", [640], None])
def test_a_side_is_a_number_of_pixels(side):
    """Not a truth value, no text, nothing endless."""
    about = {"image/png": {"width": side}}
    output = {"output_type": "display_data", "data": {"image/png": DOT}, "metadata": about}

    assert {} == safe_output(output)["metadata"]


def test_only_known_kinds_of_data_are_shown():
    """Programs, widgets, diagrams, documents and invented kinds are gone; pictures are pictures."""
    data = {
        "application/javascript": "alert(1)",
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
        "text/vnd.mermaid": "graph",
        "application/pdf": "JVBE",
        'text/html" onload="x': "<b>",
        "IMAGE/PNG": DOT,
        "image/gif": 'AA" onerror="alert(1)',
        "image/webp": {"a": 1},
        "image/png": [DOT[:10], DOT[10:]],
        "text/html": ["<b onclick=a>", "b</b>"],
        "text/latex": "$\\href{x}{y}$",
        "text/plain": "<b>",
    }

    assert safe_data(data) == {
        "image/png": DOT,
        "text/html": "<b>b</b>",
        "text/latex": f"$\\{JOINER}href{{x}}{{y}}$",
        "text/plain": "<b>",
    }


@pytest.mark.parametrize("kind", ["plotly.v1", "vegalite.v6", "bokehjs_exec.v0"])
def test_a_figure_that_only_a_script_draws_is_named(kind):
    """A sentence stands in its place, unless the figure has a text or a picture of its own."""
    drawn = {f"application/vnd.{kind}+json": {"data": []}, "text/html": "<script>x</script>"}
    library = kind.split(".")[0].removesuffix("_exec")

    assert safe_data(drawn) == {
        "text/plain": f"<a figure of {library}: it is drawn where the notebook runs>"
    }
    assert safe_data({**drawn, "text/plain": "Figure"}) == {"text/plain": "Figure"}


def test_an_output_of_no_known_shape_is_dropped():
    """The code that ran could have said anything about what it showed."""
    assert safe_output({"output_type": "update_display_data", "data": {}}) is None
    assert safe_output({"output_type": "display_data", "data": {"text/x": "y"}}) is None
    assert {"output_type": "stream", "name": "stdout", "text": ""} == safe_output(
        {"output_type": "stream", "name": '"><b>', "text": {"x": 1}, "more": 1}
    )
    assert {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["a", ""]} == (
        safe_output({"output_type": "error", "ename": "E", "evalue": 1, "traceback": ["a", 2]})
    )


def test_a_pasted_picture_has_a_plain_name_and_is_a_picture():
    """Names and kinds that would break out of an attribute are gone, and what is no base64."""
    pasted = {
        "image.png": {"image/png": f"{DOT[:8]}\n{DOT[8:]}", "text/html": "<b>"},
        'x" onerror="a': {"image/png": DOT},
        "b.svg": {"image/svg+xml": "<svg onload=a>"},
        "c.png": {"image/png": 'A" onerror="x'},
        "d.png": "AAAA",
    }

    assert {"image.png": {"image/png": DOT}} == safe_attachments(pasted)


def test_metadata_of_cells_and_notebook_is_what_nbgrader_needs():
    """Tags, names of templates, widget states and titles are gone; kernel and answers stay."""
    about = {"grade_id": "a", "grade": False, "solution": True, "locked": False, "x": "<b>"}
    text = v4.new_markdown_cell("Hi.", metadata={"nbgrader": about, "tags": ['" onclick="a']})
    code = v4.new_code_cell("x", metadata={"alt": "<b>", "raw_mimetype": "text/html"})
    nb = v4.new_notebook(cells=[text, code])
    nb.metadata.update(
        widgets={"application/vnd.jupyter.widget-state+json": {}},
        title="<script>",
        kernelspec={"name": "python3", "display_name": "Python [3]", "env": {"A": "b"}},
        language_info={"name": "python", "pygments_lexer": "<b>"},
        rai={"answers": {"practice1": "A"}},
    )
    found, _ = Sanitize().preprocess(nb, {})

    assert {"nbgrader": {k: about[k] for k in about if k != "x"}} == found.cells[0].metadata
    assert {} == found.cells[1].metadata
    assert found.metadata == {
        "kernelspec": {"name": "python3", "display_name": "Python [3]"},
        "language_info": {"name": "python"},
        "rai": {"answers": {"practice1": "A"}},
    }


def test_a_raw_cell_is_text():
    """nbconvert takes it for HTML, pictures from elsewhere included."""
    raw = v4.new_raw_cell("a < b <img src=//thief.test/x>", metadata={"raw_mimetype": "text/html"})

    assert (
        f"a < b <{JOINER}img src=//thief.test/x>"
        == Sanitize().preprocess_cell(raw, {}, 0)[0].source
    )


def test_charts_of_libraries_are_shown():
    """matplotlib's picture with its size, a table of pandas, a drawing, a plain text."""
    table = (
        '<div>\n<style scoped>.dataframe {{}}</style>\n<table border="1" class="dataframe">\n'
        '<thead><tr style="text-align: right;"><th></th><th>a</th></tr></thead>'
        "<tbody><tr><th>0</th><td>1</td></tr></tbody></table></div>"
    )
    drawn = safe_data({"image/svg+xml": "<svg xmlns='x'><rect/></svg>", "text/plain": "<SVG>"})
    inside = base64.b64encode(b"<svg xmlns='x'><rect/></svg>").decode()

    assert '<table class="dataframe">' in safe_html(table)
    assert "<td>1</td>" in safe_html(table) and "style" not in safe_html(table)
    assert f'<img alt="A drawing" src="data:image/svg+xml;base64,{inside}">' == drawn["text/html"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ENDLESS)
def test_no_text_takes_long(name: str):
    """Cleaning and every renderer behind it take a moment, whatever signs there are without end."""
    text = ENDLESS[name]
    start = time.process_time()
    markdown = safe_markdown(text)
    BeautifulSoup(read(markdown), "html.parser")
    BeautifulSoup(safe_html(text), "html.parser")
    rich_html(safe_html(text))
    rich_markdown(markdown)

    assert time.process_time() - start < 8


def test_time_grows_with_the_length():
    """Four times the text takes about four times as long, not sixteen times."""
    for name in ("attributes", "ampersands", "entities", "misnested", "items in items", "angles"):
        one, four = (ENDLESS[name] * 2, ENDLESS[name] * 8)
        spent = []
        for text in (one, four):
            start = time.process_time()
            safe_html(text)
            spent.append(time.process_time() - start)

        assert spent[1] < 10 * max(spent[0], 0.05), name


@pytest.mark.parametrize("sign", MOST)
def test_a_text_of_one_sign_is_shown_as_it_was_written(sign: str):
    """What no renderer reads in a moment stands there as a block of code, and so does a book."""
    many = sign * (MOST[sign] + 1)

    assert many in safe_markdown(many).replace(JOINER, "") != many
    assert safe_markdown("x" * (LONGEST + 1)).startswith("~~~text\n")


def test_an_authors_text_stays_an_authors():
    """An answer left as released keeps every sign, so that it still counts as untouched."""
    from nbgrader.utils import compute_checksum

    about = {"grade_id": "a", "grade": True, "solution": True, "locked": False, "points": 1.0}
    cell = v4.new_markdown_cell("Use <tag> here: ![x](https://a.example/x.png)")
    cell.metadata = nbformat.from_dict({"nbgrader": about | {"schema_version": 3}})
    cell.metadata.nbgrader.checksum = compute_checksum(cell)
    source = cell.source

    assert source == Sanitize().preprocess_cell(cell, {}, 0)[0].source
    cell.source = source + " Mine."
    assert source not in Sanitize().preprocess_cell(cell, {}, 0)[0].source
