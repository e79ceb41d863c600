"""
Signs that nobody sees or that look like others: which one stands where, and what to type instead.
"""

import re
import unicodedata

INVISIBLE = {
    "\u00a0": "a space",
    "\u2007": "a space",
    "\u202f": "a space",
    "\u3000": "a space",
    "\u00ad": "",
    "\u200b": "",
    "\u200c": "",
    "\u200d": "",
    "\u2060": "",
    "\ufeff": "",
}
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63"
SINGLE, DOUBLE = (
    "\u2018\u2019\u201a\u201b\u2032\u00b4",
    "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033",
)
OTHERS = {"\u00d7": "*", "\u00f7": "/", "\u2264": "<=", "\u2265": ">=", "\u2260": "!="}
CURLY = "curly quotes came in, perhaps by copying. Type straight quotes `'` or `\"` instead."
LOOKS_LIKE = dict(
    zip(
        "АВЕКМНОРСТХаеорсухіјѕԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
        "ABEKMHOPCTXaeopcyxijsdhABEZHIKMNOPTYXo",
        strict=True,
    )
)


def plain(sign: str) -> str | None:
    """Return what to type in place of a sign, "" for nothing; None for a sign that is none such."""
    if sign in INVISIBLE:
        return " " if INVISIBLE[sign] else ""
    if sign in DASHES:
        return "-"
    if sign in SINGLE or sign in DOUBLE:
        return "'" if sign in SINGLE else '"'
    if "\uff01" <= sign <= "\uff5e":
        return unicodedata.normalize("NFKC", sign)
    return OTHERS.get(sign) or LOOKS_LIKE.get(sign)


def plainly(text: str) -> str:
    """Return a text with each such sign as it should be typed."""
    return "".join(sign if plain(sign) is None else str(plain(sign)) for sign in text)


def odd_sign(text: str, asked: str = "") -> str:
    """
    Name the first such sign of a line that is not in what was asked, with its place and what to
    type; "" without one.
    """
    for place, sign in enumerate(text, start=1):
        typed = plain(sign)
        if typed is not None and sign not in asked:
            name = unicodedata.name(sign, "a sign without a name").lower()
            told = f"character {place} is U+{ord(sign):04X} ({name})"
            near = re.search(r"(\w{1,20})\W*$", plainly(text[: place - 1]))
            after = f", after `{near[1]}`" if near else ""
            if sign in SINGLE or sign in DOUBLE:
                return f"{CURLY} The first: {told}{after}."
            return f"{told}{after}: {_instead(sign, typed)}."
    return ""


def _instead(sign: str, typed: str) -> str:
    if sign in INVISIBLE:
        return f"it {'looks like a space' if typed else 'cannot be seen'}. " + (
            "Delete it and type a space with the space bar" if typed else "Delete it"
        )
    return f"type `{typed}` instead"
