"""lib.deploy in an environment that has only numpy, Pillow and onnxruntime, with what those three require."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lib.cache import ROOT
from lib.runtimes.package import required
from tests.conftest import encoded, picture

ALLOWED = ("numpy", "pillow", "onnxruntime")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A folder that holds those packages, lib, and lib.deploy alone under another name; nothing else."""
    folder = tmp_path_factory.mktemp("site")
    packages = set().union(*map(required, ALLOWED))
    assert "torch" not in packages
    for name in packages:
        files = importlib.metadata.files(name) or ()
        for top in {file.parts[0] for file in files if file.parts[0] not in ("..", "__pycache__")}:
            source = Path(str(next(f for f in files if f.parts[0] == top).locate())).parents[0]
            while source.name != top and source.joinpath(top).exists() is False:
                source = source.parent
            target = source if source.name == top else source / top
            if not (folder / top).exists():
                (folder / top).symlink_to(target)
    (folder / "lib").symlink_to(ROOT / "lib")
    shutil.copytree(ROOT / "lib" / "deploy", folder / "parcels")
    return folder


def run_there(site: Path, code: str) -> str:
    # -I and -S: no site-packages, no environment, no current folder; only the standard library and what is put in front
    program = f"import sys; sys.path.insert(0, {str(site)!r}); {code}"
    return subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True).stdout


def test_torch_is_really_out_of_reach_there(site):
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run_there(site, "import torch")
    assert "ModuleNotFoundError" in failed.value.stderr


def test_it_imports(site):
    assert run_there(site, "import lib.deploy; print('torch' in sys.modules)") == "False\n"


@pytest.mark.parametrize("package", ["lib.deploy", "parcels"])
def test_it_classifies_under_any_name(site, lite0, tmp_path, package):
    (tmp_path / "photo.png").write_bytes(encoded(picture(320, 240)))
    model, photo = str(lite0.onnx_path), str(tmp_path / "photo.png")
    code = f"from {package} import Classifier; print(len(Classifier({model!r}).classify({photo!r})))"
    assert run_there(site, code) == "5\n"
