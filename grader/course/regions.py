"""What learners see of a cell, and what stands between the marks of hidden tests."""

from collections.abc import Mapping
from typing import Any

BEGIN, END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
Region = tuple[str, str]  # what stands in the lines before and after what is hidden
TESTS: tuple[Region, ...] = ((BEGIN, END),)


def regions(config: Mapping[str, Any]) -> tuple[Region, ...]:
    """Return what a course's configuration of nbgrader hides from learners: tests, mark schemes."""
    tests, schemes = config.get("ClearHiddenTests", {}), config.get("ClearMarkScheme", {})
    return (
        (
            str(tests.get("begin_test_delimeter", BEGIN)),
            str(tests.get("end_test_delimeter", END)),
        ),
        (
            str(schemes.get("begin_mark_scheme_delimeter", "BEGIN MARK SCHEME")),
            str(schemes.get("end_mark_scheme_delimeter", "END MARK SCHEME")),
        ),
    )


def without_hidden_tests(
    source: str, strict: bool = True, hidden: tuple[Region, ...] = TESTS
) -> str:
    """
    Return the source without the lines between the delimiters of what is `hidden`.

    In a check cell (`strict`) a region that is never closed reaches to the end. In a cell of the
    learner, who may have copied a delimiter, only closed regions are taken out.
    """
    for region in hidden:
        source = _parts(source, strict, region)[0].strip("\n")
    return source


def hidden_tests(source: str) -> str:
    """Return the lines of a check cell between the delimiters of hidden tests."""
    return _parts(source, strict=True)[1]


def _parts(source: str, strict: bool, region: Region = (BEGIN, END)) -> tuple[str, str]:
    """Return the lines outside and those inside the delimiters, each joined to one text."""
    kept: list[str] = []
    begin, end = region
    hidden: list[str] = []
    held: list[str] | None = None
    for line in source.split("\n"):
        if begin in line:
            held = held or []
        elif end in line:
            hidden += held or []
            held = None
        elif held is not None:
            held.append(line)
        else:
            kept.append(line)
    (hidden if strict else kept).extend(held or [])
    return "\n".join(kept), "\n".join(hidden)
