"""Which character or word of a printed line is not as asked."""

import ast
import difflib
import re

from grader.checks.facts import Printing
from grader.checks.sentences.lines import called, half_typed, nothing_printed
from grader.checks.sentences.signs import odd_sign
from grader.checks.source import fstring_names


def difference(case: Printing, inputs: dict[str, object]) -> str:
    """Which character or piece of the printed line is not as asked."""
    wanted = case.expected(inputs)
    lines = [line for line in case.lines(inputs) if line.strip()]
    if not lines:
        run = case.run(inputs)
        return case.stopped(run, inputs) if run.stop else nothing_printed(case, run)
    got = max(lines, key=lambda line: difflib.SequenceMatcher(None, wanted, line).ratio())
    if len(lines) > 1 and "".join("".join(lines).split()) == "".join(wanted.split()):
        return (
            f"The {called(case)} stands on {len(lines)} lines. Print it on one line, with one"
            " `print( )`."
        )
    if all(f"{{{name}}}" in got for name in case.fields()):
        return _braces(case)
    for tell in (_format_spec, _printed_name, half_typed):
        told = tell(case, got, wanted, inputs)
        if told:
            return told
    held = set(case.fields()) <= fstring_names(case.source.tree)
    right = "The f-string and the values are right. " if held else ""
    for tell in TEXT_DIFFERENCES:
        told = tell(case, got, wanted, inputs)
        if told:
            return right + told
    return f"{right}The line ends too early or too late: it reads {_short(got)}."


def _braces(case: Printing) -> str:
    """The line shows the names in their braces."""
    name = f"`{{{case.fields()[0]}}}`"
    if any("{{" in cell for cell in case.source.cells):
        return (
            f"The line shows {name} itself: double braces print a brace. Use single braces {name}."
        )
    return (
        f"The line shows {name} itself instead of its value: put the letter `f` directly before"
        " the opening quote."
    )


def _short(text: str) -> str:
    return f"`{text[:60]}{' …' if len(text) > 60 else ''}`"


def _format_spec(case: Printing, got: str, wanted: str, inputs: dict) -> str | None:
    for field in case.source.walk(ast.FormattedValue):
        if field.format_spec is None:
            continue
        spec = ast.unparse(ast.Expr(ast.JoinedStr([field]))).split(":", 1)[-1].rstrip("'\"}")
        name = next(
            (
                n
                for n in case.fields()
                if n in {x.id for x in ast.walk(field.value) if isinstance(x, ast.Name)}
            ),
            None,
        )
        if name is None:
            continue
        try:
            shown = format(inputs[name], spec)
        except (TypeError, ValueError):
            continue
        if shown != str(inputs[name]):
            return (
                f"The f-string and the text are right. `:{spec}` prints {shown}; the task shows the"
                f" plain value {inputs[name]}, so remove `:{spec}`."
            )
    return None


def _printed_name(case: Printing, got: str, wanted: str, inputs: dict) -> str | None:
    for name in case.fields():
        if f"{name}={inputs[name]!r}" in got:
            return (
                f"`{{{name}=}}` prints the name too. Write `{name.split('_')[-1].capitalize()} ="
                f" {{{name}}}`."
            )
    return None


def _odd_sign(case: Printing, got: str, wanted: str, inputs: dict) -> str | None:
    told = odd_sign(got, wanted)
    seen = _first_difference(case, got, wanted, inputs) or "A sign is not as asked."
    return f"{seen} There, {told}" if told else None


def _quotes_or_prefix(case: Printing, got: str, wanted: str, inputs: dict) -> str | None:
    if got.strip("'\"") == wanted:
        return "The line is printed with its quotes. Print the text itself."
    if got.endswith(wanted) and got.strip() != wanted:
        extra = _short(got[: -len(wanted)])
        return f"There is extra text before the {called(case)}, {extra}: remove it."
    if got.startswith(wanted) and got.strip() != wanted:
        extra = got[len(wanted) :]
        names = {
            ".": "a full stop",
            "!": "an exclamation mark",
            ",": "a comma",
            ";": "a semicolon",
            "%": "a percent sign",
        }
        return (
            f"There is {names.get(extra.strip(), 'extra text ' + _short(extra.strip()))} at the end"
            " that the task does not ask for: remove it."
        )
    return None


