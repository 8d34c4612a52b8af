"""The sizes of input that a network is right for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from .contract import LARGEST, Contract
from .errors import BadModel, BadPhoto, quoted

SMALLEST = 1024  # pixels: opening a file tries the least side, so a larger one would be costly, and no network needs it


@dataclass(frozen=True)
class Domain:
    """What an exported network may be fed: any height and width from ``least`` to ``most`` pixels, each by itself.

    Attributes:
        least: the smallest side in pixels, 1 or more.
        most: the largest side in pixels.
    """

    least: int
    most: int

    @classmethod
    def from_mapping(cls, values: object, where: str) -> Domain:
        """Check ``values``, as JSON gives them; ``where`` they come from goes into the message.

        Raises:
            BadModel: they are not two whole numbers in order, of a size that a network may take.
        """
        given = values if isinstance(values, dict) else {}
        least, most = given.get("least"), given.get("most")
        if type(least) is not int or type(most) is not int or not 1 <= least <= min(most, SMALLEST) or most > 4 * LARGEST:
            raise BadModel(
                f"{where}: is {quoted(values)}; it takes 'least' and 'most', whole numbers of pixels in this order, at most "
                f"{SMALLEST} and {4 * LARGEST}"
            )
        return cls(least, most)

    def longest(self, contract: Contract) -> int | None:
        """The longest side, in pixels, that a photo may have after scaling and before any crop.

        None where every photo is scaled to one size, so that none is too long.
        """
        if contract.rule == "squash":
            return None
        return 4 * LARGEST if contract.crop else min(4 * LARGEST, self.most)

    def of_photos(self, contract: Contract) -> str:
        """At which sizes photos are fed, and which are refused: a sentence without its capital and full stop."""
        side, longest = contract.crop or contract.size, self.longest(contract)
        if longest is None:
            return f"every photo is fed at {side} × {side} pixels, and none is refused for its shape"
        if contract.crop:
            return f"photos are fed at {side} × {side} pixels; refused if the longer side would be resized to over {longest}"
        return f"photos are fed with a shorter side of {side} pixels and a longer one of at most {longest}, or refused"

    def to_json(self) -> str:
        """The domain as a JSON object, for a model file's metadata."""
        return json.dumps(asdict(self))

    def holds(self, width: int, height: int) -> bool:
        """Whether an input of ``width`` x ``height`` pixels is inside."""
        return self.least <= min(width, height) and max(width, height) <= self.most

    def require(self, width: int, height: int) -> None:
        """Let an input of ``width`` x ``height`` pixels pass.

        Raises:
            BadPhoto: it is outside.
        """
        if not self.holds(width, height):
            raise BadPhoto(
                f"the network would be fed {width} × {height} pixels, and is known to be right from {self.least} to "
                f"{self.most} a side; give a photo of another shape or size"
            )
