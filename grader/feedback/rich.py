"""
HTML and Markdown on a feedback page, harmless whoever wrote it.

HTML always goes through the cleaner of `grader.sanitize`, with fewer attributes than there: no id
and no class, so that nothing can pass itself off as a part of the page, and no free text but the
words of a picture. Markdown without tags of its own needs no cleaner if its HTML is made of `PLAIN`
tags alone. What was rendered once is kept: the course's texts are the same for the whole class.
"""

import html
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import mistune
from markupsafe import Markup

from grader.sanitize import PICTURE, cleaned, is_long
from grader.sanitize.cache import kept

WIDE = 34  # characters of a line that fit on a telephone
ELSEWHERE = re.compile(r"(?i)(?:https?://|mailto:)[^\s\"'<>`]+\Z")
PASTED = "data:image/attached,"  # stands for a picture of the cell's own until it is put in
ATTACHED = re.compile(r'<img alt="([^"]*)" src="data:image/attached,([^"]*)">')
PLAIN = re.compile(
    r"</?(?:p|em|strong|code|pre|ul|ol|li|blockquote|h[1-6]|table|thead|tbody|tr|th|td|del)>"
    r'|<ol start="\d+">|<br />|<hr />|</a>|<a href="(?:https?://|mailto:)[^"<>]*">'
    r'|<img alt="[^"<>]*" src="data:image/[^"<>]*">'
)
SETTINGS = ("open", "width", "height", "start", "type", "colspan", "rowspan", "scope")
EMPTY = re.compile(r'<th(?: \w+="\w*")*>\s*</th>')  # a heading that says nothing is none
PARTS = re.compile(r"""<(/?)(h[1-6]|table|pre|img)\b((?:[^>"']|"[^"]*"|'[^']*')*)>""")


def rich_html(text: str, links: bool = False) -> Markup:
    """Return HTML as a page shows it; with `links` those to other places can be followed."""
    if is_long(text):
        return _as_written(html.unescape(re.sub(r"<[^<>]*>", " ", text)))
    return Markup(_page_html(text, links))


def rich_markdown(
    text: str, links: bool = False, attachments: Mapping[str, Mapping[str, str]] | None = None
) -> Markup:
    """Return Markdown as HTML, with the pictures that were pasted into its cell."""
    if is_long(text):
        return _as_written(text)
    return Markup(ATTACHED.sub(partial(_picture, attachments or {}), _page_markdown(text, links)))


def _as_written(text: str) -> Markup:
    """Return a text that is too long to be rendered."""
    return Markup('<pre class="text">{}</pre>').format(text)


@kept(1024)
def _page_html(text: str, links: bool) -> str:
    try:
        return _arranged(cleaned(text, _kept(links)))
    except RecursionError:  # boxes in boxes in boxes
        return str(_as_written(text))


@kept(1024)
def _page_markdown(text: str, links: bool) -> str:
    tags = re.search(r"<[a-zA-Z/!?]", text) is not None
    try:
        made = _markdown(tags, links)(text)
    except RecursionError:  # quotes in quotes in quotes
        return str(_as_written(text))
    if tags or "<" in PLAIN.sub("", made):
        made = cleaned(made, _kept(links))
    return _arranged(made)


def _kept(links: bool) -> Callable[[str, str, str], str | None]:
    """Return the filter of attributes for a page; it lets a link stay only with `links`."""
    return _with_links if links else _without_links


def _with_links(tag: str, name: str, value: str) -> str | None:
    stays = ELSEWHERE.match(value) if (tag, name) == ("a", "href") else _is_plain(name, value)
    return value if stays else None


def _without_links(tag: str, name: str, value: str) -> str | None:
    return value if tag != "a" and _is_plain(name, value) else None


