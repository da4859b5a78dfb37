"""One look at a query: which items each of its shots resembles, before anything is placed in time.

A video is asked shot by shot, a few views of each. Two looks at one query, one closer than the other, find
what either does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from verify.matching.finder import CopyFinder, Pairing
from verify.matching.pairs import AskedView
from verify.matching.shot_lines import Shot, shots_of
from verify.records import View

ASKED_A_SHOT: Final = 3
"""Views of one shot of a query that look for candidates."""
ASKED_AT_MOST: Final = 60
"""Views of a whole query that look for candidates; a long query is asked more thinly."""

OfShots = Mapping[float, Pairing]
"""The best pairing of each shot that resembles one item, by the start of the shot."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """The shots of a query, and what they resemble."""

    shots: Sequence[Shot]
    duration: float | None
    """Seconds; None for a still."""
    pairings: Mapping[str, OfShots]
    """By the key of the item."""

    def pairs_with(self, key: str) -> list[tuple[Shot, Pairing]]:
        """Return the shots that resemble an item, in order of time."""
        of_shots = self.pairings[key]
        return [(shot, of_shots[shot.start]) for shot in self.shots if shot.start in of_shots]

    def without(self, key: str) -> Look:
        """Return the look without one item: what is asked about may be in the archive itself."""
        return replace(
            self, pairings={other: self.pairings[other] for other in self.pairings if other != key}
        )

    def joined(self, other: Look) -> Look:
        """Return the better pairings of this look and another at the same query."""
        pairings = dict(self.pairings)
        for key, of_shots in other.pairings.items():
            pairings[key] = _better(pairings.get(key, {}), of_shots)
        return replace(self, pairings=pairings)


def look_for(finder: CopyFinder, views: Sequence[View], *, duration: float | None) -> Look:
    """Ask for candidates, shot by shot; `views` have features and are in order of time."""
    shots = shots_of(views, duration)
    every = -(-len(shots) * ASKED_A_SHOT // ASKED_AT_MOST)
    shots = shots[::every] if every > ASKED_A_SHOT else shots
    pairings: dict[str, OfShots] = {}
    for shot in shots:
        for view in _evenly(shot.views, max(ASKED_A_SHOT // every, 1)):
            for pairing in finder.pairings(AskedView.of(view)):
                held = pairings.get(pairing.item.key, {})
                pairings[pairing.item.key] = _better(held, {shot.start: pairing})
    return Look(shots=shots, duration=duration, pairings=pairings)


def _evenly(views: Sequence[View], most: int) -> list[View]:
    step = max(len(views) / most, 1.0)
    return [views[int((n + 0.5) * step)] for n in range(min(most, len(views)))]


def _better(held: OfShots, others: OfShots) -> OfShots:
    """Return the stronger pairing of each shot; the one that is held of two as strong."""
    best = dict(held)
    for start, pairing in others.items():
        if start not in best or pairing.strength > best[start].strength:
            best[start] = pairing
    return best
