"""How late a submission is, and what the configured plugin takes off for that."""

import functools
import logging
import math
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

from traitlets.config import Config
from traitlets.utils.importstring import import_item

from grader.course import course_directory
from grader.errors import GraderError

if TYPE_CHECKING:
    from nbgrader.preprocessors import AssignLatePenalties

LONGEST = 200  # characters of what a plugin says about its own mistake


def seconds_late(
    timestamp: datetime | None, duedate: datetime | None, extension: timedelta | None
) -> float:
    """Return the seconds between the due date, with a learner's extension, and the submission."""
    due = due_at(duedate, extension)
    if timestamp is None or due is None:
        return 0.0
    return max(0.0, (timestamp - due).total_seconds())


def due_at(duedate: datetime | None, extension: timedelta | None) -> datetime | None:
    """Return when a learner's work is due (in UTC), with the extension; None for no due date."""
    return None if duedate is None else duedate + (extension or timedelta())


class LatePolicy:
    """The AssignLatePenalties that nbgrader's Autograde would use with this configuration."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def check(self) -> None:
        """Stop with one line where the configuration names a plugin that cannot be made."""
        if "plugin_class" in self._config.AssignLatePenalties:
            _ = self._step

    def penalty(self, student: str, score: float, late: float) -> float | None:
        """
        Return the points that a notebook loses, from 0 to its score; None for no penalty.

        Raises: GraderError where the course's plugin fails or gives no number.
        """
        if self._step is None:
            return None
        try:
            points = self._step.plugin_inst.late_submission_penalty(student, score, late)
            if points is None:
                return None
            points = float(self._step._check_late_penalty(SimpleNamespace(score=score), points))
            if not math.isfinite(points):
                raise ValueError(f"{points} is no number of points")
        except (Exception, SystemExit) as error:  # whatever an instructor's own plugin raises
            name = type(self._step.plugin_inst).__name__
            raise GraderError(
                f"The late penalty of {student} cannot be told: the plugin {name} stopped with"
                f" {_line(error)}. Nothing was taken off. Put the plugin right, see"
                " c.AssignLatePenalties.plugin_class in nbgrader_config.py."
            ) from None
        return points

    @functools.cached_property
    def _step(self) -> "AssignLatePenalties | None":
        """Return the preprocessor with its plugin, made only when somebody is late."""
        try:
            return self._made()
        except (
            Exception,
            SystemExit,
        ) as error:  # from a class of the course's own
            name = self._config.AssignLatePenalties.get("plugin_class", "LateSubmissionPlugin")
            name = getattr(name, "__name__", name)
            raise GraderError(
                f"The late penalties cannot be told: the plugin {name} cannot be used:"
                f" {_line(error)}. Put it right: c.AssignLatePenalties.plugin_class in"
                " nbgrader_config.py names a class of a module that stands in the course folder or"
                " is installed."
            ) from None

    def _made(self) -> "AssignLatePenalties | None":
        """Make the preprocessor that the course configures; None where it has none."""
        # Imported here: where nobody is late nobody needs them, and nbconvert takes long.
        from nbgrader.converters import Autograde
        from nbgrader.preprocessors import AssignLatePenalties

        _find(self._config.AssignLatePenalties.get("plugin_class"))
        log = logging.Logger("late penalties")  # its own: it tells of every single notebook
        log.addHandler(logging.NullHandler())
        converter = Autograde(
            coursedir=course_directory(self._config), config=self._config, log=log
        )
        for entry in converter.autograde_preprocessors:
            kind = import_item(entry) if isinstance(entry, str) else entry
            if isinstance(kind, type) and issubclass(kind, AssignLatePenalties):
                step = kind(parent=converter)
                step.init_plugin()
                return step if step.enabled else None
        return None


def _find(plugin: object) -> None:
    """Import a plugin that is configured by name: traitlets does not tell what is wrong with it."""
    from nbgrader.plugins import BasePlugin

    if isinstance(plugin, str):
        found = import_item(plugin)
        if not (isinstance(found, type) and issubclass(found, BasePlugin)):
            raise TypeError("it is no subclass of nbgrader.plugins.LateSubmissionPlugin")


def _line(error: BaseException) -> str:
    """Return an error as one line of readable length."""
    words = " ".join(str(error).split())
    text = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
