# Two commands: `make site` builds the demo help center, `make test` runs every test.
# Both make the environment first; a second run finds it and is quick.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-virtualenv

.PHONY: site serve test lint upgrade lock clean

site: $(VENV)/.base          ## Build the demo help center into site/
	$(BIN)/kb build

serve: $(VENV)/.base         ## Build, serve and rebuild on every save
	$(BIN)/kb serve

test: $(VENV)/.dev           ## Run every test, in Python, Node and Chromium; then lint and types
	$(BIN)/python tests/setup_browser.py
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal
	$(MAKE) lint

lint: $(VENV)/.dev
	$(BIN)/ruff check kb_builder tests tools benchmarks
	$(BIN)/mypy

upgrade: $(VENV)/.dev        ## Try what comes after MkDocs: every test on ProperDocs, then the content on Zensical (which may fail)
	$(BIN)/python tests/setup_browser.py
	PYTHONPATH="$(CURDIR)/tests/properdocs:$$PYTHONPATH" $(BIN)/python -m pytest --numprocesses auto --dist worksteal
	rm -rf .kb/zensical && mkdir -p .kb/zensical && cp -R content .kb/zensical/docs
	echo 'site_name: Demo' > .kb/zensical/mkdocs.yml
	-$(BIN)/zensical build --config-file .kb/zensical/mkdocs.yml

# A stamp is older than what it was made from: install again.
$(VENV)/.base: requirements/base.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "kb_builder needs Python 3.11 or newer; try: make PYTHON=python3.13")'
	@echo "Installing kb_builder and what it needs into $(VENV) (a minute or two, once)"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements/base.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	@echo "Installing what the tests need (a minute or two, once)"
	$(PIP) --require-hashes -r requirements/dev.txt
	touch $@

lock:                        ## Write requirements/*.txt anew from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--quiet --group build pyproject.toml --output-file requirements/base.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--quiet --all-extras --group dev --constraints requirements/base.txt pyproject.toml --output-file requirements/dev.txt

clean:
	rm -rf $(VENV) site .kb
