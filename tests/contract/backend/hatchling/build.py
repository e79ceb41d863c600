"""The one question that pip asks a build backend before it keeps a source distribution."""

import re
from pathlib import Path


def prepare_metadata_for_build_wheel(folder: str, settings: object = None) -> str:
    """Write the name and version of the project in the current folder, and return where."""
    about = Path("PKG-INFO").read_text(encoding="utf-8")
    name, version = (re.search(rf"(?m)^{key}: (.*)$", about)[1] for key in ("Name", "Version"))
    info = Path(folder, f"{name}-{version}.dist-info")
    info.mkdir()
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(text, encoding="utf-8")
    return info.name
