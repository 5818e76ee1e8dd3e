# Needs Python 3.11 or newer and make. Everything else goes into .venv, at the versions and
# hashes in requirements/.
#
#   make demo     scan and assess the sample data, write a report, say where it is
#   make test     run the tests
#   make check    ruff, mypy, import layers
#   make bench    speed, on real data:  make bench DATA=../shared/data
#   make constraints    resolve requirements/*.txt anew
#   make clean    remove what these made

PYTHON ?= python3
DATA ?= ../shared/data

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq
LOCKED := $(PIP) --require-hashes --no-build-isolation --use-pep517
PROJECT := $(PIP) --no-deps --no-build-isolation --editable .

.PHONY: demo test check bench constraints clean
.DELETE_ON_ERROR:

demo: $(VENV)/run.stamp
	$(BIN)/corpus-audit scan sample_data/corpus -o audit-demo --max-skipped 0.02
	$(BIN)/corpus-audit assess audit-demo || [ $$? -eq 4 ]  # one source is over 5 %, on purpose
	$(BIN)/corpus-audit report audit-demo
	@echo "Open audit-demo/report.html. Per source: audit-demo/sources.csv"

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks --data $(DATA) $(ARGS)

# dev.txt is resolved first and holds everything; the others take their versions from it.
RESOLVE = $(BIN)/uv pip compile -q --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --custom-compile-command "make constraints"

constraints: $(VENV)/dev.stamp
	$(RESOLVE) --upgrade --all-extras pyproject.toml requirements/build.in -o requirements/dev.txt
	$(RESOLVE) -c requirements/dev.txt requirements/build.in -o requirements/build.txt
	$(RESOLVE) -c requirements/dev.txt pyproject.toml -o requirements/run.txt

clean:
	rm -rf $(VENV) build dist audit-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# A stamp stands for one finished install, so that the next run does not install again.
$(VENV)/venv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "corpus-audit needs Python 3.11 or newer; $(PYTHON) is not. Try: make PYTHON=python3.11" >&2; \
	  exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/build.stamp: requirements/build.txt $(VENV)/venv.stamp
	$(LOCKED) -r requirements/build.txt
	@touch $@

$(VENV)/run.stamp: requirements/run.txt pyproject.toml $(VENV)/build.stamp
	$(LOCKED) -r requirements/run.txt
	$(PROJECT)
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml $(VENV)/build.stamp
	$(LOCKED) -r requirements/dev.txt
	$(PROJECT)
	@touch $@ $(VENV)/run.stamp
