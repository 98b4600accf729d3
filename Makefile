# make install   create .venv with harmonium and what its examples need
# make demo      harmonium train recipes/digits_dbn.yaml: a deep belief net on handwritten digits
# make test      the checks, then every test and doctest that takes seconds
# make check     formatting, lint, types, direction of imports
# make bench     measure an update against the matrix-product floor
# make clean     remove .venv, build outputs and caches
#
# Another interpreter: make install PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := install
.PHONY: install demo test check bench clean

install: $(VENV)/.installed-app

demo: $(VENV)/.installed-app
	@$(BIN)/harmonium train recipes/digits_dbn.yaml

# pytest's closing line is the last one printed.
test: check
	@$(BIN)/python -m pytest --numprocesses logical --maxprocesses 8

check: $(VENV)/.installed-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.installed-bench
	@$(BIN)/python benchmarks/update.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "error: there is no $(PYTHON) here; harmonium needs Python 3.11 or newer." >&2; \
	  echo "Name another interpreter: make install PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: $(PYTHON) is $$($(PYTHON) --version 2>&1); harmonium needs 3.11 or newer." >&2; \
	  echo "Name another interpreter: make install PYTHON=python3.12" >&2; exit 1; }
	@echo "creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# A stamp is renewed when the dependencies or their pins change.
$(VENV)/.installed-app: extras := app,data
$(VENV)/.installed-dev: extras := app,data,tracking,export,tune,music,dev
$(VENV)/.installed-bench: extras := app,data,bench
$(VENV)/.installed-%: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing harmonium[$(extras)] into $(VENV) (the first time takes minutes)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[$(extras)]'
	@touch $@
