"""What a person would see of a report, and what a machine would read."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lib.report.beside import STYLE


def results(report: Path) -> dict[str, Any]:
    return json.loads((report / "results.json").read_text())


def pages(report: Path) -> list[Path]:
    found = sorted(report.glob("*.html"))
    assert len(found) > 1  # the index, and a page a notebook
    return found


def assert_self_contained(page: Path) -> None:
    text = page.read_text()
    assert len(text.encode()) < (6_000_000 if page.name == "report.html" else 2_000_000)
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert not re.search(r"<[^>]+ style=", text)  # a server's policy may forbid it
    inside = page.name not in beside(page.parent)
    assert ("<style>" in text) is inside
    assert inside or '"data:' not in text
    loads = re.sub(r"<a href=\"https?://[\w./-]+\">", "", text)  # a link to a source, which a reader may follow, loads nothing
    assert not re.search(r"(?:src|href)=\"(?!data:|#|[\w./]+\")", loads)
    assert not re.search(r"@import|url\(", text)
    for image in re.findall(r"<img [^>]*>", text):
        assert re.search(r'alt="[^"]{10,}"', image), image[:80]


def beside(report: Path) -> set[str]:
    """The pages of a report whose style and pictures lie beside them."""
    return {path.name for path in report.glob("*.html")} - {"report.html"} if (report / STYLE).exists() else set()


# What Jenkins sends by default with HTML that a build published.
JENKINS = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"


@contextmanager
def served(report: Path) -> Iterator[str]:
    """A server of a folder under Jenkins' policy: its address, which ends with a slash."""

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", JENKINS)
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(report))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def look_under_jenkins(browser: Any, report: Path) -> None:
    """Every page with its style and its pictures beside it shows both, and the browser complains of nothing."""
    with served(report) as address:
        for width in (1280, 390):
            tab = browser.new_page(viewport={"width": width, "height": 900})
            complaints: list[str] = []
            failed: list[str] = []
            tab.on("console", lambda message, complaints=complaints: complaints.append(message.text))
            tab.on("requestfailed", lambda request, failed=failed: failed.append(request.url))
            for name in sorted(beside(report)):
                tab.goto(address + name)
                tab.wait_for_load_state("networkidle")
                shown = tab.evaluate("[...document.images].map((each) => [each.src, each.complete && each.naturalWidth > 0])")
                assert all(whole for _, whole in shown), (name, shown)
                brand = tab.evaluate("getComputedStyle(document.querySelector('.brand')).textTransform")
                assert brand == "uppercase", name
            wrong = [each for each in complaints if "404" not in each]  # of an icon that no report has
            assert (wrong, failed) == ([], [])
            tab.close()


# What a person would trip over, measured in the page itself, with all that is folded unfolded.
_TROUBLE = """() => {
  const trouble = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) trouble.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  for (const image of document.images) {
    if (!image.hasAttribute("alt")) trouble.push("an image without alt text");
    if (!image.complete || !image.naturalWidth) trouble.push(`an image that does not show: ${image.alt}`);
    const said = (image.closest("figure")?.querySelector("figcaption")?.innerText ?? "").replace(/[.]$/, "");
    const alt = image.alt.replace(/[.]$/, "");
    const again = alt.length > 20 && said.length > 20 && (said.includes(alt) || alt.includes(said));
    if (again) trouble.push(`alt text and caption say the same: ${alt}`);
  }
  for (const box of document.querySelectorAll("main *")) {
    const style = getComputedStyle(box);
    const cuts = style.overflowX !== "visible" && box.scrollWidth > box.clientWidth + 1 && style.clipPath === "none";
    if (cuts) trouble.push(`is wider than its frame: ${box.outerHTML.slice(0, 80)}`);
    if (box.tabIndex >= 0 && !box.matches("a, summary")) trouble.push(`takes the focus: ${box.outerHTML.slice(0, 80)}`);
  }
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    if (!texts.currentNode.data.trim() || texts.currentNode.parentElement.closest("thead")) continue;
    range.selectNodeContents(texts.currentNode);
    const cut = [...range.getClientRects()].some((box) => box.left < 0 || box.right > root.clientWidth + 1);
    if (cut) trouble.push(`text is cut off: ${texts.currentNode.data.slice(0, 80)}`);
  }
  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => +heading.tagName[1]);
  levels.forEach((level, i) => { if (i && level > levels[i - 1] + 1) trouble.push(`h${level} follows h${levels[i - 1]}`); });
  if (document.querySelectorAll("h1").length !== 1) trouble.push("not exactly one h1");
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  ids.forEach((id, i) => { if (ids.indexOf(id) !== i) trouble.push(`two elements are named ${id}`); });
  for (const link of document.querySelectorAll("a[href^='#']"))
    if (!document.getElementById(link.hash.slice(1))) trouble.push(`a link leads nowhere: ${link.hash}`);
  return trouble;
}"""


def look_at(browser: Any, page: Path) -> None:
    """On a phone in the dark and on a desktop by day: nothing is asked for, cut off or out of order, and axe-core agrees."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    for width, height, scheme in ((390, 844, "dark"), (1280, 900, "light")):
        tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        asked: list[str] = []
        complaints: list[str] = []
        tab.on("request", lambda request, asked=asked: asked.append(request.url))
        tab.on("console", lambda message, complaints=complaints: complaints.append(message.text))
        tab.goto(page.as_uri())
        assert tab.locator("details.code[open]").count() == 0
        tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        trouble = tab.evaluate(_TROUBLE)
        assert not trouble, (page.name, width, trouble)
        if scheme == "light" or page.name != "report.html":  # it holds all others, each of which is tried in the dark by itself
            found = axe.Axe().run(tab, options={"resultTypes": ["violations"], "preload": False})
            assert found.violations_count == 0, (page.name, width, found.generate_report())
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert complaints == []
        tab.close()
