"""
What a person's browser shows of hostile hand-ins: no script runs, nothing is fetched.

Two thousand texts go through the cleaning of grading, then through each renderer, many on a page.
"""

import copy
import re
from collections import Counter
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import v4
from nbformat.notebooknode import NotebookNode
from support.feedback_pages import answer, check, made, marks
from support.feedback_pages import notebook as graded
from support.hostile_texts import HOST, Writer
from traitlets.config import Config

from grader.course.config import enable
from grader.results import Mark
from grader.sanitize import Sanitize

TEXTS = 2000
ON_A_PAGE = 500
DESK = "http://desk.test"
NOTHING = "data:text/javascript,"
# Every call leaves a trace, whoever makes it; of what needs a click or a key, its place is enough.
WATCHING = "window.hits = []; window.hit = (n) => { hits.push(n); return true; };"
PERSON = """() => {
  addEventListener("click", (event) => event.preventDefault(), true);
  for (const one of document.querySelectorAll("body *")) {
    if (one.localName === "details") one.open = true;
    for (const kind of ["mouseover", "pointerenter", "focus", "wheel", "scroll", "error", "end"])
      one.dispatchEvent(new Event(kind, { bubbles: false }));
  }
}"""
LIVE = r"""(template) => {
  const plain = (one) => one.outerHTML.replace(/ ?nonce="[^"]*"|nonce-[\w-]+/g, "");
  const parsed = new DOMParser().parseFromString(template, "text/html");
  const own = new Set([...parsed.querySelectorAll("*")].map(plain));
  const tags = `script style link meta base iframe frame frameset object embed form video audio
    track source portal template title svg math applet isindex button select`.split(/\s+/);
  const addresses = /(href|src|to|values|from|data|content|code|archive)$/i;
  const program = /^[\s\0-\x20]*(java|vb)script[\s\0-\x20]*:|^\s*data:(?!image\/[\w+]+;base64)/i;
  const fetching = /^(on|srcset$|ping$|action|formaction|background|poster|target$|http-equiv$)/i;
  const found = window.hits.map((n) => `ran ${n}`);
  const look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.shadowRoot) { found.push("shadow"); look(one.shadowRoot); }
      if (own.has(plain(one))) continue;
      if (tags.includes(one.localName)) found.push(`<${one.localName}>`);
      if (one.classList.contains("mermaid")) found.push("mermaid");
      for (const { name, value } of one.attributes) {
        if (name === "target" && one.closest("nav")) continue;
        const live = fetching.test(name)
          || (addresses.test(name) && program.test(value))
          || (name === "href" && /^\s*data:/i.test(value))
          || (name === "style" && /url|image|@|expression|position/i.test(value))
          || (one.localName === "img" && name === "src" && !/^(data:image|[\w./-]+$)/.test(value));
        if (live) found.push(`${one.localName} ${name}=${value}`.slice(0, 120));
      }
    }
  };
  look(document);
  return found;
}"""
STATIC = Path(find_spec("nbgrader").origin).parent / "server_extensions/formgrader/static"


@dataclass
class Seen:
    """What a page did: requests besides its own, and what in it acts or could."""

    requests: list[str] = field(default_factory=list)
    live: list[str] = field(default_factory=list)