def _is_plain(name: str, value: str) -> bool:
    """Tell whether an attribute changes nothing but the shape of its box, or is a picture's."""
    if name == "src":
        return PICTURE.match(value) is not None or value.startswith(PASTED)
    return name == "alt" or (name in SETTINGS and re.fullmatch(r"\w{0,10}", value) is not None)


class _Renderer(mistune.HTMLRenderer):
    """Writes Markdown as HTML without ids, styles and anything that is fetched."""

    def __init__(self, tags: bool, links: bool) -> None:
        super().__init__(escape=not tags)
        self.links = links

    def text(self, text: str) -> str:
        """Return plain text; an entity in it stands for its sign."""
        return html.escape(html.unescape(text), quote=False)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Return a link, or its text with the address beside it."""
        if not ELSEWHERE.match(url):
            return text
        address = html.escape(url)
        if self.links:
            return f'<a href="{address}">{text}</a>'
        return text if address in text else f"{text} ({address})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return a picture that is in the notebook; of any other its words."""
        words = html.escape(re.sub(r"<[^>]*>", "", text))
        name = url.removeprefix("attachment:")
        if name != url:
            url = PASTED + html.escape(name)
        elif not PICTURE.match(url):
            return words
        return f'<img alt="{words}" src="{url}">'

    def block_code(self, code: str, info: str | None = None) -> str:
        """Return code of any language without colours."""
        return f"<pre><code>{html.escape(code.rstrip())}</code></pre>\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """Return a cell of a table."""
        tag = "th" if head else "td"
        return f"  <{tag}>{text}</{tag}>\n"

    def inline_math(self, text: str) -> str:
        """Return a formula as it was written."""
        return f"${html.escape(text)}$"

    def block_math(self, text: str) -> str:
        """Return a formula with a line of its own as it was written."""
        return f"<pre><code>{html.escape(text.strip())}</code></pre>\n"


@lru_cache(maxsize=4)
def _markdown(tags: bool, links: bool) -> mistune.Markdown:
    plugins = ["strikethrough", "table", "url", "math"]
    return mistune.create_markdown(renderer=_Renderer(tags, links), plugins=plugins)


def _picture(attachments: Mapping[str, Mapping[str, str]], found: re.Match[str]) -> str:
    """Return a picture that was pasted into the cell, its words where there is none."""
    bundle = attachments.get(html.unescape(found[2]), {})
    for kind, data in bundle.items():
        if isinstance(data, str) and PICTURE.match(url := f"data:{kind};base64,{data}"):
            return f'<img alt="{found[1]}" src="{url}">'
    return found[1]


def _arranged(made: str) -> str:
    """
    Return HTML with headings that follow the page's own, wide tables and code in a frame that
    scrolls, also by keyboard, and words for every picture.
    """
    outer: list[str] = []  # the levels of the headings above, as they were written
    open_now: list[int] = []

    def part(found: re.Match[str]) -> str:
        closing, tag, attributes = found.groups()
        if tag in ("pre", "table"):
            return _frame(tag, closing, attributes, made, found.end())
        if tag == "img":
            return found[0] if " alt=" in attributes else f'<img alt=""{attributes}>'
        if closing:
            return f"</h{open_now.pop() if open_now else 3}>"
        while outer and outer[-1] >= tag:
            outer.pop()
        outer.append(tag)
        open_now.append(min(2 + len(outer), 6))
        return f"<h{open_now[-1]}>"

    return EMPTY.sub("<td></td>", PARTS.sub(part, made))


def _frame(tag: str, closing: str, attributes: str, made: str, end: int) -> str:
    """Return the tag of a table or of code with what makes it scroll, where it is wide."""
    if tag == "table":
        frame = '<div class="scroll" role="group" aria-label="Table" tabindex="0">'
        return "</table></div>" if closing else f"{frame}<table{attributes}>"
    if closing:
        return "</pre>"
    lines = made[end : made.find("</pre>", end)].split("\n")
    return '<pre tabindex="0">' if any(len(line) > WIDE for line in lines) else "<pre>"
