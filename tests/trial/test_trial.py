"""A key is tried before anybody is judged by it: what an author may get wrong, and what is said."""

import json
import re
import subprocess
import sys

import pytest
from nbgrader.converters import Autograde
from support.courses import (
    answer_cell,
    cell,
    check_cell,
    hand_in,
    hand_in_sheet,
    need_sandbox,
    small_course,
)

from grader import doctor
from grader.batch import grade
from grader.course import Course, course_directory, load_config
from grader.errors import BrokenKey
from grader.release import release

QUESTION = "Question('q1', 'Which?', {'A': 'this', 'B': 'that', 'C': 'both', 'D': 'none'})"


@pytest.fixture(autouse=True)
def sandbox():
    """Keys are tried in the sandbox."""
    need_sandbox()


def change(course: Course, assignment: str, notebook: str, cell_id: str, old: str, new: str):
    """Let the author of a notebook in source/ slip: other text in a cell."""
    path = course.source(assignment) / f"{notebook}.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    (one,) = (one for one in nb["cells"] if one["id"] == cell_id)
    source = "".join(one["source"])
    assert old in source
    one["source"] = source.replace(old, new)
    path.write_text(json.dumps(nb), encoding="utf-8")


def refused(course: Course, assignment: str) -> str:
    """Return why release, grade and doctor refuse an assignment; all three must."""
    for call in (lambda: release(course, [assignment]), lambda: grade(course, assignment)):
        with pytest.raises(BrokenKey) as said:
            call()
    found = doctor.of_key(course, assignment)
    assert not found.ok
    assert str(said.value) in found.text
    return str(said.value)


def not_released(course: Course, assignment: str) -> str:
    """Return why release refuses an assignment: the others ask the same trial, see `refused`."""
    with pytest.raises(BrokenKey) as said:
        release(course, [assignment])
    return str(said.value)


@pytest.mark.slow
def test_points_that_differ_stop_the_assignment(course):
    """Two points in the check and four in the cell: both are named, and nobody gets a mark."""
    path = course.source("mini_project") / "practice.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    for one in nb["cells"]:
        if one["id"] == "check_practice3":
            one["metadata"]["nbgrader"]["points"] = 4
    path.write_text(json.dumps(nb), encoding="utf-8")
    hand_in(course, "ada", quiz_answers="quiz_answers = {'practice3': 'D'}")

    said = refused(course, "mini_project")

    assert "practice.ipynb, check_practice3 (4 points): the key gets no mark" in said
    assert "its parts carry 2 points, the cell 4" in said
    assert not course.autograded("ada", "mini_project").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell_id", "old", "new", "told"),
    [
        ("check_practice1", "    points=1,\n", "", "its parts carry 0 points, the cell 1"),
        ("check_practice1", "\nverdict()", "", "it never says its verdict"),
        ("check_practice1", '"A",\n', '"B",\n', "check_practice1 (1 point): the key gets 0"),
        (
            "check_step_2",
            "0.8, points=1",
            "0.9, points=1",
            "check_step_2 (1 point): the key gets 0",
        ),
        ("check_step_2", 'verdict("', 'verdct("', "name 'verdct' is not defined"),
        ("step_3", "matches / len", "matches + len", "check_step_3 (4 points): the key gets"),
    ],
    ids=["points_missing", "verdict_missing", "letter", "value", "misspelt_word", "solution"],
)
def test_a_slip_in_a_check_of_the_course_stops_the_assignment(course, cell_id, old, new, told):
    """The cell is named with its points and what the check says."""
    notebook = "practice" if "practice" in cell_id else "build_and_apply"
    change(course, "mini_project", notebook, cell_id, old, new)

    assert told in not_released(course, "mini_project")


@pytest.mark.slow
def test_a_wrong_letter_in_the_key_stops_the_assignment(course):
    """The key's own answer to a question is judged like a learner's."""
    change(course, "mini_project", "practice", "quiz_answers", '"practice2": "A",', "")
    change(
        course, "mini_project", "practice", "quiz_answers", '"practice3": "D"', '"practice3": "A"'
    )
    hand_in(course, "ada")

    said = refused(course, "mini_project")
    assert "check_practice3 (2 points): the key gets 0 of 2 points: That is the else branch" in said


