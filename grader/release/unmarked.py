"""Texts of a course without what they say about points, for learners whom nobody gives any."""

import re

COLUMN = "points"  # of a table, by its heading
PHRASES = re.compile(
    r" · [\d.]+ points?\b(?: \([^)\n]*\))?"  # "about 10 minutes · 9 points (1 for …)"
    r"|, [\d.]+ points? each\b"
    r"| \(no points\)"
)
ALONE = re.compile(r"(?m)^[\d.]+ points?\n+")  # "5 points", a line of its own
TABLE = re.compile(r"(?m)(?:^\|.*\|[ \t]*$\n?)+")


def without_points(text: str) -> str:
    """Return a text in Markdown without its points: phrases, lines, and columns of tables."""
    text = ALONE.sub("", PHRASES.sub("", text))
    return TABLE.sub(lambda found: _without_column(found[0]), text)


def _without_column(table: str) -> str:
    rows = [re.split(r"(?<!\\)\|", row.strip())[1:-1] for row in table.splitlines()]
    places = [n for n, head in enumerate(rows[0]) if head.strip().casefold() == COLUMN]
    if not places or any(len(row) != len(rows[0]) for row in rows):
        return table
    kept = ([cell for n, cell in enumerate(row) if n not in places] for row in rows)
    return "".join(f"|{'|'.join(row)}|\n" for row in kept)[: None if table.endswith("\n") else -1]
