# make demo: analyse a sample video.  make test: the whole test suite.  make lint, make types: the other checks.
# make docs: the documentation as a site, in build/site.
# make bench: how fast it is (docs/performance.md); long, and only true where nothing else runs.
# All install into .venv here, with $(PYTHON) (3.10 to 3.13), and only when pyproject.toml has changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := sample_videos/side_right_woman_stiff_right_hip.mp4
REPORT := demo_report

# A process on each core takes one file of tests after the other: what a file makes once is made once. In the order of
# names the short doctests come last, so that no core waits long for another.
SPREAD := --numprocesses auto --dist loadfile --no-loadscope-reorder

# What MediaPipe, OpenCV and the tests need from the operating system: what to look for, and its Debian package.
LIBRARIES := libEGL.so.1:libegl1 libGLESv2.so.2:libgles2 libGL.so.1:libgl1 libglib-2.0.so.0:libglib2.0-0
TOOLS := strace:strace chromium:chromium

.PHONY: demo test bench lint types format docs clean

demo: $(VENV)/.installed
	@sh tools/system_libraries.sh $(LIBRARIES)
	$(BIN)/gaitlab analyze $(SAMPLE) -o $(REPORT) --force
	@echo "The report: $(CURDIR)/$(REPORT)/report.html"

test: $(VENV)/.installed-test
	@sh tools/system_libraries.sh $(LIBRARIES) $(TOOLS)
	$(BIN)/python -m pytest $(SPREAD)

bench: $(VENV)/.installed
	@sh tools/system_libraries.sh $(LIBRARIES)
	@for script in speed stages memory growth batch; do echo "## $$script"; $(BIN)/python benchmarks/performance/$$script.py || exit; done

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/vulture

types: $(VENV)/.installed-dev
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The notebooks are run, unless that was done before with the same sources; RUN=no shows them without what they print.
RUN := yes
docs: $(VENV)/.installed-docs
	@sh tools/system_libraries.sh $(LIBRARIES)
	GAITLAB_DOCS_RUN=$(RUN) NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "The documentation: $(CURDIR)/build/site/index.html"

clean:
	rm -rf $(VENV) $(REPORT) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# One installation, of the sources here (editable), that gains the extras it is asked for.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-test

$(VENV)/.installed-docs: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	@touch $@ $(VENV)/.installed
