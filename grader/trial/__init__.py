"""
TRIES A KEY BEFORE ANYBODY IS JUDGED BY IT: its own solutions must get full marks, and an untouched
release none. An author's slip then stops the assignment, and neither pays nor fines a class.

    notebook    what one notebook's key and release get in the sandbox, and what is wrong with that
    reading     the two hand-ins that are tried, from the key and the notebook in source/
    kept        trials that went well, by their content: what did not change is not tried again
    rehearsal   one notebook of an assignment graded as if its key were handed in
    course      an assignment of a course, tried for a command that has no worker yet

`grader release`, `grader grade`, `grader doctor`, `nbgrader autograde` and the formgrader's button
all ask here.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets import Bool, List, Unicode
from traitlets.config import Config, Configurable

from grader.errors import BrokenKey
from grader.judge.task import Graded, Task
from grader.sandbox.limits import Limits
from grader.submissions.key import Key
from grader.trial import kept
from grader.trial.notebook import Fault, Trial, try_notebook
from grader.trial.reading import hand_ins

__all__ = ["KeyTrial", "Trial", "tried"]

Grade = Callable[[Task], Graded]
MOST = 20  # faults told at a time


class KeyTrial(Configurable):
    """What a course allows its own checks."""

    allow_blank = List(
        Unicode(),
        help="Grade ids of checks that may give points to an untouched release; * stands for any"
        " letters, and an assignment may stand before it, as in 'week1/check_*'.",
    ).tag(config=True)
    allow_missed = List(
        Unicode(),
        help="Grade ids of checks that the key itself may miss, written like those of allow_blank:"
        " for notebooks in source/ that hold no solutions. Nobody knows then whether the check"
        " is right; it is judged outside the learner's process, or waits for a person.",
    ).tag(config=True)
    forbid_inside = Bool(
        False,
        help="Whether an assignment is refused if one of its checks has to run beside learner"
        " code, where its mark can be forged.",
    ).tag(config=True)


def tried(
    directory: CourseDirectory,
    config: Config,
    keys: Mapping[str, Key],
    limits: Limits,
    grade: Grade,
    where: str,
    seed: str,
    anew: bool = False,
) -> dict[str, Trial]:
    """
    Return what the trial of each notebook of an assignment showed, with the keys that it is to be
    graded by. `directory` says which assignment.

    `grade` runs a task in a sandbox, `where` says which kind of sandbox that is and `seed` what
    hidden tests draw. With `anew` nothing that was kept counts. A BrokenKey names each check that
    gives the key less than its points, or an untouched release any.
    """
    rules, assignment = KeyTrial(config=config), directory.assignment_id
    pairs = hand_ins(directory, config, keys)
    place = Path(directory.root)
    allowed = rules.allow_missed, rules.allow_blank, rules.forbid_inside
    name = kept.name_of(pairs, limits, where, seed, *allowed)
    if anew:
        kept.forget(place, name)
    elif (found := kept.read(place, name, pairs)) is not None:
        return found
    found = {notebook: try_notebook(*pair, grade) for notebook, pair in pairs.items()}
    faults = [
        (notebook, fault)
        for notebook, trial in found.items()
        for fault in trial.faults_for(*allowed, assignment)
    ]
    if faults:
        raise BrokenKey(_listed(assignment, faults))
    kept.write(place, name, found)
    return found


def _listed(assignment: str, faults: list[tuple[str, Fault]]) -> str:
    """Return all faults of an assignment, a line each."""
    lines = [f"  {notebook}.ipynb, {fault}" for notebook, fault in faults]
    more = [f"  … and {len(lines) - MOST} more."] if len(lines) > MOST else []
    return "\n".join(
        [f"Nobody can be graded by the key of {assignment} as it is:", *lines[:MOST], *more]
    )
