"""Thumbnails and drawings, small enough to travel inside a page.

A thumbnail was made by a worker, out of a stranger's file: whoever took that worker over could have sent any
bytes. So a worker decodes it too, and what is shown is encoded anew, here, from the pixels that come back.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.errors import UnreadableMedia
from verify.media.worker import shared

WEBP_QUALITY: Final = 72
"""Half the bytes of a JPEG that looks alike at these sizes."""

JPEG_QUALITY: Final = 88
"""For what any program must be able to open: the lines and dots of drawings stay clear."""


def shrunk(encoded: bytes, *, width: int, height: int) -> bytes:
    """Return a WebP of an encoded picture, scaled down to fit into `width` x `height` pixels.

    Raises `UnreadableMedia` (code `damaged`) if the bytes are no picture: a stored thumbnail may be damaged.
    """
    bgr = shared().ask(pixels, encoded)
    scale = min(1.0, width / bgr.shape[1], height / bgr.shape[0])
    size = max(1, round(bgr.shape[1] * scale)), max(1, round(bgr.shape[0] * scale))
    small = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
    _, webp = cv2.imencode(".webp", small, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY])
    return webp.tobytes()


def as_jpeg(encoded: bytes) -> tuple[bytes, int, int]:
    """Return a JPEG of an encoded picture with its width and height. Raises `UnreadableMedia` likewise."""
    bgr = shared().ask(pixels, encoded)
    _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return jpeg.tobytes(), bgr.shape[1], bgr.shape[0]


def pixels(encoded: bytes) -> NDArray[np.uint8]:
    """Decode a picture to (height, width, 3), blue first, in a worker. Raises `UnreadableMedia` likewise."""
    bgr = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR) if encoded else None
    if bgr is None:
        raise UnreadableMedia("This stored picture is damaged.")
    return np.asarray(bgr, np.uint8)
