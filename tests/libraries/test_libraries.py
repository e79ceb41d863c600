"""
Libraries that courses import, judged for real: what a kernel pays for is paid, and nothing else.

`make libraries` has them all in an environment of its own. The sandbox's server has those ready
that it knows to be large, so that each is used here in a fork of the process that imported it.
"""

import linecache

import pytest
from support.courses import need_library, need_sandbox
from support.judging import course
from support.sandboxes import required

from grader.judge.client import WorkerClient
from grader.judge.sources import HEAVY
from grader.judge.task import ANSWER, Reference, Task
from grader.sandbox import FALLBACK, Limits
from grader.trial.notebook import try_notebook

READY = """
    altair bokeh lightgbm matplotlib networkx numba pandas plotly scipy seaborn sklearn
    """.split()  # noqa: SIM905 - as in `HEAVY`
TABLE = "import pandas as pd\ndf = pd.DataFrame({{'a': [1, 2, {}], 'b': ['x', 'y', 'y']}})\n"
IRIS = "from sklearn.datasets import load_iris\nX, y = load_iris(return_X_y=True)\n"
LAZY = "import polars as pl\nlazy = pl.LazyFrame({{'g': ['u', 'v', 'v'], 'n': [1, 2, {}]}})\n"
NJIT = "import numba\nimport numpy as np\n@numba.njit{}\ndef f(x): return {}\n"
SUMMED = (
    "import numba\nimport numpy as np\n@numba.njit(parallel=True)\ndef f(a):\n    total = 0.0\n"
    "    for i in numba.prange(len(a)):\n        total += a[i]\n    return total\n"
    "total = f(np.ones({}))"
)
FOREST = (
    f"{IRIS}from sklearn.ensemble import RandomForestClassifier\n"
    "model = RandomForestClassifier(20, n_jobs=2, random_state=0).fit(X, {})\n"
    "accuracy = model.score(X, y)"
)
GRID = (
    f"{IRIS}from sklearn.model_selection import GridSearchCV\n"
    "from sklearn.neighbors import KNeighborsClassifier as Near\n"
    "search = GridSearchCV(Near(), {{'n_neighbors': [{}]}}, n_jobs={}).fit(X, y)"
)
SQUARES = (
    "from joblib import Parallel, delayed\ndef square(n): return n * n\n"
    "squares = Parallel(n_jobs=-1)(delayed(square)(n) for n in range({}))"
)
BOOSTED = (
    f"{IRIS}import lightgbm as lgb\n"
    "model = lgb.LGBMClassifier(n_estimators=5, n_jobs=2, verbose=-1).fit(X, {})"
)
LINE = (
    "import numpy as np\nimport statsmodels.api as sm\nx = np.arange(5.0)\n"
    "fit = sm.OLS({}, sm.add_constant(x)).fit()"
)
SALES = (
    "import duckdb\nimport pandas as pd\n"
    "sales = pd.DataFrame({{'shop': ['a', 'b', 'b'], 'n': [1, 2, {}]}})\n"
    "totals = duckdb.sql('select shop, sum(n) as n from sales group by shop order by shop').df()"
)
EXPRESSION = "import sympy as sp\nx = sp.symbols('x')\ne = {}"
BARS = "import plotly.express as px\nfig = px.bar(x=['a', 'b'], y=[1, {}], title='Sales')\nfig"
GO = (
    "import plotly.graph_objects as go\n"
    "fig = go.Figure(go.Bar(x=['a', 'b'], y=[1, 3]), layout_title_text='Sales')\nfig.show()"
)
PLOT = "from bokeh.plotting import figure\np = figure(title='{}')\np.line([1, 2], [3, 4])"
THREE = TABLE.format(3)
CHART = "import altair as alt\nchart = alt.Chart(df).mark_{}().encode(x='a', y='b')"
DRAWN = "import seaborn as sns\nax = sns.barplot(df, x='b', y='a')\nax.set_title('{}')"
RICH = (
    "from rich import print\nfrom rich.table import Table\nt = Table('name', 'points')\n"
    "t.add_row('Ada', '2')\nprint('[bold]Marks[/bold]', t)\nrows = t.row_count{}"
)
GRAPH = "import networkx as nx\nG = nx.{}"

