"""Local features of one view: keypoints with 128-bit codes, and a small grey picture.

SIFT (Lowe, IJCV 2004) at one working size, RootSIFT (Arandjelovic and Zisserman, CVPR 2012), then one
bit for each of the 128 values against a fixed median. The medians are symmetric, so the code of a
mirrored picture, and of a negative, is the same code with its bits in another order: a query asks for
them without looking at the picture again.

A stored view takes at most 5 KB. A query may be looked at more closely, because it is never stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.records import LocalFeatures

Grey = NDArray[np.uint8]
Codes = NDArray[np.uint8]
"""n x 16 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How closely a picture is looked at, and how often a video."""

    longest_side: int
    """Pixels of the working picture; 256 costs about 15 ms, 320 30, 448 65."""
    keypoints: int
    """At most so many are kept."""
    picture_pixels: int
    """At most so many grey values are kept in the small picture."""
    interval: Fraction = Fraction(1)
    """Seconds between the views of a video in which something moves."""


STORED: Final = Detail(longest_side=320, keypoints=200, picture_pixels=1024)
GLANCE: Final = Detail(longest_side=256, keypoints=250, picture_pixels=16384)
"""What most queries need, at a quarter of the cost of a `QUERY`: 15 ms, as the pyramid of scales over the
doubled picture (1 MB a layer at 288 pixels) stays in a processor's second-level cache. Over 280 edits
the answers found are those that one of 320 pixels finds."""
QUERY: Final = Detail(longest_side=448, keypoints=500, picture_pixels=16384)
DENSE: Final = replace(QUERY, interval=Fraction(1, 4))
"""For short clips: what moves fast looks unlike itself half a second, the worst case of two clocks of one
second, away from the stored view."""

CANDIDATES_PER_KEYPOINT: Final = 2
"""Keypoints found for each one kept: half of those kept are the strongest, half are spread out."""
CONTRAST_THRESHOLD: Final = 0.01
"""A quarter of OpenCV's: weak keypoints are better than none, and the strongest are kept first."""
MINIMUM_SIDE: Final = 16
"""Pixels; SIFT has nothing to look at below."""
CELLS_ALONG: Final = 12
"""Cells along the longest side over which keypoints are spread."""
CODE_BYTES: Final = 16
PLACE_STEPS: Final = 1023
"""Positions are stored as tenths of a per cent of the longest side."""
SCALE_STEPS_PER_OCTAVE: Final = 8
ANGLE_STEPS: Final = 64
SMALLEST_SCALE: Final = 2.0**-9
"""Keypoint diameter over the longest side that is stored as step 0."""

# Medians of RootSIFT times 1000 over 28,467 keypoints of 140 photos, averaged over mirroring and negation:
# the first two rows of the 4 x 4 grid of 8 orientations. The other two rows are their mirror images.
_MEDIANS: Final = (
    (59, 48, 36, 40, 43, 30, 23, 34, 117, 73, 42, 38, 40, 32, 32, 65),
    (117, 65, 32, 32, 40, 38, 42, 73, 59, 34, 23, 30, 43, 40, 36, 48),
    (84, 53, 38, 50, 61, 41, 29, 44, 177, 88, 43, 46, 58, 48, 41, 86),
    (177, 86, 41, 48, 58, 46, 43, 88, 84, 44, 29, 41, 61, 50, 38, 53),
)

_BIT: Final = np.arange(128)
_ROW, _COLUMN, _TURN = _BIT // 32, _BIT // 8 % 4, _BIT % 8
MIRRORED: Final = (3 - _ROW) * 32 + _COLUMN * 8 + (-_TURN) % 8
"""Bit order of the code of the same keypoint in the mirrored picture (its angle is 180 degrees minus)."""
NEGATED: Final = (3 - _ROW) * 32 + (3 - _COLUMN) * 8 + _TURN
"""Bit order in the negative: gradients and the angle turn round together, so only the grid turns."""


def _medians() -> NDArray[np.float32]:
    first = np.array(_MEDIANS, np.float32).reshape(2, 4, 8)
    full = np.concatenate([first, np.zeros_like(first)]).ravel()
    full[64:] = full[MIRRORED][64:]
    return np.asarray(full / 1000, np.float32)


MEDIANS: Final = _medians()


def extract(rgb: NDArray[np.uint8], detail: Detail = STORED) -> LocalFeatures:
    """Return the local features of an upright picture (height x width x 3, or x 1 grey)."""
    grey = _grey(rgb)
    height, width = grey.shape
    working = _resized(grey, detail.longest_side / max(height, width))
    points, values = _keypoints(working, detail.keypoints)
    rows, columns = _picture_shape(width, height, detail.picture_pixels)
    return LocalFeatures(
        width=width,
        height=height,
        codes=_codes(values).tobytes(),
        places=_packed(points, max(working.shape)).tobytes(),
        picture=cv2.resize(working, (columns, rows), interpolation=cv2.INTER_AREA).tobytes(),
        picture_width=columns,
    )


