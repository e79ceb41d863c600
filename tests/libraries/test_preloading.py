"""
A class that uses libraries is graded: what the sandbox's server cannot have ready costs time alone,
what cells show is there, and `grader doctor` has nothing to object.
"""

import json

import pytest
from support.courses import (
    answer_cell,
    cell,
    check_cell,
    hand_in_sheet,
    need_library,
    need_sandbox,
    small_course,
)
from support.judging import course
from support.sandboxes import LEVELS, answers, required

from grader import doctor
from grader.batch import grade
from grader.cli import main
from grader.judge.notebook import grade as judged
from grader.judge.sources import HEAVY
from grader.judge.task import ANSWER, GIVEN
from grader.release import release
from grader.sandbox import Limits, Sandbox, bubblewrap

SUM = "import pandas as pd\ntotal = int(pd.Series([1, 2], dtype='{}').sum())"
GROUPS = "import polars as pl\ntotal = pl.LazyFrame({'a': [1, 2]}).sum().collect().item()"


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_large_libraries_are_ready_and_start_no_thread(level):
    """The server has each library of its list that is installed here, and stays one thread."""
    names = sorted(name for name in HEAVY if need_library(name))
    loaded = f"import sys\nready = [name in sys.modules for name in {names}]\n"

    with Sandbox(required(level), modules=tuple(names)) as sandbox, sandbox.open() as guest:
        assert () == sandbox.left_out()
        assert [[True] * len(names)] == answers(guest, loaded, "ready")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("pandas", SUM.format("int64")),
        ("pandas", SUM.format("int64[pyarrow]")),
        ("polars", GROUPS),
    ],
    ids=["pandas", "pandas with pyarrow", "polars"],
)
def test_a_library_that_starts_threads_is_left_to_guests(name, answer, monkeypatch):
    """It is not ready in the server, and right and wrong answers get their marks all the same."""
    need_library("pyarrow" if name == "pandas" else name)
    monkeypatch.delitem(bubblewrap.ENVIRONMENT, "JE_ARROW_MALLOC_CONF")
    found = []
    with Sandbox(need_sandbox(), Limits(cell_seconds=20.0), (name, "sympy")) as sandbox:
        for check in ("assert total == 3", "assert total == 4"):
            task = course((GIVEN, f"import {name}"), (ANSWER, answer), ("check", check, 2))
            found += [one.score for one in judged(task, sandbox) if one.check]

        assert (name,) == sandbox.left_out()
    assert [2.0, 0.0] == found


def graded_outputs(tmp_path, cells: dict[str, str]) -> dict[str, list[dict]]:
    """Grade a hand-in with these cells of a learner's, and return what each shows afterwards."""
    total = check_cell("check", "assert total == 1")
    made = small_course(
        tmp_path / "course", *(answer_cell(name, "total = 1") for name in cells), total
    )
    release(made, ["week"])
    hand_in_sheet(made, "ada", **cells)
    (found,) = grade(made, "week")
    notebook = json.loads((made.autograded("ada", "week") / "sheet.ipynb").read_text("utf-8"))

    assert (1.0, "graded") == (found.score, found.status)
    return {one["id"]: one.get("outputs", []) for one in notebook["cells"]}


SHOWN = {
    "plotly": "import plotly.express as px\nfig = px.bar(x=['a'], y=[1])\nfig\n",
    "plotly_show": (
        "import plotly.graph_objects as go\ngo.Figure(go.Bar(y=[1])).show()\nprint('after')"
    ),
    "altair": (
        "import altair as alt\nimport pandas as pd\nalt.Chart(pd.DataFrame({'a': [1]})).mark_bar()"
    ),
    "bokeh": (
        "from bokeh.io import output_notebook\nfrom bokeh.plotting import figure, show\n"
        "output_notebook()\np = figure()\np.line([1, 2], [3, 4])\nshow(p)"
    ),
    "seaborn": "import seaborn as sns\nsns.barplot(x=['a', 'b'], y=[1, 2]);",
    "rich": "from rich import print\nprint('[bold]Marks[/bold]')",
    "sympy": "import sympy as sp\nsp.Symbol('x') ** 2",
}


def test_what_libraries_draw_is_in_the_graded_notebook(tmp_path):
    """
    A picture is there, a figure that only a script could draw is named, and what a cell shows after
    it is not cut off.
    """
    need_sandbox()
    for name in ("altair", "bokeh", "plotly", "rich", "seaborn", "sympy"):
        need_library(name)
    found = graded_outputs(tmp_path, {n: f"total = 1\n{code}" for n, code in SHOWN.items()})
    texts = {name: json.dumps(outputs) for name, outputs in found.items()}

    assert "a figure of plotly" in texts["plotly"]
    assert "a figure of plotly" in texts["plotly_show"] and "after" in texts["plotly_show"]
    assert "a figure of bokehjs" in texts["bokeh"]
    assert "alt.Chart(...)" in texts["altair"]
    assert "image/png" in found["seaborn"][-1]["data"]
    assert "Marks" in texts["rich"]
    assert "x**2" in texts["sympy"]
    assert "output cut here" not in "".join(texts.values())


def test_the_doctor_is_content_with_pandas_and_pyarrow(tmp_path, monkeypatch, capsys):
    """Every line says ok, pandas is ready for every submission, and marks are given."""
    need_sandbox()
    need_library("pyarrow")
    made = small_course(
        tmp_path / "course",
        cell("setup", "import pandas as pd", locked=True),
        answer_cell("total", SUM.format("int64[pyarrow]")),
        check_cell("check", "assert total == 3", 2),
    )
    release(made, ["week"])
    hand_in_sheet(made, "ada", total=SUM.format("int64"))
    hand_in_sheet(made, "ben", total="total = 4")
    monkeypatch.chdir(made.root)
    code = main(["doctor"])
    printed = capsys.readouterr().out

    assert "PROBLEM" not in printed and 0 == code
    assert "ready for every submission" in printed
    assert "with the key's answers, gets 2 of 2 points" in printed
    assert {"ada": 2.0, "ben": 0.0} == {one.student: one.score for one in grade(made, "week")}


def test_a_class_is_graded_where_the_key_imports_what_starts_threads(tmp_path):
    """The doctor names it, without objecting, and everybody gets the marks that are due."""
    need_sandbox()
    need_library("polars")
    need_library("statsmodels")
    fit = "fit = sm.OLS({}, np.arange(1.0, 4.0)).fit()"
    made = small_course(
        tmp_path / "course",
        cell("setup", "import numpy as np\nimport statsmodels.api as sm", locked=True),
        answer_cell("fit", fit.format("[2, 4, 6]")),
        check_cell("check", "assert abs(fit.params[0] - 2) < 1e-9", 2),
    )
    line = doctor._ask("imports", doctor.QUESTIONS["imports"], made.root)
    release(made, ["week"])
    hand_in_sheet(made, "ada", fit=fit.format("np.array([2.0, 4, 6])"))
    hand_in_sheet(made, "ben", fit=fit.format("[3, 6, 9]"))

    assert line.ok and "statsmodels.api: imported anew" in line.text
    assert {"ada": 2.0, "ben": 0.0} == {one.student: one.score for one in grade(made, "week")}
