"""
Calls a learner's functions for a check, with plain data in and plain data out.

Both ways go as JSON, so that nobody holds an object of the other side: an argument is made anew for
each call, and of what comes back a NumPy number is the number it shows, a tuple a list. A `plan` is
a list of cases, a case is a list of acts, one after the other:

    {"call": "mean", "args": [...], "shared": {"0": "log"}}
        a call; the argument at place 0 is the object that this case knows as "log", made from what
        stands in `args` when it is first needed
    {"spoil": "log"}       change a shared object in place; with None what the last call returned
    {"look": "findings"}   the value of a variable; with "key": "a", what it holds under this key

Any act may say `"instead": {"name": "def name(): ..."}`: in all of its case these functions stand
under these names. In the sandbox their text stays outside, and who answers their calls notes them;
in a learner's own kernel they are defined, and the last act has `asked`: the name and the arguments
of each call. `"other": {"library.name": "def name(data): ..."}` lets something of a library's work
on the arguments that this function returns as a dictionary, in place of those it takes.

What came of an act is `{"value": JSON}` or `{"raised": [class name, message], "kinds": [names]}`,
the names of all classes that the exception belongs to, with `printed`, and `after`: the arguments
as the call left them, as JSON, where they are not as they were.
"""

import ast
import builtins
import copy
import inspect
import io
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout

from grader.rerun.elsewhere import Elsewhere, altered, stand_in
from grader.rerun.quiet import awake, quiet

AT_ONCE = 0.5  # seconds for several cases together, before the rest has to be asked for again
LONGEST = 1_000_000  # characters of one value
PRINTED_LIMIT = 100_000  # characters kept of what a call prints
Act = dict[str, object]
Came = dict[str, object]


class NotPlainData(TypeError):
    """What a function gave back is no plain data."""


def calls(
    plan: list[list[Act]], space: dict[str, object], elsewhere: Elsewhere | None = None
) -> list[list[Came]]:
    """
    Go through the cases of a plan with the functions in `space`, and return what came of each act.
    Functions that stand in for others are asked for `elsewhere`, if that is given.

    Returns fewer cases, but at least one, if together they take long, or if one was interrupted.
    """
    start, made = time.monotonic(), []
    for case in plan:
        came = _Case(space, elsewhere).go(case)
        made.append(came)
        if interrupted(came) or time.monotonic() - start > AT_ONCE:
            break
    return made


def interrupted(came: list[Came]) -> bool:
    """Tell whether a case ended because somebody pressed the stop button."""
    return came[-1].get("raised", [""])[0] == KeyboardInterrupt.__name__


class _Case:
    """One case: its shared objects, and what the last call returned."""

    def __init__(self, space: dict[str, object], elsewhere: Elsewhere | None) -> None:
        self._space, self._elsewhere = space, elsewhere
        self._shared: dict[str, object] = {}
        self._last: object = None

    def go(self, acts: list[Act]) -> list[Came]:
        """Do one act after the other; an interrupted one is the last."""
        made: list[Came] = []
        instead = {name: text for act in acts for name, text in act.get("instead", {}).items()}
        other = {name: text for act in acts for name, text in act.get("other", {}).items()}
        with _standing_in(instead, other, self._space, self._elsewhere) as asked:
            for act in acts:
                made.append(self._do(act))
                if interrupted(made):
                    break
        if asked:
            made[-1]["asked"] = asked
        return made

    def _do(self, act: Act) -> Came:
        if "call" in act:
            return self._call(act["call"], act["args"], act.get("shared", {}))
        if "look" in act:
            return self._look(act["look"], act.get("key"))
        if "spoil" in act:
            _spoil(self._last if act["spoil"] is None else self._shared.get(act["spoil"]))
        return {"value": "null", "printed": ""}

    def _look(self, name: str, key: str | None) -> Came:
        """Look at a variable, or with a key at this one entry: what stands beside it may be odd."""
        with quiet() as caught, awake():
            try:
                held = self._space[name] if name in self._space else _absent(name)
                came: Came = {"value": as_json(held if key is None else _entry(held, key))}
            except BaseException as error:
                came = _raised(error)
        return came | {"printed": caught.stdout[:PRINTED_LIMIT]}

    def _call(self, call: str, args: list, shared: dict[str, str]) -> Came:
        args = json.loads(json.dumps(args))  # faster than a deep copy
        for place, name in shared.items():
            args[int(place)] = self._shared.setdefault(name, args[int(place)])
        before = as_json(args)
        with quiet() as caught, awake():
            try:
                self._last = self._space[call](*args) if call in self._space else _absent(call)
                came: Came = {"value": as_json(self._last)}
            except BaseException as error:
                came = _raised(error)
        came["printed"] = caught.stdout[:PRINTED_LIMIT]
        try:
            after = as_json(args)
        except BaseException:
            after = '"no plain data any more"'
        return came if after == before and not shared else came | {"after": after}


