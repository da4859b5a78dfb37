"""Dense agreement: lay one view over the other by the proven transform and compare them place by place.

Keypoints say that something agrees; only the picture says how much. A copy agrees over nearly all of
what overlaps, a shared logo or caption bar only in its strip. The rectangle within which most agrees is
also the honest matched region: the frame of a screenshot is not part of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.matching.disagreement import Disagreement, disagreement
from verify.matching.geometry import Floats, Matrix, jacobian, mapped
from verify.matching.rectangles import best_rectangle

WINDOW: Final = 5
"""Pixels of the small picture over which a local correlation is taken."""
AGREES: Final = 0.5
"""Local correlation from which a place agrees; unrelated pictures reach it at one place in eight."""
TEXTURE: Final = 3.0
"""Grey levels of local deviation below which a place shows nothing to compare."""
FLAT_WEIGHT: Final = 0.05
"""What a place without texture on either side adds to the region around it."""
FEW_PLACES: Final = 20
"""So few agreeing places, of about 1,000, say little of how many more there are beside them."""
NEARLY: Final = 5
"""Neighbouring grey values that count as one: an encoder moves them by two."""
GREY_STEP: Final = 8
LARGEST_SHRINK: Final = 12.0
OVERLAY_SIDE: Final = 48
"""Places along each side of a map over the query."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agreement:
    """How well two views agree under one transform."""

    region: tuple[float, float, float, float]
    """Left, top, right, bottom as fractions of the found picture."""
    inside: float
    """Share of the textured places within the region that agree."""
    overlap_share: float
    """Agreeing places in the region over all textured places where both pictures lie."""
    agrees_beside: float
    """Agreeing places beside the region over all that agree: a room on both sides of a person."""
    plain_beside: float
    """As `plainness`, of what lies beside the region: the bars of an app are plain, a room is not."""
    places: int
    """Agreeing places in the region."""
    correlation: float
    """Of all grey values within the region."""
    query_area: float
    """Area of the region over the area of the query picture."""
    found_area: float
    """Area of the region over the area of the found picture."""
    plainness: float
    """Share of the region's grey values that are nearly its most common one, on the side where that is more:
    paper, bars and buttons are plain, photos hardly."""
    variety: float
    """Entropy of the region's grey values, as a share of the most possible, on the side where it is less."""
    differs: Disagreement
    """How what does not agree lies, in all of the overlap."""
    agrees: NDArray[np.bool_]
    """Where the found picture agrees and has texture: rows x columns of its small picture."""


def agreement(
    query: NDArray[np.uint8],
    found: NDArray[np.uint8],
    matrix: Matrix,
    *,
    sign: int = 1,
    overlay: NDArray[np.bool_] | None = None,
) -> Agreement:
    """Compare two small grey pictures under a transform from the found one to the query (`on_pictures`).

    `sign` is -1 if the query is a negative. Pictures are rows x columns; the query's may be larger.
    `overlay` marks places of the query (any number of rows x columns over the whole of it) that say nothing.
    """
    shown, inside = laid_over(query, found.shape, matrix)
    compared = inside if overlay is None else inside & _bare(overlay, query.shape, found.shape, matrix)
    alike, spread_one, spread_other = correlated(shown, found.astype(np.float32), compared, sign)
    textured = compared & (np.maximum(spread_one, spread_other) > TEXTURE**2)
    agrees = textured & (alike > AGREES)
    top, bottom, left, right = _agreeing(agrees, textured, inside)
    cut = (slice(top, bottom), slice(left, right))
    places = int(agrees[cut].sum())
    rest = inside.copy()
    rest[cut] = False
    beside = int((agrees & rest).sum())
    whole = np.rint(shown).astype(np.uint8)
    sides = found[cut].ravel(), whole[cut][inside[cut]]
    rows, columns = found.shape
    region = (left / columns, top / rows, right / columns, bottom / rows)
    return Agreement(
        region=region,
        inside=places / max(int(textured[cut].sum()), 1),
        overlap_share=places / max(int(textured.sum()), 1),
        agrees_beside=beside / (beside + places + FEW_PLACES),
        plain_beside=max(_plainness(found[rest]), _plainness(whole[rest])),
        places=places,
        correlation=sign * _correlation(shown[cut][inside[cut]], found[cut][inside[cut]]),
        query_area=_projected_area(region, found.shape, query.shape, matrix),
        found_area=(right - left) * (bottom - top) / (rows * columns),
        plainness=max(_plainness(grey) for grey in sides),
        variety=min(variety(grey) for grey in sides),
        differs=disagreement(
            agrees, textured, flat=np.minimum(spread_one, spread_other) <= TEXTURE**2, compared=compared
        ),
        agrees=agrees,
    )


def _bare(
    overlay: NDArray[np.bool_], query: tuple[int, ...], found: tuple[int, ...], matrix: Matrix
) -> NDArray[np.bool_]:
    """Return the places of the found picture that the overlay of the query does not cover."""
    marked = np.asarray(cv2.resize(overlay.astype(np.uint8) * 255, (query[1], query[0])), np.uint8)
    covered, _ = laid_over(marked, found, matrix)
    return np.asarray(covered < 64)


def agreeing_rectangle(
    shown: NDArray[np.float32], found: NDArray[np.float32], inside: NDArray[np.bool_], *, sign: int
) -> tuple[slice, slice]:
    """Return the rows and columns within which two pictures of one shape agree in most places."""
    top, bottom, left, right = _agreeing(*_local(shown, found, inside, sign), inside)
    return slice(top, bottom), slice(left, right)


