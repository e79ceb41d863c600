"""
What else of a graded notebook a browser shows: outputs, pasted pictures, metadata.

Everything is a list of what may stay, with its type; nothing that is not on it comes through. Plain
data in nbformat's shape goes in, and new plain data comes out.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any

from grader.sanitize.markup import safe_html
from grader.sanitize.text import safe_markdown, safe_tex, without_controls

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}\Z")
SHADES = ("light", "dark")
LARGEST = 10_000  # pixels of a picture's side
FIGURE = re.compile(r"application/vnd\.(plotly|vegalite|vega|bokehjs)(?:_exec)?\.v\d+\+json\Z")
WORDS = re.compile(r"[^\x00-\x1f<>\"&]{1,500}\Z")
NAME = re.compile(r"[\w .()-]{1,200}\Z")
TOKEN = re.compile(r"[^<>\"&\x00-\x1f]{0,200}\Z")
# nbgrader's metadata of a cell, as the key has it.
ABOUT = {
    "schema_version": int,
    "grade_id": str,
    "grade": bool,
    "solution": bool,
    "locked": bool,
    "task": bool,
    "points": (int, float),
    "checksum": str,
    "cell_type": str,
}
KERNEL = ("name", "display_name", "language")
LANGUAGE = ("name", "version", "pygments_lexer", "file_extension", "mimetype", "nbconvert_exporter")
OURS = ("grader", "rai")  # plain data of the grader's own; no template shows it


def safe_output(output: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return an output as it may be shown, None for one of which nothing may."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": _text(output.get("text"))}
    if kind == "error":
        lines = output.get("traceback")
        return {
            "output_type": kind,
            "ename": _text(output.get("ename")),
            "evalue": _text(output.get("evalue")),
            "traceback": [_text(line) for line in lines] if isinstance(lines, list) else [],
        }
    if kind not in ("display_data", "execute_result"):
        return None
    data, metadata = output.get("data"), output.get("metadata")
    safe = safe_data(data if isinstance(data, Mapping) else {})
    if kind == "display_data" and not safe:
        return None
    made = {"output_type": kind, "data": safe, "metadata": safe_sizes(metadata, safe)}
    return made | ({"execution_count": _count(output)} if kind == "execute_result" else {})


def safe_data(data: Mapping[str, Any]) -> dict[str, str]:
    """
    Return an output's data by MIME type: texts, clean HTML and Markdown, and pictures. Where only a
    script would draw a figure, a sentence says that there is one.
    """
    texts = {kind: _text(value) for kind, value in data.items() if isinstance(kind, str)}
    safe = {}
    for kind, value in texts.items():
        if kind in PICTURES:
            safe[kind] = value if BASE64.match("".join(value.split())) else ""
        elif kind in CLEANED:
            safe[kind] = CLEANED[kind](value)
    if "<svg" in texts.get("image/svg+xml", ""):
        safe.setdefault("text/html", drawing(texts["image/svg+xml"]))
    safe = {kind: value for kind, value in safe.items() if value != ""}
    drawn = [found for kind in texts if (found := FIGURE.match(kind))]
    if drawn and not safe:
        return {"text/plain": f"<a figure of {drawn[0][1]}: it is drawn where the notebook runs>"}
    return safe


def drawing(svg: str) -> str:
    """Return an SVG drawing as a picture: nothing in a picture runs, and nothing is fetched."""
    code = base64.b64encode(svg.encode("utf-8", "replace")).decode()
    return f'<img alt="A drawing" src="data:image/svg+xml;base64,{code}">'


def safe_sizes(metadata: object, data: Mapping[str, str]) -> dict[str, Any]:
    """Return what an output says about how large its pictures are and what stands behind them."""
    found = {}
    for kind in PICTURES:
        about = metadata.get(kind) if isinstance(metadata, Mapping) else None
        if kind in data and isinstance(about, Mapping):
            kept = {name: about[name] for name in ABOUT_PICTURE if _fits(name, about.get(name))}
            found |= {kind: kept} if kept else {}
    return found


def safe_attachments(attachments: object) -> dict[str, dict[str, str]]:
    """Return the pictures pasted into a cell, by names and kinds that are what they say."""
    found = {}
    for name, bundle in attachments.items() if isinstance(attachments, Mapping) else ():
        if isinstance(name, str) and NAME.match(name) and isinstance(bundle, Mapping):
            pictures = {kind: _text(bundle[kind]) for kind in PICTURES if kind in bundle}
            packed = {kind: "".join(data.split()) for kind, data in pictures.items()}
            found[name] = {kind: data for kind, data in packed.items() if BASE64.match(data)}
    return {name: bundle for name, bundle in found.items() if bundle}


def safe_about(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a cell: what nbgrader knows about it."""
    about = metadata.get("nbgrader")
    if not about or not isinstance(about, Mapping):
        return {}
    kept = {n: about[n] for n, kind in ABOUT.items() if n in about and isinstance(about[n], kind)}
    return {"nbgrader": kept}


def safe_notebook_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a notebook: its kernel, its language, and the grader's own."""
    found: dict[str, Any] = {}
    for name, wanted in (("kernelspec", KERNEL), ("language_info", LANGUAGE)):
        told = metadata.get(name)
        if isinstance(told, Mapping):
            found[name] = {key: told[key] for key in wanted if _is_token(told.get(key))}
    return found | {name: metadata[name] for name in OURS if name in metadata}


def _text(value: object) -> str:
    """Return a text, which may be a list of lines; nothing for anything else."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _count(output: Mapping[str, Any]) -> int | None:
    count = output.get("execution_count")
    return count if type(count) is int else None


def _is_token(value: object) -> bool:
    return isinstance(value, str) and TOKEN.match(value) is not None


def _fits(name: str, value: object) -> bool:
    """Tell whether a picture's setting is of its kind."""
    if name in ("width", "height"):
        return type(value) in (int, float) and 0 < value <= LARGEST
    if name == "needs_background":
        return value in SHADES
    return isinstance(value, str) and WORDS.match(value) is not None


ABOUT_PICTURE = ("width", "height", "needs_background", "alt")
CLEANED = {
    "text/plain": lambda text: text,
    "text/html": safe_html,
    "text/markdown": safe_markdown,
    "text/latex": lambda text: safe_tex(without_controls(text)),
}
