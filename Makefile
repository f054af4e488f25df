# The same steps without make stand in README.md.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
TESTED := $(VENV)/installed-for-tests
PLANTED := $(VENV)/installed-for-mutants

.PHONY: demo test check format mutants clean

demo: $(STAMP)
	$(BIN)/swimctl demo

test: $(TESTED)
	$(BIN)/python -m pytest

check: $(TESTED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(TESTED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Hours for all; `make mutants ONLY=swimctl/steps/reload.py` for one module: docs/mutants.md.
mutants: $(PLANTED)
	$(BIN)/python tests/mutants.py $(ONLY)

clean:
	rm -rf $(VENV) build mutants dist swimctl.egg-info

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(STAMP): $(VENV)/bin/pip pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(TESTED): $(STAMP) requirements-test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --requirement requirements-test.txt
	touch $@

$(PLANTED): $(TESTED) requirements-mutants.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --requirement requirements-mutants.txt
	touch $@
