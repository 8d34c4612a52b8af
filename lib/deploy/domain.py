"""The sizes of input that a network is right for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .errors import BadInput


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
    def from_mapping(cls, values: Mapping[str, Any], where: str) -> Domain:
        """Check ``values``, as JSON gives them; ``where`` they come from goes into the message.

        Raises:
            BadInput: they are not two whole numbers in order.
        """
        least, most = values.get("least"), values.get("most")
        if type(least) is not int or type(most) is not int or not 1 <= least <= most:
            raise BadInput(f"{where}: is {dict(values)}; it takes 'least' and 'most', whole numbers of pixels in this order")
        return cls(least, most)

    def to_json(self) -> str:
        """The domain as a JSON object, for a model file's metadata."""
        return json.dumps(asdict(self))

    def require(self, width: int, height: int) -> None:
        """Let an input of ``width`` x ``height`` pixels pass.

        Raises:
            BadInput: it is outside.
        """
        if min(width, height) < self.least or max(width, height) > self.most:
            raise BadInput(
                f"the network would be fed {width} × {height} pixels, and is known to be right from {self.least} to "
                f"{self.most} a side; give a photo of another shape or size"
            )
