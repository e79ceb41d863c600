"""Cells in a guest show what they show in Jupyter, and what a guest refuses, it says."""

import base64
import json
import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from support.guests import in_guest, in_guest_numbered

from grader.sandbox.walls import NO_INSTALL, NO_PROGRAMS

CELLS = {
    "a comment": "# nothing",
    "print": "print('a', 1)\nprint('b', end='')",
    "an expression": "1 + 1",
    "the last result": "_ + 1",
    "results by number": "Out[3], _4, In[2], _i2",
    "a semicolon": "5;",
    "a name": "x = 3; x",
    "None": "None",
    "stderr": "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')",
    "order": "print(1)\ndisplay(2)\nprint(3)\n4",
    "HTML": "from IPython.display import HTML, JSON, Markdown, SVG, Image\nHTML('<b>b</b>')",
    "JSON": "JSON({'a': [1, None, True]})",
    "display": "display(Markdown('*m*'), {'a': 1}, [1.5])",
    "raw bundles": "display({'text/plain': 'p', 'text/html': '<i>'}, raw=True, metadata={'a': 1})",
    "representations": (
        "class R:\n    def _repr_html_(self):\n        return '<u>r</u>'\n"
        "    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        return {'application/x+json': {'b': [1, 2]}}\n"
        "    def __repr__(self):\n        return 'R!'\nR()"
    ),
    "image": "Image(data=b'\\x89PNG\\r\\n\\x1a\\nabc', format='png', width=3)",
    "long": "list(range(2000))",
    "display id": "handle = display(1, display_id='one')\ndisplay(2)\nhandle.update(HTML('three'))",
    "clear": "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)",
    "clear later": "print(1)\nclear_output(wait=True)\nprint(2)",
    "clear at last": "print(1)\nclear_output(wait=True)",
    "error": "def f(a):\n    b = a\n    return 1 / b\n\nprint('before')\nf(0)",
    "no context": "try:\n    f(0)\nexcept ZeroDivisionError:\n    raise KeyError('é') from None",
    "cause": "try:\n    f(0)\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e",
    "context": "try:\n    f(0)\nexcept ZeroDivisionError:\n    undefined",
    "assertion": "assert 1 == 2, 'one is not two'",
    "own error": "class Mine(Exception):\n    pass\nraise Mine('a', 1)",
    "library error": "import json\njson.loads('{')",
    "syntax error": "x = 1\ndef f(:\n    pass",
    "indentation": "if x:\npass",
    "exec": "exec('a b')",
    "interrupt": "raise KeyboardInterrupt",
    "system exit": "sys.exit(3)",
    "formatter": "class B:\n    def __repr__(self):\n        raise ValueError('no')\nB()",
    "capture": "%%capture kept\nprint('hidden')\ndisplay(1)\n2",
    "captured": "kept.stdout, len(kept.outputs)",
    "writefile": "%%writefile hello.txt\nhello",
    "read": "open('hello.txt').read()",
    "await": "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "task": "done = []\nasync def go():\n    done.append(1)\ntask = asyncio.create_task(go())",
    "task later": "done",
    "async for": "async def g():\n    yield 1\n[i async for i in g()]",
    "asyncio.run": "asyncio.run(go())",
    "magic": "%who_ls str",
    "unknown magic": "%nonsense",
    "run again": "get_ipython().run_cell('print(7)')\nNone",
    "help": "len?",
    "warning": "import warnings\nwarnings.filterwarnings('always')\nwarnings.warn('careful')",
    "main": "__name__, type(get_ipython()).__name__",
    "module": "import __main__\n__main__.x",
    "namespace": "'f' in globals(), globals() is locals()",
    "thread": "from threading import Thread\nt = Thread(target=print)\nt.start()\nt.join()",
    "widget": "import ipywidgets\nipywidgets.IntSlider(value=4)",
    "output widget": "out = ipywidgets.Output()\nwith out:\n    print('inside')\nprint('outside')",
    "captured by widget": "[dict(o) for o in out.outputs]",
    "interact": "ipywidgets.interact(lambda n: n, n=3);",
    "table": "import pandas\npandas.DataFrame({'a': [1, 2]})",
    "figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('t');",
    "two figures": "for _ in range(2):\n    plt.figure()\nplt.show()\n'after'",
    "inline": "%matplotlib inline\nplt.plot([1])",
    "folder of code": "import os\nwhere = os.path.dirname((lambda: 0).__code__.co_filename)\n"
    "os.path.basename(where).rstrip('0123456789')",
}


