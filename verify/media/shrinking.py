"""Pictures that this library made itself, thumbnails and drawings, small enough to travel inside a page."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from verify.errors import UnreadableMedia

WEBP_QUALITY: Final = 72
"""Half the bytes of a JPEG that looks alike at these sizes."""


def shrunk(encoded: bytes, *, width: int, height: int) -> bytes:
    """Return a WebP of an encoded picture, scaled down to fit into `width` x `height` pixels.

    Raises `UnreadableMedia` (code `damaged`) if the bytes are no picture: a stored thumbnail may be damaged.
    """
    bgr = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR) if encoded else None
    if bgr is None:
        raise UnreadableMedia("This stored picture is damaged.")
    scale = min(1.0, width / bgr.shape[1], height / bgr.shape[0])
    size = max(1, round(bgr.shape[1] * scale)), max(1, round(bgr.shape[0] * scale))
    small = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
    _, webp = cv2.imencode(".webp", small, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY])
    return webp.tobytes()
