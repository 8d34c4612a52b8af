"""What can be measured on an observed tensor without trying any mistake."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import laplace
from skimage.registration import phase_cross_correlation

from lib.compare.view import denormalised
from lib.deploy import Contract
from lib.deploy.stages import Normalise
from lib.diagnosis.observed import Observed
from lib.numbers import number

Planes = NDArray[np.float64]
SAME = 1e-5  # in units of std, or levels: values this close are one; float32 rounding stays below
UNLIKE = 0.3  # correlation below which two pictures have nothing in common
BORDER = 3  # pixels that count as the border
CHANNELS = ("red", "green", "blue")


@dataclass(frozen=True)
class Evidence:
    """One measurement.

    Attributes:
        name: what was measured.
        value: the measured value, with its unit.
        says: what it means; empty where it means nothing in particular.
    """

    name: str
    value: str
    says: str


def evidence(observed: Observed, contract: Contract, right: NDArray[np.uint8]) -> list[Evidence]:
    """Everything that can be measured against the reference's picture.

    Args:
        observed: the tensor.
        contract: the right preprocessing.
        right: the reference's picture before normalisation, uint8 (h, w, 3).
    """
    found = [_layout(observed), _geometry(observed, right)]
    if not observed.levels:
        found.append(_whole_levels(observed, contract))
    expected = _planes(observed, contract, right)
    if observed.values.shape != expected.shape:
        return found
    values = observed.values.astype(np.float64)
    if np.abs(values - expected).max() <= SAME + observed.rounding:
        return [*found, Evidence("values that differ", "none beyond rounding", "it is the reference's input")]
    correlations = np.array([[_correlation(a, b) for b in expected] for a in values])
    likeness = correlations.max()
    if likeness < UNLIKE:
        return [*found, Evidence("likeness", f"correlation {likeness:.2f} at best", "it does not look like this photo at all")]
    found += [
        _channels(correlations),
        _gain(values, expected),
        _bias(values, expected, observed.unit),
        _border(values, expected),
    ]
    return [*found, _shift(values, expected), _sharpness(values, expected)]


def _planes(observed: Observed, contract: Contract, right: NDArray[np.uint8]) -> Planes:
    """What should have been observed, (3, h, w)."""
    planes = right.transpose(2, 0, 1) if observed.levels else Normalise(contract.mean, contract.std)(right)[0]
    return planes.astype(np.float64)


def _layout(observed: Observed) -> Evidence:
    says = "ONNX's layout" if observed.layout == "CHW" else "channels last: right only if a transpose follows"
    return Evidence("layout", f"{observed.kind}, {observed.layout}", says)


def _geometry(observed: Observed, right: NDArray[np.uint8]) -> Evidence:
    width, height = observed.size
    wanted = right.shape[1], right.shape[0]
    says = "the right shape"
    if (width, height) == wanted[::-1]:
        says = "width and height have changed places" if width != height else says
    elif (width, height) != wanted:
        says = f"the shape is wrong: it should be {wanted[0]} × {wanted[1]}"
        if abs(width - wanted[0]) <= 1 and abs(height - wanted[1]) <= 1:
            says += ", one pixel off"
    return Evidence("geometry", f"{width} × {height}", says)


def _whole_levels(observed: Observed, contract: Contract) -> Evidence:
    """Whether undoing the right normalisation gives whole levels: if so, normalisation is right."""
    levels = denormalised(observed.values, contract)
    slack = 0.01 + observed.rounding * 255 * max(contract.std)
    whole = (np.abs(levels - np.rint(levels)) < slack) & (levels > -0.5) & (levels < 255.5)
    share = float(whole.mean())
    says = "normalisation is right, so what differs came before it" if share > 0.99 else "normalisation is not the reference's"
    if share <= 0.99 and (levels > -1).all() and (levels < 256).all() and share < 0.5:
        says = "normalisation is not the reference's, or the picture was resized in floating point"
    return Evidence("values that are whole levels", f"{share:.1%}", says)


def _channels(table: NDArray[np.float64]) -> Evidence:
    """The order of channels that correlates best with the reference's: a row for each channel observed, a column for theirs."""
    order = max(permutations(range(3)), key=lambda p: (sum(table[i, j] for i, j in enumerate(p)), p == (0, 1, 2)))
    straight, best = (sum(table[i, j] for i, j in enumerate(p)) / 3 for p in ((0, 1, 2), order))
    names = ", ".join(CHANNELS[j] for j in order)
    if order == (0, 1, 2) or best - straight < 1e-3:
        return Evidence("channels", f"red, green, blue (correlation {straight:.4f})", "the right order")
    return Evidence("channels", f"{names} (correlation {best:.4f}, in order {straight:.4f})", f"the order is {names}")


