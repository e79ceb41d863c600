"""The live pages of the interactive parts."""

from support.modules import Screen

from grader.widgets.live import module


def test_what_all_parts_share_stays_small():
    """Each card brings along what fills the screen: that has at most 24,000 bytes."""
    assert len(module(Screen).encode()) <= 24_000
