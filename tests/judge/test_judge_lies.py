"""A guest that lies: whatever it answers, the judge ends with a verdict for every cell."""

import copy
import json
import os
import random
import signal
import threading
from collections import Counter
from dataclasses import replace

import nbformat
import pytest
from support.judging import REFERENCE, course, reference, scores, steps, task
from support.notebooks import FUNCTIONS

from grader.graded import MISSED, NOT_CHECKED, NOT_GRADED, PASSED
from grader.judge.client import WorkerClient
from grader.judge.learner_process import outputs
from grader.judge.notebook import grade
from grader.sandbox import Exited, Limits, Tampered, Timeout
from grader.sandbox.codec import Function, Opaque
from grader.trial.notebook import reference_of

REPLIES = 100_000 if os.environ.get("COURSE_LONG_FUZZ") else 15_000
ODD = [
    None, True, 0, -1, 10**40, 0.8, float("nan"), -0.0, "", "x" * 500, "\ud800", b"\xff", (), [],
    {}, [[]], {"a": 1}, {1: 2}, {(): []}, ..., 1j, {1, 2}, frozenset(), range(3),
    Function("f", "m", "", (("x", 1, False),), 1, False), Function("C", "m", "", None, 2, True),
    Opaque("Yes", "__main__", 3, ""), Opaque("float", "builtins", 0, "too large"),
]  # fmt: skip
METHODS = (
    *("eq", "add", "lt", "len", "iter", "getitem", "hash", "setattr"),
    *("str", "contains", "call", "enter", "exit", "neg"),
)
RIGHT = {
    "run": {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}], "stop": None},
    "get": {"values": {"x": 1, "f": ODD[-4]}},
    "has": {"names": ["x", "f"]},
    "set": {},
    "delete": {},
    "stand_in": {},
    "call": {"value": 1, "printed": "", "args": [[3, 1]], "kwargs": {}},
    "attribute": {"value": 1, "printed": ""},
    "is_instance": {"value": True, "printed": ""},
    "is_subclass": {"value": True, "printed": ""},
    "act": {"value": 1, "printed": ""},
    "number": {"value": [1, 2], "printed": ""},
    "seed": {"value": None, "printed": ""},
    "names": {"names": ["x", "p"]},
    "protocols": {
        "methods": [f"__{name}__" for name in METHODS],
        "kinds": ["Mapping", "Real", "ValueError"],
    },
    "stand_in_for": {"value": Function("f", "m", "", None, 9, False)},
    "known": {"value": Function("len", "builtins", "", None, 8, False), "printed": ""},
    "rerun": {
        "runs": [
            {
                "values": {"accuracy": 0.8, "fairness_threshold": 0.8},
                "same": ["model_results"],
                "printed": "Model fairness check: Accuracy = 0.8, Threshold = 0.8\n",
                "logged": "",
                "stop": ["NameError", "name 'x' is not defined", 0, 1, "x", False],
                "turns": [[0, 1, 2, 3, 4]],
            }
        ]
    },
}
OTHER = course(
    ("answer", "x = 1"),
    ("a", "assert f([3, 1]) == 1 and x == 1", 1),
    ("b", "import math\nassert isinstance(f, object) and math.sqrt(x) and x.real", 1),
    ("c", "y = f([3, 1])\nx = 2\ndel f\nassert y", 1),
    ("d", "for item in x: print(item)\nlen(x)", 1),
)
OBJECTS = course(
    ("answer", "p = object()"),
    ("a", "assert p == p and p + p == 3 and p < p and len(p) == 2 and p[0] == 1", 1),
    ("b", "assert p == 1 or float(p) == 0.5 or p != None\nfor one in p: assert one", 1),
    ("c", "p.x = 3\nassert p.x or isinstance(p, C) or {p: 1}[p] and str(p)", 1),
    ("d", "import random\nrandom.seed(1)\nassert f(lambda n: n + 1)", 1),
    ("g", "assert 'x' in dir()\nf(len)", 1),
    ("e", "assert issubclass(C, C) and f'{p}' and p in [p] and 2 in p\nwith p as q: q(4)", 1),
    ("f", "assert isinstance(p, C)\nimport copy\nassert copy.copy(p) and globals()['p'] and -p", 1),
)


