"""Names that no person chose: files that operating systems leave, learners that are page code."""

import fnmatch
import re

SYSTEMS = (  # patterns of names in lower case
    "._*",
    ".ds_store",
    "__macosx",
    ".trashes",
    ".fseventsd",
    ".spotlight-v100",
    ".apdisk",
    "icon\r",
    "thumbs.db",
    "thumbs.db:encryptable",
    "ehthumbs.db",
    "desktop.ini",
    "$recycle.bin",
    ".directory",
    ".~lock.*#",
)


_SYSTEMS = re.compile("|".join(map(fnmatch.translate, SYSTEMS)))


def is_systems(name: str) -> bool:
    """Tell whether an operating system, not a person, leaves files of this name."""
    return _SYSTEMS.match(name.lower()) is not None


_MARKUP = re.compile(r"[<>\"\\\x00-\x1f\x7f-\x9f]")


def markup_in(student: str) -> str:
    """
    Return the sign in a learner's name that could end a text on a page, "" for none: nbgrader's
    formgrader writes such names into its pages and scripts as they are.
    """
    found = _MARKUP.search(student)
    return found[0] if found else ""
