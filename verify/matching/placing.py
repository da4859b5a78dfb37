"""One shot of the query over one stretch of found footage: how well they agree along a line in time.

A line is an offset and a speed, with the transform of the edit that is fitted to all frames along it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.matching.alignment import Line, TimedPicture
from verify.matching.changes import (
    Overlap,
    contrast_beside_overlay,
    contrast_beyond_camera,
    contrast_of_all,
    contrast_within,
    lag,
    overlap,
    stand_still,
)
from verify.matching.common_transform import FEWEST_PLACES, Pictures, evened, fitted, laid, reduced
from verify.matching.geometry import Matrix

Order = NDArray[np.int64]
Window = Order
"""Numbers of frames of the query."""
Time = TypeVar("Time", float, NDArray[np.float64])

MOST_MEET: Final = 0.75
"""Share of the frames that must meet found ones there."""
SPEEDS: Final = tuple(float(speed) for speed in np.geomspace(0.44, 2.27, 15) if abs(speed - 1) > 0.01)
"""Playback speeds tried besides 1; the first and the last are never accepted."""
SPEED_PRIOR: Final = 0.15
"""By so much better, in units of worth, must another speed than 1 agree."""
SHOWN_PRIOR: Final = 1.5
"""What it is worth that the whole stretch lies within the found footage."""
STILL_LIKENESS: Final = 0.8
"""Correlation of evened pictures from which frames that stand still are the same ones."""
FOLLOWED_LIKENESS: Final = 0.6
"""The same down to which the transform is followed from some frames to the next."""
FULL_CONTRAST: Final = 0.999
"""More than this is not told apart; the rest goes by Fisher's z, whose spread is the same at any contrast."""
FRAMES: Final = 16
"""Pairs of frames that are compared, evenly taken."""
FEWEST_FRAMES: Final = 3
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
        self,
        query: Footage,
        found: Footage,
        matrix: Matrix,
        *,
        sign: int,
        between: tuple[float, float],
        steadied: bool = False,
    ) -> None:
        """Take up both sides; the line is sought `between` two found times, those of a shot.

        Of a query that was `steadied` only what no camera does is movement.
        """
        self._between = between
        self._steadied = steadied
        self._query = replace(query, pictures=reduced(query.pictures, found.pictures.shape[1:], matrix))
        self._found = found
        self._even = evened(found.pictures)
        self._slopes = np.gradient(found.pictures, found.times, axis=0).astype(np.float32)
        self._sign = sign

    @property
    def seconds(self) -> float:
        """How long the shot of the query is."""
        return float(np.ptp(self._query.times))

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns of the found pictures."""
        return self._found.pictures.shape[1:]

    @property
    def query_shape(self) -> tuple[int, ...]:
        """Rows and columns of the query's pictures, as they are compared."""
        return self._query.pictures.shape[1:]

    def over(
        self, query: Footage, found: Footage, matrix: Matrix, between: tuple[float, float] | None = None
    ) -> Placing:
        """Return the same for other frames or pictures of another size, or `between` other found times."""
        return Placing(
            query,
            found,
            matrix,
            sign=self._sign,
            between=between or self._between,
            steadied=self._steadied,
        )

    def window(self, around: float, span: float) -> Window:
        """Return some frames of the query, evenly taken from so many seconds around a time."""
        times = self._query.times
        first = min(max(around - span / 2, times[0]), max(times[-1] - span, times[0]))
        inside = np.flatnonzero((times >= first) & (times <= first + span))
        return inside[np.linspace(0, len(inside) - 1, min(FRAMES, len(inside))).round().astype(np.int64)]

    def middle(self, window: Window) -> float:
        """Return the query time in the middle of a window."""
        return sum(self._ends(window)) / 2

    def fit(self, placed: Placed, window: Window) -> Placed:
        """Fit the transform along the line and say what it is worth."""
        asked, stored = self._met(placed, window, self._between)
        if len(asked) < FEWEST_FRAMES or not SPEEDS[0] <= placed.speed <= SPEEDS[-1]:
            return replace(placed, contrast=None, worth=-np.inf)
        pictures = self._query.pictures[asked]
        matrix = fitted(pictures, self._even[stored], placed.matrix, sign=self._sign)
        seen = self._overlap(asked, stored, matrix)
        if seen is None or seen.contrast is None:
            return replace(placed, contrast=None, worth=-np.inf)
        shown = min(self._shown(placed, window) / self._possible(window), 1.0)
        agreement = float(np.arctanh(np.clip(seen.contrast, -FULL_CONTRAST, FULL_CONTRAST)))
        worth = agreement + SHOWN_PRIOR * shown - SPEED_PRIOR * (placed.speed != 1)
        return replace(placed, matrix=matrix, contrast=seen.contrast, worth=worth, frames=len(asked))

    def sweep(
        self, guess: Placed, window: Window, offsets: Sequence[float], *, least: float
    ) -> list[tuple[float, float]]:
        """Return how well what changes agrees at offsets from a guess, its transform left as it is.

        Pairs of contrast, -1 to 1, and offset, for those at which most of the frames meet found ones; where
        no more than the least changes, in grey levels, the contrast is 0.
        """
        shown, inside = laid(self._query.pictures[window], self.shape, guess.matrix)
        if inside.sum() < FEWEST_PLACES:
            return []
        agreed = []
        for offset in offsets:
            asked, stored = self._met(replace(guess, start=guess.start + offset), window, self._between)
            if len(asked) >= max(FEWEST_FRAMES, len(window) * MOST_MEET):
                frames, found = np.searchsorted(window, asked), self._found.pictures[stored]
                contrast = contrast_within(shown[frames], found, inside, least=least)
                agreed.append((self._sign * contrast, offset))
        return agreed

    def lag(self, placed: Placed, window: Window, middle: float) -> tuple[float, float] | None:
        """Return by how many seconds the line must move to fit better, and by how much its speed if not 1.

        The speed turns around the `middle`, a time of the query; None if too few frames meet.
        """
        asked, stored = self._met(placed, window, self._between)
        if len(asked) < FEWEST_FRAMES:
            return None
        times = self._query.times[asked]
        return lag(
            self._sign * self._query.pictures[asked],
            self._found.pictures[stored],
            self._slopes[stored],
            placed.matrix,
            behind=placed.at(times) - self._found.times[stored],
            lever=(times - middle) * (placed.speed != 1),
        )

    def transform(self, placed: Placed, first: float, last: float) -> Matrix | None:
        """Fit the transform to the frames between two times of the query; None if they are not alike."""
        asked, stored = self._met_between(placed, (first, last))
        if not len(asked):
            return None
        matrix = fitted(self._query.pictures[asked], self._even[stored], placed.matrix, sign=self._sign)
        seen = self._overlap(asked, stored, matrix)
        return matrix if seen and float(np.median(seen.likeness)) >= FOLLOWED_LIKENESS else None

    def likeness(self, placed: Placed) -> list[tuple[float, float]]:
        """Query time and correlation, -1 to 1, of the frames that the line meets; NaN where both are flat."""
        asked, stored = self._met(placed, np.arange(len(self._query.times)), EVER)
        seen = self._overlap(asked, stored, placed.matrix)
        if seen is None:
            return []
        rows = zip(self._query.times[asked].tolist(), seen.likeness, seen.flat, strict=True)
        return [(time, np.nan if flat else likeness) for time, likeness, flat in rows]

    def met(self, placed: Placed) -> tuple[float, float] | None:
        """Return the first and the last query time at which the line meets the found shot."""
        asked, _ = self._met(placed, np.arange(len(self._query.times)), self._between)
        times = self._query.times[asked]
        return (float(times[0]), float(times[-1])) if len(times) else None

    def contrast(self, placed: Placed, between: tuple[float, float]) -> float | None:
        """Return how well all frames between two times of the query agree in what changes, -1 to 1.

        That of the line as it was sought where too little moves between them; None where nothing does.
        """
        asked, stored = self._met_between(placed, between)
        if placed.contrast is None or len(asked) < FEWEST_FRAMES:
            return placed.contrast
        pictures, found = self._query.pictures[asked], self._found.pictures[stored]
        measured = contrast_beyond_camera if self._steadied else contrast_of_all
        contrast = measured(pictures, found, placed.matrix, sign=self._sign)
        return placed.contrast if contrast is None else contrast

    def contrast_beside_overlay(self, placed: Placed, between: tuple[float, float]) -> float | None:
        """Return the same of what lies beside something that moves over it; None if that is too little.

        None of a query that was steadied, too: what the camera does would count.
        """
        asked, stored = self._met_between(placed, between)
        if self._steadied or len(asked) < FEWEST_FRAMES:
            return None
        pictures, found = self._query.pictures[asked], self._found.pictures[stored]
        return contrast_beside_overlay(pictures, found, placed.matrix, sign=self._sign)

    def stands_still(self, placed: Placed, window: Window) -> bool:
        """Say whether nothing moves along a line, and the frames look alike."""
        asked, stored = self._met(placed, window, self._between)
        seen = self._overlap(asked, stored, placed.matrix) if len(asked) >= FEWEST_FRAMES else None
        if seen is None or float(np.median(seen.likeness)) < STILL_LIKENESS:
            return False
        pictures, found = self._query.pictures[asked], self._found.pictures[stored]
        return stand_still(pictures, found, placed.matrix, sign=self._sign)

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

    def _met_between(self, placed: Placed, between: tuple[float, float]) -> tuple[Order, Order]:
        """Return all frames between two times of the query that meet found ones, and those."""
        times = self._query.times
        window = np.flatnonzero((times >= between[0]) & (times <= between[1]))
        return self._met(placed, window, self._between)

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
