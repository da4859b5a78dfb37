"""One transform for a whole stretch of video: what an edit did is the same in all of its frames.

The transform of a single pair of views holds the camera's movement between their two moments as well, and
under it the wrong moments of a pan agree. So all pairs of frames along a line in time are fitted together:
along the true line one transform serves them all, along a wrong one none does.

The fit is Gauss-Newton, inverse compositional (Baker and Matthews, "Lucas-Kanade 20 years on", IJCV 2004),
with six numbers for all frames; places that never agree, captions say, lose their weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.matching.agreement import agreeing_rectangle, extent
from verify.matching.geometry import Matrix, jacobian, mapped, plausible

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
LARGE_LAG: Final = 0.25
"""Seconds, or seconds a second, by which one step in time goes at most."""
DAMPING: Final = 1e-3
"""Share of the mean curvature that is added, so that flat pictures do not run away."""
FEWEST_PLACES: Final = 30
"""Pixels of overlap below which nothing is compared."""
FLAT_POWER: Final = 0.1
"""Mean square of an evened picture below which it shows nothing; textured ones are near 1."""
MOVES: Final = 3.0
"""Grey levels of root mean square change from the mean, below which nothing moves; places that change less
hold the noise of encoders and weigh less."""
MOVES_BESIDES: Final = 1.0
"""The same of what moves besides the whole picture: less is left over of noise."""
ALIKE_IN_SMALL: Final = 0.7
"""Contrast from which small things change alike, a walker far away; of one that is not there it is near 0."""
LEAST_SHARED: Final = 0.3
"""Share of what two sides overlap that a rectangle must hold in which their mean pictures agree."""
UNLIKE: Final = 0.5
"""Correlation of evened mean pictures under which what lies beside that rectangle is another picture."""
GRAIN: Final = 3
"""Pixels over which changes are evened out before all frames are compared."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlap:
    """Pairs of frames under one transform."""

    contrast: float | None
    """Correlation of what changes over time, -1 to 1; None if nothing changes."""
    cover: float
    """Share of either picture that lies within the other, whichever is more: an edit shows a picture within
    another, two moments of a moving camera lap over each other."""
    likeness: tuple[float, ...]
    """Correlation of the evened pictures, for each pair of frames; 0 where both are flat."""
    flat: tuple[bool, ...]
    """Which pairs of frames show too little to be alike or not: fades, black."""


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
        if not _upright(best, found.shape[1:]):
            return matrix
        if np.abs(step).max() < SMALL_STEP:
            break
    return best


def overlap(
    query: Pictures,
    found: Pictures,
    even: Pictures,
    matrix: Matrix,
    *,
    sign: int = 1,
    weight: NDArray[np.float32] | None = None,
) -> Overlap | None:
    """Measure how well frame n of the query agrees with frame n of the found pictures.

    `even` is `evened(found)`; `weight`, rows x columns, says how much places count for the likeness. None if
    the pictures do not meet.
    """
    shown, inside = laid(query, found.shape[1:], matrix)
    if inside.sum() < FEWEST_PLACES:
        return None
    shared = _shared(shown, found, inside, sign)
    asked, stored = _changes(shown, shared), _changes(found, shared)
    moves = np.sqrt((stored**2).mean()) > MOVES
    one, other = evened(shown)[:, inside], even[:, inside]
    flat = np.maximum((one**2).mean(axis=1), (other**2).mean(axis=1)) < FLAT_POWER
    if weight is not None:
        one, other = one * weight[inside], other * weight[inside]
    likeness = np.where(flat, 0.0, _correlations(one, other) * sign)
    linear = jacobian(matrix, extent(found.shape[1:]) / 2) * max(query.shape[1:]) / max(found.shape[1:])
    share = inside.sum() * abs(np.linalg.det(linear)) / query[0].size
    return Overlap(
        contrast=sign * _contrast(asked, stored) if moves else None,
        cover=min(max(float(inside.mean()), float(share)), 1.0),
        likeness=tuple(likeness.tolist()),
        flat=tuple(flat.tolist()),
    )


def contrast_of_all(query: Pictures, found: Pictures, matrix: Matrix, *, sign: int = 1) -> float | None:
    """Correlate what changes over time, without the grain of single pixels, -1 to 1; None if nothing does.

    A hand that films a screen shifts all that a frame shows, and its camera adjusts to the light: the changes
    are compared as they are, and with all that is such left out on both sides; the better one counts.
    """
    shown, inside = laid(query, found.shape[1:], matrix)
    inside = _shared(shown, found, inside, sign)
    if inside.sum() < FEWEST_PLACES:
        return None
    contrasts = []
    for changes, least in ((_changes, MOVES), (_changes_beyond_camera, MOVES_BESIDES)):
        asked, stored = (_smooth(changes(side, inside), inside) for side in (shown, found))
        if np.sqrt((stored**2).mean()) >= least:
            contrasts.append(sign * _contrast(asked, stored))
    return max(contrasts, default=None)


