# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test gate smoke bundle screenshots bench bench-casefile bench-metrics bench-window soak clean

demo: $(VENV)/.app
	$(BIN)/python tools/demo.py

test: $(VENV)/.dev
	PATH="$(CURDIR)/$(BIN):$$PATH" $(MAKE) --no-print-directory gate

gate:
	ruff check .
	ruff format --check .
	mypy
	lint-imports --no-cache
	pytest -n 2 --dist loadfile

# The wheel, in a clean environment, without this checkout on the path.
smoke: $(BIN)/python
	$(BIN)/python tools/smoke.py

# The program in one folder, made by PyInstaller in an environment of its own, and tried.
bundle: $(BIN)/python
	$(BIN)/python tools/bundle.py dist --try-window

screenshots: $(VENV)/.app
	QT_QPA_PLATFORM=offscreen $(BIN)/python tools/screenshots.py docs/img

# Today's ways to look names up, and abusetrack, on the practice internet: about ten minutes.
bench: $(VENV)/.bench
	PYTHONPATH=tools $(BIN)/python -m bench

# Killed 208 times at random moments: nothing acknowledged may be lost. About ten minutes.
# Then a quarter at the desk, with every figure compared. About ten more.
soak: $(VENV)/.app
	PYTHONPATH=tools $(BIN)/python -m soak --kills 208
	PYTHONPATH=tools $(BIN)/python -m quarter --days 90

# The case file at a hundred thousand and a million names: an hour, 16 GB of disk, most of
# it to make the files. `--names 100000` (in SIZES) takes ten minutes; `--folder` keeps them.
SIZES ?= --encrypted
bench-casefile: $(VENV)/.bench
	PYTHONPATH=tools $(BIN)/python -m casebench $(SIZES)

# How soon the figures are there, beside their SQL alone; minutes, most of them to make the file.
bench-metrics: $(VENV)/.bench
	$(BIN)/python tools/bench_metrics.py

# How soon the window is there, how long its event loop is held up, and its memory, up to a
# million domains: ten minutes, most of them to make the files.
bench-window: $(VENV)/.bench
	PYTHONPATH=tools $(BIN)/python -m windowbench

$(BIN)/python:
	$(PYTHON) tools/need_python.py
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(VENV)/.app $@

$(VENV)/.bench: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $(VENV)/.app $@

clean:
	rm -rf $(VENV) build dist demo *.egg-info