def document(texts: list[tuple[str, str]]) -> NotebookNode:
    """A hand-in with a pair of HTML and Markdown in every place that a browser shows."""
    cells = []
    for number, (markup, written) in enumerate(texts):
        shown = [
            {"text/html": markup},
            {"text/markdown": written},
            {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{markup}</svg>"},
            {"text/latex": written, "text/plain": markup},
            {"application/javascript": f"hit({number})", "text/vnd.mermaid": markup},
            {markup: written, "image/png": f'AA" onerror="hit({number})'},
        ]
        sizes = {"width": f"1 onload=hit({number})", "filenames": {"image/png": f"//{HOST}/f.png"}}
        metadata = {"image/png": sizes, "text/html": {"isolated": True}, "filenames": sizes}
        outputs = [v4.new_output("display_data", shown[0], metadata=metadata)]
        outputs.append(v4.new_output("display_data", shown[1 + number % 5], metadata=metadata))
        outputs.append(
            v4.new_output("stream", name="stdout", text=f"\x1b[1m{markup}\x1b]8;;{written}")
        )
        outputs.append(
            v4.new_output("error", ename=markup, evalue=written, traceback=[markup, written])
        )
        source = ("x", markup, "x", "x", written, "x", f"%%html\n{markup}", "x")[number % 8]
        tags = {
            "tags": [f'x" onclick="hit({number})'],
            "alt": f'"><img src=x onerror=hit({number})>',
        }
        code = v4.new_code_cell(
            source, outputs=outputs[:2] if number % 4 else outputs, metadata=tags
        )
        pasted = {
            "a.png": {"image/svg+xml": markup},
            f'x" onerror="hit({number})': {"image/png": "AA"},
        }
        text = v4.new_markdown_cell(written, attachments=pasted, metadata=tags)
        cells += [text, code] + (
            [v4.new_raw_cell(markup, metadata=tags)] if number % 8 == 0 else []
        )
    nb = v4.new_notebook(cells=cells)
    state = {"state": {"x": {"model_name": "HTMLModel", "state": {"value": texts[0][0]}}}}
    nb.metadata.widgets = {"application/vnd.jupyter.widget-state+json": state}
    nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nb.metadata.title = "</title><script>hit(0)</script>"
    return nb


def cleaned(nb: NotebookNode) -> NotebookNode:
    """The hand-in as grading writes it."""
    return Sanitize().preprocess(nb, {})[0]


def stock(template: str):
    """nbconvert's own page, whose own scripts from the network are left out."""
    own = {"require_js_url": NOTHING, "mathjax_url": NOTHING, "jquery_url": NOTHING}
    own |= {"mermaid_js_url": f"{NOTHING}export default {{initialize() {{}}}}"}
    own |= {"mermaid_layout_elk_js_url": ""}
    exporter = HTMLExporter(template_name=template, **own)
    return lambda nb: exporter.from_notebook_node(nb)[0]


def desk(nb: NotebookNode) -> str:
    """nbgrader's formgrader, as a course configures it."""
    config = Config()
    enable(config)
    names = {"assignment_id": "a", "notebook_id": "n", "submission_id": "s", "index": 0, "total": 1}
    learner = f"</title><img src=//{HOST}/name onerror=hit(1)>"
    names |= {"student": learner, "first_name": "", "last_name": "", "base_url": ""}
    names |= {"notebook_path": f'"><script>hit(2)</script>{learner}'}
    return HTMLExporter(config=config).from_notebook_node(nb, resources=names)[0]


def feedback(nb: NotebookNode) -> str:
    """The learner's page."""
    mine = answer("step_1", "x")
    cells = [mine, check("check_step_1", nb.cells[0].source), *nb.cells]
    return made(graded(*cells), marks("build", Mark("check_step_1", 1.0, 1.0)))


RENDERERS = {
    "lab": stock("lab"),
    "classic": stock("classic"),
    "formgrader": desk,
    "feedback": feedback,
}


def opened(browser, html: str, template: str) -> Seen:
    """
    Open a page and do what a person does: focus, hover, unfold. `template` is the same page without
    a hand-in: what stands there is the page's own.
    """
    seen = Seen()
    context = browser.new_context()
    page = context.new_page()

    def serve(route) -> None:
        address = route.request.url
        if address == f"{DESK}/page/":
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif found := re.match(rf"{DESK}/formgrader/static/([\w./-]+)", address):
            route.fulfill(path=STATIC / found[1])
        elif re.match(rf"{DESK}/(formgrader/api/|favicon)", address):
            route.fulfill(body="[]", content_type="application/json")
        else:
            seen.requests.append(address)
            route.abort()

    page.route("**/*", serve)
    page.add_init_script(WATCHING)
    page.goto(f"{DESK}/page/", wait_until="load")
    page.evaluate(PERSON)
    page.wait_for_timeout(200)
    seen.live = page.evaluate(LIVE, template)
    context.close()
    return seen


def elsewhere(seen: Seen) -> list[str]:
    """The requests that leave the server; a picture beside the notebook may be asked for."""
    return [address for address in seen.requests if not address.startswith(f"{DESK}/page/")]


@pytest.fixture(scope="module")
def graded_work() -> list[NotebookNode]:
    """Notebooks full of hostile texts, as grading writes them."""
    writer = Writer(2026)
    texts = [(writer.html(), writer.markdown()) for _ in range(TEXTS // 2)]
    parts = range(0, len(texts), ON_A_PAGE)
    return [cleaned(document(texts[start : start + ON_A_PAGE])) for start in parts]


@pytest.mark.parametrize("name", RENDERERS)
def test_no_script_and_no_request_in_any_page(name, browser, graded_work):
    """In nbconvert's pages, in the formgrader and in the feedback, whatever the spelling."""
    render = RENDERERS[name]
    template = render(cleaned(document([("<b>b</b>", "b")])))
    # The formgrader is made of the classic page: that one on its own shows a sample.
    for nb in (
        graded_work if name != "classic" else [v4.new_notebook(cells=graded_work[0].cells[:150])]
    ):
        seen = opened(browser, render(copy.deepcopy(nb)), template)

        assert ({}, []) == (dict(Counter(seen.live)), elsewhere(seen))


def plainly(*patterns: str) -> list[tuple[str, str]]:
    """Texts that act at once where they are not cleaned, in HTML and among Markdown."""
    call = Writer(1)
    return [(call.filled(one), call.filled(one)) for one in patterns]


CONTROL = plainly(
    "<script>{c}</script>", "<img src=x onerror={c}>", "<img src={u}>", "<a href='{j}'>x</a>"
)


@pytest.mark.parametrize("name", ["lab", "classic"])
def test_scripts_and_requests_are_seen(name, browser):
    """The same texts as they were handed in run, fetch and are found."""
    render = RENDERERS[name]
    template = render(cleaned(document([("<b>b</b>", "b")])))
    seen = opened(browser, render(document(CONTROL)), template)

    assert [one for one in seen.live if one.startswith("ran ")]
    assert (
        "<script>" in seen.live
        and ("<iframe>" if name == "classic" else "img onerror=hit(4)") in seen.live
    )
    assert [one for one in elsewhere(seen) if HOST in one]


def test_the_formgrader_stops_a_second_time(browser):
    """What nobody cleaned runs nothing there and fetches nothing; without the policy it does."""
    page = desk(document(CONTROL))
    bare = re.sub(r"<meta[^>]*Content-Security-Policy[^>]*>", "", page)
    held, free = (opened(browser, one, page) for one in (page, bare))

    assert page != bare
    assert [] == [one for one in held.live if one.startswith("ran ")] + elsewhere(held)
    assert [one for one in free.live if one.startswith("ran ")] and elsewhere(free)


def test_jupyter_lab_shows_it_without_harm(instructors_lab, page):
    """A sample of the same texts in `autograded/`, opened as an instructor opens it."""
    writer = Writer(7)
    texts = [*CONTROL, *((writer.html(), writer.markdown()) for _ in range(40))]
    folder = instructors_lab.course.autograded("mallory", "mini_project")
    folder.mkdir(parents=True)
    nbformat.write(cleaned(document(texts)), folder / "hostile.ipynb")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(WATCHING)
    page.goto(instructors_lab.url("/lab/tree/autograded/mallory/mini_project/hostile.ipynb"))
    cells = page.locator(".jp-Notebook .jp-Cell")
    cells.first.wait_for(timeout=60_000)
    for _ in range(20):
        page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollBy(0, 1500)")
        page.wait_for_timeout(100)

    assert 10 < cells.count()
    assert [] == page.evaluate("hits")
    assert [] == [one for one in asked if HOST in one.split("?")[0]]  # its server resolves names
    assert [] == page.evaluate(IN_CELLS)


# What a learner wrote, as JupyterLab draws it.
IN_CELLS = r"""() => [...document.querySelectorAll(".jp-RenderedMarkdown *, .jp-RenderedHTML *")]
  .filter((one) => one.matches("script, style, iframe, object, embed, form, base, meta, link")
    || [...one.attributes].some(({ name, value }) => /^on/i.test(name)
      || (/href|src/i.test(name) && /^\s*((java|vb)script:|data:(?!image))/i.test(value))))
  .map((one) => one.outerHTML.slice(0, 100))"""
