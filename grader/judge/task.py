"""
What there is to grade, and what came of it, as plain data.

A `Task` is one restored notebook: its cells in order, the quiz answers saved in it, and the files
beside it. Check cells carry the source of the key. `Graded` holds one `GradedCell` a code cell.
"""

from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field, replace

from grader.graded.result import NOT_GRADED, CheckResult

LEARNERS = "learner's"
ANSWER = "answer"
GIVEN = "given"
CHECK = "check"
TUPLES = ("inside", "asked_for", "handed", "loaded")  # of a task, lists in JSON
LOST = "CellLost"  # the error that a cell shows which ended Python


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One code cell. `role`: a check from the key, another cell of the key that holds a learner's
    answer or was given (locked code), or a cell the learner added.
    """

    cell_id: str
    role: str
    source: str
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class Reference:
    """
    What the key's own solutions say about how a notebook is judged: `inside` are the checks that
    run beside learner code, because they need live objects, `asked_for` names of Python's that the
    exercise wants defined, `models` the solutions by cell, `programs` whether they start some, and
    `handed` names that a check gives a value to for the functions of the solutions; `given` the
    course's own files beside the notebook, as checks read them. `objects` are the checks that are
    about objects of the learner's, and `took` the seconds of each cell and of the longest question
    of each check; both None where that is to be found out. `loaded` are modules that large
    libraries imported when the solutions used them.
    """

    inside: tuple[str, ...] = ()
    asked_for: tuple[str, ...] = ()
    models: dict[str, str] = field(default_factory=dict)
    programs: bool = False
    handed: tuple[str, ...] = ()
    given: dict[str, bytes] = field(default_factory=dict)
    objects: tuple[str, ...] | None = ()
    took: dict[str, float] | None = None
    loaded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """
    One notebook to grade. `answers` are quiz answers by question, `files` what lies beside the
    notebook. `skip` are checks that took the grader down before, with the reason. All else is that
    of its `Reference`.
    """

    cells: tuple[Cell, ...]
    answers: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    inside: tuple[str, ...] = ()
    asked_for: tuple[str, ...] = ()
    models: dict[str, str] = field(default_factory=dict)
    programs: bool = False
    handed: tuple[str, ...] = ()
    given: dict[str, bytes] = field(default_factory=dict)
    objects: tuple[str, ...] | None = ()
    took: dict[str, float] | None = None
    loaded: tuple[str, ...] = ()
    skip: dict[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, object]:
        """Return the task as data for JSON; `Task.of` is its way back."""
        made = {name: getattr(self, name) for name in self.__slots__}
        made["cells"] = [(one.cell_id, one.role, one.source, one.points) for one in self.cells]
        for kind in ("files", "given"):
            made[kind] = {name: b64encode(data).decode() for name, data in made[kind].items()}
        return made

    def judged_by(self, known: "Reference") -> "Task":
        """Return the task with what the key's own solutions showed."""
        return replace(
            self,
            inside=known.inside,
            asked_for=known.asked_for,
            models=dict(known.models),
            programs=known.programs,
            handed=known.handed,
            given=dict(known.given),
            objects=known.objects,
            took=known.took,
            loaded=known.loaded,
        )

    @classmethod
    def of(cls, plain: dict[str, object]) -> "Task":
        """Build a task from its plain data."""
        made = plain | {key: tuple(plain[key]) for key in TUPLES}
        if plain["objects"] is not None:
            made["objects"] = tuple(plain["objects"])
        made["cells"] = tuple(Cell(*cell) for cell in plain["cells"])
        for kind in ("files", "given"):
            made[kind] = {name: b64decode(data) for name, data in plain[kind].items()}
        return cls(**made)


@dataclass(frozen=True, slots=True)
class GradedCell:
    """
    What came of one code cell: its outputs in nbformat's shape and, for a `check`, its result and
    the score in points, None for a check that could not be graded. `inside` marks a check that had
    to run beside the learner's code, `leaned` one that believed what their objects make of data.
    `took` is how many seconds the cell, or the longest question of the check, computed and waited.
    """

    cell_id: str
    outputs: list[dict[str, object]]
    check: CheckResult | None = None
    score: float | None = None
    inside: bool = False
    leaned: bool = False
    took: float = 0.0

    def plain(self) -> dict[str, object]:
        """Return the cell as data for JSON; `GradedCell.of` is its way back."""
        made = {name: getattr(self, name) for name in self.__slots__}
        return made | {"check": self.check and asdict(self.check)}

    @classmethod
    def of(cls, plain: dict[str, object]) -> "GradedCell":
        """Build a graded cell from its plain data."""
        check = plain["check"]
        return cls(**plain | {"check": check and CheckResult(**check)})


@dataclass(frozen=True, slots=True)
class Graded:
    """
    The results of a notebook's code cells, in the order of the task's cells, and whether learner
    code was locked in.
    """

    results: tuple[GradedCell, ...]
    walls: bool = True


def not_graded(cell: Cell, reason: str) -> GradedCell:
    """Return the result of a check that a person has to look at."""
    sentence = f"Could not be graded: {reason}. A person has to look."
    result = CheckResult(NOT_GRADED, sentence, reason=reason)
    return GradedCell(cell.cell_id, [printed(sentence)], result)


def printed(sentence: str) -> dict[str, object]:
    """Return the output of a cell that printed a sentence."""
    return {"output_type": "stream", "name": "stdout", "text": f"{sentence}\n"}


def zero() -> dict[str, object]:
    """Return the output that means no points to nbgrader."""
    data = {"text/plain": "0.0"}
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
