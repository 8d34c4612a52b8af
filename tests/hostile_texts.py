"""Texts as nobody should write them into a subject file: what no page, no Markdown and no terminal may take as it is."""

from __future__ import annotations

import unicodedata

ESC, BEL, NEL, LINE, OVERRIDE, ISOLATE = "\x1b", "\x07", "\x85", "\u2028", "\u202e", "\u2066"
TEXT = f"a{ESC}[31mb{BEL}c{NEL}d{LINE}e{OVERRIDE}f{ISOLATE}g\u200bh [here](http://x.invalid) `c` <b>*i*</b>"


def raw(text: str) -> set[str]:
    """The characters of a text that cannot be printed, line ends and tabs aside."""
    kinds = ("Cc", "Cf", "Zl", "Zp", "Cs")
    return {each for each in text if unicodedata.category(each) in kinds and each not in "\n\t\u200c\u200d"}
