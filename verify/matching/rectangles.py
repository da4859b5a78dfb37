"""The rectangle of a map in which most is."""

from __future__ import annotations

import numpy as np

from verify.matching.geometry import Floats


def best_rectangle(weights: Floats) -> tuple[int, int, int, int]:
    """Top, bottom, left, right of the rectangle with the largest sum (Bentley, CACM 1984)."""
    rows, columns = weights.shape
    down = np.vstack([np.zeros((1, columns)), weights.cumsum(axis=0)])
    upper, lower = np.triu_indices(rows + 1, 1)
    across = np.hstack([np.zeros((len(upper), 1)), (down[lower] - down[upper]).cumsum(axis=1)])
    lowest = np.minimum.accumulate(across, axis=1)
    gains = across - lowest
    best, right = np.unravel_index(gains.argmax(), gains.shape)
    left = int(across[best, : right + 1].argmin())
    return int(upper[best]), int(lower[best]), left, max(int(right), left + 1)
