"""
What all interactive parts of the course share: they are alive where a person looks at a running
kernel, and a static page of the same content everywhere else.

A `Widget` is a plain object. It says what its page shows (`props`), its static page (`static_html`,
HTML without scripts or styles, and `plain_text`), and what to do with a message from the page
(`answer`). Both pages go into one output: JupyterLab, Notebook 7 and Voila draw the live page; an
untrusted file, nbconvert, GitHub, the feedback page and the formgrader show the static one.
"""

import html
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from IPython import get_ipython
from IPython.display import display

from grader.widgets.kernel.session import asked_by, in_jupyter
from grader.widgets.notebook import NAMED_BY_VSCODE

if TYPE_CHECKING:
    from grader.widgets.live import Live

VIEW = "application/vnd.jupyter.widget-view+json"
# The files of a part that can fill the screen; its own come after them.
SCREEN = ("transport", "votes", "room")
KINDS: dict[str, type["Widget"]] = {}  # those that were imported, by name
_shown: dict[str, "Live"] = {}  # the live page of each part; every window of a notebook shows it


class Widget:
    """
    One interactive part of a notebook; `assets` are its .js and .css files, which lie in a folder
    `static` beside its module or here, and `name` is its own name.

    A cell that ends with such an object shows it.
    """

    assets: tuple[str, ...] = ()
    name = ""
    follows_runs = False  # True for a part that tells about the runs of this kernel

    def __init_subclass__(cls) -> None:
        KINDS[cls.__name__] = cls

    def props(self) -> dict[str, Any]:
        """Return what the page draws, as JSON data."""
        raise NotImplementedError

    def static_html(self) -> str:
        """Return the static page: HTML without scripts, styles or anything that is fetched."""
        raise NotImplementedError

    def plain_text(self) -> str:
        """Return the part in one line of plain text."""
        raise NotImplementedError

    def answer(self, message: dict[str, Any]) -> None:
        """Do what the page asks for; called with each message that it sends."""

    def chose(self) -> None:
        """Do what follows a choice on the page; called after it was noted."""

    def set_answers(self, answers: dict[str, str]) -> None:
        """Take the quiz answers from here and not from the kernel; called where none runs."""

    def set_material(self, material: dict[str, Any]) -> None:
        """Take what an edition for self-study may tell from here; called where no kernel runs."""

    @property
    def live(self) -> "Live | None":
        """The page on show, or None where there is none."""
        return _shown.get(self.name)

    def refresh(self) -> None:
        """Send what changed to the page on show, if there is one."""
        if self.live is not None:
            self.live.props = self.props()

    def pages(self) -> list[dict[str, Any]]:
        """Return what stands in the notebook besides the live page, by MIME type."""
        return [{"text/plain": self.plain_text(), "text/html": self.static_html()}]

    def show(self, display_id: str | None = None, update: bool = False) -> None:
        """
        Show the part in the output of the cell that runs, and wherever it has this id; with
        `update` only there.
        """
        first, *others = self.pages()
        if has_frontend():
            model_id = self._come_alive().model_id
            first[VIEW] = {"model_id": model_id, "version_major": 2, "version_minor": 0}
        for page in (first, *others):
            display(page, raw=True, display_id=display_id, update=update)

    def _come_alive(self) -> "Live":
        """Return the page of this part: the one that other windows may show, if there is one."""
        from grader.widgets.live import Live

        live = _shown.get(self.name)
        if live is not None and live.takes(self) and not _is_lost():
            live.show(self)
            return live
        live = _shown[self.name] = Live(self)
        return live

    def hide(self, display_id: str) -> None:
        """Leave nothing where the part was shown with this id."""
        if self.name in _shown:
            _shown.pop(self.name).close()
        display({"text/plain": "", "text/html": ""}, raw=True, display_id=display_id, update=True)

    def _ipython_display_(self) -> None:
        self.show()


def _is_lost() -> bool:
    """True where the cell runs because a window could not draw its page, as `jupyter_ext` tells."""
    kernel = get_ipython().kernel
    asked = kernel.get_parent() if hasattr(kernel, "get_parent") else {}
    return bool(asked.get("metadata", {}).get("grader", {}).get("anew"))


def on_show(name: str) -> bool:
    """Whether a part of this name has a live page."""
    return name in _shown


def has_frontend() -> bool:
    """
    True where a live page can be shown: a kernel that a Jupyter server, Voila, VS Code, Colab or
    JupyterLite runs for a person. nbconvert and nbgrader run notebooks for nobody: they would keep
    a page that is dead when it is opened.
    """
    shell = get_ipython()
    if getattr(shell, "kernel", None) is None or (asked_by() != "learner" and not in_jupyter()):
        return False
    return (
        in_jupyter()
        or any(name.startswith("VOILA_") for name in os.environ)
        # Not any name with VSCODE_: nbconvert finds some of them too, in a terminal of VS Code.
        or "VSCODE_PID" in os.environ
        or NAMED_BY_VSCODE in shell.user_ns
        or "google.colab" in sys.modules
        or sys.platform == "emscripten"
    )


def escape(text: str) -> str:
    """Escape a text for HTML and set what stands between backticks in code font."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def table(caption: str, columns: list[str], rows: list[list[str]]) -> str:
    """Return a table as HTML; the first cell of each row is its heading."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return f"<table><caption>{escape(caption)}</caption><tr>{head}</tr>{body}</table>"
