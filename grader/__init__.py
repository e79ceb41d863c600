"""
The auto-grader of the course, built around nbgrader.

What a learner's notebook meets:
    learn/       what a notebook imports to show steps and quizzes; holds no answer
    rai/         what belongs to this course alone, which the engine finds by its entry points
    checks/      the vocabulary of check cells and the wording of every message
    rerun/       runs a step's own source again and makes a check's calls, here or in the sandbox

What a submission goes through:
    documents/   whatever was handed in becomes a sound notebook of the key's cells
    grading/     the one path: cells run in the sandbox, checks are judged outside
    sandbox/     the walls and the warm server in them; guest/, what runs beside learner code;
                 codec/, plain data as bytes, all that crosses the wall
    door         what a course's configuration says to have it so; nbgrader's seams are
                 `exchange` and `archives` (collect), `exporter` (reads), `executor` (runs and
                 records) and `harmless/` (cleans)
    formgrader   the second walls of nbgrader's page of a hand-in: its policy, names as text
    marking      a restored notebook through grading, for nbgrader and for batch

What an instructor runs, one room a command:
    cli          reads the command line and opens the room
    release      source/ -> release/, without answers, byte for byte the same each time
    batch/       submitted/ -> autograded/ and marks, a whole class at a time
    feedback/    autograded/ -> a learner's pages
    export       grades.csv: nbgrader's columns, and what is open, late or not handed in
    rubric       the lines to tick in the formgrader, where a person gives the points
    report       the class's page: marks and common mistakes; the course's: all assignments
    doctor       is everything in place?
    demo         a sample class, taken all the way; sample: what it hands in
    practice     source/ -> practice/, an edition for learners without an instructor
    lab          JupyterLab for learners or for instructors

What these stand on:
    course       the folder, nbgrader's configuration, nbgrader's converters in this process
    gradebook/   the one room that opens the database: one transaction for a batch
    graded/      what grading writes into a notebook: the result of each check, as data
    results      the marks of notebooks and learners, as plain data
    hidden       what learners see of a cell with hidden tests
    languages    which language a notebook is for
    canonical    the one form in which a notebook of ours is written
    names        which files an operating system leaves, not a person
    terminal     what a terminal cannot show, and readers that leave
    progress     the line that shows how far a long job is
    errors       everything that can go wrong, drawn as a tree
"""

import sys

from grader.aliases import Finder

__version__ = "0.1.0"

sys.meta_path.insert(0, Finder())
