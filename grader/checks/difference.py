"""
Where what came of a call parts from what should have come: the first place, and no more.

A `Difference` is shown under a verdict, as "Show the example", and told in a few words where only
text can be shown. Of dictionaries, lists and texts it holds the place where they part alone.
"""

import html
from dataclasses import dataclass

from grader.checks.called import MISSING, Call, Called, Case, alike, one_line

LONGEST_CALL = 160  # characters of a call in a sentence
LONGEST_ARGUMENT = 48  # characters of an argument in a sentence, where the call is longer
LONGEST_VALUE = 120  # characters of a value in a sentence
LONG_TEXT = 24  # characters of a text, from which on one has to look for the place
AROUND = 24  # characters kept before the place where two texts part
ROW = (
    '<div style="display:flex;flex-wrap:wrap;gap:0 .8em"><dt style="min-width:8.5em;opacity:.75">{}'
    '</dt><dd style="margin:0;min-width:0;flex:1 1 16em">{}<code style="white-space:pre-wrap;'
    'overflow-wrap:anywhere">{}</code></div></dd></div>'
)
SCROLLS = '<div tabindex="0" role="group" aria-label="Call" style="max-height:8em;overflow:auto">'
VALUE, PRINTED, LEFT, CHANGED, ERROR = "value", "printed", "left", "changed", "error"
RAN, RAN_AND_PRINTED = "ran", "ran and printed"
Place = tuple[object, ...]  # the keys and numbers that lead to a part of a value


@dataclass(frozen=True, slots=True)
class Difference:
    """
    The first difference of a call. `kind` is what differs: its VALUE, what it PRINTED, what it LEFT
    of a shared argument, an argument that it CHANGED, or an ERROR, come or missing. At `place`,
    which leads to a part of a value, stands `came`, and `wanted` should; MISSING for nothing.

    Of a step that RAN on other data, or RAN_AND_PRINTED a line, `function` is the name that holds
    the number, and `args` are the values that it ran with, by name.
    """

    kind: str
    function: str
    args: tuple[object, ...]
    came: object = MISSING
    wanted: object = MISSING
    place: Place = ()

    @property
    def call(self) -> str:
        """The call as Python writes it, or the lines that give a step its values."""
        if self.kind in (RAN, RAN_AND_PRINTED):
            return "\n".join(f"{name} = {value!r}" for name, value in self.args[0].items())
        return f"{self.function}({', '.join(map(repr, self.args))})"

    @property
    def where(self) -> str:
        """The place as Python writes it: below the value, or below a shared argument's name."""
        start, place = (
            (str(self.place[0]), self.place[1:]) if self.kind == LEFT else ("", self.place)
        )
        return start + "".join(f"[{one!r}]" for one in place)

    @property
    def parts_at(self) -> int | None:
        """The number of the first character at which two texts part; None where that is plain."""
        if not isinstance(self.came, str) or not isinstance(self.wanted, str):
            return None
        if max(len(self.came), len(self.wanted)) < LONG_TEXT:
            return None
        pairs = zip(self.came, self.wanted, strict=False)
        same = (n for n, (one, other) in enumerate(pairs) if one != other)
        return next(same, min(len(self.came), len(self.wanted)))

    def as_text(self) -> str:
        """Say it in one line; "" for a step, of which the sentence says it."""
        if self.kind in (RAN, RAN_AND_PRINTED):
            return ""
        call = f"`{one_line(self._short())}`"
        came, wanted = (_short(one, self.parts_at) for one in (self.came, self.wanted))
        if self.kind == ERROR:
            if self.came is MISSING:
                return f"{call} gave no error; it should raise `{self.wanted}`."
            told = f"{call} {self.came}"
            return (
                f"{told}."
                if self.wanted is MISSING
                else f"{told}; it should raise `{self.wanted}`."
            )
        if self.kind == CHANGED:
            return f"{call} changed what it was given."
        where = f" at `{self.where}`" if self.place else ""
        verb = {VALUE: ("gave", "give"), PRINTED: ("printed", "print"), LEFT: ("left", "leave")}
        did, do = verb[self.kind]
        came = f"`{came}`" if self.came is not MISSING else "nothing"
        wanted = f"`{wanted}`" if self.wanted is not MISSING else "nothing"
        return f"{call} {did} {came}{where}; it should {do} {wanted}{' there' * bool(self.place)}."

    def yours(self) -> str:
        """Say what came, for a sentence that says what should come."""
        where = f" at `{self.where}`" if self.place else ""
        if self.kind == ERROR:
            return "" if self.came is MISSING else f"Yours {self.came}."
        if self.kind == CHANGED:
            return ""
        came = "nothing" if self.came is MISSING else f"`{_short(self.came, self.parts_at)}`"
        verb = {VALUE: "gives", PRINTED: "prints", LEFT: "leaves"}[self.kind]
        return f"Yours {verb} {came}{where}."

    def as_html(self) -> str:
        """Return a part of a page that is closed at first: call, what came, what was wanted."""
        step = self.kind in (RAN, RAN_AND_PRINTED)
        first = "It ran with" if step else "Call"
        rows = [(first, html.escape(self.call, quote=False))]
        if self.place:
            name = "" if self.kind == LEFT else "result"
            rows.append(("Look at", html.escape(f"{name}{self.where}", quote=False)))
        if self.parts_at is not None and self.kind != ERROR:
            rows.append(("They part", f"at sign {self.parts_at + 1}"))
        labels = {
            VALUE: ("It gave", "It should give"),
            PRINTED: ("It printed", "It should print"),
            LEFT: ("It left", "It should leave"),
            CHANGED: ("It was given", "It left"),
            ERROR: ("It did", "It should raise"),
            RAN: (f"{self.function} was", "It should be"),
            RAN_AND_PRINTED: ("It printed", "It should print"),
        }
        for label, one in zip(labels[self.kind], (self.came, self.wanted), strict=True):
            if self.kind == ERROR and one is MISSING and label == "It should raise":
                continue
            rows.append((label, self._marked(one)))
        shown = "".join(
            ROW.format(label, SCROLLS if label == first else "<div>", text) for label, text in rows
        )
        return (
            '<details class="grader-example" style="margin-top:.35em"><summary '
            f'style="cursor:pointer">Show the example</summary><dl style="margin:.35em 0 0">{shown}'
            "</dl></details>"
        )

    def _marked(self, value: object) -> str:
        """Return a value as HTML; of two texts the part in which they differ is marked."""
        if value is MISSING:
            return "nothing" if self.kind != ERROR else "no error"
        if not isinstance(value, str):
            return html.escape(repr(value), quote=False)
        start = self.parts_at
        if self.kind == ERROR or start is None:
            shown = value if self.kind in (ERROR, PRINTED, RAN_AND_PRINTED) else repr(value)
            return html.escape(shown, quote=False)
        end = len(value) - self._same_end(start)
        parts = value[:start], value[start:end], value[end:]
        before, part, after = (html.escape(text, quote=False) for text in parts)
        part = part.replace("\n", "↵\n") or '<i aria-label="nothing">▯</i>'
        return f"{before}<mark>{part}</mark>{after}"

    def _same_end(self, start: int) -> int:
        """Return how many characters at the end of both texts are the same, behind `start`."""
        ends = zip(self.came[start:][::-1], self.wanted[start:][::-1], strict=False)
        same = (n for n, (one, other) in enumerate(ends) if one != other)
        return next(same, min(len(self.came), len(self.wanted)) - start)

    def _short(self) -> str:
        """Return the call, each argument cut where the whole is too long to read."""
        if len(self.call) <= LONGEST_CALL:
            return self.call
        cut = [_cut(repr(one), LONGEST_ARGUMENT) for one in self.args]
        return f"{self.function}({', '.join(cut)})"


