# Everything runs in .venv inside the checkout; nothing else on the machine is touched.
PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
TRYTON := .tryton

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test check bench format pins screens conformance crash

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

# A stamp per requirements file: an unchanged file is not installed again.
$(VENV)/pip:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/%.installed: requirements/%.txt $(VENV)/pip
	@echo "Installing what $< pins into $(VENV) (once, a minute or so)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

demo: $(VENV)/demo.installed ## the bot, a Telegram of its own and a till on http://127.0.0.1:8080 (PORT=...)
	@PORT=$(PORT) $(BIN)/python -m demo

demo-reset: ## forget what was done in the demo
	rm -rf data/demo

# A real Tryton server for the tests, apart from the bot's own environment.
$(TRYTON)/installed: requirements/tryton.txt $(VENV)/pip
	@echo "Installing a Tryton server into $(TRYTON) (once, a minute or so)"
	@$(PYTHON) -m venv $(TRYTON)/env
	@$(TRYTON)/env/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

test: $(VENV)/dev.installed $(TRYTON)/installed ## all tests
	@$(BIN)/python -m tests.pos.tryton.template
	$(BIN)/python -m pytest

check: $(VENV)/dev.installed ## ruff, mypy, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev.installed ## what things take, as multiples of what they must (docs/benchmarks.md); needs an idle machine
	$(BIN)/python -m benchmarks.code_to_entry
	$(BIN)/python -m benchmarks.outbox
	$(BIN)/python -m benchmarks.workers

screens: $(VENV)/dev.installed ## pictures of every screen into docs/screens (needs chromium; some minutes)
	$(BIN)/python -m tests.browser.screens docs/screens

conformance: $(VENV)/dev.installed $(TRYTON)/installed ## run the conformance cases, and write the table of docs/backends/README.md
	@$(BIN)/python -m tests.pos.tryton.template
	$(BIN)/python -m tests.conformance.table

crash: $(VENV)/dev.installed ## kill the bot at every await, 10,000 times (over an hour; KILLS=, JOBS=, SEED=)
	$(BIN)/python -m tests.crash --kills $(or $(KILLS),11000) --jobs $(or $(JOBS),2) --seed $(or $(SEED),0)
	for database in sqlite postgres; do $(BIN)/python -m tests.crash.crowd --kills 60 --database $$database || exit 1; done

format: $(VENV)/dev.installed ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pins carry hashes, extras (pip refuses a hashed pin without the extra that another asks for) and no registry's address. dev is compiled first; the others must agree with it.
pins: $(VENV)/pip ## compile requirements/*.txt anew from pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	for set in dev:demo,dev demo:demo bot: square:square sumup:sumup; do \
	  name=$${set%%:*}; extras=$$(echo $${set#*:} | sed -E 's/([a-z]+)/--extra \1/g; s/,/ /g'); \
	  constraint=$$( [ $$name = dev ] || echo "--constraint requirements/dev.txt" ); \
	  $(BIN)/uv pip compile pyproject.toml $$extras $$constraint --universal --python-version 3.11 \
	    --generate-hashes --no-strip-extras --no-header --no-annotate --no-emit-index-url --quiet --upgrade -o requirements/$$name.txt; \
	done
	$(BIN)/uv pip compile requirements/tryton.in --universal --python-version 3.11 \
	  --generate-hashes --no-strip-extras --no-header --no-annotate --no-emit-index-url --quiet --upgrade -o requirements/tryton.txt
