"""
What a cell shows, collected in the shape of a notebook and never larger than its limits.

Learner code writes to it through print, display and tracebacks. Past a limit everything is thrown
away as cheaply as Python can, with one note where the output is cut.
"""

import base64
import datetime
import io
import json
import numbers

from grader.sandbox.codec.introspection import text
from grader.sandbox.guest.faults import without_paths

MOST_TEXT = 1_000_000  # characters of one cell, all outputs together
MOST_OF_ALL = 8_000_000  # characters of a notebook
MOST_OUTPUTS = 500  # of one cell
MOST_OF_ERROR = 100_000  # characters of a traceback, which is shown even if the rest is cut
Output = dict[str, object]


class Outputs:
    """The outputs of the cell that runs, and how much room is left for them."""

    def __init__(self) -> None:
        self.left = MOST_OF_ALL
        self.streams = {name: Stream(self, name) for name in ("stdout", "stderr")}
        self.begin()

    def begin(self) -> None:
        """Start a cell."""
        self.shown: list[Output] = []
        self.captures: list[list[Output]] = []
        self.displays: dict[str, list[Output]] = {}
        self.texts: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self.budget = min(MOST_TEXT, self.left)
        self.count = 0
        self.cut = self.clear_next = False
        for stream in self.streams.values():
            stream.__dict__.pop("write", None)

    def end(self) -> list[Output]:
        """Return the outputs of the cell."""
        self.flush()
        self.left -= min(MOST_TEXT, self.left) - self.budget
        return self.shown

    @property
    def place(self) -> list[Output]:
        """The list that outputs go to: the cell's, or that of an Output widget."""
        return self.captures[-1] if self.captures else self.shown

    def write(self, name: str, words: str) -> None:
        """Take what is printed to a stream."""
        if len(words) <= self.budget:
            self.budget -= len(words)
            self.texts[name].append(words)
        else:
            self.texts[name].append(words[: self.budget])
            self.budget = 0
            self._cut(name)

    def flush(self) -> None:
        """Put what was printed into the outputs: stdout before stderr, as kernels do."""
        for name, parts in self.texts.items():
            if not parts:
                continue
            words, self.texts[name] = "".join(parts), []
            if name == "stderr":  # warnings tell where they come from
                words = without_paths(words)
            self._clear_if_due()
            last = self.place[-1] if self.place else {}
            if last.get("output_type") == "stream" and last["name"] == name:
                last["text"] += words
            elif words:
                self.place.append({"output_type": "stream", "name": name, "text": words})

    def put(self, output: Output, display_id: str | None = None) -> None:
        """Take a display or a result, whose data and metadata become plain."""
        if self.cut or not self._make_plain(output):
            return
        self.flush()
        self._clear_if_due()
        self.count += 1
        if self.count > MOST_OUTPUTS:
            self._cut("stdout", f"{MOST_OUTPUTS} outputs")
            self.flush()
            return
        self.place.append(output)
        if display_id is not None:
            self.displays.setdefault(display_id, []).append(output)

    def update(self, data: dict, metadata: dict, display_id: str | None) -> None:
        """Replace what the displays of this cell with that id show."""
        new: Output = {"data": data, "metadata": metadata}
        if display_id in self.displays and not self.cut and self._make_plain(new):
            for output in self.displays[display_id]:
                output.update(new)

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """Take an error; it is shown even if output was cut before."""
        self.flush()
        self._clear_if_due()
        lines, budget = [], MOST_OF_ERROR
        for line in traceback:
            lines.append(line[:budget])
            budget -= len(lines[-1])
        error = {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}
        if self.count <= MOST_OUTPUTS:  # a loop may show tracebacks, too
            self.count += 1
            self.place.append(error)

    def clear(self, wait: bool) -> None:
        """Clear the output, now or before the next one."""
        self.flush()
        if wait:
            self.clear_next = True
        else:
            self.place.clear()
            self.displays.clear()

    def capture(self) -> None:
        """Send outputs to a list of their own, until `release`."""
        self.flush()
        self.captures.append([])

    def release(self) -> list[Output]:
        """Stop the last capture and return what came."""
        self.flush()
        return self.captures.pop() if self.captures else []

    def _clear_if_due(self) -> None:
        if self.clear_next:
            self.clear_next = False
            self.place.clear()
            self.displays.clear()

    def _make_plain(self, output: Output) -> bool:
        """Make data and metadata plain; False, and a cut, if they do not fit."""
        for key in ("data", "metadata"):
            output[key], size = _plain(output[key])
            if size > self.budget:
                self._cut("stdout")
                self.flush()
                return False
            self.budget -= size
        return True

    def _cut(self, name: str, what: str | None = None) -> None:
        if self.cut:
            return
        self.cut = True
        what = what or ("1 MB" if self.left >= MOST_TEXT else "8 MB in this notebook")
        self.texts[name].append(f"\n… output cut here: more than {what}\n")
        for stream in self.streams.values():
            stream.write = len  # C code: a flood of prints costs next to nothing


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of the cells."""

    encoding, errors, newlines = "utf-8", "strict", None

    def __init__(self, outputs: Outputs, name: str) -> None:
        self._outputs, self._name = outputs, name
        self.name = f"<{name}>"

    def write(self, words: str) -> int:
        """Take text. Raises: TypeError for anything else, as Python's own streams do."""
        if type(words) is not str:
            if not issubclass(type(words), str):
                raise TypeError(f"write() argument must be str, not {type(words)}")
            words = text(words)
        self._outputs.write(self._name, words)
        return len(words)

    def flush(self) -> None:
        """Do nothing: the end of the cell flushes."""

    def fileno(self) -> int:
        """Return the descriptor of the process's own stream; what is written there is not shown."""
        return 1 if self._name == "stdout" else 2

    def isatty(self) -> bool:
        """Tell that nobody watches."""
        return False

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def close(self) -> None:
        """Stay open, as a kernel's streams do for the next cell."""


def _plain(value: object) -> tuple[object, int]:
    """Return a bundle as plain JSON data and how many characters that takes."""
    if type(value) is dict and all(type(k) is str and type(v) is str for k, v in value.items()):
        return dict(value), sum(len(k) + len(v) for k, v in value.items())
    words = json.dumps(value, default=_json_default)
    return json.loads(words), len(words)


def _json_default(value: object) -> object:
    """Do for JSON what kernels do: bytes are base64, dates text, numbers and sequences plain."""
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if hasattr(value, "__iter__"):
        return list(value)
    raise TypeError(f"a {type(value).__name__} cannot be shown as JSON")
