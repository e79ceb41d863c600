"""Hostile hand-ins graded for real, and another course that only says `enable(c)`."""

import json
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat import v4
from support.courses import copy_course, hand_in, need_sandbox
from support.hostile_texts import ENDLESS

from grader.batch import grade
from grader.course import Course, load_config, put_tools_on_path
from grader.feedback import feedback

SHOWS = """
from IPython.display import display
FORGED = {"image/jpeg": {"height": '1 onmouseover="hit()"', "width": 'x" onload="hit()'}}
FORGED |= {"filenames": {"image/png": "//thief.test/a.png"}, "isolated": True}
display({"image/jpeg": "AAAA", "text/plain": "p"}, raw=True, metadata=FORGED)
display({"image/png": 'AA" onerror="hit()'}, raw=True, metadata={"filenames": {"image/png": "//x"}})
display({"text/html": "<b>bold</b>"}, raw=True, metadata={"text/html": {"isolated": True}})
display({"application/javascript": "hit()", 'x" onload="hit()': "<script>"}, raw=True)
WIDGET = "application/vnd.jupyter.widget-view+json"
display({WIDGET: {"model_id": "</script><script>hit()"}}, raw=True)
fairness_threshold = 0.8
"""
LINKS = """[a](java&#115;cript:hit()) [b](java&Tab;script:hit()) [c](&#1;javascript:hit())
<javascript:hit()>

[d] [e][f] ![g][h] ![i](//thief.test/i.png) <svg><a xlink:href="javascript:hit()">x</a></svg>

[d]: javascript:hit()
[f]: <data:text/html,x>
[h]: https://thief.test/h.png

<video src=//thief.test/v poster=//thief.test/p></video><link rel=stylesheet href=//thief.test/c>
<style>@font-face { src: url(//thief.test/f) }</style> <b style="background:url(//thief.test)">b</b>
[files](files/javascript:hit()) ![files](/files///thief.test/x.png) [page](evil.html)

![pasted](attachment:a.png) ![gone](attachment:gone.png) [ordinary](https://a.example/)
"""


class Page(HTMLParser):
    """Keeps what of a page a browser would run, fetch or open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.live: list[str] = []
        self.links: list[str] = []
        self.scripts = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Look at a tag."""
        self.scripts += tag == "script"
        if tag in ("iframe", "object", "embed", "base", "video", "audio", "svg", "math", "form"):
            self.live.append(tag)
        for name, value in attrs:
            value = (value or "").strip()
            self.links += [value] if tag == "a" and name == "href" else []
            elsewhere = name in ("src", "srcset", "poster", "background") and "//" in value
            script = "script:" in "".join(value.lower().split()) or value.startswith("data:text")
            if name.startswith("on") or elsewhere or (script and name != "title"):
                self.live.append(f"{tag} {name}={value}")


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory) -> Course:
    """A course where one learner shows and writes what is hostile, and others write without end."""
    need_sandbox()
    course = copy_course(tmp_path_factory.mktemp("hostile") / "course")
    path = hand_in(course, "mallory", step_2=SHOWS) / "build_and_apply.ipynb"
    nb = nbformat.read(path, as_version=4)
    tags = {"tags": ['x" onclick="hit()'], "alt": '" onerror="hit()', "raw_mimetype": "text/html"}
    pasted = {"a.png": {"image/png": "AAAA", "text/html": "<script>"}, 'x"y': {"image/png": "AA"}}
    nb.cells += [
        v4.new_markdown_cell(LINKS, metadata=tags, attachments=pasted),
        v4.new_raw_cell("<img src=//thief.test/raw.png>", metadata=tags),
        v4.new_code_cell("# </pre><script>hit()</script><img src=x onerror=hit()>", metadata=tags),
    ]
    nb.metadata.update(title="</title><script>hit()</script>", widgets={"x": "</script>"})
    nbformat.write(nb, path)
    for name in ("angles", "attributes"):
        path = hand_in(course, name) / "build_and_apply.ipynb"
        nb = nbformat.read(path, as_version=4)
        place = next(n for n, cell in enumerate(nb.cells) if cell.id == "step_2")
        nb.cells.insert(place, v4.new_markdown_cell(ENDLESS[name]))
        nbformat.write(nb, path)
    hand_in(course, "ada")
    grade(course, "mini_project", ["ada"])  # what is done once for the whole class
    return course


