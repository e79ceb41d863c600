"""The check of a step runs by itself below the cell just run, and the progress bar follows."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from jupyter_client.manager import start_new_kernel
from support import notebooks
from support.kernels import Kernel, write

from grader.sanitize import safe_html
from grader.widgets import base
from grader.widgets.kernel import hooks, session
from grader.widgets.live import module, style
from grader.widgets.progress import Progress

STEPS = ("step_1", "step_2", "step_3", "step_4")
ADDED = "0a1b2c3d-1111-2222-3333-444455556666"
RIGHT = {
    "step_1": "model_results = {'predictions': [1, 0, 1, 1, 0], 'true_labels': [1, 0, 0, 1, 0]}",
    "step_2": "fairness_threshold = 0.8",
}
CHECK = """
from grader.checks import step, value, verdict
_mine = 1
step("step_2", of=4)
value("fairness_threshold", 0.8)
    ### BEGIN HIDDEN TESTS
raise RuntimeError
    ### END HIDDEN TESTS
verdict("Well.")
"""


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """A kernel of the released mini project, somebody looking at it."""
    release = notebooks.cells("release", "build_and_apply")
    checks = {f"check_{step}": release[f"check_{step}"]["source"] for step in STEPS}
    return Kernel(monkeypatch, write(tmp_path / "build_and_apply.ipynb", checks))


def states(part: Progress) -> list[str]:
    """The states of the steps, in their order."""
    return [step["state"] for step in part.props()["steps"]]


def test_progress_starts_at_nothing(kernel):
    """Before anything ran, no step is started, and the count says so in exactly this form."""
    part = Progress(*STEPS)

    assert ["waiting"] * 4 == states(part)
    assert part.plain_text().startswith("Progress 0 / 4 steps. ○ Step 1: not started.")
    assert "<strong>Progress 0 / 4 steps</strong>" in part.static_html()


def test_the_verdict_comes_below_the_cell_just_run(kernel):
    """Nobody calls a check: the run of the answer cell is enough, and the bar follows."""
    part = Progress(*STEPS)
    kernel.run("step_1", RIGHT["step_1"])
    kernel.run("step_2", "fairness_threshold = 0.7")

    assert kernel.told[0].startswith("✔ Step 1: Correct.")
    assert kernel.told[1].startswith("✘ Step 2: Not yet.")
    assert ["passed", "missed", "waiting", "waiting"] == states(part)
    assert part.plain_text().startswith("Progress 1 / 4 steps.")


def test_a_step_not_started_is_told_nothing(kernel):
    """A cell of comments gets no verdict; one that was on show is replaced."""
    Progress(*STEPS)
    kernel.run("step_2", "# later")

    assert [] == kernel.told
    assert [{"display_id": "step_2", "update": True}] == [options for _, options in kernel.shown]


@pytest.mark.parametrize(
    ("cell", "cause"), [("1 / 0", "ZeroDivisionError"), ("x = (1", "not valid"), ("y", "`y`")]
)
def test_a_run_that_failed_is_checked_too(kernel, cell, cause):
    """The sentence names the cause, whether the cell stopped or could not even be read."""
    Progress(*STEPS)
    kernel.run("step_2", cell)

    assert cause in kernel.told[0]


def test_an_older_text_of_a_cell_lends_it_no_value(kernel):
    """What was right once and is overwritten is not praised: the file to be graded lacks it."""
    Progress(*STEPS)
    kernel.run("step_2", RIGHT["step_2"])
    kernel.run("step_2", "fairness_threshold == 0.8")

    assert kernel.told[1].startswith("✘ Step 2: Not yet.") and "single `=`" in kernel.told[1]


def test_a_cell_added_below_belongs_to_the_step(kernel):
    """A learner who goes on in a new cell gets the verdict there."""
    part = Progress(*STEPS)
    kernel.run("step_2", "# below")
    kernel.run(ADDED, RIGHT["step_2"])

    assert kernel.told[0].startswith("✔ Step 2: Correct.")
    assert "passed" == states(part)[1]


def test_other_cells_are_left_alone(kernel):
    """A cell of the course that is no step's, or one without an id, gets no verdict."""
    Progress(*STEPS)
    kernel.run("other", RIGHT["step_2"])
    kernel.run(None, RIGHT["step_2"])

    assert [] == kernel.shown


