"""How what disagrees lies in the overlap of two views.

Two views of one room with other people in it disagree in lumps, with texture on both sides. A picture
under emojis, scratches or words disagrees here and there, under a box or a page's paper where it is flat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.matching.rectangles import best_rectangle

FEW_PLACES: Final = 20
"""So few disagreeing places, of about 1,000, say little of how they lie."""
AGREEING_WEIGHT: Final = -1.5
FLAT_WEIGHT: Final = -0.2
"""What other places take from a rectangle around disagreeing ones, which add 1 each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Of the places of an overlap that have texture on either side and do not agree."""

    lump: float
    """Share of them within one rectangle."""
    thickness: float
    """Largest distance of one of them from any other place, as a share of the side of a square overlap."""
    flat: float
    """Share of them that are flat on one side."""


def disagreement(
    agrees: NDArray[np.bool_],
    textured: NDArray[np.bool_],
    *,
    flat: NDArray[np.bool_],
    compared: NDArray[np.bool_],
) -> Disagreement:
    """Measure it; `textured` is where either side has texture, `flat` where one has none."""
    disagrees = textured & ~agrees
    count = int(disagrees.sum())
    top, bottom, left, right = best_rectangle(
        np.where(disagrees, 1.0, np.where(textured, AGREEING_WEIGHT, FLAT_WEIGHT))
    )
    depth = cv2.distanceTransform(np.pad(disagrees.astype(np.uint8), 1), cv2.DIST_C, 3)
    return Disagreement(
        lump=float(disagrees[top:bottom, left:right].sum() / (count + FEW_PLACES)),
        thickness=float(depth.max() / np.sqrt(compared.sum() + 1)),
        flat=float((disagrees & flat).sum() / (count + FEW_PLACES)),
    )
