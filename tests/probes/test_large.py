"""Photos as large as phones take them."""

from __future__ import annotations

from lib.deploy.stages import decode
from lib.export.exporter import domain
from lib.probes import Motif, large


def test_every_stretch_is_drawn_from_by_pixels_and_by_bytes(lite0):
    made = list(large.probes(Motif.bundled(), lite0.subject.contract, domain(lite0.subject), 5))
    sizes = [decode(each.data).size for each in made]
    megapixels = sorted(width * height / 1e6 for width, height in sizes)
    for least, most in large.MEGAPIXELS:
        assert any(least * 0.99 <= each <= most * 1.01 for each in megapixels)
    assert {1920, 4032} <= {width for width, _ in sizes}
    assert {1920, 3840, 4000, 4032} & {height for _, height in sizes}
    assert any(max(size) > 8192 for size in sizes)
    assert any("on its side" in each.name for each in made)
    heavy = [each for each in made if "above a megabyte" in each.traits]
    assert len(heavy) == len(large.MEGABYTES) + 1  # and one that is not packed
    assert all(len(each.data) > 1e6 for each in heavy)


def test_more_are_drawn_where_more_are_asked_for(monkeypatch, lite0):
    monkeypatch.setattr(large, "MEGAPIXELS", ((0.1, 0.2),))
    monkeypatch.setattr(large, "HUGE", (0.3, 0.4))
    monkeypatch.setattr(large, "LONG", (500, 600))
    monkeypatch.setattr(large, "PANORAMAS", (700, 800))
    monkeypatch.setattr(large, "EVERYWHERE", (250,))
    monkeypatch.setattr(large, "WIDTHS", (200, 300))
    monkeypatch.setattr(large, "EXACT", 1)
    monkeypatch.setattr(large, "MEGABYTES", ())
    monkeypatch.setattr(large, "LOOSE", (0.1, 0.2))
    given = Motif.bundled(), lite0.subject.contract, domain(lite0.subject), 5
    names = [each.name for each in large.probes(*given, 2)]
    assert len(names) == 2 * 8
    assert len(list(large.probes(*given))) == 6
    assert len(set(names)) == len(names)