def test_the_check_cell_still_finds_the_step(kernel):
    """A check that ran by itself is no run: what belongs to the step is found as before."""
    Progress(*STEPS)
    kernel.run("step_2", "fairness_threshold = 0.5")
    kernel.run(ADDED, "fairness_threshold = 0.8")
    runs = session.current().runs

    assert ["step_2", ADDED] == [run.cell_id for run in runs[-2:]]
    kernel.run("check_step_2", json.loads(kernel.notebook.read_text())["cells"][1]["source"])
    assert kernel.told[-1].startswith("✔ Step 2: Correct.")


def check_cell(kernel) -> str:
    """The source of the check of step 2."""
    return json.loads(kernel.notebook.read_text())["cells"][1]["source"]


def test_all_verdicts_on_a_step_are_one_display(kernel):
    """
    JupyterLab replaces what it shows under the same id, so no two verdicts contradict; a check that
    is run says in one line what the verdict below the answer is, and that line follows too.
    """
    Progress(*STEPS)
    kernel.run("step_2", "fairness_threshold = 0.5")
    kernel.run("check_step_2", check_cell(kernel))
    kernel.run("step_2", RIGHT["step_2"])
    shown = [(repr(one)[:18], *options.values()) for one, options in kernel.shown]

    wrong, right = "✘ Step 2: Not yet.", "✔ Step 2: Correct."
    assert shown == [
        (wrong, "step_2", False),
        (wrong, "step_2_line", False),
        (wrong, "step_2", True),
        (right, "step_2_line", True),
        (right, "step_2", False),
    ]
    assert repr(kernel.shown[1][0]).endswith("The sentence stands below your own cell.")


def test_a_check_says_it_all_where_no_verdict_stands_above(kernel):
    """Where nothing came by itself, or the answer was emptied since, the sentence is here."""
    kernel.run("step_2", "fairness_threshold = 0.5")
    kernel.run("check_step_2", check_cell(kernel))
    Progress(*STEPS)
    kernel.run("step_2", "fairness_threshold = 0.5")
    kernel.run("step_2", "# emptied")
    kernel.run("check_step_2", check_cell(kernel))
    first, second, _, last = kernel.shown

    assert [False, False] == [first[1]["update"], last[1]["update"]]
    assert "it should be 0.8" in repr(first[0]) and "it should be 0.8" in repr(second[0])
    assert repr(last[0]).startswith("○ Step 2: Not started.")


def test_what_an_earlier_kernel_said_counts_on(kernel):
    """The page tells what still stands below its cells; an edited one no longer counts."""
    part = Progress(*STEPS)
    kernel.run("step_4", "1 / 0")
    before = {
        "step_1": ["passed", RIGHT["step_1"]],
        "step_4": ["passed", "x"],
        "other": ["passed", ""],
    }
    for message in ({}, {"before": None}, {"before": before | {"step_2": ["missed", ""]}}):
        part.answer(message)
    assert ["passed", "waiting", "waiting", "missed"] == states(part)
    kernel.run("step_2", RIGHT["step_2"])

    assert "Progress 2 / 4 steps" in kernel.told[-1]
    assert [RIGHT["step_1"]] == part.props()["steps"][0]["judged"]


def test_one_part_of_the_page_speaks_a_verdict(kernel, monkeypatch):
    """The bar does, if it is on show; else the verdict itself."""
    part = Progress(*STEPS)
    html = []
    for shown in ({}, {"progress": SimpleNamespace()}):
        monkeypatch.setattr(base, "_shown", shown)
        kernel.run("step_2", RIGHT["step_2"])
        html.append(kernel.shown[-1][0]._repr_mimebundle_()["text/html"])

    assert [True, False] == ['role="status"' in text for text in html]
    count, text = part.props()["told"]
    assert (2, True) == (count, text.startswith("Step 2: Correct. fairness_threshold is 0.8."))


def test_the_check_leaves_nothing_behind(kernel):
    """Its own variables stay its own, and hidden tests of a source notebook are not run."""
    write(kernel.notebook, {"check_step_2": CHECK})
    Progress(*STEPS)
    kernel.run("step_2", RIGHT["step_2"])

    assert kernel.told[0].startswith("✔ Step 2: Correct. Well.")
    assert not {"_mine", "step", "verdict"} & set(kernel.shell.user_ns)


@pytest.mark.parametrize(
    "check", ["1 / 0", "x = (", "import grader.nothing", "raise KeyboardInterrupt"]
)
def test_a_check_that_breaks_is_silent(kernel, capsys, check):
    """The learner ran no check, so none may fail."""
    write(kernel.notebook, {"check_step_2": check})
    Progress(*STEPS)

    assert kernel.run("step_2", RIGHT["step_2"]).success
    assert ([], ("", "")) == (kernel.shown, capsys.readouterr())


