"""
HTML as it may be shown: a list of tags and attributes stays, everything else goes.

The cleaner is Ammonia, which reads HTML as a browser does and writes it down anew, so every tag is
closed again. Time grows with the length: a parser's own time grows with the square of how deep tags
stand in tags and of how many attributes one has, and neither is let in without end.
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

import nh3

from grader.sanitize.cache import kept

TAGS = frozenset(
    """
    a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre s samp section small span strong sub
    summary sup table tbody td tfoot th thead tr u ul var
    """.split()  # noqa: SIM905 - a list of 50 quoted names is harder to read
)
# What stands in these is a program, a style or a page of its own, and goes with them.
UNSHOWN = frozenset({"script", "style", "template", "iframe", "noscript", "object", "title"})
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+\Z")
OUTSIDE = re.compile(r"(?i)(?:https?://[\w\[]|mailto:)[^\s\"'<>`\\]*\Z")
# A file beside the notebook that a browser shows without running it; no step to another host.
NAME = r"(?:\.\./)*(?:\w[\w .-]*/)*\w[\w .-]*"
BESIDE = re.compile(rf"{NAME}\.(?:ipynb|csv|txt|md|json|py|png|jpe?g|gif|webp)(?:#[\w=.:-]*)?\Z")
DRAWN = re.compile(rf"(?i){NAME}\.(?:png|jpe?g|gif|webp)\Z")
PLAIN = re.compile(r"[^<>\"&\x00-\x1f]{0,500}\Z")  # words for those who hear the page
SIZE = re.compile(r"\d{1,4}%?\Z")
SHORT_WORD = re.compile(r"\w{0,10}\Z")
ASIDE = re.compile(r"(?:left|right|center)\Z")
CLASSES = re.compile(r"(?:dataframe|highlight|alert(?:-\w+)?|grader-[\w-]+)\Z")
WORDS = ("aria-label", "aria-hidden", "lang", "role", "title")
OPENED = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
ENDLESS = frozenset({"br", "hr", "img", "col", "p", "td", "th", "tr", "wbr"})
ITEMS = {"li": "li", "dd": "dd", "dt": "dd"}  # one ends where the next of its kind begins
SIGN = "\ue000"  # stands for an ampersand; no text has it, and no address may begin with it
SHORT = 5_000  # characters that take no time, whatever they are
DEEPEST = 200
# A tag whose end anybody sees in the same place, with as many attributes as anybody needs.
WHOLE = (
    r"/?[a-zA-Z][\w:-]*+(?:\s++[\w:.-]++(?:\s*+=\s*+"
    r"(?:\"[^\"<]*+\"|'[^'<]*+'|[^\s\"'<>=`]++))?+){0,40}+\s*+/?>"
)
UNCLEAR = re.compile(rf"<(?=[a-zA-Z/])(?!{WHOLE})")

Filter = Callable[[str, str, str], str | None]


def attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute as it may stay, None where it may not."""
    if name == "class":
        return " ".join(filter(CLASSES.match, value.split())) or None
    return value if stays(tag, name, value) else None


def stays(tag: str, name: str, value: str) -> bool:
    """Tell whether an attribute other than `class` may stay as it is."""
    if name == "href":
        return tag == "a" and is_link(value)
    if name == "src":
        return tag == "img" and (PICTURE.match(value) or DRAWN.match(value)) is not None
    if name in ("alt", *WORDS):
        return PLAIN.match(value) is not None
    if name in ("width", "height"):
        return tag == "img" and SIZE.match(value) is not None
    if name == "align":
        return ASIDE.match(value) is not None
    return SHORT_WORD.match(value) is not None


def is_link(address: str) -> bool:
    """Tell whether a click may follow an address: the web, a letter, here, a file beside."""
    return (
        re.match(r"#[\w=.:%-]*\Z", address) or OUTSIDE.match(address) or BESIDE.match(address)
    ) is not None


ATTRIBUTES = {
    "*": {"class", *WORDS},
    "a": {"href"},
    "details": {"open"},
    "img": {"alt", "src", "width", "height"},
    "ol": {"start", "type"},
    "p": {"align"},
    "div": {"align"},
    "td": {"colspan", "rowspan", "headers", "align"},
    "th": {"colspan", "rowspan", "scope", "align"},
    "tr": {"align"},
}


@kept(1000)
def safe_html(text: str) -> str:
    """Return HTML without scripts, styles, forms and anything that loads from elsewhere."""
    return cleaned(text, attribute)


def cleaned(text: str, filtered: Filter) -> str:
    """Return HTML as a filter for attributes leaves it, every tag in its place and closed."""
    if len(text) <= SHORT:
        return _cleaner(filtered).clean(text)
    text = UNCLEAR.sub("&lt;", text)
    if is_deep(text):
        text = re.sub(r"<[^<>]*>?", " ", text)
    # The parser's time grows with the square of the entities: they are put aside meanwhile.
    aside = _cleaner(filtered).clean(text.replace(SIGN, "").replace("&", SIGN))
    return re.sub(rf"{SIGN}(?!#?\w{{1,32}};)", "&amp;", aside).replace(SIGN, "&")


def is_deep(text: str) -> bool:
    """Tell whether tags stand in tags without end; a parser's time grows with their square."""
    if len(text) <= SHORT:
        return False
    deep = deepest = 0
    item: str | None = None
    opened: Counter[str] = Counter()
    for closing, name in OPENED.findall(text):
        name = name.lower()
        if name in ITEMS:
            next_of_kind = not closing and ITEMS[name] == item
            item = None if closing else ITEMS[name]
            if next_of_kind:
                continue
        if name in ENDLESS or (closing and not opened[name]):
            continue
        step = -1 if closing else 1
        opened[name] += step
        deep += step
        deepest = max(deepest, deep)
    return deepest > DEEPEST


@lru_cache(maxsize=8)
def _cleaner(filtered: Filter) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(UNSHOWN),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=filtered,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
        strip_comments=True,
    )
