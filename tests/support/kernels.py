"""A shell of IPython's in this process that stands for a kernel somebody looks at."""

import json
from pathlib import Path

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from traitlets.config import Config

from grader.checks import cell
from grader.widgets.kernel import hooks, session
from grader.widgets.kernel.recorder import recordings


class Kernel:
    """Runs cells; `shown` is what checks displayed: (verdict, options of `display`)."""

    def __init__(self, monkeypatch, notebook: Path) -> None:
        config = Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})
        self.shell = InteractiveShell(config=config)
        self.shell.kernel = object()
        self.shell.showtraceback = self.shell.showsyntaxerror = lambda *args, **options: None
        self.shown: list[tuple[object, dict]] = []
        self.notebook = notebook
        monkeypatch.setattr(InteractiveShell, "_instance", self.shell)
        monkeypatch.setattr(session, "_current", None)
        monkeypatch.setattr(hooks, "_coach", None)
        monkeypatch.setattr(cell.now, "session", None)
        for name, empty in (("tries", {}), ("below", {}), ("above", set()), ("lines", set())):
            monkeypatch.setattr(cell.now, name, empty)
        monkeypatch.setattr(cell, "display", lambda *a, **o: self.shown.append((*a, o)))
        monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
        monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
        session.verdicts.clear()
        recordings.clear()

    def run(self, cell_id: str | None, source: str) -> ExecutionResult:
        """Run a cell as JupyterLab does, with its id."""
        return self.shell.run_cell(source, store_history=True, cell_id=cell_id)

    @property
    def told(self) -> list[str]:
        """The verdicts that stand below cells; those that only replace an older one left out."""
        return [repr(one) for one, options in self.shown if not options.get("update")]


def write(path: Path, cells: dict[str, str]) -> Path:
    """Write a notebook of code cells with these ids and texts."""
    found = [
        {"id": name, "cell_type": "code", "metadata": {}, "source": text, "outputs": []}
        for name, text in cells.items()
    ]
    notebook = {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path
