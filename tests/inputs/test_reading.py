"""Small things that every reader of user input needs."""

from __future__ import annotations

import hashlib

import pytest

from lib.deploy import BadInput
from lib.inputs.reading import one_line, read_bytes, sha256, unknown


def test_an_unknown_name_gets_the_nearest_or_all():
    assert str(unknown("subject", "lite1", ["lite0", "b0"])) == "unknown subject 'lite1': did you mean 'lite0'?"
    assert str(unknown("subject", "zzz", ["lite0", "b0"])) == "unknown subject 'zzz': choose from b0, lite0"


def test_a_file_that_cannot_be_read_is_named_with_what_it_was_for(tmp_path):
    with pytest.raises(BadInput, match=r"policy: cannot read .*none\.toml: No such file"):
        read_bytes(tmp_path / "none.toml", "policy")
    with pytest.raises(BadInput, match=r"policy: cannot read .*: Is a directory"):
        read_bytes(tmp_path, "policy")


@pytest.mark.parametrize(("said", "line"), [("a\nb", "a"), ("\n  \nb", "b"), ("", "ValueError")])
def test_an_exception_in_one_line(said, line):
    assert one_line(ValueError(said)) == line


def test_a_digest_is_sha256_in_hexadecimal():
    assert sha256(b"x") == hashlib.sha256(b"x").hexdigest()