def normal(text: str) -> str:
    """Take out what may differ: colours, folders, temporary names, addresses, ids, carets."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"File \S*?((?:\w+/)*\w+\.py)", lambda m: "File " + Path(m[1]).name, text)
    text = re.sub(r"\(?/\S+/ipykernel_\d+/\d+\.py", "(cell", text)
    text = re.sub(r"\((\d+\.py|Cell In\[\d+\]), line", "(cell, line", text)
    text = re.sub(r"^(\S*/ipykernel_\d+/\d+\.py|\(cell|Cell In\[\d+\]):", "cell:", text, flags=re.M)
    text = re.sub(r"^\S*?(\w+\.py):\d+", r"\1", text, flags=re.M)
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    return re.sub(r'"model_id": "\w+"', '"model_id": ""', text)


def comparable(value: object) -> object:
    """Return outputs as they are compared: texts normal, figures and views by their kind only."""
    match value:
        case str():
            return normal(value)
        case {"output_type": "stream", "name": name, "text": text}:
            return [name, normal(text)]  # a list: see merged
        case {"image/png": png, "text/plain": str(text)} if "Figure" in text:
            assert base64.b64decode(png).startswith(b"\x89PNG")
            return "a figure"
        case {"model_id": _}:
            return "a view"
        case {"traceback": list(lines)} if value.get("output_type") == "error":
            return [value["ename"], normal(value["evalue"]), normal("\n".join(lines))]
        case dict():
            return {key: comparable(item) for key, item in sorted(value.items())}
        case list():
            return merged([comparable(item) for item in value])
    return value


def merged(outputs: list) -> list:
    """Join neighbours of one stream, which a kernel cuts where its buffer happens to be full."""
    found: list = []
    for output in outputs:
        before = found[-1] if found else None
        if type(output) is list and type(before) is list and before[0] == output[0]:
            before[1] += output[1]
        else:
            found.append(output)
    return found


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> list[list[dict]]:
    """The outputs of the cells from nbclient and a kernel."""
    folder = tmp_path_factory.mktemp("kernel")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS.values()]
    nb = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(
        nb,
        allow_errors=True,
        kernel_name="python3",
        timeout=60,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return [cell.outputs for cell in nb.cells]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """The same cells in a guest."""
    return in_guest(tmp_path_factory.mktemp("guest"), list(CELLS.values()))


@pytest.mark.parametrize("number", range(len(CELLS)), ids=CELLS)
def test_a_cell_shows_what_it_shows_in_jupyter(golden, ran, number):
    """Outputs of a guest are those of nbclient with a kernel, up to names of files and colours."""
    assert comparable(golden[number]) == comparable(ran[number]["outputs"])


def test_stop_tells_class_text_and_line(ran):
    """What stopped a cell is told by class, text and line of that cell; a whole cell has none."""
    stops = {name: result["stop"] for name, result in zip(CELLS, ran, strict=True)}

    error = {"kind": "ZeroDivisionError", "message": "division by zero", "line": 3, "at": [6, 0]}
    assert error == stops["error"]
    assert "SyntaxError" == stops["syntax error"]["kind"]
    assert 2 == stops["syntax error"]["line"]
    assert {"kind": "KeyboardInterrupt", "message": "", "line": 1, "at": [1, 0]} == stops[
        "interrupt"
    ]
    assert {"kind": "SystemExit", "message": "3", "line": 1, "at": [1, 0]} == stops["system exit"]
    assert ("Mine", "('a', 1)", 3, [3, 0]) == tuple(stops["own error"].values())
    assert stops["print"] is stops["capture"] is stops["widget"] is None


def test_an_error_in_code_made_of_text_shows_no_line_of_ours(tmp_path):
    """Such code has no file; the program that the server was started with is not its source."""
    [result] = in_guest(tmp_path, ["exec('1 / 0')"])
    [error] = result["outputs"]

    assert "exec('1 / 0')" in "".join(error["traceback"])
    assert "import" not in "".join(error["traceback"])


def test_outputs_are_a_valid_notebook_of_plain_data(ran):
    """All outputs are valid in a notebook and nothing but JSON."""
    cells = [
        nbformat.v4.new_code_cell("", outputs=[nbformat.from_dict(o) for o in result["outputs"]])
        for result in ran
    ]

    nbformat.validate(nbformat.v4.new_notebook(cells=cells))


GO_ON = {
    "shell": "!ls",
    "shell of a value": "files = !ls",
    "bash": "%%bash\nls",
    "script": "%%script python\n1",
    "other Python": "%%python\n1",
    "system": "%system ls",
    "sx": "%sx ls",
    "alias": "%ls",
    "os.system": "import os\nassert os.system('ls')",
    "os.popen": "import os\nassert os.popen('ls').read() == ''",
    "in a function": "def f():\n    return get_ipython().getoutput('ls')\nassert f() == []",
}
STOP = {
    "subprocess": "import subprocess\nsubprocess.run(['ls'])",
    "Popen": "import subprocess\nsubprocess.Popen(['ls'])",
    "fork": "import os\nos.fork()",
}
INSTALLS = ["!pip install x", "%pip install -q x", "!python -m pip install x", "!conda list"]


def test_a_command_that_may_not_run_says_why_and_the_cell_goes_on(tmp_path):
    """As after a failed command in Jupyter: one line on stderr, and the next line runs."""
    cells = [f"{cell}\n" + "after = 1" * ("%%" not in cell) for cell in GO_ON.values()]
    *ran, after = in_guest(tmp_path, [*cells, "after"])

    for name, result in zip(GO_ON, ran, strict=True):
        said = [out["text"] for out in result["outputs"] if out.get("name") == "stderr"]
        assert result["stop"] is None, name
        assert [f"{NO_PROGRAMS}\n"] == said, name
    assert "1" == after["outputs"][0]["data"]["text/plain"]


def test_what_cannot_fail_quietly_is_refused_in_one_sentence(tmp_path):
    """Other ways to a program are an error that says so, without lines of ours."""
    for name, result in zip(STOP, in_guest(tmp_path, list(STOP.values())), strict=True):
        [error] = result["outputs"]
        assert ("PermissionError", NO_PROGRAMS) == (error["ename"], error["evalue"]), name
        assert [f"PermissionError: {NO_PROGRAMS}"] == error["traceback"], name
        assert NO_PROGRAMS == result["stop"]["message"]


def test_nothing_is_installed_and_the_cell_goes_on(tmp_path):
    """Whoever installs what is there already has it in the next line."""
    cells = [f"{line}\nimport numpy as np\nnp.arange(3).sum()" for line in INSTALLS]
    for line, result in zip(INSTALLS, in_guest(tmp_path, cells), strict=True):
        assert result["stop"] is None, line
        said = [out["text"] for out in result["outputs"] if out.get("name") == "stderr"]
        assert [f"{NO_INSTALL}\n"] == said, line
        assert "3" in result["outputs"][-1]["data"]["text/plain"], line


WORKERS = {
    "Pool": "import multiprocessing as mp\nwith mp.Pool(2) as pool:\n    x = pool.map(str, [1, 2])",
    "pool of a context": (
        "with mp.get_context('spawn').Pool(2, maxtasksperchild=1) as pool:\n"
        "    x = pool.starmap(max, [(1, 2), (4, 3)])"
    ),
    "Pool of its module": (
        "from multiprocessing.pool import Pool\nwith Pool(2) as pool:\n"
        "    x = list(pool.imap(abs, [-1, 2]))"
    ),
    "Process and Queue": (
        "def f(q): q.put([1, 2])\nq = mp.Queue()\n"
        "p = mp.Process(target=f, args=(q,), daemon=True)\n"
        "p.start()\nx = q.get(timeout=5)\np.join()\nassert p.exitcode == 0 and not p.is_alive()"
    ),
    "class of its own": (
        "class P(mp.Process):\n    def run(self): self.made = 3\n"
        "p = P()\np.start()\np.join()\nx = p.made"
    ),
    "shared values": (
        "v, a = mp.Value('i', 3), mp.Array('d', [1, 2])\nwith v.get_lock():\n    v.value += 1\n"
        "x = v.value, a[:]"
    ),
    "Manager": "with mp.Manager() as m:\n    d = m.dict()\n    d['a'] = 1\n    x = dict(d)",
    "Pipe": "one, other = mp.Pipe()\none.send([1])\nx = other.recv()",
    "ProcessPoolExecutor": (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "with ProcessPoolExecutor(2) as ex:\n    x = list(ex.map(str, range(2), chunksize=2))"
    ),
}


def test_several_processes_give_what_they_give_in_a_kernel(tmp_path):
    """Pools, processes and what they share work in a guest, by threads, with equal results."""
    expected = {
        "Pool": ["1", "2"],
        "pool of a context": [2, 4],
        "Pool of its module": [1, 2],
        "Process and Queue": [1, 2],
        "class of its own": 3,
        "shared values": (4, [1.0, 2.0]),
        "Manager": {"a": 1},
        "Pipe": [1],
        "ProcessPoolExecutor": ["0", "1"],
    }
    cells = [f"{cell}\nx" for cell in WORKERS.values()]
    for name, result in zip(WORKERS, in_guest(tmp_path, cells), strict=True):
        assert result["stop"] is None, (name, result["stop"])
        assert repr(expected[name]) == result["outputs"][-1]["data"]["text/plain"], name


def test_the_machine_around_a_cell_is_as_in_a_kernel(tmp_path):
    """%cd, Out, the user's name and the descriptor of stdout are there."""
    cells = [
        "import os\nos.mkdir('sub')\n%cd sub\nat = os.path.basename(os.getcwd())\n%cd ..\nat",
        "2 + 3",
        "Out[2], _, _2, In[2]",
        "import sys\nsys.stdout.fileno(), sys.stderr.fileno()",
    ]
    ran = in_guest(tmp_path, cells)
    shown = [result["outputs"][-1]["data"]["text/plain"] for result in ran]

    assert ["'sub'", "5", "(5, 5, 5, '2 + 3')", "(1, 2)"] == shown


