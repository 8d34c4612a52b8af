"""The pipelines that a sweep can hold against the reference: said in words that travel to a worker, and made there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce

from lib.compare import ablation
from lib.deploy import BadInput, Pipeline
from lib.inputs import deployment, levels
from lib.mistakes import CATALOGUE
from lib.sweep import versions
from lib.sweep.model import SweptModel


class _NeedsNothing:
    @property
    def needs(self) -> frozenset[str]:
        """Libraries that a worker may lack."""
        return frozenset()


@dataclass(frozen=True)
class Mistaken:
    """The right pipeline with mistakes of the catalogue in it.

    Attributes:
        mistakes: their names, of one for each stage at most.
    """

    mistakes: tuple[str, ...]

    @property
    def name(self) -> str:
        """As tables say it."""
        return " + ".join(self.mistakes)

    @property
    def needs(self) -> frozenset[str]:
        """Libraries that a worker may lack."""
        return frozenset(CATALOGUE[each].needs for each in self.mistakes) - {""}

    def made(self, model: SweptModel) -> Pipeline:
        """The pipeline."""
        right, contract = model.pipeline, model.contract
        return reduce(lambda pipeline, name: CATALOGUE[name].commit(pipeline, contract), self.mistakes, right)


@dataclass(frozen=True)
class Naive(_NeedsNothing):
    """The naive deployment: squash to a square, by the nearest pixel. Both are of one stage, so that no two mistakes make it.

    Attributes:
        name: as tables say it.
    """

    name: str

    def made(self, model: SweptModel) -> Pipeline:
        """The pipeline."""
        return ablation.naive(model.pipeline, model.contract)


@dataclass(frozen=True)
class Deployed(_NeedsNothing):
    """A deployment of the user's, with some of its stages taken from the reference.

    Attributes:
        name: as tables say it.
        deployment: as ``package.module:attribute``.
        source: of its module, a SHA-256.
        time_limit: seconds that each call of a stage may take.
        mended: stages that are the reference's.
    """

    name: str
    deployment: str
    source: str
    time_limit: float
    mended: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, deployment_name: str, time_limit: float, mended: Sequence[str] = ()) -> Deployed:
        """A deployment as it is now."""
        source = versions.source_of(deployment_name.partition(":")[0])
        return cls(name, deployment_name, source, time_limit, tuple(mended))

    def made(self, model: SweptModel) -> Pipeline:
        """The pipeline, in a process of its own that ends with it.

        Raises:
            BadInput: as :func:`lib.inputs.deployment.opened`.
        """
        pipeline = _opened(self.deployment, model, self.time_limit)
        return replace(pipeline, **{stage: getattr(model.pipeline, stage) for stage in self.mended})


@lru_cache(maxsize=2)
def _opened(name: str, model: SweptModel, time_limit: float) -> Pipeline:
    """A deployment's pipeline, in one process for all that take stages of it."""
    opened = deployment.opened(name, model.path, len(model.classes), time_limit)
    return levels.normalising(opened.pipeline, model.contract)


def forget_processes() -> None:
    """Let the processes of deployments go, so that they are started anew when they are asked for."""
    _opened.cache_clear()


@dataclass(frozen=True)
class Exported(_NeedsNothing):
    """Another exported model, with the preprocessing that it states itself.

    Attributes:
        name: as tables say it.
        path: of the ONNX file.
        sha256: of the file.
    """

    name: str
    path: str
    sha256: str

    def made(self, model: SweptModel) -> Pipeline:
        """The pipeline.

        Raises:
            BadInput: as :meth:`SweptModel.opened`, or it names other classes.
        """
        other = SweptModel.opened(self.path, self.sha256)
        require_classes(model.classes, other.classes, self.path)
        return other.pipeline


Way = Mistaken | Naive | Deployed | Exported


def require_classes(wanted: Sequence[str], found: Sequence[str], where: str) -> None:
    """Let a model pass that names the same classes in the same order.

    Raises:
        BadInput: it does not; the message begins with ``where``.
    """
    if len(wanted) != len(found):
        raise BadInput(f"{where}: it names {len(found):,} classes, and the model it is held against {len(wanted):,}")
    for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
        if one != other:
            raise BadInput(f"{where}: its class {number} is '{other}', and '{one}' in the model it is held against")
