"""Names of files that no person chose: what operating systems leave beside people's own."""

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
