"""What changes over time, laid over what changed in the found footage: is it the same moment, and where.

Along the true line in time the changes of both sides agree, place by place; the background of a camera that
stands still agrees at any time and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.matching.agreement import agreeing_rectangle, extent
from verify.matching.common_transform import DAMPING, FEWEST_PLACES, Pictures, blurred, evened, laid
from verify.matching.geometry import Matrix, jacobian
from verify.matching.rectangles import best_rectangle

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
BESIDE_OVERLAY: Final = 0.9
"""Contrast beside an overlay from which the moment is the same. Places disagree if theirs is lower."""
LEAST_BESIDE: Final = 0.2
"""Share of what moves that must lie beside it: of true clips under captions that come word by word, or with a
face in a corner, 0.23 to 0.71; at other moments the rectangle takes all of it (docs/matching.md)."""
LEAST_PLACES_BESIDE: Final = 0.6
"""Share of the places that must lie beside it."""
GRAIN: Final = 3
"""Pixels over which changes are evened out before all frames are compared."""
LARGE_LAG: Final = 0.25
"""Seconds, or seconds a second, by which one step in time goes at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlap:
    """Pairs of frames under one transform."""

    contrast: float | None
    """Correlation of what changes over time, -1 to 1; None if nothing changes."""
    cover: float
    """Share of either picture that lies within the other, whichever is more: an edit shows a picture within
    another, two moments of a moving camera lap over each other."""
    likeness: tuple[float, ...]
    """Correlation of the evened pictures, for each pair of frames, where the contrast is taken; 0 where both
    are flat."""
    flat: tuple[bool, ...]
    """Which pairs of frames show too little to be alike or not: fades, black."""


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
    moves = _amount(stored) > MOVES
    one, other = evened(shown)[:, shared], even[:, shared]
    flat = np.maximum((one**2).mean(axis=1), (other**2).mean(axis=1)) < FLAT_POWER
    if weight is not None:
        one, other = one * weight[shared], other * weight[shared]
    likeness = np.where(flat, 0.0, _correlations(one, other) * sign)
    linear = jacobian(matrix, extent(found.shape[1:]) / 2) * max(query.shape[1:]) / max(found.shape[1:])
    share = inside.sum() * abs(np.linalg.det(linear)) / query[0].size
    return Overlap(
        contrast=sign * _contrast(asked, stored) if moves else None,
        cover=min(max(float(inside.mean()), float(share)), 1.0),
        likeness=tuple(likeness.tolist()),
        flat=tuple(flat.tolist()),
    )


def contrast_within(shown: Pictures, found: Pictures, inside: NDArray[np.bool_], *, least: float) -> float:
    """Correlate what changes over time in some places, -1 to 1; 0 where it is not more than the least."""
    asked, stored = _changes(shown, inside), _changes(found, inside)
    return _contrast(asked, stored) if _amount(stored) > least else 0.0


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
        if _amount(stored) >= least:
            contrasts.append(sign * _contrast(asked, stored))
    return max(contrasts, default=None)


def contrast_beyond_camera(
    query: Pictures, found: Pictures, matrix: Matrix, *, sign: int = 1
) -> float | None:
    """Correlate what no shift, size or exposure of the whole picture explains, without grain, -1 to 1.

    None where neither side changes; 0 where all that changes may be the camera: of a place that two cameras
    pan over, steadied, the same changes in both.
    """
    shown, inside = laid(query, found.shape[1:], matrix)
    inside = _shared(shown, found, inside, sign)
    if inside.sum() < FEWEST_PLACES:
        return None
    if max(_amount(_changes(side, inside)) for side in (shown, found)) < MOVES:
        return None
    changes = (_changes_beyond_camera(side, inside, zooms=True) for side in (shown, found))
    asked, stored = (_smooth(one, inside) for one in changes)
    return sign * _contrast(asked, stored) if _amount(stored) >= MOVES_BESIDES else 0.0


