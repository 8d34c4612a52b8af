"""Small things that every reader of user input needs."""

from __future__ import annotations

import hashlib

import pytest

from lib.deploy import BadInput
from lib.inputs.reading import absolute, one_line, read_bytes, read_toml, sha256, unknown


def test_an_unknown_name_gets_the_nearest_or_all():
    assert str(unknown("subject", "lite1", ["lite0", "b0"])) == "unknown subject 'lite1': did you mean 'lite0'?"
    assert str(unknown("subject", "zzz", ["lite0", "b0"])) == "unknown subject 'zzz': choose from b0, lite0"


def test_a_file_that_cannot_be_read_is_named_with_what_it_was_for(tmp_path):
    with pytest.raises(BadInput, match=r"policy: cannot read .*none\.toml: No such file"):
        read_bytes(tmp_path / "none.toml", "policy")
    with pytest.raises(BadInput, match=r"policy: cannot read .*: Is a directory"):
        read_bytes(tmp_path, "policy")


def test_a_file_is_read_up_to_a_size(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert read_bytes(tmp_path / "a", "policy", 5) == b"12345"
    with pytest.raises(BadInput, match=r"policy: cannot read .*: has more than 0 MB"):
        read_bytes(tmp_path / "a", "policy", 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = ", "not valid TOML: Invalid value"),
        ("a = " + "9" * 5000, "not valid TOML: Exceeds the limit"),
        ("a = " + "[" * 100_000, "not valid TOML: nested too deep"),
        ("[" + "a." * 400_000 + "b]", "not valid TOML: a key has more than 100 parts"),
        ("a . " * 101 + "b = 1", "not valid TOML: a key has more than 100 parts"),
    ],
)
def test_what_is_no_toml_is_refused_at_once(tmp_path, text, said):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(BadInput, match=said):
        read_toml(tmp_path / "mine.toml", "policy")


def test_dots_that_are_no_key_are_read(tmp_path):
    names = '"St. Bernard", ' * 300
    text = f"names = [{names}]\n# {'.' * 500}\n[a.b.c]\nd.e = 1\n"
    (tmp_path / "mine.toml").write_text(text)
    table, data = read_toml(tmp_path / "mine.toml", "policy")
    assert table["a"] == {"b": {"c": {"d": {"e": 1}}}}
    assert data == text.encode()


def test_a_path_holds_from_every_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("target")
    assert absolute("link", "out") == tmp_path / "target"
    (tmp_path / "loop").symlink_to("loop")
    for name in ("loop", "a\0b", "\ud800", "\udcff"):
        with pytest.raises(BadInput, match=r"^out "):
            absolute(name, "out")


@pytest.mark.parametrize(("said", "line"), [("a\nb", "a"), ("\n  \nb", "b"), ("", "ValueError")])
def test_an_exception_in_one_line(said, line):
    assert one_line(ValueError(said)) == line


def test_a_digest_is_sha256_in_hexadecimal():
    assert sha256(b"x") == hashlib.sha256(b"x").hexdigest()
