"""How far a picture is from the small preview that its camera embedded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from verify.fingerprints.borders import uniform_borders
from verify.fingerprints.image_hash import turned_pdqs, upright_pdq
from verify.records import Fingerprints, MetadataValue

if TYPE_CHECKING:
    from numpy.typing import NDArray

PDQ_MATCH: Final = 31
"""Bits; the same picture for sure (ThreatExchange, pdq/README.md), so there is no need to look further."""


def measure_preview(
    fingerprints: Fingerprints, *, width: int, height: int, preview: NDArray[np.uint8]
) -> MetadataValue:
    """Return the least PDQ distance between a picture of that size and its RGB preview.

    The preview is tried as it is, cut to the shape of the picture and without its bars (cameras pad it to
    4:3), each turned and mirrored: a picture that was turned later shows nothing else than its preview.
    """
    ours, least = int(fingerprints.pdq.hex, 16), 256
    for pdqs in _pdqs(tuple(_forms(preview, width / height))):
        least = min(least, *((ours ^ int(pdq, 16)).bit_count() for pdq in pdqs))
        if least <= PDQ_MATCH:
            break
    return MetadataValue(source="pixels", key="embedded_thumbnail_distance_bits", value=least)


def _pdqs(forms: Sequence[NDArray[np.uint8]]) -> Iterator[list[str]]:
    """Yield the hashes of each form as it is, then turned and mirrored, which takes six times as long."""
    for form in forms:
        yield [upright_pdq(form)]
    for form in forms:
        yield turned_pdqs(form)


def _forms(preview: NDArray[np.uint8], shape: float) -> Iterator[NDArray[np.uint8]]:
    """Yield the likeliest form first."""
    yield _cut_to_shape(preview, shape)
    yield _without_bars(preview)
    yield np.ascontiguousarray(preview)
    yield _cut_to_shape(preview, 1 / shape)


def _without_bars(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    bars = uniform_borders(pixels[np.newaxis])
    rows = slice(round(bars["top"] * height), round((1 - bars["bottom"]) * height))
    columns = slice(round(bars["left"] * width), round((1 - bars["right"]) * width))
    return np.ascontiguousarray(pixels[rows, columns])


def _cut_to_shape(pixels: NDArray[np.uint8], shape: float) -> NDArray[np.uint8]:
    """Cut evenly from both ends of the side that is too long for width / height = `shape`."""
    height, width = pixels.shape[:2]
    wanted_width = min(width, round(height * shape)) or 1
    wanted_height = min(height, round(width / shape)) or 1
    top, left = (height - wanted_height) // 2, (width - wanted_width) // 2
    return np.ascontiguousarray(pixels[top : top + wanted_height, left : left + wanted_width])
