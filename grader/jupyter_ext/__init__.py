"""
What Jupyter gets from this package: an extension of its server, and one of JupyterLab and
Notebook 7 (`data/share`). Together they bring a course's notebook to life when it is opened. The
server also has a page for the teacher: `margin/`.

The page asks which of a notebook's cells are the course's own, word for word; those it runs. Its
modules, loaded by `remoteEntry.js` and begun by `plugin.js`:

    alive.js       runs given cells: on opening, after a restart, after an answer
    cells.js       names, heights and grey verdicts of a notebook's cells
    checks.js      the line of a check: state, button, "locked"
    outputs.js     the sentence first, Python's own message folded
    bar.js         the bar on top: how far, what next
    connection.js  says where there is no Python, or no server
    margin.js      opens the teacher's margin
    map.js         the start page, with how far each mode is
    progress.js    reads that from a notebook
    handin.js      slip, receipt, feedback pages, validation in sentences
    merge.js       one notebook in two windows or on two devices
    saved.js       what widgets ask of the document they stand in
    file.js        reads what a file holds
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "grader.jupyter_ext"}]


def _load_jupyter_server_extension(server: "ServerApp") -> None:
    from jupyter_server.utils import url_path_join

    from grader.jupyter_ext.given import GivenCells
    from grader.jupyter_ext.handlers import GivenHandler
    from grader.jupyter_ext.margin import Margin, MarginHandler

    base = url_path_join(server.web_app.settings["base_url"], "grader")
    margin = {"margin": Margin(parent=server)}
    handlers = [
        (f"{base}/given", GivenHandler, {"given": GivenCells(parent=server)}),
        (f"{base}/margin", MarginHandler, margin),
        (f"{base}/margin/([a-z.]+)", MarginHandler, margin),
    ]
    server.web_app.add_handlers(".*$", handlers)
