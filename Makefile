# Every command of the project; `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help install serve sample check format test test-browser reference bench clean

help: ## List every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.installed: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vitrine needs Python 3.11 or newer: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --disable-pip-version-check --quiet --requirement requirements.txt
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/pip install --disable-pip-version-check --quiet --requirement requirements-dev.txt
	touch $@

install: $(VENV)/.installed ## Create the environment and install the pinned requirements

serve: $(VENV)/.installed ## Open the dashboard, on the sample collection if the workspace is empty
	$(BIN)/vitrine serve

sample: $(VENV)/.installed ## Draw the sample catalogue into build/sample
	$(BIN)/vitrine sample build/sample

check: $(VENV)/.installed-dev ## Lint, format, types and import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## Mend what lint and format can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: $(VENV)/.installed-dev ## Run every test that needs no browser
	$(BIN)/pytest -n $(JOBS) --dist loadfile -m "not browser"

test-browser: $(VENV)/.installed-dev ## Drive the dashboard in Chromium (set CHROMIUM to its path if it is elsewhere)
	$(BIN)/pytest -m browser

reference: $(VENV)/.installed ## Write docs/api.md and docs/cli.md from the code
	$(BIN)/python docs/reference.py

bench: $(VENV)/.installed-dev ## Measure into benchmarks/results/: make bench ARCHIVE=fashion.zip ROWS=1000000 (0: no made-up rows)
	$(BIN)/python -m benchmarks $(if $(ARCHIVE),--archive $(ARCHIVE)) $(if $(ROWS),--rows $(ROWS))

clean: ## Remove the environment and caches; the workspace stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
