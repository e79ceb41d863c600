"""What learners see of a cell: its source without what stands between the marks of hidden tests."""

BEGIN, END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


def without_hidden_tests(source: str, strict: bool = True) -> str:
    """
    Return the source without the lines between the delimiters of hidden tests.

    In a check cell (`strict`) a region that is never closed reaches to the end. In a cell of the
    learner, who may have copied a delimiter, only closed regions are taken out.
    """
    kept: list[str] = []
    held: list[str] | None = None
    for line in source.split("\n"):
        if BEGIN in line:
            held = held or []
        elif END in line:
            held = None
        elif held is not None:
            held.append(line)
        else:
            kept.append(line)
    if held and not strict:
        kept += held
    return "\n".join(kept).strip("\n")
