"""Graded notebooks to make feedback pages of: every kind of mark, work and output in one."""

from typing import Any

from grader.feedback.page import LearnerMarks, page
from grader.results import Mark, NotebookMarks
from grader.widgets import Question

DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TASK = """### Step {n} · {what}

**{n}** / 5

> {what}, please.

<details><summary>Hint</summary>

Look [here](https://course.example/hint).

</details>"""
STEPS = {1: "Read", 2: "Look", 3: "Count", 4: "Report", 5: "Think"}
TITLE = "# A mini project\n\nAll about it."
ETHICS = "## Ethics note (no points)\n\nWrite one."
OPTIONS = {"A": "The `first`", "B": "The second", "C": "The third", "D": "The fourth"}
WHY = """**Your answer:** {mine}

1. **Step 1: Think**
   Then choose.

**Final Answer:** The second -> Option B
"""
LONG = "data = [" + ", ".join(str(n) for n in range(80)) + "]"
TABLE = "<table><tr><th></th><th>a</th></tr><tr><th>0</th><td>1</td></tr></table>"
EVIL = "//evil.example"
HTML = [
    "<script>alert(1)</script>",
    f"<script src={EVIL}/x.js></script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    f"<img src=http:{EVIL}/a.png>",
    f"<img srcset='http:{EVIL}/a.png 2x' src='data:text/html,x'>",
    f"<img alt='\"><script>alert(1)</script>' src='data:image/png;base64,{DOT}'>",
    f"<picture><source srcset=http:{EVIL}/a.png></picture>",
    f"<style>@import 'http:{EVIL}'; b {{ background: url(http:{EVIL}/x) }}</style>",
    f"<b style='background:url(http:{EVIL}/x);position:fixed'>b</b>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jav&#x09;ascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    f"<a href='https:{EVIL}/' ping='https:{EVIL}/' target=_top>x</a>",
    "<svg onload=alert(1)><script>alert(1)</script><a xlink:href='javascript:alert(1)'>x</a></svg>",
    f"<svg><image href='http:{EVIL}/a.png'/><use href='http:{EVIL}/#x'/></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    f"<iframe src='http:{EVIL}'></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    f"<form action='http:{EVIL}'><input autofocus onfocus=alert(1)><button>b</button></form>",
    f"<meta http-equiv=refresh content='0;url=http:{EVIL}'><base href='http:{EVIL}/'>",
    f"<link rel=stylesheet href='http:{EVIL}/x.css'><object data='http:{EVIL}'></object>",
    f"<embed src='http:{EVIL}/x.swf'><audio autoplay src='http:{EVIL}/x'></audio>",
    f"<video poster='http:{EVIL}/x.png' src='http:{EVIL}/x'></video>",
    f"<table background='http:{EVIL}/x'><tr><td background='http:{EVIL}/y'>t</td></tr></table>",
    "<pre title='><img src=x onerror=alert(1)>'>p</pre>",
    "<h1 title='><img src=x onerror=alert(1)>' id=page.overview class=badge>h</h1>",
    "<table><tr><th title='> </th><img src=x onerror=alert(1)>'></th></tr></table>",
    "<details open ontoggle=alert(1)><summary onclick=alert(1)>s</summary>d</details>",
    "</div></section></main></body><script>alert(1)</script>",
    "<!--><script>alert(1)</script>--><![CDATA[<script>alert(1)</script>]]>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea></textarea><img src=x onerror=alert(1)><title><img src=x onerror=alert(1)>",
    f"<template><img src=http:{EVIL}/x></template><slot name=a></slot><portal src=http:{EVIL}>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<img src='data:image/attached,x&quot; onerror=alert(1) b=&quot;'>",
]
MARKDOWN = [
    "[x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) [z](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>) [y](vbscript:alert(1))",
    f'![p](http:{EVIL}/a.png) ![q]({EVIL}/a.png) ![r](x" onerror="alert(1))',
    f"![p][r]\n\n[r]: http:{EVIL}/a.png \"t' onerror='alert(1)\"",
    f"<http:{EVIL}/> <javascript:alert(1)> http:{EVIL}/x",
    f'[t](https:{EVIL}/ "a\\" onclick=\\"alert(1)")',
    "`<script>alert(1)</script>`\n\n```html\n<script>alert(1)</script>\n```",
    "| <img src=x onerror=alert(1)> |\n|---|\n| [x](javascript:alert(1)) |",
    "$<img src=x onerror=alert(1)>$\n\n$$\n<script>alert(1)</script>\n$$",
    "# <svg onload=alert(1)> {#page.overview onclick=alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt; \\<script>alert(1)\\</script>",
    '```x" onload="alert(1)\ncode\n```',
    '![x](attachment:a" onerror="alert(1)) ![y](attachment:b.png)',
    "1. <b onclick=alert(1)>a\n2. </li></ol></div></main><script>alert(1)</script>",
]


def text(source: str, **about: Any) -> dict[str, Any]:
    """A Markdown cell."""
    metadata = {"nbgrader": about} if about else {}
    return {"cell_type": "markdown", "id": "m", "metadata": metadata, "source": source}


def code(source: str, *outputs: dict[str, Any], **about: Any) -> dict[str, Any]:
    """A code cell."""
    cell = text(source, **about) | {"cell_type": "code", "execution_count": None}
    return cell | {"outputs": list(outputs)}