@pytest.mark.parametrize("cell", ["input('name?')", "import getpass\ngetpass.getpass()"])
def test_input_is_refused_as_nbclient_does(tmp_path, cell):
    """Who asks for input gets StdinNotImplementedError."""
    [result] = in_guest(tmp_path, [cell])

    assert "StdinNotImplementedError" == result["stop"]["kind"]
    assert "does not support input" in result["outputs"][0]["evalue"]


@pytest.mark.parametrize("cell", ["exit", "quit()", "exit(0)", "import sys\nsys.exit()"])
def test_leaving_does_not_end_the_notebook(tmp_path, cell):
    """After `exit`, `quit` and sys.exit the next cell runs, with the names of those before."""
    results = in_guest(tmp_path, ["x = 1", cell, "x"])

    assert "1" == results[2]["outputs"][0]["data"]["text/plain"]


def text_of(result: dict) -> str:
    """Return what a cell printed and displayed as text."""
    return "".join(o.get("text") or o["data"]["text/plain"] for o in result["outputs"])


FLOODS = {
    "one print": "print('x' * 200_000_000)",
    "lines": "for _ in range(200_000):\n    print('x' * 1000)",
    "letters": "import sys\nfor _ in range(2_000_000):\n    sys.stdout.write('x')",
    "errors": "for _ in range(200_000):\n    print('x' * 1000, file=sys.stderr)",
    "result": "'x' * 5_000_000",
    "HTML": "from IPython.display import HTML\nHTML('x' * 5_000_000)",
}


