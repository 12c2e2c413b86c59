# Two commands matter: `make demo` and `make test`. Both set everything up first. On Windows see README.md.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test test-studio check samples clean

demo: $(VENV)/.ready
	$(BIN)/trainer demo

# The window's tests want the machine for themselves; the others share it.
test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --ignore tests/screen
	$(BIN)/python -m pytest tests/screen

# The studio's tests, most of which `make test` skips, with its heavy libraries (three minutes on two cores).
test-studio: $(VENV)/.ready-dev $(VENV)/.ready-studio
	$(BIN)/python -m pytest tests/studio

# Lint and types, as CI runs them.
check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/mypy

# Renders the sample videos anew (about half an hour on two cores).
samples: $(VENV)/.ready-studio
	$(BIN)/trainer studio samples --again

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else f"Expected Python 3.11 to 3.13, but got {sys.version.split()[0]}: run make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.ready

$(VENV)/.ready-studio: pyproject.toml $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[studio]'
	@touch $@ $(VENV)/.ready

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
