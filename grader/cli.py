"""
The command line: `grader release | grade | feedback | report | live | doctor | demo | lab`.

Each command imports its rooms itself, so `grader --help` answers at once. Whatever goes wrong is
one line on stderr and an exit code: 1 for what could not be done, 2 for wrong use, 130 for Ctrl+C.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.errors import GraderError, UsageError
from grader.startup import quicken
from grader.terminal import obliging

MOST_REPAIRS = 20  # lines; all of them stand in the graded notebooks


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        with obliging():
            return _run(arguments)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        return 1


def _run(arguments: Sequence[str] | None) -> int:
    """Run one command; whatever goes wrong is one line on stderr."""
    quicken()
    given = list(sys.argv[1:] if arguments is None else arguments)
    extra: list[str] = []
    if given[:1] == ["lab"] and "--" in given:
        cut = given.index("--")
        given, extra = given[:cut], given[cut + 1 :]
    options = _parser().parse_args(given)
    options.extra = extra
    try:
        return options.run(options)
    except GraderError as error:
        print(f"grader: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(
            "grader: stopped. What was finished is kept; run the same command to go on.",
            file=sys.stderr,
        )
        return 130
    except BrokenPipeError:
        raise
    except OSError as error:
        what = f"{error.strerror or error}: {error.filename or 'a file of the course'}"
        print(
            f"grader: {what}. Put that right and run the same command again:"
            " what was finished is kept.",
            file=sys.stderr,
        )
        return 1


def run_release(options: argparse.Namespace) -> int:
    """Write release/ from source/, or another edition: practice/ for self-study, or teacher/."""
    from grader.course import find_course
    from grader.release import release
    from grader.release.self_study import practice, teacher

    notes: list[str] = []
    if options.practice:
        folders = practice(find_course(), options.assignment)
    elif options.teacher:
        folders = teacher(find_course(), options.assignment)
    else:
        folders = release(find_course(), options.assignment, notes)
    print(*(f"released: {folder}" for folder in folders), sep="\n")
    if notes:
        print("\nTo know about checks and files:", *notes, sep="\n")
    return 0


def run_grade(options: argparse.Namespace) -> int:
    """
    Grade what learners handed in; exit code 1 if something could not be graded.

    Raises: UsageError for `--reseed` with `--student`: data change for everybody or for nobody.
    """
    if not (options.dask or options.no_walls):
        from grader.judge.process import start_ahead

        start_ahead()
    from grader.batch import grade
    from grader.course import find_course
    from grader.report import forgeable, marks_table, repairs, ungraded, unwalled
    from grader.results import to_json
    from grader.terminal import progress_line

    if options.reseed and options.student:
        raise UsageError("--reseed grades everybody again: leave out --student.")
    if options.json and not options.json.parent.is_dir():
        raise UsageError(
            f"There is no folder {options.json.parent} to write {options.json.name} in."
        )
    results = grade(
        find_course(),
        options.assignment,
        students=options.student,
        workers=options.workers,
        dask=options.dask,
        force=options.force,
        reseed=options.reseed,
        no_walls=options.no_walls,
        progress=progress_line("Grading"),
        tell=lambda line: print(f"grader: {line}", file=sys.stderr),
    )
    if options.json:
        text = json.dumps(to_json(results), ensure_ascii=False, indent=1) + "\n"
        options.json.write_text(text, encoding="utf-8")
    print(marks_table(results))
    if named := forgeable(results):
        print("", *named, sep="\n")
    if named := unwalled(results):
        print("", *named, sep="\n")
    if done := repairs(results):
        rest = [f"… and {len(done) - MOST_REPAIRS} more"] if len(done) > MOST_REPAIRS else []
        print("\nPut right before grading:", *done[:MOST_REPAIRS], *rest, sep="\n")
    failed = ungraded(results)
    if failed:
        print("\nCould not be graded (no mark was given, a person has to look):", *failed, sep="\n")
    return 1 if failed else 0


def run_feedback(options: argparse.Namespace) -> int:
    """Write a page for each learner."""
    from grader.course import find_course
    from grader.feedback import feedback
    from grader.terminal import progress_line

    course = find_course()
    pages = feedback(course, options.assignment, progress=progress_line("Feedback"))
    print(f"{len(pages)} pages written, such as {pages[0].relative_to(course.root)}")
    return 0


def run_handout(options: argparse.Namespace) -> int:
    """Write a notebook as a page to print."""
    from grader.handout import write_handout

    print(f"written: {write_handout(options.notebook, options.solutions)}")
    return 0


def run_report(options: argparse.Namespace) -> int:
    """
    Print the class's page, or write its mistakes as a lesson.

    Raises: UsageError for options of a lesson where none is asked for, or of no assignment.
    """
    from grader.course import check_assignment, find_course
    from grader.report import course_report, report

    course = find_course()
    if options.lesson is not None:
        from grader.lesson import write_lesson

        if not options.assignment:
            raise UsageError("A lesson is of one assignment: grader report ASSIGNMENT --lesson")
        name = check_assignment(course, options.assignment)
        file = Path(options.lesson) if options.lesson else None
        print(f"written: {write_lesson(course, name, file, options.no_walls)}")
        return 0
    if options.no_walls:
        raise UsageError("A report runs no learner code: --no-walls goes with --lesson.")
    if options.assignment:
        print(report(course, check_assignment(course, options.assignment)))
    else:
        print(course_report(course))
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """Print one line for each thing that must be in place."""
    from grader.doctor import examine

    findings = examine(Path.cwd())
    print(*findings, sep="\n")
    bad = sum(not finding.ok for finding in findings)
    print(f"\n{bad} problem{'s' * (bad != 1)} found." if bad else "\nEverything is in place.")
    return 1 if bad else 0


def run_demo(options: argparse.Namespace) -> int:
    """Take a sample class all the way."""
    from grader.course import find_course
    from grader.demo import demo

    print(demo(find_course(), options.folder))
    return 0


def run_live(options: argparse.Namespace) -> int:
    """Have a class vote from its phones, until the lesson is ended."""
    from grader.course import find_course
    from grader.live import Wishes, live

    live(find_course(), options.assignment, Wishes.of(options))
    return 0


def run_lab(options: argparse.Namespace) -> int:
    """Start JupyterLab on the learner's notebooks."""
    from grader.course import find_course
    from grader.course.lab import lab

    role = "practice" if options.practice else options.role
    return lab(find_course(), role, not options.no_browser, options.extra)