TEXTS = [
    "1", "0.8", "null", "true", "NaN", "-Infinity", "1e999", "[]", "{}", '{"a": 1}', '"x"', "", "x",
    "[" * 100_000, "1" * 10_000, '"\\ud800"', '{"a": 1, "a": 2}', '["woman", 0.5]', "\ud800",
    '{"scores": {"A": 0.9}, "too_small": {}}', '{"status": "OK", "alert": false, "group": null}',
]  # fmt: skip


class LyingRoom:
    """Answers every question with something near the right answer, or with anything."""

    def __init__(self, rng: random.Random, count: Counter[str]) -> None:
        self.rng, self.count, self.closed = rng, count, False
        self.spent = self.took = 0.0

    @property
    def stopped(self) -> bool:
        """Whether the stop button had to be pressed."""
        return self.rng.random() < 0.05

    waited = stopped

    def is_gone(self, seconds: float) -> bool:
        """Tell whether the guest has ended."""
        return self.rng.random() < 0.5

    def ask(
        self, op: str, seconds: float | None = None, waits: float | None = None, **fields: object
    ) -> dict:
        """Lie, or be gone."""
        self.count[op] += 1
        if self.rng.random() < 0.02:
            raise self.rng.choice((Exited, Timeout, Tampered))("so")
        reply = copy.copy(self._right(op, fields))
        for _ in range(self.rng.choice((0, 1, 1, 2))):
            self._spoil(reply)
        return reply

    def _right(self, op: str, fields: dict) -> dict:
        """Return an answer of the right shape; for calls of functions one that may be right."""
        if op == "calls":
            self.plan = json.loads(fields["plan"])
        if op in ("act", "call") and self.rng.random() < 0.3:
            return {"wants": "lent 0", "args": [self.rng.choice(ODD)], "kwargs": {}}
        if op == "go_on" and not hasattr(self, "plan"):
            return RIGHT[self.rng.choice(("act", "call"))]
        if op == "get" and self.rng.random() < 0.5:
            kinds = {"p": Opaque("P", "__main__", 5, ""), "C": ODD[-3], "x": 1, "f": ODD[-4]}
            return {"values": {name: kinds.get(name, 1) for name in fields["names"]}}
        if op not in ("calls", "go_on"):
            return RIGHT[op]
        if self.rng.random() < 0.4:
            name = self.rng.choice(("accuracy", "loan_cases", "fairness_scores", "print", ""))
            return {"wants": name, "args": [self.rng.choice(ODD), [1, 0]], "kwargs": {}}
        return {"cases": [[self._came(act) for act in case] for case in self.plan]}

    def _came(self, act: dict) -> dict:
        """Claim that an act gave something, or stopped with something."""
        printed = self.rng.choice(("", "x\n", "Fairness alert: Week = 8, Group = woman\n"))
        if self.rng.random() < 0.2:
            kind = self.rng.choice(("ValueError", "KeyboardInterrupt", "NameError", "\ud800"))
            return {"raised": [kind, "so"], "kinds": [kind, "Exception"], "printed": printed}
        came = {"value": self.rng.choice(TEXTS), "printed": printed}
        return came | ({"after": self.rng.choice(TEXTS)} if self.rng.random() < 0.1 else {})

    def close(self) -> None:
        """Be gone."""

    def __enter__(self) -> "LyingRoom":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _spoil(self, reply: dict) -> None:
        if not reply or self.rng.random() < 0.1:
            reply[self.rng.choice(("raised", "value", "extra"))] = self.rng.choice(ODD)
            return
        key = self.rng.choice(list(reply))
        inner = reply[key]
        if self.rng.random() < 0.2:
            del reply[key]
        elif isinstance(inner, list) and self._spoil_within(reply, key):
            return
        elif isinstance(inner, dict) and inner and self.rng.random() < 0.6:
            reply[key] = inner | {self.rng.choice(list(inner)): self.rng.choice(ODD)}
        elif isinstance(inner, list) and inner and self.rng.random() < 0.6:
            reply[key] = [self.rng.choice(ODD) if self.rng.random() < 0.4 else x for x in inner]
        else:
            reply[key] = self.rng.choice(ODD)

    def _spoil_within(self, reply: dict, key: str) -> bool:
        """Lie about a run, most of the time, where there are runs."""
        runs = reply[key]
        if not runs or type(runs[0]) is not dict or self.rng.random() < 0.3:
            return False
        reply[key] = [dict(runs[0])]
        self._spoil(reply[key][0])
        return True


