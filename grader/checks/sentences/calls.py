"""
Why a function is wrong, where its text and what came of its calls tell.

Each cause is a rule that says a sentence or nothing; the first that speaks is told in place of the
sentence of the check. No rule knows a course.
"""

from collections.abc import Callable

from grader.checks.sentences import results, written
from grader.checks.sentences.work import Work

RULES: tuple[Callable[[Work], str], ...] = (
    written.count,
    written.order,
    written.of_names,
    written.shadowed,
    written.unknown,
    written.gives_nothing,
    written.too_early,
    written.kept,
    written.changed,
    written.ignored,
    written.overwritten,
    written.divided,
    written.rounded,
    results.printed,
    results.order,
    results.typed_in,
    results.keys,
    results.type_,
)


def cause(work: Work) -> str:
    """Return the sentence for why a function is wrong; "" where that cannot be told."""
    if work.node is None:
        return ""
    return next(filter(None, (rule(work) for rule in RULES)), "")
