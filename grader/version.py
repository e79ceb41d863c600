"""Which code this is: one changed byte of it could mean other marks."""

import functools
import hashlib
from pathlib import Path


@functools.cache
def fingerprint() -> str:
    """Return a text that changes with any byte of the code of this package."""
    folder = Path(__file__).parent
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()
