"""An array that grows at its end, for tables of one row a view or a keypoint.

Appending one item to a table of millions must not copy the table each time.
"""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

GROWTH: Final = 1.25
"""Room for so many times the rows is made when there is none left: few copies, little memory unused."""

Scalar = TypeVar("Scalar", bound=np.generic)


class GrowingArray(Generic[Scalar]):
    """Rows that are only ever appended."""

    def __init__(self, rows: NDArray[Scalar]) -> None:
        self._room = rows
        self._count = len(rows)

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> NDArray[Scalar]:
        """All rows, not to be changed."""
        return self._room[: self._count]

    def append(self, rows: NDArray[Any]) -> None:
        """Append rows; what was given at first (it may be a mapped file) is left as it is."""
        if not len(rows):  # nothing of a picture without detail; room that is a mapped file is not written to
            return
        count = self._count + len(rows)
        if count > len(self._room):
            room = np.empty((max(count, int(count * GROWTH)), *self._room.shape[1:]), self._room.dtype)
            room[: self._count] = self.rows
            self._room = room
        self._room[self._count : count] = rows
        self._count = count
