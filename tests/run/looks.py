"""What a person would see of a report, and what a machine would read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any


def results(report: Path) -> dict[str, Any]:
    return json.loads((report / "results.json").read_text())


def pages(report: Path) -> list[Path]:
    found = sorted(report.glob("*.html"))
    assert len(found) > 1  # the index, and a page a notebook
    return found


def assert_self_contained(page: Path) -> None:
    text = page.read_text()
    assert len(text.encode()) < 3_000_000
    assert "<script" not in text
    assert "default-src 'none'" in text
    loads = re.sub(r"<a href=\"https?://[\w./-]+\">", "", text)  # a link to a source, which a reader may follow, loads nothing
    assert not re.search(r"(?:src|href)=\"(?!data:|#|[\w.]+\")", loads)
    assert not re.search(r"@import|url\(", text)
    for image in re.findall(r"<img [^>]*>", text):
        assert re.search(r'alt="[^"]{10,}"', image), image[:80]


# What a person would trip over, measured in the page itself.
_TROUBLE = """() => {
  const trouble = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) trouble.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  for (const image of document.images) {
    if (!image.alt) trouble.push("an image without alt text");
    if (!image.complete || !image.naturalWidth) trouble.push(`an image that does not show: ${image.alt}`);
  }
  for (const box of document.querySelectorAll("main *")) {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth;
    if (scrolls && box.tabIndex < 0) trouble.push(`cannot be scrolled by keyboard: ${box.outerHTML.slice(0, 80)}`);
  }
  if (document.querySelectorAll("h1").length !== 1) trouble.push("not exactly one h1");
  if (document.querySelectorAll("details.code[open]").length) trouble.push("code that is not folded");
  return trouble;
}"""


def look_at(browser: Any, page: Path) -> None:
    for width in (390, 1200):
        tab = browser.new_page(viewport={"width": width, "height": 800})
        asked: list[str] = []
        complaints: list[str] = []
        tab.on("request", lambda request, asked=asked: asked.append(request.url))
        tab.on("console", lambda message, complaints=complaints: complaints.append(message.text))
        tab.goto(page.as_uri())
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert complaints == []
        assert tab.evaluate(_TROUBLE) == [], page.name
        tab.close()
