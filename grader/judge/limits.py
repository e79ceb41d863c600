"""The limits of the sandbox as a course configures them."""

import contextlib

from traitlets import Float, default
from traitlets.config import Configurable

from grader.sandbox import Limits


class SandboxLimits(Configurable):
    """How long the cells of a notebook may take; `c.Sandbox` in nbgrader_config.py."""

    cell_seconds = Float(
        Limits().cell_seconds, help="Seconds for one cell; nbgrader's own timeout counts too."
    ).tag(config=True)
    total_seconds = Float(
        Limits().total_seconds, help="Seconds for all cells of a notebook together."
    ).tag(config=True)

    @classmethod
    def section_names(cls) -> list[str]:
        """Return the sections of the configuration that are read; later ones win."""
        return [*super().section_names(), "JailedExecute", "Sandbox"]  # an old name first

    @default("cell_seconds")
    def _nbgraders_timeout(self) -> float:
        """Return the time limit that a course has set for nbgrader's own Execute, if it has."""
        for section in ("Execute", "ExecutePreprocessor"):
            with contextlib.suppress(TypeError, ValueError):  # None means no limit of the course's
                seconds = float(self.config[section].get("timeout"))  # a text on a command line
                if seconds > 0:
                    return seconds
        return Limits().cell_seconds

    @default("total_seconds")
    def _more_than_one_cell(self) -> float:
        """Return a limit within which one cell that takes all its time leaves some for others."""
        return max(Limits().total_seconds, self.cell_seconds + Limits().total_seconds / 2)

    @property
    def limits(self) -> Limits:
        """The limits of a guest."""
        return Limits(self.cell_seconds, self.total_seconds)
