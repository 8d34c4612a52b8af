"""From a photo and the tensor that a service made of it to the likeliest mistake.

>>> from lib.diagnosis import diagnose
>>> diagnose(photo_bytes, tensor, contract).names  # doctest: +SKIP
('OpenCV linear',)
"""

from lib.diagnosis.finding import Finding, diagnose
from lib.diagnosis.observed import Observed

__all__ = ["Finding", "Observed", "diagnose"]
