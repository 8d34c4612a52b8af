"""scikit-image, which antialiases by a Gaussian blur."""

from __future__ import annotations

from skimage.transform import resize as scikit_resize

from lib.mistakes.resizers.resizer import LINEAR, Pixels, Resizer, Scaler, to_levels


def scikit_image(anti_aliasing: bool) -> Scaler:
    """``skimage.transform.resize``, linear."""

    def scale(pixels: Pixels, size: tuple[int, int]) -> Pixels:
        scaled = scikit_resize(pixels, size[::-1], order=1, anti_aliasing=anti_aliasing, preserve_range=True)
        return to_levels(scaled)

    return scale


RESIZERS = (
    Resizer(
        "scikit-image",
        "scikit-image",
        "linear",
        scikit_image(anti_aliasing=False),
        "skimage.transform.resize(pixels, size, anti_aliasing=False)",
        "the notebook used scikit-image",
        LINEAR,
    ),
    Resizer(
        "scikit-image, antialiased",
        "scikit-image, AA",
        "linear",
        scikit_image(anti_aliasing=True),
        "skimage.transform.resize(pixels, size, anti_aliasing=True)",
        "the notebook used scikit-image, which blurs with a Gaussian",
        "a Gaussian blur, then bilinear",
    ),
)
