"""The address of a gradebook, and one clear line for whatever is wrong with what lies there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader import api
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from grader.errors import GraderError

PATIENCE = 60.0  # seconds that somebody else may hold the lock
AGAIN = "Then run the same command again: what was finished is kept."
ADVICE = {
    r"locked|lock timeout|deadlock": "Another program has been writing to it for a minute:"
    f" close it, or wait for its end. {AGAIN}",
    r"full|I/O error|read-?only|too large|unable to open|No space": "See that there is room on the"
    f" disk and that the file and its folder may be written. {AGAIN}",
    r"no such column|UndefinedColumn": "It was made by an older nbgrader: back it up and run"
    " `nbgrader db upgrade`.",
    r"psycopg": "See that the database server runs and that c.CourseDirectory.db_url in"
    f" nbgrader_config.py is right. {AGAIN}",
    r"": "Put a backup of it in place, or move it away and grade again.",
}


@contextmanager
def one_line(db_url: str) -> Iterator[None]:
    """Raise what goes wrong with the gradebook at this address as a GraderError of one line."""
    try:
        yield
    except (SQLAlchemyError, api.InvalidEntry) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        advice = next(text for words, text in ADVICE.items() if re.search(words, first))
        raise GraderError(
            f"The gradebook {shown(db_url)} cannot be used: {first}. {advice}"
        ) from None


def patient(db_url: str) -> str:
    """
    Return the address with which nbgrader waits for a lock; its own is five seconds.

    Raises: GraderError where the package for this kind of database is not installed.
    """
    with one_line(db_url):
        url = make_url(db_url)
        dialect = url.get_dialect()
    try:
        dialect.import_dbapi()
    except ModuleNotFoundError as missing:
        raise GraderError(
            f"The gradebook {shown(db_url)} needs the Python package {missing.name}. Install it;"
            " for PostgreSQL: pip install 'rai-course-grader[postgresql]', and an address that"
            " starts with postgresql+psycopg://"
        ) from None
    if url.get_backend_name() == "sqlite" and "timeout" not in url.query:
        url = url.update_query_dict({"timeout": str(PATIENCE)})
    return url.render_as_string(hide_password=False)


def shown(db_url: str) -> str:
    """Return an address as it may be shown: without the password."""
    return re.sub(r"(?<=:)[^:@/]+(?=@)", "***", db_url)
