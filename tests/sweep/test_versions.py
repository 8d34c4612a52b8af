"""What computes is told by name and version."""

from __future__ import annotations

from lib.sweep import versions


def test_the_project_itself_python_and_what_numbers_depend_on_have_versions():
    found = versions.here()
    assert all(found[name] for name in ("python", versions.WORKBOOK, "numpy", "onnxruntime", "pillow", "torch"))
    assert "+" in found[versions.WORKBOOK]  # its source, since a version may stay for many changes


def test_what_differs_is_named_with_both_versions_and_what_is_missing_too():
    wanted = {"numpy": "2.4.6", "pillow": "13.0.0"}
    assert versions.differences(wanted, wanted | {"scipy": "1"}) == []
    assert versions.differences(wanted, {"numpy": "1.0"}) == [
        "numpy 1.0, and 2.4.6 is needed",
        "pillow missing, and 13.0.0 is needed",
    ]


def test_a_deployments_source_is_that_of_its_module_or_of_its_package(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "single.py").write_text("A = 1\n")
    (tmp_path / "several").mkdir()
    for name in ("__init__.py", "inner.py"):
        (tmp_path / "several" / name).write_text("")
    before = versions.source_of("single"), versions.source_of("several.inner")
    (tmp_path / "single.py").write_text("A = 2\n")
    (tmp_path / "several" / "__init__.py").write_text("B = 1\n")
    after = versions.source_of("single"), versions.source_of("several.inner")
    assert all(len(digest) == 64 for digest in before)
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert versions.source_of("no_such_module_at_all") == ""
