"""
Everything that the grader itself reports as gone wrong.

    GraderError                 one clear line for the user, exit code 1
    ├── UsageError              the command was called in a wrong way, exit code 2
    │   ├── NotACourse          the folder is no course folder
    │   ├── NoAssignment        no assignment of this name in source/
    │   └── NoSubmission        nobody of this name has handed in
    ├── Leftover                a file beside the notebooks would ship with them
    ├── NoKey                   the gradebook has no usable key of the assignment
    ├── BrokenKey               the key misses its own checks, or an untouched release is paid
    ├── NoExamples              no examples can be drawn from a key for the learners' checks
    ├── NotGraded               marks were asked for before grading
    ├── NothingToShow           a class made no mistake that a lesson could show
    ├── NotANotebook            a file cannot be read as a notebook
    ├── WallMissing             this machine cannot lock learner code in
    ├── SandboxFailed              the sandbox does not start, or not again
    └── NbgraderFailed          nbgrader stopped; its own last words are in the message

A message says what is wrong and what to do. A learner's mistake is no error of this tree, it is a
mark.
"""


class GraderError(Exception):
    """Stands for anything that the command line tells in one line instead of a stack trace."""

    exit_code = 1


class UsageError(GraderError):
    """Says that a command was called in a way that cannot work."""

    exit_code = 2


class NotACourse(UsageError):
    """Says that a folder has no nbgrader_config.py or no source/."""


class NoAssignment(UsageError):
    """Says that source/ has no assignment of the given name."""


class NoSubmission(UsageError):
    """Says that submitted/ has nothing from a learner who was named."""


class Leftover(GraderError):
    """Names a file in a source folder that would be released with the notebooks."""


class NoKey(GraderError):
    """Says that the gradebook cannot take over the key of an assignment."""


class BrokenKey(GraderError):
    """Names the checks that the key itself misses, and those that pay an untouched release."""


class NoExamples(GraderError):
    """Says what keeps release from drawing examples from a model answer."""


class NotGraded(GraderError):
    """Says that an assignment has no marks yet."""


class NothingToShow(GraderError):
    """Says why a class's work makes no lesson."""


class NotANotebook(GraderError):
    """Says in a few words why a file cannot be read as a notebook."""


class WallMissing(GraderError):
    """Says what to install so that learner code can be locked in."""


class SandboxFailed(GraderError):
    """Carries the last words of a sandbox that does not start."""


class NbgraderFailed(GraderError):
    """Carries the last words of a converter or exchange class of nbgrader."""
