"""
What the key of one notebook and its untouched release get, and what is wrong with that.

A check that the key does not pass outside the learner's process is tried inside it. It is judged
there only if the key then gets all its points and the untouched release none. So it is the key that
decides where a check is judged, and no submission can ask for the easier way.
"""

import ast
import builtins
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from grader.graded.result import NOT_CHECKED, CheckResult
from grader.judge.sources import HEAVY, always_true, handed_over, imports_words, names_bound
from grader.judge.task import (
    ANSWER,
    CHECK,
    GIVEN,
    LOST,
    Cell,
    Graded,
    GradedCell,
    Reference,
    Task,
)
from grader.sandbox.walls import NO_PROGRAMS, met

Grade = Callable[[Task], Graded]
Results = dict[str, GradedCell]
LISTING = """import os
print([os.path.join(place, name)[2:] for place, _, names in os.walk('.') for name in names])
"""
MODULES = "print(sorted(__import__('sys').modules))"
NAME = re.compile(r"[A-Za-z_][\w.]*")
STOPPED = ("KeyboardInterrupt", "TimeoutError")  # what the time limit looks like in a cell


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a check, and the author's next step."""

    cell_id: str
    points: float
    text: str

    def __str__(self) -> str:
        worth = f" ({with_noun(self.points)})" if self.points else ""
        return f"{self.cell_id}{worth}: {self.text}"


@dataclass(frozen=True, slots=True)
class Trial:
    """
    What trying a notebook showed. `checks` are its checks with their points. `blank` is what an
    untouched release gets for a check, where that is anything, and None where it could not be
    graded. `why` says what keeps each check inside from being judged outside. `faults` are checks
    that the key misses, which are never judged inside, and checks that nobody can miss. `written`
    are files that the key's cells leave behind.
    """

    reference: Reference
    checks: dict[str, float] = field(default_factory=dict)
    blank: dict[str, float | None] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    written: tuple[str, ...] = ()

    def faults_for(
        self,
        allow_missed: Iterable[str],
        allow_blank: Iterable[str],
        forbid_inside: bool,
        assignment: str,
    ) -> Iterator[Fault]:
        """Yield what a course with these rules does not let pass."""
        missed = [one for one in self.faults if not _allowed(allow_missed, assignment, one.cell_id)]
        yield from missed
        told = {one.cell_id for one in missed}
        for name, score in self.blank.items():
            if name not in told and not _allowed(allow_blank, assignment, name):
                yield Fault(name, self.checks[name], _for_nothing(name, score))
        for name in self.reference.inside if forbid_inside else ():
            yield Fault(name, self.checks[name], _forbidden(self.why[name]))

    def notes(self) -> Iterator[str]:
        """Yield a line for each check that a teacher should know about."""
        for name in self.reference.inside:
            yield (
                f"{name} ({with_noun(self.checks[name])}):"
                " judged beside learner code: can be forged"
            )
        for name, score in self.blank.items():
            yield f"{name}: an untouched release gets {with_noun(score)}"
        for fault in self.faults:
            yield f"{fault}"
        if told := self.told_of_files():
            yield told

    def told_of_files(self) -> str:
        """Return a line about files that the key's cells write: nbgrader would keep them."""
        if not self.written:
            return ""
        more = f" and {len(self.written) - 3} more" if len(self.written) > 3 else ""
        return (
            f"its cells write {', '.join(self.written[:3])}{more}: files that cells write stay in"
            " the sandbox, and do not lie in autograded/"
        )


def with_noun(number: float | None) -> str:
    """Return points with their noun: 1 point, 2.5 points."""
    return "no mark" if number is None else f"{number:g} point{'s' * (number != 1)}"


def reference_of(key: Task) -> Reference:
    """Return what the text of a key says about how it is judged."""
    own = names_bound(cell.source for cell in key.cells if cell.role != CHECK)
    asked_for = tuple(sorted(name for name in own if hasattr(builtins, name)))
    handed = handed_over(
        [cell.source for cell in key.cells if cell.role != CHECK],
        [cell.source for cell in key.cells if cell.role == CHECK],
    )
    return Reference(
        (), asked_for, models_of(key), handed=handed, given=dict(key.given), objects=None
    )


