"""
IPython without a kernel: the InteractiveShell that runs the cells of a guest.

It is made once in the warm server, before any fork, and reads and writes no file: no history, no
profile, no startup files. What it shows goes to `Outputs`.
"""

import asyncio
import contextlib
import inspect
import os
import re
from collections.abc import Iterator

from IPython.core import async_helpers as _async_helpers
from IPython.core import page
from IPython.core.autocall import ExitAutocall
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import UsageError
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Instance, Type, Unicode
from traitlets.config import Config

from grader.sandbox.guest import faults, programs
from grader.sandbox.guest.outputs import Outputs


class _Publisher(DisplayPublisher):
    def publish(
        self,
        data: dict,
        metadata: dict | None = None,
        source: object = None,
        *,
        transient: dict | None = None,
        update: bool = False,
        **kwargs: object,
    ) -> None:
        metadata = {} if metadata is None else metadata
        self._validate_data(data, metadata)
        display_id = (transient or {}).get("display_id")
        if update:
            self.shell.outputs.update(data, metadata, display_id)
        else:
            output = {"output_type": "display_data", "data": data, "metadata": metadata}
            self.shell.outputs.put(output, display_id)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(wait)


class _Hook(DisplayHook):
    """What is called with the value of the last expression."""

    def write_output_prompt(self) -> None:
        """Write nothing; the number is part of the output."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        output = {"output_type": "execute_result", "data": format_dict, "metadata": md_dict or {}}
        self.shell.outputs.put(output | {"execution_count": self.prompt_count})

    def log_output(self, format_dict: dict) -> None:
        """Keep nothing of it."""

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Formatter(DisplayFormatter):
    def format(self, obj: object, include: object = None, exclude: object = None) -> tuple:
        """Format an object; not any more when the output of the cell is cut."""
        if self.parent.outputs.cut:
            return {}, {}
        return super().format(obj, include, exclude)


class _Compiler(CachingCompiler):
    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        name = file_name(number)
        with contextlib.suppress(OSError):  # the folder may be gone
            # else the first traceback looks through all modules: 3 ms and 500 pages of memory
            inspect.modulesbyfile[os.path.abspath(name)] = "__main__"
        inspect.modulesbyfile[name] = "__main__"
        return name


class _Exit(ExitAutocall):
    """`exit` and `quit`: the notebook goes on."""

    def __call__(self, keep_kernel: bool = False) -> None:
        pass


def file_name(number: int) -> str:
    """
    Return the name under which the code of a cell is compiled. By the folder, which is not there,
    libraries know a cell of a kernel: numba keeps no compiled function of any other.
    """
    return f"{faults.FOLDER}Cell In[{number}].py"  # .py: IPython shows lines as kernels do


class GuestShell(InteractiveShell):
    """The one InteractiveShell of a guest."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    compiler_class = Type(_Compiler)
    exiter = Instance(_Exit)
    ipython_dir = Unicode("/")  # no folder of ours; nothing is read or written there
    autoindent = False
    system = system_raw = system_piped = staticmethod(programs.no_line)
    getoutput = staticmethod(programs.no_output)

    def __init__(self, outputs: Outputs, **kwargs: object) -> None:
        self.outputs = outputs
        self.fault: BaseException | None = None  # what was shown last, and its text
        self.words = ""
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        config.InteractiveShell.colors = "nocolor"
        config.InteractiveShell.enable_tip = False
        config.IPKernelApp.tqdm = "tqdm looks for this to know a notebook"
        super().__init__(config=config, **kwargs)

    def _exiter_default(self) -> _Exit:
        return _Exit(self)

    def init_ipython_dir(self, ipython_dir: str | None) -> None:
        """Touch no folder."""

    def init_profile_dir(self, profile_dir: str | None) -> None:
        """Touch no folder."""

    def init_virtualenv(self) -> None:
        """Leave sys.path alone."""

    def init_display_formatter(self) -> None:
        self.display_formatter = _Formatter(parent=self)

    def init_hooks(self) -> None:
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(lambda *_, **__: None), 99)

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: figures are drawn into outputs."""

    def ask_exit(self) -> None:
        """Stay."""

    @contextlib.contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        yield  # IPython would keep a second copy of all that is printed

    def _format_exception_for_storage(self, *_: object, **__: object) -> dict:
        return {}  # a second traceback would take 2 ms and be read by nobody

    def should_run_async(self, raw_cell: str, **kwargs: object) -> bool:
        """Run a cell in an event loop if it awaits, or if it speaks of loops as in a kernel."""
        return bool(_LOOPS.search(raw_cell)) or super().should_run_async(raw_cell, **kwargs)

    def _get_exc_info(self, exc_tuple: tuple | None = None) -> tuple:
        _, error, traceback = super()._get_exc_info(exc_tuple)
        self.fault = error
        if type(error) is UsageError:  # a slip in a magic, which IPython tells in one line
            self.words = faults.said(error)
            return UsageError, UsageError(self.words), traceback
        copy = faults.tame(error)
        self.words = str(copy)
        return type(copy), copy, faults.shorten(traceback)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        lines = [faults.without_paths(line) for line in stb]
        self.outputs.error(etype.__name__, str(evalue), lines)

    def let_tasks_run(self) -> None:
        """Give tasks of earlier cells their turn, which they have between the cells of a kernel."""
        if tasks := self._tasks():
            for _ in range(3):
                tasks[0].get_loop().run_until_complete(asyncio.sleep(0))

    def give_up_waiting(self, file: str) -> tuple[int, int]:
        """
        Cancel a cell that was interrupted while it awaited something; return where that stands.
        """
        for task in self._tasks():
            waiting = task.get_coro()
            while (frame := getattr(waiting, "cr_frame", None)) is not None:
                code = frame.f_code
                if code.co_filename == file and code.co_name.startswith("<"):  # no function of it
                    task.cancel()
                    return faults.place(code, frame.f_lasti)
                waiting = waiting.cr_await
        return 0, 0

    def _tasks(self) -> list[asyncio.Task]:
        """Return the tasks of the loop that cells run in."""
        loop = getattr(_async_helpers, "_asyncio_event_loop", None)
        return [] if loop is None or loop.is_closed() else list(asyncio.all_tasks(loop))


GuestShell.__name__ = "ZMQInteractiveShell"  # libraries look for this name to know a notebook
_LOOPS = re.compile(r"\b(asyncio|nest_asyncio)\b")