class LyingSandbox:
    """A sandbox whose guests lie."""

    limits = Limits()

    def __init__(self, seed: int, count: Counter[str]) -> None:
        self.rng, self.count = random.Random(seed), count

    def open(self, files: object = None, **asked: bool) -> LyingRoom:
        """Open another liar."""
        return LyingRoom(self.rng, self.count)

    def warm(self, modules: object) -> None:
        """Need nothing."""

    def has_to_load(self, modules: object) -> bool:
        """Have everything ready."""
        return False


@pytest.mark.slow
def test_no_lie_crashes_the_judge_or_takes_more_than_the_points(monkeypatch):
    """
    Thousands of answers, random or changed (100,000 with COURSE_LONG_FUZZ=1): every cell gets a
    result, and a score in its bounds.
    """
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    count, seed = Counter(), 0
    functions = [task({}, name).judged_by(reference_of(task({}, name))) for name in FUNCTIONS]
    objects = replace(OBJECTS, objects=None)
    tasks = (OTHER, reference(), objects, *functions)
    every = set(RIGHT) | {"calls", "go_on"}
    while count.total() < REPLIES or (every - set(count) and count.total() < 5 * REPLIES):
        work = tasks[seed % len(tasks)]
        results = list(grade(work, LyingSandbox(seed, count)))
        for cell, result in zip(work.cells, results, strict=True):
            assert cell.cell_id == result.cell_id
            if cell.points:
                assert result.check.outcome in (PASSED, MISSED, NOT_CHECKED, NOT_GRADED)
                assert result.score is None or 0 <= result.score <= cell.points, seed
        seed += 1
    assert every == set(count)


@pytest.mark.parametrize("seed", range(200))
def test_outputs_are_sound_whatever_is_claimed(seed):
    """What is kept of claimed outputs has nbformat's shape, and only texts where texts belong."""
    rng = random.Random(seed)
    claimed = [
        {
            "output_type": rng.choice(("stream", "error", "display_data", "execute_result", 7)),
            **{
                key: rng.choice([*ODD, "text", {"text/plain": "x"}, ["a", "b"]])
                for key in ("name", "text", "data", "metadata", "ename", "evalue", "traceback")
                if rng.random() < 0.8
            },
        }
        for _ in range(10)
    ]

    for output in outputs(claimed):
        shape = nbformat.from_dict(output)
        nbformat.validate(shape, ref="output", version=4, version_minor=5)
        json.dumps(output, allow_nan=False).encode()
        str(output).encode()


@pytest.mark.slow
def test_processes_can_be_killed_while_notebooks_are_graded(worker):
    """
    kill -9 of guests, servers and bubblewrap at random points, once in a notebook, costs no learner
    a mark, and hangs nobody.
    """
    rng, wanted = random.Random(4), [2.0, 1.0, 4.0, 3.0]
    wrong = steps(REFERENCE[1], "fairness_threshold = 0.9", REFERENCE[3], REFERENCE[4])
    with WorkerClient(worker.level, worker.limits) as victim:
        victim.grade(reference())
        done, rested, killed = threading.Event(), threading.Event(), []

        def hunt() -> None:
            while not done.wait(rng.uniform(0.2, 1.0)):
                prey = descendants(victim._process.pid)
                if prey and rested.is_set():
                    rested.clear()
                    killed.append(rng.choice(prey))
                    os.kill(killed[-1], signal.SIGKILL)

        hunter = threading.Thread(target=hunt)
        hunter.start()
        try:
            while len(killed) < 8:
                assert wanted == scores(victim.grade(reference()).results)
                rested.set()
                assert [2.0, 0.0, 4.0, 3.0] == scores(victim.grade(wrong).results)
                rested.set()
        finally:
            done.set()
            hunter.join()


def descendants(pid: int) -> list[int]:
    """Return the processes below a process."""
    found: list[int] = []
    todo = [pid]
    while todo:
        parent = todo.pop()
        try:
            with open(f"/proc/{parent}/task/{parent}/children") as children:
                own = [int(child) for child in children.read().split()]
        except OSError:
            continue
        found += own
        todo += own
    return found
