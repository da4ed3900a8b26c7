# What a person types. `make` alone prints the list; every target has its line of help behind `##`.
#
# Settings:  PYTHON=python3.12 make setup      another interpreter (3.11 or newer) for the virtual environment
#            make test TEST_ARGS="-k policy"   anything that pytest takes
#            make test WORKERS=0               in one process, e.g. to use a debugger
#            make lock LOCK_ARGS=--upgrade     newer versions within the bounds of pyproject.toml

PYTHON ?= python3
WORKERS ?= 3
TEST_ARGS ?=
BENCH_ARGS ?=
SERVE_ARGS ?=
FUZZ_ARGS ?=
CASES ?= 27
KILLS ?= 200
MINUTES ?= 60
WORLDS ?= 500
TIMING_ARGS ?=
MUTATE_ARGS ?=
LOCK_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Two stamps: the pinned packages, installed again when the lock changes, and this project, when its metadata changes.
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed
# What the tests of bridge/ run beside: two of its packages are built from source, so it has a lock of its own and needs a C compiler.
BRIDGED := $(VENV)/.bridged

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage mutate lint format serve bench pictures schemathesis noninterference faults torture overload diskfull oldbackup soak fuzz timing messages decisions lock clean

help: ## Print this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## Create .venv with the pinned packages; done once, and again when requirements.lock changes

demo: setup ## Walk the main job with synthetic partners, then keep serving
	@$(BIN)/breakwater demo

test: setup $(BRIDGED) ## Run the suite on SQLite and PostgreSQL (TEST_ARGS, WORKERS)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TEST_ARGS)

coverage: setup ## Show that the tests of domain and policy pass through every branch of them
	@$(BIN)/coverage run --data-file=.coverage --source=app/domain,app/policy -m pytest --quiet tests/domain tests/policy \
		--ignore tests/policy/test_visibility_properties.py --ignore tests/policy/test_denies.py --ignore tests/policy/test_rule_in_words.py
	@$(BIN)/coverage report --show-missing --skip-covered --fail-under=100

mutate: setup ## Change app/policy in each way that mutmut knows, and look for changes that no test notices
	@$(BIN)/python -m tests.mutation $(MUTATE_ARGS)

lint: setup $(BRIDGED) ## Check style, format, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Rewrite the files in the house's format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

serve: setup ## Run the server with the settings of the environment (SERVE_ARGS)
	@$(BIN)/breakwater serve $(SERVE_ARGS)

bench: setup ## Measure speed beside the targets, on SQLite and PostgreSQL (BENCH_ARGS)
	@$(BIN)/python -m tests.benchmarks $(BENCH_ARGS)

schemathesis: setup ## Send ten thousand requests made from the OpenAPI document (CASES for each way of each operation)
	@BREAKWATER_TEST_CASES=$(CASES) $(BIN)/python -m pytest -m campaign tests/promises/test_http_schemathesis.py $(TEST_ARGS)

noninterference: setup ## Compare all that a viewer is told in worlds that differ in what it may not see (WORLDS)
	@BREAKWATER_TEST_WORLDS=$(WORLDS) $(BIN)/python -m pytest -m campaign tests/promises/test_noninterference.py $(TEST_ARGS)

torture: setup ## Kill the server 200 times and PostgreSQL 10 times under load, and look for what is lost or doubled (KILLS)
	@BREAKWATER_TEST_KILLS=$(KILLS) $(BIN)/python -m pytest -m campaign -s tests/walk/test_torture.py $(TEST_ARGS)

overload: setup ## Ask with ten times as many clients as threads, some of them slow, and look for what is not answered, lost or doubled
	@$(BIN)/python -m pytest -m campaign -s tests/walk/test_overload.py $(TEST_ARGS)

diskfull: setup ## Fill the disk under a serving exchange twenty times, and look for what is lost, doubled or half there
	@$(BIN)/python -m pytest -m campaign -s tests/walk/test_full_disk.py $(TEST_ARGS)

oldbackup: setup ## Bring old states of the database back, and look who notices: servers, clients, the restoring command
	@$(BIN)/python -m pytest tests/walk/test_restored_database.py tests/promises/test_restored_backup.py \
		tests/services/retention/test_restore.py tests/services/test_accept_loss.py $(TEST_ARGS)

