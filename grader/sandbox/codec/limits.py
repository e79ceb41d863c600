"""How large and deep a message may be, on both sides, and the error for what is none."""

DEEPEST = 64  # containers inside each other
LARGEST = 32 * 1024 * 1024  # bytes of one message
LARGEST_INT = 8 * 1024  # bytes
LARGEST_EXPONENT = 10_000  # int(Decimal("1e999999999")) would take a gigabyte
MOST = 2_000_000  # values in one message; Python writes and reads 1 to 2 million a second
MOST_CLASSES = 64  # of learners, in one message
MOST_OPAQUES = 50_000  # in one message; one takes 5 µs
HEAVY = 10  # values that an empty set or deque counts for: it takes 200 to 800 bytes
LONGEST_NAME = 80  # characters
LONGEST_DOC = 2000  # characters


class CodecError(Exception):
    """What came over the wire is no frame or no message of ours."""
