"""
The contract tests: nbgrader's own tests, with what grades a course here behind its doors.

The tests come from nbgrader's source distribution, by pip and from the index that pip is set to;
its content is checked against the pinned hash. They stay in a temporary folder. Autograding is
tested in a course that says no more than guard(c), everything else with the course's configuration.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUITES = {
    "guard": ["apps/test_nbgrader_autograde.py"],
    "course": [
        "apps/test_api.py",
        "apps/test_nbgrader_collect.py",
        "apps/test_nbgrader_export.py",
        "apps/test_nbgrader_formgrade.py",
        "apps/test_nbgrader_generate_feedback.py",
        "apps/test_nbgrader_zip_collect.py",
    ],
}


def fetch(place: Path) -> None:
    """Put nbgrader's tests into `place`/nbgrader/tests. Nothing is built, nothing installed."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--require-hashes", "--dest", str(place)]
    command += ["--requirement", str(HERE / "requirements.txt")]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(HERE / "backend")})
    found = sorted(place.glob("nbgrader-*.tar.gz"))
    if done.returncode or not found:
        sys.exit("nbgrader's source distribution cannot be had here: no contract test was run.")
    with tarfile.open(found[0]) as archive:
        for member in archive.getmembers():
            member.name = member.name.partition("/")[2]  # without nbgrader-0.9.6
            if member.name.startswith("nbgrader/tests/"):
                archive.extract(member, place, filter="data")
    (place / "nbgrader/__init__.py").touch()


def run(place: Path, suite: str, arguments: list[str]) -> int:
    """Run a suite in two processes and return pytest's exit code."""
    print(f"Contract tests with {suite}/nbgrader_config.py:", flush=True)
    environment = os.environ | {
        "CONTRACT_TESTS": str(place),
        "JUPYTER_CONFIG_PATH": str(HERE / suite),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    words = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(place)]
    words += ["-p", "apart", "-p", "no:cacheprovider", "--quiet", "--numprocesses=2"]
    words += ["--disable-warnings", "--durations=5", *arguments]
    words += [str(place / "nbgrader/tests" / path) for path in SUITES[suite]]
    return subprocess.run(words, cwd=HERE, env=environment).returncode


def main(arguments: list[str]) -> int:
    """Fetch the tests and run both suites, with further arguments for pytest."""
    with tempfile.TemporaryDirectory(prefix="contract-") as name:
        place = Path(name)
        fetch(place)
        return max([run(place, suite, arguments) for suite in SUITES])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
