"""The exceptions that bad input raises, and how what it holds is shown in a message."""

from __future__ import annotations

import reprlib
from unicodedata import category

LONGEST = 1000  # characters of a message; what is cut out of a longer one is its middle


class BadInput(Exception):
    """Something the caller gave cannot be used.

    The message is one line that says what is wrong, where, and what to do about it. Anything else that is raised is a bug.

    Args:
        said: the message. It may quote what was given: :func:`printable` makes one line of it.
    """

    def __init__(self, said: str) -> None:
        line = printable(said)
        half = LONGEST // 2
        super().__init__(line if len(line) <= LONGEST else f"{line[:half]} … {line[-half:]}")

    def _render_traceback_(self) -> list[str]:
        """What IPython, and so JupyterLab and papermill, show in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class BadPhoto(BadInput):
    """A photo cannot be used; another one can. A service answers as to a bad request, HTTP's 400."""


class BadModel(BadInput):
    """The model file cannot be used, whatever the photo. A service answers as to a fault of its own, HTTP's 500."""


class UntestedVersions(UserWarning):
    """Libraries or a Python that the package was not run with: its answers may differ from those that were proven."""


def printable(text: str, keep: str = "") -> str:
    """The text in one line that any terminal, any page and any file in UTF-8 takes.

    What cannot be printed is escaped as in Python: control characters, line ends, marks that turn the direction of a line, and
    the bytes of a file's name that are no UTF-8, which Python keeps as surrogates (PEP 383). Spaces of any width stay, and the
    two joiners without which Persian, Hindi and some emoji are misspelt.

    Args:
        text: any.
        keep: characters that stay whatever they are, as the line ends of a text of several lines.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep or c in _JOINERS or category(c) == "Zs" else _escaped(c) for c in text)


def quoted(value: object) -> str:
    """What was given, as a message quotes it: a short ``repr``, whatever it is."""
    try:
        return _SHORT.repr(value)
    except Exception:  # a whole number of more than 4,300 digits has no decimal digits, as Python has it
        return f"<{type(value).__name__} that is too long to show>"


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else character.encode("unicode_escape").decode()


_JOINERS = "\u200c\u200d"
_SHORT = reprlib.Repr()  # of a YAML file of a few lines, whose lists hold each other, repr makes gigabytes
_SHORT.maxlevel = 2
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 200
