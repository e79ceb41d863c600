"""An assignment of a course, tried for a command that grades nobody: its key as it is now."""

from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader import gradebook
from grader.documents import key
from grader.executor import JailedExecute
from grader.grading.bench import Bench
from grader.jail import levels
from grader.trial import Trial, tried
from grader.trial.reading import keys_in_source


def try_stored(directory: CourseDirectory, config: Config) -> dict[str, Trial]:
    """
    Try the key that the gradebook holds of the assignment of a directory. Raises BrokenKey, and
    WallMissing on a machine that has no sandbox.
    """
    place = directory.format_path(directory.source_directory, ".", directory.assignment_id)
    given = directory.db_url, directory.course_id, directory.assignment_id
    seed = gradebook.seed(directory, directory.assignment_id)
    return _tried(directory, config, key.read_all(*given, Path(place)), seed)


def try_source(directory: CourseDirectory, config: Config) -> dict[str, Trial]:
    """Try an assignment as it is in source/, of which the gradebook may know nothing."""
    return _tried(directory, config, keys_in_source(directory, config), "")


def _tried(
    directory: CourseDirectory, config: Config, keys: dict[str, key.Key], seed: str
) -> dict[str, Trial]:
    limits, level = JailedExecute(config=config).limits, levels.choose()
    with Bench(level, limits, seed) as bench:
        return tried(directory, config, keys, limits, bench.grade, level.name, seed)


def notes(trials: dict[str, Trial]) -> list[str]:
    """Return what a teacher should know about the checks of an assignment, a line each."""
    return [
        f"{name}.ipynb, {line}" for name, trial in sorted(trials.items()) for line in trial.notes()
    ]
