"""What a deployment needs beyond what the package declares."""

from __future__ import annotations

from lib.inputs.deployment import Brought
from lib.studies.robustness.dependencies import needed


def test_what_the_package_declares_and_what_that_requires_is_not_told():
    found = needed([Brought(("PIL", "numpy", "onnxruntime", "flatbuffers"), {"google": "infer"})])
    assert (found.at_start, found.in_some_calls) == ((), ())


def test_what_every_process_needs_is_told_from_what_some_calls_need():
    found = needed([Brought(("cv2",), {"scipy": "decode"}), Brought(("cv2",), {"cv2": "resize"})])
    assert found.at_start == ("cv2",)
    assert found.in_some_calls == ("scipy (decode)",)


def test_pytorch_is_never_only_a_library():
    assert needed([Brought(("torch",), {})]).in_some_calls == ("torch (the start)",)


def test_a_program_is_told_by_its_name():
    assert needed([Brought((), {"the program exiftool": "decode"})]).in_some_calls == ("the program exiftool (decode)",)
    assert needed([Brought(("the program python",), {})]).in_some_calls == ("the program python (the start)",)
