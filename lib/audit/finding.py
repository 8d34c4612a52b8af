"""What was found by one part of an audit, whatever the files that it reads hold."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from lib.deploy import BadInput
from lib.deploy.finding import Finding
from lib.inputs.reading import one_line

MOST = 100  # complaints that are told about one thing

# Complaints one by one, and at last what is said where there was none.
Complaints = Generator[str, None, str]


def held(about: str, complaints: Complaints) -> Iterator[Finding]:
    """A finding for each complaint, or one that says what holds."""
    for count in range(MOST):
        try:
            said = next(complaints)
        except StopIteration as ended:
            if not count:
                yield Finding(about, str(ended.value))
            return
        except Exception as error:  # what was made to break its reader must not end the audit
            said = words(error)
        yield Finding(about, said, wrong=True)
    yield Finding(about, f"more than {MOST} complaints; the others are not told", wrong=True)


def words(error: Exception) -> str:
    """What an exception says against the file that it came of."""
    return str(error) if isinstance(error, BadInput) else f"cannot be read: {type(error).__name__}: {one_line(error)}"
