"""
What a learner gets back: a page for each graded notebook, with marks and reasons, and safe to open.

    pages.py     a whole class: which pages there are, and how they get to the disk
    page.py      one page, from a graded notebook and its marks
    parts.py     which cells of the notebook belong to which step or question
    views.py     what the template shows of each; marks.py how the marks are told
    shown.py     code and outputs as a page shows them; rich.py HTML and Markdown
    safe.py      what of a graded notebook a learner must not see
    words.py     names, points and times; colours.py colours of code
    stock.py     the same page from nbgrader's own generate_feedback and the formgrader's button

nbgrader_config.py names `GetMarks`, `SafeToShow`, `spoken` and `sentence_html`. Only the first two need
nbgrader, which takes seconds to import: they come when they are asked for.
"""

from grader.feedback.pages import feedback
from grader.feedback.words import spoken, sentence_html

told = sentence_html  # its old name, in configuration files of courses

__all__ = ["GetMarks", "SafeToShow", "feedback", "sentence_html", "spoken"]


def __getattr__(name: str) -> type:
    """Return one of the preprocessors for nbgrader."""
    if name in ("GetMarks", "SafeToShow"):
        from grader.feedback import stock

        return getattr(stock, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
