"""Small JPEGs of views, to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import cv2

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THUMBNAIL_SIDE: Final = 480
"""Longest side, pixels: enough to recognise a face in a group, about 25 KB."""

JPEG_QUALITY: Final = 80
"""Where more bytes stop being visible at this size."""


def thumbnail(rgb: NDArray[np.uint8]) -> bytes:
    """Return a JPEG of an upright (height, width, 3) picture, never larger than the picture itself."""
    small = cv2.cvtColor(_shrunk(rgb), cv2.COLOR_RGB2BGR)
    encoded, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert encoded  # noqa: S101 - an 8-bit picture of at most 480 pixels can always be written
    return jpeg.tobytes()


def _shrunk(rgb: NDArray[Any]) -> NDArray[Any]:
    """Average two by two while that is possible, then interpolate: a tenth of the cost of one averaging."""
    while max(rgb.shape[:2]) >= 2 * THUMBNAIL_SIDE:
        height, width = rgb.shape[:2]
        rgb = cv2.resize(rgb, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_LINEAR)
    height, width = rgb.shape[:2]
    scale = THUMBNAIL_SIDE / max(height, width)
    if scale >= 1:
        return rgb
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR)
