"""The small preview that cameras put into the EXIF block. Some editors forget to renew it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import ExifTags

from verify.errors import UnreadableMedia
from verify.media.headers import ImageHeader
from verify.media.images import decode_thumbnail
from verify.media.turn import EXIF_TURNS, UPRIGHT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def embedded_thumbnail(header: ImageHeader) -> NDArray[np.uint8] | None:
    """Return the preview as upright (height, width, 3) RGB; None if there is none that can be decoded."""
    first = header.exif.get_ifd(ExifTags.IFD.IFD1)
    start = first.get(ExifTags.Base.JpegIFOffset)
    length = first.get(ExifTags.Base.JpegIFByteCount)
    if not isinstance(start, int) or not isinstance(length, int):
        return None
    try:
        pixels = decode_thumbnail(header.exif_bytes[start : start + length])
    except UnreadableMedia:
        return None
    return EXIF_TURNS.get(header.exif.get(ExifTags.Base.Orientation, 1), UPRIGHT).apply(pixels)
