# `make` lists the targets. Everything is installed into .venv; nothing else on the machine is touched.
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: help run test lint browser screenshots lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/  make \1|\2/' | column -t -s '|'

.venv/ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and none was found: install one and run make again"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv || echo "uv could not be installed: going on with pip"
	@if test -x $(BIN)/uv; then $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -c constraints.txt -e '.[dev]'; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'; fi
	@touch .venv/ready

run: .venv/ready ## install what is needed and open the app in a browser
	@$(BIN)/interviewer app

test: .venv/ready ## install what is needed and run every test, the browser's included
	@$(BIN)/python -m pytest

lint: .venv/ready ## ruff and the type check
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

browser: .venv/ready ## get a Chromium for the browser test (only where the system has none)
	@$(BIN)/python -m playwright install chromium

screenshots: .venv/ready ## make the pictures of the README anew
	@$(BIN)/python -m evals.screenshots

lock: .venv/ready ## pin the versions anew
	@$(BIN)/uv pip compile pyproject.toml --universal --no-annotate --no-header --all-extras --quiet -o constraints.txt

clean: ## remove what make has made
	@rm -rf .venv dist build *.egg-info .pytest_cache .mypy_cache .ruff_cache
