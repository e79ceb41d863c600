"""
A learner's code without what could tell whose it is: without comments and docstrings, and with
another word where a name of somebody in the class stands.

A name is known by its letters alone: capitals, accents and signs that look or read alike make no
difference, and it is found between other signs too, `ada_result`, `Adas2`, "by Ada". Words of the
course's own code and of Python are nobody's name. What nobody can find is a name that the gradebook
does not know: code with words that may be one is only shown where nobody wrote any without.
"""

import ast
import builtins
import io
import keyword
import re
import tokenize
import unicodedata
from collections.abc import Iterable, Iterator

INSTEAD = "someone"  # what stands in a name's place
LONG = 5  # letters from which on a name is also found within a longer word
PIECE = re.compile(r"[^\W\d_]+")  # letters in a row
HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")  # adaResult
SKIPPED = (tokenize.COMMENT, tokenize.NL)
BEFORE = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
ALWAYS = frozenset((*dir(builtins), *keyword.kwlist))


def without_remarks(code: str) -> str | None:
    """
    Return code in its own layout without comments and docstrings; None where Python cannot tell
    what is a comment in it.
    """
    kept = lines_left(code)
    return None if kept is None else "\n".join(kept.values())


def lines_left(code: str) -> dict[int, str] | None:
    """Return the lines of that by the numbers that they have in the whole code."""
    lines = code.replace("\r\n", "\n").replace("\t", "    ").split("\n")
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    cut = [(one.start, one.end) for one in tokens if one.type == tokenize.COMMENT]
    touched = set()
    for (row, start), (end_row, end) in sorted([*cut, *_alone(tokens)], reverse=True):
        head, tail = lines[row - 1][:start], lines[end_row - 1][end:]
        lines[row - 1 : end_row] = [head + tail, *[""] * (end_row - row)]
        touched |= set(range(row, end_row + 1))
    found = {
        number: line.rstrip()
        for number, line in enumerate(lines, 1)
        if line.strip() or number not in touched
    }
    full = [number for number, line in found.items() if line] or [0]
    found = {number: line for number, line in found.items() if full[0] <= number <= full[-1]}
    return found if _is_sound("\n".join(found.values()), code) else None


def _alone(tokens: list[tokenize.TokenInfo]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield where texts stand that are a statement of their own: docstrings, and notes alike."""
    told = [one for one in tokens if one.type not in SKIPPED]
    start = None
    for before, one in zip([None, *told], told, strict=False):
        begins = before is None or before.type in BEFORE or before.string in (";", ":")
        if start is None and begins and one.type == tokenize.STRING:
            start = one.start
        elif start is not None and one.type == tokenize.NEWLINE:
            yield start, before.end
            start = None
        elif one.type != tokenize.STRING:
            start = None


def _is_sound(made: str, code: str) -> bool:
    """Tell whether what was made of a code can be read by Python, if the code itself can."""
    for text, sound in ((code, True), (made, False)):
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return sound
    return True


class Names:
    """The names of the people in a class, and `known` texts whose words are nobody's there."""

    def __init__(self, people: Iterable[str], known: Iterable[str] = ()) -> None:
        allowed = {_plain(word) for text in (*known, *ALWAYS) for word in _words(text)}
        whole = {_plain(one) for one in people}
        parts = {_plain(word) for one in people for word in _words(one.partition("@")[0])}
        self._names = {one for one in whole | parts if len(one) > 1 and one not in allowed}
        self._names -= {one for one in self._names if one.isdigit() and len(one) < LONG}
        self._long = tuple(one for one in self._names if len(one) >= LONG)
        self._allowed = allowed

    def hidden(self, text: str) -> str:
        """Return a text with another word in place of each name in it."""
        whole = sorted((one for one in self._names if not one.isalpha()), key=len, reverse=True)
        made = "".join(map(self._piece, _pieces(text)))
        folded = _plain(made)
        for name in whole:  # with signs in it, as a number of a student or an address
            if name in folded and len(folded) == len(made):
                at = folded.index(name)
                return self.hidden(f"{made[:at]}{INSTEAD}{made[at + len(name) :]}")
            if name in folded:
                return INSTEAD
        return made

    def rank(self, code: str) -> int:
        """Return 0 for code that names nobody, more the more words in it may be names."""
        odd = sum(not self._is_known(word) for word in _odd(code))
        return odd + 1000 * (self.code_hidden(code) != code)

    def code_hidden(self, code: str) -> str:
        """
        Return code without the names in it; a text whose escapes spell one is left out as a whole.
        """
        found = self.hidden(code)
        for text in dict.fromkeys(re.findall(r"(?:\"[^\"\n]*\"|'[^'\n]*')", found)):
            if "\\" in text and self.hidden(said := _spelt(text)) != said:
                found = found.replace(text, f"{text[0]}{INSTEAD}{text[0]}")
        return found

    def _piece(self, piece: str) -> str:
        word = _plain(piece)
        if not PIECE.match(piece) or word in self._allowed:
            return piece
        own = word.removesuffix("s")
        named = word in self._names or own in self._names
        return INSTEAD if named or any(one in word for one in self._long) else piece

    def _is_known(self, word: str) -> bool:
        return _plain(word) in self._allowed


def _odd(code: str) -> list[str]:
    """Return the words of a code that may be a name: with a capital, or not in plain letters."""
    return [one for one in _words(code) if one[0].isupper() or not one.isascii()]


def _words(text: str) -> list[str]:
    return [word for word in _pieces(text) if PIECE.match(word)]


def _pieces(text: str) -> list[str]:
    """Return a text cut where letters begin and end, and where a capital follows a small letter."""
    parts = re.split(r"([^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u200b-\u200f\u00ad])*)", text)
    return [piece for part in parts for piece in HUMPS.split(part)]


def _plain(text: str) -> str:
    """Return the bare letters of a text: small, without accents and signs that nobody sees."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKD", apart)
        if unicodedata.category(sign) not in ("Mn", "Cf")
    )


def _spelt(text: str) -> str:
    """Return what a text in quotes says."""
    try:
        said = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return ""
    return said if isinstance(said, str) else ""
