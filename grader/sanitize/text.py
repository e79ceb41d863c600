"""
Markdown that stays Markdown, and is harmless whoever renders it: nbconvert, JupyterLab, a person.

Renderers differ in what they make of a text, so none is asked. Where a sign begins a tag, a link or
a picture that is not on the list, a word joiner is put behind it. It has no width: the text reads
as it was written, also in code, and no renderer finds more than text.
"""

import html
import re
from collections.abc import Mapping, Set

from grader.sanitize.cache import kept
from grader.sanitize.markup import CLASSES, NAME, OUTSIDE, TAGS, stays

JOINER = "\u2060"
LONGEST = 50_000  # characters, pictures aside; more is shown as it was written
MOST = {"[": 1000, "`": 4000, "\\begin{": 200, "\\\\(": 200, "\\\\[": 200, "$$": 1000}
DEEPEST = 50
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2066-\u2069\u202a-\u202e\ufffe\uffff]")
LONE = re.compile(r"[\ud800-\udfff]")
VOID = frozenset({"br", "hr", "img", "col"})
CLOSED_BY_OTHERS = frozenset({"li", "dd", "dt", "p", "td", "th", "tr", "thead", "tbody", "tfoot"})
# Everything of a tag stands on one line, so that no quote, list or paragraph can end inside of it.
TAG = re.compile(
    r"<(?:"
    r"(?P<comment>!--(?:(?!--)[^<>&\n`])*+-->)"
    r"|(?P<address>(?:(?i:https?)://[^\s\[\]<>\"'\\`]++|[\w.+-]++@[\w.-]++)>)"
    r"|(?P<closing>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*+)"
    r"(?P<attributes>(?:[ \t]++[\w-]++"
    r"(?:=(?:\"[^\"<>\n`]*+\"|'[^'<>\n`]*+'|[^\s\"'<>=`]++))?+){0,20}+)"
    r"[ \t]*+/?>"
    r"|(?=[a-zA-Z/!?]))"
)
ATTRIBUTE = re.compile(r"([\w-]+)(?:=(?:\"([^\"]*)\"|'([^']*)'|(\S+)))?")
ANCHOR = re.compile(r"[a-z][\w-]{0,40}\Z")
# No bracket in what is kept: it must not hold another link where a renderer reads it otherwise.
_IN_ADDRESS = r"[^\s()\[\]<>\"'\\`]"
_WEB = rf"(?:(?i:https?)://\w|mailto:)(?:{_IN_ADDRESS}|\({_IN_ADDRESS}*+\))*+"
_TITLE = r"(?:[ \t]++\"[^\"<>\[\]\\&\n`]*+\")?+"
_FILE = (
    rf"{NAME.replace(' ', '')}\.(?:ipynb|csv|txt|md|json|py|png|jpe?g|gif|webp)(?:#[\w=.:-]*+)?+"
)
_LINK = rf"(?:{_WEB}|#[\w=.:%-]*+|{_FILE})"
_DRAWN = rf"{NAME.replace(' ', '')}\.(?:png|jpe?g|gif|webp)"
_DATA = r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]++"
ADDRESS = re.compile(
    rf"(?<!\\)!\[[^\[\]\n`\\]{{0,300}}+\]\((?:attachment:(?P<pasted>{_IN_ADDRESS}++)"
    rf"|{_DRAWN}|{_DATA}){_TITLE}[ \t]*+\)"
    rf"|(?P<link>\]\([ \t]*+{_LINK}{_TITLE}[ \t]*+\)|\]:[ \t]++{_LINK}{_TITLE}[ \t]*+$)"
    r"|!(?=\[)|\](?=[(:])",
    re.MULTILINE,
)
DIAGRAM = re.compile(r"([`~]{3}[^\S\n]*)(?=mermaid)", re.IGNORECASE)
# What TeX can say besides a formula: links, styles, and asking for more of MathJax.
BESIDE_TEX = re.compile(
    r"\\(?=(?:href|url|style|class|cssId|require|html\w*|includegraphics|bbox|mmlToken)(?![a-zA-Z]))"
)
SCHEME = re.compile(r"(?i)(javascript|vbscript)(?=\s*:)")
DATA = re.compile(r"base64,[A-Za-z0-9+/=]+")


@kept(1000)
def safe_markdown(text: str, pasted: Set[str] = frozenset()) -> str:
    """
    Return Markdown that makes no page run, fetch or send anything: what may not stay is shown as
    text. `pasted` are the names of the pictures in its cell.
    """
    text = without_controls(text)
    if is_long(text) or any(text.count(sign) > most for sign, most in MOST.items()):
        return _as_written(text)
    if "<" in text:
        text = _tags(text, pasted)
    text = ADDRESS.sub(lambda found: _address(found, pasted), text)
    return safe_tex(DIAGRAM.sub(rf"\1{JOINER}", text))


