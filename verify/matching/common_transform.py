"""One transform for a whole stretch of video: what an edit did is the same in all of its frames.

The transform of a single pair of views holds the camera's movement between their two moments as well, and
under it the wrong moments of a pan agree. So all pairs of frames along a line in time are fitted together:
along the true line one transform serves them all, along a wrong one none does.

The fit is Gauss-Newton, inverse compositional (Baker and Matthews, "Lucas-Kanade 20 years on", IJCV 2004),
with six numbers for all frames; places that never agree, captions say, lose their weight.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.matching.agreement import extent
from verify.matching.geometry import Matrix, jacobian, mapped, plausible_throughout

Pictures = NDArray[np.float32]
"""Frames x rows x columns of grey values."""

WINDOW: Final = 9
"""Pixels of the small picture over which brightness and contrast are evened out."""
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
    return np.stack([_evened(picture) for picture in pictures])


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
    slopes, basis = _slopes(found), _basis(found.shape[1:])
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
    rows, columns = shape
    y, x = np.mgrid[:rows, :columns] + 0.5
    at = mapped(matrix, np.stack([x.ravel(), y.ravel()], axis=1) / max(shape)) / extent(query.shape[1:])
    inside = ((at >= 0) & (at <= 1)).all(axis=1).reshape(rows, columns)
    pixels = (at * [query.shape[2], query.shape[1]] - 0.5).astype(np.float32).reshape(rows, columns, 2)
    shown = [
        cv2.remap(picture, pixels[..., 0], pixels[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for picture in query
    ]
    return np.asarray(np.stack(shown), np.float32), inside


def _evened(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = cv2.blur(picture, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT)
    power = cv2.blur(picture * picture, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT)
    spread = np.sqrt(np.maximum(power - mean * mean, 0) + NOISE**2)
    return np.asarray((picture - mean) / spread, np.float32)


def _slopes(found: Pictures) -> tuple[Pictures, Pictures]:
    """Change per longest side, to the right and down."""
    longest = max(found.shape[1:])
    down, right = np.gradient(found, axis=(1, 2))
    return right * longest, down * longest


def _basis(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """1, x and y of every pixel: 3 x pixels."""
    y, x = (np.mgrid[: shape[0], : shape[1]] + 0.5) / max(shape)
    return np.stack([np.ones_like(x), x, y]).reshape(3, -1)


def _step(
    missed: Pictures,
    weight: NDArray[np.float64],
    slopes: tuple[Pictures, Pictures],
    basis: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Least squares over all frames: shift, and its change with x and y, to the right and down."""

    def curve(one: Pictures, other: Pictures) -> NDArray[np.float64]:
        return np.asarray((basis * (weight * (one * other).sum(axis=0).ravel())) @ basis.T)

    right, down = slopes
    across = curve(right, down)
    curvature = np.block([[curve(right, right), across], [across, curve(down, down)]])
    pull = np.concatenate([basis @ (weight * (missed * slope).sum(axis=0).ravel()) for slope in slopes])
    curvature += np.eye(6) * (DAMPING * np.trace(curvature) / 6 + 1e-9)
    step = np.linalg.solve(curvature, pull)
    return np.asarray(step * min(1.0, LARGE_STEP / max(np.abs(step).max(), 1e-12)))


def _warp(step: NDArray[np.float64]) -> Matrix:
    across, down = step.reshape(2, 3)
    rows = np.array([np.roll(across, -1), np.roll(down, -1), np.zeros(3)])
    return np.asarray(np.eye(3) + rows, np.float64)
