"""What a picture repeats: the print of a wallpaper, windows, letters.

Pictures that have no more than a print in common agree by many keypoints, each of which has others like it in
the picture itself; a copy has most of its keypoints once.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from verify.matching.geometry import Side, distances

REPEATED_BITS: Final = 24
"""Codes this near belong to things that look the same. With 16 or 32, and with kinds of prints that the score
had not been fitted with, pictures before one wallpaper are told apart as well."""
ELSEWHERE: Final = 0.03
"""Share of the longest side from which a place is another: one strong corner has several keypoints."""


def repeated(side: Side) -> NDArray[np.bool_]:
    """Say of each keypoint whether the same picture has another like it elsewhere."""
    one, other = np.nonzero(distances(side.codes, side.codes) <= REPEATED_BITS)
    away = side.places[one, :2] - side.places[other, :2]
    found = np.zeros(len(side.codes), np.bool_)
    found[one[(away**2).sum(axis=1) >= ELSEWHERE**2]] = True
    return found
