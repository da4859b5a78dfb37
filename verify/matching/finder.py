"""Finds copies of a query among many items, by their views.

Stills and videos go one way: a still is a video with one view at time 0. Keypoints and fingerprints name
candidates, each candidate is laid over the query, and what agrees is judged. Nothing is drawn at random
and ties are broken by order, so the same items and the same query always give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.matching.agreement import OVERLAY_SIDE, shown_in_query
from verify.matching.candidates import Candidate, candidates
from verify.matching.claims import ACCEPT_SCORE
from verify.matching.feature_index import FeatureIndex
from verify.matching.growing import GrowingArray
from verify.matching.hamming import PdqTable
from verify.matching.judgement import Judgement, judge, under_overlay
from verify.matching.pairs import (
    AskedView,
    ViewPair,
    between_pictures,
    by_fingerprint,
    by_keypoints,
    features_of,
    settled,
    variants_asked,
)
from verify.records import View

LOOKED_AT: Final = 10
"""Candidate items by keypoints that are laid over one view of the query."""
LOOKED_AT_BY_HASH: Final = 5
PDQ_LOOK_BITS: Final = 84
"""Fingerprints this near are worth laying over; 31 is the field's limit for a match by itself."""

VIEWS_OF_EACH: Final = 3
"""Views of one video that are laid over one view of the query."""
SETTLED_FROM: Final = 0.02
"""Score from which a pairing is worth fitting to the pictures themselves."""
PROVEN: Final = 0.05
"""By so much less may a transform from keypoints agree and still win over one from fingerprints."""
SHARED_BY: Final = 3
SHARED_AMONG: Final = 0.5
"""So many items that agree at a place of the frame, and not elsewhere, make it an overlay, if they are so
large a part of those that agree in part: unrelated pictures agree at one place in eight."""
OVERLAY_PLACES: Final = 8
"""Agreeing places below which a pairing says nothing about overlays."""


cv2.setNumThreads(1)  # as faiss in `feature_index`: on pictures this small more threads would only wait

ViewSource = Callable[[Sequence[int]], list[View]]
"""Fetches views by their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoundItem:
    """One stored item and its views."""

    key: str
    first: int
    """Number of its first view."""
    count: int
    duration: float | None
    """Seconds; None for a still."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairing:
    """A view of the query over one stored view."""

    item: FoundItem
    view: View
    asked: AskedView
    pair: ViewPair
    judgement: Judgement

    @property
    def strength(self) -> tuple[float, float]:
        """What makes it the best of several of one item: accepted first, then most of both pictures shown.

        Of two moments of a moving camera the nearer one overlaps more; its transform is the edit's own.
        """
        seen = self.pair.agreement
        proven = PROVEN if self.pair.inliers is not None else 0.0
        return (
            min(self.judgement.score, ACCEPT_SCORE),
            seen.query_area + seen.found_area + seen.overlap_share + seen.correlation + proven,
        )


