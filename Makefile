# The same steps without make stand in CONTRIBUTING.md.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
TESTED := $(VENV)/installed-for-tests
CLIENTS := $(VENV)/clients/installed
OLDER := $(VENV)/paramiko4
PLANTED := $(VENV)/installed-for-mutants

.PHONY: demo test prove whole check older format mutants bench pictures site clients clean

demo: $(STAMP)
	$(BIN)/swimctl demo

# What a person runs before each commit.
test: $(TESTED)
	$(BIN)/python -m pytest -m "not prove"

# The long proofs: every fault and system in the lab, kill -9, power loss, leaks, fuzzing, other people's clients.
prove: $(TESTED) $(CLIENTS)
	$(BIN)/python -m pytest -m prove

# Both in one run.
whole: $(TESTED) $(CLIENTS)
	$(BIN)/python -m pytest

check: $(TESTED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The tests of ways, sessions and copies with paramiko 4, in an environment that has all else from the first one.
older: $(OLDER)/installed
	$(OLDER)/bin/python -c "from importlib.metadata import version; assert version('paramiko').startswith('4.')"
	$(OLDER)/bin/python -m pytest tests/way tests/sessions tests/test_scp_push.py \
		--ignore tests/way/test_behind_a_bastion.py --ignore tests/sessions/test_endless.py

# Generators of clients, for tests/clients/test_generated_clients.py.
clients: $(CLIENTS)

format: $(TESTED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Hours for all; `make mutants SAMPLE=40` for a part of each module, ONLY=swimctl/steps/reload.py for one: docs/mutants.md.
mutants: $(PLANTED)
	$(BIN)/python tests/mutants.py $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(ONLY)

# Each measures swimctl and its peers in one run; a machine that is busy with something else spoils only the times.
bench: $(TESTED)
	@failed=0; for one in commands push pull status store fifty_pollers width lines_and_logins pages; do \
		echo; echo "== $$one"; $(BIN)/python benchmarks/$$one.py || failed=1; done; exit $$failed

# Plays docs/tutorial.md in the lab, some minutes, and makes the pictures on it anew; and the film of README.md.
pictures: $(TESTED)
	$(BIN)/python tests/tutorial/recording.py docs/pictures
	$(BIN)/python tests/tutorial/playing.py docs/pictures
	$(BIN)/python tests/report_pictures.py docs/pictures  # needs a browser: tests/support/browser.py
	$(BIN)/python tests/page_pictures.py docs/pictures batch

# The pages of docs/ as a site, in site/: open site/index.html. tests/docs builds it, too.
site: $(TESTED)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) build mutants dist site swimctl.egg-info

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(STAMP): $(VENV)/bin/pip pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(TESTED): $(STAMP) requirements-test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --requirement requirements-test.txt
	touch $@

# With `--jobs` as well, .venv is made first and by one alone.
$(CLIENTS): requirements-clients.txt constraints.txt tests/clients/generated/package-lock.json | $(VENV)/bin/pip
	$(PYTHON) -m venv $(VENV)/clients
	grep -v '^typer==' constraints.txt > $(VENV)/clients/constraints.txt
	$(VENV)/clients/bin/pip install --quiet --disable-pip-version-check --constraint $(VENV)/clients/constraints.txt \
		--requirement requirements-clients.txt
	cp tests/clients/generated/package.json tests/clients/generated/package-lock.json $(VENV)/clients/
	npm ci --prefix $(VENV)/clients --silent --no-audit --no-fund \
		|| echo "NO TYPESCRIPT CLIENT WILL BE TESTED: npm is not there, or reaches no registry" >&2
	touch $@

$(OLDER)/installed: $(TESTED)
	$(PYTHON) -m venv --without-pip $(OLDER)
	$(BIN)/python -c "from sysconfig import get_path; print(f'import site; site.addsitedir({get_path(\"purelib\")!r})')" \
		> $$(echo $(OLDER)/lib/python3.*/site-packages)/first.pth
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --upgrade \
		--target $$(echo $(OLDER)/lib/python3.*/site-packages) "paramiko==4.0.0"
	touch $@

$(PLANTED): $(TESTED) requirements-mutants.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --requirement requirements-mutants.txt
	touch $@