def as_json(value: object) -> str:
    """Return plain data as JSON; NotPlainData for anything else, NaN and infinity among it."""
    try:
        try:
            text = _dumped(value)
        except TypeError:
            text = _dumped(_with_plain_keys(value))
    except (ValueError, RecursionError) as error:
        raise NotPlainData(str(error)) from None
    if len(text) > LONGEST:
        raise NotPlainData("it is too long")
    return text


def _dumped(value: object) -> str:
    return json.dumps(value, default=_number, allow_nan=False)


def _with_plain_keys(value: object) -> object:
    """Put plain numbers in place of NumPy's as the keys of dictionaries; JSON takes no other."""
    if isinstance(value, dict):
        return {
            _number(key) if hasattr(key, "item") else key: _with_plain_keys(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_with_plain_keys(item) for item in value]
    return value


def _number(value: object) -> object:
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return value.item()
    raise NotPlainData(f"a {type(value).__name__}")


def _absent(name: str) -> None:
    raise NameError(f"name '{name}' is not defined")


def _entry(held: object, key: str) -> object:
    """Return what a dictionary, or what acts as one, holds under a key; KeyError for nothing."""
    if isinstance(held, dict):
        return dict.__getitem__(held, key)
    if isinstance(held, Mapping):
        return held[key]
    raise NotPlainData(f"a {type(held).__name__}, not a dictionary")


def _raised(error: BaseException) -> Came:
    """Name an exception's class, its words, and all classes that it belongs to."""
    kind = type(error)
    try:
        words = str(error)[:300]
    except BaseException:
        words = ""
    kinds = [one.__name__[:80] for one in type.mro(kind) if _is_what_it_is_called(one)]
    return {"raised": [kind.__name__[:80], words], "kinds": kinds}


def _is_what_it_is_called(kind: type) -> bool:
    """Tell whether a class is Python's own of its name, or of a name that Python does not use."""
    return getattr(builtins, kind.__name__, kind) is kind


def _spoil(thing: object) -> None:
    """Change an object wherever it can be changed, as somebody would who rewrites the past."""
    if isinstance(thing, dict):
        for item in thing.values():
            _spoil(item)
        thing["decision"] = "spoiled"
    elif isinstance(thing, list):
        for item in thing:
            _spoil(item)
        thing.append("spoiled")


@contextmanager
def _standing_in(
    instead: dict[str, str],
    other: dict[str, object],
    space: dict[str, object],
    elsewhere: Elsewhere | None,
) -> Iterator[list[tuple[str, list[object]]]]:
    """Let other functions stand under these names for a while; yield the calls noted here."""
    kept = {name: space[name] for name in instead if name in space}
    asked: list[tuple[str, list[object]]] = []
    try:
        elsewhere = elsewhere or here([*instead.values(), *other.values()], asked)
        space.update({name: stand_in(name, elsewhere) for name in instead})
        takes = {name: parameters(one) if type(one) is str else one for name, one in other.items()}
        with altered(takes, elsewhere):
            yield asked
    finally:
        for name in instead:
            space.pop(name, None)
        space.update(kept)


def parameters(text: str) -> list[str]:
    """Return the names of what a function takes, given as text."""
    function = next(one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef))
    return [one.arg for one in function.args.args]


def here(texts: Iterable[str], asked: list[tuple[str, list[object]]]) -> Elsewhere:
    """Define these functions, apart from all others, and answer and note their calls."""
    space: dict[str, object] = {"__name__": "__main__"}
    for text in texts:
        exec(text, space)

    def answer(name: str, args: list[object], kwargs: dict[str, object]) -> Came:
        with redirect_stdout(io.StringIO()) as out:
            try:
                bound = inspect.signature(space[name]).bind(*args, **kwargs)
                bound.apply_defaults()
                asked.append((name, copy.deepcopy(list(bound.arguments.values()))))
                came: Came = {"value": space[name](*args, **kwargs)}
            except Exception as error:
                kinds = [kind.__name__ for kind in type(error).__mro__]
                came = {"raised": {"kinds": kinds, "message": str(error)[:300]}}
        return came | {"printed": out.getvalue(), "args": args, "kwargs": kwargs}

    return answer