def answer(name: str, source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    """A learner's answer to a step."""
    return code(source, *outputs, grade_id=name, solution=True, grade=False, locked=False)


def check(name: str, said: str, *more: dict[str, Any]) -> dict[str, Any]:
    """A check cell that said a sentence."""
    hidden = f"### BEGIN HIDDEN TESTS\nsecret_of('{name}', 42)\n### END HIDDEN TESTS"
    source = f"from grader.checks import verdict\n{hidden}\nverdict()"
    about = {"grade_id": name, "grade": True, "solution": False, "locked": True}
    return code(source, stream(f"{said}\n"), *more, result("1.0"), **about)


def stream(words: str, name: str = "stdout") -> dict[str, Any]:
    """What a cell printed, as lines, as in a file."""
    lines = words.splitlines(keepends=True)
    return {"output_type": "stream", "name": name, "text": lines}


def shown(**data: str) -> dict[str, Any]:
    """What a cell displayed: html, markdown, plain, png, svg."""
    kinds = {"png": "image/png", "svg": "image/svg+xml"}
    named = {kinds.get(kind, f"text/{kind}"): value for kind, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": named}


def result(plain: str) -> dict[str, Any]:
    """The last value of a cell."""
    return shown(plain=plain) | {"output_type": "execute_result", "execution_count": 1}


def stopped(name: str, words: str, *trace: str) -> dict[str, Any]:
    """An error."""
    return {"output_type": "error", "ename": name, "evalue": words, "traceback": list(trace)}


def card(key: str) -> dict[str, Any]:
    """A question as a graded notebook shows it."""
    question = Question(key, "Which one?", OPTIONS, points=2, hints=["It is none of the others."])
    question.set_answers({})
    about = {"grade_id": key, "grade": False, "solution": False, "locked": True}
    pages = [{"output_type": "display_data", "metadata": {}, "data": p} for p in question.pages()]
    return code("Question()", *pages, **about)


def notebook(*cells: dict[str, Any], **remarks: Any) -> dict[str, Any]:
    """A graded notebook."""
    return {"cells": list(cells), "metadata": {"grader": remarks}, "nbformat": 4}


def marks(name: str, *given: Mark, student: str = "ada", **more: Any) -> NotebookMarks:
    """The marks of a notebook; its points are the sum of theirs."""
    most = sum(mark.max_score for mark in given)
    return NotebookMarks(student, name, most, given, more.pop("comments", {}), **more)


def task(number: int) -> str:
    """The course's text above a step."""
    return TASK.format(n=number, what=STEPS[number])


def made(nb: dict[str, Any], own: NotebookMarks, *others: NotebookMarks, **more: Any) -> str:
    """
    The page of a notebook; `pages` are the notebooks that have one, by default all, and `given` are
    more texts of the course.
    """
    every = tuple(sorted((own, *others), key=lambda one: one.notebook))
    pages = more.get("pages", tuple(one.notebook for one in every))
    given = frozenset({TITLE, ETHICS, *map(task, STEPS), *more.get("given", ())})
    when = "2026-05-04 20:00:00.000000 UTC"
    submission = LearnerMarks(own.student, "mini_project", every, pages, when, given)
    return page(nb, own.notebook, submission)


def everything() -> tuple[dict[str, Any], NotebookMarks, NotebookMarks]:
    """A notebook with all there is, its marks, and those of another notebook."""
    nb = notebook(
        text(TITLE),
        text(task(1)),
        answer("step_1", f"{LONG}  # <all> of it\nprint(f'{{len(data)}}')", stream("80\n")),
        check("check_step_1", "Correct: `data` has all 80 numbers."),
        text(task(2)),
        answer(
            "step_2",
            "data.plot()",
            shown(png=DOT, plain="<Figure size 640x480 with 1 Axes>"),
            shown(html=f"<h1>Big</h1>{TABLE}", plain="   a\n0  1"),
            shown(markdown="# Head\n\n| x | y |\n|---|---|\n| 1 | 2 |"),
            stream("line\n" * 60),
            stream("careful\n", "stderr"),
        ),
        check("check_step_2", "The plot has no title yet.", shown(markdown="**Read on.**")),
        text(task(3)),
        text("My idea is *simple*."),
        answer(
            "step_3",
            "for i in range(3)\n    pass",
            stopped("SyntaxError", "expected ':'", "  Cell In[3]", "SyntaxError: expected ':'"),
        ),
        check("check_step_3", "Line 1 is not valid Python: a `for` line ends with a colon `:`."),
        text(task(4)),
        answer("step_4", "print(x)"),
        check("check_step_4", "Not checked, because the cell `step_3` ended Python itself."),
        text(task(5)),
        text("I **would** ask them.", grade_id="step_5", grade=True, solution=True, locked=False),
        card("practice1"),
        check("check_practice1", "It is for later.", shown(markdown=WHY.format(mine="C. The x"))),
        text(ETHICS),
        text("Who is *left out*? See https://learner.example/page."),
        notes=["`check_step_1` was there twice; the copy is dropped."],
    )
    return nb, *_marks_of_everything()


def _marks_of_everything() -> tuple[NotebookMarks, NotebookMarks]:
    own = marks(
        "build_and_apply",
        Mark("check_step_1", 2.0, auto_score=2.0, extra_credit=0.5),
        Mark("check_step_2", 4.0, auto_score=0.0, manual_score=2.5),
        Mark("check_step_3", 1.0, auto_score=0.0),
        Mark("check_step_4", 3.0, auto_score=0.0),
        Mark("step_5", 2.0, needs_manual_grade=True),
        Mark("check_practice1", 2.0, auto_score=0.0),
        comments={
            "step_2": "A **lovely** plot, see [this](https://course.example/plots).",
            "step_4": "No response.",
        },
        late=7300.0,
        penalty=1.0,
    )
    other = marks("practice", Mark("check_practice1", 3.0, auto_score=3.0), late=7300.0)
    return own, other