def models_of(key: Task) -> dict[str, str]:
    """Return the solutions of a key by cell."""
    return {cell.cell_id: cell.source for cell in key.cells if cell.role == ANSWER}


def try_notebook(key: Task, blank: Task, grade: Grade) -> Trial:
    """Grade a notebook with the solutions of its key, and one as it is released."""
    checks = {cell.cell_id: cell for cell in key.cells if cell.role == CHECK}
    known = reference_of(key)
    before, after, listing = (
        Cell(f"{name}-{'-'.join(checks)}", GIVEN, source)
        for name, source in (("before", MODULES), ("after", MODULES), ("files", LISTING))
    )
    with_listing = replace(key, cells=(before, *key.cells, after, listing))
    outside = _graded(with_listing, known, grade)
    if _starts_programs(key, outside):
        known = replace(known, programs=True)
        outside = _graded(with_listing, known, grade)
    objects = tuple(name for name in checks if outside[name].leaned)
    loaded = _loaded(_names(outside[before.cell_id]), _names(outside[after.cell_id]))
    known = replace(known, objects=objects, took=_took(key, outside), loaded=loaded)
    inside = tuple(
        name
        for name, cell in checks.items()
        if not _is_full(cell, outside) and not imports_words(cell.source)
    )
    found = outside
    if inside:
        found = _graded(key, replace(known, inside=inside, took=None), grade)
        known = replace(known, took=_took(key, found))
    missed = {name for name, cell in checks.items() if not _is_full(cell, found)}
    # Only a check that the key has shown to work may run beside learner code.
    known = replace(known, inside=tuple(name for name in inside if name not in missed))
    paid = _graded(blank, known, grade)
    return Trial(
        reference=known,
        checks={name: cell.points for name, cell in checks.items()},
        blank={
            name: paid[name].score
            for name, cell in checks.items()
            if cell.points and paid[name].score != 0.0
        },
        why={name: _why(outside[name].check) for name in known.inside},
        faults=(
            *(_fault(key, blank, checks[name], found) for name in checks if name in missed),
            *_stopped_cells(key, found),
            *_asserting_nothing(checks.values()),
        ),
        written=_written(outside[listing.cell_id], key),
    )


def _why(result: CheckResult) -> str:
    return result.reason or result.message.strip(" .") or "it is missed there"


def _graded(task: Task, known: Reference, grade: Grade) -> Results:
    return {one.cell_id: one for one in grade(task.judged_by(known)).results}


def _took(key: Task, found: Results) -> dict[str, float]:
    """Return how many seconds each cell of the key took, and the longest question of each check."""
    return {cell.cell_id: round(found[cell.cell_id].took, 3) for cell in key.cells}


def _starts_programs(key: Task, found: Results) -> bool:
    """Tell whether a cell of the key's own was kept from starting a program."""
    own = (cell.cell_id for cell in key.cells if cell.role != CHECK)
    return any(met(found[name].outputs) == NO_PROGRAMS for name in own)


def _names(listing: GradedCell) -> list[str]:
    """Return the names that a cell of ours has printed, as far as that can be told."""
    try:
        names = ast.literal_eval("".join(one["text"] for one in listing.outputs))
    except (KeyError, SyntaxError, ValueError):  # the process ended before, or a cell took `print`
        return []
    right = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if right else []


def _written(listing: GradedCell, key: Task) -> tuple[str, ...]:
    """Return the files that were not there before the cells ran, as far as that can be told."""
    hidden = (".", "__pycache__")
    return tuple(
        name
        for name in sorted(_names(listing))
        if name not in key.files and not any(p.startswith(hidden) for p in name.split("/"))
    )


def _loaded(before: list[str], after: list[str]) -> tuple[str, ...]:
    """
    Return what large libraries imported only when the key's cells used them, as pandas imports
    matplotlib for a plot: the sandbox can have it ready. `before` and `after` are the modules that
    there were. Of a library that was not there before, and is not large, nothing is told.
    """
    packages = {name.split(".")[0] for name in before} - sys.stdlib_module_names
    new = [name for name in sorted(set(after) - set(before)) if NAME.fullmatch(name)]
    if not packages & HEAVY:
        return ()
    return tuple(name for name in new if name.split(".")[0] in packages | HEAVY)


