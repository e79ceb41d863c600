"""
What the template `course_formgrade` needs to show a hand-in in nbgrader's formgrader.

The notebook was cleaned where it was written (see `sanitize`). Here stand the second walls: a
policy that lets only the page's own scripts run, and only what lies on this server load; names of
learners as text; Markdown cleaned once more when it has become HTML. Named in
`grader.course.config`.
"""

import html
import re
import secrets
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat.notebooknode import NotebookNode

from grader.sanitize import attribute, cleaned

OWN = re.compile(r"<(script|style|link)\b")
TOGGLE = re.compile(r'onclick="toggle_name\((true|false)\);"')
COLOURED = re.compile(r"(?:highlight|\w{1,3})\Z")  # classes of coloured code
TICK = re.compile(r"<input\b[^>]*\btype=\"checkbox\"([^>]*)>")
NAMES = ("student", "first_name", "last_name", "notebook_path")
POLICY = (
    "default-src 'none'; script-src 'nonce-{0}'; style-src 'nonce-{0}';"
    " style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'"
)


class Page:
    """One page of the formgrader: its secret, by which a browser knows the page's own scripts."""

    def __init__(self) -> None:
        self.nonce = secrets.token_urlsafe(18)

    @property
    def policy(self) -> str:
        """Return what the page may do, as a Content-Security-Policy."""
        return POLICY.format(self.nonce)

    def own(self, made: str) -> str:
        """Return HTML of nbgrader's own, without a word of a learner, with the page's secret."""
        marked = OWN.sub(rf'<\1 nonce="{self.nonce}"', made)
        return TOGGLE.sub(r'data-shows-name="\1"', marked)


class Shield(Preprocessor):
    """Puts a `Page` beside the notebook, and names of learners as text; called by nbconvert."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Leave the notebook as it is."""
        for name in NAMES:
            if isinstance(resources.get(name), str):
                resources[name] = html.escape(resources[name])
        resources["page"] = Page()
        return nb, resources


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Return Markdown as HTML that keeps to its box; the template calls it, not nbconvert's."""
    cell: dict[str, Any] = context.get("cell") or {}
    renderer = IPythonRenderer(
        escape=False, attachments=cell.get("attachments", {}), exclude_anchor_links=True
    )
    try:
        made = MarkdownWithMath(renderer=renderer).render(source)
    except (InvalidNotebook, RecursionError, ValueError):  # a picture that is not there, and worse
        return f"<pre>{html.escape(source)}</pre>"
    return cleaned(TICK.sub(_tick, made), _attribute)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(filter(COLOURED.match, value.split())) or attribute(tag, name, value)
    return attribute(tag, name, value)


def _tick(found: re.Match[str]) -> str:
    return "☑ " if "checked" in found[1] else "☐ "
