"""How a stored picture must be turned to stand upright: EXIF orientation and display matrix in one form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import atan2, degrees
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A clockwise turn by quarters, then a mirroring."""

    degrees: int = 0
    """Clockwise: 0, 90, 180 or 270."""
    mirrored: bool = False
    """Left and right are swapped after the turn."""

    @property
    def swaps_sides(self) -> bool:
        """True if width becomes height."""
        return self.degrees in (90, 270)

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn (height, width, ...) pixels; C-contiguous."""
        turned = np.rot90(pixels, -(self.degrees // 90))
        return np.ascontiguousarray(turned[:, ::-1] if self.mirrored else turned)


UPRIGHT: Final = Turn()

EXIF_TURNS: Final = {
    1: UPRIGHT,
    2: Turn(mirrored=True),
    3: Turn(degrees=180),
    4: Turn(degrees=180, mirrored=True),
    5: Turn(degrees=90, mirrored=True),
    6: Turn(degrees=90),
    7: Turn(degrees=270, mirrored=True),
    8: Turn(degrees=270),
}
"""EXIF 2.32, tag 0x0112."""

HTC_TRACK_NAME: Final = re.compile(r"htc_video_rotA-(000|090|180|270)")
"""HTC's phones wrote the rotation of a Matroska video into the name of its track."""


def turn_of_matrix(matrix: Sequence[int]) -> Turn:
    """Read a display matrix of nine numbers, row by row, to the nearest quarter (ISO/IEC 14496-12, 6.2.2)."""
    a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
    mirrored = a * d - b * c < 0
    quarters = round(degrees(atan2(b, d if mirrored else a)) / 90) % 4
    return Turn(degrees=quarters * 90, mirrored=mirrored)


def turn_of_track_name(name: str) -> Turn:
    """Read the rotation that HTC's phones hid in a track's name."""
    match = HTC_TRACK_NAME.fullmatch(name)
    return Turn(degrees=int(match[1])) if match else UPRIGHT
