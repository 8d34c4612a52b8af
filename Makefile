# The ONNX hand-off workbook. Everything is installed into .venv; nothing else on the machine is touched.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# lib sets it too; here it also holds for a notebook or a benchmark that imports onnxruntime first.
export ORT_DISABLE_TELEMETRY ?= 1
RUN_OPTIONS = $(if $(SUBJECT),--subject "$(SUBJECT)") $(if $(PHOTOS),--photos "$(PHOTOS)") \
	$(if $(WEIGHTS),--weights "$(WEIGHTS)") $(if $(DEPLOYMENT),--deployment "$(DEPLOYMENT)") \
	$(if $(TIME_LIMIT),--time-limit "$(TIME_LIMIT)") $(if $(POLICY),--policy "$(POLICY)") \
	$(if $(VERSIONS),--versions "$(VERSIONS)") $(if $(PARAMS),--params "$(PARAMS)") $(if $(ONLY),--only "$(ONLY)") $(if $(OUT),--out "$(OUT)") \
	$(if $(BASELINE),--baseline "$(BASELINE)")

COST_OPTIONS = $(if $(PHOTOS),--photos "$(PHOTOS)") $(if $(LABELS),--labels "$(LABELS)") \
	$(if $(AGAINST),--against "$(AGAINST)") $(if $(SCHEDULER),--scheduler "$(SCHEDULER)") \
	$(if $(SUBJECT),--subject "$(SUBJECT)") $(if $(WEIGHTS),--weights "$(WEIGHTS)") \
	$(if $(DEPLOYMENT),--deployment "$(DEPLOYMENT)") $(if $(TIME_LIMIT),--time-limit "$(TIME_LIMIT)") \
	$(if $(POLICY),--policy "$(POLICY)") $(if $(PARAMS),--params "$(PARAMS)") $(if $(OUT),--out "$(OUT)")

.DEFAULT_GOAL := help
.PHONY: help report handoff cost test lab robustness gate services benchmark benchmark-service clean

help:  ## show this help
	@echo "make report   run the notebooks and write reports/latest/report.html"
	@echo "              with any of SUBJECT= PHOTOS= WEIGHTS= DEPLOYMENT= TIME_LIMIT= POLICY= PARAMS= ONLY= OUT=,"
	@echo "              BASELINE=path/to/run to hold it against an earlier report, which may be reports/latest itself,"
	@echo "              and RUNTIMES=all to compare LiteRT and TensorFlow too in 08_runtimes: it installs them and a converter (4 GB)"
	@echo "make handoff  make report, then work out every hash and the verdict again, and say where the wheel to install lies"
	@echo "make cost     what each mistake costs on a folder of photos: PHOTOS= (with subfolders), LABELS=file.csv where they are"
	@echo "              labelled, AGAINST=what is in production now, SCHEDULER=tcp://host:8786 for Dask workers elsewhere,"
	@echo "              and SUBJECT= WEIGHTS= DEPLOYMENT= TIME_LIMIT= POLICY= PARAMS= OUT= as above; writes reports/cost"
	@echo "make test     lint, type check and the whole test suite"
	@echo "make robustness  11_robustness alone on N=10 times as many drawn files and calls; with SUBJECT= DEPLOYMENT= and the like"
	@echo "make gate     plant faults one by one and see whether a verdict finds them; with ONLY= those whose name holds a word,"
	@echo "              and N= times as many drawn files"
	@echo "make services diagnosis, measured on tensors of services in eleven languages; tests/services/run.py says what they need"
	@echo "make lab      JupyterLab on copies of the notebooks, in lab/, to change at will: changed ones stay as they are"
	@echo "make benchmark  what preprocessing, the package and a sweep cost, as ratios; leave the machine alone meanwhile"
	@echo "make benchmark-service  of that the service alone; BEFORE=path/to.whl to ask an earlier package too"
	@echo "make clean    remove reports, exported models, downloads and caches; .venv and lab/ stay"
	@echo
	@echo "The same without make: .venv/bin/python -m lib run --help"

