"""One transform for a whole stretch of video: what an edit did is the same in all of its frames.

The transform of a single pair of views holds the camera's movement between their two moments as well, and
under it the wrong moments of a pan agree. So all pairs of frames along a line in time are fitted together:
along the true line one transform serves them all, along a wrong one none does.

The fit is Gauss-Newton, inverse compositional (Baker and Matthews, "Lucas-Kanade 20 years on", IJCV 2004),
with six numbers for all frames; places that never agree, captions say, lose their weight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from verify.matching.agreement import extent
from verify.matching.geometry import Matrix, jacobian, plausible_throughout

Pictures = NDArray[np.float32]
"""Frames x rows x columns of grey values."""

WINDOW: Final = 9
"""Pixels of the small picture over which brightness and contrast are evened out."""
CHANNELS: Final = 64
"""Pictures that are changed together; OpenCV takes 128 channels at most."""
SHAPES_KEPT: Final = 16
"""Shapes of pictures whose places are kept in memory, 0.4 MB each at most."""
NOISE: Final = 4.0
"""Grey levels of local deviation; flatter places stay flat."""
TOLERANCE: Final = 0.5
"""Evened difference at which a place has half its weight."""
STEPS: Final = 5
SMALL_STEP: Final = 0.003
"""A fit that moves less, in units of the longest side, has arrived."""
LARGE_STEP: Final = 0.15
DAMPING: Final = 1e-3
"""Share of the mean curvature that is added, so that flat pictures do not run away."""
FEWEST_PLACES: Final = 30
"""Pixels of overlap below which nothing is compared."""


def evened(pictures: Pictures) -> Pictures:
    """Return pictures without local brightness and contrast."""
    mean, power = blurred(pictures, WINDOW), blurred(pictures * pictures, WINDOW)
    spread = np.sqrt(np.maximum(power - mean * mean, 0) + NOISE**2)
    return np.asarray((pictures - mean) / spread, np.float32)


def blurred(pictures: Pictures, window: int, *, border: int = cv2.BORDER_REFLECT) -> Pictures:
    """Return the means of the places around each one, window x window of them."""
    return _together(pictures, lambda some: cv2.blur(some, (window, window), borderType=border))


def reduced(query: Pictures, shape: tuple[int, ...], matrix: Matrix) -> Pictures:
    """Shrink the query's pictures to the scale at which the found ones of this shape show them."""
    linear = jacobian(matrix, extent(shape) / 2)
    growth = np.sqrt(abs(np.linalg.det(linear))) * max(query.shape[1:]) / max(shape)
    if growth <= 1:
        return query
    size = (max(round(query.shape[2] / growth), 2), max(round(query.shape[1] / growth), 2))
    return np.stack([cv2.resize(picture, size, interpolation=cv2.INTER_AREA) for picture in query])


def fitted(
    query: Pictures,
    found: Pictures,
    matrix: Matrix,
    *,
    sign: int = 1,
    steady: NDArray[np.float32] | None = None,
) -> Matrix:
    """Improve a transform so that frame n of the query lies on frame n of the found pictures.

    `found` as `evened` makes it; `sign` is -1 for a negative; `steady`, rows x columns, says how much places
    count. A fit that leads nowhere returns the given matrix.
    """
    slopes, basis = _Slopes.of(found), _basis(found.shape[1:])
    best = matrix
    counted = 1.0 if steady is None else steady
    for _ in range(STEPS):
        shown, inside = laid(query, found.shape[1:], best)
        if inside.sum() < FEWEST_PLACES:
            return matrix
        missed = sign * evened(shown) - found
        weight = (counted * inside / (1 + (missed**2).mean(axis=0) / TOLERANCE**2)).ravel()
        step = _step(missed, weight, slopes, basis)
        best = best @ np.linalg.inv(_warp(step))
        if not plausible_throughout(best, extent(found.shape[1:])[None] / 2):
            return matrix
        if np.abs(step).max() < SMALL_STEP:
            break
    return best


def laid(query: Pictures, shape: tuple[int, ...], matrix: Matrix) -> tuple[Pictures, NDArray[np.bool_]]:
    """Return the query's frames in the frame of the found pictures, and where they have anything to show."""
    rows, columns = query.shape[1:]
    width, height = extent((rows, columns))
    one, x, y = _basis(shape)
    x, y, w = matrix @ np.stack([x, y, one])
    x, y = (x / (w * width)).reshape(shape), (y / (w * height)).reshape(shape)
    inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
    at = (x * columns - 0.5).astype(np.float32), (y * rows - 0.5).astype(np.float32)
    return _together(query, lambda some: _sampled(some, *at)), inside


def _sampled(picture: Pictures, x: NDArray[np.float32], y: NDArray[np.float32]) -> MatLike:
    return cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _together(pictures: Pictures, change: Callable[[Pictures], MatLike]) -> Pictures:
    """Change pictures as channels of one: several times as fast as one by one."""
    changed = []
    for first in range(0, len(pictures), CHANNELS):
        some = np.ascontiguousarray(pictures[first : first + CHANNELS].transpose(1, 2, 0))
        changed.append(np.atleast_3d(change(some)).transpose(2, 0, 1))
    return np.concatenate(changed, dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Slopes:
    """How pictures change per longest side, to the right and down, and the sums of the products of that."""

    right: Pictures
    down: Pictures
    products: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
    """Right by right, right by down, down by down, at every place: sums over all pictures."""

    @classmethod
    def of(cls, pictures: Pictures) -> _Slopes:
        down, right = (slope * max(pictures.shape[1:]) for slope in np.gradient(pictures, axis=(1, 2)))
        pairs = ((right, right), (right, down), (down, down))
        across, mixed, along = (np.einsum("fyx,fyx->yx", *pair).ravel() for pair in pairs)
        return cls(right=right, down=down, products=(across, mixed, along))


@lru_cache(SHAPES_KEPT)
def _basis(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """1, x and y of every pixel: 3 x pixels."""
    y, x = (np.mgrid[: shape[0], : shape[1]] + 0.5) / max(shape)
    return np.stack([np.ones_like(x), x, y]).reshape(3, -1)


def _step(
    missed: Pictures, weight: NDArray[np.float64], slopes: _Slopes, basis: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Least squares over all frames: shift, and its change with x and y, to the right and down."""
    across, mixed, along = ((basis * (weight * product)) @ basis.T for product in slopes.products)
    curvature = np.block([[across, mixed], [mixed, along]])
    pulls = (np.einsum("fyx,fyx->yx", missed, slope).ravel() for slope in (slopes.right, slopes.down))
    pull = np.concatenate([basis @ (weight * one) for one in pulls])
    curvature += np.eye(6) * (DAMPING * np.trace(curvature) / 6 + 1e-9)
    step = np.linalg.solve(curvature, pull)
    return np.asarray(step * min(1.0, LARGE_STEP / max(np.abs(step).max(), 1e-12)))


def _warp(step: NDArray[np.float64]) -> Matrix:
    warp = np.eye(3)
    warp[:2] += step.reshape(2, 3)[:, [1, 2, 0]]
    return warp
