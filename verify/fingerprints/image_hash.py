"""The fixed-size hashes of one upright picture, as imagehash and pdqhash compute them.

`exact` gives them the full picture and so returns their own values, at their cost (PDQ alone 0.5 s for 12
megapixels). The default shares one grey conversion and one reduction between all of them (`quick_hashes`):
over a hundred times cheaper, and within 2 of 64 bits for 99 of 100 photos.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import cv2
import imagehash
import numpy as np
import pdqhash
from PIL import Image

from verify.fingerprints.quick_hashes import color_hash, grey_hashes
from verify.records import Fingerprints, Pdq

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Taps = tuple[NDArray[np.intp], NDArray[np.float32]]
    """Which lines of a side make each of the 64, and their weights; both (taps, 64)."""

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


def upright_pdq(rgb: NDArray[np.uint8]) -> str:
    """Return PDQ, as hex, of a (height, width, 3) picture that was scaled down from a larger one."""
    return _pdq(_pdq_grid(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), reduced=True)).hex


def turned_pdqs(rgb: NDArray[np.uint8]) -> list[str]:
    """Return PDQ, as hex, of a (height, width, 3) picture as it is, turned and mirrored: eight ways."""
    grid = _pdq_grid(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), reduced=True)
    return [_hex(bits) for bits in pdqhash.compute_dihedral(grid)[0]]


def _exact(rgb: NDArray[np.uint8]) -> Fingerprints:
    image = Image.fromarray(rgb)
    return Fingerprints(
        phash=_hex(imagehash.phash(image).hash),
        dhash=_hex(imagehash.dhash(image).hash),
        ahash=_hex(imagehash.average_hash(image).hash),
        whash=_hex(imagehash.whash(image).hash),
        colorhash=_hex(imagehash.colorhash(image).hash),
        pdq=_pdq(rgb),
    )


def _shared(rgb: NDArray[np.uint8], *, reduced: bool) -> Fingerprints:
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    return Fingerprints(
        **{name: _hex(bits) for name, bits in grey_hashes(grey).items()},
        colorhash=_hex(color_hash(rgb)),
        pdq=_pdq(rgb if min(grey.shape) < PDQ_GRID else _pdq_grid(grey, reduced=reduced)),
    )


def _pdq(rgb: NDArray[Any]) -> Pdq:
    bits, quality = pdqhash.compute(rgb)
    return Pdq(hex=_hex(bits), quality=int(quality))


def _hex(bits: NDArray[Any]) -> str:
    """Write bits as imagehash does, the most significant first, in fixed width, at a tenth of its cost."""
    value = int.from_bytes(np.packbits(bits != 0).tobytes()) >> -bits.size % 8
    return f"{value:0{-(-bits.size // 4)}x}"


def _pdq_grid(grey: NDArray[Any], *, reduced: bool) -> NDArray[Any]:
    """Do PDQ's own first step, shrinking to 64 x 64; pdqhash takes such a picture as it is.

    pdqhash filters every pixel and then keeps one in a hundred; here only those are computed.
    """
    taps_of = _reduced_pdq_taps if reduced else _pdq_taps
    lines = _weighted_lines(grey, taps_of(grey.shape[0]))
    grid = _weighted_lines(np.ascontiguousarray(lines.T), taps_of(grey.shape[1])).T
    pixels: NDArray[Any] = cv2.cvtColor(np.rint(grid).astype(np.uint8), cv2.COLOR_GRAY2RGB)
    return pixels


def _weighted_lines(picture: NDArray[Any], taps: Taps) -> NDArray[np.float32]:
    result = np.zeros((PDQ_GRID, picture.shape[1]), np.float32)
    for line, weight in zip(*taps, strict=True):
        result += picture[line] * weight[:, None]
    return result


@lru_cache(maxsize=64)
def _pdq_taps(side: int) -> Taps:
    """Return Meta's taps for a full picture, to the pixel: a box filter run twice, leaning."""
    window = -(-side // PDQ_WINDOW)
    starts = np.floor(_block_centers(side)) - (window - 1) // 2 * 2
    return _tent_taps(side, window, starts)


@lru_cache(maxsize=64)
def _reduced_pdq_taps(side: int) -> Taps:
    """Return taps centered on the blocks, between pixels where that falls there, plus `PDQ_LEAN`."""
    window = -(-side // PDQ_WINDOW)
    return _tent_taps(side, window, _block_centers(side) - 0.5 + PDQ_LEAN - (window - 1))


def _block_centers(side: int) -> NDArray[Any]:
    return (np.arange(PDQ_GRID) + 0.5) * (side / PDQ_GRID)


def _tent_taps(side: int, window: int, starts: NDArray[Any]) -> Taps:
    """Return the taps of a box filter of that window run twice, from those starts."""
    tent = np.append(np.convolve(np.ones(window), np.ones(window)) / window**2, 0)
    share = starts % 1
    weights = tent[:, None] * (1 - share) + np.roll(tent, 1)[:, None] * share
    lines = np.floor(starts).astype(np.intp) + np.arange(len(tent))[:, None]
    return np.clip(lines, 0, side - 1), weights.astype(np.float32)
