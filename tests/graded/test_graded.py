"""Results as data in a graded notebook: written, read, and no sentence read by any program."""

import json
import random
import re
import shutil
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.courses import need_sandbox
from support.golden import GOLDEN
from support.judging import REFERENCE, scores, steps, task

from grader import gradebook, graded
from grader.checks.verdict import Report
from grader.course import Course
from grader.feedback import feedback
from grader.graded import OUTCOMES, CheckResult
from grader.judge.notebook import grade
from grader.report import common_mistakes, marks_table
from grader.sandbox import Limits, Sandbox

TEXT = st.text(max_size=30)
RESULTS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.builds(
        CheckResult, st.sampled_from(OUTCOMES), TEXT, TEXT, st.none() | st.sampled_from("AB"), TEXT
    ),
)


def notebook(*cells: dict, **about: object) -> dict:
    """A graded notebook of these cells."""
    return {"cells": list(cells), "metadata": {"grader": about} if about else {}}


def check(name: str, *outputs: dict, points: float = 2.0, source: str = "") -> dict:
    """A check cell with these outputs."""
    about = {"grade_id": name, "grade": True, "solution": False, "points": points}
    return {
        "cell_type": "code",
        "metadata": {"nbgrader": about},
        "outputs": list(outputs),
        "source": source,
    }


def printed(text: str) -> dict:
    """What a cell printed."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def mark(number: float) -> dict:
    """The value that nbgrader takes for partial credit."""
    data = {"text/plain": str(number)}
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}


@given(RESULTS)
def test_what_is_written_is_read(results):
    """Any result survives the file, and outputs that say otherwise change nothing."""
    nb = notebook(check("a", printed("Correct.")))

    graded.write(nb, results)

    assert results == graded.read(json.loads(json.dumps(nb))).results


def test_half_a_sign_of_a_learners_spoils_no_file():
    """A message or a rule may hold what a learner wrote: what no file takes becomes a `?`."""
    nb = notebook()

    graded.write(nb, {"a": CheckResult("missed", "\ud83d", "stops " + "X" * 5000)})

    found = json.loads(json.dumps(nb).encode())["metadata"]["grader"]["results"]["a"]
    assert "?" == found["message"] and len(found["rule"]) < 300


def test_a_later_version_may_add_fields():
    """What this version does not know is left out."""
    more = {"a": {"outcome": "passed", "message": "Fine.", "hint": "new"}}

    assert {"a": CheckResult("passed", "Fine.")} == graded.read(
        notebook(version=1, results=more)
    ).results


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["results", "notes", "inside", "problem", "version"])
NEARLY = st.fixed_dictionaries(
    {"outcome": ANYTHING | st.sampled_from(OUTCOMES)},
    optional={"message": ANYTHING, "rule": ANYTHING, "choice": ANYTHING},
)
RESULTS_OF_A_LEARNER = st.dictionaries(TEXT, ANYTHING | NEARLY, max_size=3)


@given(ANYTHING | st.dictionaries(NAMES, ANYTHING), RESULTS_OF_A_LEARNER | ANYTHING)
def test_what_a_learner_wrote_into_the_metadata_breaks_nothing(about, results):
    """After stock nbgrader the metadata are a hand-in's own: what is not ours is not there."""
    if isinstance(about, dict):
        about |= {"version": 1, "results": results}
    nb = {"cells": [check("a", printed("Fine."), mark(2.0))], "metadata": {"grader": about}}

    found = graded.read(nb)

    texts = [text for one in found.results.values() for text in (one.message, one.rule)]
    assert all(isinstance(text, str) for text in [*texts, found.problem, *found.notes])
    assert all(one.outcome in OUTCOMES for one in found.results.values())


@pytest.mark.parametrize(
    ("outputs", "points", "outcome"),
    [
        ([printed("Correct: fine."), mark(2.0)], 2, "passed"),
        ([printed("Not yet."), mark(1.0)], 2, "missed"),
        ([printed("Testing …")], 2, "passed"),
        ([printed("Testing …")], 0, "passed"),
        ([printed("Strong: 20 of 20 points."), mark(0.0)], 0, "noted"),
        ([printed("Not checked, because the cell `a` ended."), mark(0.0)], 2, "not checked"),
        ([printed("Could not be graded: it hangs.")], 2, "could not be graded"),
        (
            [{"output_type": "error", "ename": "AssertionError", "evalue": "", "traceback": []}],
            2,
            "missed",
        ),
    ],
)
def test_a_notebook_without_results_is_understood_by_its_outputs(outputs, points, outcome):
    """Stock nbgrader, and this grader before it kept results, leave nothing but outputs."""
    found = graded.read(notebook(check("a", *outputs, points=points)))

    assert outcome == found.results["a"].outcome


