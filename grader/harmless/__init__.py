"""
Makes what a learner's notebook shows harmless: no script, no form, nothing that is fetched.

Used where a graded notebook is written, so the formgrader and JupyterLab show the same safe thing,
and once more where the feedback page is written. nbgrader itself is only imported for `Harmless`.
"""

import base64
import re
from collections import Counter
from functools import lru_cache

import bleach
from bleach.sanitizer import Cleaner

from grader.harmless.kept import kept

LINK = re.compile(r"(?i)(\]\(|\]:|<)[\s<]*(?:javascript|vbscript|data:text)\s*:?")
PLACE = re.compile(r"(?i)https?://|mailto:|#|\.{0,2}/|[\w.-]+(?:[/?#]|\Z)")  # where a link may go
OPENED = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
ENDLESS = frozenset({"br", "hr", "img", "col", "p", "li", "td", "th", "tr", "dt", "dd", "wbr"})
SHORT = 5_000  # characters that take no time, whatever they are
DEEPEST = 200
ACTIVE = ("application/javascript", "application/x-javascript", "text/x-javascript")
TAGS = frozenset(
    """
    a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol p pre s samp section small span strong sub summary
    sup table tbody td tfoot th thead tr u ul var
    """.split()  # noqa: SIM905 - a list of 50 quoted names is harder to read
)
ATTRIBUTES = {
    "*": ["aria-hidden", "aria-label", "class", "id", "lang", "role", "title"],
    "a": lambda tag, name, value: name == "href" and PLACE.match(value) is not None,
    "details": ["open"],
    "img": lambda tag, name, value: (
        name in ("alt", "width", "height") or (name == "src" and value.startswith("data:image/"))
    ),
    "ol": ["start", "type"],
    "td": ["colspan", "rowspan", "headers"],
    "th": ["colspan", "rowspan", "scope"],
}
PROTOCOLS = frozenset({"http", "https", "mailto", "data"})


def __getattr__(name: str) -> type:
    """Return the preprocessor that nbgrader_config.py names; it takes nbgrader to make it."""
    if name == "Harmless":
        from grader.harmless.stock import Harmless

        return Harmless
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def safe_data(data: dict[str, object]) -> dict[str, object]:
    """Return an output's data by MIME type, without programs and with clean HTML."""
    safe = {kind: value for kind, value in data.items() if kind not in ACTIVE}
    if isinstance(svg := safe.pop("image/svg+xml", None), str):
        safe.setdefault("text/html", drawing(svg))
    for kind, value in safe.items():
        if kind == "text/html" and isinstance(value, str):
            safe[kind] = safe_html(value)
        elif kind == "text/markdown" and isinstance(value, str):
            safe[kind] = safe_markdown(value)
        elif kind.startswith("image/") and not isinstance(value, str):
            safe[kind] = ""
    return {kind: value for kind, value in safe.items() if value != ""}


def drawing(svg: str) -> str:
    """Return an SVG drawing as a picture: nothing in a picture runs, and nothing is fetched."""
    code = base64.b64encode(svg.encode()).decode()
    return f'<img alt="A drawing" src="data:image/svg+xml;base64,{code}">'


@kept(1000)
def safe_markdown(text: str) -> str:
    """
    Return Markdown whose HTML is as harmless as that of `safe_html`; a tag that may not stay is
    shown as text.
    """
    if is_deep(text):
        text = text.replace("<", "&lt;")
    if re.search(r"<[a-zA-Z/!?]", text):
        text = bleach.clean(text, tags=TAGS, attributes=ATTRIBUTES, strip_comments=False)
        # Quotes and code need their signs back. A tag cannot start without "<", which stays away.
        text = text.replace("&gt;", ">").replace("&amp;", "&")
    return LINK.sub(r"\1#", text)


@kept(1000)
def safe_html(text: str) -> str:
    """Return HTML without scripts, styles, forms and anything that loads from elsewhere."""
    return cleaned(text, _cleaner())


def cleaned(text: str, cleaner: Cleaner) -> str:
    """Return HTML as a cleaner leaves it, and without the words of what it takes out."""
    text = re.sub(r"(?is)<(script|style|template|iframe)\b.*?(</\1\s*>|\Z)", "", text)
    if is_deep(text):
        text = re.sub(r"<[^<>]*>?", " ", text)
    return cleaner.clean(text)


def is_deep(text: str) -> bool:
    """Tell whether tags stand in tags without end; a parser's time grows with their square."""
    if len(text) <= SHORT:
        return False
    deep = deepest = 0
    opened: Counter[str] = Counter()
    for closing, name in OPENED.findall(text):
        name = name.lower()
        if name in ENDLESS or (closing and not opened[name]):
            continue
        step = -1 if closing else 1
        opened[name] += step
        deep += step
        deepest = max(deepest, deep)
    return deepest > DEEPEST


@lru_cache(maxsize=1)
def _cleaner() -> Cleaner:
    return Cleaner(
        tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True, strip_comments=True
    )
