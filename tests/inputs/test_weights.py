"""State dicts are found, hash checked and read as tensors only."""

from __future__ import annotations

import os
import urllib.error
import urllib.request

import pytest
import torch

from lib.inputs import subject
from lib.inputs import weights
from lib.deploy import BadInput
from tests.conftest import edited


def test_another_hash_than_the_subject_says_is_refused(own_subject):
    with (own_subject.parent / "mine.pth").open("ab") as file:
        file.write(b"!")
    with pytest.raises(
        BadInput, match=r"mine\.pth: SHA-256 is [0-9a-f]{64}, but field 'sha256' of \[weights\] in .*mine\.toml"
    ):
        weights.locate(subject.load(str(own_subject)))


def test_a_missing_file_is_named(own_subject):
    (own_subject.parent / "mine.pth").unlink()
    with pytest.raises(BadInput, match=r"no file .*mine\.pth"):
        weights.locate(subject.load(str(own_subject)))


def test_a_missing_package_is_named(own_subject):
    name = edited(own_subject, 'file = "mine.pth"', 'package = "no_such_package"\nfile = "mine.pth"')
    with pytest.raises(BadInput, match="package no_such_package is not installed"):
        weights.locate(subject.load(name))


class Hostile:
    def __reduce__(self):
        return os.system, ("exit 1",)


def test_a_pickle_that_wants_to_run_code_is_refused(tmp_path):
    torch.save({"_fc.weight": Hostile()}, tmp_path / "hostile.pth")
    with pytest.raises(BadInput, match=r"hostile\.pth: not a file of tensors only, so it is refused"):
        weights.read(tmp_path / "hostile.pth")


@pytest.mark.parametrize("content", [b"", b"plain text", b"PK\x03\x04 half a zip"])
def test_what_is_no_state_dict_is_refused(tmp_path, content):
    (tmp_path / "odd.pth").write_bytes(content)
    with pytest.raises(BadInput, match=r"odd\.pth: ") as refused:
        weights.read(tmp_path / "odd.pth")
    assert "\n" not in str(refused.value)


def test_a_checkpoint_around_a_state_dict_is_refused_with_advice(tmp_path):
    torch.save({"epoch": 3, "model": {"a": torch.zeros(1)}}, tmp_path / "checkpoint.pth")
    with pytest.raises(BadInput, match=r"more than a state dict; save it again with torch\.save"):
        weights.read(tmp_path / "checkpoint.pth")


@pytest.fixture
def published(own_subject):
    """The user's subject with its weights behind an address."""
    source = own_subject.parent / "mine.pth"
    url = "https://weights.invalid/mine.pth"
    return subject.load(edited(own_subject, 'file = "mine.pth"', f'url = "{url}"')), source


def test_offline_it_names_what_it_could_not_reach_and_the_two_ways_out(published, cache_folder, monkeypatch):
    def refuse(url, timeout):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    with pytest.raises(BadInput) as refused:
        weights.locate(published[0])
    said = str(refused.value)
    assert "cannot reach https://weights.invalid/mine.pth (no network)" in said
    assert "--weights PATH" in said
    assert "--subject b0-stand-in" in said
    assert "\n" not in said
    assert not list(cache_folder.rglob("*.pth"))


def test_a_download_is_kept_and_not_fetched_twice(published, cache_folder, monkeypatch):
    chosen, source = published
    fetched = []

    def serve(url, timeout):
        fetched.append(url)
        return source.open("rb")

    monkeypatch.setattr(urllib.request, "urlopen", serve)
    assert not weights.at_hand(chosen)
    first, second = weights.locate(chosen), weights.locate(chosen)
    assert first == second
    assert first.is_relative_to(cache_folder)
    assert first.read_bytes() == source.read_bytes()
    assert len(fetched) == 1
    assert weights.at_hand(chosen)


def test_two_addresses_may_end_in_the_same_name(published, cache_folder, monkeypatch, own_subject):
    chosen, source = published
    monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: source.open("rb"))
    other = subject.load(edited(own_subject, "https://weights.invalid/", "https://others.invalid/"))
    assert weights.locate(chosen) != weights.locate(other)


def test_a_download_damaged_since_says_how_to_get_it_again(published, cache_folder, monkeypatch):
    chosen, source = published
    monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: source.open("rb"))
    with weights.locate(chosen).open("ab") as file:
        file.write(b"!")
    with pytest.raises(BadInput, match="delete the file to download it again"):
        weights.locate(chosen)


def test_a_damaged_state_dict_is_refused_whatever_torch_makes_of_it(tmp_path):
    torch.save({"a": torch.arange(4.0)}, tmp_path / "whole.pth")
    whole = (tmp_path / "whole.pth").read_bytes()
    for position in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        (tmp_path / "damaged.pth").write_bytes(bytes(damaged))
        try:
            weights.read(tmp_path / "damaged.pth")
        except BadInput as refused:
            said = str(refused)
            assert "\n" not in said


def test_a_download_with_another_hash_is_not_kept(published, cache_folder, monkeypatch, tmp_path):
    (tmp_path / "evil.pth").write_bytes(b"something else")
    monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: (tmp_path / "evil.pth").open("rb"))
    with pytest.raises(BadInput, match="the download is not kept"):
        weights.locate(published[0])
    assert not list(cache_folder.rglob("*.pth"))


def test_a_given_file_takes_the_place_of_a_download(published, monkeypatch):
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: pytest.fail("nothing may be fetched"))
    chosen, source = published
    assert weights.locate(chosen, str(source)) == source
