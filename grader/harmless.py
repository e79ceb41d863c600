"""
Makes what a learner's notebook shows harmless: no script, no form, nothing that is fetched.

Used where a graded notebook is written, so the formgrader and JupyterLab show the same safe thing,
and once more where the feedback page is written.
"""

import re

import bleach
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

LINK = re.compile(r"(?i)(\]\(|\]:|<)[\s<]*(?:javascript|vbscript|data:text)\s*:?")
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
    "a": ["href"],
    "details": ["open"],
    "img": lambda tag, name, value: (
        name in ("alt", "width", "height") or (name == "src" and value.startswith("data:image/"))
    ),
    "ol": ["start", "type"],
    "td": ["colspan", "rowspan", "headers"],
    "th": ["colspan", "rowspan", "scope"],
}


class Harmless(NbGraderPreprocessor):
    """Cleans the learner's cells of a graded notebook; called by nbgrader before it is written."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clean the outputs of a code cell, and the text of a Markdown or raw cell."""
        kept = cell.metadata.get("nbgrader")
        cell.metadata = NotebookNode({"nbgrader": kept} if kept else {})
        if cell.cell_type == "code":
            for output in cell.outputs:
                if "data" in output:
                    output.data = NotebookNode(safe_data(output.data))
        elif not (kept and kept.locked):
            cell.source = safe_markdown(cell.source)
        return cell, resources


def safe_data(data: dict[str, object]) -> dict[str, object]:
    """Return an output's data by MIME type, without programs and with clean HTML."""
    kept = {kind: value for kind, value in data.items() if kind not in ACTIVE}
    for kind, value in kept.items():
        if kind in ("text/html", "image/svg+xml") and isinstance(value, str):
            kept[kind] = safe_html(value)
        elif kind == "text/markdown" and isinstance(value, str):
            kept[kind] = safe_markdown(value)
        elif kind.startswith("image/") and not isinstance(value, str):
            kept[kind] = ""
    return {kind: value for kind, value in kept.items() if value != ""}


def safe_markdown(text: str) -> str:
    """
    Return Markdown whose HTML is as harmless as that of `safe_html`; a tag that may not stay is
    shown as text.
    """
    if re.search(r"<[a-zA-Z/!?]", text):
        text = bleach.clean(text, tags=TAGS, attributes=ATTRIBUTES, strip_comments=False)
        # Quotes and code need their signs back. A tag cannot start without "<", which stays away.
        text = text.replace("&gt;", ">").replace("&amp;", "&")
    return LINK.sub(r"\1#", text)


def safe_html(text: str) -> str:
    """Return HTML without scripts, styles, forms and anything that loads from elsewhere."""
    text = re.sub(r"(?is)<(script|style|template|iframe)\b.*?(</\1\s*>|\Z)", "", text)
    return bleach.clean(
        text,
        tags=TAGS,
        attributes=ATTRIBUTES,
        protocols={"http", "https", "mailto", "data"},
        strip=True,
        strip_comments=True,
    )
