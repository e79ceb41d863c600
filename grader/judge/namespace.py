"""
The names that a check cell sees: its own, then Python's, then the learner's.

A learner's `abs` or `len` does not reach a check, unless the exercise asks for a function of that
name. Of what the check binds, only names that the learner has reach the sandbox: `del squares`
takes the function away there too, while the check's own data stays here.
"""

import builtins

from grader.judge.crossing import far
from grader.judge.remote import Learner
from grader.sandbox.codec import CodecError, NotPlain, dumps


class Namespace(dict):
    """
    A check cell's globals, with the learner's names behind them. `asked_for` are names of Python's
    that the exercise wants the learner to define, `handed` names that a check gives a value to for
    the learner's functions.
    """

    def __init__(
        self,
        learner: Learner,
        asked_for: tuple[str, ...] = (),
        handed: tuple[str, ...] = (),
    ) -> None:
        super().__init__(__name__="__main__")
        self._learner, self._asked_for, self._handed = learner, asked_for, frozenset(handed)
        self._fetched: dict[str, bytes | None] = {}
        self._changed: set[str] = set()
        self._gone: set[str] = set()
        self._taken: set[str] = set()  # names of the learner's that a check has deleted

    def __missing__(self, name: str) -> object:
        pythons = hasattr(builtins, name) and name not in self._asked_for
        if pythons or name in self._gone or name.startswith("__"):
            raise KeyError(name)
        value = self._learner.get(name)
        super().__setitem__(name, value)
        self._fetched[name] = _bytes(value)
        return value

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, value)
        self._changed.add(name)
        self._gone.discard(name)

    def __contains__(self, name: object) -> bool:
        if dict.__contains__(self, name) or type(name) is not str:
            return dict.__contains__(self, name)
        return name not in self._gone and not name.startswith("__") and self._learner.has(name)

    def get(self, name: str, default: object = None) -> object:
        """Return a value by name, the check's or the learner's, or a default."""
        try:
            return self[name]
        except KeyError:
            return default

    def keys(self) -> list[str]:
        """Return the check's names, and then the learner's."""
        theirs = self._learner.names()
        own = list(super().keys())
        return own + [name for name in theirs if name not in self._gone and name not in own]

    def items(self) -> list[tuple[str, object]]:
        """Return all names with their values."""
        return [(name, self[name]) for name in self.keys()]

    def values(self) -> list[object]:
        """Return the values of all names."""
        return [self[name] for name in self.keys()]

    def __delitem__(self, name: str) -> None:
        if not dict.__contains__(self, name):
            self[name]  # the learner's, or a KeyError
        super().__delitem__(name)
        self._changed.discard(name)
        self._gone.add(name)

    def tell(self) -> None:
        """Let the sandbox know what the check made of the learner's names."""
        touched = self._changed | {
            name
            for name, before in self._fetched.items()
            if before is not None and dict.__contains__(self, name) and _bytes(self[name]) != before
        }
        if not touched | self._gone:
            return
        shared = set(self._learner.ask("has", names=sorted(touched | self._gone))["names"])
        self._taken |= self._gone & shared
        shared |= self._taken
        sent = {name: _bytes(self[name]) for name in touched & (shared | self._handed)}
        values = {name: far(self[name]) for name, known in sent.items() if known is not None}
        if values:
            self._learner.ask("set", values=values)
            self._fetched |= {name: sent[name] for name in values if name in shared}
        if self._gone & shared:
            self._learner.ask("delete", names=sorted(self._gone & shared))
        self._changed.clear()
        self._gone.clear()

    def forget(self) -> None:
        """Fetch the learner's names anew when they are asked for again: a call may change them."""
        for name in self._fetched:
            super().pop(name, None)
        self._fetched.clear()


def _bytes(value: object) -> bytes | None:
    """Return a value as it would be sent; None where it cannot be."""
    try:
        return dumps(far(value))
    except (NotPlain, CodecError):
        return None