def safe_text(text: str) -> str:
    """Return a text in which no renderer finds a tag, for cells that some take for HTML."""
    return re.sub(r"<(?=[a-zA-Z/!?])", f"<{JOINER}", without_controls(text))


def safe_tex(text: str) -> str:
    """Return TeX that is formulas and nothing else."""
    return SCHEME.sub(rf"\1{JOINER}", BESIDE_TEX.sub(lambda found: f"\\{JOINER}", text))


def without_controls(text: str) -> str:
    """Return a text without characters that nobody sees and that turn text round or end it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return LONE.sub("\ufffd", CONTROL.sub("", text))


def is_long(text: str) -> bool:
    """Tell whether a text is longer than anybody reads, not counting its pictures."""
    return len(text) > LONGEST and len(DATA.sub("", text)) > LONGEST


def _as_written(text: str) -> str:
    """Return a text of which no renderer makes anything, a block of code."""
    fenced = re.sub("~~(?=~)", f"~~{JOINER}", text)
    return f"~~~text\n{fenced}\n~~~"


def _tags(text: str, pasted: Set[str]) -> str:
    """Return Markdown with the tags that may stay and are closed, all others as text."""
    found = list(TAG.finditer(text))
    stay = [_stays(tag, pasted) for tag in found]
    for loose in _loose(found, stay):
        stay[loose] = None
    parts, end = [], 0
    for tag, new in zip(found, stay, strict=True):
        parts += [text[end : tag.start()], f"<{JOINER}{tag[0][1:]}" if new is None else new]
        end = tag.end()
    return "".join(parts) + text[end:]


def _stays(tag: re.Match[str], pasted: Set[str]) -> str | None:
    """Return a tag as it may stay, without the attributes that may not; None for one of no use."""
    if tag["comment"] or tag["address"]:
        return tag[0]
    name = (tag["name"] or "").lower()
    if name not in TAGS or (tag["closing"] and tag["attributes"].strip()):
        return None
    every = list(ATTRIBUTE.finditer(tag["attributes"]))
    values = {one[1].lower(): html.unescape(one[2] or one[3] or one[4] or "") for one in every}
    good = [
        one for one in every if _attribute(name, one[1].lower(), values[one[1].lower()], pasted)
    ]
    if name == "img" and "src" not in {one[1].lower() for one in good}:
        return _instead(values)
    same = len(good) == len(values) == len(every)
    return tag[0] if same else f"<{' '.join([tag['name'], *(one[0] for one in good)])}>"


def _instead(picture: Mapping[str, str]) -> str:
    """Return what stands where a picture would be fetched: its words, as a link to it."""
    words, address = html.escape(picture.get("alt", "")), picture.get("src", "")
    if not OUTSIDE.match(address):
        return words
    return f'<a href="{html.escape(address)}">{words or "a picture"}</a>'


def _attribute(tag: str, name: str, value: str, pasted: Set[str]) -> bool:
    """Tell whether an attribute may stay in a tag among Markdown, where none can be taken out."""
    if name == "id":
        return tag == "a" and ANCHOR.match(value) is not None
    if name == "class":
        return all(map(CLASSES.match, value.split()))
    if name == "src" and value.startswith("attachment:"):
        return tag == "img" and value.removeprefix("attachment:") in pasted
    if name in KNOWN.get(tag, ()) or name in ("title", "lang", "align"):
        return stays(tag, name, value)
    return False


KNOWN = {
    "a": ("href",),
    "details": ("open",),
    "img": ("alt", "src", "width", "height"),
    "ol": ("start", "type"),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
}


def _loose(found: list[re.Match[str]], stay: list[str | None]) -> list[int]:
    """Return the tags that would end what is not theirs, or never end."""
    loose: list[int] = []
    opened: list[tuple[str, int]] = []
    for number, tag in enumerate(found):
        name = (tag["name"] or "").lower()
        if stay[number] is None or not name or name in VOID:
            continue
        if not tag["closing"]:
            if len(opened) < DEEPEST:
                opened.append((name, number))
            else:
                loose.append(number)
        elif any(name == other for other, _ in opened):
            while opened[-1][0] != name:
                other, place = opened.pop()
                loose += [] if other in CLOSED_BY_OTHERS else [place]
            opened.pop()
        else:
            loose.append(number)
    return loose + [place for name, place in opened if name not in CLOSED_BY_OTHERS]


def _address(found: re.Match[str], pasted: Set[str]) -> str:
    """Return a link or a picture as it is, or what begins one with a joiner behind it."""
    if found["link"] or (len(found[0]) > 1 and (not found["pasted"] or found["pasted"] in pasted)):
        return found[0]
    return found[0][0] + JOINER + found[0][1:].replace("](", f"]{JOINER}(")
