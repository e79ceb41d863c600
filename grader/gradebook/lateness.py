"""How late a submission is, and what the configured plugin takes off for that."""

import functools
import logging
from datetime import datetime, timedelta
from types import SimpleNamespace

from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from grader.course import course_directory
from grader.errors import GraderError


def seconds_late(
    timestamp: datetime | None, duedate: datetime | None, extension: timedelta | None
) -> float:
    """Return the seconds between the due date, with a learner's extension, and the submission."""
    if timestamp is None or duedate is None:
        return 0.0
    return max(0.0, (timestamp - (duedate + (extension or timedelta()))).total_seconds())


class LatePolicy:
    """The AssignLatePenalties that nbgrader's Autograde would use with this configuration."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def penalty(self, student: str, score: float, late: float) -> float | None:
        """Return the points that a notebook loses, from 0 to its score; None for no penalty."""
        if self._step is None:
            return None
        try:
            points = self._step.plugin_inst.late_submission_penalty(student, score, late)
            if points is None:
                return None
            return self._step._check_late_penalty(SimpleNamespace(score=score), points)
        except Exception as error:  # whatever an instructor's own plugin raises
            name = type(self._step.plugin_inst).__name__
            raise GraderError(
                f"The late penalty of {student} cannot be told: the plugin {name} stopped with"
                f" {type(error).__name__}: {error}"
            ) from None

    @functools.cached_property
    def _step(self) -> AssignLatePenalties | None:
        """Return the preprocessor with its plugin, made only when somebody is late."""
        from nbgrader.converters import Autograde

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
