"""Pictures that this library made itself, thumbnails and drawings, small enough to travel inside a page."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.errors import UnreadableMedia

WEBP_QUALITY: Final = 72
"""Half the bytes of a JPEG that looks alike at these sizes."""

JPEG_QUALITY: Final = 88
"""For drawings that any program must be able to open: lines and dots stay clear."""


def shrunk(encoded: bytes, *, width: int, height: int) -> bytes:
    """Return a WebP of an encoded picture, scaled down to fit into `width` x `height` pixels.

    Raises `UnreadableMedia` (code `damaged`) if the bytes are no picture: a stored thumbnail may be damaged.
    """
    bgr = _pixels(encoded)
    scale = min(1.0, width / bgr.shape[1], height / bgr.shape[0])
    size = max(1, round(bgr.shape[1] * scale)), max(1, round(bgr.shape[0] * scale))
    small = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
    _, webp = cv2.imencode(".webp", small, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY])
    return webp.tobytes()


def as_jpeg(encoded: bytes) -> bytes:
    """Return a JPEG of an encoded picture, a tenth of a drawing's PNG. Raises `UnreadableMedia` likewise."""
    _, jpeg = cv2.imencode(".jpg", _pixels(encoded), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return jpeg.tobytes()


def size_of(encoded: bytes) -> tuple[int, int]:
    """Return width and height of an encoded picture in pixels. Raises `UnreadableMedia` likewise."""
    height, width = _pixels(encoded).shape[:2]
    return width, height


def _pixels(encoded: bytes) -> NDArray[np.uint8]:
    bgr = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR) if encoded else None
    if bgr is None:
        raise UnreadableMedia("This stored picture is damaged.")
    return np.asarray(bgr, np.uint8)
