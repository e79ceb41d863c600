"""The limits of the sandbox as a course configures them."""

import contextlib

from traitlets import Bool, Float, Integer, default
from traitlets.config import Configurable

from grader.sandbox import Level, Limits, levels

DEFAULT = Limits()


class SandboxLimits(Configurable):
    """What the cells of a notebook may use; `c.Sandbox` in nbgrader_config.py."""

    seconds = Float(
        DEFAULT.cell_seconds, help="Seconds for one cell; nbgrader's own timeout counts too."
    ).tag(config=True)
    cell_seconds = Float(help="An older name of `seconds`.").tag(config=True)
    times_the_key = Float(
        DEFAULT.times_the_key, help="How many times as long as the key's own cell one may take, …"
    ).tag(config=True)
    least_seconds = Float(
        DEFAULT.least_seconds, help="… but so many seconds at least, and `seconds` at most."
    ).tag(config=True)
    total_seconds = Float(
        DEFAULT.total_seconds, help="Seconds for all cells of a notebook together."
    ).tag(config=True)
    memory = Integer(
        DEFAULT.memory_mb, min=256, help="MB of memory for all processes of a notebook together."
    ).tag(config=True)
    files = Integer(
        DEFAULT.box_mb, min=1, help="MB of files that a notebook may write; they are not kept."
    ).tag(config=True)
    processes = Integer(
        DEFAULT.processes, min=16, help="Threads and processes of a notebook together."
    ).tag(config=True)
    programs = Bool(
        None,
        allow_none=True,
        help="Whether cells may start other programs (`!`, %%bash, subprocess) in the sandbox; None"
        " as the solutions in source/ do.",
    ).tag(config=True)

    walls = Bool(
        True,
        help="Whether learner code is locked in. False: it runs as you, and can read and change"
        " your files; only for hand-ins that you trust, where no sandbox can be had.",
    ).tag(config=True)

    @classmethod
    def section_names(cls) -> list[str]:
        """Return the sections of the configuration that are read; later ones win."""
        return [*super().section_names(), "JailedExecute", "Sandbox"]  # an old name first

    @default("seconds")
    def _nbgraders_timeout(self) -> float:
        """Return the time limit that a course has set for nbgrader's own Execute, if it has."""
        for section in ("Execute", "ExecutePreprocessor"):
            with contextlib.suppress(TypeError, ValueError):  # None means no limit of the course's
                seconds = float(self.config[section].get("timeout"))  # a text on a command line
                if seconds > 0:
                    return seconds
        return DEFAULT.cell_seconds

    @default("cell_seconds")
    def _seconds(self) -> float:
        return self.seconds

    @default("total_seconds")
    def _more_than_one_cell(self) -> float:
        """Return a limit within which one cell that takes all its time leaves some for others."""
        return max(DEFAULT.total_seconds, self.cell_seconds + DEFAULT.total_seconds / 2)

    @property
    def level(self) -> Level:
        """The level to run learner code at. Raises: WallMissing where this machine has none."""
        return levels.choose() if self.walls else levels.NO_WALLS

    @property
    def level_of_keys(self) -> Level:
        """The level to run the course's own solutions at, which its author trusts."""
        return levels.choose_for_own_code() if self.walls else levels.NO_WALLS

    @property
    def limits(self) -> Limits:
        """The limits of a guest."""
        return Limits(
            cell_seconds=self.cell_seconds,
            least_seconds=self.least_seconds,
            times_the_key=self.times_the_key,
            total_seconds=self.total_seconds,
            memory_mb=self.memory,
            box_mb=self.files,
            processes=self.processes,
            programs=self.programs,
        )
