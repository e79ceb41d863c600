"""
FROM source/ TO WHAT LEARNERS GET.

    assignment  source/ -> release/, without answers, byte for byte the same each time
    examples, drawing, mutants
                what learners' checks try: drawn from the key, so that no slip survives them
    leftovers   files and lines that must not reach learners
    self_study  source/ -> practice/, an edition for learners without an instructor

nbgrader_config.py names `RefuseLeftovers`, `DrawExamples` and `Canonical`. They need nbgrader, which takes seconds
to import, and the edition for self-study does not: they come when they are asked for.
"""

from importlib import import_module

__all__ = ["Canonical", "DrawExamples", "RefuseLeftovers", "refuse_other_kernels", "release", "take_key"]


def __getattr__(name: str) -> object:
    """Return what makes a release."""
    if name in __all__:
        return getattr(import_module("grader.release.assignment"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
