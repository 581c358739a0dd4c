# Every target sets up what it needs. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
LOCK := .venv/bin/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.12 --quiet

.PHONY: help up test lint types bench drill reset lock runtime development

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

up: runtime ## start the portal with everything it needs, until Ctrl-C
	@exec $(PYTHON) -m portal.local.up

test: development ## run all tests, with the coverage floor
	$(PYTHON) -m pytest --cov $(PYTEST)

lint: development ## style, formatting, import rules, and no registry's host in any file
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.ci/no-registry-hosts

types: development ## static types
	.ci/with-settings .venv/bin/mypy

bench: development ## measure the ledger and the signed calls
	$(PYTHON) -m bench

drill: development ## break the servers under signed calls, and write down whether the books held
	$(PYTHON) -m bench.drill $(DRILL)

reset: runtime ## forget the data of the portal in this checkout
	@$(PYTHON) -m portal.local.reset

lock: development ## resolve the dependencies anew and write the hashed locks
	$(LOCK) --upgrade --group dev pyproject.toml --output-file requirements/development.txt
	$(LOCK) --constraint requirements/development.txt pyproject.toml --output-file requirements/runtime.txt
	$(LOCK) --upgrade --group bench --output-file requirements/bench.txt

runtime development:
	@.ci/setup $@