def test_a_flood_is_cut_with_a_note(tmp_path):
    """A cell shows at most 1 MB, then a note; a flood of 200 MB takes less than a second."""
    *ran, after = in_guest(tmp_path, [*FLOODS.values(), "print(1)"])

    for name, result in zip(FLOODS, ran, strict=True):
        shown = text_of(result)
        assert shown.endswith("\n… output cut here: more than 1 MB\n"), name
        assert len(shown) < 1_000_100, name
        assert result["cpu"] < 2, name
        assert result["stop"] is None
    assert "1\n" == text_of(after)


def test_thousands_of_displays_are_cut_with_a_note(tmp_path):
    """A cell shows at most 500 outputs, then a note; the rest costs next to nothing."""
    cells = ["for i in range(20_000): display(i)", "display(1)", "import numpy as np\nnp.zeros(3)"]
    flood, *after = in_guest(tmp_path, cells)

    assert 501 == len(flood["outputs"])
    assert "\n… output cut here: more than 500 outputs\n" == flood["outputs"][-1]["text"]
    assert flood["cpu"] < 1
    assert [1, 1] == [len(result["outputs"]) for result in after]


def test_a_notebook_shows_at_most_8_mb(tmp_path):
    """When the cells together showed 8 MB, later cells show only a note, and errors."""
    cells = ["print('x' * 999_000)"] * 9 + ["print(1)", "print('a' * 99_999)\n1/0"]
    ran = in_guest(tmp_path, cells)
    sizes = [len(text_of(result)) for result in ran[:-1]]

    assert [999_001] * 8 == sizes[:8]
    assert sum(sizes) < 8_001_000
    assert "… output cut here: more than 8 MB in this notebook" in text_of(ran[8])
    assert "error" == ran[-1]["outputs"][-1]["output_type"]


