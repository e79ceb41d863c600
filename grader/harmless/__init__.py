"""
Makes what a learner's notebook shows harmless: no script, no form, nothing that is fetched.

    markup.py    HTML through a cleaner
    written.py   Markdown and TeX, which stay what they are
    shown.py     outputs, pasted pictures and metadata: lists of what may stay
    stock.py     all of it for a notebook, where it is written; named in `grader.course.config`

Used where a graded notebook is written, so the formgrader, nbconvert and JupyterLab show the same
safe thing, and once more where the feedback page is written. Only `Harmless` needs nbgrader.
"""

from grader.harmless.markup import PICTURE, attribute, cleaned, safe_html
from grader.harmless.shown import drawing, safe_data
from grader.harmless.written import is_long, safe_markdown

__all__ = [
    "PICTURE",
    "Harmless",
    "attribute",
    "cleaned",
    "drawing",
    "is_long",
    "safe_data",
    "safe_html",
    "safe_markdown",
]


def __getattr__(name: str) -> type:
    """Return the preprocessor that nbgrader_config.py names; it takes nbgrader to make it."""
    if name == "Harmless":
        from grader.harmless.stock import Harmless

        return Harmless
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
