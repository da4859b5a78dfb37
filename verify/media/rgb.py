"""Turns what Pillow decoded, in any of its modes, into 8-bit RGB.

Colours are "sRGB-ish": ICC profiles are reported, not applied. The published hashes that ours must
agree with (PDQ, imagehash) ignore profiles, and a copy that lost its profile must still match.

Two things follow the reference hashers rather than the eye, for the same reason. 16-bit and float greys
are clipped to 0..255, not scaled: a picture that uses the full 16-bit range comes out mostly white, and
PDQ's quality says how little is left. Grey with transparency (LA) keeps its grey; all other transparency
is laid over white.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image, ImageCms

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORKING_SIDE: Final = 512
"""Reduced decodes keep the longest side at or above this: twice the 320 pixels of a view's local features,
and above the 512 from which PDQ samples."""

WHOLE_PIXELS: Final = 32_000_000
"""Larger pictures are reduced some rows at a time, and are never whole in RGB."""

BAND_ROWS: Final = 64
"""Rows that are made together, of the reduced picture where it is reduced: converting all at once takes up to
ten bytes a pixel more."""


def to_rgb(image: Image.Image, *, reduce: bool = False) -> NDArray[np.uint8]:
    """Convert any mode to (height, width, 3) 8-bit RGB, as the module's docstring says.

    `reduce` shrinks by a whole factor, keeping the longest side at `WORKING_SIDE` or more.
    """
    factor = max(image.size) // WORKING_SIDE if reduce else 1
    if image.width * image.height > WHOLE_PIXELS and 1 < factor <= min(image.size):
        return np.concatenate(list(_reduced_bands(image, factor)))
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, BAND_ROWS):
        band = image.crop((0, top, image.width, min(image.height, top + BAND_ROWS)))
        pixels[top : top + band.height] = np.asarray(_rgb_image(band))
    if factor > 1:
        size = max(1, image.width // factor), max(1, image.height // factor)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return pixels


def _reduced_bands(image: Image.Image, factor: int) -> Iterator[NDArray[np.uint8]]:
    """Yield a picture from top to bottom, reduced; rows beyond the last whole factor are left out."""
    height = image.height // factor * factor
    for top in range(0, height, factor * BAND_ROWS):
        band = image.crop((0, top, image.width, min(height, top + factor * BAND_ROWS)))
        size = image.width // factor, band.height // factor
        pixels = cv2.resize(np.asarray(_rgb_image(band)), size, interpolation=cv2.INTER_AREA)
        yield np.asarray(pixels, np.uint8)


def _rgb_image(image: Image.Image) -> Image.Image:
    if image.has_transparency_data and image.mode != "LA":
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    if image.mode == "LAB":
        to_srgb = ImageCms.buildTransform(
            ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
        )
        converted = ImageCms.applyTransform(image, to_srgb)
        assert converted is not None  # noqa: S101 - only None when asked to work in place
        return converted
    return image if image.mode == "RGB" else image.convert("RGB")