def test_an_error_is_shown_after_a_flood(tmp_path):
    """The traceback of a cell that flooded before is still there."""
    [result] = in_guest(tmp_path, ["print('x' * 2_000_000)\n1/0"])

    assert "ZeroDivisionError" == result["outputs"][-1]["ename"]
    assert 2 == result["stop"]["line"]


HOSTILE = {
    "raises": "raise ValueError('no')",
    "exits": "raise SystemExit",
    "interrupts": "raise KeyboardInterrupt",
    "is huge": "return 'x' * 100_000_000",
    "is no text": "return 5",
    "lies about its class": "return type('S', (str,), {'__getitem__': None, '__len__': None})('x')",
}


def test_an_exception_whose_text_is_hostile_is_told_anyway(tmp_path):
    """Whatever `__str__` does, the error is shown, cut, under the name of its class."""
    define = (
        "class E(Exception):\n    def __str__(self):\n        {}\n    __repr__ = __str__\nraise E"
    )
    ran = in_guest(tmp_path, [define.format(body) for body in HOSTILE.values()])

    for name, result in zip(HOSTILE, ran, strict=True):
        [error] = result["outputs"]
        assert "E" == error["ename"] == result["stop"]["kind"], name
        assert 5 == result["stop"]["line"], name
        assert len(json.dumps(result)) < 50_000, name


ODD = {
    "circle": "a, b = KeyError(1), KeyError(2)\na.__cause__, b.__cause__ = b, a\nraise a",
    "class that lies": (
        "class M(type):\n    __name__ = property(lambda c: 1 / 0)\n"
        "class E(Exception, metaclass=M):\n    __cause__ = 5\n    __traceback__ = 6\nraise E"
    ),
    "own rendering": "class E(Exception):\n    def _render_traceback_(s): return [s]\nraise E",
    "endless recursion": "def f(n):\n    return f(n + 1)\nf(0)",
    "long chain": (
        "e = None\nfor n in range(5000):\n    try:\n        raise KeyError(n) from e\n"
        "    except KeyError as caught:\n        e = caught\nraise e"
    ),
    "syntax": "raise SyntaxError('m', (object(), 'x', [], 5))",
    "group": "raise ExceptionGroup('g', [ValueError(1)])",
    "surrogates": "raise ValueError('\\ud800')",
    "code that is no text": "'\ud800'",
}


