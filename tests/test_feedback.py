"""The page that a learner gets back."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from notebooks import HIDDEN, cells

from grader.errors import NotGraded
from grader.feedback import SafeToShow, feedback, spoken, told
from grader.harmless import safe_html
from grader.hidden import without_hidden_tests


@pytest.fixture(scope="module")
def pages(graded) -> dict[str, str]:
    """Every page of the small class, by learner/notebook."""
    written = feedback(graded.course, "mini_project")
    return {f"{p.parent.parent.name}/{p.stem}": p.read_text(encoding="utf-8") for p in written}


def hidden_lines(name: str) -> list[str]:
    """Return the lines of hidden checks that are long enough to be told from other text."""
    sources = [cell["source"] for cell in cells("source", name).values()]
    regions = [region for source in sources for region in HIDDEN.findall(source)]
    lines = [line.strip() for region in regions for line in region.split("\n")]
    # Lines of prose are what the feedback page is for; lines of code are not.
    return [line for line in lines if re.search(r"[=(\[]$|^[a-z_]+\(|^_|^for |^import ", line)]


def test_everybody_with_a_graded_notebook_gets_a_page(pages):
    """There is a page for each notebook, also for one that could not be read."""
    assert "ada/practice" in pages
    assert "cleo/build_and_apply" in pages


def test_what_waits_for_a_person_is_no_zero(pages):
    """The page of an unreadable notebook says so, and that nothing is marked yet."""
    page = pages["cleo/practice"]

    assert "This notebook could not be read" in page
    assert 5 == page.count("○ not marked yet") // 2
    assert "<strong>Not marked yet</strong>" in page
    assert "✘" not in page and "No response" not in page and "Your answer" not in page
    assert "not marked yet" not in pages["ada/practice"]


def test_no_page_shows_a_hidden_check(pages):
    """No line of code between the delimiters, and no delimiter, is on any page."""
    for name, html in pages.items():
        text = re.sub(r"<[^>]+>", "", html)
        notebook = name.split("/")[1]

        assert "HIDDEN TESTS" not in html
        assert not [line for line in hidden_lines(notebook) if len(line) > 14 and line in text]


def test_a_page_loads_nothing(pages):
    """No script, and no address that a browser would fetch."""
    for html in pages.values():
        assert not re.search(r"(?i)<script|<link|<iframe|@import|url\(", html)
        assert not re.search(r"(?i)\b(src|srcset|poster|data)\s*=\s*[\"']?(?!data:image/)", html)


def test_a_page_says_marks_and_reasons(pages):
    """Points of the notebook and of each check are on the page, with the sentence."""
    html = pages["ben/build_and_apply"]

    assert re.search(r"of 10 points", html)
    assert re.search(r"step 3 <span>[✘◐] ", html)
    assert "typed in" in html
    assert "<code>accuracy</code>" in html


def test_stock_generate_feedback_writes_the_same_page(graded, pages):
    """nbgrader's own command, with no environment activated, gives the same safe page."""
    subprocess.run(
        [Path(sys.executable).parent / "nbgrader", "generate_feedback", "mini_project", "--force"],
        cwd=graded.course.root,
        env=os.environ | {"PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )
    path = graded.course.feedback("ben", "mini_project") / "build_and_apply.html"

    assert path.read_text(encoding="utf-8") == pages["ben/build_and_apply"]


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
    "html",
    [
        "<script>alert(1)</script>",
        "<img src='http://x.example/a.png' onerror='alert(1)'>",
        "<style>@import 'http://x.example'</style>",
        "<a href='javascript:alert(1)'>x</a>",
        "<svg><script>alert(1)</script></svg>",
        "<iframe src='http://x.example'></iframe>",
    ],
)
def test_html_of_a_learner_is_harmless(html: str):
    """No script, no style and no address to load from survives."""
    assert not re.search(
        r"alert\(1\)['\"]|src=|@import|javascript:|onerror|<script", safe_html(html)
    )


def test_backticks_of_a_message_become_code():
    """Names in a sentence are set as code, and nothing in it is taken for HTML."""
    assert told("`a<b` and `` `c` `` ") == "<code>a&lt;b</code> and <code>`c`</code>"


def test_feedback_before_grading_says_what_to_run(course):
    """Without graded notebooks the next command is named."""
    with pytest.raises(NotGraded, match="grader grade mini_project"):
        feedback(course, "mini_project")


@pytest.mark.parametrize(
    ("grade_id", "name"),
    [
        ("check_step_3", "step 3"),
        ("check_practice1", "practice 1"),
        ("quiz_answers", "quiz answers"),
    ],
)
def test_cells_are_named_for_people(grade_id, name):
    """The page calls a check by what it checks."""
    assert name == spoken(grade_id)
