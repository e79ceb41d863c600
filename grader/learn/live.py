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

from grader.learn import session

if TYPE_CHECKING:
    from grader.learn.interactive import Interactive

FRONT = Path(__file__).parent / "front"
# A comment on lines of its own.
COMMENT = re.compile(r"^ *(?://.*|/\*(?:(?!\*/)[\s\S])*\*/)\n", re.MULTILINE)


def module(part: "Interactive | type[Interactive]") -> str:
    """Return the ES module of a part: what all share, then its own files."""
    return _joined(".js", part.fronts, part.__module__)


def style(part: "Interactive | type[Interactive]") -> str:
    """Return the style sheet of a part: what all share, then its own files."""
    return _joined(".css", part.fronts, part.__module__)


@cache
def _joined(ending: str, fronts: tuple[str, ...], of: str) -> str:
    """Return the files of a part, which lie beside its module or here."""
    own = Path(sys.modules[of].__file__).parent / "front"
    found = [[folder / f"{name}{ending}" for folder in (own, FRONT)] for name in ("base", *fronts)]
    paths = [next(filter(Path.is_file, places), None) for places in found]
    return COMMENT.sub("", "\n".join(p.read_text(encoding="utf-8") for p in paths if p))


class Live(anywidget.AnyWidget):
    """
    What kernel and page tell each other: `facts` go to the page, `picked` is the letter that the
    learner chose there ("" for none), and a message asks the part for something.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    style_sheet = traitlets.Unicode().tag(sync=True)
    facts = traitlets.Dict().tag(sync=True)
    picked = traitlets.Unicode().tag(sync=True)

    def __init__(self, part: "Interactive") -> None:
        super().__init__(
            _esm=module(part),
            style_sheet=style(part),
            facts=part.facts(),
            picked=getattr(part, "chosen", ""),
        )
        self._part = part
        self.on_msg(self._ask)
        self.observe(self._keep, "picked")

    def _keep(self, change: dict[str, Any]) -> None:
        session.picked[self._part.name] = change["new"]
        self._part.chose()

    def _ask(self, _: object, message: Any, __: object) -> None:
        if isinstance(message, dict):
            self._part.answer(message)
