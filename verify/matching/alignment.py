"""Says when in the found footage a stretch of the query sits, and at what speed.

The sampled frames of both sides are laid over each other by the transform of the pair, and the mean of
each side is taken away: what stays the same (background, caption, logo) says nothing about time, what
moves says all. In a true copy the moving parts agree along one line in time and nowhere else. From the
same tripod at another moment they agree along none: that is the contrast that tells the two apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from verify.matching.agreement import laid_over
from verify.matching.geometry import Matrix

SPEEDS: Final = np.unique(np.round(np.concatenate([np.geomspace(0.45, 2.2, 65), [1.0]]), 4))
"""Playback speeds tried, about 2.5 % apart."""
OFFSET_STEP: Final = 0.04
"""Seconds between the offsets tried."""
MOVES: Final = 3.0
"""Grey levels of root mean square change of a frame from the mean, below which nothing moves."""
MOST_TRIED: Final = 1_000_000
"""Offsets times found frames that are looked at for one speed: a file that claims to last for
years must not cost hours. Longer stretches are tried in larger steps."""
COARSEST_STEP: Final = 0.5
"""Seconds; half of what lies between two samples. What would need larger steps is not tried."""
SPEED_PRIOR: Final = 0.1
"""Another speed than 1 must agree by so much better, and as much again for each doubling or halving. With
0.03 a piece of `samples/` was told to play at 0.74; those of the tests that do play faster pass with 0.15."""
CARRY_SPEED: Final = 6
"""Found frames that another speed than 1 must rest on: fewer agree along slanted lines too."""
SHOWN_PRIOR: Final = 0.15
"""What it is worth that the whole query lies within the found footage."""
MARGIN: Final = 1.1
"""Seconds between two samples of the found footage, and a little."""
ROUNDS: Final = 2
"""The mean is first that of all found frames, then only of those that the first line covers."""
STILL_SHARE: Final = 0.5
"""So many of the found frames must move for the contrast to be known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimedPicture:
    """A small grey picture of one frame."""

    time: float
    """Seconds."""
    picture: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """found time = start + speed x query time."""

    start: float
    speed: float
    contrast: float | None
    """Correlation of the moving parts along the line, -1 to 1; None if nothing moves."""
    frames: int
    """Found frames that the line rests on."""

    def at(self, time: float) -> float:
        """Found time at a time of the query."""
        return self.start + self.speed * time


def align(
    query: Sequence[TimedPicture],
    found: Sequence[TimedPicture],
    matrix: Matrix,
    region: tuple[float, float, float, float],
    *,
    sign: int = 1,
) -> Line | None:
    """Return the line in time along which the moving parts agree best.

    Both sides are in order of time; `matrix` and `region` are those of a proven pair of views. None if
    either side has fewer than two frames or nothing of the found ones moves.
    """
    line = None
    found = [frame for frame in found if frame.picture.shape == found[0].picture.shape]  # sides may change
    for _ in range(ROUNDS):
        if min(len(query), len(found)) < 2:
            return line
        asked, stored, moving = _changes(query, found, matrix, region)
        if moving.sum() < 2 or moving.mean() < STILL_SHARE:
            return line
        alike = sign * asked @ stored[moving].T / asked.shape[1]
        times = np.array([frame.time for frame in found])[moving]
        line = _best_line(np.array([frame.time for frame in query]), times, alike) or line
        if line is not None:
            found = _covered(found, line, query[0].time, query[-1].time)
    return line


def _covered(found: Sequence[TimedPicture], line: Line, first: float, last: float) -> list[TimedPicture]:
    """Return the found frames along the line, and one beyond each end."""
    low, high = line.start + line.speed * first - MARGIN, line.start + line.speed * last + MARGIN
    return [frame for frame in found if low <= frame.time <= high]


def _changes(
    query: Sequence[TimedPicture],
    found: Sequence[TimedPicture],
    matrix: Matrix,
    region: tuple[float, float, float, float],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return what moves in every frame of both sides, normalised, and which found frames move."""
    rows, columns = found[0].picture.shape
    laid = [laid_over(frame.picture, (rows, columns), matrix) for frame in query]
    left, top, right, bottom = region
    cut = np.zeros((rows, columns), np.bool_)
    cut[round(top * rows) : round(bottom * rows), round(left * columns) : round(right * columns)] = True
    kept = cut & laid[0][1]
    asked = np.stack([shown[kept] for shown, _ in laid]).astype(np.float64)
    stored = np.stack([frame.picture[kept] for frame in found]).astype(np.float64)
    asked -= asked.mean(axis=0)
    stored -= stored.mean(axis=0)
    moving = np.sqrt((stored**2).mean(axis=1)) > MOVES
    return _unit(asked), _unit(stored), moving


def _unit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(values / np.maximum(np.sqrt((values**2).mean(axis=1, keepdims=True)), MOVES / 3))


def _best_line(
    asked: NDArray[np.float64], stored: NDArray[np.float64], alike: NDArray[np.float64]
) -> Line | None:
    """Search offsets and speeds; the first of equally good lines wins. None if there are too many to try."""
    best: tuple[float, Line] | None = None
    span = float(stored[-1] - stored[0] + SPEEDS[-1] * (asked[-1] - asked[0]))
    step = max(OFFSET_STEP, span * len(stored) / MOST_TRIED)
    if step > COARSEST_STEP:
        return None
    for speed in SPEEDS.tolist():
        starts = np.arange(stored[0] - speed * asked[-1], stored[-1] - speed * asked[0] + step, step)
        times = (stored - starts[:, None]) / speed
        covered = (times >= asked[0] - OFFSET_STEP) & (times <= asked[-1] + OFFSET_STEP)
        frames = covered.sum(axis=1)
        total = np.where(covered, _between(asked, alike, times), 0).sum(axis=1)
        worth = total / (frames + 0.5) + _prior(asked, stored, starts, speed)
        worth[frames < (2 if speed == 1 else CARRY_SPEED)] = -np.inf
        place = int(worth.argmax())
        if frames[place] >= 2 and (best is None or worth[place] > best[0]):
            line = Line(
                start=float(starts[place]),
                speed=speed,
                contrast=float(total[place] / frames[place]),
                frames=int(frames[place]),
            )
            best = float(worth[place]), line
    at_edge = best is not None and best[1].speed in (SPEEDS[0], SPEEDS[-1])
    return best[1] if best and not at_edge else None


def _prior(
    asked: NDArray[np.float64], stored: NDArray[np.float64], starts: NDArray[np.float64], speed: float
) -> NDArray[np.float64]:
    """Prefer lines that show the whole query, and the speed 1."""
    last = np.minimum(asked[-1], (stored[-1] + MARGIN - starts) / speed)
    first = np.maximum(asked[0], (stored[0] - MARGIN - starts) / speed)
    shown = np.minimum((last - first) / (asked[-1] - asked[0]), 1)
    changed = SPEED_PRIOR * (1 + abs(np.log2(speed))) if speed != 1 else 0.0
    return np.asarray(SHOWN_PRIOR * shown - changed)


def _between(
    asked: NDArray[np.float64], alike: NDArray[np.float64], times: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Agreement at times between the query's frames: lines x found frames."""
    after = np.clip(np.searchsorted(asked, times), 1, len(asked) - 1)
    share = np.clip((times - asked[after - 1]) / (asked[after] - asked[after - 1]), 0, 1)
    columns = np.arange(alike.shape[1])
    return np.asarray(alike[after - 1, columns] * (1 - share) + alike[after, columns] * share)
