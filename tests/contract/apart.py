"""
A plugin of pytest for nbgrader's own tests: they are those of the source distribution, and those
that state the opposite of what is promised here must fail.

CONTRACT_TESTS is the folder that holds `nbgrader/tests`. The reasons stand in docs/nbgrader.md.
"""

import functools
import os
import sys

PLACE = os.environ["CONTRACT_TESTS"]
sys.path[:] = [path for path in sys.path if path != PLACE]  # the tests' package is empty there

import nbgrader.api  # noqa: E402
import pytest  # noqa: E402

# Each new gradebook asks the command `alembic` for one and the same version, which takes seconds.
nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)

# `nbgrader.tests` is what was fetched, everything else the nbgrader that is installed.
nbgrader.__path__.insert(0, os.path.join(PLACE, "nbgrader"))

APART = {
    "test_side_effects": "files that a learner's cells write stay in the sandbox",
    "test_no_execute": "no mark comes from outputs that a learner saved",
    "test_handle_failure": "checks that the key does not have stop nobody",
    "test_handle_failure_single_notebook": "checks that the key does not have stop nobody",
    "test_grade_empty_timestamp": "a timestamp that holds no date stops nobody",
    "test_missing_files": "a hand-in without a notebook is told, not passed over",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect failures of the tests that are listed; one that passes is a failure."""
    for item in items:
        listed = APART if "test_nbgrader_autograde" in item.nodeid else {}
        if reason := listed.get(item.name):
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