# Library: the key's answer, a learner's, a wrong one, and the check.
CASES = {
    "pyarrow: feather": (
        "total = 6",
        THREE + "df.to_feather('t.f')\ntotal = int(pd.read_feather('t.f')['a'].sum())",
        TABLE.format(4) + "df.to_feather('t.f')\ntotal = int(pd.read_feather('t.f')['a'].sum())",
        "assert total == 6",
    ),
    "pyarrow: parquet": (
        THREE,
        THREE + "df.to_parquet('t.parquet')\ndf = pd.read_parquet('t.parquet')",
        TABLE.format(4) + "df.to_parquet('t.parquet')\ndf = pd.read_parquet('t.parquet')",
        "assert df['a'].sum() == 6 and list(df.columns) == ['a', 'b']",
    ),
    "pyarrow: columns": (
        THREE,
        THREE + "df = df.convert_dtypes(dtype_backend='pyarrow')",
        TABLE.format(4) + "df = df.convert_dtypes(dtype_backend='pyarrow')",
        "assert df['b'].tolist() == ['x', 'y', 'y'] and df.groupby('b')['a'].sum()['y'] == 5",
    ),
    "pyarrow: table": (
        "import pyarrow as pa\nt = pa.table({'a': [1, 2]})",
        "import pyarrow as pa\nt = pa.Table.from_pydict({'a': pa.array([1, 2])})",
        "import pyarrow as pa\nt = pa.table({'a': [1, 3]})",
        "assert t.num_rows == 2 and t.column('a').to_pylist() == [1, 2]",
    ),
    "polars: lazy": (
        "total = 5",
        LAZY.format(3)
        + "total = lazy.filter(pl.col('g') == 'v').select('n').sum().collect().item()",
        LAZY.format(3) + "total = lazy.select('n').sum().collect().item()",
        "assert total == 5",
    ),
    "polars: frame": (
        LAZY.format(3) + "sums = lazy.group_by('g').agg(pl.sum('n')).sort('g').collect()",
        LAZY.format(3) + "sums = lazy.collect().group_by('g').agg(pl.col('n').sum()).sort('g')",
        LAZY.format(4) + "sums = lazy.group_by('g').agg(pl.sum('n')).sort('g').collect()",
        "assert sums['n'].to_list() == [1, 5] and sums.shape == (2, 2)",
    ),
    "numba": (
        "def f(x): return x * 2",
        NJIT.format("", "x * 2"),
        NJIT.format("", "x * 3"),
        "assert f(3) == 6 and f(1.5) == 3.0",
    ),
    "numba: cache": (
        NJIT.format("", "np.sum(x)"),
        NJIT.format("(cache=True)", "np.sum(x)"),
        NJIT.format("(cache=True)", "np.max(x)"),
        "import numpy as np\nassert f(np.array([1.0, 2.0])) == 3",
    ),
    "numba: parallel": (
        "total = 1000.0",
        SUMMED.format(1000),
        SUMMED.format(900),
        "assert total == 1000",
    ),
    "scikit-learn: forest": (
        "accuracy = 1.0",
        FOREST.format("y"),
        FOREST.format("y[::-1]"),
        "assert accuracy > 0.8",
    ),
    "scikit-learn: grid": (
        GRID.format("1, 5", 1),
        GRID.format("1, 5", -1),
        GRID.format("110", -1),
        "assert search.best_score_ > 0.9 and search.best_params_['n_neighbors'] in (1, 5)",
    ),
    "joblib": (
        "squares = [0, 1, 4]",
        SQUARES.format(3),
        SQUARES.format(4),
        "assert squares == [0, 1, 4]",
    ),
    "lightgbm": (
        f"{IRIS}from sklearn.tree import DecisionTreeClassifier as T\nmodel = T().fit(X, y)",
        BOOSTED.format("y"),
        BOOSTED.format("y[::-1]"),
        f"{IRIS}assert (model.predict(X) == y).mean() > 0.8",
    ),
    "statsmodels": (
        LINE.format("1 + 2 * x"),
        LINE.format("2 * x + 1.0"),
        LINE.format("3 * x + 1"),
        "assert abs(fit.params[1] - 2) < 1e-9 and fit.rsquared > 0.9",
    ),
    "duckdb": (
        "total = 6",
        "import duckdb\ntotal = duckdb.sql('select sum(i) from range(4) t(i)').fetchall()[0][0]",
        "import duckdb\ntotal = duckdb.sql('select sum(i) from range(5) t(i)').fetchall()[0][0]",
        "assert total == 6",
    ),
    "duckdb: pandas": (
        SALES.format(3),
        SALES.format("1 + 2"),
        SALES.format(4),
        "assert totals['n'].tolist() == [1, 5] and list(totals.columns) == ['shop', 'n']",
    ),
    "sympy: number": (
        "six = 6",
        "import sympy as sp\nsix = sp.Integer(6)",
        "import sympy as sp\nsix = sp.Integer(7)",
        "assert six == 6",
    ),
    "sympy: roots": (
        "roots = [-2, 2]",
        "import sympy as sp\nx = sp.symbols('x')\nroots = sp.solve(x ** 2 - 4, x)",
        "import sympy as sp\nx = sp.symbols('x')\nroots = sp.solve(x ** 2 - 9, x)",
        "assert sorted(roots) == [-2, 2]",
    ),
    "sympy: expression": (
        EXPRESSION.format("(x + 1) ** 2"),
        EXPRESSION.format("sp.expand((x + 1) ** 2)"),
        EXPRESSION.format("x ** 2 + 2 * x"),
        "import sympy as sp\nassert sp.expand(e).subs(sp.Symbol('x'), 2) == 9",
    ),
    "networkx: degrees": (
        "degrees = {0: 1, 1: 2, 2: 1}",
        GRAPH.format("path_graph(3)\ndegrees = G.degree()"),
        GRAPH.format("path_graph(4)\ndegrees = G.degree()"),
        "assert dict(degrees) == {0: 1, 1: 2, 2: 1}",
    ),
    "networkx: graph": (
        GRAPH.format("path_graph(4)"),
        GRAPH.format("Graph([(0, 1), (1, 2), (2, 3)])"),
        GRAPH.format("cycle_graph(4)"),
        "import networkx as nx\nassert G.number_of_edges() == 3 and nx.is_connected(G)\n"
        "assert nx.shortest_path_length(G, 0, 3) == 3 and G.degree[0] == 1",
    ),
    "plotly": (
        BARS.format(3),
        GO,
        BARS.format(4),
        "assert fig.layout.title.text == 'Sales' and list(fig.data[0].y) == [1, 3]",
    ),
    "bokeh": (
        PLOT.format("Sales"),
        PLOT.format("Sales") + "\np",
        PLOT.format("Costs"),
        "assert p.title.text == 'Sales' and len(p.renderers) == 1",
    ),
    "altair": (
        THREE + CHART.format("bar"),
        THREE + CHART.format("bar") + "\nchart",
        THREE + CHART.format("line"),
        "assert chart.to_dict()['mark']['type'] == 'bar'\n"
        "assert chart.to_dict()['encoding']['x']['field'] == 'a'",
    ),
    "seaborn": (
        THREE + DRAWN.format("Sales"),
        THREE + DRAWN.format("Sales") + "\nax.figure",
        THREE + DRAWN.format("Costs"),
        "assert ax.get_title() == 'Sales' and ax.get_xlabel() == 'b'",
    ),
    "rich": ("rows = 1", RICH.format(""), RICH.format(" + 1"), "assert rows == 1"),
    "openpyxl": (
        THREE,
        THREE + "df.to_excel('t.xlsx', index=False)\ndf = pd.read_excel('t.xlsx')",
        TABLE.format(4) + "df.to_excel('t.xlsx', index=False)\ndf = pd.read_excel('t.xlsx')",
        "assert df['a'].tolist() == [1, 2, 3]",
    ),
}
MODULES = {"scikit-learn": "sklearn"}