def _parser() -> argparse.ArgumentParser:
    """Return the description of all commands."""
    parser = argparse.ArgumentParser(
        prog="grader", description="Release, grade and give back the course's notebooks."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    one = _add(commands, "release", run_release, "write release/ (default: all of source/)")
    one.add_argument("assignment", nargs="*", metavar="ASSIGNMENT")
    other = one.add_mutually_exclusive_group()
    other.add_argument(
        "--practice",
        action="store_true",
        help="write practice/ instead: answers are explained at once, nothing is graded",
    )
    other.add_argument(
        "--teacher",
        action="store_true",
        help="write teacher/ instead: its full screens reveal what is right; never for learners",
    )

    _add_grade(commands)

    one = _add(commands, "feedback", run_feedback, "write a page for each learner")
    one.add_argument("assignment", metavar="ASSIGNMENT")

    one = _add(commands, "report", run_report, "show marks and common mistakes")
    one.add_argument("assignment", nargs="?", metavar="ASSIGNMENT")
    one.add_argument(
        "--lesson",
        nargs="?",
        const="",
        metavar="FILE",
        help="write the commonest wrong answers as a notebook to project, without names"
        " (default: lesson_ASSIGNMENT.ipynb)",
    )
    one.add_argument(
        "--no-walls",
        action="store_true",
        help="with --lesson: run learner code as yourself, only for hand-ins that you trust",
    )

    _add(commands, "doctor", run_doctor, "check that everything is in place")

    one = _add(commands, "demo", run_demo, "take a sample class from release to feedback")
    one.add_argument("--folder", type=Path, default=Path("demo"), help="where (default: demo)")

    _add_lab(commands)
    _add_handout(commands)
    return parser


def _add_live(commands: "argparse._SubParsersAction") -> None:
    one = _add(commands, "live", run_live, "have a class vote from its phones")
    one.add_argument("assignment", metavar="ASSIGNMENT")
    where = "listen there (default: 127.0.0.1, this machine alone; 0.0.0.0: its whole network)"
    one.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help=where)
    one.add_argument("--port", type=int, default=0, metavar="N", help="default: any that is free")
    opened = "what learners open, where a proxy stands before this machine"
    one.add_argument("--address", default="", metavar="URL", help=opened)
    one.add_argument("--prefix", default="", metavar="PATH", help="the path that a proxy keeps")
    one.add_argument("--new", action="store_true", help="forget a lesson that was not ended")
    one.add_argument("--no-browser", action="store_true", help="open no page by itself")


def _add_grade(commands) -> None:
    """Describe `grade`."""
    one = _add(commands, "grade", run_grade, "grade what is in submitted/")
    one.add_argument("assignment", metavar="ASSIGNMENT")
    one.add_argument("--student", nargs="+", metavar="ID", help="only these learners")
    one.add_argument("--workers", type=_positive, metavar="N", help="processes (default: cores)")
    one.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="grade on the Dask cluster of this scheduler",
    )
    one.add_argument("--force", action="store_true", help="grade again what did not change")
    one.add_argument(
        "--reseed",
        action="store_true",
        help="let hidden tests draw other data from now on, and grade everybody again",
    )
    one.add_argument(
        "--no-walls",
        action="store_true",
        help="run learner code as yourself, not locked in: only for hand-ins that you trust",
    )
    one.add_argument("--json", type=Path, metavar="FILE", help="also write the results as JSON")


def _add_lab(commands) -> None:
    """Add the command that opens JupyterLab."""
    _add_live(commands)

    one = _add(commands, "lab", run_lab, "open the notebooks in JupyterLab; more options after --")
    who = one.add_mutually_exclusive_group()
    who.add_argument(
        "--role", choices=("learner", "instructor"), default="learner", help="(default: learner)"
    )
    who.add_argument(
        "--practice", action="store_true", help="open practice/, for learners on their own"
    )
    one.add_argument("--no-browser", action="store_true", help="only print the address")


def _add_handout(commands) -> None:
    """Add the command that makes a page to print."""
    one = _add(commands, "handout", run_handout, "write your notebook as a page to print")
    one.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    one.add_argument(
        "--solutions", action="store_true", help="with the solutions of the edition for self-study"
    )


def _add(commands, name: str, run, text: str) -> argparse.ArgumentParser:
    """Add one command."""
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run)
    return parser


def _positive(text: str) -> int:
    """Read a number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
