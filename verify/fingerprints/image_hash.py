"""The fixed-size hashes of one upright picture, as imagehash and pdqhash compute them.

The hashes are theirs, in both modes; what differs is the picture they are given. `exact` gives them the
full picture and so returns their own values, at their cost (PDQ alone 0.5 s for 12 megapixels). The default
shares one grey conversion and one reduction between all of them: over a hundred times cheaper, and within
2 of 64 bits for 99 of 100 photos.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import cv2
import imagehash
import numpy as np
import pdqhash
from PIL import Image

from verify.records import Fingerprints, Pdq

if TYPE_CHECKING:
    from numpy.typing import NDArray

GREY_SIDE: Final = 144
"""Side of the grey picture that imagehash shrinks: 9 x 16 and 8 x 18, so whole pixels for every block of
dhash and ahash. Smaller ones cost dhash its 99 %, 256 costs double."""

WHASH_SIDE: Final = 64
"""The wavelet hash only sees means of 8 x 8 blocks; 64 leaves them enough grey levels, 32 does not."""

COLOR_SIDE: Final = 64
"""Sampled, not averaged: the colour hash counts pixels, and averages have colours that no pixel had."""

PDQ_GRID: Final = 64
PDQ_WINDOW: Final = 128
"""PDQ shrinks to 64 x 64 after a box filter of 1/128 of the side, run twice (ThreatExchange,
pdq/cpp/downscaling, after Jarosz, Fast Image Convolutions, 2001)."""

PDQ_LEAN: Final = 0.5
"""Pixels. Meta's filter leans by a pixel when its window is even. In a full picture that is next to nothing;
in the 512-pixel copy that Meta's command-line tool hashes it is not. For reduced ones this is half way."""


def fingerprint(rgb: NDArray[np.uint8], *, exact: bool = False, reduced: bool = False) -> Fingerprints:
    """Hash one upright (height, width, 3) picture.

    `exact` hashes every pixel and equals imagehash and pdqhash on this picture. `reduced` says that the
    picture was already scaled down from a larger one.
    """
    return _exact(rgb) if exact else _shared(rgb, reduced=reduced)


def _exact(rgb: NDArray[np.uint8]) -> Fingerprints:
    image = Image.fromarray(rgb)
    return Fingerprints(
        phash=str(imagehash.phash(image)),
        dhash=str(imagehash.dhash(image)),
        ahash=str(imagehash.average_hash(image)),
        whash=str(imagehash.whash(image)),
        colorhash=str(imagehash.colorhash(image)),
        pdq=_pdq(rgb),
    )


def _shared(rgb: NDArray[np.uint8], *, reduced: bool) -> Fingerprints:
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (GREY_SIDE, GREY_SIDE), interpolation=cv2.INTER_AREA)
    smaller = cv2.resize(small, (WHASH_SIDE, WHASH_SIDE), interpolation=cv2.INTER_AREA)
    colors = cv2.resize(rgb, (COLOR_SIDE, COLOR_SIDE), interpolation=cv2.INTER_NEAREST)
    image = Image.fromarray(small)
    return Fingerprints(
        phash=str(imagehash.phash(image)),
        dhash=str(imagehash.dhash(image)),
        ahash=str(imagehash.average_hash(image)),
        whash=str(_whash(Image.fromarray(smaller))),
        colorhash=str(imagehash.colorhash(Image.fromarray(colors))),
        pdq=_pdq(rgb if min(grey.shape) < PDQ_GRID else _pdq_grid(grey, reduced=reduced)),
    )


def _whash(image: Image.Image) -> imagehash.ImageHash:
    """Skip the removal of the mean, which comparing with the median undoes anyway, at half the cost."""
    return imagehash.whash(image, image_scale=WHASH_SIDE, remove_max_haar_ll=False)


def _pdq(rgb: NDArray[Any]) -> Pdq:
    bits, quality = pdqhash.compute(rgb)
    return Pdq(hex=np.packbits(bits.astype(np.uint8)).tobytes().hex(), quality=int(quality))


def _pdq_grid(grey: NDArray[Any], *, reduced: bool) -> NDArray[Any]:
    """Do PDQ's own first step, shrinking to 64 x 64; pdqhash takes such a picture as it is.

    pdqhash spends nearly all its time in this step. A full picture is filtered as Meta does, to the pixel.
    """
    height, width = grey.shape
    window = -(-width // PDQ_WINDOW), -(-height // PDQ_WINDOW)
    leaning = (window[0] - 1) // 2, (window[1] - 1) // 2
    level = window[0] // 2, window[1] // 2
    once = _box(grey, window, leaning)
    rows, columns = _block_centers(height), _block_centers(width)
    if reduced:
        grid = _between_pixels(_box(once, window, level), rows, columns)
    else:
        grid = _box(once, window, leaning)[np.ix_(rows.astype(int), columns.astype(int))]
    pixels: NDArray[Any] = cv2.cvtColor(np.rint(grid).astype(np.uint8), cv2.COLOR_GRAY2RGB)
    return pixels


def _box(grey: NDArray[Any], window: tuple[int, int], anchor: tuple[int, int]) -> NDArray[Any]:
    return cv2.boxFilter(grey, cv2.CV_32F, window, anchor=anchor, borderType=cv2.BORDER_REPLICATE)


def _block_centers(side: int) -> NDArray[Any]:
    return (np.arange(PDQ_GRID) + 0.5) * (side / PDQ_GRID)


def _between_pixels(
    grey: NDArray[Any], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[Any]:
    """Sample at block centers, `PDQ_LEAN` further on; the center of pixel n lies at n + 0.5."""
    x, y = np.meshgrid(columns - 0.5 + PDQ_LEAN, rows - 0.5 + PDQ_LEAN)
    return cv2.remap(
        grey, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
