# Every target sets up what it needs. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
TEMPLATES := templates portal/local/mailbox/pages
LOCK := .venv/bin/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.12 --quiet

.PHONY: help up test test-nightly test-image test-samples test-clients image lint types bench drill messages baseline reset lock runtime development

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

up: runtime ## start the portal with everything it needs, until Ctrl-C
	@exec $(PYTHON) -m portal.local.up

test: development ## run all tests, with the coverage floor
	$(PYTHON) -m pytest --cov $(PYTEST)

test-nightly: development ## run the tests that take minutes: every migration both ways, an upgrade under calls
	$(PYTHON) -m pytest -m nightly

test-image: development ## build the image, start compose.yaml with Podman and send it a signed bet, as root on Debian; takes minutes
	$(PYTHON) -m pytest -m image --numprocesses 0

test-samples: development ## run the clients of the Developers page in PHP, Java, Go and C#, as root on Debian
	$(PYTHON) -m pytest -m samples --numprocesses 0

test-clients: development ## lint the OpenAPI document, and run clients generated from it and the Postman collection, with packages of npm
	$(PYTHON) -m pytest -m clients --numprocesses 0

image: ## build the image with buildah, below var/image
	@.ci/image var/image

lint: development ## style, formatting, templates, import rules, the Dockerfile, and no registry's host in any file
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.ci/no-registry-hosts
	.venv/bin/djlint $(TEMPLATES) --check --quiet
	.venv/bin/djlint $(TEMPLATES) --lint --quiet
	.venv/bin/hadolint Dockerfile

types: development ## static types
	.ci/with-settings .venv/bin/mypy

bench: development ## measure the ledger and the signed calls
	$(PYTHON) -m bench

drill: development ## break the servers under signed calls, and record whether the books held
	$(PYTHON) -m bench.drill $(DRILL)

messages: development ## write the catalogues of texts for translation
	.ci/messages

baseline: development ## write the schema that a new database begins with
	$(PYTHON) -m portal.local.baseline

reset: runtime ## delete the data of the portal in this checkout
	@$(PYTHON) -m portal.local.reset

lock: development ## resolve the dependencies again and write the hashed locks
	$(LOCK) --upgrade --group dev pyproject.toml --output-file requirements/development.txt
	$(LOCK) --constraint requirements/development.txt --group embedded pyproject.toml --output-file requirements/runtime.txt
	$(LOCK) --constraint requirements/development.txt pyproject.toml --output-file requirements/production.txt
	$(LOCK) --constraint requirements/development.txt --group s3 pyproject.toml --output-file requirements/s3.txt
	$(LOCK) --constraint requirements/development.txt --group traces pyproject.toml --output-file requirements/traces.txt
	$(LOCK) --upgrade --group bench --output-file requirements/bench.txt
	$(LOCK) --upgrade --group clients --output-file requirements/clients.txt

runtime development:
	@.ci/setup $@
