"""What learners see of a cell, and what stands between the marks of hidden tests."""

BEGIN, END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


def without_hidden_tests(source: str, strict: bool = True) -> str:
    """
    Return the source without the lines between the delimiters of hidden tests.

    In a check cell (`strict`) a region that is never closed reaches to the end. In a cell of the
    learner, who may have copied a delimiter, only closed regions are taken out.
    """
    return _parts(source, strict)[0].strip("\n")


def hidden_tests(source: str) -> str:
    """Return the lines of a check cell between the delimiters of hidden tests."""
    return _parts(source, strict=True)[1]


def _parts(source: str, strict: bool) -> tuple[str, str]:
    """Return the lines outside and those inside the delimiters, each joined to one text."""
    kept: list[str] = []
    hidden: list[str] = []
    held: list[str] | None = None
    for line in source.split("\n"):
        if BEGIN in line:
            held = held or []
        elif END in line:
            hidden += held or []
            held = None
        elif held is not None:
            held.append(line)
        else:
            kept.append(line)
    (hidden if strict else kept).extend(held or [])
    return "\n".join(kept), "\n".join(hidden)
