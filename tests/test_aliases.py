"""Old names of modules: what people have in notebooks, gradebooks and configuration files works."""

import importlib
import subprocess
import sys

import pytest
from traitlets.utils.importstring import import_item

from grader.aliases import MOVED, today
from grader.judge.sources import modules
from grader.judge.static_session import StaticSession
from grader.judge.static_widgets import card
from grader.judge.task import ANSWER, GIVEN, LEARNERS, Cell, Task

# What the configuration of earlier versions named, and courses may have copied.
NAMED = """
    grader.archives.ExtractOwnFiles grader.exchange.CollectOwnFiles grader.executor.JailedExecute
    grader.executor.SaveGrades grader.export.CsvExport grader.exporter.SubmissionExporter
    grader.feedback.GetMarks grader.feedback.SafeToShow grader.feedback.spoken grader.feedback.told
    grader.formgrader.Shield grader.formgrader.markdown2html grader.harmless.Harmless
    grader.harmless.safe_html grader.release.Canonical grader.release.RefuseLeftovers
    grader.rubric.rubric_of
""".split()  # noqa: SIM905 - as readable as a list of quoted names is not
OLD = "from grader.learn import Question\n\nQuestion('q1', 'Which?', {'A': 'one', 'B': 'two'})"


@pytest.mark.parametrize("old", MOVED)
def test_an_old_name_stands_for_the_module_of_today(old):
    """It is the same module, not a copy that would have a state of its own."""
    assert old != MOVED[old]
    assert importlib.import_module(old) is importlib.import_module(MOVED[old])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMED)
def test_what_a_configuration_names_is_found(name):
    """nbgrader imports these texts itself."""
    assert callable(import_item(name))


def test_what_people_wrote_runs():
    """Imports of handed-out notebooks and of configuration files, in a process of its own."""
    code = (
        "from grader.learn import LoopTrace, Question\n"
        "from grader.door import guard, own_exchange\n"
        "from grader.course import put_tools_on_path\n"
        "from grader.release import Canonical, RefuseLeftovers\n"
        "from grader.executor import JailedExecute, SaveGrades\n"
        "from grader.harmless import Harmless, safe_html\n"
        "import grader.widgets\n"
        "assert grader.widgets.Question is Question and grader.learn is grader.widgets"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_never_was_is_still_missing():
    """Only what is listed is found; a typing error gets Python's own message."""
    assert "grader.lern" == today("grader.lern")
    with pytest.raises(ModuleNotFoundError, match=r"grader\.learn\.nothing"):
        importlib.import_module("grader.learn.nothing")


def test_a_card_of_an_older_notebook_is_read_from_its_text():
    """The judge knows the course's own widgets by both names, and runs neither in the sandbox."""
    new = OLD.replace("grader.learn", "grader.widgets")

    assert card(OLD, {"q1": "A"}) == card(new, {"q1": "A"}) is not None
    assert modules([], [OLD]) == modules([], [new]) == ("grader.widgets.question",)


@pytest.mark.parametrize("package", ["widgets", "learn"])
def test_the_judge_runs_no_widget_before_a_step(package):
    """A locked cell that shows one is no code that a step needs; a learner's own cell is."""
    shows = f"from grader.{package} import LoopTrace\n\nLoopTrace('step_2')"
    cells = (
        Cell("shown", GIVEN, shows),
        Cell("own", LEARNERS, "x = 1"),
        Cell("step_2", ANSWER, "y"),
    )

    found = StaticSession(Task(cells), lambda: cells, lambda: {}).step_cells("step_2")

    assert (("x = 1",), ("y",)) == found