report: .venv/.installed$(if $(RUNTIMES),-runtimes) $(if $(VERSIONS),.venv/.installed-versions)  ## run the notebooks and write the report
	@$(BIN)/python -m lib run $(RUN_OPTIONS)

handoff: report  ## the same, then verify it and say where the wheel lies
	@$(BIN)/python -m lib verify "$(or $(OUT),reports/latest)"
	@find "$(or $(OUT),reports/latest)/handoff" -name '*.whl' 2>/dev/null | sed 's/^/install: /' | grep . || \
		{ echo "error: nothing was packed; $(or $(OUT),reports/latest)/report.html says why" >&2; exit 2; }

cost: .venv/.installed  ## what each mistake costs on many photos
	@$(BIN)/python -m lib cost $(COST_OPTIONS)

test: .venv/.installed-test
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@said=$$($(BIN)/lint-imports --no-cache --no-logo) || { echo "$$said"; exit 1; }
	@$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --no-loadscope-reorder

robustness: .venv/.installed  ## 11_robustness alone, with N times as many drawn files and calls
	@mkdir -p .cache && echo "draws: $(or $(N),10)" > .cache/draws.yml
	@$(BIN)/python -m lib run $(RUN_OPTIONS) --only 11_robustness --params .cache/draws.yml $(if $(OUT),,--out reports/robustness)

gate: .venv/.installed
	@$(BIN)/python -m lib.gate $(if $(ONLY),--only "$(ONLY)") $(if $(N),--draws "$(N)")

# Needs other languages and their libraries: tests/services/run.py says which, and leaves out what is not there.
services: .venv/.installed-test  ## diagnosis, measured on services in other languages
	@$(BIN)/python -m tests.services.run
	@$(BIN)/python -m tests.services.measure

# A photo is uploaded in one message; of those JupyterLab by itself drops what has more than 10 MB, without a word. Its news, its
# look for updates and its extension manager call home.
LAB_OPTIONS = --ServerApp.tornado_settings='{"websocket_max_message_size": 100000000}' --LabApp.news_url=None \
	--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate --LabApp.extension_manager=readonly

lab: .venv/.installed  ## JupyterLab on copies of the notebooks
	@$(BIN)/python -m lib lab
	@PYTHONPATH="$(CURDIR)" $(BIN)/jupyter lab --notebook-dir=lab $(LAB_OPTIONS)

benchmark: .venv/.installed-benchmark
	@$(BIN)/python -m pytest benchmarks --quiet --benchmark-columns=median,iqr,rounds --benchmark-sort=name

benchmark-service: .venv/.installed-benchmark  ## of that the service alone
	@BEFORE="$(BEFORE)" $(BIN)/python -m pytest benchmarks/test_service.py --quiet

clean:
	rm -rf reports/latest reports/gate reports/cost reports/robustness .cache build *.egg-info .pytest_cache .ruff_cache .mypy_cache
	find lib tests -name __pycache__ -prune -exec rm -rf {} +

# pip is told the exact versions, so a second run installs nothing and everybody gets the same.
.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	$(BIN)/python -m lib.bundle.wheels
	@touch $@

# The lowest versions that a package may be installed with, for 10_handoff.
.venv/.installed-versions: .venv/.installed lib/bundle/versions.py
	@test "$(VERSIONS)" = all || { echo "error: VERSIONS=$(VERSIONS): it takes 'all'" >&2; exit 2; }
	$(BIN)/python -m lib.bundle.wheels all
	@touch $@

.venv/.installed-test: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,runtimes]'
	@touch $@

.venv/.installed-benchmark: .venv/.installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,runtimes,benchmark]'
	@touch $@

# The libraries that 08_runtimes compares beside those of every install, and the converter, which has an environment of its own.
.venv/.installed-runtimes: .venv/.installed lib/runtimes/converter-requirements.txt
	@test "$(RUNTIMES)" = all || { echo "error: RUNTIMES=$(RUNTIMES): it takes 'all'" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[runtimes]'
	$(BIN)/python -m lib.runtimes.converter
	@touch $@

.venv/bin/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "error: Python 3.11 or newer is needed; name one with make PYTHON=path/to/python3.11" >&2; exit 2; }
	"$(PYTHON)" -m venv .venv
