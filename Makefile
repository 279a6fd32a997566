# Everything needs Python 3.11 or newer and pip; `make` alone says what there is.

PYTHON ?= python3
PORT ?= 7860
OPEN ?=
DEMO ?= demo
ONLY ?=
EVERY ?=
CASES ?=
FIRST ?=
PAGES ?=
SIZES ?=
MODEL ?=
SHORT ?=

VENV_PYTHON := .venv/bin/python
INSTALL := $(VENV_PYTHON) -m pip install --disable-pip-version-check -c constraints.txt
VENV_WORKS := $(shell $(VENV_PYTHON) -c 'import sys; print(sys.version_info >= (3, 11) or "")' 2>/dev/null)
# Files that stand for "installed as pyproject.toml and constraints.txt now say".
INSTALLED := .venv/installed
INSTALLED_FOR_TESTS := .venv/installed-for-tests

.DEFAULT_GOAL := help
.PHONY: help run test check format quality bench peers size startup fit reader left-out keyword-cap followups frequencies proof written differences corpus fuzz manuals page pictures tree clean

help:  ## Show this list
	@sed -nE 's/^([a-z]+):.*  ## (.*)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
		printf '  make %-11s %s\n' "$$name" "$$what"; done

run: $(INSTALLED)  ## Start the chat on the example documents (PORT=7860, OPEN=1 opens a browser)
	@$(VENV_PYTHON) -m qa --library "$(DEMO)" add qa/demo/documents
	@$(VENV_PYTHON) -m qa --library "$(DEMO)" serve --port "$(PORT)" $(if $(filter-out 0,$(OPEN)),--open)

test: $(INSTALLED_FOR_TESTS)  ## Run the tests
	$(VENV_PYTHON) -m pytest -n 2 --dist loadfile --ignore tests/qa/web
	$(VENV_PYTHON) -m pytest tests/qa/web

check: $(INSTALLED_FOR_TESTS)  ## Check format, lint and types
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m mypy

format: $(INSTALLED_FOR_TESTS)  ## Format the code and mend what ruff can
	$(VENV_PYTHON) -m ruff format .
	$(VENV_PYTHON) -m ruff check --fix .

quality: $(INSTALLED_FOR_TESTS)  ## Measure how well questions are answered (ONLY=squad-1.1, EVERY=10)
	$(VENV_PYTHON) -m tests.measure.quality $(if $(EVERY),--every "$(EVERY)") $(if $(ONLY),--only "$(ONLY)")

fit: $(INSTALLED_FOR_TESTS)  ## Fit the weights of retriever, reader and confidence, and print them
	$(VENV_PYTHON) -m tests.measure.fit

reader: $(INSTALLED_FOR_TESTS)  ## Train the small network that finds answers in passages, and write its weights (45 minutes)
	$(VENV_PYTHON) -m tests.measure.train_reader

left-out: $(INSTALLED_FOR_TESTS)  ## Train the small network that completes questions, and write its weights (10 minutes)
	$(VENV_PYTHON) -m tests.measure.train_left_out

keyword-cap: $(INSTALLED_FOR_TESTS)  ## Measure what it costs that keyword search scores so many passages at most
	$(VENV_PYTHON) -m tests.measure.keyword_cap

followups: $(INSTALLED_FOR_TESTS)  ## Measure how well questions that lean on a conversation are completed
	$(VENV_PYTHON) -m tests.measure.follow_ups

frequencies: $(INSTALLED_FOR_TESTS)  ## Count how common words are and write qa/frequencies.tsv
	$(VENV_PYTHON) -m tests.measure.frequencies

bench: $(INSTALLED_FOR_TESTS)  ## Measure how fast documents are added and questions answered (SHORT=1 for a fifth of it)
	$(VENV_PYTHON) -m tests.measure.bench $(if $(SHORT),--short)

peers: $(INSTALLED_FOR_TESTS)  ## Measure this program beside others for the same task, which are installed first (EVERY=4, ONLY=txtai)
	$(VENV_PYTHON) -m tests.measure.peers $(if $(EVERY),--every "$(EVERY)") $(if $(ONLY),--only $(ONLY))

size: $(INSTALLED_FOR_TESTS)  ## Measure questions and changes in libraries of up to a million passages (SIZES="10000 100000")
	$(VENV_PYTHON) -m tests.measure.size --changes $(if $(SIZES),--sizes $(SIZES))

startup: $(INSTALLED_FOR_TESTS)  ## Measure how long the commands take to start
	$(VENV_PYTHON) -m tests.measure.startup

proof: $(INSTALLED_FOR_TESTS)  ## Measure how altered quotations are noticed by qa check
	$(VENV_PYTHON) -m tests.measure.proof

corpus: $(INSTALLED_FOR_TESTS)  ## Measure what comes back of known texts from files of many programs (ONLY=pdf)
	$(VENV_PYTHON) -m tests.measure.corpus --missed $(if $(ONLY),--only "$(ONLY)")

fuzz: $(INSTALLED_FOR_TESTS)  ## Feed broken files to the loaders (CASES=5000, FIRST=2500, ONLY=1234 for one of them)
	$(VENV_PYTHON) -m tests.measure.fuzz $(if $(CASES),--cases "$(CASES)") $(if $(FIRST),--first "$(FIRST)") $(if $(ONLY),--only "$(ONLY)")

manuals: $(INSTALLED_FOR_TESTS)  ## Add the manuals on this machine to a library (PAGES=3000; MODEL=none leaves out the model)
	$(VENV_PYTHON) -m tests.measure.manuals $(if $(PAGES),--pages "$(PAGES)") $(if $(filter none,$(MODEL)),--stand-in)

written: $(INSTALLED_FOR_TESTS)  ## Measure how altered sentences of a language model are noticed
	$(VENV_PYTHON) -m tests.measure.written

differences: $(INSTALLED_FOR_TESTS)  ## Measure how often documents are said to differ, rightly and wrongly (EVERY=6)
	$(VENV_PYTHON) -m tests.measure.differences $(if $(EVERY),--every "$(EVERY)")

tree: $(INSTALLED_FOR_TESTS)  ## Write the file tree of README.md
	$(VENV_PYTHON) -m tests.measure.tree

page: $(INSTALLED_FOR_TESTS)  ## Measure the page: weight, speed, 25 people at once, accessibility (ONLY=weight)
	$(VENV_PYTHON) -m tests.measure.page $(if $(ONLY),--only "$(ONLY)")

pictures: $(INSTALLED_FOR_TESTS)  ## Take the pictures of the page for README.md
	$(VENV_PYTHON) -m tests.measure.pictures

clean:  ## Remove the environment and all that was built; libraries stay
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find source index qa tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Made again if its Python is gone, as after an upgrade of the system, or too old.
.venv/pyvenv.cfg: $(if $(VENV_WORKS),,FORCE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making a virtual environment in .venv"
	@$(PYTHON) -m venv --clear .venv || \
		{ rm -rf .venv; echo "Python's venv is missing: apt install python3-venv" >&2; exit 1; }

FORCE:

$(INSTALLED): pyproject.toml constraints.txt .venv/pyvenv.cfg
	@echo "Installing; the first time this takes some minutes"
	@$(INSTALL) -e .
	@touch $@

$(INSTALLED_FOR_TESTS): $(INSTALLED)
	@echo "Installing what the tests need"
	@$(INSTALL) -e '.[test]'
	@touch $@
