"""Writers of image files as a grammar has them: a format a module, each with what can be chosen and what becomes of it.

Libraries write the ordinary half of these files; the other half lies in people's folders all the same.
"""

from lib.probes.written import bmp, frames, jpeg, plain, png, tiff
from lib.probes.written.kind import Chosen, Kind

KINDS: tuple[Kind, ...] = (*jpeg.KINDS, *png.KINDS, *tiff.KINDS, *bmp.KINDS, *plain.KINDS, *frames.KINDS)

__all__ = ["KINDS", "Chosen", "Kind"]
