"""The ES modules of the interactive parts, measured."""

from grader.widgets.base import SCREEN, Widget
from grader.widgets.live import module


class Frame(Widget):
    """What every part shares, without a part of its own."""


class Screen(Widget):
    """What every part shares that can fill the screen, without a part of its own."""

    assets = SCREEN


def own_bytes(part: Widget | type[Widget]) -> int:
    """The size of a part's module without what the parts share."""
    shared = Screen if set(SCREEN) <= set(part.assets) else Frame
    return len(module(part).encode()) - len(module(shared).encode())