def _agreeing(
    agrees: NDArray[np.bool_], textured: NDArray[np.bool_], inside: NDArray[np.bool_]
) -> tuple[int, int, int, int]:
    weights = np.where(agrees & textured, 1.0, np.where(textured, -1.0, FLAT_WEIGHT))
    weights[~inside] = -0.5
    return best_rectangle(weights)


def shown_in_query(agrees: NDArray[np.bool_], matrix: Matrix, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return a map over the found picture as a map over the query, `OVERLAY_SIDE` squared.

    `shape` is that of the query's small picture, `matrix` the transform `on_pictures`.
    """
    query = extent(shape)
    to_unit = np.diag([1 / max(agrees.shape), 1 / max(agrees.shape), 1.0])
    to_grid = np.diag([OVERLAY_SIDE / query[0], OVERLAY_SIDE / query[1], 1.0])
    size = (OVERLAY_SIDE, OVERLAY_SIDE)
    return np.asarray(cv2.warpPerspective(agrees.astype(np.uint8), to_grid @ matrix @ to_unit, size) > 0)


def extent(shape: tuple[int, ...]) -> Floats:
    """Width and height of a picture in units of its longest side."""
    return np.array([shape[1], shape[0]], np.float64) / max(shape)


def on_pictures(
    matrix: Matrix, query: tuple[Floats, tuple[int, ...]], found: tuple[Floats, tuple[int, ...]]
) -> Matrix:
    """Return a transform between two views as one between their small pictures.

    Each side is the view's width and height in units of its longest side, and the shape of its small picture.
    The proportions of a small picture are rounded, by up to a twentieth for one of 1,024 pixels.
    """
    to_query = np.diag([*(extent(query[1]) / query[0]), 1.0])
    from_found = np.diag([*(found[0] / extent(found[1])), 1.0])
    return np.asarray(to_query @ matrix @ from_found)


def laid_over(
    query: NDArray[np.uint8], shape: tuple[int, ...], matrix: Matrix
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the query as it looks in the frame of the found picture, and where it has anything to show."""
    rows, columns = shape
    unit_found, unit_query = max(shape), max(query.shape)
    middle = extent(shape) / 2
    growth = np.sqrt(abs(np.linalg.det(jacobian(matrix, middle)))) * unit_query / unit_found
    if growth > 1.2:
        shrink = min(growth, LARGEST_SHRINK)
        size = (max(round(query.shape[1] / shrink), 2), max(round(query.shape[0] / shrink), 2))
        query = np.asarray(cv2.resize(query, size, interpolation=cv2.INTER_AREA), np.uint8)
    y, x = np.mgrid[:rows, :columns] + 0.5
    at = mapped(matrix, np.stack([x.ravel(), y.ravel()], axis=1) / unit_found) / extent(query.shape)
    inside = ((at >= 0) & (at <= 1)).all(axis=1).reshape(rows, columns)
    pixels = (at * [query.shape[1], query.shape[0]] - 0.5).astype(np.float32).reshape(rows, columns, 2)
    shown = cv2.remap(
        query, pixels[..., 0], pixels[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(shown, np.float32), inside


def _local(
    one: NDArray[np.float32], other: NDArray[np.float32], inside: NDArray[np.bool_], sign: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where the neighbourhoods agree, and where either has anything to compare."""
    alike, spread_one, spread_other = correlated(one, other, inside, sign)
    return alike > AGREES, np.maximum(spread_one, spread_other) > TEXTURE**2


def correlated(
    one: NDArray[np.float32], other: NDArray[np.float32], inside: NDArray[np.bool_], sign: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return how the neighbourhood of each place correlates, and its variance on either side."""
    mask = inside.astype(np.float32)
    weight = np.maximum(_mean(mask), 1e-6)
    mean_one, mean_other = _mean(one * mask) / weight, _mean(other * mask) / weight
    together = _mean(one * other * mask) / weight - mean_one * mean_other
    spread_one = np.maximum(_mean(one * one * mask) / weight - mean_one**2, 0)
    spread_other = np.maximum(_mean(other * other * mask) / weight - mean_other**2, 0)
    alike = np.asarray(sign * together / np.sqrt(spread_one * spread_other + 1.0), np.float32)
    return alike, np.asarray(spread_one), np.asarray(spread_other)


def _mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.blur(values, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT))


def _correlation(one: NDArray[np.float32], other: NDArray[np.uint8]) -> float:
    if one.size < 2 or one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one.ravel(), other.ravel().astype(np.float64))[0, 1])


def _plainness(grey: NDArray[np.uint8]) -> float:
    counts = np.bincount(grey, minlength=256)
    return float(np.convolve(counts, np.ones(NEARLY, np.int64)).max() / max(grey.size, 1))


def variety(grey: NDArray[np.uint8]) -> float:
    """Return the entropy of grey values, in one row, as a share of the most possible."""
    share = np.bincount(grey // GREY_STEP, minlength=256 // GREY_STEP) / max(grey.size, 1)
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum() / np.log2(256 // GREY_STEP))


def corners(region: tuple[float, float, float, float]) -> Floats:
    """Return the four corners of a rectangle: top left, top right, bottom right, bottom left."""
    left, top, right, bottom = region
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _projected_area(
    region: tuple[float, float, float, float], found: tuple[int, ...], query: tuple[int, ...], matrix: Matrix
) -> float:
    x, y = (mapped(matrix, corners(region) * extent(found)) / extent(query)).clip(0, 1).T
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2)
