"""One package for the tests of this folder, of a network that answers at once, and a copy of it to be damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.handoff import Handoff
from tests import packed
from tests.packed import Package


@pytest.fixture(scope="session")
def shipped(lite0: Handoff, tmp_path_factory: pytest.TempPathFactory) -> Package:
    """No test may change it."""
    handoff = packed.tiny(lite0, tmp_path_factory.mktemp("network"))
    return packed.laid_out(packed.contents_of(handoff), tmp_path_factory.mktemp("site"))


@pytest.fixture
def package(shipped: Package, tmp_path: Path) -> Package:
    return packed.copy(shipped, tmp_path / "site")
