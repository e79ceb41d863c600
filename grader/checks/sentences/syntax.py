"""
Why a line is not valid Python, in words a learner can act on.

The line itself is looked at first, since Python's own words differ from version to version.
"""

import re

from grader.checks.sentences.signs import odd_sign
from grader.checks.source import Source
from grader.rerun.rerun import Stop

CLOSING = {"(": ")", "[": "]", "{": "}"}


BLOCKS = r"(for|while|if|elif|else|def|with|try|class)"


# (pattern in the line, sentence after "Line N is not valid Python: "); the first that fits is told
LINE_RULES: list[tuple[str, str]] = [
    (r"^\s*print\s+[^(=\s]", "`print` needs round brackets, `print(...)`."),
    (r"(\w+)\s*(\+\+|--)", "Python has no `++`. Count with `+= 1`."),
    (r"&&|\|\|", "Python writes `and` and `or`."),
    (
        r"^\s*(var|let|const|int|float|double)\s+\w+\s*=",
        "Python needs no word before the name: start the line with the name itself.",
    ),
    (
        r"\{[^}]*['\"]\w+['\"]\s*=(?!=)",
        "inside `{ }` a key and its value are joined by a colon `:`, not by `=`.",
    ),
    (r"['\"]\w+['\"]\s+\[", "a colon `:` is missing between the key and its list."),
    (r"=\s*\d*\.\d*\.", "a number has one decimal point only."),
    (
        r"=\s*[\d.]+\s*[A-Za-z$€£]",
        "nothing may follow the digits of a number: write the number alone.",
    ),
    (r"^\s*['\"\d.]+\s*=(?!=)", "the name comes first: write the name, then `=`, then the value."),
    (r"[$€£?]", "a sign in it has no meaning in Python: remove it."),
    (
        r"=\s*[\d.]+\s*%",
        "`%` cannot end a number. Write a percentage as a decimal, such as 0.5 for 50%.",
    ),
    (
        r"^\s*[A-Za-z_]\w*(-[A-Za-z_]\w*)+\s*=(?!=)",
        "a hyphen means minus, so it cannot be part of a name. Use an underscore: {under}.",
    ),
    (r"^\s*\d\w*[A-Za-z_]\w*\s*=(?!=)", "a name cannot start with a digit."),
    (
        r"^\s*(?!for\b|if\b|while\b|elif\b)[A-Za-z_]\w*([ \t]+[A-Za-z_]\w*)+\s*=(?!=)",
        "a name cannot contain a space. Use an underscore: {under}.",
    ),
    (
        r"^\s*(if|while|elif)\b[^=!<>]*[^=!<>]=[^=]",
        "`=` stores a value. To compare two values use `==`.",
    ),
    (
        r"^\s*for\s+\w+\s+(?!in\b|,)",
        "a `for` line reads `for i in …`: the word `in` is missing after the variable.",
    ),
    (r"^\s*" + BLOCKS + r"\b[^#]*[^:\s#](\s*#.*)?$", "a `{block}` line must end with a colon `:`."),
]


def syntax(stop: Stop) -> str:
    """Why a line is not valid Python, to follow "Line N is not valid Python: "."""
    text, words = stop.text, stop.message
    named = "U+" in words or ("unterminated" in words and re.search("[“”‘’]", text))
    if named and (told := odd_sign(text)):
        return told
    for tell in (_never_closed, _strings, _known_line, _brackets):
        told = tell(text, words)
        if told:
            return told
    if "f-string" in words:
        return "the `{ }` of the f-string do not fit. Put exactly one name in each pair of braces."
    if "comma" in words:
        return "two values stand side by side. Perhaps a comma is missing between them."
    return f"{words[:100]}. Compare the line with the hint."


def _never_closed(text: str, words: str) -> str | None:
    opening = re.search(r"'([(\[{])' was never closed", words)
    if opening:
        after = " after `print`" if re.match(r"\s*print\s*\(", text) and opening[1] == "(" else ""
        closing = CLOSING[opening[1]]
        return f"the opening `{opening[1]}`{after} is never closed. Add `{closing}` at the end."
    return None


def _strings(text: str, words: str) -> str | None:
    if "outside function" in words:
        return (
            "`return` belongs inside a function. Use `print( )` to show a value, or `=` to"
            " store it."
        )
    nested = "f-string" in words and re.search(r"""[fF](['"]).*\{[^}]*\1.*\}""", text)
    if nested and "unterminated" not in words:
        return "inside the `{ }` of an f-string, use the other kind of quotes than around it."
    if re.search(r"unterminated (f-)?string", words):
        before = " before the last `)`" if text.rstrip().endswith(")") else ""
        return f"the text has no closing quote{before}."
    return None


def _known_line(text: str, words: str) -> str | None:
    opened = _unbalanced(text)
    if opened and text.rstrip().endswith(":"):
        return f"the opening `{opened}` is never closed. Add `{CLOSING[opened]}` before the colon."
    for pattern, told in LINE_RULES:
        found = re.search(pattern, text)
        if found:
            name = re.sub(r"[\s-]+", "_", text.split("=")[0].strip())
            block = found[1] if found.groups() else ""
            return told.replace("{under}", f"`{name}`").replace("{block}", block)
    return None


def _brackets(text: str, words: str) -> str | None:
    found = re.search(r"unmatched '(.)'", words)
    if found:
        return f"there is one closing `{found[1]}` too many."
    found = re.search(r"parenthesis '(.)' does not match opening parenthesis '(.)'", words)
    if found:
        fitting = CLOSING[found[2]]
        return f"the bracket opened by `{found[2]}` is closed by `{found[1]}`. Use `{fitting}`."
    return None


def _unbalanced(text: str) -> str | None:
    """The last bracket that a line opens and does not close, strings left out."""
    waiting: list[str] = []
    for sign in re.sub(r"'[^']*'|\"[^\"]*\"", "", text):
        if sign in CLOSING:
            waiting.append(sign)
        elif waiting and sign == CLOSING[waiting[-1]]:
            waiting.pop()
    return waiting[-1] if waiting else None


def indentation(stop: Stop, source: Source) -> str:
    """How a line is indented wrongly, to follow "Line N "."""
    if "expected an indented block" in stop.message:
        lines = source.cells[stop.cell].splitlines()[: stop.line - 1]
        opener = next(
            (
                line.split()[0].rstrip(":")
                for line in reversed(lines)
                if line.rstrip().endswith(":")
            ),
            "for",
        )
        block = "loop" if opener in ("for", "while") else f"`{opener}`"
        return f"is not indented. The lines that belong to the {block} must start with 4 spaces."
    if "unexpected indent" in stop.message:
        return (
            "starts with spaces that do not belong there. Remove them, or indent the whole block"
            " alike."
        )
    return "is indented differently from the lines around it. Use 4 spaces for each level."
