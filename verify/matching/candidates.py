"""Chooses the stored views that deserve a closer look.

Every pair of alike keypoints votes for its view, for plain or mirrored (and for a negative), and for a
turn and a change of scale: the pairs of a true copy agree on all of them, chance pairs on none. Codes that
many unrelated items have nearly equally near say little and weigh less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from verify.fingerprints import local_features
from verify.matching.feature_index import FeatureIndex, Hits
from verify.matching.geometry import Side

VOTE_BITS: Final = 32
"""Pairs farther apart than this do not vote."""
EVERY: Final = 2
"""One in so many keypoints of a query votes; all of them are used for the proof."""
TURN_BINS: Final = 8
OCTAVE_BINS: Final = 16
"""One for each doubling of the scale; more doublings than that do not occur."""
FAINT: Final = 0.05
CHANCE: Final = 1.6
CHANCE_ITEM: Final = 10
"""Views with less than this share of the most votes are left out if, too, they have less than so many times
those of the tenth item, which has hardly ever more than chance gives."""
Order = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variant:
    """The query as it is, mirrored, or as a negative."""

    side: Side
    mirrored: bool
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A stored view that the votes point to."""

    view: int
    variant: int
    votes: float


def variants(side: Side, width: float, *, negated: bool = False) -> tuple[Variant, ...]:
    """Return the query plain and mirrored; `width` in units of its longest side."""
    if negated:
        side = Side(
            codes=local_features.reordered(side.codes, local_features.NEGATED),
            places=side.places + np.array([0, 0, 0, np.pi]),
        )
    turned = Variant(side=side.mirrored(width, local_features.MIRRORED), mirrored=True, negated=negated)
    return (Variant(side=side, mirrored=False, negated=negated), turned)


def candidates(index: FeatureIndex, asked: Sequence[Variant], item_of: NDArray[np.int64]) -> list[Candidate]:
    """Return the views that got more votes than chance gives, most votes first; each with its best variant.

    `item_of` says for every view's number which item it belongs to.
    """
    best: dict[int, Candidate] = {}
    for number, variant in enumerate(asked):
        hits = index.search(variant.side.codes[::EVERY], VOTE_BITS)
        views, votes = _votes(variant.side, hits, item_of)
        for view, weight in zip(views.tolist(), votes.tolist(), strict=True):
            if view not in best or weight > best[view].votes:
                best[view] = Candidate(view=view, variant=number, votes=weight)
    return _above_chance(sorted(best.values(), key=lambda c: (-c.votes, c.view)), item_of)


def _above_chance(ranked: list[Candidate], item_of: NDArray[np.int64]) -> list[Candidate]:
    """Cut the list where it gets hopeless: laying a view over the query costs as much as a thousand votes."""
    items: set[int] = set()
    for candidate in ranked:
        items.add(int(item_of[candidate.view]))
        if len(items) == CHANCE_ITEM:
            floor = min(ranked[0].votes * FAINT, candidate.votes * CHANCE)
            return [one for one in ranked if one.votes >= floor]
    return ranked


def _votes(
    side: Side, hits: Hits, item_of: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the best bin of every view that was hit."""
    if not len(hits.view):
        return hits.view, np.zeros(0)
    asked, stored = side.places[::EVERY][hits.query], local_features.unpacked(hits.place)
    weight = _weights(hits, item_of)
    turn = (asked[:, 3] - stored[:, 3]) / (2 * np.pi) * TURN_BINS
    octave = np.log2(asked[:, 2] / stored[:, 2])
    views, place = np.unique(hits.view, return_inverse=True)
    tallies = [
        _tally(place, np.floor(turn + a), np.floor(octave + b), weight, len(views))
        for a in (0, 0.5)
        for b in (0, 0.5)
    ]
    return views, np.max(tallies, axis=0)


def _tally(
    place: NDArray[np.int64],
    turn: NDArray[np.float64],
    octave: NDArray[np.float64],
    weight: NDArray[np.float64],
    count: int,
) -> NDArray[np.float64]:
    """Return the heaviest bin of each view under one placing of the bins."""
    bins = turn.astype(np.int64) % TURN_BINS * OCTAVE_BINS + octave.astype(np.int64) % OCTAVE_BINS
    sums = np.bincount(place * (TURN_BINS * OCTAVE_BINS) + bins, weight, count * TURN_BINS * OCTAVE_BINS)
    return np.asarray(sums.reshape(count, -1).max(axis=1))


def _weights(hits: Hits, item_of: NDArray[np.int64]) -> NDArray[np.float64]:
    """Near codes weigh more; a code that several items have weighs less for each of them."""
    pairs = np.unique(np.stack([hits.query, item_of[hits.view]]), axis=1)[0]
    items = np.bincount(pairs, minlength=int(hits.query.max()) + 1)[hits.query]
    return (1 - hits.bits / (VOTE_BITS + 2)) ** 2 / items
