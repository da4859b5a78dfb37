"""What can be read off the pixels with a ruler: bars along the sides, brightness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from verify.fingerprints.borders import blurred_borders, uniform_borders
from verify.records import MetadataValue

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALL_SIDE: Final = 256
"""Longest side of the copies that are measured: borders come out to 0.4 % of it."""


def small_copy(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a copy of at most 256 pixels a side, for `measure_pictures`."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SMALL_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def measure_picture(rgb: NDArray[np.uint8]) -> tuple[MetadataValue, ...]:
    """Measure one upright (height, width, 3) picture; see `measure_pictures`."""
    return measure_pictures([small_copy(rgb)])


def measure_pictures(copies: Sequence[NDArray[np.uint8]]) -> tuple[MetadataValue, ...]:
    """Measure one picture, or several samples of one video together, from their `small_copy`.

    Returns values of source `pixels`: `border_top`, `border_bottom`, `border_left`, `border_right` (share of
    the side, 0 if there is none), `border_kind` (`uniform` or `blurred`, absent without a border),
    `mean_luma` and `luma_deviation` (grey levels 0 to 255, mean of the samples).
    """
    samples = np.stack([copy for copy in copies if copy.shape == copies[0].shape])
    greys = np.stack([cv2.cvtColor(sample, cv2.COLOR_RGB2GRAY) for sample in samples])
    kind, borders = "uniform", uniform_borders(samples)
    if not any(borders.values()):
        kind, borders = "blurred", blurred_borders(greys)
    values: dict[str, Any] = {f"border_{side}": round(share, 4) for side, share in borders.items()}
    if any(borders.values()):
        values["border_kind"] = kind
    means, deviations = zip(*(cv2.meanStdDev(grey) for grey in greys), strict=True)
    values["mean_luma"] = round(float(np.mean(means)), 2)
    values["luma_deviation"] = round(float(np.mean(deviations)), 2)
    return tuple(MetadataValue(source="pixels", key=key, value=value) for key, value in values.items())
