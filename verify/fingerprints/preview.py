"""How far a picture is from the small preview that its camera embedded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verify.fingerprints.image_hash import fingerprint
from verify.records import Fingerprints, MetadataValue

if TYPE_CHECKING:
    from numpy.typing import NDArray


def measure_preview(
    fingerprints: Fingerprints, *, width: int, height: int, preview: NDArray[np.uint8]
) -> MetadataValue:
    """Return the PDQ distance between a picture of that size and its upright RGB preview.

    Cameras pad the preview to 4:3 with black bars; it is first cut to the shape of the picture.
    """
    cut = _cut_to_shape(preview, width / height)
    ours, theirs = (int(pdq.hex, 16) for pdq in (fingerprints.pdq, fingerprint(cut).pdq))
    return MetadataValue(
        source="pixels", key="embedded_thumbnail_distance_bits", value=(ours ^ theirs).bit_count()
    )


def _cut_to_shape(pixels: NDArray[np.uint8], shape: float) -> NDArray[np.uint8]:
    """Cut evenly from both ends of the side that is too long for width / height = `shape`."""
    height, width = pixels.shape[:2]
    wanted_width = min(width, round(height * shape)) or 1
    wanted_height = min(height, round(width / shape)) or 1
    top, left = (height - wanted_height) // 2, (width - wanted_width) // 2
    return np.ascontiguousarray(pixels[top : top + wanted_height, left : left + wanted_width])