def _correlation(a: Planes, b: Planes) -> float:
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def _gain(values: Planes, expected: Planes) -> Evidence:
    """The line ``gain * expected + offset`` through all values, channel by channel."""
    lines = [_line(a, b) for a, b in zip(values, expected, strict=True)]
    residual = max(
        float(np.abs(a - (line[0] * b + line[1])).max()) / (float(a.std()) or 1.0)
        for a, b, line in zip(values, expected, lines, strict=True)
    )
    gains, offsets = ([float(line[i]) for line in lines] for i in (0, 1))
    text = f"{', '.join(f'{g:.4g}' for g in gains)}; offset {', '.join(f'{o:.3g}' for o in offsets)}"
    if residual < 1e-3:
        return Evidence("gain", text, "the reference's values times a gain plus an offset: only normalisation differs")
    return Evidence("gain", text, "near 1, no gain" if all(abs(g - 1) < 0.1 for g in gains) else "")


def _line(values: Planes, expected: Planes) -> NDArray[np.float64]:
    """Gain and offset of the least-squares line from what was expected to what was observed."""
    if expected.std() == 0:
        return np.array([1.0, float((values - expected).mean())])
    return np.polyfit(expected.ravel(), values.ravel(), 1)


def _bias(values: Planes, expected: Planes, unit: str) -> Evidence:
    error = values - expected
    bias, spread = float(error.mean()), float(np.abs(error).mean())
    says = ""
    if abs(bias) > 0.8 * spread:
        says = "nearly all errors have one sign: values are cut or shifted"
    largest = number(float(np.abs(error).max()))
    return Evidence("bias", f"{bias:+.3g} {unit}, mean size {number(spread)}, largest {largest}", says)


def _border(values: Planes, expected: Planes) -> Evidence:
    differs = (values != expected).any(axis=0)
    inner = differs.copy()
    inner[:BORDER] = inner[-BORDER:] = inner[:, :BORDER] = inner[:, -BORDER:] = False
    off = inner.sum() / differs.sum()
    says = "" if inner.any() else "only the border differs"
    return Evidence("pixels that differ", f"{differs.mean():.1%}, of them {off:.1%} off the border", says)


def _shift(values: Planes, expected: Planes) -> Evidence:
    """How far the picture has moved, by phase correlation."""
    if min(values.shape[1:]) < 8:
        return Evidence("shift", "too small to tell", "")
    pictures = expected.mean(axis=0), values.mean(axis=0)
    rows, columns = phase_cross_correlation(*pictures, upsample_factor=4, normalization=None)[0]
    moved = max(abs(rows), abs(columns)) >= 0.5
    says = f"the picture has moved by {number(-columns)} across and {number(-rows)} down" if moved else "in its place"
    return Evidence("shift", f"{number(-columns)}, {number(-rows)} pixels", says)


def _sharpness(values: Planes, expected: Planes) -> Evidence:
    """The strength of fine detail against the reference's, each picture relative to its own spread."""
    strengths = [laplace(planes.mean(axis=0)).std() / (planes.mean(axis=0).std() or 1.0) for planes in (values, expected)]
    ratio = strengths[0] / (strengths[1] or 1.0)
    says = ""
    if ratio > 1.05:
        says = "sharper than the reference: no antialiasing, or a sharper filter"
    elif ratio < 0.95:
        says = "softer than the reference: a softer filter, a detour over a smaller picture, or compression"
    return Evidence("fine detail", f"{ratio:.2f} of the reference's", says)
