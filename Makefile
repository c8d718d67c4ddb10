# Dateline. `make run` and `make test` set up what they need in .venv; the second time they start at once.
# Any Python from 3.11 on will do: make PYTHON=python3.12 run

PYTHON ?= python3
BIN := .venv/bin
PURE := aggregator/urls.py,aggregator/identity.py,aggregator/language.py,aggregator/pipeline.py,$\
	aggregator/health.py,aggregator/needs.py,aggregator/parse/*,$\
	aggregator/clean/*,aggregator/normalise/*,aggregator/classify/*,aggregator/locate/*,$\
	aggregator/cluster/*,aggregator/cadence/*,aggregator/filters/*,aggregator/publish/*

.PHONY: help run test lint demo wheel lock messages clean ready ready-test

help:
	@echo "make run    set up and serve the sources of config.toml at http://127.0.0.1:8000"
	@echo "make demo   the same with a dozen invented feeds, without a network"
	@echo "make test   set up and run every check"
	@echo "make lint   ruff and mypy only"
	@echo "make wheel  build dist/dateline-*.whl"
	@echo "make lock   pin the newest dependencies again (needs uv)"
	@echo "make messages  gather the words of the pages for translation"
	@echo "make clean  remove what was built and installed here, never data/"

ready:
	@"$(PYTHON)" .ci/setup.py run

ready-test:
	@"$(PYTHON)" .ci/setup.py test

run: ready
	@$(BIN)/dateline --config config.toml init
	@exec $(BIN)/dateline --config config.toml run

demo: ready
	@exec $(BIN)/python demo/run.py

test: lint
	$(BIN)/python -m pytest --cov=aggregator --cov-report=
	@echo "Branch coverage of the pure rooms (95 % at least):"
	@$(BIN)/python -m coverage report --include="$(PURE)" --fail-under=95

lint: ready-test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

wheel: ready-test
	$(BIN)/python -m build --wheel

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: install it with 'pip install uv'." >&2; exit 1; }
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --output-file requirements.lock
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock

# What is new stands empty in the catalogues until it is translated; then make messages again.
messages: ready-test
	mkdir -p build
	$(BIN)/pybabel -q extract --mapping-file babel.cfg --no-location --sort-output --output-file build/messages.pot web
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 110 \
		--input-file build/messages.pot --output-dir web/translations
	$(BIN)/pybabel -q compile --directory web/translations

clean:
	rm -rf .venv build dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find aggregator web tests demo bench -name __pycache__ -type d -prune -exec rm -rf {} +
