# Every target sets itself up: a virtual environment from the lock file, nothing outside this folder.
PORT ?= 8000
DATA ?= var/demo
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := var/bench-peers
JOBS ?= 2
# Chance in the tests (draws, keys, examples, the order of sets) follows from this; any number must do.
SEED ?= 1
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

.DEFAULT_GOAL := help
.PHONY: help demo dev test check format docs lock bench simulate clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /|/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(INSTALL) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=compat --editable .
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/run
	@$(INSTALL) -r requirements-dev.lock
	@touch $@

demo: $(VENV)/run ## A sample council to click through, at http://127.0.0.1:8000 (PORT=8123 for another port)
	@$(BIN)/auditflow demo --port $(PORT) --data $(DATA)

dev: $(VENV)/dev ## The same council, restarting when the code changes
	@$(BIN)/auditflow demo --port $(PORT) --data $(DATA) --reload

test: $(VENV)/dev ## Every test; those for PostgreSQL, Redis or Chromium skip where these are missing
	@AUDITFLOW_TEST_SEED=$(SEED) PYTHONHASHSEED=$(SEED) $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup \
		--hypothesis-seed=$(SEED) $(ARGS)

check: $(VENV)/dev ## Style, types, import rules, migrations, generated docs, size limits
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m workflows.diagram --check
	@$(BIN)/python -m pytest tests/architecture -q -n $(JOBS) --dist loadgroup

format: $(VENV)/dev ## Put the code into its usual shape
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

docs: $(VENV)/dev ## Make the pages under docs/workflows anew from the tables
	@$(BIN)/python -m workflows.diagram

$(PEERS)/done: bench/requirements-peers.txt
	@test -x $(PEERS)/bin/python || $(BIN)/python -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements-peers.txt
	@touch $@

bench: $(VENV)/dev $(PEERS)/done ## Measure against floors and peers; writes bench/RESULTS.md
	@$(BIN)/python -m bench

simulate: $(VENV)/dev ## Draw and re-audit in worlds whose truth is known; writes bench/SIMULATION.md
	@$(BIN)/python -m bench.simulation --jobs $(JOBS) --seed $(SEED)

lock: $(VENV)/dev ## Resolve the dependencies anew, with hashes and without addresses
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-strip-extras \
		--python-version 3.11 --extra postgres --extra prod --extra pdf --group build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-strip-extras \
		--python-version 3.11 --extra postgres --extra prod --extra pdf --group build --group dev pyproject.toml \
		-c requirements.lock -o requirements-dev.lock

clean: ## Remove the environment and the sample council
	@rm -rf $(VENV) var .mypy_cache .ruff_cache .hypothesis