def _is_full(check: Cell, found: Results) -> bool:
    score = found[check.cell_id].score
    return score is not None and score >= check.points


def _fault(key: Task, blank: Task, check: Cell, found: Results) -> Fault:
    """Say what the key misses: the check's sentence, and what stopped a cell of the key before."""
    graded = found[check.cell_id]
    result = graded.check
    got = "no mark" if graded.score is None else f"{graded.score:g} of {check.points:g} points"
    said = result.reason or result.message or "the check says nothing"
    advice = _stopped_cell(key, check, found) or "Correct the solution or the check."
    if result.outcome == NOT_CHECKED:
        advice = "Correct that cell; if it needs longer, raise c.Sandbox.seconds."
    if not _holds_solution(key, blank):
        advice = (
            "source/ holds no solution: write it there, or allow that in nbgrader_config.py:"
            f" c.KeyTrial.allow_missed = [{check.cell_id!r}]"
        )
    return Fault(check.cell_id, check.points, f"the key gets {got}: {said.rstrip('.')}. {advice}")


def _holds_solution(key: Task, blank: Task) -> bool:
    """Tell whether an answer of the key has code that its release does not have."""
    for solved, released in zip(key.cells, blank.cells, strict=True):
        lines = (line.strip() for line in solved.source.splitlines())
        changed = solved.role == ANSWER and solved.source != released.source
        if changed and any(line and not line.startswith("#") for line in lines):
            return True
    return False


def _stopped_cell(key: Task, check: Cell, found: Results) -> str:
    """Say which cell of the key's own stopped before a check, and what to do; "" for none."""
    for cell in key.cells:
        if cell.cell_id == check.cell_id:
            break
        outputs = found[cell.cell_id].outputs if cell.role != CHECK else ()
        error = _error(outputs)
        if error is None or error["ename"] in (*STOPPED, LOST):  # `_stopped_cells` tells these
            continue
        words = f"{error['ename']}: {error['evalue']}".split("\n")[0].rstrip(": ")
        advice = "Correct it."
        if error["ename"] == "ModuleNotFoundError":
            advice = "Install that where grading runs, or do without it."
        return f"The key's own cell {cell.cell_id} stops with {words}. {advice}"
    return ""


def _stopped_cells(key: Task, found: Results) -> Iterator[Fault]:
    """
    Yield the cells of the key that were stopped, or ended Python: what they had done by then may be
    wrong.
    """
    for cell in key.cells:
        error = _error(found[cell.cell_id].outputs) if cell.role != CHECK else None
        if error is not None and error["ename"] in STOPPED:
            text = "this cell of the key does not end in time. Make it quicker, or raise"
            yield Fault(cell.cell_id, 0.0, f"{text} c.Sandbox.seconds.")
        elif error is not None and error["ename"] == LOST:
            yield Fault(cell.cell_id, 0.0, f"a cell of the key: {error['evalue']} Correct it.")


def _asserting_nothing(checks: Iterable[Cell]) -> Iterator[Fault]:
    """Yield the checks with an assertion that nobody can miss."""
    for cell in checks:
        if cell.points and (words := always_true(cell.source)):
            text = f"`{words[:80]}` is true whatever was answered, so nobody can miss it."
            advice = "Write it as `assert condition, message`, without what makes it always true."
            yield Fault(cell.cell_id, cell.points, f"{text} {advice}")


def _error(outputs: Iterable[dict[str, object]]) -> dict[str, str] | None:
    return next((one for one in outputs if one["output_type"] == "error"), None)


def _for_nothing(name: str, score: float | None) -> str:
    """Say what an untouched release gets, and what to do about it."""
    return (
        f"an untouched release gets {with_noun(score)}. Let the check look at the answer, or allow"
        f" it in nbgrader_config.py: c.KeyTrial.allow_blank = [{name!r}]"
    )


def _forbidden(why: str) -> str:
    return (
        f"it can only be judged beside learner code, where its mark can be forged ({why}), and"
        " c.KeyTrial.forbid_inside rules that out. Let it compare plain data."
    )


def _allowed(patterns: Iterable[str], assignment: str, cell_id: str) -> bool:
    names = cell_id, f"{assignment}/{cell_id}"
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
