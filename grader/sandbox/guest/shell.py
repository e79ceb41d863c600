"""
The notebook semantics of a guest: cells run as in Jupyter, with no kernel and no files.

`prepare` does the costly half in the warm server (about 0.2 s of CPU, once); a guest that is forked
from it makes a `Shell` in well under a millisecond and runs cells in it. What comes out is only a
claim: learner code shares the process.
"""

import contextlib
import importlib
import linecache
import os
import sys

from IPython.core import magics

from grader.sandbox.guest import comms, faults, programs
from grader.sandbox.guest.importing import workers_on_import
from grader.sandbox.guest.ipython import GuestShell, file_name
from grader.sandbox.guest.outputs import Output, Outputs

_WARM_UP = (
    "1/0",
    "1 +",
    "%%time\nimport warnings; warnings.warn('warm')",
    "import sys; print(1, file=sys.stderr); display(1); [1]",
    "async def warm(): pass",
)


class Shell:
    """The cells of one notebook and their namespace."""

    def __init__(self, job: int | None = None) -> None:
        """Make the shell; `job` is the job socket of a guest in which programs may start."""
        prepare()
        self._ip = GuestShell.instance()
        self._outputs = self._ip.outputs
        self.space: dict[str, object] = self._ip.user_ns
        sys.stdout, sys.stderr = (self._outputs.streams[name] for name in ("stdout", "stderr"))
        if job is None:
            programs.refuse()
        else:
            programs.allow(self._ip, job)

    def run(self, cell: str, number: int) -> tuple[list[Output], faults.Stop | None]:
        """
        Run a cell as number so and so; return its outputs, and why it stopped.

        `stop` has `kind`, the name of the class of the exception, `message`, cut, and `line`; see
        `faults.stop`.
        """
        ip = self._ip
        with contextlib.suppress(Exception):  # a learner may observe a widget
            ip.comms.deliver()
        self._outputs.begin()
        ip.fault = None
        ip.execution_count = number
        for inputs in (ip.history_manager.input_hist_parsed, ip.history_manager.input_hist_raw):
            inputs.extend([""] * (number - len(inputs)))  # so that In[number] is this cell
        try:
            ip.let_tasks_run()
            result = ip.run_cell(cell, store_history=True)
            error = result.error_before_exec or result.error_in_exec or ip.fault
        except BaseException as escaped:  # an interrupt between two lines of learner code
            error = escaped
        return self._outcome(error, number)

    def names(self) -> list[str]:
        """Return the names that cells have made, without IPython's own."""
        hidden = self._ip.user_ns_hidden
        texts = (name for name in list(self.space) if type(name) is str)
        return [name for name in texts if not name.startswith("_") and name not in hidden]

    def _outcome(
        self, error: BaseException | None, number: int
    ) -> tuple[list[Output], faults.Stop | None]:
        stop = None
        if error is not None:
            words = self._ip.words if error is self._ip.fault else faults.said(error)
            stop = faults.stop(error, words, file_name(number))
            if not stop["line"] and stop["kind"] == KeyboardInterrupt.__name__:
                stop["at"] = self._ip.give_up_waiting(file_name(number))
                stop["line"] = stop["at"][0]
            if self._ip.fault is None:  # nothing was shown yet
                self._outputs.error(stop["kind"], words, [f"{stop['kind']}: {words}"])
        return self._outputs.end(), stop


def prepare() -> None:
    """Make the one IPython of this process ready, so that guests need not; once is enough."""
    if GuestShell.initialized():
        return
    importlib.import_module("asyncio.runners")
    importlib.import_module("IPython.core.pylabtools")
    for name in {
        spec.split(":")[0]
        for table in magics.BUILTIN_LAZY_MAGICS.values()
        for spec in table.values()
    }:
        importlib.import_module(name)
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    outputs = Outputs()
    ip = GuestShell.instance(outputs=outputs)
    ip.kernel = comms.Kernel()
    ip.get_parent, ip.set_parent = comms.Kernel().get_parent, lambda request: None
    ip.comms = comms.Comms(outputs)
    ip.comms.connect()
    for name in programs.SCRIPTS:
        for kind in ("line", "cell"):
            ip.register_magic_function(programs.no_line, kind, name)
    ip.db = {}  # %cd and %store keep what they know there
    _warm_up(ip)
    workers_on_import()


def _warm_up(ip: GuestShell) -> None:
    """
    Run cells once, so that what IPython imports and caches on the way is shared by all guests.
    """
    streams = ip.outputs.streams
    with (
        contextlib.redirect_stdout(streams["stdout"]),
        contextlib.redirect_stderr(streams["stderr"]),
    ):
        for cell in _WARM_UP:
            ip.outputs.begin()
            ip.run_cell(cell, store_history=True)
    ip.reset()
    ip.outputs.__init__()
    linecache.cache.pop("<string>", None)  # the server's own `-c`: not a line of any `exec`
    ip.last_execution_result = ip.fault = None
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
