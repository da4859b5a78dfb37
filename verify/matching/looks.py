"""One look at a query: which items each of its shots resembles, before anything is placed in time.

A video is asked shot by shot, a few views of each. Two looks at one query, one closer than the other, find
what either does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final, TypeVar

from verify.matching.claims import ACCEPT_SCORE, WEAK_LEAD_SCORE
from verify.matching.finder import CopyFinder, Pairing
from verify.matching.nearest_frame import FoundFrameSource, nearest_frame
from verify.matching.pairs import AskedView
from verify.matching.shots import Shot, shots_of
from verify.records import View

ASKED_A_SHOT: Final = 3
"""Views of one shot of a query that look for candidates, unless told otherwise."""
ASKED_AT_MOST: Final = 60
"""Views of a whole query that look for candidates; a long query is asked more thinly."""

Of = TypeVar("Of")
"""What a pairing is the best of: an item or a shot."""
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
        """Return the better pairings of this look and another at the same shots."""
        starts = {shot.start for shot in self.shots}
        pairings = dict(self.pairings)
        for key, of_shots in other.pairings.items():
            same = {start: pairing for start, pairing in of_shots.items() if start in starts}
            if same:
                pairings[key] = _better(self.pairings.get(key, {}), same)
        return replace(self, pairings=pairings)


def look_for(
    finder: CopyFinder,
    views: Sequence[View],
    *,
    duration: float | None,
    found_frames: FoundFrameSource | None = None,
    asked_a_shot: int = ASKED_A_SHOT,
) -> Look:
    """Ask for candidates, shot by shot; `views` have features and are in order of time.

    `found_frames` gives the frames of a found video around the view that a shot resembles.
    """
    shots = shots_of(views, duration)
    every = -(-len(shots) * asked_a_shot // ASKED_AT_MOST)
    shots = shots[::every] if every > asked_a_shot else shots
    sure = inf if duration is None else ACCEPT_SCORE  # a clip is fitted along its line later
    pairings: dict[str, dict[float, Pairing]] = {}
    for shot in shots:
        for key, pairing in _asked(finder, shot, max(asked_a_shot // every, 1)).items():
            unsure = pairing.judgement.score < sure
            nearest = nearest_frame(pairing, found_frames) if unsure and found_frames else pairing
            if nearest.judgement.score >= WEAK_LEAD_SCORE:
                pairings.setdefault(key, {})[shot.start] = nearest
    return Look(shots=shots, duration=duration, pairings=pairings)


def _asked(finder: CopyFinder, shot: Shot, most: int) -> dict[str, Pairing]:
    """Return the best pairing of each item over a few views of a shot, evenly taken."""
    step = max(len(shot.views) / most, 1.0)
    chosen = [shot.views[int((n + 0.5) * step)] for n in range(min(most, len(shot.views)))]
    best: dict[str, Pairing] = {}
    for view in chosen:
        found = {pairing.item.key: pairing for pairing in finder.pairings(AskedView.of(view))}
        best = _better(best, found)
    return best


def _better(held: Mapping[Of, Pairing], others: Mapping[Of, Pairing]) -> dict[Of, Pairing]:
    """Return the stronger pairing of each; the one that is held of two as strong."""
    best = dict(held)
    for of, pairing in others.items():
        if of not in best or pairing.strength > best[of].strength:
            best[of] = pairing
    return best
