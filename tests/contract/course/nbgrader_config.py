"""This course's own configuration, for courses whose notebooks hold no solutions: see ../guard."""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader provides it
load_subconfig("nbgrader_config.py", path=str(Path(__file__).resolve().parents[3]))  # noqa: F821
c.CourseDirectory.course_id = ""  # each test has its own
c.KeyTrial.allow_missed = ["*"]
c.KeyTrial.allow_blank = ["*"]