def contrast_beside_overlay(
    query: Pictures, found: Pictures, matrix: Matrix, *, sign: int = 1
) -> float | None:
    """Correlate what changes outside the rectangle in which it disagrees most, -1 to 1.

    Captions that come word by word, and a face in a corner, cover what moves there; at another moment it
    disagrees all over. None if less than `LEAST_BESIDE` of what moves in the found pictures, or less than
    `LEAST_PLACES_BESIDE` of the places, is left.
    """
    shown, inside = laid(query, found.shape[1:], matrix)
    inside = _shared(shown, found, inside, sign)
    if inside.sum() < FEWEST_PLACES:
        return None
    asked, stored = _weighted(*(_smooth(_changes(side, inside), inside) for side in (shown, found)))
    together = sign * (asked * stored).sum(axis=0)
    power = (asked * asked).sum(axis=0), (stored * stored).sum(axis=0)
    disagrees = np.zeros(inside.shape)
    disagrees[inside] = BESIDE_OVERLAY * np.sqrt(power[0] * power[1]) - together
    top, bottom, left, right = best_rectangle(disagrees)
    beside = inside.copy()
    beside[top:bottom, left:right] = False
    kept = beside[inside]
    moves = power[1][kept].sum() >= LEAST_BESIDE * power[1].sum()
    if not moves or kept.sum() < max(LEAST_PLACES_BESIDE * inside.sum(), FEWEST_PLACES):
        return None
    return float(together[kept].sum() / np.sqrt(power[0][kept].sum() * power[1][kept].sum() + 1e-9))


def stand_still(query: Pictures, found: Pictures, matrix: Matrix, *, sign: int = 1) -> bool:
    """Say whether nothing changes on either side, but for small things that change alike."""
    shown, inside = laid(query, found.shape[1:], matrix)
    asked, stored = (_smooth(_changes(side, inside), inside) for side in (shown, found))
    if max(_amount(asked), _amount(stored)) > MOVES:
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
    one, other = (mean[beside][None] for mean in evened(np.stack(means)))
    moves = _amount(_changes(found, shared)) > MOVES
    return shared if moves and sign * _correlations(one, other)[0] < UNLIKE else inside


def _contrast(asked: Pictures, stored: Pictures) -> float:
    """Correlate changes, frames x places; places that hardly change weigh little."""
    one, other = _weighted(asked, stored)
    return float(_correlations(one.reshape(1, -1), other.reshape(1, -1))[0])


def _weighted(asked: Pictures, stored: Pictures) -> tuple[Pictures, Pictures]:
    power = (stored**2).mean(axis=0)
    moving = np.sqrt(power / (power + MOVES**2))
    return asked * moving, stored * moving


def _changes(pictures: Pictures, inside: NDArray[np.bool_]) -> Pictures:
    """Return the difference of each frame from the mean of all: frames x places."""
    shown = pictures[:, inside]
    return np.asarray(shown - shown.mean(axis=0), np.float32)


def _changes_beyond_camera(pictures: Pictures, inside: NDArray[np.bool_], *, zooms: bool = False) -> Pictures:
    """Return what no shift of the mean picture, other exposure or other size of it explains."""
    changes, mean = _changes(pictures, inside), pictures.mean(axis=0)
    down, right = np.gradient(mean)
    rows, columns = np.mgrid[: mean.shape[0], : mean.shape[1]]
    larger = [down * rows + right * columns] if zooms else []
    parts = np.stack([down, right, *larger, mean, np.ones_like(mean)], axis=-1)[inside]
    explained = parts @ np.linalg.lstsq(parts, changes.T, rcond=None)[0]
    return np.asarray(changes - explained.T, np.float32)


def _amount(changes: Pictures) -> float:
    """Return their root mean square, in grey levels."""
    return float(np.sqrt((changes**2).mean()))


def _smooth(changes: Pictures, inside: NDArray[np.bool_]) -> Pictures:
    """Return changes, frames x places, evened out over neighbouring places."""
    whole = np.zeros((len(changes), *inside.shape), np.float32)
    whole[:, inside] = changes
    return blurred(whole, GRAIN, border=cv2.BORDER_REFLECT_101)[:, inside]


def _correlations(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    power = (one * one).sum(axis=1) * (other * other).sum(axis=1)
    return np.asarray((one * other).sum(axis=1) / np.sqrt(power + 1e-9), np.float64)
