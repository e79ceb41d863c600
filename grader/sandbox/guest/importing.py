"""
Has `workers` take over when a guest first imports multiprocessing: most never do, and need not
carry what it loads.
"""

import importlib
import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

NAMES = ("multiprocessing", "concurrent.futures.process")
WORKERS = "grader.sandbox.guest.workers"


def workers_on_import() -> None:
    """Let processes be threads, now where a library has imported them, else when one does."""
    if any(name in sys.modules for name in NAMES):
        importlib.import_module(WORKERS).become_threads()
    else:
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds those modules like anyone else, and changes them once they are loaded."""

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """Return the spec of one of them with a loader of ours; None for every other module."""
        if name not in NAMES:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        spec.loader = _Loader(spec.loader)
        return spec


class _Loader(Loader):
    def __init__(self, usual: Loader) -> None:
        self._usual = usual

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module as usual."""
        return self._usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, and then let processes be threads."""
        self._usual.exec_module(module)
        importlib.import_module(WORKERS).become_threads()
