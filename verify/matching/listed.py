"""Copies of what a hash list names: by fingerprint alone, for there is no picture to lay over.

The limits are the field's own: a PDQ within 31 bits of a picture that shows something claims a copy
(pdq/README.md, ThreatExchange), anything less is a weak lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from verify.matching.claims import ACCEPT_SCORE, PDQ_MATCH_BITS, PHASH_MATCH_BITS
from verify.matching.hamming import Form, PdqTable
from verify.records import Match, MatchEvidence, Relation, Segment, View

GOOD_QUALITY: Final = 50
"""PDQ quality below which a picture shows little (pdq/README.md). A list that does not say its quality is
taken to hold only good hashes: the field's tools write no others."""

WEAK_SCORE: Final = 0.8
NEAREST: Final = 20
"""Listed hashes that are looked at for one view."""
ASKED_AT_MOST: Final = 200
"""Views of a query that are asked; a long one is asked more thinly."""
WHOLE_SHARE: Final = 0.8
"""Share of the frames from which a video is all there (vpdq/README.md)."""

UPRIGHT: Final = Form(mirrored=False, quarters=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFingerprint:
    """One hash of an item without media."""

    item: str
    time: float | None
    """Seconds; None for a still."""
    pdq: str | None
    quality: int | None
    phash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    """A view of the query that resembles a listed hash."""

    query_time: float
    number: int
    bits: int
    evidence: MatchEvidence
    form: Form
    negated: bool
    firm: bool


class ListedHashes:
    """All listed hashes, searchable; about 300 bytes each in memory."""

    def __init__(self) -> None:
        self._table = PdqTable()
        self._of_pdq: list[int] = []
        self._of_phash: list[int] = []
        self._phashes: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._listed: list[ListedFingerprint] = []
        self._last_times: dict[str, float] = {}

    def add(self, listed: Iterable[ListedFingerprint]) -> None:
        """Append hashes; those of one item come together."""
        pdq, phashes = [], []
        for one in listed:
            if one.pdq is not None:
                self._of_pdq.append(len(self._listed))
                pdq.append(bytes.fromhex(one.pdq))
            elif one.phash is not None:
                self._of_phash.append(len(self._listed))
                phashes.append(int(one.phash, 16))
            if one.time is not None:
                self._last_times[one.item] = max(one.time, self._last_times.get(one.item, 0.0))
            self._listed.append(one)
        self._table.add(b"".join(pdq))
        self._phashes = np.concatenate([self._phashes, np.array(phashes, np.uint64)])

    def matches(self, views: Sequence[View], *, duration: float | None) -> list[Match]:
        """Return the listed items that views of a query resemble, best first.

        `duration` is None for a still.
        """
        every = -(-len(views) // ASKED_AT_MOST) or 1
        asked = views[::every]
        hits: dict[str, list[_Hit]] = {}
        for view in asked if self._listed else ():
            for hit in [*self._by_pdq(view), *self._by_phash(view)]:
                hits.setdefault(self._listed[hit.number].item, []).append(hit)
        found = [self._match(item, some, len(asked), duration) for item, some in hits.items()]
        return sorted(found, key=lambda match: (-match.score, match.distance_bits or 0, match.item))

    def _by_pdq(self, view: View) -> list[_Hit]:
        prints = view.fingerprints
        near = self._table.nearest(prints, PDQ_MATCH_BITS, NEAREST) if self._of_pdq else []
        return [
            _Hit(
                query_time=float(view.time),
                number=self._of_pdq[one.number],
                bits=one.bits,
                evidence="pdq",
                form=one.form,
                negated=one.negated,
                firm=self._firm(prints.pdq.quality, self._of_pdq[one.number]),
            )
            for one in near
        ]

    def _firm(self, quality: int, number: int) -> bool:
        listed = self._listed[number].quality
        return min(quality, 100 if listed is None else listed) >= GOOD_QUALITY

    def _by_phash(self, view: View) -> list[_Hit]:
        bits = np.bitwise_count(self._phashes ^ np.uint64(int(view.fingerprints.phash, 16)))
        near = np.flatnonzero(bits <= PHASH_MATCH_BITS)
        return [
            _Hit(
                query_time=float(view.time),
                number=self._of_phash[number],
                bits=int(bits[number]),
                evidence="phash",
                form=UPRIGHT,
                negated=False,
                firm=False,
            )
            for number in near[np.argsort(bits[near], kind="stable")][:NEAREST].tolist()
        ]

    def _match(self, item: str, hits: Sequence[_Hit], asked: int, duration: float | None) -> Match:
        best = min(hits, key=lambda hit: (not hit.firm, hit.bits, hit.query_time))
        turn = 90.0 * best.form.quarters
        return Match(
            item=item,
            relation=self._relation(item, hits, asked, duration),
            evidence=(best.evidence,),
            score=ACCEPT_SCORE if best.firm else WEAK_SCORE,
            distance_bits=best.bits,
            mirrored=best.form.mirrored,
            rotation_degrees=turn if turn <= 180 else turn - 360,
            segments=(self._segment(hits),),
            note=_note(best),
        )

    def _relation(self, item: str, hits: Sequence[_Hit], asked: int, duration: float | None) -> Relation:
        """Say which side is the larger: by frames, for nothing is known of the place within a picture."""
        query_whole = duration is None or len({hit.query_time for hit in hits}) >= WHOLE_SHARE * asked
        times = [self._listed[hit.number].time for hit in hits]
        still = all(time is None for time in times)
        span = max((time or 0.0) for time in times) - min((time or 0.0) for time in times)
        found_whole = still or span >= WHOLE_SHARE * self._last_times.get(item, 0.0)
        if duration is None:
            return "same-picture" if still else "part-of"
        if not query_whole or still:
            return "contains"
        return "same-picture" if found_whole else "part-of"

    def _segment(self, hits: Sequence[_Hit]) -> Segment:
        """Return the stretch from the first resembling frame to the last one, on both sides."""
        own = [hit.query_time for hit in hits]
        found = [self._listed[hit.number].time or 0.0 for hit in hits]
        return Segment(query_start=min(own), query_end=max(own), found_start=min(found), found_end=max(found))


def _note(best: _Hit) -> str:
    turned = " as a negative" if best.negated else ""
    firm = "" if best.firm else "; too little to claim a copy"
    name = {"pdq": "256 bits of PDQ", "phash": "64 bits of pHash"}[best.evidence]
    return f"Known from a hash list alone{turned}: {best.bits} of {name} differ, no picture to compare{firm}."
