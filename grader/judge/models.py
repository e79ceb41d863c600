"""
Functions that stand in for a learner's, run where the learner's code cannot read them.

A guest in which learner code runs only knows the names. It says what a function is called with, and
is told what came of it: `exchange` goes to and fro between the two. The text, the compiled code and
the exceptions' frames of a model answer stay in a guest of their own; the stand-ins of a check run
in the trusted process, which they are part of.

What remains: learner code may ask for as many calls as it likes, with any plain data, and so learns
what a model answer gives. That answer belongs to an earlier task, which was judged before.
"""

from grader.judge.crossing import Reply, far
from grader.judge.replies import checked
from grader.judge.sources import names_bound
from grader.sandbox import GuestProcess
from grader.sandbox.codec import CodecError, Function, NotPlain, Opaque


class Models:
    """The model answers of some cells, in a guest where nothing but the key's own cells has run."""

    def __init__(
        self, guest: GuestProcess, seconds: float, sources: list[str], chosen: list[str]
    ) -> None:
        self._guest, self._seconds = guest, seconds
        for number, source in enumerate(sources, start=1):
            guest.ask("run", seconds, cell=source, number=number)
        found = self._asked("get", names=sorted(names_bound(chosen)))["values"]
        self._functions = {name: one for name, one in found.items() if _is_function(one)}
        self.values = {name: one for name, one in found.items() if _is_plain(one)}

    @property
    def functions(self) -> list[str]:
        """The names of the functions."""
        return sorted(self._functions)

    def answer(self, name: str, args: list[object], kwargs: dict[str, object]) -> Reply:
        """
        Call a function of the model answers.

        Raises: TypeError for a function that these answers do not have.
        """
        if name not in self._functions:
            raise TypeError(f"there is no {name}")
        return self._asked("call", thing=self._functions[name], args=args, kwargs=kwargs)

    def _asked(self, operation: str, **fields: object) -> Reply:
        return checked(operation, self._guest.ask(operation, self._seconds, **fields), fields)


def _is_function(value: object) -> bool:
    return type(value) is Function and not value.is_class


def _is_plain(value: object) -> bool:
    try:
        return type(value) not in (Function, Opaque) and far(value) is not None
    except (NotPlain, CodecError):
        return False
