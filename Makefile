# `make demo` and `make test` set up what they need, on a fresh machine too.

BIN := .venv/bin
FORM := forms/hadeland-2016.toml

.PHONY: help demo test format catalogues schema clean

help:
	@echo "make demo        read the sample stack of 292 scanned slips and show its table"
	@echo "make test        check the code and run every test"
	@echo "make format      lay the code out as 'make test' wants it"
	@echo "make catalogues  collect the sentences that are to be translated"
	@echo "make schema      write forms/form.schema.json, by which editors check form files"
	@echo "make clean       remove what the other targets made"

demo:
	@sh .ci/setup
	@$(BIN)/scanpipe run samples/hadeland-2016.pdf --form $(FORM)

test:
	@sh .ci/setup dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pytest -n auto

format:
	@sh .ci/setup dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

catalogues:
	@sh .ci/setup dev
	@sh .ci/catalogues

schema:
	@sh .ci/setup dev
	@$(BIN)/python -c "from pathlib import Path; from scanpipe.starting.writing import write_schema; write_schema(Path('forms'))"

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find scanpipe tests -name __pycache__ -prune -exec rm -rf {} +