SQUARE = answer_cell("square", "def square(x):\n    return x * x")
HALF = answer_cell("half", "half = 0.5")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([SQUARE, check_cell("c", "assert sqare(3) == 9")], "c (1 point): the key gets 0 of 1"),
        ([SQUARE, check_cell("c", "assert square(3) == 6")], "AssertionError"),
        (
            [HALF, check_cell("c", "assert (half == 0.5, 'no half')")],
            "is true whatever was answered",
        ),
        ([HALF, check_cell("c", "assert half == 0.5 or 1")], "`assert half == 0.5 or 1` is true"),
        ([SQUARE, check_cell("c", "5", 2)], "the check gave 5, but its points go from 0 to 2"),
        ([SQUARE, check_cell("c", "-1", 2)], "the check gave -1"),
        ([SQUARE, check_cell("c", "float('nan')", 2)], "the check gave nan"),
        (
            [answer_cell("a", "import nosuchlibrary\nx = 1"), check_cell("c", "assert x == 1")],
            "The key's own cell a stops with ModuleNotFoundError: No module named 'nosuchlibrary'."
            " Install that where grading runs, or do without it.",
        ),
        (
            [
                answer_cell("a", "import time\ntime.sleep(4)\nx = 1"),
                check_cell("c", "assert x == 1"),
            ],
            "sheet.ipynb, a: this cell of the key does not end in time. Make it quicker, or raise"
            " c.Sandbox.seconds.",
        ),
        (
            [
                answer_cell("a", "x = 0\nfor i in range(10**9):\n    x += i"),
                check_cell("c", "assert x"),
            ],
            "sheet.ipynb, a: this cell of the key does not end in time. Make it quicker, or raise"
            " c.Sandbox.seconds.",
        ),
        ([SQUARE, check_cell("c", "1 + 1\nNone")], "an untouched release gets 1 point."),
        ([SQUARE, check_cell("c", "assert True")], "c.KeyTrial.allow_blank = ['c']"),
        ([cell("given", "n = 3"), HALF, check_cell("c", "assert n == 3", 2)], "gets 2 points"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_slip_in_a_plain_check_stops_the_assignment(tmp_path, cells, told):
    """Every fault is named with cell, points, what the check says and what to do."""
    config = "c.Sandbox.cell_seconds = 2\n"
    course = small_course(tmp_path / "course", *cells, config=config)

    said = not_released(course, "week")

    assert told in said and ("sheet.ipynb, c (" in said or "time" in told)
    assert not course.release("week").exists()


@pytest.mark.slow
def test_a_slip_in_a_plain_check_stops_all_commands(tmp_path):
    """Release, grade and doctor refuse the assignment, and nobody gets a mark."""
    course = small_course(tmp_path / "course", SQUARE, check_cell("c", "assert square(3) == 6"))
    folder = course.submitted("ada", "week")
    folder.mkdir(parents=True)
    (folder / "sheet.ipynb").write_bytes((course.source("week") / "sheet.ipynb").read_bytes())

    assert "AssertionError" in refused(course, "week")
    assert not course.release("week").exists()
    assert not course.autograded("ada", "week").exists()


def test_points_for_nothing_can_be_allowed_by_name(tmp_path):
    """A course that means it says so; release and doctor then name what is given away."""
    config = "c.KeyTrial.allow_blank = ['week/given_*']\n"
    cells = [HALF, check_cell("c", "assert half == 0.5"), check_cell("given_n", "assert True", 3)]
    course = small_course(tmp_path / "course", *cells, config=config)
    notes: list[str] = []
    release(course, ["week"], notes)
    hand_in_sheet(course, "ada", half="half = 1")
    (result,) = grade(course, "week")

    assert ["sheet.ipynb, given_n: an untouched release gets 3 points"] == notes
    assert 3.0 == result.score


UNITTEST = (
    "import unittest\nclass T(unittest.TestCase):\n    def test_square(self):\n"
    "        self.assertEqual(square(3), 9)\n"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "check",
    [
        UNITTEST + "unittest.main(argv=['x'], exit=False)",
        UNITTEST + "unittest.main(argv=['x'], exit=False, verbosity=0)\nNone",
        "import doctest\nassert doctest.testmod().failed == 0",
        "import doctest\ndoctest.run_docstring_examples(square, globals())\nassert square(3) == 9",
    ],
    ids=["unittest", "unittest_quiet", "testmod", "run_docstring_examples"],
)
def test_what_unittest_and_doctest_find_decides(tmp_path, check):
    """Both only print what failed; a wrong answer gets nothing, nor does a test of nothing."""
    doc = '    """\n    >>> square(2)\n    4\n    """\n'
    answer = answer_cell("square", f"def square(x):\n{doc}    return x * x")
    course = small_course(tmp_path / "course", answer, check_cell("c", check))
    release(course, ["week"])
    hand_in_sheet(course, "right", square=f"def square(x):\n{doc}    return x ** 2")
    hand_in_sheet(course, "wrong", square=f"def square(x):\n{doc}    return x + 1")
    hand_in_sheet(course, "none", square="")
    found = {result.student: result.score for result in grade(course, "week")}

    assert {"right": 1.0, "wrong": 0.0, "none": 0.0} == found


@pytest.mark.parametrize(
    "check",
    ["import unittest\nunittest.main(argv=['x'], exit=False)", "import doctest\ndoctest.testmod()"],
)
def test_a_check_that_runs_no_test_is_the_authors_to_mend(tmp_path, check):
    """No test was found, so nobody is paid for having passed them all."""
    course = small_course(tmp_path / "course", SQUARE, check_cell("c", check))

    with pytest.raises(BrokenKey, match="ran no test at all"):
        release(course, ["week"])


@pytest.mark.slow
def test_an_expectation_without_calls_is_the_authors_to_mend(course):
    """`expect` and `holds` that try nothing say so, instead of being right for everybody."""
    change(
        course,
        "beyond_accuracy",
        "beyond_accuracy",
        "a1_check",
        "### END HIDDEN TESTS",
        'expect("A1.none", "nothing", "Nothing.")\n### END HIDDEN TESTS',
    )

    with pytest.raises(BrokenKey, match=r"A1\.none tries nothing"):
        release(course, ["beyond_accuracy"])


def test_data_files_beside_the_key_are_there_when_it_is_tried(tmp_path):
    """A key that reads a file is judged from outside like any other."""
    answer = answer_cell("total", "total = sum(map(int, open('data.csv').read().split(',')))")
    course = small_course(
        tmp_path / "course",
        answer,
        check_cell("c", "assert total == 6"),
        files={"data.csv": "1,2,3"},
    )
    notes: list[str] = []
    release(course, ["week"], notes)
    path = hand_in_sheet(course, "ada", total="total = 6")
    (result,) = grade(course, "week")
    graded = json.loads((course.autograded("ada", "week") / path.name).read_text())

    assert [] == notes and 1.0 == result.score
    assert "inside" not in graded["metadata"].get("grader", {})


DOCUMENTED = 'def f(x):\n    """\n    >>> f(1)\n    2\n    """\n    return x + 1'
LIVE = (
    answer_cell("v", DOCUMENTED),
    check_cell("c", "import doctest\nassert doctest.testmod().failed == 0", 2),
)


@pytest.mark.slow
def test_a_check_beside_learner_code_is_named_everywhere(tmp_path):
    """Release, doctor, table, report and JSON say that its mark can be forged."""
    course = small_course(tmp_path / "course", *LIVE)
    notes: list[str] = []
    release(course, ["week"], notes)
    told = "sheet.ipynb, c (2 points): judged beside learner code: can be forged"
    hand_in_sheet(course, "ada", v=DOCUMENTED.replace("x + 1", "x"))
    tool = [sys.executable, "-m", "grader"]
    run = lambda *words: subprocess.run(  # noqa: E731
        [*tool, *words], cwd=course.root, capture_output=True, text=True
    )
    graded = run("grade", "week", "--json", "found.json")
    report, doctors = run("report", "week"), run("doctor")
    (one,) = json.loads((course.root / "found.json").read_text())

    assert [told] == notes and told in doctors.stdout
    for said in (graded.stdout, report.stdout):
        assert "Judged beside learner code: can be forged" in said and "sheet: c" in said
    assert ["c"] == one["inside"]
    assert 0.0 == one["score"]  # whatever goes wrong earns nothing


def test_a_course_can_forbid_checks_beside_learner_code(tmp_path):
    """Then such a check stops the assignment, with the reason why it cannot be judged outside."""
    course = small_course(tmp_path / "course", *LIVE, config="c.KeyTrial.forbid_inside = True\n")

    with pytest.raises(BrokenKey, match="forbid_inside rules that out"):
        release(course, ["week"])


@pytest.mark.slow
def test_no_check_of_this_course_runs_beside_learner_code(course):
    """The course forbids it, and all of its assignments are released all the same."""
    assert "c.KeyTrial.forbid_inside = True" in (course.root / "nbgrader_config.py").read_text()
    notes: list[str] = []
    release(course, (), notes)

    assert [] == notes


def test_a_check_inside_that_pays_for_nothing_stops_the_assignment(tmp_path):
    """It needs a kernel, and there it is content with a release as well."""
    check = check_cell("c", "get_ipython()\nassert True")
    course = small_course(tmp_path / "course", SQUARE, check)

    with pytest.raises(BrokenKey, match="untouched release gets 1 point"):
        release(course, ["week"])


@pytest.mark.slow
def test_nbgrader_autograde_stops_in_the_same_way(tmp_path):
    """The slip comes after the release; nbgrader's command and so the formgrader's button stop."""
    course = small_course(tmp_path / "course", HALF, check_cell("c", "assert half == 0.5"))
    release(course, ["week"])
    hand_in_sheet(course, "ada", half="half = 0.25")
    nbgrader = [sys.executable, "-m", "nbgrader"]
    generate = [*nbgrader, "generate_assignment", "week", "--force"]
    change(course, "week", "sheet", "c", "0.5", "0.25")
    subprocess.run(generate, cwd=course.root, check=True, capture_output=True)
    done = subprocess.run(
        [*nbgrader, "autograde", "week"], cwd=course.root, capture_output=True, text=True
    )

    assert 0 != done.returncode
    assert "sheet.ipynb, c (1 point): the key gets 0 of 1 points: AssertionError" in done.stderr
    assert "Traceback" not in done.stderr
    assert not course.autograded("ada", "week").exists()


@pytest.mark.slow
def test_an_unchanged_course_is_not_tried_again(tmp_path, monkeypatch):
    """What went well is kept by its content; a changed check is tried anew."""
    course = small_course(tmp_path / "course", HALF, check_cell("c", "assert half == 0.5"))
    release(course, ["week"])
    hand_in_sheet(course, "ada", half="half = 0.5")
    tries = []
    from grader import trial

    original = trial.try_notebook
    monkeypatch.setattr(trial, "try_notebook", lambda *args: tries.append(1) or original(*args))
    grade(course, "week")
    grade(course, "week", force=True)
    assert [] == tries

    change(course, "week", "sheet", "c", "assert half == 0.5", "assert half == 0.5, 'no half'")
    grade(course, "week")
    assert [1] == tries


def test_a_trial_that_went_wrong_is_not_kept(tmp_path):
    """The author installs what was missing, and the same command works."""
    answer = answer_cell("a", "import helper_of_mine\nx = helper_of_mine.X")
    course = small_course(tmp_path / "course", answer, check_cell("c", "assert x == 1"))
    for _ in range(2):
        with pytest.raises(BrokenKey, match="No module named 'helper_of_mine'"):
            release(course, ["week"])
    assert [] == list((course.root / ".grader").glob("tried/*"))


@pytest.mark.slow
def test_what_a_library_imports_when_it_is_used_is_ready_for_learners(tmp_path):
    """pandas imports its tables in HTML late: the key shows that, and no learner waits for it."""
    late = "pandas.io.formats.html"
    shows = "import pandas\ntext = pandas.Series([1]).to_frame().to_html()\nok = True"
    asks = f"import sys, pandas\nok = {late!r} in sys.modules"
    check = check_cell("c", "assert ok == True")
    course = small_course(tmp_path / "course", answer_cell("a", shows), check)
    release(course, ["week"])
    hand_in_sheet(course, "ada", a=asks)
    (result,) = grade(course, "week")

    assert 1.0 == result.score
    (kept,) = (course.root / ".grader" / "tried").iterdir()
    assert late in kept.read_text(encoding="utf-8")


def test_a_key_without_large_libraries_makes_nothing_ready(tmp_path):
    """Modules of Python's own, and of the course's own files, are imported by whom they belong."""
    source = "import helper, colorsys, json.tool\nhalf = helper.HALF"
    cells = [answer_cell("half", source), check_cell("c", "assert half == 0.5")]
    files = {"helper.py": "import pydoc_data.topics\nHALF = 0.5"}
    course = small_course(tmp_path / "course", *cells, files=files)
    release(course, ["week"])
    (kept,) = (course.root / ".grader" / "tried").iterdir()

    for name in ("helper", "colorsys", "json.tool", "pydoc_data"):
        assert name not in kept.read_text(encoding="utf-8")


WRITES = "from pathlib import Path\nPath('out').mkdir()\nfor n in range(5):\n"
WRITES += "    Path('out', f'{n}.txt').write_text(open('in.csv').read())\nhalf = 0.5"


def test_files_that_cells_write_are_told_of_in_one_line(tmp_path, caplog):
    """nbgrader would keep them beside the graded notebook; here they end with the sandbox."""
    course = small_course(
        tmp_path / "course",
        answer_cell("half", WRITES),
        check_cell("c", "assert half == 0.5"),
        files={"in.csv": "1\n"},
    )
    told = "sheet.ipynb, its cells write out/0.txt, out/1.txt, out/2.txt and 2 more: files that"
    for _ in range(2):  # tried, and kept
        notes: list[str] = []
        release(course, ["week"], notes)
        assert [True] == [one.startswith(told) for one in notes]
    path = hand_in_sheet(course, "ada", half=WRITES)
    config = load_config(course)
    directory = course_directory(config, assignment_id="week")
    Autograde(coursedir=directory, config=config).start()

    assert 1 == caplog.text.count(told)
    assert {path.name} <= {one.name for one in course.autograded("ada", "week").iterdir()}
    assert not (course.autograded("ada", "week") / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "before",
    [
        "from pathlib import Path\nPath('.hidden').touch()",
        "import sys\ndef print(*words):\n    sys.stdout.write('3')",
        "import sys\ndef print(*words):\n    sys.stdout.write('[3, \"a\"]')",
    ],
    ids=["hidden", "a number", "a list"],
)
def test_a_key_whose_cells_write_nothing_needs_no_line(tmp_path, before):
    """What begins with a dot is nobody's business; a cell may have a `print` of its own."""
    quiet = f"{before}\nhalf = 0.5"
    course = small_course(
        tmp_path / "course", answer_cell("half", quiet), check_cell("c", "assert half == 0.5")
    )
    notes: list[str] = []
    release(course, ["week"], notes)

    assert [] == notes


@pytest.mark.slow
def test_a_broken_cache_costs_time_only(tmp_path):
    """A kept trial that cannot be read is made again."""
    course = small_course(tmp_path / "course", HALF, check_cell("c", "assert half == 0.5"))
    release(course, ["week"])
    (kept,) = (course.root / ".grader" / "tried").iterdir()

    def found() -> str:
        """All of it but the seconds, which are never the same."""
        return re.sub(r"\d\.\d+(?=[,}])", "", kept.read_text(encoding="utf-8"))

    assert '{"c": 1.0}' in kept.read_text(encoding="utf-8")
    wanted = found()
    for text in ("", "[]", '{"sheet": 3}', '{"other": [{}, {}, {}, []]}'):
        kept.write_text(text, encoding="utf-8")
        release(course, ["week"])
        assert wanted == found()