def test_without_the_file_nothing_happens_until_a_check_is_run(kernel):
    """The bar then tells that a step passed before was run again unchecked."""
    part = Progress(*STEPS)
    kernel.run("step_2", RIGHT["step_2"])
    kernel.notebook.write_text("{}")
    kernel.run("step_2", "fairness_threshold = 1")

    assert 1 == len(kernel.shown)
    assert "changed" == states(part)[1]
    assert "✎ Step 2: changed since it was checked: run it again." in part.plain_text()


def test_running_the_cell_again_registers_nothing_twice(kernel):
    """One coach looks after a kernel, however often its parts are shown."""
    for _ in range(3):
        Progress(*STEPS)
    kernel.run("step_2", RIGHT["step_2"])

    assert 1 == len(kernel.shown)


def test_nothing_is_registered_where_nobody_looks(kernel, monkeypatch):
    """nbgrader and nbconvert run the same cells; there only the checks themselves speak."""
    monkeypatch.delenv("JPY_SESSION_NAME")
    Progress(*STEPS)
    kernel.run("step_2", RIGHT["step_2"])

    assert [] == kernel.shown
    assert hooks._coach is None


@pytest.mark.parametrize("mark", ["validate", "autograde"])
def test_a_mark_left_by_nbgrader_does_not_silence_the_help(kernel, monkeypatch, mark):
    """Kernels of a Jupyter server may inherit it: the learner reads the sentence all the same."""
    monkeypatch.setenv("NBGRADER_EXECUTION", mark)
    Progress(*STEPS)
    kernel.run("step_2", "fairness_threshold = 0.7")

    assert "Not yet" in kernel.told[0]


def test_the_page_gets_the_cells_that_were_judged(kernel):
    """With them it tells whether the text now in a cell was checked."""
    part = Progress(*STEPS)
    kernel.run("step_2", RIGHT["step_2"])
    step = part.props()["steps"][1]

    assert ("step_2", "Step 2", [RIGHT["step_2"]]) == (step["id"], step["title"], step["judged"])


def test_the_part_is_small_and_its_twin_harmless(kernel):
    """The page's module stays within its 12,000 bytes, the twin within 4,000."""
    part = Progress(*STEPS)

    assert len(module(part).encode()) <= 12_000
    assert len((part.static_html() + part.plain_text() + style(part)).encode()) <= 8_000
    assert part.static_html() == safe_html(part.static_html())


def test_the_parts_are_imported_lightly():
    """Only a page on show needs the widgets' libraries."""
    code = (
        "import sys, grader.widgets.progress, grader.widgets.trace\n"
        "assert not {'ipywidgets', 'anywidget', 'grader.widgets.live'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_real_kernel_shows_the_verdict_below_the_cell_just_run(kernel):
    """Through the whole of Jupyter: the display is a reply to the run of the answer cell."""
    environment = os.environ | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    manager, client = start_new_kernel(env=environment, cwd=str(notebooks.ROOT))
    try:
        bar = "from grader.widgets.progress import Progress\nProgress('step_1', 'step_2')"
        shown = [data for data in execute(client, "progress_bar", bar) if len(data) > 1]
        wrong = execute(client, "step_2", "fairness_threshold = '0.8'\nfairness_threshold")
        right = execute(client, "step_2", "fairness_threshold = 0.8")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)

    assert "application/vnd.jupyter.widget-view+json" in shown[0]
    assert "Progress 0 / 2 steps" in shown[0]["text/html"]
    assert ["'0.8'", "✘ Step 2: Not yet."] == [data["text/plain"][:18] for data in wrong]
    assert ["✔ Step 2: Correct."] == [data["text/plain"][:18] for data in right]


def execute(client, cell_id: str, code: str) -> list[dict]:
    """Run a cell as JupyterLab does; what it displays."""
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    message = client.session.msg("execute_request", content, metadata={"cellId": cell_id})
    client.shell_channel.send(message)
    shown = []
    while True:
        reply = client.get_iopub_msg(timeout=30)
        if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        if reply["msg_type"] in ("display_data", "execute_result"):
            shown.append(reply["content"]["data"])
        if reply["msg_type"] == "error":
            raise AssertionError(reply["content"]["evalue"])
        if reply["content"].get("execution_state") == "idle":
            return shown
