# Everything is set up in .venv the first time, and nothing outside this folder is touched.
# The environment need not be activated. Another Python: make demo PYTHON=python3.12

PYTHON ?= python3
ASSIGNMENT ?=
ARGS ?=

BIN := .venv/bin
LIBRARIES := .venv-libraries/bin
SET_UP := @$(PYTHON) install.py

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast firefox libraries contract lab release grade table bench format ready ready-for-tests ready-libraries

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ready  ## take a sample class from release to feedback, with a table of marks
	@$(BIN)/grader demo

# File by file in several processes: first what needs no browser, in three, because much of it waits;
# then JupyterLab in Chromium in two, each with a server and a browser of its own. A browser test that
# fails while the other process needs the machine runs once more, alone; both results stand in the
# report. With ARGS pytest runs alone. Files come in the order of tests/conftest.py: pytest-xdist's own
# begins with those that have the most tests, and ends with some that take the longest.
BESIDE := --dist=loadfile --no-loadscope-reorder --numprocesses
FAST := --ignore=tests/browser --ignore=tests/batch/test_batch_cluster.py -m "not slow"

test: ready-for-tests  ## run all tests
	@if [ -n "$(ARGS)" ]; then exec $(BIN)/python -m pytest $(ARGS); fi; \
	rest=0; $(BIN)/python -m pytest --ignore=tests/browser $(BESIDE)=3 || rest=$$?; \
	seen=0; $(BIN)/python -m pytest tests/browser $(BESIDE)=2 || seen=$$?; \
	if [ $$seen = 1 ]; then \
		echo 'Those that failed run once more, alone:'; \
		seen=0; $(BIN)/python -m pytest tests/browser --last-failed --last-failed-no-failures=none || seen=$$?; \
	fi; \
	exit $$((rest | seen))

test-fast: ready-for-tests  ## run the tests that take no seconds: what to run between commits
	@$(BIN)/python -m pytest $(FAST) $(BESIDE)=3 $(ARGS)

# What a browser decides, and not the server: keys, focus, sizes, full screen, what a card keeps. In
# JupyterLab that is one way through each; a screen is tried at the smallest size that a room has.
# What axe-core says of a page does not depend on the browser.
IN_FIREFOX := $(addprefix tests/browser/test_,room.py process_parts.py question_card.py \
	mini_project_parts.py $(addprefix answers_are_kept.py::test_,a_choice_is_on_disk_at_once \
	after_a_page_reload after_a_kernel_restart))

firefox: ready-for-tests  ## run what learners and rooms see in an installed Firefox too
	@export COURSE_BROWSER=firefox; run='$(BIN)/python -m pytest $(IN_FIREFOX)'; \
	$$run -k 'not hinders' $(BESIDE)=2 $(ARGS) || \
		{ echo 'Those that failed run once more, alone:'; \
		$$run --last-failed --last-failed-no-failures=none; }

# An environment of its own: the course needs none of these libraries, and is tested without them.
libraries: ready-libraries  ## try libraries that other courses import: pyarrow, numba, polars, …
	@COURSE_REQUIRE_LIBRARIES=1 $(LIBRARIES)/python -m pytest tests/libraries \
		tests/sandbox/test_codec_columns.py --numprocesses=2 $(ARGS)

contract: ready-for-tests  ## run nbgrader's own tests with our grading (fetches them, with pip)
	@$(BIN)/python tests/contract/run.py $(ARGS)

lab: ready  ## open the notebooks in JupyterLab, as a learner
	@$(BIN)/grader lab

release: ready  ## write release/ from source/
	@$(BIN)/grader release $(ASSIGNMENT)

grade: ready  ## grade what is in submitted/: make grade ASSIGNMENT=mini_project
	@test -n "$(ASSIGNMENT)" || { echo 'Say which: make grade ASSIGNMENT=mini_project' >&2; exit 2; }
	@$(BIN)/grader grade $(ASSIGNMENT) $(ARGS)

table: ready-for-tests  ## show what hostile and damaged submissions get, here and from stock nbgrader
	@$(BIN)/python tests/table.py $(ARGS)

bench: ready-for-tests  ## measure what a submission costs, against stock nbgrader
	@$(BIN)/python tests/benchmarks $(ARGS)

format: ready-for-tests  ## bring code and notebooks into their one form
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix
	@$(BIN)/python -m grader.course.canonical source

ready:
	$(SET_UP)

ready-for-tests:
	$(SET_UP) --tests

ready-libraries: ready
	$(SET_UP) --libraries