def small_picture(rgb: NDArray[np.uint8], detail: Detail = STORED) -> Grey:
    """Make the small grey picture of a view without its keypoints: for frames that only tell the time."""
    grey = _grey(rgb)
    rows, columns = _picture_shape(grey.shape[1], grey.shape[0], detail.picture_pixels)
    return np.asarray(cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)


def picture_of(features: LocalFeatures) -> Grey:
    """Return the small grey picture, rows x columns."""
    return np.frombuffer(features.picture, np.uint8).reshape(-1, features.picture_width)


def codes_of(features: LocalFeatures) -> Codes:
    """Return the codes, n x 16 bytes."""
    return np.frombuffer(features.codes, np.uint8).reshape(-1, CODE_BYTES)


def places_of(features: LocalFeatures) -> NDArray[np.float64]:
    """Return the keypoints, n x 4: x, y and diameter with the longest side as 1, angle in radians."""
    return unpacked(np.frombuffer(features.places, "<u4"))


def unpacked(packed: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Unpack places as `places_of` gives them."""
    x, y, scale, angle = packed & 1023, packed >> 10 & 1023, packed >> 20 & 63, packed >> 26
    return np.stack(
        [
            x / PLACE_STEPS,
            y / PLACE_STEPS,
            SMALLEST_SCALE * 2 ** (scale / SCALE_STEPS_PER_OCTAVE),
            angle * (2 * np.pi / ANGLE_STEPS),
        ],
        axis=1,
    )


def reordered(codes: Codes, order: NDArray[np.int64]) -> Codes:
    """Return the codes with their bits in another order: `MIRRORED`, `NEGATED`, or one taken of the other."""
    return np.packbits(np.unpackbits(codes, axis=1)[:, order], axis=1)


def _grey(rgb: NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8) if rgb.ndim == 3 else rgb


def _picture_shape(width: int, height: int, pixels: int) -> tuple[int, int]:
    """Rows and columns of a picture of this shape with at most so many pixels."""
    columns = min(max(round((pixels * width / height) ** 0.5), 1), pixels)
    rows = min(max(round(columns * height / width), 1), pixels // columns)
    return rows, columns


def _resized(grey: Grey, factor: float) -> Grey:
    height, width = grey.shape
    size = (max(round(width * factor), MINIMUM_SIDE), max(round(height * factor), MINIMUM_SIDE))
    return np.asarray(
        cv2.resize(grey, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR), np.uint8
    )


def _keypoints(grey: Grey, limit: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """x, y, diameter, angle (degrees) and descriptor of the keypoints kept, in a fixed order."""
    sift = cv2.SIFT.create(nfeatures=limit * CANDIDATES_PER_KEYPOINT, contrastThreshold=CONTRAST_THRESHOLD)
    found, described = sift.detectAndCompute(grey, None)
    if not found:
        return np.zeros((0, 4), np.float32), np.zeros((0, 128), np.float32)
    values = np.asarray(described, np.float32)
    points = np.array([(*k.pt, k.size, k.angle) for k in found], np.float32)
    strength = np.array([k.response for k in found])
    kept = _strong_and_spread(points[:, :2], strength, limit, max(grey.shape) / CELLS_ALONG)
    return points[kept], values[kept]


def _strong_and_spread(
    points: NDArray[np.float32], strength: NDArray[np.float64], limit: int, cell: float
) -> NDArray[np.int64]:
    """Half the strongest of all, then the strongest of every cell, the second strongest, and so on.

    Captions and foliage would otherwise use up the whole budget and leave a crop of the quiet half
    without keypoints.
    """
    order = np.lexsort((points[:, 0], points[:, 1], -strength))
    strongest, others = order[: limit // 2], order[limit // 2 :]
    columns, rows = np.floor(points[others] / cell).astype(np.int64).T
    turn = _rank_within(rows * 1000 + columns)
    spread = others[np.argsort(turn, kind="stable")][: limit - len(strongest)]
    return np.concatenate([strongest, spread])


def _rank_within(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of the same group came before."""
    by_group = np.argsort(groups, kind="stable")
    ordered = groups[by_group]
    first = np.searchsorted(ordered, ordered)
    rank = np.empty(len(groups), np.int64)
    rank[by_group] = np.arange(len(groups)) - first
    return rank


def _codes(values: NDArray[np.float32]) -> Codes:
    roots = np.sqrt(values / np.maximum(values.sum(axis=1, keepdims=True), 1))
    return np.packbits(roots > MEDIANS, axis=1)


def _packed(points: NDArray[np.float32], longest: int) -> NDArray[np.uint32]:
    position = np.clip(np.rint(points[:, :2] / longest * PLACE_STEPS), 0, PLACE_STEPS).astype(np.uint32)
    octaves = np.log2(np.maximum(points[:, 2], 1e-3) / longest / SMALLEST_SCALE)
    scale = np.clip(np.rint(octaves * SCALE_STEPS_PER_OCTAVE), 0, 63).astype(np.uint32)
    angle = np.rint(points[:, 3] * (ANGLE_STEPS / 360)).astype(np.uint32) % ANGLE_STEPS
    return np.asarray(position[:, 0] | position[:, 1] << 10 | scale << 20 | angle << 26, "<u4")
