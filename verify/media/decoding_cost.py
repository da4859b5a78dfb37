"""What a picture costs to decode, told from its header, and whether it has enough bytes for that.

A few kilobytes can hold a hundred megapixels of one colour. Their number alone says little: a bit a pixel is
cheap, and lossless WebP costs ten times as much. So the measure is the memory that a decoder will need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from verify.errors import UnreadableMedia
from verify.media import jpeg_markers
from verify.media.limits import (
    CHEAP_DECODING_BYTES,
    CHEAP_MOVING_BYTES,
    DECODING_BYTES_A_BYTE,
    MAX_DECODING_BYTES,
    MAX_JPEG_PIXELS,
    MAX_PIXELS,
    MOVING_BYTES_A_BYTE,
)
from verify.media.picture_bytes import picture_bytes

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

    from verify.media.files import MediaFile

BYTES_A_PIXEL: Final = {"WEBP": 16, "JPEG2000": 26, "AVIF": 10, "HEIF": 8}
"""Peak memory by Pillow's name of the format, measured on 15 to 119 megapixels of one colour, transparent:
libwebp holds two canvases and Pillow two copies, OpenJPEG every sample in four bytes, several times over."""

FOUR_CHANNELS: Final = frozenset({"RGBA", "CMYK"})
BYTES_A_FOURFOLD_PIXEL: Final = {"AVIF": 12, "HEIF": 12, "JPEG": 8, "MPO": 8}
"""The same of pictures with transparency or four inks, without chroma subsampling; where it is more."""

BYTES_A_MOVING_PIXEL: Final = {"WEBP": 18, "AVIF": 24}
BYTES_A_USUAL_MOVING_PIXEL: Final = 12
"""The same for animations: the frame before is held too, by an AVIF decoder several of them."""

SMALL_MODES: Final = frozenset({"1", "L", "P"})
BYTES_A_SMALL_PIXEL: Final = 2
"""Pillow holds one byte a pixel of these modes, and what is made of them is reduced at once."""
BYTES_A_USUAL_PIXEL: Final = 6
"""Four bytes in Pillow, and what the decoder holds of it; measured for PNG, TIFF and progressive JPEG."""

START_OF_CODESTREAM: Final = b"\xff\x4f\xff\x51"
START_OF_TILE, CODING_STYLE = b"\xff\x90", b"\xff\x52"
LEVELS_AT: Final = 9
"""Bytes from the coding-style marker to the number of decomposition levels (ITU T.800, A.6.1)."""
MAX_LEVELS: Final = 32


def refuse_bombs(image: ImageFile, media: MediaFile) -> None:
    """Raise `UnreadableMedia` (`bomb`) for a picture that costs too much, or too much for its few bytes."""
    pixels = image.width * image.height
    if pixels <= MAX_JPEG_PIXELS and _can_be_reduced(image, media):
        return
    is_moving = media.format.kind == "video"
    cost = _bytes_a_pixel(image, is_moving=is_moving) * (pixels >> 2 * wavelet_reduction(image, media))
    if pixels > MAX_PIXELS or cost > MAX_DECODING_BYTES:
        raise UnreadableMedia(
            f"The picture declares {image.width} x {image.height} pixels, more than are decoded.", code="bomb"
        )
    cheap = CHEAP_MOVING_BYTES if is_moving else CHEAP_DECODING_BYTES
    if cost <= cheap:
        return
    weight = picture_bytes(media)
    if cost > cheap + (MOVING_BYTES_A_BYTE if is_moving else DECODING_BYTES_A_BYTE) * weight:
        raise UnreadableMedia(
            f"The picture declares {image.width} x {image.height} pixels in {weight:,} bytes: "
            "too few for a picture of that size; it is not decoded.",
            code="bomb",
        )


def wavelet_reduction(image: ImageFile, media: MediaFile) -> int:
    """Return how often the sides of a JPEG 2000 picture are to be halved while it is decoded, to be cheap."""
    if image.format != "JPEG2000":
        return 0
    pixels, halvings, levels = image.width * image.height, 0, _wavelet_levels(media.data)
    while halvings < levels and BYTES_A_PIXEL["JPEG2000"] * (pixels >> 2 * halvings) > CHEAP_DECODING_BYTES:
        halvings += 1
    return halvings


def _bytes_a_pixel(image: ImageFile, *, is_moving: bool) -> int:
    if is_moving:
        return BYTES_A_MOVING_PIXEL.get(image.format or "", BYTES_A_USUAL_MOVING_PIXEL)
    if image.mode in FOUR_CHANNELS and image.format in BYTES_A_FOURFOLD_PIXEL:
        return BYTES_A_FOURFOLD_PIXEL[image.format]
    usual = BYTES_A_SMALL_PIXEL if image.mode in SMALL_MODES else BYTES_A_USUAL_PIXEL
    return BYTES_A_PIXEL.get(image.format or "", usual)


def _can_be_reduced(image: ImageFile, media: MediaFile) -> bool:
    """Say whether a picture need never be whole in memory, not even as coefficients."""
    return (
        image.format in ("JPEG", "MPO")
        and not image.info.get("progressive")
        and jpeg_markers.has_one_scan(media.data)
    )


def _wavelet_levels(data: bytes) -> int:
    """Return how often a JPEG 2000 codestream can be halved, as its main header says."""
    start = data.find(START_OF_CODESTREAM)
    header = data[start : data.find(START_OF_TILE, start)]
    place = header.find(CODING_STYLE) + LEVELS_AT
    return min(header[place], MAX_LEVELS) if LEVELS_AT <= place < len(header) else 0
