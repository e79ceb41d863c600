"""
The teacher's margin: a page of this Jupyter server with a clock of the lesson plan, and beside it
what to ask at the stop that the full screen of a part shows now. The page stands in a second
window, never on the projector; the full screen, in another window of the same browser, tells it
the stop.

What it shows is written in `source/margin.toml`, which is never released: a server without that
file, as learners have it, answers in one line that there is none.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from traitlets import Unicode
from traitlets.config import LoggingConfigurable

HERE = Path(__file__).parent
FILE = "source/margin.toml"
PAGES = {"": "text/html", "margin.js": "text/javascript", "margin.css": "text/css"}
TEXTS = ("title", "ask", "wrong", "hear")  # of a note
NONE = "There is no {}: this page is for the teacher, in the folder of the course."


class MarginError(Exception):
    """`margin.toml` does not say what it should; the text is one line for the teacher."""


class Margin(LoggingConfigurable):
    """Where the teacher's notes are."""

    file = Unicode(
        help="The path of margin.toml; without one source/margin.toml below the server's folder."
    ).tag(config=True)

    def read(self, root: str) -> dict[str, Any]:
        """
        Return the plans and notes of the course, as `noted` does.

        Raises: MarginError, in one line, where there are none or they cannot be read.
        """
        path = Path(self.file or Path(root) / FILE)
        try:
            with path.open("rb") as file:
                return noted(tomllib.load(file))
        except FileNotFoundError:
            raise MarginError(NONE.format(FILE)) from None
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise MarginError(f"{FILE} cannot be read: {error}.") from None


def noted(found: dict[str, Any]) -> dict[str, Any]:
    """
    Return `{"plans": [{"title", "stations": [{"title", "minutes", "notebook", "parts"}]}], "notes":
    {part: {stop: {"title", "minutes", "ask", "wrong", "hear"}}}}` of a margin.toml.

    Raises: MarginError that names the first place which is not as it should be.
    """
    plans = [_plan(one, f"plan {n}") for n, one in enumerate(_list(found, "plan", "the file"), 1)]
    if not plans:
        raise MarginError(f"{FILE} holds no plan: begin one with a line [[plan]].")
    notes = found.get("notes", {})
    if not isinstance(notes, dict):
        raise MarginError(f"{FILE}: notes is no table.")
    return {
        "plans": plans,
        "notes": {
            part: {stop: _note(one, f"notes.{part}.{stop}") for stop, one in stops.items()}
            for part, stops in notes.items()
            if isinstance(stops, dict) or _refuse(f"notes.{part}", "is no table")
        },
    }


def _plan(plan: Any, where: str) -> dict[str, Any]:
    stations = _list(plan, "stations", where)
    made = [_station(one, f"{where}, station {n}") for n, one in enumerate(stations, 1)]
    if not made:
        _refuse(where, "has no stations")
    return {"title": _text(plan, "title", where), "stations": made}


def _station(station: dict[str, Any], where: str) -> dict[str, Any]:
    parts = station.get("parts", [])
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        _refuse(where, "needs 'parts', a list of names")
    return {
        "title": _text(station, "title", where),
        "minutes": _minutes(station, where),
        "notebook": str(station.get("notebook", "")),
        "parts": parts,
    }


def _note(note: Any, where: str) -> dict[str, Any]:
    return {name: _text(note, name, where) for name in TEXTS} | {"minutes": _minutes(note, where)}


def _list(found: Any, name: str, where: str) -> list[Any]:
    held = found.get(name, []) if isinstance(found, dict) else None
    if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
        _refuse(where, f"needs a list of tables {name!r}")
    return held


def _text(found: Any, name: str, where: str) -> str:
    text = found.get(name) if isinstance(found, dict) else None
    if not isinstance(text, str) or not text.strip():
        _refuse(where, f"needs a text {name!r}")
    return text


def _minutes(found: Any, where: str) -> float:
    minutes = found.get("minutes") if isinstance(found, dict) else None
    if type(minutes) not in (int, float) or not 0 < minutes <= 600:
        _refuse(where, "needs 'minutes', a number above 0")
    return minutes


def _refuse(where: str, what: str) -> None:
    raise MarginError(f"{FILE}: {where} {what}.")


class MarginHandler(JupyterHandler):
    """GET the page, its files, and `margin.json`: the lesson, or `{"problem": a line}`."""

    def initialize(self, margin: Margin) -> None:
        """Answer from this."""
        self.margin = margin

    @web.authenticated
    def get(self, name: str = "") -> None:
        """Send one of them."""
        self.set_header("Cache-Control", "no-cache")
        if name == "margin.json":
            self.set_header("Content-Type", "application/json")
            self.finish(json.dumps(self._noted()))
            return
        if name not in PAGES:
            raise web.HTTPError(404)
        self.set_header("Content-Type", f"{PAGES[name]}; charset=utf-8")
        self.finish((HERE / (name or "margin.html")).read_bytes())

    def _noted(self) -> dict[str, Any]:
        try:
            return self.margin.read(self.settings.get("server_root_dir", "."))
        except MarginError as error:
            return {"problem": str(error)}
