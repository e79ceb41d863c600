"""What a judge answers, and when two values are the same."""

Outcome = tuple[float, str]  # share of the points earned, sentence ("" when all is right)

RIGHT: Outcome = (1.0, "")


def really(value: object, kind: type) -> bool:
    """True where the value's type is of this kind; what its `__class__` claims does not count."""
    return issubclass(type(value), kind)


def same(got: object, expected: object) -> bool:
    """
    Equal in value and in type, all the way down; a NumPy float counts as the float it is, a bool
    never as an int.
    """
    if isinstance(expected, float):
        return really(got, float) and float(got) == expected
    if isinstance(expected, dict):
        return (
            really(got, dict)
            and set(got) == set(expected)
            and all(same(got[k], expected[k]) for k in expected)
        )
    if isinstance(expected, list):
        return really(got, list) and len(got) == len(expected) and all(map(same, got, expected))
    return type(got) is type(expected) and bool(got == expected)


def missed(sentence: str, share: float = 0.0) -> Outcome:
    """What a judge answers where something is wrong."""
    return share, sentence
