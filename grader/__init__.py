"""
The auto-grader of the course, built around nbgrader.

What a learner's notebook meets:
    widgets/       what a notebook imports to show steps and quizzes; holds no answer
    checks/        the vocabulary of check cells and the wording of every message
    rerun/         runs a step's own source again and makes a check's calls, here or in the sandbox
    jupyter_ext/   brings a notebook to life when it is opened: extensions of the Jupyter server, of
                   JupyterLab and of Notebook 7
    rai/           what belongs to this course alone, which the engine finds by its entry points

What a submission goes through:
    submissions/   whatever was handed in becomes a sound notebook of the key's cells
    sandbox/       the walls and the warm server in them; guest/, what runs beside learner code;
                   codec/, plain data as bytes, all that crosses the wall
    judge/         the one path: cells run in the sandbox, checks are judged outside
    graded/        what grading writes into a notebook: the result of each check, as data
    sanitize/      what a learner's notebook shows does no harm
    gradebook/     the one package that opens the database: one transaction for a batch
    trial/         tries a key before anybody is judged by it
    nbgrader_ext/  the classes that nbgrader's configuration names, for all of this

What an instructor runs:
    cli            reads the command line
    course/        the folder, nbgrader's configuration, files in canonical form; JupyterLab
    release/       source/ -> release/ or practice/, without answers; teacher/, with them
    batch/         submitted/ -> autograded/ and marks, a whole class at a time
    feedback/      autograded/ -> a learner's pages; rubrics for the formgrader
    report         the class's page: marks and common mistakes; the course's: all assignments
    lesson/        the class's commonest wrong answers as a notebook to project, without names
    live/          a class votes from its phones: a small server for one lesson
    doctor         is everything in place?
    demo/          a sample class, taken all the way

What these stand on:
    results        the marks of notebooks and learners, as plain data
    errors         everything that can go wrong, drawn as a tree
    terminal       what commands print, and the line that shows how far a long job is
    version        which code this is
    aliases        old names of modules, for what people have in notebooks and configurations
"""

import sys

from grader.aliases import Finder

__version__ = "0.1.0"

sys.meta_path.insert(0, Finder())
