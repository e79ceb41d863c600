"""Which language a notebook is for: only Python is graded here."""

import re
from collections.abc import Mapping
from typing import Any

# Without a language only the names of well-known kernels tell.
OTHER_KERNELS = re.compile(r"(ir|irkernel|julia|xcpp|bash|sos|scala|octave|matlab|rust|java)\b")


def other_language(metadata: Mapping[str, Any]) -> str:
    """Return the language and kernel that a notebook's metadata names; "" if that is Python."""
    spec, info = metadata.get("kernelspec"), metadata.get("language_info")
    spec = spec if isinstance(spec, Mapping) else {}
    info = info if isinstance(info, Mapping) else {}
    kernel = str(spec.get("name") or "python3")
    language = str(spec.get("language") or info.get("name") or "")
    language = language or (kernel if OTHER_KERNELS.match(kernel) else "python")
    if language.lower().startswith(("python", "ipython")):
        return ""
    return f"{language} (kernel {kernel})"