def _spaces(case: Printing, got: str, wanted: str, inputs: dict) -> str | None:
    if got.replace(" ", "").replace("\t", "") != wanted.replace(" ", ""):
        return None
    value = str(inputs[case.fields()[0]])
    if f"{value} ," in got:
        return (
            f"The printed line has an extra space before the comma (`{value} ,`), because `print`"
            " puts a space between its arguments. Use one f-string."
        )
    if got.strip() == wanted:
        where = "at the end" if got.startswith(wanted) else "at the start"
        return f"There is a blank {where} of the line that the task does not ask for: remove it."
    if got.count(" = ") < wanted.count(" = "):
        return (
            "Put a space before and after each `=`: "
            + " and ".join(f"`{w}`" for w in _equals(case.line))
            + "."
        )
    if ", " in wanted and ", " not in got:
        return "A blank is missing after the comma: put one there."
    if "  " in got or "\t" in got:
        at = got.find("  ")
        return f"There is one blank too many after `{got[:at].split(' ')[-1]}`: remove it."
    at = next(n for n, (a, b) in enumerate(zip(got + "\0", wanted + "\0", strict=False)) if a != b)
    if wanted[at : at + 1] == " ":
        return f"A blank is missing after `{wanted[:at].split(' ')[-1]}`."
    return f"There is a blank too many after `{got[:at].split(' ')[-1]}`: remove it."


def _equals(line: str) -> list[str]:
    return [f"{word} = " for word in re.findall(r"(\w+) = ", line)]


def _letter_case(case: Printing, got: str, wanted: str, inputs: dict) -> str | None:
    if got.lower() != wanted.lower():
        return None
    pairs = [(a, b) for a, b in zip(got.split(), wanted.split(), strict=True) if a != b]
    told = ", ".join(f"`{a}` should be `{b}`" for a, b in pairs[:2])
    return f"Small and capital letters must match exactly: {told}."


def _one_character(case: Printing, got: str, wanted: str, inputs: dict) -> str | None:
    signs = {",": "comma", ":": "colon", "=": "equals sign", ".": "point"}
    steps = [
        s
        for s in difflib.SequenceMatcher(None, got, wanted, autojunk=False).get_opcodes()
        if s[0] != "equal"
    ]
    if len(steps) != 1:
        return None
    kind, a0, a1, b0, b1 = steps[0]
    old, new = got[a0:a1], wanted[b0:b1]
    before = wanted[:b0].rstrip().split(" ")[-1] or "the start"
    if kind == "insert" and new.strip() in signs:
        first = case.fields()[0]
        after = f"the {first}" if before == str(inputs[first]) else f"`{before}`"
        following = wanted[b1:].split(" ")[1] if len(wanted[b1:].split(" ")) > 1 else ""
        return (
            f"A {signs[new.strip()]} is missing after {after}: `{before}{new.strip()} {following}`."
        )
    if kind == "delete" and old.strip() in signs:
        return f"There is a {signs[old.strip()]} too many after `{before}`: remove it."
    return None


def _first_difference(case: Printing, got: str, wanted: str, inputs: dict) -> str | None:
    """The first place where line and task part, word by word."""
    mine, asked = re.findall(r"\S+", got), re.findall(r"\S+", wanted)
    place = next((n for n, (a, b) in enumerate(zip(mine, asked, strict=False)) if a != b), None)
    if place is None:
        return None
    where = f"After `{asked[place - 1]}` the line has" if place else "The line starts with"
    return f"{where} {_short(mine[place])} where the task has {_short(asked[place])}."


def _wrong_words(case: Printing, got: str, wanted: str, inputs: dict) -> str | None:
    mine, asked = re.findall(r"[A-Za-z]+", got), re.findall(r"[A-Za-z]+", wanted)
    if len(mine) == len(asked):
        wrong = [(a, b) for a, b in zip(mine, asked, strict=True) if a != b]
        if len(wrong) == 1 and difflib.SequenceMatcher(None, *wrong[0]).ratio() > 0.7:
            return (
                f"There is a typing mistake in the text: `{wrong[0][0]}` should be `{wrong[0][1]}`."
            )
        if wrong:
            return (
                f"The words differ: `{wrong[0][0]}` should be `{wrong[0][1]}`. Copy the text from"
                " the task."
            )
    missing = [word for word in asked if word not in mine]
    if missing:
        return f"The word `{missing[0]}` is missing from the line. Copy the text from the task."
    if not all(str(inputs[name]) in got for name in case.fields()):
        return (
            f"The line does not show the values of {' and '.join(f'`{n}`' for n in case.fields())}:"
            " put the names in `{ }`."
        )
    return None


# The order of telling: the first that fits is the one the learner reads.
TEXT_DIFFERENCES = (
    _odd_sign,
    _quotes_or_prefix,
    _spaces,
    _letter_case,
    _one_character,
    _wrong_words,
    _first_difference,
)
