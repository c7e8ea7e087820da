# The project's commands; `make` alone lists them. Paths are relative: the folder may have spaces in its name.

# In this order: what `make report` says last is the report of 2020, whose figures are published.
VAGUE     ?= 2021-automne 2020-automne
DIFFUSION ?= financeurs
# Many sites and a cluster too: make bench COMPLET=1
COMPLET   ?=

SHELL := /bin/sh
BIN   := .venv/bin
# A file named after the lock files: when they change, so does its name, and the environment is made anew.
READY := $(shell sh scripts/setup.sh --stamp)
# Both slow down every start of Python, or change what it finds.
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH
# For scripts/setup.sh: `make report PYTHON=/path/to/python3`.
export PYTHON

.DEFAULT_GOAL := help
# What most changes touch, and what users see: `make test` stays under two minutes, `make check` runs all of it.
QUICK := tests/behaviour tests/disclosure tests/exhibits/chapters tests/exhibits/published tests/indicators \
	tests/survey/test_quotations.py tests/survey/validation tests/survey/test_codebook.py tests/survey/test_dictionary.py \
	tests/test_layers.py tests/test_notebooks.py

.PHONY: help report test check faults freeze lab bench lock clean

help: ## List these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "make %-8s %s\n", $$1, $$2 }'

report: $(READY) ## Build the report of both waves; one of them: make report VAGUE=2021-automne DIFFUSION=interne
	@for vague in $(VAGUE); do \
		$(BIN)/atc check --vague "$$vague" && \
		$(BIN)/atc run --vague "$$vague" --diffusion '$(DIFFUSION)' || exit $$?; \
	done

test: $(READY) ## Lint, check types, run the quick tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n 2 --dist loadfile --hypothesis-profile ci -m "not slow and not browser" $(QUICK)

# Properties draw the same examples each time here: one commit, one verdict. Plain pytest draws new ones. One worker
# more than there are cores, since browsers, deadlines and other processes are waited for; notebooks fill the end.
check: $(READY) ## Lint, check types, run the tests and every notebook
	@sh scripts/setup.sh --check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder --hypothesis-profile ci -m "not lengthy" \
		--nbval-lax --nbval-current-env tests notebooks/*.ipynb

faults: $(READY) ## Break runs, disks, files and machines at their worst moments, and look at what stands
	$(BIN)/pytest -n 2 --dist loadfile --hypothesis-profile ci -m fault tests

freeze: $(READY) ## Record anew what users see, once a change of it is wanted: git diff tests/behaviour shows it
	PYTHONPATH=tests $(BIN)/python -m behaviour.record

lab: $(READY) ## Open the exploration desk in JupyterLab
	@$(BIN)/atc explore

bench: $(READY) ## Time the report against what users would otherwise run; with many sites too, 50 minutes: make bench COMPLET=1
	$(BIN)/python -m benchmarks $(if $(COMPLET),--complet)

lock: $(READY) ## Recompile the lock files; newest versions: make lock UPGRADE=--upgrade
	$(COMPILE) --extra dev --group build pyproject.toml --output-file requirements.lock
	$(COMPILE) --group bootstrap --output-file requirements-bootstrap.lock

clean: ## Remove what is rebuilt; keep .venv and notebooks/perso
	rm -rf outputs/* data/processed/* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find atc benchmarks data tests scripts notebooks -name __pycache__ -prune -exec rm -rf {} +

# One lock for Python 3.11 and later, on Linux, macOS and Windows, with the same versions everywhere; no host name in it.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(UPGRADE)

$(READY):
	@sh scripts/setup.sh
