"""An assignment of a course, tried for a command that grades nobody: its key as it is now."""

from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader import gradebook
from grader.judge.client import WorkerClient
from grader.judge.limits import SandboxLimits
from grader.sandbox import levels
from grader.submissions import key
from grader.trial import Trial, tried
from grader.trial.reading import keys_in_source


def try_stored(directory: CourseDirectory, config: Config) -> dict[str, Trial]:
    """
    Try the key that the gradebook holds of the assignment of a directory. Raises BrokenKey, and
    WallMissing on a machine that has no sandbox.
    """
    place = directory.format_path(directory.source_directory, ".", directory.assignment_id)
    with gradebook.use(directory) as book:
        seed = gradebook.seed(book, directory.assignment_id)
        keys = key.read_all(book, directory.assignment_id, Path(place))
    return _tried(directory, config, keys, seed)


def try_source(directory: CourseDirectory, config: Config) -> dict[str, Trial]:
    """Try an assignment as it is in source/, of which the gradebook may know nothing."""
    return _tried(directory, config, keys_in_source(directory, config), "")


def _tried(
    directory: CourseDirectory, config: Config, keys: dict[str, key.Key], seed: str
) -> dict[str, Trial]:
    limits, level = SandboxLimits(config=config).limits, levels.choose()
    with WorkerClient(level, limits, seed) as worker:
        return tried(directory, config, keys, limits, worker.grade, level.name, seed)


def notes(trials: dict[str, Trial]) -> list[str]:
    """Return what a teacher should know about the checks of an assignment, a line each."""
    return [
        f"{name}.ipynb, {line}" for name, trial in sorted(trials.items()) for line in trial.notes()
    ]
