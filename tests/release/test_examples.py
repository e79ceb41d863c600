"""The examples that release draws from a model answer for the checks of learners."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.courses import ROOT, answer_cell, cell, small_course
from support.kernels import Kernel
from traitlets.config import Config

from grader.checks.bank import read
from grader.course import Course
from grader.course.config import DRAW, enable
from grader.errors import GraderError, WallMissing
from grader.release import drawing, release
from grader.release.mutants import mutants
from grader.release.self_study import practice

SOLUTION = """def label(number, least=10):
    return "big" if number >= least else "small"
"""
CHECK = """from grader.checks import call, examples, expect, function, verdict

function("label", "label")
expect("L.one", "one number", "50 is big.", call(50, gives="big"))
examples()
### BEGIN HIDDEN TESTS
import random

from grader.checks import holds, worth

worth(1)
expect(
    "L.edge", "exactly at the border", "Ten is big enough.",
    call(10, gives="big"), call(9, gives="small"),
)
expect(
    "L.any",
    "any number",
    "It is wrong for another number.",
    *(
        call(n, least, gives="big" if n >= least else "small")
        for n, least in [(random.randint(-90, 90), random.randint(-90, 90)) for _ in range(20)]
    ),
)
MORE
### END HIDDEN TESTS
verdict("Every number has its label.")
"""
# A rule that learners' checks cannot know: nobody says which text is the right one.
ONLY_GRADED = """holds(
    "L.text", "no other words", "Only big and small.",
    [[call(0)]], lambda came: came[0].value == "none",
)"""


def course_with(folder: Path, check: str = CHECK, solution: str = SOLUTION, **more: str) -> Course:
    """A small course whose one function asks for examples."""
    flags = {"grade": True, "locked": True, "points": 1}
    check = cell("check_label", check.replace("MORE", ""), **flags)
    return small_course(folder, answer_cell("label", solution), check, **more)


def drawn(course: Course) -> dict:
    """What a released notebook knows of examples."""
    nb = json.loads((course.release("week") / "sheet.ipynb").read_bytes())
    return nb["metadata"].get("rai", {})


def test_a_course_gets_examples_by_one_line(tmp_path):
    """Hidden rules become examples, those at a boundary for every run; nothing else is configured."""
    course = course_with(tmp_path)
    notes: list[str] = []

    release(course, notes=notes)
    edge, any_number = read(drawn(course)["examples"]["label"])["checks"]

    assert ("L.edge", 2, []) == (edge["id"], len(edge["always"]), edge["some"])
    assert {"args": [10], "gives": "big"} == edge["always"][0]["acts"][0]
    assert any_number["always"] and any_number["some"]
    assert [] == notes


@pytest.mark.slow
def test_every_mutant_is_shown_by_what_every_run_tries(tmp_path):
    """With the examples that are always tried, no one-rule mutant is told it is right."""
    course = course_with(tmp_path)
    release(course)
    always = [
        act
        for check in read(drawn(course)["examples"]["label"])["checks"]
        for case in check["always"]
        for act in case["acts"]
    ]
    always.append({"args": [50], "gives": "big"})
    survivors = []
    for one in mutants(SOLUTION, "label"):
        space: dict = {}
        exec(one.source, space)
        if all(_came(space["label"], act["args"]) == act["gives"] for act in always):
            survivors.append(str(one))

    # Integers are rounded to themselves, and have nothing to empty.
    assert [] == [one for one in survivors if "round(" not in one and "is emptied" not in one]


@pytest.mark.slow
def test_what_only_grading_finds_is_told_to_the_author(tmp_path):
    """A rule without an example is named with the slip that learners would be praised for."""
    solution = SOLUTION.replace('else "small"', 'else "small" if number else "none"')
    check = CHECK.replace("random.randint(-90, 90), random", "random.randint(1, 90), random")
    check = check.replace('call(n, least, gives="big" if n >= least else "small")', "call(n, least)")
    check = check.replace("MORE", ONLY_GRADED)
    notes: list[str] = []

    release(course_with(tmp_path, check, solution), notes=notes)

    assert any("sheet.ipynb, label: learners' checks do not find line" in one for one in notes)
    assert any("(L.text)" in one for one in notes)


@pytest.mark.slow
def test_an_unchanged_key_is_not_asked_again(tmp_path, monkeypatch):
    """The examples of the release before are kept; those of another key are drawn anew."""
    course = course_with(tmp_path)
    release(course)
    first = (course.release("week") / "sheet.ipynb").read_bytes()
    with monkeypatch.context() as never:
        never.setattr(drawing, "drawn", lambda *args: pytest.fail("drawn again"))
        release(course)
        assert first == (course.release("week") / "sheet.ipynb").read_bytes()

    path = course.source("week") / "sheet.ipynb"
    path.write_text(path.read_text("utf-8").replace("least=10", "least=5"), encoding="utf-8")
    edit = path.read_text("utf-8").replace("call(10, gives", "call(5, gives")
    edit = edit.replace("call(9, gives", "call(4, gives")
    path.write_text(edit, encoding="utf-8")
    release(course)

    assert drawn(course)["drawn_from"] != json.loads(first)["metadata"]["rai"]["drawn_from"]
    assert [5] == read(drawn(course)["examples"]["label"])["checks"][0]["always"][0]["acts"][0]["args"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["beyond_accuracy", "fairness_monitor"])
def test_drawing_anew_gives_the_same_bytes(course, name):
    """What is committed in release/ comes from source/, in whichever process and sandbox."""
    shutil.rmtree(course.release(name))

    release(course, [name])

    made = (course.release(name) / f"{name}.ipynb").read_bytes()
    assert made == (ROOT / "release" / name / f"{name}.ipynb").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("system", ["windows", "macos"])
def test_without_a_sandbox_the_same_examples_are_drawn(system, tmp_path, monkeypatch):
    """The key is its author's own code: on a machine without walls it runs all the same."""
    usual = course_with(tmp_path / "usual")
    elsewhere = course_with(tmp_path / "elsewhere", config="c.Sandbox.walls = False\n")
    release(usual)
    shim = ROOT / "tests" / "support" / "another_system"
    monkeypatch.setenv("PYTHONPATH", f"{shim}:{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setenv("COURSE_SYSTEM", system)
    release(elsewhere)

    assert {} != drawn(usual) == drawn(elsewhere)


@pytest.mark.slow
def test_a_key_that_ends_python_is_told_with_the_next_step(tmp_path):
    """The release stops in one line that names the notebook."""
    course = course_with(tmp_path, solution=SOLUTION + "import os\nos._exit(1)\n")

    with pytest.raises(GraderError) as told:
        release(course)

    assert "\n" not in str(told.value).strip().partition("Nobody can be graded")[0]


@pytest.mark.slow
def test_a_missed_key_is_told_by_its_trial(tmp_path):
    """Of a key that misses its own checks no examples are drawn: trying it says what is wrong."""
    course = course_with(tmp_path, solution=SOLUTION.replace(">=", ">"))

    with pytest.raises(GraderError, match="the key gets"):
        release(course)


@pytest.mark.parametrize(
    "named",
    [
        None,
        ["nbgrader.preprocessors.LockCells", "nbgrader.preprocessors.ClearSolutions"],
        ["nbgrader.preprocessors.LockCells", DRAW, "nbgrader.preprocessors.ClearSolutions"],
    ],
)
def test_configurations_of_earlier_versions_draw_too(named):
    """`enable` puts the step before solutions are cleared, once, whatever a course names."""
    c = Config()
    if named is not None:
        c.GenerateAssignment.preprocessors = named
    enable(c)
    steps = c.GenerateAssignment.preprocessors
    steps = steps if named is not None else steps.get_value(["header", "tests", "ClearSolutions"])

    assert 1 == steps.count(DRAW)
    cleared = next(n for n, one in enumerate(steps) if one.endswith("ClearSolutions"))
    assert steps.index(DRAW) < cleared


@pytest.mark.slow
def test_nbgrader_alone_releases_the_same(tmp_path):
    """`nbgrader generate_assignment` draws the same examples as `grader release`."""
    course = course_with(tmp_path)
    release(course)
    first = drawn(course)
    command = [Path(sys.executable).parent / "nbgrader", "generate_assignment", "week", "--force"]

    subprocess.run(command, cwd=course.root, check=True, capture_output=True, env=dict(os.environ))

    assert first == drawn(course)


@pytest.mark.slow
def test_the_edition_for_self_study_has_them_too(tmp_path):
    """Where nobody grades, the kernel tries all the more."""
    course = course_with(tmp_path)

    practice(course)
    nb = json.loads((course.root / "practice/week/sheet.ipynb").read_bytes())

    assert "L.edge" == read(nb["metadata"]["rai"]["examples"]["label"])["checks"][0]["id"]


@pytest.mark.slow
def test_it_shows_one_solution_after_a_real_try(tmp_path, monkeypatch):
    """Three different wrong answers or a right one, and then with the rules to find in it."""
    course = course_with(tmp_path)
    practice(course)
    path = course.root / "practice/week/sheet.ipynb"
    check = json.loads(path.read_bytes())["cells"][-1]["source"]
    kernel = Kernel(monkeypatch, path)

    def page(code: str) -> str:
        kernel.run("label", code)
        kernel.run("check_label", "".join(check))
        return kernel.shown[-1][0]._repr_mimebundle_()["text/html"]

    wrong = [SOLUTION.replace(">=", sign) for sign in (">", "<", "!=")]
    pages = [page(code) for code in (wrong[0], wrong[0], wrong[1], wrong[2])]
    right = page(SOLUTION)

    assert [False, False, False, True] == ["Show one solution" in one for one in pages]
    assert "number &gt;= least" in right and "Show one solution" in right
    assert "exactly at the border" in right
    release(course)
    assert "solutions" not in (course.release("week") / "sheet.ipynb").read_text("utf-8")


@pytest.mark.slow
def test_metadata_that_an_author_left_stays_behind(tmp_path):
    """Answers in a source notebook do not travel with the examples."""
    course = course_with(tmp_path)
    path = course.source("week") / "sheet.ipynb"
    nb = json.loads(path.read_bytes())
    nb["metadata"]["rai"] = {"answers": {"q": "A"}, "examples": {"label": "x"}}
    path.write_text(json.dumps(nb), encoding="utf-8")

    release(course)

    assert {"examples", "drawn_from"} == set(drawn(course))
    assert "x" != drawn(course)["examples"]["label"]


def _came(function: object, args: list) -> object:
    try:
        return function(*args)
    except Exception as error:
        return type(error)
