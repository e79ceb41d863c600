# Everything is set up in .venv the first time, and nothing outside this folder is touched.
# The environment need not be activated. Another Python: make demo PYTHON=python3.12

PYTHON ?= python3
ASSIGNMENT ?=
ARGS ?=

BIN := .venv/bin
READY := .venv/.ready
TESTS_READY := .venv/.ready-for-tests
PIP := $(BIN)/python -m pip --disable-pip-version-check
LIBRARIES := .venv-libraries
LIBRARIES_READY := $(LIBRARIES)/.ready
LIBRARIES_PIP := $(LIBRARIES)/bin/python -m pip --disable-pip-version-check

# A long quiet job, with a dot every two seconds to show that it is alive.
define with_dots
	@printf '%s ' $(1); \
	( while sleep 2; do printf .; done ) & dots=$$!; \
	trap 'kill $$dots 2>/dev/null || true' EXIT; \
	$(2) && echo ' done'
endef

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast libraries contract lab release grade table bench format

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY)  ## take a sample class from release to feedback, with a table of marks
	@$(BIN)/grader demo

# File by file in several processes: first what needs no browser, in three, because much of it waits;
# then JupyterLab in Chromium in two, each with a server and a browser of its own. A browser test that
# fails while the other process needs the machine runs once more, alone; both results stand in the
# report. With ARGS pytest runs alone. Files come in the order of tests/conftest.py: pytest-xdist's own
# begins with those that have the most tests, and ends with some that take the longest.
BESIDE := --dist=loadfile --no-loadscope-reorder --numprocesses
FAST := --ignore=tests/browser --ignore=tests/batch/test_batch_cluster.py -m "not slow"

test: $(TESTS_READY)  ## run all tests
	@if [ -n "$(ARGS)" ]; then exec $(BIN)/python -m pytest $(ARGS); fi; \
	rest=0; $(BIN)/python -m pytest --ignore=tests/browser $(BESIDE)=3 || rest=$$?; \
	seen=0; $(BIN)/python -m pytest tests/browser $(BESIDE)=2 || seen=$$?; \
	if [ $$seen = 1 ]; then \
		echo 'Those that failed run once more, alone:'; \
		seen=0; $(BIN)/python -m pytest tests/browser --last-failed --last-failed-no-failures=none || seen=$$?; \
	fi; \
	exit $$((rest | seen))

test-fast: $(TESTS_READY)  ## run the tests that take no seconds: what to run between commits
	@$(BIN)/python -m pytest $(FAST) $(BESIDE)=3 $(ARGS)

# An environment of its own: the course needs none of these libraries, and is tested without them.
libraries: $(LIBRARIES_READY)  ## try libraries that other courses import: pyarrow, numba, polars, …
	@COURSE_REQUIRE_LIBRARIES=1 $(LIBRARIES)/bin/python -m pytest tests/libraries \
		tests/sandbox/test_codec_columns.py --numprocesses=2 $(ARGS)

contract: $(TESTS_READY)  ## run nbgrader's own tests with our grading (fetches them, with pip)
	@$(BIN)/python tests/contract/run.py $(ARGS)

lab: $(READY)  ## open the notebooks in JupyterLab, as a learner
	@$(BIN)/grader lab

release: $(READY)  ## write release/ from source/
	@$(BIN)/grader release $(ASSIGNMENT)

grade: $(READY)  ## grade what is in submitted/: make grade ASSIGNMENT=mini_project
	@test -n "$(ASSIGNMENT)" || { echo 'Say which: make grade ASSIGNMENT=mini_project' >&2; exit 2; }
	@$(BIN)/grader grade $(ASSIGNMENT) $(ARGS)

table: $(TESTS_READY)  ## show what hostile and damaged submissions get, here and from stock nbgrader
	@$(BIN)/python tests/table.py $(ARGS)

bench: $(TESTS_READY)  ## measure what a submission costs, against stock nbgrader
	@$(BIN)/python tests/benchmarks $(ARGS)

format: $(TESTS_READY)  ## bring code and notebooks into their one form
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix
	@$(BIN)/python -m grader.course.canonical source

$(READY): requirements.txt pyproject.toml $(shell find grader/jupyter_ext/data -type f)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'The course needs Python 3.11 or later. Try: make PYTHON=python3.12' >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo 'No environment could be made. On Debian: apt install python3-venv' >&2; exit 1; }
	$(call with_dots,'Setting up .venv (once: a minute or two)',\
		$(PIP) install --quiet --require-hashes --requirement requirements.txt && \
		$(PIP) install --quiet --no-build-isolation --no-deps --editable .)
	@touch $@

$(TESTS_READY): tests/requirements.txt $(READY)
	$(call with_dots,'Adding what the tests need (once)',\
		$(PIP) install --quiet --require-hashes --requirement tests/requirements.txt)
	@touch $@

$(LIBRARIES_READY): tests/libraries/requirements.txt tests/requirements.txt $(READY)
	@test -x $(LIBRARIES)/bin/python || $(BIN)/python -m venv $(LIBRARIES)
	$(call with_dots,'Setting up $(LIBRARIES) (once: two or three minutes)',\
		$(LIBRARIES_PIP) install --quiet --require-hashes \
			--requirement tests/libraries/requirements.txt && \
		$(LIBRARIES_PIP) install --quiet --no-build-isolation --no-deps --editable .)
	@touch $@
