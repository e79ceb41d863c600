"""
Makes what a learner's notebook shows harmless: no script, no form, nothing that is fetched.

    markup        HTML through a cleaner
    text          Markdown and TeX, which stay what they are
    outputs       outputs, pasted pictures and metadata: lists of what may stay
    preprocessor  all of it for a notebook, where it is written; named in `grader.course.config`
    cache         results that are worth keeping

Used where a graded notebook is written, so the formgrader, nbconvert and JupyterLab show the same
safe thing, and once more where the feedback page is written. Only `Sanitize` needs nbgrader.
"""

from grader.sanitize.markup import PICTURE, attribute, cleaned, safe_html
from grader.sanitize.outputs import drawing, safe_data
from grader.sanitize.text import is_long, safe_markdown

__all__ = [
    "PICTURE",
    "Sanitize",
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
    if name in ("Sanitize", "Harmless"):  # the second is its old name
        from grader.sanitize.preprocessor import Sanitize

        return Sanitize
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