def test_odd_exceptions_are_shown_and_the_notebook_goes_on(tmp_path):
    """No shape of an exception keeps a cell from ending with an error, soon."""
    *ran, after = in_guest(tmp_path, [*ODD.values(), "'on'"])

    for name, result in zip(ODD, ran, strict=True):
        assert "error" == result["outputs"][-1]["output_type"], name
        assert result["stop"]["kind"], name
        assert result["cpu"] < 1, name
    assert "'on'" == text_of(after)


def test_an_interrupt_ends_the_cell_only(tmp_path):
    """SIGINT makes KeyboardInterrupt in a cell, even inside of `__str__`; the next cell runs."""
    soon = "import _thread, threading\nthreading.Timer(0.2, _thread.interrupt_main).start()\n"
    endless = "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E"
    loop, text, after = in_guest(
        tmp_path, [soon + "while True: pass", soon + endless, "print('on')"]
    )

    assert ("KeyboardInterrupt", 3) == (loop["stop"]["kind"], loop["stop"]["line"])
    assert "KeyboardInterrupt" == loop["outputs"][0]["ename"]
    assert "E" == text["stop"]["kind"]
    assert "on\n" == text_of(after)


def test_a_traceback_names_no_folder_of_the_machine(tmp_path):
    """Cells are named by their number, libraries by their name, folders not at all."""
    cells = ["import json\njson.loads('{')", "import warnings\nwarnings.warn('w')", "def f(:"]
    shown = json.dumps(in_guest(tmp_path, cells))

    assert "Cell In[1], line 2" in shown
    assert "File json/decoder.py" in shown
    for folder in (os.path.expanduser("~"), "site-packages", "/lib/python", "/work", str(tmp_path)):
        assert folder not in shown


def test_nothing_is_read_from_or_written_to_the_home(tmp_path, monkeypatch):
    """No profile, history or startup file of IPython is made or run."""
    startup = tmp_path / "home/.ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("startup = 1")
    config = startup.parent / "ipython_config.py"
    config.write_text("c.InteractiveShellApp.exec_lines = ['config = 1']")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    before = sorted((tmp_path / "home").rglob("*"))
    cells = ["'startup' in globals() or 'config' in globals()", "%history", "%load_ext autoreload"]
    ran = in_guest(tmp_path, cells)

    assert "False" == text_of(ran[0])
    assert before == sorted((tmp_path / "home").rglob("*"))


def test_preparing_leaves_nothing_behind(tmp_path):
    """A guest starts with an empty namespace, at cell 1, in a process of one thread."""
    cells = [
        "sorted(n for n in globals() if not n.startswith('_'))",
        "_, In[1][:6], len(Out)",
        "import os\nlen(os.listdir('/proc/self/task'))",
        "import sys\nhasattr(sys, 'last_value')",
    ]
    ran = in_guest(tmp_path, cells)
    names = ["In", "Out", "exit", "get_ipython", "open", "quit"]

    assert names == eval(text_of(ran[0]))
    assert "sorted" in text_of(ran[1])
    assert ["1", "False"] == [text_of(result) for result in ran[2:]]


def test_cells_may_be_numbered_with_gaps(tmp_path):
    """The number of a cell is that of the call, for results and In as well."""
    ran = in_guest_numbered(tmp_path, {5: "'five'", 9: "In[5], _5, Out[5], len(In)"})

    assert 9 == ran[1]["outputs"][0]["execution_count"]
    assert "(\"'five'\", 'five', 'five', 10)" == text_of(ran[1])


def test_a_room_is_cheap(tmp_path):
    """A cell costs about a millisecond of CPU, an error a few."""
    ran = in_guest(tmp_path, ["x = 1"] * 20 + ["1/0"] * 5)

    assert sorted(result["cpu"] for result in ran[:20])[10] < 0.02
    assert sorted(result["cpu"] for result in ran[20:])[2] < 0.1
