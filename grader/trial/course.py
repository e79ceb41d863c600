"""An assignment of a course, tried for a command that grades nobody: its key as it is now."""

from collections.abc import Mapping
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader import gradebook
from grader.errors import BrokenKey
from grader.judge.client import WorkerClient
from grader.judge.limits import SandboxLimits
from grader.submissions import key
from grader.trial import Trial, tried
from grader.trial.reading import keys_in_source
from grader.trial.rehearsal import Rehearsal, rehearse

UNSTEADY = (
    "Tried once more it passed: what it needs may take too long or depend on chance. Make it"
    " steady, or raise c.Sandbox.cell_seconds."
)


def try_stored(directory: CourseDirectory, config: Config) -> dict[str, Trial]:
    """
    Try the key that the gradebook holds of the assignment of a directory. Raises: BrokenKey.
    """
    keys, seed = _stored(directory)
    settings = SandboxLimits(config=config)
    limits, level = settings.limits, settings.level_of_keys
    with WorkerClient(level, limits, seed) as worker:
        return tried(directory, config, keys, limits, worker.grade, level.name, seed)


def try_for_real(
    directory: CourseDirectory, config: Config, stored: bool
) -> tuple[dict[str, Trial], Rehearsal]:
    """
    Try the key of an assignment, `stored` in the gradebook or as it is in source/, and grade one of
    its notebooks as if it were handed in, whatever was kept of an earlier trial.

    Raises: BrokenKey where that is not worth full marks.
    """
    keys, seed = _stored(directory) if stored else (keys_in_source(directory, config), "")
    settings = SandboxLimits(config=config)
    limits, level = settings.limits, settings.level_of_keys
    with WorkerClient(level, limits, seed) as worker:
        rest = keys, limits, worker.grade, level.name, seed
        trials = tried(directory, config, *rest)
        found = rehearse(directory, config, keys, trials, worker.grade)
        if found.missed:
            tried(directory, config, *rest, anew=True)  # tells all that is wrong
            raise BrokenKey(f"{found}: {found.missed[0]} {UNSTEADY}")
    return trials, found


def _stored(directory: CourseDirectory) -> tuple[dict[str, key.Key], str]:
    """Return the keys in the gradebook, and the seed of hidden data."""
    place = directory.format_path(directory.source_directory, ".", directory.assignment_id)
    with gradebook.use(directory) as book:
        seed = gradebook.seed(book, directory.assignment_id)
        return key.read_all(book, directory.assignment_id, Path(place)), seed


def notes(trials: Mapping[str, Trial]) -> list[str]:
    """Return what a teacher should know about the checks of an assignment, a line each."""
    return [
        f"{name}.ipynb, {line}" for name, trial in sorted(trials.items()) for line in trial.notes()
    ]
