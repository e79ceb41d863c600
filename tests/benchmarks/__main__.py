"""
What a class costs here and with stock nbgrader, on the same submissions, interleaved in one run.

    make bench                      all of it, about twenty-five minutes on two cores
    python tests/benchmarks PART…   grading, growth, hanging, starting, feedback, recording,
                                    libraries, assignments, verdicts, opening
    python tests/benchmarks growth 50 2000
"""

import os
import platform
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

import parts  # noqa: E402 - it lies there


def main(words: list[str]) -> int:
    """Measure what is asked for and print a table for each."""
    sizes = [int(word) for word in words if word.isdigit()]
    names = [word for word in words if not word.isdigit()] or list(parts.PARTS)
    if unknown := set(names) - set(parts.PARTS):
        print(f"There is no part {', '.join(unknown)}; there are {', '.join(parts.PARTS)}.")
        return 2
    print(
        f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}\n"
    )
    for name in names:
        with tempfile.TemporaryDirectory() as place:
            measure = parts.PARTS[name]
            print(measure(Path(place), *([sizes] if sizes and name == "growth" else [])), "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
