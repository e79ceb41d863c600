"""The golden answers to the four steps, with the verdicts that they deserve."""

import json
import sys

from support.notebooks import ROOT

GOLDEN = json.loads((ROOT / "tests/cases/steps.json").read_text(encoding="utf-8"))
if sys.version_info >= (3, 12):
    GOLDEN = [case | case.get("since_3_12", {}) for case in GOLDEN]
POINTS = {"step_1": 2, "step_2": 1, "step_3": 4, "step_4": 3}