def _shared(shown: Pictures, found: Pictures, inside: NDArray[np.bool_], sign: int) -> NDArray[np.bool_]:
    """Leave out what lies beside the found picture in the query: the other half of a split screen.

    Only where something moves in what is left, and what is left out is another picture altogether: a head
    that speaks at another moment is not.
    """
    if inside.sum() < FEWEST_PLACES:
        return inside
    means = shown.mean(axis=0), found.mean(axis=0)
    shared = np.zeros_like(inside)
    shared[agreeing_rectangle(*means, inside, sign=sign)] = True
    shared &= inside
    beside = inside & ~shared
    if shared.sum() < LEAST_SHARED * inside.sum() or beside.sum() < FEWEST_PLACES:
        return inside
    one, other = (_evened(mean)[beside][None] for mean in means)
    moves = np.sqrt((_changes(found, shared) ** 2).mean()) > MOVES
    return shared if moves and sign * _correlations(one, other)[0] < UNLIKE else inside


def stand_still(query: Pictures, found: Pictures, matrix: Matrix, *, sign: int = 1) -> bool:
    """Say whether nothing changes on either side, but for small things that change alike."""
    shown, inside = laid(query, found.shape[1:], matrix)
    asked, stored = (_smooth(_changes(side, inside), inside) for side in (shown, found))
    if max(np.sqrt((side**2).mean()) for side in (asked, stored)) > MOVES:
        return False
    nowhere = np.sqrt((stored**2).mean(axis=0)).max() <= MOVES
    return bool(nowhere or sign * _contrast(asked, stored) >= ALIKE_IN_SMALL)


def lag(
    query: Pictures,
    found: Pictures,
    slopes: Pictures,
    matrix: Matrix,
    *,
    behind: NDArray[np.float64],
    lever: NDArray[np.float64],
) -> tuple[float, float]:
    """Return by how many seconds the line of found times must move, and by how much its speed, to fit best.

    `slopes` is the change of the found pictures per second, `behind` how many seconds each of them lies
    before the line, `lever` the query's times around their middle. Least squares, as for the transform.
    """
    shown, inside = laid(query, found.shape[1:], matrix)
    inside = _shared(shown, found, inside, 1)
    asked, later = _changes(shown, inside), slopes[:, inside]
    moved = later * lever[:, None]
    parts = [asked, *(part.mean(axis=0) - part for part in (later, moved))]
    along = found[:, inside] + later * behind[:, None]
    target = (along - along.mean(axis=0)).ravel()
    columns = np.stack([part.ravel() for part in parts], axis=1)
    curvature = columns.T @ columns
    curvature += np.diag(DAMPING * np.diag(curvature) + 1e-9)
    _, later, faster = np.linalg.solve(curvature, columns.T @ target)
    return float(np.clip(later, -LARGE_LAG, LARGE_LAG)), float(np.clip(faster, -LARGE_LAG, LARGE_LAG))


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


def _contrast(asked: Pictures, stored: Pictures) -> float:
    """Correlate changes, frames x places; places that hardly change weigh little."""
    power = (stored**2).mean(axis=0)
    moving = np.sqrt(power / (power + MOVES**2))
    return float(_correlations((asked * moving).reshape(1, -1), (stored * moving).reshape(1, -1))[0])


def _changes(pictures: Pictures, inside: NDArray[np.bool_]) -> Pictures:
    """Return the difference of each frame from the mean of all: frames x places."""
    shown = pictures[:, inside]
    return np.asarray(shown - shown.mean(axis=0), np.float32)


def _changes_beyond_camera(pictures: Pictures, inside: NDArray[np.bool_]) -> Pictures:
    """Return what no shift of the mean picture, and no other exposure of it, explains of them."""
    changes, mean = _changes(pictures, inside), pictures.mean(axis=0)
    parts = np.stack([*np.gradient(mean), mean, np.ones_like(mean)], axis=-1)[inside]
    explained = parts @ np.linalg.lstsq(parts, changes.T, rcond=None)[0]
    return np.asarray(changes - explained.T, np.float32)


def _smooth(changes: Pictures, inside: NDArray[np.bool_]) -> Pictures:
    """Return changes, frames x places, evened out over neighbouring places."""
    whole = np.zeros((len(changes), *inside.shape), np.float32)
    whole[:, inside] = changes
    return np.stack([cv2.blur(frame, (GRAIN, GRAIN))[inside] for frame in whole])


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


def _upright(matrix: Matrix, shape: tuple[int, ...]) -> bool:
    """Plausible, as it is or mirrored."""
    middle = extent(shape) / 2
    mirrored = np.linalg.det(jacobian(matrix, middle)) < 0
    return plausible(np.diag([-1.0, 1, 1]) @ matrix if mirrored else matrix, middle)


def _correlations(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    power = (one * one).sum(axis=1) * (other * other).sum(axis=1)
    return np.asarray((one * other).sum(axis=1) / np.sqrt(power + 1e-9), np.float64)
