"""Weights are found or downloaded, and their hash is checked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lib.deploy import BadInput
from lib.inputs import subject, weights
from lib.inputs.subject import Subject
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


@dataclass
class Server:
    """A server on this machine that gives one file, and remembers what it was asked for.

    Attributes:
        url: of the file.
        content: what it gives.
        status: what it answers.
        asked: the paths, in order.
    """

    url: str
    content: bytes
    status: int = 200
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def server(own_subject: Path) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given.asked.append(self.path)
            self.send_response(given.status)
            self.send_header("Content-Length", str(len(given.content)))
            self.end_headers()
            self.wfile.write(given.content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    given = Server(f"http://127.0.0.1:{running.server_port}/mine.pth", (own_subject.parent / "mine.pth").read_bytes())
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield given
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def published(own_subject: Path, server: Server, cache_folder: Path) -> Subject:
    """The user's subject with its weights behind an address."""
    return subject.load(edited(own_subject, 'file = "mine.pth"', f'url = "{server.url}"'))


def kept(cache_folder: Path) -> list[Path]:
    return [path for path in cache_folder.rglob("*mine.pth*") if path.suffix not in (".lock", ".sha256")]


def test_offline_it_names_what_it_could_not_reach_and_the_two_ways_out(own_subject, cache_folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/mine.pth"  # nobody listens there
    chosen = subject.load(edited(own_subject, 'file = "mine.pth"', f'url = "{url}"'))
    with pytest.raises(BadInput) as refused:
        weights.locate(chosen)
    said = str(refused.value)
    assert f"cannot reach {url} (" in said
    assert "Connection refused" in said
    assert "--weights PATH" in said
    assert "--subject b0-stand-in" in said
    assert "\n" not in said
    assert kept(cache_folder) == []


def test_a_page_that_is_gone_is_named(published, server, cache_folder):
    server.status = 404
    with pytest.raises(BadInput, match=r"cannot reach .*404"):
        weights.locate(published)
    assert kept(cache_folder) == []


def test_a_download_is_kept_and_not_fetched_twice(published, server, cache_folder, capfd):
    assert not weights.at_hand(published)
    first, second = weights.locate(published), weights.locate(published)
    assert first == second
    assert first.is_relative_to(cache_folder)
    assert first.read_bytes() == server.content
    assert server.asked == ["/mine.pth"]
    assert weights.at_hand(published)
    assert capfd.readouterr().err == ""


def test_two_addresses_may_end_in_the_same_name(published, server, own_subject):
    other = subject.load(edited(own_subject, "/mine.pth", "/others/mine.pth"))
    assert weights.locate(published) != weights.locate(other)
    assert server.asked == ["/mine.pth", "/others/mine.pth"]


def test_a_download_damaged_since_is_fetched_again(published, server):
    with weights.locate(published).open("ab") as file:
        file.write(b"!")
    assert weights.locate(published).read_bytes() == server.content
    assert server.asked == ["/mine.pth", "/mine.pth"]


def test_a_wrong_file_in_the_place_of_a_download_is_named(published):
    path = weights.locate(published)
    path.with_name(f"{path.name}.sha256").unlink()
    path.write_bytes(b"!")
    with pytest.raises(BadInput, match="delete the file to download it again"):
        weights.locate(published)


def test_a_download_with_another_hash_is_not_kept(published, server, cache_folder):
    server.content = b"something else"
    with pytest.raises(BadInput, match="the download is not kept"):
        weights.locate(published)
    assert kept(cache_folder) == []


def test_a_release_may_publish_the_first_digits_of_its_hash(published, server, own_subject):
    full = published.weights.sha256
    short = subject.load(edited(own_subject, full, full[:8]))
    assert weights.locate(short).read_bytes() == server.content


def test_a_given_file_takes_the_place_of_a_download(published, server, own_subject):
    source = own_subject.parent / "mine.pth"
    assert weights.locate(published, str(source)) == source
    assert server.asked == []
