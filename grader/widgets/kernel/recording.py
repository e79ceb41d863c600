"""
A loop as it was recorded, turn by turn, and how it is kept: as plain data that is looked through
when it comes back, for it may come from a process in which a learner's code ran.
"""

from dataclasses import asdict, dataclass, field

from grader.widgets.loop import Pair, Plan

TURNS = 100  # what is recorded of one run at most
LONGEST_VALUE, LONGEST_TEXT, LONGEST_SOURCE = 60, 400, 20_000  # characters
MOST_LINES = 2000  # lines that ran in one turn


@dataclass(slots=True)
class Turn:
    """
    One turn: the lines that ran, what `for` set, the two entries at this index, whether they are
    equal (None where that cannot be said), and the counters after it.
    """

    lines: list[int]
    targets: list[str]
    pair: list[str] | None
    match: bool | None
    counters: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Recording:
    """
    The loop of one run of a cell. `problem` says why there are no turns, `more` that there were
    more than these; `stop` is where and how the loop broke off: (line, error). `came` is what came
    of the run in a few words, "" where nobody asked.
    """

    source: str = ""
    problem: str = ""
    plan: Plan | None = None
    start: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    more: bool = False
    stop: tuple[int, str] | None = None
    came: str = ""


def as_data(found: Recording) -> dict[str, object]:
    """Return a recording as data for JSON; `from_data` is its way back."""
    return asdict(found)


def from_data(data: object) -> Recording:
    """Return the recording that is kept as this data. Raises: ValueError for anything else."""
    try:
        found = Recording(**data)
        found.plan = _plan(found.plan)
        found.turns = [Turn(**turn) for turn in found.turns]
        found.stop = tuple(found.stop) if type(found.stop) is list else found.stop
        sound = _is_sound(found)
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"This is no recorded loop: {error}") from None
    if not sound:
        raise ValueError("This is no recorded loop.")
    return found


def _plan(kept: object) -> Plan | None:
    if kept is None:
        return None
    pair = kept["pair"] and Pair(**kept["pair"])
    if pair is not None:
        pair = Pair(pair.data, tuple(pair.keys), tuple(pair.names))
    names = {name: tuple(kept[name]) for name in ("targets", "counters")}
    return Plan(**kept | names | {"pair": pair})


def _is_sound(found: Recording) -> bool:
    """Tell whether all in a recording is of the form that the recorder gives it."""
    plan = found.plan
    texts = _is_text(found.source, LONGEST_SOURCE) and _is_text(found.problem, LONGEST_TEXT)
    texts = texts and _is_text(found.came, LONGEST_TEXT) and type(found.more) is bool
    if not texts or plan is None:
        return texts and not found.turns and found.stop is None and found.start == []
    last = found.source.count("\n") + 1
    return (
        all(type(n) is int and 1 <= n <= last for n in (plan.first, plan.body, plan.last))
        and _are_texts(list(plan.targets), len(plan.targets))
        and _are_texts(list(plan.counters), len(plan.counters))
        and (plan.pair is None or _are_texts([*plan.pair.keys, *plan.pair.names], 4))
        and (found.start == [] or _are_texts(found.start, len(plan.counters)))
        and (not found.turns or len(found.start) == len(plan.counters))
        and len(found.turns) <= TURNS
        and all(_is_turn(turn, plan, last) for turn in found.turns)
        and (found.stop is None or _is_stop(found.stop, last))
    )


def _is_turn(turn: Turn, plan: Plan, last: int) -> bool:
    lines = type(turn.lines) is list and len(turn.lines) <= MOST_LINES
    return (
        lines
        and all(type(line) is int and 1 <= line <= last for line in turn.lines)
        and _are_texts(turn.targets, len(plan.targets))
        and _are_texts(turn.counters, len(plan.counters))
        and (turn.pair is None or (plan.pair is not None and _are_texts(turn.pair, 2)))
        and (turn.match is None or type(turn.match) is bool)
    )


def _is_stop(stop: object, last: int) -> bool:
    sound = type(stop) is tuple and len(stop) == 2 and type(stop[0]) is int
    return sound and 1 <= stop[0] <= last and _is_text(stop[1], LONGEST_TEXT)


def _are_texts(found: object, number: int) -> bool:
    sound = type(found) is list and len(found) == number
    return sound and all(_is_text(one, LONGEST_VALUE) for one in found)


def _is_text(found: object, longest: int) -> bool:
    return type(found) is str and len(found) <= longest
