"""One bit flipped in a file below the cache is never taken for another value: it is noticed, and what it was in is made again.

``FLIPS=400 pytest tests/test_flips.py`` tries more of them than the suite does.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest

from lib import cache
from lib.export import end_to_end, exporter
from lib.inputs import crops, photos, weights
from lib.runtimes import converter
from lib.studies.runtimes import measure as runtimes
from lib.sweep.results import collected
from lib.sweep.underway import Underway
from tests.packed import tiny
from tests.sweep import made

FLIPS = int(os.environ.get("FLIPS", "6"))


@dataclass
class Kind:
    """Something that is kept below the cache.

    Attributes:
        get: takes it from there, made if it is missing; gives its value.
        files: glob of what lies below the cache, of which one file is flipped.
        makes: how often it was made.
    """

    get: Callable[[], object]
    files: str
    makes: list[int]


def contents(path: Path) -> object:
    every = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    return [(each.name, each.read_bytes()) for each in every]


def counting(kind: list[int], function):
    def counted(*arguments, **named):
        kind.append(1)
        return function(*arguments, **named)

    return counted


# Networks are tiny ones and other people's programs are stood in for, so that making something again takes no time.


def model(lite0, monkeypatch, folder) -> Kind:
    pristine, makes = tiny(lite0, folder).onnx_path.read_bytes(), []
    monkeypatch.setattr(exporter, "write", counting(makes, lambda path, *_: path.write_bytes(pristine)))
    monkeypatch.setattr(exporter, "_inscribe", lambda *_: None)
    monkeypatch.setattr(exporter, "family", lambda _: SimpleNamespace(exportable=lambda network: network, least=32))
    return Kind(lambda: contents(exporter.exported(lite0.subject, lambda: None, "0" * 64)), "models/*.onnx", makes)


def whole(lite0, monkeypatch, folder) -> Kind:
    handoff, makes = tiny(lite0, folder), []
    monkeypatch.setattr(end_to_end, "assembled", counting(makes, lambda network, _: network))
    return Kind(lambda: contents(end_to_end.written(handoff.onnx_path, handoff.subject.contract)), "*-end-to-end-*.onnx", makes)


def sized(lite0, monkeypatch, folder) -> Kind:
    handoff, makes = tiny(lite0, folder), []
    monkeypatch.setattr(runtimes.onnx, "save", counting(makes, onnx.save))
    return Kind(lambda: contents(runtimes.sized(handoff)), "*-sized.onnx", makes)


def conversion(lite0, monkeypatch, folder) -> Kind:
    handoff, makes = tiny(lite0, folder), []

    def ran(command, **_):
        (Path(command[-1]) / converter.TFLITE).write_bytes(bytes(range(256)) * 20)
        (Path(command[-1]) / "variables").mkdir()
        (Path(command[-1]) / "variables" / "index").write_bytes(b"index" * 99)

    monkeypatch.setattr(converter, "python", lambda: Path("python"))
    monkeypatch.setattr(converter, "time", SimpleNamespace(monotonic=lambda: 0.0))
    monkeypatch.setattr(converter, "subprocess", SimpleNamespace(run=counting(makes, ran)))
    return Kind(lambda: contents(converter.converted(handoff.onnx_path)), "*-tensorflow-*/**/*", makes)


def environment(lite0, monkeypatch, folder) -> Kind:
    makes = []

    def create(path, **_):
        for name in ("bin/python", "lib/onnx2tf/__init__.py", "lib/onnx2tf/__pycache__/__init__.pyc"):
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(name.encode() * 50)

    def get() -> object:
        converter.install()
        assert converter.python() is not None
        return contents(converter.environment())

    monkeypatch.setattr(converter.venv, "create", counting(makes, create))
    monkeypatch.setattr(converter, "subprocess", SimpleNamespace(run=lambda *_, **__: None))
    return Kind(get, "converter-*/**/*", makes)


def downloaded(lite0, monkeypatch, folder) -> Kind:
    data, makes = np.random.default_rng(1).bytes(5000), []
    source = replace(
        lite0.subject.weights, url="https://example.org/a.pth", file=None, package=None, sha256=exporter.sha256(data)
    )
    subject = replace(lite0.subject, weights=source)
    retrieve = counting(makes, lambda url, known_hash, fname, path, downloader: (path / fname).write_bytes(data))
    monkeypatch.setattr(weights.pooch, "retrieve", retrieve)
    return Kind(lambda: contents(weights.locate(subject)), "weights/*.pth", makes)


def cut_out(lite0, monkeypatch, folder) -> Kind:
    few, makes = photos.load().readable[:2], []
    monkeypatch.setattr(crops, "_cut", counting(makes, crops._cut))
    monkeypatch.setattr(crops, "LEAST_AREA", 0.01)
    return Kind(lambda: contents(crops.made(few, 2, 0)), "crops/**/*.png", makes)


def swept(lite0, monkeypatch, folder) -> Kind:
    handoff, makes = tiny(lite0, folder), []
    place = made.folder(folder / "photos", 4)
    tasks = made.tasks(handoff, place, folder / "sweep", size=2)

    def get() -> object:
        done = [task.run() for task in tasks]
        makes.extend(1 for each in done if each.computed)
        assert [bool(each.damaged) for each in done] == [bool(each.computed) and len(makes) > 2 for each in done]
        table = collected(done, tasks[0].plan, folder / "sweep").table
        rows = [table.read(way) for way in table.ways]
        numbers = [table.top1, table.lead, table.probability, table.second, *(row.margin for row in rows)]
        return (table.photos, *(each.tobytes() for each in numbers), *(row.kl.tobytes() for row in rows))

    return Kind(get, "sweep/**/*.parquet", makes)


KINDS = {
    "exported models": model,
    "end-to-end files": whole,
    "models of one size": sized,
    "conversions": conversion,
    "the converter's environment": environment,
    "downloaded weights": downloaded,
    "crops": cut_out,
    "numbers of a sweep": swept,
}


def flipped(path: Path, chance: np.random.Generator) -> None:
    data = bytearray(path.read_bytes())
    data[chance.integers(len(data))] ^= 1 << int(chance.integers(8))
    path.write_bytes(data)


@pytest.fixture(params=KINDS)
def kind(request, lite0, monkeypatch, cache_folder) -> Kind:
    cache_folder.mkdir()
    return KINDS[request.param](lite0, monkeypatch, cache_folder)


def test_a_bit_flipped_is_noticed_and_what_it_was_in_is_made_again(kind, cache_folder, capsys):
    right, chance = kind.get(), np.random.default_rng(0)
    for _ in range(FLIPS):
        cache._found_whole.clear()  # as in another process
        several = sorted(path for path in cache_folder.glob(kind.files) if path.is_file() and cache.DAMAGED not in str(path))
        path, before = several[chance.integers(len(several))], len(kind.makes)
        flipped(path, chance)
        assert kind.get() == right
        assert len(kind.makes) > before, path
        kind.get()
        said = capsys.readouterr().err
        assert "sweep" in path.parts or said.count("damaged since it was made") == 1


def test_a_bit_flipped_in_a_hash_or_a_lock_changes_nothing(kind, cache_folder):
    right, chance = kind.get(), np.random.default_rng(0)
    for path in sorted(cache_folder.rglob("*.sha256")):
        for _ in range(FLIPS):
            cache._found_whole.clear()
            flipped(path, chance)
            assert kind.get() == right
    for path in sorted(cache_folder.rglob("*.lock")):
        path.write_bytes(b"damaged")
        assert kind.get() == right


def test_a_bit_flipped_in_the_notes_of_an_interrupted_task_blames_no_other_photo(tmp_path):
    place, chance = tmp_path / "a", np.random.default_rng(0)
    for numbers in ((0, 1), (0, 2), (0, 2)):
        attempt = Underway(place)
        for number in numbers:
            attempt.begins(number)
    whole = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for path in sorted(path for path, data in whole.items() if data):
        for _ in range(FLIPS):
            flipped(path, chance)
            found = Underway(place)
            assert found.blamed <= {2}
            os.close(found._file)
            found._path.unlink()
            path.write_bytes(whole[path])
