"""The course's own files beside a notebook: what a check reads and imports where it is judged."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from support.courses import (
    answer_cell,
    cell,
    check_cell,
    hand_in_sheet,
    need_sandbox,
    small_course,
)
from support.judging import course

from grader.batch import grade
from grader.judge.beside import Beside
from grader.judge.task import ANSWER, GradedCell, Task
from grader.release import release

KEYS = {"data.json": b"[1, 2, 3]", "helpers.py": b"def add(x):\n    return sum(x)\n"}


def check(worker, source: str, answer: str = "total = 6", **files: bytes) -> GradedCell:
    """Judge one check of a notebook whose learner replaced both files and handed in others."""
    task = course((ANSWER, answer), ("c", source, 1))
    theirs = {"data.json": b"[7]", "helpers.py": b"add = len", "own.py": b"x = 1"} | files
    return worker.grade(replace(task, files=theirs, given=KEYS)).results[-1]


@pytest.mark.parametrize(
    "source",
    [
        "import json\nassert json.load(open('data.json')) == [1, 2, 3]",
        "from pathlib import Path\nassert Path('data.json').read_text() == '[1, 2, 3]'",
        "import helpers\nassert helpers.add([1, 2, 3]) == total",
        "from helpers import *\nassert add([1, 2, 3]) == total",
        "import os\nassert sorted(os.listdir()) == ['data.json', 'helpers.py']",
    ],
    ids=["open", "Path", "import", "star", "listed"],
)
def test_a_check_reads_the_keys_files_and_no_learners(worker, source):
    """Neither what a learner replaced nor what they added is read, let alone run, out there."""
    found = check(worker, source)

    assert 1.0 == found.score
    assert not found.inside


@pytest.mark.parametrize("source", ["import own", "open('own.py')"], ids=["import", "open"])
def test_a_learners_own_file_is_not_there(worker, source):
    """A file that only the learner has does not exist for a check in the trusted process."""
    assert 0.0 == check(worker, source).score


@pytest.mark.parametrize(
    "path",
    ["/etc/hostname", "../nothing", "~/.bashrc", "/proc/self/environ", "/box/data.json"],
)
def test_a_path_that_a_learner_chose_leads_to_no_other_file(worker, path):
    """The check is not run to its end by what lies elsewhere; a person looks, nobody is fined."""
    source = "import os\nassert open(os.path.expanduser(path)).read()"
    found = check(worker, source, f"path = {path!r}")

    assert found.score is None
    assert "does not lie beside the notebook in source/" in found.check.reason


def test_a_refusal_that_the_check_caught_costs_nobody_a_mark(worker):
    """A path in the learner's own folder may be right: only the sandbox could tell."""
    source = "try:\n    text = open(path).read()\nexcept OSError:\n    text = ''\nassert text"

    assert check(worker, source, "import os\npath = os.path.abspath('data.json')").score is None


@pytest.mark.parametrize(
    ("source", "score"),
    [
        ("import os\nopen(os.__file__).read()", 1.0),
        ("import os\nopen(os.__file__, 'a')", None),
        ("open('/dev/null', 'w').write('x')", 1.0),
        ("open('note.txt', 'w').write('x')\nassert open('note.txt').read() == 'x'", 1.0),
        ("import pandas as pd\nassert pd.DataFrame({'a': [1]}).a.sum() == 2", 0.0),
    ],
    ids=["system", "system_written", "device", "own_note", "library_looks_around"],
)
def test_python_and_the_system_are_read_as_in_the_sandbox(worker, source, score):
    """Reading them is no matter, writing is; what a library looks for in vain decides nothing."""
    assert score == check(worker, source).score


def test_each_notebook_has_files_of_its_own(worker):
    """A helper of the same name in another assignment is another one, and notes are gone."""
    first = check(worker, "import helpers\nopen('note.txt', 'w').close()\nassert helpers.add")
    task = course(("c", "import os, helpers\nassert helpers.X == len(os.listdir())", 1))
    second = worker.grade(replace(task, given={"helpers.py": b"X = 1"})).results[-1]

    assert (1.0, 1.0) == (first.score, second.score)


def test_packages_in_folders_are_forgotten_with_the_notebook():
    """Modules go with the folder that they came from, those in folders without a file too."""
    import sys

    beside = Beside({"kit/deep/tools.py": b"x = 1"})
    with beside.here("c"):
        import kit.deep.tools  # noqa: F401
    beside.close()

    assert not [name for name in sys.modules if name.split(".")[0] == "kit"]


def test_a_worker_leaves_no_files(tmp_path, monkeypatch):
    """Neither a worker that ends nor one that is killed in a check leaves a folder behind."""
    from grader.judge.client import WorkerClient

    level = need_sandbox()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    task = Task(course(("c", "open('data.json')\nimport os\nos._exit(1)", 1)).cells, given=KEYS)
    with WorkerClient(level) as client:
        found = client.grade(task).results[-1]

    assert found.score is None
    assert [] == list(tmp_path.iterdir())


ANSWER_CELL = answer_cell("total", "total = helpers.add(json.load(open('data.json')))")
SHEET = (
    cell("start", "import helpers, json  # the numbers are in data.json"),
    ANSWER_CELL,
    check_cell(
        "file", "assert total == sum(json.load(open('data.json')))", visible="import json\n"
    ),
    check_cell("module", "import helpers\nassert total == helpers.add([1, 2, 3])"),
)
TEXTS = {name: data.decode() for name, data in KEYS.items()}


@pytest.mark.slow
def test_files_are_released_and_there_for_learners_key_and_checks(tmp_path):
    """From source/ to the marks: nothing is judged beside learner code for a file's sake."""
    need_sandbox()
    made = small_course(tmp_path / "course", *SHEET, files=TEXTS)
    notes: list[str] = []
    release(made, ["week"], notes)
    solution = "total = helpers.add(json.load(open('data.json')))"
    cheat = hand_in_sheet(made, "cheat", total="total = 1").parent
    (cheat / "data.json").write_text("[1]")
    (cheat / "helpers.py").write_text("def add(x): return 1")
    hand_in_sheet(made, "right", total=solution)
    found = {one.student: (one.score, one.inside) for one in grade(made, "week")}

    assert [] == notes
    assert {"right": (2.0, ()), "cheat": (0.0, ())} == found
    assert TEXTS.keys() <= {path.name for path in made.release("week").iterdir()}


@pytest.mark.slow
def test_a_file_that_learners_hand_in_is_read_in_the_sandbox_alone(tmp_path):
    """Where a course lets learners change a file, its checks are judged where the file is."""
    need_sandbox()
    made = small_course(
        tmp_path / "course",
        cell("start", "import helpers"),
        check_cell("module", "import helpers\nassert helpers.add([1, 2]) == 3"),
        files={"helpers.py": "def add(x):\n    return x[0] + x[1]\n"},
        config="c.Autograde.exclude_overwriting = {'week': ['helpers.py']}\n"
        "c.KeyTrial.allow_blank = ['*']\n",
    )
    release(made, ["week"])
    wrong = hand_in_sheet(made, "wrong").parent
    (wrong / "helpers.py").write_text("def add(x): return 4")
    hand_in_sheet(made, "right")
    found = {one.student: (one.score, one.inside) for one in grade(made, "week")}

    assert {"right": (1.0, ("module",)), "wrong": (0.0, ("module",))} == found
    assert Path(made.root, "autograded/wrong/week/helpers.py").read_text().endswith("return 4")
