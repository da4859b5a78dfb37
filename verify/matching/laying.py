"""Lays one shot of a query over the stretch of found footage that it resembles, by many frames of both.

First around the pair of views that led there. Where what moves agrees nowhere near, the offsets further away
are compared: of a camera that stands still, views far apart in time may look most alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from verify.fingerprints import local_features
from verify.matching.alignment import TimedPicture
from verify.matching.claims import ACCEPT_SCORE
from verify.matching.drift import drift, steadied
from verify.matching.finder import Pairing
from verify.matching.nearest_frame import FoundFrameSource
from verify.matching.pairs import between_frames, features_of, whole_over_whole
from verify.matching.placing import EVER, Footage, Placed, Placing
from verify.matching.search import best_line, best_offset, settled
from verify.records import View

Shape = tuple[int, ...]
"""Rows and columns."""

UNCUT: Final = (0.0, np.inf)
"""Where the one shot of uncut footage lies."""
REACH: Final = 2.0
"""Seconds around a guess that are searched: views are a second apart, and a pan may hide as much again."""
FURTHER: Final = 15.0
"""Seconds around the pair in which offsets are compared where what moves does not surely agree."""
SURELY_PLACED: Final = 0.95
"""Contrast from which nothing else is tried."""
SURELY_PLACED_AT_OTHER_SPEED: Final = 0.98
"""The same of a line with another speed than 1: bottles on a belt reach 0.95 along the line of others."""
ONE_LINE: Final = 0.4
"""Seconds by which two neighbouring shots may leave one line in time and still be one segment."""
MOST_FRAMES: Final = 900
"""Frames of a shot that are laid over found ones, evenly taken: half a minute in full."""
AGREES_STEADIED: Final = 0.88
"""Contrast from which a shot that was steadied is placed."""
ROUNDS: Final = 2
"""So many times is a movement of the edit measured."""
CLOSER: Final = 2.0
"""So many times larger, along each side, may found frames be compared than as views."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Laid:
    """One shot over one stretch of found footage, and where it was placed."""

    placing: Placing
    placed: Placed
    found: Sequence[TimedPicture]
    """The frames it was laid over, in full."""

    @property
    def holds(self) -> bool:
        """Whether what moves surely agrees, or nothing does move."""
        contrast = self.placing.contrast(self.placed, EVER)
        least = SURELY_PLACED if self.placed.speed == 1 else SURELY_PLACED_AT_OTHER_SPEED
        return contrast is None or contrast >= least

    @property
    def agrees_steadied(self) -> bool:
        """Whether what moves besides the picture agrees, which no other moment does, or nothing moves."""
        contrast = self.placing.contrast(self.placed, EVER)
        return contrast is None or contrast >= AGREES_STEADIED


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Laying:
    """A shot of a query beside the item that one of its views resembles."""

    pairing: Pairing
    views: Sequence[View]
    """All of the item."""
    query: Footage
    found_frames: FoundFrameSource
    steadied: bool = False
    """Whether a movement of the edit over the picture was undone in the query's frames (`drift.py`)."""

    @property
    def around(self) -> float:
        """The query time of the pair of views."""
        return float(self.pairing.asked.view.time)

    def best(self, guesses: Sequence[Placed]) -> Laid | None:
        """Return the best line near any of the guesses, or further away; None if nothing moves near them."""
        best = self._best(guesses)
        if best is None or best.holds or self.pairing.judgement.score < ACCEPT_SCORE:
            return best
        return self._steadied(guesses[0]) or best

    def _best(self, guesses: Sequence[Placed]) -> Laid | None:
        near = [laid for guess in guesses for laid in self._near(guess, self._shape)]
        best = max(near, key=_worth, default=None)
        if best is None:
            return None
        if not best.holds and self.pairing.judgement.score >= ACCEPT_SCORE:
            best = max([best, *self._further(guesses[0], best)], key=_worth)
        return best if self._larger == self._shape else self._closer(guesses, best)

    def _steadied(self, guess: Placed) -> Laid | None:
        """Place the shot without the movement of an edit over the picture; None if it does not agree so.

        The line that it has so tells the movement better than the pair's, if what is filmed moves as well.
        """
        for _ in range(ROUNDS):
            found = self._found(guess, REACH)
            if min(len(self.query.times), len(found)) < 2:
                return None
            own = self._on_frames(guess, self._shape)[0]
            drifting = drift(self._placing(Footage.of(found, self._shape), own, EVER), own, self.around)
            steady = steadied(self.query, drifting) if drifting and drifting.moves(self.query.times) else None
            if steady is None:
                return None
            query, to_shared = steady
            shown = replace(guess, matrix=to_shared @ guess.matrix)
            laid = replace(self, query=query, steadied=True)._best([shown])
            if laid is None or laid.agrees_steadied:
                return laid
            guess = replace(guess, start=laid.placed.start, speed=laid.placed.speed)
        return None

    def _near(self, guess: Placed, shape: Shape) -> list[Laid]:
        """Place the shot within the found shot, and across its cuts where the query may go on.

        Found frames are compared at this size.
        """
        found = self._found(guess, REACH)
        if min(len(self.query.times), len(found)) < 2:
            return []
        guesses = self._on_frames(guess, shape)
        bounds, footage = _shot_around(self.views, guess.at(self.around)), Footage.of(found, shape)
        within = self._placing(footage, guesses[0], bounds)
        tried = self._along_best(within, guesses, found)
        if self._may_go_on(tried, bounds):
            tried += self._along_best(self._placing(footage, guesses[0], EVER), guesses, found)
        return tried

    def _along_best(
        self, placing: Placing, guesses: Sequence[Placed], found: Sequence[TimedPicture]
    ) -> list[Laid]:
        placed = best_line(placing, guesses, self.around, REACH)
        return [] if placed is None else [Laid(placing=placing, placed=placed, found=found)]

    def _further(self, guess: Placed, best: Laid) -> list[Laid]:
        """Place the shot around the offset at which it agrees best, if that is better than the best line."""
        found = self._found(guess, FURTHER)
        if len(found) < 2:  # a longer stretch may be one that cannot be decoded
            return []
        own, footage = self._on_frames(guess, self._shape)[0], Footage.of(found, self._shape)
        offset = best_offset(self._placing(footage, own, EVER), own, self.around, FURTHER)
        if offset is None or offset.worth <= best.placed.worth:
            return []
        return self._near(replace(guess, start=offset.start), self._shape)

    def _closer(self, guesses: Sequence[Placed], laid: Laid) -> Laid:
        """Lay a crop once more over larger pictures, of which it has more pixels, if it agrees better so.

        The search goes better with small ones, where what is far off still overlaps; where it found nothing
        that surely agrees, it is repeated: of half a split screen small pictures hold too little.
        """
        tried = [laid]
        if laid.placed.contrast is not None:
            footage = Footage.of(laid.found, self._larger)
            placing = laid.placing.over(self.query, footage, laid.placed.matrix)
            tried.append(replace(laid, placing=placing, placed=settled(placing, laid.placed, self.around)))
        if self.pairing.judgement.score >= ACCEPT_SCORE and not any(one.holds for one in tried):
            tried += [one for guess in guesses for one in self._near(guess, self._larger)]
        return max(tried, key=lambda one: one.placing.contrast(one.placed, EVER) or 0.0)

    def _placing(self, found: Footage, guess: Placed, between: tuple[float, float]) -> Placing:
        sign = -1 if self.pairing.pair.negated else 1
        return Placing(self.query, found, guess.matrix, sign=sign, between=between, steadied=self.steadied)

    def _on_frames(self, guess: Placed, shape: Shape) -> list[Placed]:
        """Return the guess with its transform between frames, and with whole over whole if that is near."""
        pair, asked, view = self.pairing.pair, self.pairing.asked, self.pairing.view
        shapes = self.query.pictures.shape[1:], shape
        matrices = (guess.matrix, whole_over_whole(pair, asked, view))
        return [
            replace(guess, matrix=between_frames(matrix, asked, view, shapes))
            for matrix in matrices
            if matrix is not None
        ]

    @property
    def _shape(self) -> Shape:
        return local_features.picture_of(features_of(self.pairing.view)).shape

    @property
    def _larger(self) -> Shape:
        """Rows and columns of which a crop shows as many as a whole picture does of `_shape`."""
        larger = min(self.pairing.pair.agreement.found_area**-0.5, CLOSER)
        return tuple(round(side * larger) for side in self._shape)

    def _found(self, guess: Placed, reach: float) -> Sequence[TimedPicture]:
        low, high = (guess.at(float(self.query.times[end])) for end in (0, -1))
        return self.found_frames(self.pairing.item.key, max(low - reach, 0.0), high + reach)

    def _may_go_on(self, within: Sequence[Laid], bounds: tuple[float, float]) -> bool:
        """Say whether the query may show more than one shot of the footage, the cut between unnoticed."""
        if bounds == UNCUT:
            return False
        if not within or not within[0].holds or within[0].placed.contrast is None:
            return True
        first, last = (within[0].placed.at(float(self.query.times[end])) for end in (0, -1))
        return first < bounds[0] - ONE_LINE or last > bounds[1] + ONE_LINE


def evenly_taken(query: Sequence[TimedPicture]) -> Sequence[TimedPicture]:
    """Return at most `MOST_FRAMES` frames of a shot; the found side has them all."""
    return query[:: -(-len(query) // MOST_FRAMES) or 1]


def _worth(laid: Laid) -> float:
    return laid.placed.worth


def _shot_around(views: Sequence[View], time: float) -> tuple[float, float]:
    """Return the cuts before and after a time."""
    cuts = [float(view.time) for view in views if view.starts_shot]
    before = [cut for cut in cuts if cut <= time]
    after = [cut for cut in cuts if cut > time]
    return max(before, default=UNCUT[0]), min(after, default=UNCUT[1])
