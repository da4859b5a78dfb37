"""Places a shot of the query in the found footage: offset, speed and the edit's transform together.

Guesses come from pairs of views and from neighbouring shots. Around each guess offsets are tried, at every
one the transform is fitted to all frames, and the line along which the changes agree best wins; then speeds,
then finer and over longer stretches. Another speed than 1 must earn its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.matching.alignment import Line, TimedPicture
from verify.matching.changes import Overlap, contrast_of_all, lag, overlap, stand_still
from verify.matching.common_transform import Pictures, evened, fitted, reduced
from verify.matching.geometry import Matrix

Order = NDArray[np.int64]
Window = Order
"""Numbers of frames of the query."""
Time = TypeVar("Time", float, NDArray[np.float64])

REACHES: Final = (2.0, 8.0)
"""Seconds around a guess that are searched: views are a second apart, and a pan may hide as much again. Then
further: where a camera stands still, views that are far apart in time look most alike."""
COARSE_STEP: Final = 0.25
FINE_STEP: Final = 0.1
"""Seconds between offsets; frames are a twentieth of a second apart."""
STEPS_ASIDE: Final = 2
SPEEDS: Final = tuple(float(speed) for speed in np.geomspace(0.44, 2.27, 15) if abs(speed - 1) > 0.01)
"""Playback speeds tried besides 1; the first and the last are never accepted."""
SPEED_PRIOR: Final = 0.15
"""By so much better, in units of worth, must another speed than 1 agree."""
SHOWN_PRIOR: Final = 1.5
"""What it is worth that the whole stretch lies within the found footage."""
SURE_CONTRAST: Final = 0.998
"""Agreement at speed 1 from which no other speed is tried: slow scenes reach 0.997 at a tenth off."""
SPEEDS_LOOKED_AT: Final = 4
"""So many of them are laid more finely before the best is chosen: a quarter of a second hides it."""
MOVES_SURELY: Final = 0.9
"""Contrast from which a line counts although the frames around a guess stand still."""
STILL_LIKENESS: Final = 0.8
"""Correlation of evened pictures from which frames that stand still are the same ones."""
FULL_CONTRAST: Final = 0.999
"""More than this is not told apart; the rest goes by Fisher's z, whose spread is the same at any contrast."""
SPANS: Final = (6.0, 24.0, 96.0)
"""Seconds of the query that are placed together, step by step."""
FRAMES: Final = 16
"""Pairs of frames that are compared, evenly taken."""
FEWEST_FRAMES: Final = 3
SLIDES: Final = 4
"""Steps of the fit in time: each halves what is missing, at least."""
MEETS: Final = 0.08
"""Seconds between two frames that are compared with each other."""
EVER: Final = (-np.inf, np.inf)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Footage:
    """Frames of one side in order of time."""

    times: NDArray[np.float64]
    pictures: Pictures

    @classmethod
    def of(cls, frames: Sequence[TimedPicture], shape: tuple[int, ...] | None = None) -> Footage:
        """Take up frames, shrunk to rows x columns if a shape is given."""
        pictures = np.stack([frame.picture for frame in frames]).astype(np.float32)
        if shape is not None:
            size = (shape[1], shape[0])
            pictures = np.stack([cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in pictures])
        return cls(times=np.array([frame.time for frame in frames]), pictures=pictures)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """A line in time with the transform that holds along it."""

    start: float
    speed: float
    """found time = start + speed x query time."""
    matrix: Matrix
    contrast: float | None = None
    worth: float = -np.inf
    frames: int = 1

    @property
    def line(self) -> Line:
        """The line in time alone."""
        return Line(start=self.start, speed=self.speed, contrast=self.contrast, frames=self.frames)

    def at(self, time: Time) -> Time:
        """Found time at a time of the query, or at several."""
        return self.start + self.speed * time

    def turned(self, speed: float, time: float) -> Placed:
        """Return the line of another speed that meets this one at a time of the query."""
        return replace(self, start=self.at(time) - speed * time, speed=speed)


