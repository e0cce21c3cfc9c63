# SPDX-License-Identifier: Apache-2.0
# Muniment's commands. `make demo` and `make test` need Python 3.11 or later and nothing else:
# whatever they need is installed into .venv beside this file, from requirements.lock.
# PYTHON=/path/to/python chooses the interpreter; ARGS=... goes to pytest; SECONDS=... and TARGET=...
# go to the fuzzer.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?=
ARGS ?=
WORKERS := -n auto --maxprocesses 4
ROOMS := domain audit projections api migrations
BIN := .venv/bin
INSTALLED := .venv/.installed
PEERS := tests/integration/witness/peers.lock tests/integration/publishing/peers.lock
FUZZER := tests/unit/audit/fuzz/peers.lock
SECONDS ?= 60
TARGET ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
LOCK := --quiet --generate-hashes --allow-unsafe --strip-extras --extra certificates --extra dev --extra parquet --extra pkcs11 --extra telemetry \
	--build-deps-for wheel --build-deps-for editable --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

# An environment that was copied or moved still points at its old place, so it is made anew.
MOVED := $(shell [ "$$(cat $(INSTALLED) 2>/dev/null)" = "$$(pwd -P)" ] || echo force)

.PHONY: help demo test unit lint format bench fuzz lock clean force

help: ## Show the commands.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

demo: $(INSTALLED) ## Walk a firearm through a ledger of its own, from import to offline verification.
	@$(BIN)/muniment demo

test: $(INSTALLED) ## Run every test.
	@$(BIN)/python -m pytest $(WORKERS) --dist loadfile $(ARGS)

unit: $(INSTALLED) ## Run the quick tests, which need no database.
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest tests/unit -m "not slow" $(WORKERS) \
		--hypothesis-profile=quick $(ARGS)

lint: $(INSTALLED) ## Check format, style, types and import contracts.
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/python -m mypy --no-error-summary $(ROOMS) tests
	@$(BIN)/lint-imports --no-logo

format: $(INSTALLED) ## Lay the code out and mend what can be mended by itself.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(INSTALLED) ## Measure; each program prints its ratios.
	@set -e; for program in tests/benchmarks/bench_*.py tests/benchmarks/browser/bench_*.py; do \
		echo "$$program"; $(BIN)/python "$$program" $(ARGS); \
	done

fuzz: $(INSTALLED) ## Search parsers for faults, led by coverage, SECONDS=60 each; TARGET=name takes one.
	@$(BIN)/python -m tests.unit.audit.fuzz.harness $(SECONDS) $(if $(TARGET),"$(TARGET)")

lock: $(INSTALLED) ## Write requirements.lock again; ARGS=--upgrade takes newer versions.
	@$(BIN)/python -m piptools compile $(LOCK) $(ARGS) --output-file requirements.lock pyproject.toml

clean: ## Remove everything that these commands have made.
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist build
	@find $(ROOMS) tests -name __pycache__ -type d -prune -exec rm -rf {} +

force:

$(INSTALLED): requirements.lock $(PEERS) $(FUZZER) pyproject.toml $(MOVED)
	@echo "Setting up .venv (the first time takes about a minute) ..." >&2
	@rm -f $(INSTALLED)
	@set -e; \
	if [ "$(MOVED)" = force ] || ! $(BIN)/python -c "" 2>/dev/null; then \
		found=; \
		set -- python3.11 python3 python3.12 python3.13 python3.14; \
		if [ -n "$(PYTHON)" ]; then set -- "$(PYTHON)"; fi; \
		for python do \
			if "$$python" -c "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))" \
				2>/dev/null; then found=$$python; break; fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo "No Python 3.11 or later with the venv module was found." >&2; \
			echo "Install it (on Debian: apt-get install python3-venv), or say: make PYTHON=/path/to/python3.11" >&2; \
			exit 1; \
		fi; \
		"$$found" -m venv --clear .venv; \
	fi
	@$(PIP) install --require-hashes --no-deps --requirement requirements.lock
	@$(PIP) install --require-hashes --no-deps --ignore-requires-python $(PEERS:%=--requirement %)
	@$(PIP) install --require-hashes --no-deps --only-binary :all: --requirement $(FUZZER) || \
		echo "There is no wheel of the fuzzer here; what needs it is skipped." >&2
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@pwd -P > $(INSTALLED)
