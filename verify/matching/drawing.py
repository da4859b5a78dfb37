"""Draws a match for a person: both pictures side by side, what they share outlined and dotted in both.

The four corners have four colours, and so has every matched point its own, the same on both sides, so that a
mirrored or turned copy is seen as one. Arrays in, array out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.records import Quad

ONE_ROW: Final = 560
SEVERAL_ROWS: Final = 280
"""Height of the pictures in pixels."""
WIDEST: Final = 3.0
"""Width over height from which a picture is shrunk to fit."""
MARGIN: Final = 16
LINE_HEIGHT: Final = 30
"""Of the words above a picture."""
PAPER: Final = (250, 250, 250)
INK: Final = (40, 40, 40)
OUTLINE: Final = (255, 140, 0)
HALO: Final = (255, 255, 255)
CORNERS: Final = ((220, 38, 38), (22, 163, 74), (37, 99, 235), (147, 51, 234))
"""Red, green, blue, violet: the found picture's top left, top right, bottom right, bottom left."""
SHIFT: Final = 4
"""Fractional bits of the places that OpenCV draws at."""

Rgb = NDArray[np.uint8]
Points = NDArray[np.float64]
NO_POINTS: Final = np.zeros((0, 2))
HUES: Final = 12
"""Colours of matched points, one after another; OpenCV counts 180 degrees of hue."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One picture of a pair."""

    rgb: Rgb
    """Height x width x 3."""
    region: Quad | None
    """What is outlined; None for nothing."""
    words: str
    """What stands above it; plain ASCII, which is all that OpenCV's lettering knows."""
    points: Points = field(default_factory=lambda: NO_POINTS)
    """Matched points as fractions of the picture, n x 2, in the order of the other side's."""


def side_by_side(rows: Sequence[tuple[Side, Side]]) -> Rgb:
    """Return one picture (height x width x 3) with a row for every pair, both sides at the same height."""
    height = ONE_ROW if len(rows) == 1 else SEVERAL_ROWS
    drawn = [[_drawn(side, height) for side in pair] for pair in rows]
    columns = [max(pair[column].shape[1] for pair in drawn) for column in range(2)]
    lines = [
        np.hstack([_widened(side, width) for side, width in zip(pair, columns, strict=True)])
        for pair in drawn
    ]
    return _framed(np.vstack(lines))


def _drawn(side: Side, height: int) -> Rgb:
    """Scale one side, outline its region, write its words above it."""
    rows, columns = side.rgb.shape[:2]
    width = min(max(round(columns * height / rows), 1), round(WIDEST * height))
    scaling = cv2.INTER_AREA if height < rows else cv2.INTER_LINEAR
    picture = np.asarray(cv2.resize(side.rgb, (width, height), interpolation=scaling), np.uint8)
    _dot(picture, side.points)
    if side.region is not None:
        _outline(picture, side.region)
    words = np.full((LINE_HEIGHT, width, 3), PAPER, np.uint8)
    cv2.putText(words, side.words, (0, LINE_HEIGHT - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.55, INK, 1, cv2.LINE_AA)
    return _framed(np.vstack([words, picture]))


def _dot(picture: Rgb, points: Points) -> None:
    height, width = picture.shape[:2]
    places = np.rint(np.clip(points, 0, 1) * [width - 1, height - 1] * (1 << SHIFT)).astype(np.int32)
    hues = np.array([[[180 * n // HUES, 230, 255] for n in range(HUES)]], np.uint8)
    colours = cv2.cvtColor(hues, cv2.COLOR_HSV2RGB)[0].tolist()
    for number, (x, y) in enumerate(places.tolist()):
        cv2.circle(picture, (x, y), 5 << SHIFT, INK, -1, cv2.LINE_AA, SHIFT)
        cv2.circle(picture, (x, y), 4 << SHIFT, colours[number % HUES], -1, cv2.LINE_AA, SHIFT)


def _outline(picture: Rgb, region: Quad) -> None:
    height, width = picture.shape[:2]
    inset = np.clip(np.array(region), 0, 1) * [width - 1, height - 1]
    places = np.rint(inset * (1 << SHIFT)).astype(np.int32)
    for colour, thick in ((HALO, 5), (OUTLINE, 2)):
        cv2.polylines(
            picture, [places], isClosed=True, color=colour, thickness=thick, lineType=cv2.LINE_AA, shift=SHIFT
        )
    for (x, y), colour in zip(places.tolist(), CORNERS, strict=True):
        cv2.circle(picture, (x, y), 9 << SHIFT, HALO, -1, cv2.LINE_AA, SHIFT)
        cv2.circle(picture, (x, y), 7 << SHIFT, colour, -1, cv2.LINE_AA, SHIFT)


def _widened(picture: Rgb, width: int) -> Rgb:
    missing = width - picture.shape[1]
    return np.asarray(
        cv2.copyMakeBorder(picture, 0, 0, 0, missing, cv2.BORDER_CONSTANT, value=PAPER), np.uint8
    )


def _framed(picture: Rgb) -> Rgb:
    half = MARGIN // 2
    return np.asarray(
        cv2.copyMakeBorder(picture, half, half, half, half, cv2.BORDER_CONSTANT, value=PAPER), np.uint8
    )
