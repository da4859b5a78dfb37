"""Which stretch of a shot agrees with the found footage along a line in time: the rest is cut off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from verify.matching.laying import Laid
from verify.matching.shots import Shot

STILL_ALIKE: Final = 0.5
"""Share of a shot's usual likeness from which one of its frames agrees."""
SHORTEST_CUT: Final = 0.25
"""Seconds at an end of a shot that are not worth cutting off."""
GAP: Final = 0.45
"""Seconds within a piece in which no frame agrees: titles, flashes."""
UNSEEN: Final = 1.0
"""Seconds within a piece in which no frame meets a found one; more are a gap."""
WHOLLY_MOVES_ALIKE: Final = 0.95
"""Contrast of a whole shot from which nothing is cut off: the beginning of a fade looks like nothing."""

Alike = Sequence[tuple[float, float]]
"""Query time and correlation, -1 to 1, of frames laid over found ones; NaN where both are flat."""


def agreeing_stretch(shot: Shot, laid: Laid, seen: Alike) -> tuple[float, float]:
    """Return the longest stretch whose frames agree, or more if what moves in it agrees as a whole."""
    stretch, met = _alike(shot, seen), laid.placing.met(laid.placed)
    if met is None:
        return stretch
    longer = min(met[0], stretch[0]), max(met[1], stretch[1])
    contrast = laid.placing.contrast(laid.placed, longer) if longer != stretch else None
    return longer if contrast is not None and contrast >= WHOLLY_MOVES_ALIKE else stretch


def usual_likeness(seen: Alike) -> float:
    """Return that of most frames; 0 if none shows enough."""
    values = [likeness for _, likeness in seen if not np.isnan(likeness)]
    return float(np.median(values)) if values else 0.0


def _alike(shot: Shot, seen: Alike) -> tuple[float, float]:
    """Return the longest stretch of the shot whose frames agree; flat ones neither do nor do not."""
    times, values = np.array(seen, np.float64).reshape(-1, 2).T
    known = ~np.isnan(values)
    alike = values >= STILL_ALIKE * np.quantile(values[known], 0.75) if known.any() else known
    at = np.flatnonzero(alike)
    if not len(at):
        return shot.start, shot.end
    unlike, unseen = known & ~alike, np.diff(times, prepend=times[0]) > UNSEEN
    disagree = (np.diff(unlike.cumsum()[at]) > 0) & (np.diff(times[at]) > GAP)
    apart = disagree | (np.diff(unseen.cumsum()[at]) > 0)
    run = max(np.split(at, np.flatnonzero(apart) + 1), key=len)
    first, last = float(times[run[0]]), float(times[run[-1]])
    spacing = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    start = first if first - times[known][0] > SHORTEST_CUT else shot.start
    end = last + spacing if times[known][-1] - last > SHORTEST_CUT else shot.end
    return start, end
