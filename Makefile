# Loket Portal. `make` alone says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
# The first interpreter that really runs (a pyenv shim exists even where its version doesn't).
PY ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do $$p -c "import sys, venv, ensurepip; sys.exit(not((3, 11) <= sys.version_info[:2] < (3, 15)))" 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --require-hashes --progress-bar off
UV_COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
PORT ?= 8000
DIST ?= loadfile
# A worker more than cores, five at most: in the journeys a worker mostly waits for its browser.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -lt 4 ] && echo $$((n + 1)) || echo 5)
# Each worker makes SQLite's tables for itself, which takes as long as a third of the few tests that run there.
FEW ?= $(shell n=$(WORKERS); [ $$n -gt 2 ] && echo 2 || echo $$n)
PYTEST ?= PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n $(WORKERS) --dist $(DIST)

.PHONY: help demo production test faults bench check fmt lock migrations messages

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/.python:
	@test -n "$(PY)" || { echo "Loket Portal needs Python 3.11 to 3.14 with venv. On Debian: apt-get install python3 python3-venv"; exit 2; }
	@echo "Making .venv with $$($(PY) --version) …"
	@$(PY) -m venv .venv || { echo "On Debian: apt-get install python3-venv"; exit 2; }
	@touch $@

.venv/.run: requirements.lock .venv/.python
	@echo "Installing $$(grep -cE '^[a-z0-9].*==' requirements.lock) packages (once, about half a minute) …"
	@$(PIP) -r requirements.lock | awk '/^Collecting/ {n++; if (n % 10 == 0) printf "  %d packages found …\n", n; fflush()} /^Installing/ {print "  installing …"; fflush()}'; exit $${PIPESTATUS[0]}
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.python
	@echo "Installing $$(grep -cE '^[a-z0-9].*==' requirements-dev.lock) packages for tests and checks (once, about a minute) …"
	@$(PIP) -r requirements-dev.lock | awk '/^Collecting/ {n++; if (n % 20 == 0) printf "  %d packages found …\n", n; fflush()} /^Installing/ {print "  installing …"; fflush()}'; exit $${PIPESTATUS[0]}
	@touch $@ .venv/.run

demo: .venv/.run  ## start the demo: portal, worker and Loket simulator (PORT=8000, RESET=1 starts over)
	@PORT=$(PORT) $(if $(SIMULATOR_PORT),SIMULATOR_PORT=$(SIMULATOR_PORT)) exec $(BIN)/python manage.py demo $(if $(RESET),--reset)

production: .venv/.dev  ## the services of docker-compose.yml without Docker, with the simulator (PORT=8443, RESET=1)
	@$(BIN)/python scripts/production.py --simulator $(if $(filter-out file,$(origin PORT)),--port $(PORT)) $(if $(RESET),--reset)

test: .venv/.dev  ## every test but the faults, on a PostgreSQL of its own; browser tests where Chromium is
	$(PYTEST) --ignore=tests/faults
	TEST_DATABASE=sqlite $(PYTEST) -n $(FEW) -m any_database --ignore=tests/faults

faults: DIST = worksteal
faults: .venv/.dev  ## what must be survived: kill -9, Redis and PostgreSQL away, Loket misbehaving (some ten minutes)
	$(PYTEST) tests/faults
	TEST_DATABASE=sqlite $(PYTEST) -m any_database tests/faults

bench: .venv/.dev  ## what a sync costs beside a bare script, and a reading of Personio (docs/performance.md; a few minutes)
	@$(BIN)/python scripts/bench_engine.py
	@$(BIN)/python scripts/bench_personio.py

check: .venv/.dev  ## what CI runs: format, lint, types, import contracts, migrations, settings, translations, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --check --lint --quiet templates
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python scripts/check_deploy.py
	$(BIN)/python scripts/messages.py check
	$(MAKE) --no-print-directory test

fmt: .venv/.dev  ## format Python and templates
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	-$(BIN)/djlint --reformat --quiet templates

lock: .venv/.dev  ## write the lock files anew, hashed and without any address
	$(UV_COMPILE) --upgrade -o requirements.lock
	$(UV_COMPILE) --upgrade --extra dev -o requirements-dev.lock

migrations: .venv/.dev  ## write migrations for changed models
	$(BIN)/python manage.py makemigrations

messages: .venv/.dev  ## refresh the Dutch catalogue from templates and code
	$(BIN)/python scripts/messages.py update
