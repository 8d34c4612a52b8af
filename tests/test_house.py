"""The house: every room in its place, every module with its tests, and the words that are used in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lib.cache import LIB, ROOT

MODULES = sorted(str(path.relative_to(LIB).with_suffix("")) for path in LIB.rglob("*.py"))

# Modules that have no test file of their name, and where they are tested instead.
KINDS = ("large", "encodings", "composition", "over_time", "batches", "imports")  # of faults that services had
ELSEWHERE = {
    "__main__": "run/test_runner.py",  # calls run/command
    "deploy/pipelines": "compare/test_shared.py",
    "deploy/__main__": "deploy/test_command.py",  # calls command
    "deploy/difference": "compare/test_comparison.py",
    "deploy/domain": "deploy/test_model.py",
    "deploy/finding": "deploy/test_selftest.py",  # what a selftest says
    "deploy/traces": "deploy/test_selftest.py",
    "policy/__init__": "policy/test_policy.py",
    "sweep/table": "sweep/test_results.py",  # a record, which results fills
    "run/command": "run/test_runner.py",  # the command line, as a person uses it
    "run/exit_codes": "run/test_runner.py",
    "run/progress": "run/test_runner.py",
    "run/provenance": "run/test_reports.py",
    "report/run": "report/test_pages.py",  # pages are made of a run
    "report/templating": "report/test_pages.py",
    "report/html": "run/test_reports.py",
    **dict.fromkeys(
        (
            "runtimes/litert", "runtimes/mxnet", "runtimes/onnx_runtime", "runtimes/opencv", "runtimes/openvino",
            "runtimes/pytorch", "runtimes/reference_evaluator", "runtimes/runtime", "runtimes/tensorflow", "runtimes/tensorrt",
        ),
        "runtimes/test_libraries.py",  # all are held to the same answers
    ),
    **dict.fromkeys(("audit/finding", "audit/pages", "audit/recomputed"), "audit/test_verify.py"),
    "audit/package": "gate/test_suite.py",  # on a package that a run packed, with one fault after the other
    "probes/motif": "probes/test_probe.py",
    "probes/patterns": "probes/test_properties.py",
    "probes/unfit": "probes/test_probe.py",
    **{f"probes/written/{name}": "probes/test_drawn.py" for name in ("bmp", "frames", "jpeg", "kind", "plain", "png", "tiff")},
    "studies/cost/findings": "studies/cost/test_found.py",  # records
    **dict.fromkeys(
        (
            "gate/__main__", "gate/bench", "gate/faults/end_to_end", "gate/faults/metadata", "gate/faults/network",
            "gate/faults/package", "gate/faults/packaging", "gate/faults/report", "gate/faults/run", "gate/faults/sweep",
            "gate/harmless/variants",
            "gate/shipped",
        ),
        "gate/test_suite.py",  # some are tried there, and all by `make gate`
    ),
    **dict.fromkeys(
        (
            "gate/faults/behaviour", "gate/faults/decode/damaged", "gate/faults/decode/files", "gate/faults/decode/modes",
            "gate/faults/decode/pixels", "gate/faults/decode/reading", "gate/faults/decode/turned", "gate/faults/dependencies",
            "gate/faults/dependencies_at_import", "gate/faults/infer", "gate/faults/normalise", "gate/faults/resize",
            "gate/faults/score", "gate/faults/seventeen", "gate/faults/unusable", "gate/harmless/deployments",
            "gate/harmless/services", "gate/harmless/decode_variants", "gate/harmless/queues_variants",
            "gate/harmless/sessions_variants", "gate/harmless/helpers",
            *(f"gate/faults/{half}/{name}" for half in ("realistic", "unseen", "later") for name in KINDS),
            "gate/faults/realistic/blamed", "gate/faults/unseen/blamed", "gate/faults/realistic/sniff",
            "gate/faults/unseen/looks",
        ),
        "gate/faults/test_planted.py",  # each is built, and answers a photo; `make gate` tries what has to become of it
    ),
}  # fmt: skip


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on a copy of lib, under the contracts of pyproject.toml."""
    program = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(LIB, tmp_path / "lib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_module_has_a_test_file_of_its_name_or_a_reason():
    for module in MODULES:
        folder, _, name = f"/{module}".rpartition("/")
        own = ROOT / "tests" / folder.strip("/") / f"test_{name}.py"
        if name == "__init__" and module not in ELSEWHERE:
            continue
        assert own.exists() != (module in ELSEWHERE), module
        assert module not in ELSEWHERE or (ROOT / "tests" / ELSEWHERE[module]).exists(), module
    assert ELSEWHERE.keys() <= set(MODULES)


def test_few_modules_lie_directly_in_lib():
    assert len([module for module in MODULES if "/" not in module]) <= 6


@pytest.mark.parametrize(
    ("module", "line", "said"),
    [
        ("diagnosis/finding.py", "from lib.report import html", "lib.diagnosis.finding -> lib.report.html"),
        ("deploy/stages.py", "from lib.inputs import photos", "lib.deploy.stages -> lib.inputs.photos"),
        ("studies/resize/measure.py", "from lib.studies.parity import measure", "lib.studies.resize is not allowed"),
        ("run/runner.py", "from lib.studies.resize import measure", "Running knows nothing of what is measured"),
        ("attic.py", "", "attic"),
    ],
)
def test_an_import_that_climbs_is_noticed(copied, module, line, said):
    path = copied / "lib" / module
    path.write_text(f"{path.read_text() if path.exists() else ''}\n{line}\n")
    found = lint(copied)
    assert found.returncode == 1
    assert said in found.stdout


def test_no_import_climbs(copied):
    found = lint(copied)
    assert found.returncode == 0, found.stdout


def test_types_hold():
    found = subprocess.run([Path(sys.executable).with_name("mypy")], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


# Words that CONTRIBUTING.md has others for.
FORMER = r"in the dock|\bdock\b|innocen|culprit|guilty|suspect|exhibit|on trial|the answer last time|\brung|what.if|95 of 100"


@pytest.mark.parametrize("pattern", ["lib/**/*.py", "lib/**/*.toml", "lib/**/*.j2", "notebooks/*.ipynb", "README.md"])
def test_words_are_those_of_the_list(pattern):
    files = list(ROOT.glob(pattern))
    assert files
    for path in files:
        assert not re.search(FORMER, path.read_text(), re.IGNORECASE), path


@pytest.mark.parametrize("path", [*sorted(ROOT.glob("notebooks/*.ipynb")), ROOT / "README.md"], ids=lambda path: path.name)
def test_the_article_is_named_and_linked_where_it_is_first_spoken_of(path):
    text = path.read_text()
    if path.suffix == ".ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")
    first = re.search(r"article", text)
    linked = re.search(r"\[an article of ML\sIllustrated\]\(http://www\.ml-illustrated\.com/[\w./-]+\.html\)", text)
    assert not first or (linked and linked.start() < first.start() < linked.end())


CLAIMED = r"trained with|was evaluated|was trained on|trained to be fed"  # of a contract, which is the subject file's word


@pytest.mark.parametrize("pattern", ["lib/**/*.py", "lib/**/*.j2", "lib/policy/*.toml", "notebooks/*.ipynb"])
def test_no_page_claims_what_the_network_was_trained_or_evaluated_with(pattern):
    for path in ROOT.glob(pattern):
        said = [found for found in re.findall(f".*(?:{CLAIMED}).*", path.read_text()) if "can tell whether" not in found]
        assert not said, (path, said)
