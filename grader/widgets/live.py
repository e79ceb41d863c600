"""
The live page of an interactive part: one anywidget whose front end is `base.js` and the part's own
files, one after the other, without their comments. Only a kernel that somebody looks at imports
this module.
"""

import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from grader.widgets.kernel import session

if TYPE_CHECKING:
    from grader.widgets.base import Widget

STATIC = Path(__file__).parent / "static"
# A comment on lines of its own.
COMMENT = re.compile(r"^ *(?://.*|/\*(?:(?!\*/)[\s\S])*\*/)\n", re.MULTILINE)


def module(part: "Widget | type[Widget]") -> str:
    """Return the ES module of a part: what all share, then its own files."""
    return _joined(".js", part.assets, part.__module__)


def style(part: "Widget | type[Widget]") -> str:
    """Return the style sheet of a part: what all share, then its own files."""
    return _joined(".css", part.assets, part.__module__)


@cache
def _joined(ending: str, assets: tuple[str, ...], of: str) -> str:
    """Return the files of a part, which lie beside its module or here."""
    own = Path(sys.modules[of].__file__).parent / "static"
    found = [[folder / f"{name}{ending}" for folder in (own, STATIC)] for name in ("base", *assets)]
    paths = [next(filter(Path.is_file, places), None) for places in found]
    return COMMENT.sub("", "\n".join(p.read_text(encoding="utf-8") for p in paths if p))


class Live(anywidget.AnyWidget):
    """
    What kernel and page tell each other: `props` go to the page, `picked` is the letter that the
    learner chose there ("" for none), and a message asks the part for something.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    style_sheet = traitlets.Unicode().tag(sync=True)
    props = traitlets.Dict().tag(sync=True)
    picked = traitlets.Unicode().tag(sync=True)

    def __init__(self, part: "Widget") -> None:
        super().__init__(
            _esm=module(part),
            style_sheet=style(part),
            props=part.props(),
            picked=getattr(part, "chosen", ""),
        )
        self._part = part
        self.on_msg(self._ask)
        self.observe(self._keep, "picked")

    def takes(self, part: "Widget") -> bool:
        """Whether this page can show a part: it is alive, and for a part of the same kind."""
        return self.comm is not None and type(part) is type(self._part)

    def show(self, part: "Widget") -> None:
        """Show a part in place of the one before, wherever this page is on show."""
        self._part = part
        with self.hold_sync():
            self._esm, self.style_sheet = module(part), style(part)
            self.props = part.props()
        self.picked = getattr(part, "chosen", "")

    def _keep(self, change: dict[str, Any]) -> None:
        session.picked[self._part.name] = change["new"]
        self._part.chose()

    def _ask(self, _: object, message: Any, __: object) -> None:
        if isinstance(message, dict):
            self._part.answer(message)