@pytest.mark.slow
def test_texts_without_end_cost_no_more_than_others(handed_in):
    """A cell of 24,000 angles and a tag with 20,000 attributes: full marks in a moment."""
    spent = {}
    for students in (["ada"], ["angles", "attributes"]):
        start = time.monotonic()
        results = grade(handed_in, "mini_project", students, force=True)
        feedback(handed_in, "mini_project", students=students)
        spent[len(students)] = time.monotonic() - start
        assert {10.0} == {one.score for one in results if one.notebook == "build_and_apply"}

    assert spent[2] < 3 * spent[1] + 5


@pytest.mark.slow
def test_a_hostile_hand_in_is_safe_wherever_it_is_opened(handed_in):
    """Outputs, their metadata, pictures, links and names: nbconvert, formgrader and feedback."""
    grade(handed_in, "mini_project", ["mallory"])
    feedback(handed_in, "mini_project", students=["mallory"])
    path = handed_in.autograded("mallory", "mini_project") / "build_and_apply.ipynb"
    nb = nbformat.read(path, as_version=4)
    nbformat.validate(nb)
    config = load_config(handed_in)
    about = {"student": "x<img src=//thief.test/n onerror=hit()>", "notebook_path": '"><script>'}
    about |= {"index": 0, "total": 1, "base_url": "", "metadata": {"path": str(path.parent)}}
    about["metadata"]["name"] = path.stem
    pages = {
        "lab": HTMLExporter(template_name="lab").from_notebook_node(nb)[0],
        "classic": HTMLExporter(template_name="classic").from_notebook_node(nb)[0],
        "formgrader": HTMLExporter(config=config).from_notebook_node(nb, resources=about)[0],
        "feedback": (
            handed_in.feedback("mallory", "mini_project") / "build_and_apply.html"
        ).read_text(encoding="utf-8"),
    }
    ordinary = handed_in.autograded("ada", "mini_project") / "build_and_apply.ipynb"
    scripts = Page(HTMLExporter(template_name="lab").from_filename(str(ordinary))[0]).scripts
    for name, html in pages.items():
        page = Page(html)
        own = (
            "cdnjs.cloudflare.com",
            "toggle_name",
        )  # of nbconvert's own pages, not of the hand-in
        found = [one for one in page.live if not any(word in one for word in own)]

        assert found in ([], ["svg"]), name  # the circle of the feedback page
        assert scripts == page.scripts or name != "lab"
        assert not [to for to in page.links if "thief" in to and not to.startswith("https://")]
    assert "https://a.example/" in Page(pages["formgrader"]).links
    outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
    assert {"image/jpeg": "AAAA", "text/plain": "p"} in [output.get("data") for output in outputs]
    assert [] == [output.metadata for output in outputs if output.get("metadata")]
    assert {"a.png": {"image/png": "AAAA"}} in [cell.get("attachments") for cell in nb.cells]
    assert {"kernelspec", "language_info"} == nb.metadata.keys() - {"grader", "rai"}


GUARDED = "from grader.course.config import enable\n\nc = get_config()\nenable(c)\n"
OWN_MARKS = (
    'c.ClearHiddenTests.begin_test_delimeter = "SECRET STARTS"\n'
    'c.ClearHiddenTests.end_test_delimeter = "SECRET ENDS"\n'
    'c.ClearMarkScheme.begin_mark_scheme_delimeter = "SCHEME STARTS"\n'
    'c.ClearMarkScheme.end_mark_scheme_delimeter = "SCHEME ENDS"\n'
)
STARTS = {GUARDED: ("### {} HIDDEN TESTS", "### {} MARK SCHEME", "BEGIN", "END")}
STARTS[GUARDED + OWN_MARKS] = ("# SECRET {}", "SCHEME {}", "STARTS", "ENDS")


def cell(kind: str, name: str, source: str, **about):
    """A cell of another course."""
    settings = {"schema_version": 3, "grade_id": name, "grade": False, "solution": False}
    settings |= {"locked": False, "task": False} | about
    made = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell}[kind](source)
    made.id, made.metadata = name, nbformat.from_dict({"nbgrader": settings})
    return made


