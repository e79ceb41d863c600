"""
Which wrong answers are worth a lesson: they are put into groups of the same mistake, and of the
largest groups one answer each is shown. Decides only; reads and runs nothing.

The same mistake is: in the same task the same rule was missed first, and the learners were told
the same, but for the code and the numbers in it. One rule may be missed in several ways (a typed-in
number and a forgotten colon are both no right line), so the rule alone is too coarse; and the code
alone is too fine, for hardly two learners write the same.
"""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.checks.verdict import ALSO

MOST = 3  # questions of a lesson
MOST_OF_A_TASK = 2
LINE = re.compile(r"\b([Ll]ine )(\d+)\b")
OWN = re.compile(r"`[^`]*`|\d+")  # what a sentence takes from one learner's code


@dataclass(frozen=True, slots=True)
class Answer:
    """
    A wrong answer of one learner: its task, as notebook and answer cell, the check that missed it,
    where that stands in the course, what was missed and told, the code without its remarks, and the
    numbers that its lines had with them.
    """

    student: str
    notebook: str
    answer_id: str
    check_id: str
    place: tuple[int, int]
    rule: str
    message: str
    code: str
    lines: tuple[int, ...] = ()

    @property
    def told(self) -> str:
        """What the learner was told first, on one line."""
        return " ".join(self.message.partition(ALSO)[0].split())

    @property
    def told_of_code(self) -> str:
        """The same, with the numbers that lines have in the code as it is shown."""
        now = {str(old): str(new) for new, old in enumerate(self.lines, 1)}
        return LINE.sub(lambda found: found[1] + now.get(found[2], found[2]), self.told)


@dataclass(frozen=True, slots=True)
class Mistake:
    """The answers of some learners with the same mistake, and the one that stands for them."""

    shown: Answer
    learners: int


def _alike(code: str) -> int:
    """Rank all code the same."""
    return 0


def chosen(answers: Iterable[Answer], rank: Callable[[str], int] = _alike) -> list[Mistake]:
    """
    Return the commonest mistakes, at most three and two of a task, those of a single learner only
    where there are not enough others. Of equally common ones the earlier in the course comes first.
    `rank` says which code is rather shown: the lower one.
    """
    groups: dict[tuple[str, str, str, str], list[Answer]] = defaultdict(list)
    for one in answers:
        groups[one.notebook, one.answer_id, one.rule, OWN.sub("", one.told)].append(one)
    ordered = sorted(groups.values(), key=lambda own: (-len(own), own[0].place, own[0].told))
    found: list[Mistake] = []
    of_task: Counter[tuple[str, str]] = Counter()
    for own in ordered:
        task = own[0].notebook, own[0].answer_id
        if len(found) < MOST and of_task[task] < MOST_OF_A_TASK:
            of_task[task] += 1
            found.append(Mistake(typical(own, rank), len(own)))
    return found


def typical(answers: Sequence[Answer], rank: Callable[[str], int] = _alike) -> Answer:
    """Return the answer that stands for others: of the lowest rank, written as most, and short."""
    often = Counter(shape(one.code) for one in answers)
    return min(
        answers,
        key=lambda one: (rank(one.code), -often[shape(one.code)], len(one.code), one.code),
    )


def shape(code: str) -> str:
    """
    Return what a code is apart from its layout, its quotes and the names it gives; the text itself
    for what Python cannot read.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return " ".join(code.split())
    given: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.setdefault(node.id, f"name {len(given)}")
        elif isinstance(node, ast.arg):
            given.setdefault(node.arg, f"name {len(given)}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = given.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = given[node.arg]
    try:
        return ast.dump(tree)
    except RecursionError:
        return " ".join(code.split())
