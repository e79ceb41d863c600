"""How long a learner waits for the verdict on a function, in a real kernel."""

import json
import os
import re
import statistics
import time
from pathlib import Path

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from measure import table
from support.notebooks import ROOT

NOTEBOOKS = ("beyond_accuracy", "fairness_monitor")
ROUNDS = 7
SOLUTION = re.compile(r"(?m)^ *### (?:BEGIN|END) SOLUTION\n?")


def verdicts(place: Path) -> str:
    """From Run of an answer to the sentence: the solution, and one that is wrong on any data."""
    rows = []
    for name in NOTEBOOKS:
        os.environ["JPY_SESSION_NAME"] = str(ROOT / "release" / name / f"{name}.ipynb")
        manager, client = start_new_kernel(cwd=str(place))
        try:
            rows += _measured(name, client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            del os.environ["JPY_SESSION_NAME"]
    return f"From Run to the verdict, in ms; medians of {ROUNDS} rounds in one kernel.\n\n" + table(
        ["task", "right", "longest", "gives nothing"], rows
    )


def _measured(name: str, client: BlockingKernelClient) -> list[list[object]]:
    sources = _cells("source", name)
    rows = []
    for cell_id, source in sources.items():
        if not re.fullmatch(r"[ab]\d", cell_id):
            if not cell_id.endswith("_check"):
                _run(client, source, cell_id)
            continue
        right = SOLUTION.sub("", source)
        wrong = right.replace("    return ", "    print")
        times: dict[str, list[float]] = {right: [], wrong: []}
        for _ in range(ROUNDS):
            for code, noted in times.items():
                start = time.perf_counter()
                assert "Progress" in _run(client, code, cell_id)  # the check runs by itself
                noted.append((time.perf_counter() - start) * 1000)
        _run(client, right, cell_id)
        medians = (
            statistics.median(times[right]),
            max(times[right]),
            statistics.median(times[wrong]),
        )
        rows.append([cell_id, *(round(one) for one in medians)])
    return rows


def _run(client: BlockingKernelClient, source: str, cell_id: str) -> str:
    """Run a cell as JupyterLab does, until the kernel is idle again; return what it shows."""
    message = client.session.msg(
        "execute_request",
        {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        },
        metadata={"cellId": cell_id},
    )
    client.shell_channel.send(message)
    mine = message["header"]["msg_id"]
    shown = ""
    while True:
        found = client.get_iopub_msg(timeout=120)
        idle = found["msg_type"] == "status" and found["content"]["execution_state"] == "idle"
        if idle and found["parent_header"].get("msg_id") == mine:
            return shown
        shown += found["content"].get("data", {}).get("text/plain", "")


def _cells(stage: str, name: str) -> dict[str, str]:
    nb = json.loads((ROOT / stage / name / f"{name}.ipynb").read_bytes())
    return {one["id"]: "".join(one["source"]) for one in nb["cells"] if one["cell_type"] == "code"}