soak: setup ## Work for an hour, and look whether memory, files, connections and housekeeping level off (MINUTES)
	@BREAKWATER_TEST_MINUTES=$(MINUTES) $(BIN)/python -m pytest -m campaign -s tests/walk/test_soak.py $(TEST_ARGS)

faults: setup ## Kill workers, exports and databases at random points, a hundred times each, and look for what is lost or doubled
	@$(BIN)/python -m pytest -m campaign -s $(wildcard tests/walk/test_fault_*.py) $(TEST_ARGS)

fuzz: setup ## Give a million made-up inputs to each reader of bytes from outside (FUZZ_ARGS)
	@$(BIN)/python -m tests.fuzzing $(FUZZ_ARGS)

pictures: setup ## Take pictures of the portal into var/pictures, and those that docs/portal.md shows anew
	@mkdir -p var/pictures
	@BREAKWATER_PICTURES=$(CURDIR)/var/pictures $(BIN)/python -m pytest -n $(WORKERS) tests/browser $(TEST_ARGS)
	@for picture in docs/pictures/*.png; do cp var/pictures/$${picture##*/} docs/pictures/; done

messages: setup ## Write the template of translations from the pages
	@$(BIN)/python -m app.portal.messages

decisions: setup ## Write the decision tables of docs/policy.md and docs/policy-decisions.md from the tests
	@$(BIN)/python -m tests.policy.decision_table

timing: setup ## Ask about hidden and absent objects over HTTP and tell whether time tells them apart (TIMING_ARGS)
	@$(BIN)/python -m tests.timing $(TIMING_ARGS)

# The client is installed from sdk/ beside the lock, which pins what it needs: its own lines, of a wheel made for resolving, go again.
lock: setup ## Resolve pyproject.toml and sdk/ into requirements.lock, with hashes for all platforms (LOCK_ARGS)
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir build/client ./sdk
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --all-extras --all-build-deps --allow-unsafe --strip-extras \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --find-links build/client \
		$(LOCK_ARGS) --output-file requirements.lock pyproject.toml
	@awk '/^breakwater-client==/ { own = 1; next } own && /^[a-z#]/ { own = 0 } !own' requirements.lock > build/requirements.lock
	@mv build/requirements.lock requirements.lock
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --extra build --allow-unsafe --strip-extras --constraint requirements.lock \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		$(LOCK_ARGS) --output-file bridge/requirements.lock bridge/pyproject.toml

clean: ## Remove caches and build results; keeps .venv, var/ and keys/
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache .coverage mutants build dist
	find app sdk tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The build tools come first and from the same lock: the few packages that are published as source only are then built without
# build isolation, which would fetch tools that no hash vouches for.
$(LOCKED): requirements.lock
	@command -v $(PYTHON) > /dev/null || { echo "Breakwater needs Python 3.11 or newer; there is no $(PYTHON) here." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Breakwater needs Python 3.11 or newer; \
	$(PYTHON) is %d.%d. Name another one: make setup PYTHON=python3.11" % sys.version_info[:2])'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { echo "Making .venv failed (Debian: apt-get install python3-venv)." >&2; exit 1; }
	@echo "Installing the pinned packages into $(VENV) ..."
	@awk '/^setuptools==/ { wanted = 1 } wanted; !/\\$$/ { wanted = 0 }' requirements.lock > $(VENV)/build-tools.lock
	@$(PIP) install --quiet --require-hashes --requirement $(VENV)/build-tools.lock
	@$(PIP) install --quiet --require-hashes --no-build-isolation --requirement requirements.lock
	@touch $@

$(INSTALLED): $(LOCKED) pyproject.toml sdk/pyproject.toml
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable sdk --editable .
	@touch $@

$(BRIDGED): bridge/requirements.lock $(LOCKED)
	@command -v cc > /dev/null || { echo "The tests need a C compiler and Python's headers (Debian: apt-get install gcc python3-dev)." >&2; exit 1; }
	@echo "Building what bridge/ is tested beside ..."
	@awk '/^(cython|numpy)==/ { wanted = 1 } wanted; !/\\$$/ { wanted = 0 }' $< > $(VENV)/bridge-tools.lock
	@$(PIP) install --quiet --require-hashes --requirement $(VENV)/bridge-tools.lock
	@$(PIP) install --quiet --require-hashes --no-build-isolation --requirement $<
	@touch $@
