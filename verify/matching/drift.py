"""An edit that moves while it plays: a slow zoom into a clip, or along it, so that no one transform holds.

The transform is fitted to a few frames at a time, from the pair of views outward; what it does steadily is
the edit's, and is undone in the frames of the query. A camera that pans or zooms does the same, so of what is
steadied only that counts as movement which no shift, size or exposure of the whole picture explains
(`changes.contrast_beyond_camera`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.matching.agreement import extent
from verify.matching.common_transform import Pictures
from verify.matching.geometry import Matrix, mapped
from verify.matching.placing import Footage, Placed, Placing

STEP: Final = 0.4
"""Seconds between two fits."""
AT_ONCE: Final = 0.3
"""Seconds of frames that are fitted together."""
FEWEST_FITS: Final = 4
LEAST_SHARED: Final = 0.4
"""Of the width and the height of a frame that all frames must show: less is stretched too far."""
LEAST_DRIFT: Final = 0.03
"""Of the longest side: a corner that moves less over the shot is where it would be without."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drift:
    """By how much larger a picture is shown at times of the query than at one of them, and shifted."""

    around: float
    """The time at which it is neither, in seconds."""
    growth: float
    """A second."""
    shift: NDArray[np.float64]
    """Of the picture's middle, right and down in units of its longest side, a second."""
    middle: NDArray[np.float64]

    def at(self, time: float) -> Matrix:
        """Return where at a time a picture is shown that is shown at `around`."""
        passed = time - self.around
        factor = 1 + self.growth * passed
        away = self.middle * (1 - factor) + self.shift * passed
        return np.array([[factor, 0, away[0]], [0, factor, away[1]], [0, 0, 1]])

    def moves(self, times: NDArray[np.float64]) -> bool:
        """Say whether a corner of the picture moves between the first and the last of some times."""
        corner = np.abs(self.shift) + abs(self.growth) * self.middle
        return bool(float(corner.max()) * float(np.ptp(times)) >= LEAST_DRIFT)


def drift(placing: Placing, placed: Placed, around: float) -> Drift | None:
    """Return the steady movement of a query over found footage along a line; None if too little is alike."""
    fits = _fits(placing, placed, around)
    if len(fits) < FEWEST_FITS:
        return None
    middle = extent(placing.query_shape) / 2
    first = np.linalg.inv(fits[0][1])
    numbers = []
    for _, matrix in fits:
        since = matrix @ first
        since /= since[2, 2]
        moved = since[:2] @ [*middle, 1] - middle
        numbers.append([(since[0, 0] + since[1, 1]) / 2, *moved])
    (growth, right, down), _ = np.polyfit([time for time, _ in fits], numbers, 1)
    return Drift(around=around, growth=growth, shift=np.array([right, down]), middle=middle)


def steadied(query: Footage, drifting: Drift) -> tuple[Footage, Matrix] | None:
    """Return the frames with all that stays in view where it is, and the transform to it from `around`.

    What all frames show fills them. None if they share too little.
    """
    shape = query.pictures.shape[1:]
    whole = np.array([[0.0, 0.0], extent(shape)], np.float64)
    ends = [drifting.at(float(query.times[end])) for end in (0, -1)]
    if min(end[0, 0] for end in ends) <= 0:  # it would shrink to nothing
        return None
    seen = np.stack([whole, *(mapped(np.asarray(np.linalg.inv(end)), whole) for end in ends)])
    first, last = seen[:, 0].max(axis=0), seen[:, 1].min(axis=0)
    shares = (last - first) / whole[1]
    if shares.min() < LEAST_SHARED:
        return None
    from_shared = np.array([[shares[0], 0, first[0]], [0, shares[1], first[1]], [0, 0, 1]])
    frames = zip(query.times.tolist(), query.pictures, strict=True)
    pictures = [_seen_through(picture, drifting.at(time) @ from_shared) for time, picture in frames]
    return replace(query, pictures=np.stack(pictures)), np.linalg.inv(from_shared)


def _fits(placing: Placing, placed: Placed, around: float) -> list[tuple[float, Matrix]]:
    """Return times and the transform there, from one time outward while the frames are alike."""
    found: list[tuple[float, Matrix]] = []
    for way in (STEP, -STEP):
        time, here = around if way > 0 else around + way, placed
        while (fit := placing.transform(here, time - AT_ONCE / 2, time + AT_ONCE / 2)) is not None:
            found.append((time, fit))
            here, time = replace(here, matrix=fit), time + way
    return found


def _seen_through(picture: Pictures, matrix: Matrix) -> Pictures:
    """Return a picture in which every place shows what lies where a transform leads, in the longest side."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, max(picture.shape)]])  # from pixels, by their middles
    pixels = np.linalg.inv(half) @ matrix @ half
    return np.asarray(
        cv2.warpAffine(
            picture,
            pixels[:2] / pixels[2, 2],
            picture.shape[::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )
