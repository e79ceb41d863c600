"""
THE COURSE FOLDER: what lies in it, how nbgrader is configured there, and what its files look like.

    folder      the folder and its names; nbgrader's configuration, and its converters run here
    config      what a course's nbgrader_config.py says: `enable`
    canonical   the one form in which a notebook of ours is written
    regions     what learners see of a cell with hidden tests
    languages   which language a notebook is for
    names       which files an operating system leaves, not a person
    lab         JupyterLab for learners or for instructors

Nothing here opens the gradebook.
"""

from grader.course.folder import (
    CONFIG,
    Course,
    check_assignment,
    course_directory,
    find_course,
    load_config,
    make_importable,
    put_tools_on_path,
    quiet_nbgrader,
    run_nbgrader,
)

__all__ = [
    "CONFIG",
    "Course",
    "check_assignment",
    "course_directory",
    "find_course",
    "load_config",
    "make_importable",
    "put_tools_on_path",
    "quiet_nbgrader",
    "run_nbgrader",
]
