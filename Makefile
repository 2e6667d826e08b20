# `make bench` and `make test` do all their own set-up, in .venv and nowhere else.
# Written for GNU make 3.81, the newest that macOS brings, and a POSIX sh.

ifeq ($(OS),Windows_NT)
$(error loopcmp runs on Linux and macOS; on Windows, run it inside WSL)
endif

# Settings that lead an installation, or an import, out of .venv. Those that say where packages
# come from (indexes, proxies, certificates) stay: a company's machine needs them.
unexport PIP_PREFIX PIP_PYTHON PIP_ROOT PIP_TARGET PIP_USER
unexport CONDA_PREFIX MYPYPATH PYTHONHOME PYTHONPATH VIRTUAL_ENV

# Set on the command line only: `make bench PYTHON=/path/to/python`.
PYTHON :=
candidates = $(if $(PYTHON),"$(PYTHON)",python3.15 python3.14 python3.13 python3.12 python3.11 python3)

# Each candidate is run, for one that is on PATH may have nothing behind it (pyenv's shims). What
# counts is the Python underneath: if .venv itself is activated, it is removed before it is used.
probe := import sys; \
    fits = sys.implementation.name == "cpython" and sys.version_info >= (3, 11); \
    fits and print(sys._base_executable); sys.exit(not fits)
find_python = $(shell for candidate in $(candidates); do \
    "$$candidate" -Ic '$(probe)' 2>/dev/null && break; done)
find_uv = $(shell command -v uv 2>/dev/null)
has_ensurepip = $(shell "$(python)" -Ic 'import ensurepip; print(True)' 2>/dev/null)
version = $(shell "$(python)" -Ic 'import sys; print("%d.%d" % sys.version_info[:2])')

nothing_found = no CPython 3.11 or newer $(if $(PYTHON),at $(PYTHON),among $(candidates)): \
    install one, or name it: make bench PYTHON=/path/to/python
cannot_make_venv = $(python) cannot make virtual environments: install python$(version)-venv \
    (apt install python$(version)-venv), or uv
# uv only makes the environment (--seed: with pip), so that one installer serves everywhere.
make_venv = $(if $(has_ensurepip),"$(python)" -Im venv .venv,$(if $(find_uv),\
    uv venv --quiet --seed --python "$(python)" .venv,$(error $(cannot_make_venv))))
install = .venv/bin/python -Im pip install --quiet --disable-pip-version-check

# Written last. The first is gone while anything is being installed: a .venv without it is
# half-made, whatever interrupted it, and is made anew.
installed := .venv/.loopcmp-installed
installed_dev := .venv/.loopcmp-installed-dev
installed_docs := .venv/.loopcmp-installed-docs

# So is a .venv whose Python was removed or upgraded, or is not the one that is asked for.
identity := import sys; print(sys.base_prefix, sys.version_info)
present := $(shell .venv/bin/python -Ic '$(identity)' 2>/dev/null)
wanted := $(if $(PYTHON),$(shell "$(PYTHON)" -Ic '$(identity)' 2>/dev/null),$(present))
ifneq ($(present),$(wanted))
.PHONY: $(installed)
endif
ifeq ($(present),)
.PHONY: $(installed)
endif

# The files of tests run beside each other, one a CPU: most of them wait for workers.
beside_each_other := --numprocesses=auto --dist=loadfile

.PHONY: help bench test docs clean
# Nothing else of ours runs beside a measurement, even with -j.
.NOTPARALLEL:

help:
	@echo 'make bench   check and time the tutorial on asyncio, uvloop and trio, and write the report'
	@echo 'make test    lint, types and tests'
	@echo 'make docs    build the documentation: docs/_build/html/index.html'
	@echo 'make clean   remove .venv and caches; results stay'
	@echo 'All but the last make .venv when it is needed; PYTHON=/path/to/python says from which Python.'

bench: $(installed)
	.venv/bin/loopcmp run tutorial --fast

test: $(installed_dev)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m pytest $(beside_each_other)

# Every warning is an error, and nothing is fetched: what the pages need comes with the packages.
docs: $(installed_docs)
	.venv/bin/python -m sphinx --fail-on-warning --keep-going --quiet --fresh-env docs docs/_build/html

$(installed): pyproject.toml
	$(eval python := $(find_python))
	$(if $(python),,$(error $(nothing_found)))
	@echo 'Setting up .venv with $(python): the first time, packages are downloaded'
	@rm -rf .venv
	@$(make_venv)
	@# pip's settings files may say the same as the variables above; this file outranks the user's.
	@printf '[%s]\nuser = no\nprefix =\nroot =\ntarget =\n' global install >.venv/pip.conf
	@$(install) --editable .
	@test -x .venv/bin/loopcmp
	@touch $@

$(installed_dev): $(installed) constraints.txt
	@echo 'Adding the tools for tests to .venv'
	@rm -f $(installed)
	@$(install) 'pip>=25.1' # the first that knows --group
	@$(install) --constraint constraints.txt --group dev
	@touch $(installed) $@

$(installed_docs): $(installed)
	@echo 'Adding the tools for the documentation to .venv'
	@# Moved aside and back, not made anew: were it younger, the tools for tests would be added again.
	@mv $(installed) $(installed)-before
	@$(install) 'pip>=25.1' # the first that knows --group
	@$(install) --group docs
	@mv $(installed)-before $(installed)
	@touch $@

clean:
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find harness scenarios tests -name __pycache__ -prune -exec rm -rf {} +
	rm -rf docs/_build docs/__pycache__