def test_each_outcome_stands_in_the_file(graded_class):
    """Right, wrong, not checked and unreadable are told apart by data, with rule and reason."""
    course = graded_class

    def results(student: str, name: str = "build_and_apply") -> dict[str, CheckResult]:
        return graded.read_file(
            course.autograded(student, "mini_project") / f"{name}.ipynb"
        ).results

    assert {"passed"} == {one.outcome for one in results("ada").values()}
    wrong = results("ben")["check_step_3"]
    assert ("missed", "follows accuracy") == (wrong.outcome, wrong.rule)
    assert "not checked" == results("eva")["check_step_4"].outcome
    assert {"could not be graded"} == {one.outcome for one in results("cleo", "practice").values()}
    assert all(one.reason for one in results("cleo", "practice").values())
    assert "A" == results("ada", "practice")["check_practice1"].choice
    assert "" == results("finn", "practice")["check_practice1"].choice


@pytest.fixture
def graded_class(graded, tmp_path) -> Course:
    """A copy of the small graded class, to change things in."""
    shutil.copytree(graded.course.root, tmp_path / "course")
    return Course(tmp_path / "course")


def scramble(nb: dict, chance: random.Random) -> None:
    """Replace every sentence that a check said by random words, in the results and in outputs."""

    def words(old: object = "") -> str:
        return "".join(chance.choices("abcdefghij klm", k=20)) if old else ""

    for one in nb["metadata"]["grader"]["results"].values():
        one["message"] = words(one["message"])
    for cell in nb["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] != "code" or not about.get("grade"):
            continue
        for output in cell["outputs"]:
            if output["output_type"] == "stream":
                output["text"] = words("".join(output["text"]))
            elif output["output_type"] == "error":
                output["evalue"], output["traceback"] = words("x"), [words("x")]


def states(course: Course) -> list[list[str]]:
    """Return what the pages of a class show, without their sentences."""
    found = []
    for path in feedback(course, "mini_project"):
        html = path.read_text(encoding="utf-8")
        badges = re.findall(r'<span class="badge.*?</span>.*?</span>', html, re.DOTALL)
        choices = re.findall(r'<li class="chosen.*?</li>', html)
        points = re.findall(r'<span class="points">.*?</span>|<p class="summary">.*?</p>', html)
        found.append([str(path.relative_to(course.root)), *badges, *choices, *points])
    return found


def test_no_program_reads_a_sentence(graded_class):
    """With random words for all sentences every badge, state, score and statistic is the same."""
    course = graded_class

    def known() -> tuple[object, ...]:
        results = gradebook.results(course, "mini_project")
        cells = [(c.grade_id, c.score, c.outcome, c.rule) for one in results for c in one.cells]
        mistakes = [(m.grade_id, m.rule, m.learners, m.lost) for m in common_mistakes(results, 9)]
        summary = [(one.student, one.notebook, one.score, one.status) for one in results]
        return summary, cells, mistakes, marks_table(results), states(course)

    before = known()
    chance = random.Random(1)
    for path in (course.root / "autograded").rglob("*.ipynb"):
        nb = json.loads(path.read_text(encoding="utf-8"))
        scramble(nb, chance)
        path.unlink()
        path.write_text(json.dumps(nb), encoding="utf-8")

    assert before == known()
    assert len(before[2]) > 2 and any("unchecked" in str(page) for page in before[4])


def test_no_judge_reads_a_sentence(monkeypatch):
    """A step, a question and a pattern earn the same, for the same rule, whatever they say."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    chosen = [case for case in GOLDEN[::20] if "endless" not in case["id"]]
    sources = [dict(zip(("step_1", "step_2", "step_3", "step_4"), REFERENCE.values(), strict=True))]
    sources += [sources[0] | {case["step"]: "\n".join(case["code"])} for case in chosen]
    tasks = [steps(*one.values()) for one in sources]
    tasks.append(replace(task({}, "pattern_test"), answers={"pt01": "A", "pt02": "B"}))

    with Sandbox(need_sandbox(), Limits()) as sandbox:

        def known() -> list[object]:
            found = [list(grade(one, sandbox, "seed")) for one in tasks]
            checks = [cell.check for cells in found for cell in cells if cell.check]
            return [
                [scores(cells) for cells in found],
                [(one.outcome, one.rule, one.choice) for one in checks],
            ]

        before = known()
        monkeypatch.setattr(
            Report, "sentence", lambda report, praise: "Strong: not checked, Correct"
        )
        after = known()

    assert before == after
    assert {"passed", "missed", "noted"} <= {outcome for outcome, _, _ in before[1]}