class CopyFinder:
    """The views of many items, searchable.

    Views live in memory unless `views_at` fetches them by number from elsewhere; the index always does.
    """

    def __init__(self, views_at: ViewSource | None = None, index: FeatureIndex | None = None) -> None:
        self._index = index or FeatureIndex()
        self._fingerprints = PdqTable()
        self._views: list[View] = []
        self._views_at = views_at or self._kept_views
        self._keys: list[str] = []
        self._durations = GrowingArray(np.zeros(0))
        """Of each item; not a number for a still."""
        self._starts = GrowingArray(np.zeros(1, np.int64))
        """The number of the first view of each item, and at the end how many views there are."""
        self._item_of = GrowingArray(np.zeros(0, np.int64))
        """The number of the item of each view."""

    def add(self, key: str, views: Sequence[View], duration: float | None = None) -> None:
        """Append one item; its views must have features. Their numbers go up by one from 0."""
        self._index.add([features_of(view) for view in views])
        self._views.extend(views)
        pdq = b"".join(bytes.fromhex(view.fingerprints.pdq.hex) for view in views)
        self.register([(key, len(views), duration)], pdq)

    def register(self, items: Sequence[tuple[str, int, float | None]], pdq: bytes) -> None:
        """Append items (key, number of views, duration) whose keypoints are in the index already.

        `pdq` has the fingerprints of all their views, 32 bytes each.
        """
        counts = np.array([count for _, count, _ in items], np.int64)
        self._item_of.append(np.repeat(np.arange(len(items)) + len(self._keys), counts))
        self._starts.append(self._starts.rows[-1] + np.cumsum(counts))
        self._keys.extend(key for key, _, _ in items)
        self._durations.append(np.array([np.nan if one is None else one for _, _, one in items]))
        self._fingerprints.add(pdq)

    @property
    def index(self) -> FeatureIndex:
        """The index over all codes."""
        return self._index

    def home_of(self, number: int) -> tuple[int, int]:
        """Return the number of the item that a view belongs to, and the view's number within it."""
        item = int(self._item_of.rows[number])
        return item, number - int(self._starts.rows[item])

    def views_of(self, item: FoundItem) -> list[View]:
        """All views of an item in order of time."""
        return self._views_at(range(item.first, item.first + item.count))

    def pairings(self, asked: AskedView) -> list[Pairing]:
        """Lay the best candidates over one view of the query; the best pairing of each item, best first.

        Where several items agree with the query at the same place of the frame and nowhere else, that place
        is an overlay: the question is put again without it. The negative is only tried where the picture
        itself finds nothing.
        """
        found = self._best_of_items(self._by_hash(asked), self._by_features(asked, negated=False))
        overlay = shared_overlay(found)
        if overlay is not None:
            bare = AskedView.of(asked.view, overlay)
            found = self._best_of_items(self._by_hash(bare), self._by_features(bare, negated=False))
        if not any(pairing.judgement.score >= ACCEPT_SCORE for pairing in found):
            found = self._best_of_items(found, self._by_features(asked, negated=True))
        return found

    def _best_of_items(self, *groups: Sequence[Pairing] | Iterator[Pairing]) -> list[Pairing]:
        best: dict[str, Pairing] = {}
        for group in groups:
            for pairing in group:
                held = best.get(pairing.item.key)
                if held is None or pairing.strength > held.strength:
                    best[pairing.item.key] = pairing
        return sorted(best.values(), key=lambda pairing: (-pairing.judgement.score, pairing.item.key))

    def _by_hash(self, asked: AskedView) -> Iterator[Pairing]:
        near = self._fingerprints.nearest(asked.view.fingerprints, PDQ_LOOK_BITS, LOOKED_AT_BY_HASH)
        for one, view in zip(near, self._views_at([one.number for one in near]), strict=True):
            pair = by_fingerprint(asked, view, one.form, negated=one.negated)
            yield paired(self._item(one.number), view, asked, pair)

    def _by_features(self, asked: AskedView, *, negated: bool) -> Iterator[Pairing]:
        variants = variants_asked(asked, negated=negated)
        few = self._few_of_each_item(candidates(self._index, variants, self._item_of.rows))
        views = self._views_at([candidate.view for candidate in few])
        for candidate, view in zip(few, views, strict=True):
            for pair in by_keypoints(asked, view, variants[candidate.variant]):
                yield paired(self._item(candidate.view), view, asked, pair)

    def _kept_views(self, numbers: Sequence[int]) -> list[View]:
        return [self._views[number] for number in numbers]

    def _few_of_each_item(self, ranked: Sequence[Candidate]) -> list[Candidate]:
        chosen: dict[int, list[Candidate]] = {}
        for candidate in ranked:
            item = int(self._item_of.rows[candidate.view])
            if item not in chosen and len(chosen) == LOOKED_AT:
                break
            of_item = chosen.setdefault(item, [])
            if len(of_item) < VIEWS_OF_EACH:
                of_item.append(candidate)
        return [candidate for of_item in chosen.values() for candidate in of_item]

    def _item(self, number: int) -> FoundItem:
        """Return the item that a view belongs to."""
        item = int(self._item_of.rows[number])
        first, end = self._starts.rows[item : item + 2].tolist()
        duration = float(self._durations.rows[item])
        known = None if np.isnan(duration) else duration
        return FoundItem(key=self._keys[item], first=first, count=end - first, duration=known)


def paired(item: FoundItem, view: View, asked: AskedView, pair: ViewPair) -> Pairing:
    """Judge a view of the query over one of an item, and fit it to the pictures if it may be a copy."""
    judgement = judge(pair, asked, view)
    if judgement.score >= SETTLED_FROM:
        pair = settled(pair, asked, view)
        judgement = judge(pair, asked, view)
    return Pairing(item=item, view=view, asked=asked, pair=pair, judgement=judgement)


def shared_overlay(found: Sequence[Pairing]) -> NDArray[np.bool_] | None:
    """Map the places of the query where several items agree that do not agree with the rest of it."""
    partial = [
        p
        for p in found
        if p.pair.agreement.places >= OVERLAY_PLACES and under_overlay(p.pair, p.asked, p.view)
    ]
    if len(partial) < SHARED_BY:
        return None
    count = np.zeros((OVERLAY_SIDE, OVERLAY_SIDE), np.int64)
    for pairing in partial:
        pair, asked = pairing.pair, pairing.asked
        matrix = between_pictures(pair.matrix, asked, pairing.view)
        count += shown_in_query(pair.agreement.agrees, matrix, asked.picture.shape)
    shared = (count >= max(SHARED_BY, len(partial) * SHARED_AMONG)).astype(np.uint8)
    return np.asarray(cv2.dilate(shared, np.ones((3, 3), np.uint8)) > 0) if shared.any() else None