def other_course(folder: Path, config: str) -> Course:
    """A course of plain asserts with two learners, one right and one wrong."""
    tests, scheme, starts, ends = STARTS[config]
    hidden = (
        f"{tests.format(starts)}\nassert squares(17) == hidden_answer_289\n{tests.format(ends)}"
    )
    hidden = hidden.replace("hidden_answer_289", "[n * n for n in range(1, 18)]")
    told = f"Why?\n\n{scheme.format(starts)}\nkey_of_the_marker\n{scheme.format(ends)}"
    solved = "### BEGIN SOLUTION\ndef squares(n):\n    return [i * i for i in range(1, n + 1)]\n"
    check = f"assert squares(1) == [1]\n{hidden}"
    nb = v4.new_notebook()
    nb.cells = [
        cell("code", "squares", f"{solved}### END SOLUTION", solution=True),
        cell("code", "test_squares", check, grade=True, locked=True, points=2),
        cell("markdown", "why", told, task=True, locked=True, points=3),
    ]
    nb.metadata.kernelspec = {"name": "python3", "display_name": "P", "language": "python"}
    (folder / "source/ps1").mkdir(parents=True)
    nbformat.write(nb, folder / "source/ps1/p1.ipynb")
    (folder / "nbgrader_config.py").write_text(config)
    return Course(folder)


def nbgrader(course: Course, *command: str) -> None:
    """Run nbgrader's own command in a course."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=course.root,
        capture_output=True,
        text=True,
    )
    assert 0 == done.returncode, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("config", STARTS, ids=["stock marks", "own marks"])
def test_another_course_gives_no_hidden_test_away(config, tmp_path):
    """With nothing but `enable(c)`, by nbgrader's command and by the formgrader's button."""
    need_sandbox()
    put_tools_on_path()  # a new gradebook makes nbgrader run the bare command `alembic`
    course = other_course(tmp_path / "course", config)
    nbgrader(course, "generate_assignment", "ps1")
    for student, source in {"ann": "[i * i for i in range(1, n + 1)]", "bob": "[n][:n]"}.items():
        nb = nbformat.read(course.release("ps1") / "p1.ipynb", as_version=4)
        assert "squares(17)" not in json.dumps(nb) and "key_of" not in json.dumps(nb)
        nb.cells[0].source = f"def squares(n):\n    return {source}"
        nb.cells.append(v4.new_markdown_cell(LINKS))
        course.submitted(student, "ps1").mkdir(parents=True)
        nbformat.write(nb, course.submitted(student, "ps1") / "p1.ipynb")
    nbgrader(course, "autograde", "ps1")
    nbgrader(course, "generate_feedback", "ps1")
    by_command = pages(course)
    press_the_button(course)
    feedback(course, "ps1")

    for found in (by_command, pages(course)):
        assert {"ann", "bob"} == found.keys()
        for page in found.values():
            told = BeautifulSoup(page, "html.parser").get_text()
            assert "squares(1)" in told and "Content-Security-Policy" in page
            secrets = ("squares(17)", "n * n for n", "key_of_the_marker")
            assert [] == [secret for secret in secrets if secret in told + page]
            assert [] == [one for one in Page(page).live if one != "svg"]
        assert "✔" in found["ann"] and "✘" in found["bob"]


def pages(course: Course) -> dict[str, str]:
    """The feedback page of each learner."""
    found = (course.root / "feedback").glob("*/ps1/p1.html")
    return {path.parts[-3]: path.read_text(encoding="utf-8") for path in found}


def press_the_button(course: Course) -> None:
    """Do what the formgrader does when feedback is asked for."""
    code = (
        "from nbgrader.apps.baseapp import NbGrader\n"
        "from nbgrader.apps.api import NbGraderAPI\n"
        "app = NbGrader()\napp.initialize([])\n"
        "api = NbGraderAPI(app.coursedir, parent=app)\n"
        "for name in ('ann', 'bob'):\n"
        "    assert api.generate_feedback('ps1', name, force=True)['success']\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=course.root, capture_output=True, text=True
    )
    assert 0 == done.returncode, done.stderr
