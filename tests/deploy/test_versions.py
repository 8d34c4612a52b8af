"""Versions that a package was not proven with: one warning when it is opened, an error for whoever asks for one."""

from __future__ import annotations

import warnings

import numpy as np
import pytest


@pytest.fixture
def tested(package):
    """Let the manifest say that it was proven with other versions."""

    def tell(*sets: dict[str, str]) -> None:
        (now,) = package.told()["tested"]
        package.tell(tested=[now | each for each in sets])

    return tell


def test_versions_that_were_proven_open_without_a_word(shipped):
    with shipped.imported() as module:
        assert module.Classifier(strict=True).providers == ("CPUExecutionProvider",)


@pytest.mark.parametrize(
    ("name", "version"), [("numpy", "1.26.4"), ("pillow", "10.4.0"), ("onnxruntime", "99.1"), ("python", "3.99.1")]
)
def test_another_version_is_warned_of_once_and_refused_by_option(package, tested, name, version):
    tested({name: version})
    with package.imported() as module:
        with pytest.warns(
            module.UntestedVersions, match=rf"^{name} \S+ \(proven with {version}\): answers may differ"
        ) as caught:
            module.Classifier()
        assert len(caught) == 1
        assert caught[0].filename == __file__
        with pytest.raises(module.BadInput, match=f"{name} .*proven with {version}"):
            module.Classifier(strict=True)


def test_all_other_versions_are_in_one_warning(package, tested):
    tested({"numpy": "1.0", "pillow": "1.0"})
    with package.imported() as module, pytest.warns(module.UntestedVersions, match=r"numpy .*; pillow ") as caught:
        module.Classifier()
    assert len(caught) == 1


def test_what_lies_between_two_that_were_proven_is_proven(package, tested):
    tested({"numpy": "0.9"}, {"numpy": "99.10"})
    with package.imported() as module, warnings.catch_warnings():
        warnings.simplefilter("error")
        module.Classifier()


def test_a_file_that_is_given_has_no_versions_to_hold_it_to(package, tested):
    tested({"numpy": "1.0"})
    with package.imported() as module, warnings.catch_warnings():
        warnings.simplefilter("error")
        module.Classifier(package.data / "model.onnx", strict=True)


def test_the_version_is_that_of_what_imports_whatever_it_was_installed_from(package, monkeypatch):
    import importlib.metadata

    def version(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)  # as with onnxruntime-gpu in onnxruntime's place
    with package.imported("versions") as versions, package.imported("package") as own:
        found = {each.name: each for each in versions.versions(own.manifest())}
    assert found["numpy"].here == np.__version__
    assert all(each.proven for each in found.values())
