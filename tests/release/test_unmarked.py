"""Texts without points: what is said about them goes, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.release.unmarked import without_points


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("about 5 minutes · 6 points", "about 5 minutes"),
        ("15 minutes · 20 points (1 for an easy one, 2 for a hard one)", "15 minutes"),
        ("**1** / 4 · 1 point\n\n> Do it", "**1** / 4\n\n> Do it"),
        ("## Easy: 3 questions, 1 point each", "## Easy: 3 questions"),
        ("## A note (no points)", "## A note"),
        ("## Task 7\n\n5 points\n\nWrite it.", "## Task 7\n\nWrite it."),
        ("half · 2.5 points", "half"),
        ("a point score of 5 points means yes", "a point score of 5 points means yes"),
        ("Python writes decimals with a point.", "Python writes decimals with a point."),
        ("| A | Points |\n|:--|--:|\n| x | 3 |\n", "| A |\n|:--|\n| x |\n"),
        ("a\n\n| A | points | B |\n|-|-|-|\n| x \\| y | 3 | z |\n\nb", None),
        ("| A | Points |\n|-|-|\n| x |\n", "| A | Points |\n|-|-|\n| x |\n"),
    ],
)
def test_points_go_and_the_rest_stays(text, left):
    """Phrases, lines of their own and columns; a table that is none stays as it is."""
    wanted = "a\n\n| A | B |\n|-|-|\n| x \\| y | z |\n\nb" if left is None else left

    assert wanted == without_points(text)


@given(st.text())
def test_any_text_without_the_word_stays(text):
    """Where no points are named nothing changes."""
    if "point" not in text.casefold():
        assert text == without_points(text)