def first_difference(
    case: Case, came: list[Called], function: str, may_change: bool
) -> Difference | None:
    """Return where what came of a case parts from what it should be; None where nobody can say."""
    calls = ((act, one) for act, one in zip(case.acts, came, strict=False) if isinstance(act, Call))
    found = (_of_call(*pair, function, may_change, case.whole) for pair in calls)
    return next(filter(None, found), None)


def _of_call(
    act: Call, came: Called, function: str, may_change: bool, whole: bool
) -> Difference | None:
    about = act.to or function, tuple(act.plain())
    if came.error is not None:
        wanted = act.raises or MISSING
        right = bool(act.raises) and act.raises in came.kinds
        return None if right else Difference(ERROR, *about, came.as_text(), wanted)
    if act.raises:
        return Difference(ERROR, *about, MISSING, act.raises)
    if act.gives is not MISSING and (found := parting(came.value, act.gives, whole)):
        return Difference(VALUE, *about, *found)
    if act.prints not in (MISSING, came.printed):
        return Difference(PRINTED, *about, came.printed, act.prints)
    left = act.left(came)
    for name, wanted in act.leaves.items():
        if found := parting(left.get(name, MISSING), wanted, whole, (name,)):
            return Difference(LEFT, *about, *found)
    if not may_change and not came.untouched:
        pairs = zip(came.args, came.after, strict=False)
        changed = (one for one in pairs if not alike(*one))
        return Difference(CHANGED, *about, *next(changed, (MISSING, MISSING)))
    return None


def parting(
    came: object, wanted: object, whole: bool = False, place: Place = ()
) -> tuple[object, object, Place] | None:
    """
    Return what two values have at the first place where they part, and that place. With `whole` a
    float is no int.
    """
    if isinstance(came, dict) and isinstance(wanted, dict):
        for key in [*wanted, *(key for key in came if key not in wanted)]:
            pair = came.get(key, MISSING), wanted.get(key, MISSING)
            if found := parting(*pair, whole, (*place, key)):
                return found
        return None
    if isinstance(came, list) and isinstance(wanted, (list, tuple)):
        for number in range(max(len(came), len(wanted))):
            pair = (one[number] if number < len(one) else MISSING for one in (came, wanted))
            if found := parting(*pair, whole, (*place, number)):
                return found
        return None
    same = came is not MISSING and wanted is not MISSING and alike(came, wanted)
    if same and not (whole and type(wanted) is int and type(came) is not int):
        return None
    return came, wanted, place


def _short(value: object, start: int | None) -> str:
    """Return a value for a sentence; a long text from a little before the place where it parts."""
    if value is MISSING:
        return ""
    if isinstance(value, str) and start is not None and len(value) > LONGEST_VALUE:
        begin = max(0, start - AROUND)
        value = f"{'…' * (begin > 0)}{value[begin:]}"
    return one_line(_cut(repr(value), LONGEST_VALUE))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
