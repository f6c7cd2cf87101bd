# One short command for each thing people do; `make` alone lists them.
# ARGS is handed on, e.g.: make test ARGS="-k folds", make train ARGS="--resume".

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check
BASE := $(shell for each in python3.11 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)

.DEFAULT_GOAL := help
.PHONY: help app test lint train models benchmark screenshots load build browser clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# else memory that threads free is scattered, and stays with the process
app load: export MALLOC_ARENA_MAX ?= 2

app: $(VENV)/installed ## open the app in the browser; for others as well: make app ARGS="--address 0.0.0.0"
	$(PYTHON) -m casting_core app $(ARGS)

test: $(VENV)/installed-dev browser ## run all tests
	$(PYTHON) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/installed-dev ## check style and types
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

train: $(VENV)/installed-dev ## train castnet on the official split, into runs/
	$(PYTHON) -m casting_core train castnet $(ARGS)

models: $(VENV)/installed-dev ## train all models that ship, on both splits, and write models/ (about two hours)
	@set -e; run() { echo "$$@"; $(PYTHON) -m casting_core "$$@"; }; \
	names() { $(PYTHON) -c "from casting_core.networks.registry import ARCHITECTURES as all; print(*$$1)"; }; \
	for model in $$(names all); do \
		run train $$model --resume; \
		for fold in 0 1 2 3 4; do run train $$model --split by-source --fold $$fold --resume; done; \
		case " $$(names '(n for n in all if not all[n].comparison_only)') " in *" $$model "*) \
			for seed in 1 2; do run train $$model --seed $$seed --resume; done;; esac; \
		run ship $$model; \
	done

benchmark: $(VENV)/installed ## time an inspection beside ResNet-18 and MobileNetV2
	$(PYTHON) -m casting_core benchmark $(ARGS)

screenshots: $(VENV)/installed-dev browser ## photograph every page into screenshots/, light and dark, desk and phone
	$(PYTHON) -m tests.browser.screenshots $(ARGS)

load: $(VENV)/installed-dev browser ## drop pictures from 30 browsers at once, and tell times and memory
	$(PYTHON) -m tests.browser.load $(ARGS)

build: $(VENV)/installed-dev ## build the wheel and the source archive into dist/
	$(PYTHON) -m hatchling build

clean: ## remove the environment and what tools left behind
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		export DEBIAN_FRONTEND=noninteractive && \
		{ apt-get install -y -qq chromium || { apt-get update -qq && apt-get install -y -qq chromium; }; } >/dev/null; } || \
		echo "Chromium is not installed: the browser tests will be skipped."
	@test -f $(VENV)/axe/node_modules/axe-core/axe.min.js || { command -v npm >/dev/null && \
		npm install --silent --no-save --no-audit --no-fund --prefix $(VENV)/axe axe-core@4.14.1 >/dev/null 2>&1; } || \
		echo "axe-core is not installed: the tests of accessibility will be skipped."

$(PYTHON):
	@test -n "$(BASE)" || { echo "Python 3.11 or newer is needed; install it and try again." >&2; exit 1; }
	$(BASE) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(PYTHON)
	$(PIP) -r requirements.txt
	$(PIP) --no-deps --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt requirements.txt | $(PYTHON)
	$(PIP) -r requirements-dev.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $(VENV)/installed $@
