"""Code and outputs as a feedback page shows them; code that many learners wrote is kept."""

import re
from collections.abc import Iterable

from markupsafe import Markup

from grader.feedback.colours import coloured
from grader.feedback.rich import WIDE, rich_html, rich_markdown
from grader.feedback.safe import Output
from grader.sanitize import drawing
from grader.sanitize.cache import kept

LONGEST = 20_000  # characters of an output; nobody reads more
LONGEST_CODE = 100_000
TALL = 400  # characters of an output that may need to scroll on a telephone
MOST = 50  # outputs of one cell
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def code(source: str, label: str) -> Markup:
    """Return Python code in a box; `label` names the box for those who hear the page."""
    return _box(source.strip("\n"), label)


@kept(1024)
def _box(source: str, label: str) -> Markup:
    text = coloured(_cut(source, LONGEST_CODE))
    wide = any(len(line) > WIDE for line in source.split("\n"))
    focus = Markup(' tabindex="0" role="group" aria-label="{}"').format(label) if wide else ""
    return Markup('<pre class="code"{}><code>{}</code></pre>').format(focus, text)


def outputs(found: Iterable[Output]) -> Markup:
    """Return the outputs of a cell, one below the other."""
    found = list(found)
    shown = [_shown(output) for output in found[:MOST]]
    if len(found) > MOST:
        shown.append(_text(f"… and {len(found) - MOST:,} more outputs", "more"))
    return Markup("\n").join(shown)


def _shown(output: Output) -> Markup:
    """Return one output in the richest form that is safe."""
    kind = output["output_type"]
    if kind == "stream":
        return _text(output["text"], output["name"])
    if kind == "error":
        return _text("\n".join(output["traceback"]), "error")
    data = {name: value for name, value in output["data"].items() if isinstance(value, str)}
    if "text/html" in data:
        return _rich(rich_html(data["text/html"]))
    if "text/markdown" in data:
        return _rich(rich_markdown(data["text/markdown"]))
    words = data.get("text/plain", "")
    if "<svg" in data.get("image/svg+xml", ""):
        return _rich(rich_html(drawing(data["image/svg+xml"])))
    for name in PICTURES:
        if name in data and re.fullmatch(r"[A-Za-z0-9+/=\s]+", data[name]):
            return _picture(name, data[name], words)
    return _text(words, "result") if words else Markup()


def _rich(content: Markup) -> Markup:
    return Markup('<div class="rich">{}</div>').format(content)


def _picture(kind: str, data: str, words: str) -> Markup:
    """Return a picture; Matplotlib's words for one say its size and nothing else."""
    named = "" if re.fullmatch(r"<[^>]*>", words.strip()) else words.strip()[:200]
    alt = named or "A picture that this cell drew"
    url = f"data:{kind};base64,{''.join(data.split())}"
    return Markup('<p class="picture"><img alt="{}" src="{}"></p>').format(alt, url)


def _text(text: str, kind: str) -> Markup:
    """Return plain text in a box."""
    if "\r" in text:  # a progress bar draws over itself
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    text = _cut(CONTROL.sub("", text).strip("\n"), LONGEST)
    name = kind if kind in ("stderr", "error") else "plain"
    tall = len(text) > TALL or text.count("\n") > TALL // WIDE
    focus = Markup(' tabindex="0" role="group" aria-label="Output"') if tall else ""
    return Markup('<pre class="text {}"{}>{}</pre>').format(name, focus, text) if text else Markup()


def _cut(text: str, most: int) -> str:
    """Return a text of a length that can be read, and say so where it was longer."""
    more = len(text) - most
    return text if more <= 0 else f"{text[:most]}\n… and {more:,} more characters"