@pytest.fixture(scope="module")
def worker():
    """The grading process; its server has all large libraries ready before the first case."""
    level = need_sandbox()
    for name in READY:
        need_library(name)
    assert set(READY) <= HEAVY
    with WorkerClient(level, Limits(cell_seconds=20.0)) as made:
        made.grade(course((ANSWER, f"import {', '.join(READY)}")))
        yield made


def stock_pays(answer: str, check: str) -> bool:
    """Tell whether stock nbgrader gives the points: nothing of the check fails in a kernel."""
    place, names = "/tmp/ipykernel_1/1.py", {}  # as kernels have it: numba looks for that
    linecache.cache[place] = len(answer), None, answer.splitlines(True), place
    exec(compile(answer, place, "exec"), names)
    try:
        exec(check, names)
    except AssertionError:
        return False
    return True


def of(answer: str, check: str) -> Task:
    """Return a notebook with one answer and a check of two points."""
    return course((ANSWER, answer), ("check", check, 2))


def known(worker: WorkerClient, key: str, check: str) -> Reference:
    """Try a key, which must get its points, and an untouched release, which gets none."""
    trial = try_notebook(of(key, check), of("", check), worker.grade)

    assert () == trial.faults
    assert {} == trial.blank
    return trial.reference


@pytest.mark.parametrize("name", CASES)
def test_a_library_is_paid_for_as_in_a_kernel(worker, name, monkeypatch, tmp_path):
    """Right answers get all points whether the key uses it or not, and wrong ones none."""
    key, answer, wrong, check = CASES[name]
    library = name.partition(":")[0]
    need_library(MODULES.get(library, library))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    stock = [stock_pays(one, check) for one in (key, answer, wrong)]
    by_key, by_other = known(worker, key, check), known(worker, answer, check)
    judged = [worker.grade(of(one, check).judged_by(by_key)) for one in (answer, wrong)]
    judged.append(worker.grade(of(key, check).judged_by(by_other)))

    assert [True, True, False] == stock
    assert [2.0, 0.0, 2.0] == [one.results[-1].score for one in judged]
    assert "error" not in {out["output_type"] for out in judged[0].results[0].outputs}


def test_what_needs_a_file_waits_for_a_person_where_none_can_be_written():
    """At the fallback level a library that cannot write a file costs nobody a point."""
    need_library("numba")
    _, answer, wrong, check = CASES["numba: cache"]
    with WorkerClient(required(FALLBACK), Limits(cell_seconds=20.0)) as worker:
        judged = [worker.grade(of(one, check)).results[-1] for one in (answer, wrong)]
        judged.append(worker.grade(of("def f(x): return 0", check)).results[-1])

    assert [None, None, 0.0] == [one.score for one in judged]
    assert "bubblewrap is missing" in judged[0].check.message
