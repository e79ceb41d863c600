"""
Old names of modules, found as the modules of today: notebooks that were handed out, gradebooks and
configuration files of courses say them. Those of a course stand in its entry points `grader.moved`.
"""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType

COURSES = "grader.learn."  # where modules of a course were before it had a package
MOVED = {
    "grader.archives": "grader.nbgrader_ext.archives",
    "grader.door": "grader.course.config",
    "grader.exchange": "grader.nbgrader_ext.exchange",
    "grader.executor": "grader.nbgrader_ext.executor",
    "grader.export": "grader.nbgrader_ext.export",
    "grader.exporter": "grader.nbgrader_ext.exporter",
    "grader.formgrader": "grader.nbgrader_ext.formgrader",
    "grader.harmless": "grader.sanitize",
    "grader.learn": "grader.widgets",
    "grader.rubric": "grader.feedback.rubric",
}


def today(name: str) -> str:
    """Return the present name of a module; the same where it did not move."""
    if not name.startswith(COURSES):
        return MOVED.get(name, name)
    from grader.widgets import offered

    return offered("grader.moved").get(name, name)


class Finder:
    """Finds modules by their old names; stands in `sys.meta_path`."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return how to load a module by its old name; None for all other names."""
        return ModuleSpec(name, Alias()) if today(name) != name else None


class Alias:
    """Lets an old name stand for the same module as the name of today."""

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python to make a module, which is thrown away."""

    def exec_module(self, module: ModuleType) -> None:
        """Put the module of today where the import system looks for the old one."""
        sys.modules[module.__name__] = import_module(today(module.__name__))
