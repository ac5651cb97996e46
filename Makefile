# The commands of this project. `make` alone lists them; each installs into .venv first when something changed.
# Nothing is needed beforehand but Python 3.11 to 3.13, pip and make.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
READY := $(VENV)/.ready
EXTRAS ?= dev

.DEFAULT_GOAL := help
.PHONY: help run test quick browser lint screenshots schema lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

run: $(READY) ## open the app in the browser
	@$(BIN)/interviewer app

test: $(READY) ## run all tests, those in a browser too (some: make test ARGS="-k clock")
	@$(PY) -m pytest -ra $(ARGS)

quick: $(READY) ## run the tests that take no browser and little time
	@$(PY) -m pytest -m "not browser and not slow"

browser: $(READY) ## get a Chromium where there is none, and run the tests that drive the app in it
	@$(PY) -c 'import playwright.sync_api as p; from tests.chromium import find; d = p.sync_playwright().start(); find(d.chromium.executable_path); d.stop()' \
		>/dev/null 2>&1 || $(PY) -m playwright install chromium
	@$(PY) -m pytest -ra -m browser

lint: $(READY) ## ruff and mypy
	@$(PY) -m ruff check .
	@$(PY) -m mypy

screenshots: $(READY) ## make docs/screenshots anew
	@$(PY) -m evals.screenshots

schema: $(READY) ## write knowledge/case.schema.json anew
	@$(PY) -m knowledge.schema

lock: $(READY) ## resolve constraints.txt anew (needs uv, which is installed into .venv)
	@$(BIN)/uv pip compile pyproject.toml --universal --upgrade --no-annotate --no-header --no-emit-index-url --no-emit-find-links --all-extras -o constraints.txt >/dev/null
	@echo "wrote constraints.txt"

clean: ## remove .venv, caches and builds
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A venv that has lost its Python (moved, or made by another one) is made anew. uv is quick; where it cannot be had, or does
# not know the package index that pip is set to, pip does the same.
$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 with venv was found. Install one (on Debian and Ubuntu: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PY) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { rm -rf $(VENV); $(PYTHON) -m venv $(VENV); }
	@echo "Installing into $(VENV) with $$($(PY) --version) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check uv 2>/dev/null || true
	@$(BIN)/uv pip install --quiet --python $(PY) --compile-bytecode -c constraints.txt -e '.[$(EXTRAS)]' 2>$(VENV)/uv.log \
		|| $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]' \
		|| { echo "The installation failed. What uv said:"; cat $(VENV)/uv.log; exit 1; }
	@touch $@
