"""What a check cell displays, caught in nbformat's shape."""

import functools
from types import TracebackType

from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Unicode
from traitlets.config import Config


class _Formatter(InteractiveShell):
    """IPython for its display alone: no history, no profile, no file."""

    ipython_dir = Unicode("/")

    def __init__(self, **kwargs: object) -> None:
        config = Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})
        super().__init__(config=config, **kwargs)

    def init_ipython_dir(self, ipython_dir: str | None) -> None:
        """Touch no folder."""

    def init_profile_dir(self, profile_dir: str | None) -> None:
        """Touch no folder."""

    def init_virtualenv(self) -> None:
        """Leave sys.path alone."""


@functools.cache
def _publisher() -> CapturingDisplayPublisher:
    return CapturingDisplayPublisher(shell=_Formatter.instance())


class DisplayCapture:
    """Catches every `display` while it is entered; the grader shows nothing on a screen."""

    def __init__(self) -> None:
        self._shell = _Formatter.instance()
        self._caught = _publisher()

    def __enter__(self) -> "DisplayCapture":
        self._caught.outputs = []
        self._kept, self._shell.display_pub = self._shell.display_pub, self._caught
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._shell.display_pub = self._kept

    @property
    def outputs(self) -> list[dict[str, object]]:
        """Return what was displayed, as `display_data`."""
        return [
            {"output_type": "display_data", "data": one["data"], "metadata": one["metadata"]}
            for one in self._caught.outputs
        ]

    def formatted(self, value: object) -> dict[str, object]:
        """Return a value as IPython shows it, by MIME type."""
        if type(value) in (bool, float, int):  # a mark, most of the time
            return {"text/plain": repr(value)}
        data, _ = self._shell.display_formatter.format(value)
        return data or {"text/plain": repr(value)}