class Placing:
    """One shot of the query over one stretch of found footage."""

    def __init__(
        self, query: Footage, found: Footage, matrix: Matrix, *, sign: int, between: tuple[float, float]
    ) -> None:
        """Take up both sides; the line is sought `between` two found times, those of a shot."""
        self._between = between
        self._query = replace(query, pictures=reduced(query.pictures, found.pictures.shape[1:], matrix))
        self._found = found
        self._even = evened(found.pictures)
        self._slopes = np.gradient(found.pictures, found.times, axis=0).astype(np.float32)
        self._sign = sign

    def best(self, guesses: Sequence[Placed], around: float, reach: float) -> Placed | None:
        """Return the best line within reach of any of the guesses, or None where nothing moves.

        `around` is the query time that is looked at first, `reach` in seconds. Where a guess lays frames that
        stand still over others that do, and look like them, that is the line, its contrast None, unless what
        little moves agrees along another.
        """
        window = self._window(around, SPANS[0])
        moving = self._best_moving(guesses, around, window, reach)
        if moving is not None and (self.contrast(moving, EVER) or 0.0) >= MOVES_SURELY:
            return moving
        still = next((guess for guess in guesses if self._stands_still(guess, window)), None)
        return moving if still is None else replace(still, contrast=None, worth=np.inf)

    def _best_moving(
        self, guesses: Sequence[Placed], around: float, window: Window, reach: float
    ) -> Placed | None:
        scanned = max((self._scanned(guess, window, reach) for guess in guesses), key=_worth)
        if scanned.contrast is None:
            return None
        near = self._aside(scanned, window)
        tried = [near, *guesses] if (near.contrast or 0.0) < SURE_CONTRAST else [near]
        best = max((self._finer(one, window) for one in tried), key=_worth)
        others = self._at_another_speed(near, window) if len(tried) > 1 else []
        return max((self.settled(one, around) for one in (best, *others)), key=_worth)

    def settled(self, placed: Placed, around: float) -> Placed:
        """Return the best line very near a given one, first around a time, then over the whole shot."""
        window = self._window(around, SPANS[0])
        best = self._finer(self._again(placed, window), window)
        for shorter, span in pairwise(SPANS):
            if shorter < np.ptp(self._query.times):
                window = self._window(around, span)
                best = self._finer(self._again(best, window), window)
        return best

    def likeness(self, placed: Placed) -> list[tuple[float, float]]:
        """Query time and correlation, -1 to 1, of every frame that the line meets and that is not flat."""
        asked, stored = self._met(placed, np.arange(len(self._query.times)), EVER)
        seen = self._overlap(asked, stored, placed.matrix)
        if seen is None:
            return []
        rows = zip(self._query.times[asked].tolist(), seen.likeness, seen.flat, strict=True)
        return [(time, likeness) for time, likeness, flat in rows if not flat]

    def contrast(self, placed: Placed, between: tuple[float, float]) -> float | None:
        """Return how well all frames between two times of the query agree in what changes, -1 to 1.

        That of the line as it was sought where too little moves between them; None where nothing does.
        """
        if placed.contrast is None:
            return None
        times = self._query.times
        window = np.flatnonzero((times >= between[0]) & (times <= between[1]))
        asked, stored = self._met(placed, window, self._between)
        if len(asked) < FEWEST_FRAMES:
            return placed.contrast
        pictures, found = self._query.pictures[asked], self._found.pictures[stored]
        contrast = contrast_of_all(pictures, found, placed.matrix, sign=self._sign)
        return placed.contrast if contrast is None else contrast

    def _stands_still(self, placed: Placed, window: Window) -> bool:
        asked, stored = self._met(placed, window, self._between)
        seen = self._overlap(asked, stored, placed.matrix) if len(asked) >= FEWEST_FRAMES else None
        if seen is None or float(np.median(seen.likeness)) < STILL_LIKENESS:
            return False
        pictures, found = self._query.pictures[asked], self._found.pictures[stored]
        return stand_still(pictures, found, placed.matrix, sign=self._sign)

    def _scanned(self, guess: Placed, window: Window, reach: float) -> Placed:
        """Walk away from the guess in both directions, from fit to fit."""
        best = self._again(guess, window)
        for way in (COARSE_STEP, -COARSE_STEP):
            here = guess
            for _ in range(round(reach / COARSE_STEP)):
                here = self._again(replace(here, start=here.start + way), window)
                best = max(best, here, key=_worth)
        return best

    def _at_another_speed(self, placed: Placed, window: Window) -> list[Placed]:
        """Return the best line at another speed, unless that is the slowest or the fastest tried."""
        middle = self._middle(window)
        coarse = [self._nearby(placed.turned(speed, middle), window) for speed in SPEEDS]
        likely = sorted(coarse, key=_worth, reverse=True)[:SPEEDS_LOOKED_AT]
        best = max((self._slid(one, window) for one in likely), key=_worth)
        return [best] if SPEEDS[0] < best.speed < SPEEDS[-1] else []

    def _slid(self, placed: Placed, window: Window) -> Placed:
        """Follow what changes to where it agrees better: in offset, and in speed if that is not 1."""
        middle = self._middle(window)
        for _ in range(SLIDES):
            asked, stored = self._met(placed, window, self._between)
            if len(asked) < FEWEST_FRAMES:
                break
            times = self._query.times[asked]
            later, faster = lag(
                self._sign * self._query.pictures[asked],
                self._found.pictures[stored],
                self._slopes[stored],
                placed.matrix,
                behind=placed.at(times) - self._found.times[stored],
                lever=(times - middle) * (placed.speed != 1),
            )
            turned = placed.turned(placed.speed + faster, middle)
            slid = self._again(replace(turned, start=turned.start + later), window)
            if slid.worth <= placed.worth:
                break
            placed = slid
        return placed

    def _nearby(self, placed: Placed, window: Window) -> Placed:
        steps = (replace(placed, start=placed.start + n * COARSE_STEP) for n in (-1, 0, 1))
        return max((self._again(one, window) for one in steps), key=_worth)

    def _finer(self, placed: Placed, window: Window) -> Placed:
        """Try offsets a few steps aside, and go on from the best."""
        return self._slid(self._aside(placed, window), window)

    def _aside(self, placed: Placed, window: Window) -> Placed:
        steps = range(-STEPS_ASIDE, STEPS_ASIDE + 1)
        aside = (replace(placed, start=placed.start + n * FINE_STEP) for n in steps)
        return max((self._again(one, window) for one in aside), key=_worth)

    def _again(self, placed: Placed, window: Window) -> Placed:
        """Fit the transform along the line and say what it is worth."""
        asked, stored = self._met(placed, window, self._between)
        if len(asked) < FEWEST_FRAMES or not SPEEDS[0] <= placed.speed <= SPEEDS[-1]:
            return replace(placed, worth=-np.inf)
        pictures = self._query.pictures[asked]
        matrix = fitted(pictures, self._even[stored], placed.matrix, sign=self._sign)
        seen = self._overlap(asked, stored, matrix)
        if seen is None or seen.contrast is None:
            return replace(placed, contrast=None, worth=-np.inf)
        shown = min(self._shown(placed, window) / self._possible(window), 1.0)
        agreement = float(np.arctanh(np.clip(seen.contrast, -FULL_CONTRAST, FULL_CONTRAST)))
        worth = agreement + SHOWN_PRIOR * shown - SPEED_PRIOR * (placed.speed != 1)
        return replace(placed, matrix=matrix, contrast=seen.contrast, worth=worth, frames=len(asked))

    def _overlap(self, asked: Order, stored: Order, matrix: Matrix) -> Overlap | None:
        if not len(asked):
            return None
        found, even = self._found.pictures[stored], self._even[stored]
        return overlap(self._query.pictures[asked], found, even, matrix, sign=self._sign)

    def _met(self, placed: Placed, window: Window, between: tuple[float, float]) -> tuple[Order, Order]:
        """Return those frames of the window that meet a found frame on the line, and that frame of each."""
        due, times = placed.start + placed.speed * self._query.times[window], self._found.times
        after = np.clip(np.searchsorted(times, due), 1, len(times) - 1)
        nearest = after - (due - times[after - 1] < times[after] - due)
        met = (np.abs(times[nearest] - due) < MEETS) & (due >= between[0]) & (due < between[1])
        return window[met], nearest[met]

    def _shown(self, placed: Placed, window: Window) -> float:
        """Seconds of the window in which the line lies within the found shot."""
        low, high = self._bounds()
        ends = ((np.array([low, high]) - placed.start) / placed.speed).clip(*self._ends(window))
        return float(ends[1] - ends[0])

    def _possible(self, window: Window) -> float:
        """Seconds of the window that the found shot could show at speed 1."""
        low, high = self._bounds()
        first, last = self._ends(window)
        return max(min(high - low, last - first), MEETS)

    def _bounds(self) -> tuple[float, float]:
        margin = float(np.median(np.diff(self._found.times)))
        low, high = self._found.times[0] - margin, self._found.times[-1] + margin
        return max(self._between[0], float(low)), min(self._between[1], float(high))

    def _ends(self, window: Window) -> tuple[float, float]:
        return float(self._query.times[window[0]]), float(self._query.times[window[-1]])

    def _window(self, around: float, span: float) -> Window:
        times = self._query.times
        first = min(max(around - span / 2, times[0]), max(times[-1] - span, times[0]))
        inside = np.flatnonzero((times >= first) & (times <= first + span))
        return inside[np.linspace(0, len(inside) - 1, min(FRAMES, len(inside))).round().astype(np.int64)]

    def _middle(self, window: Window) -> float:
        return sum(self._ends(window)) / 2


def _worth(placed: Placed) -> float:
    return placed.worth
