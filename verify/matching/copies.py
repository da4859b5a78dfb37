"""Turns pairings of views into matches: one answer for each found item, with time segments.

Each shot of the query is laid over the item it resembles and aligned in time; shots that continue one line
in time become one segment, so a compilation gives one segment for each piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import cv2
import numpy as np

from verify.matching.claims import PDQ_MATCH_BITS, PHASH_MATCH_BITS, claims_copy
from verify.matching.dissolves import without_dissolves
from verify.matching.finder import CopyFinder, Pairing
from verify.matching.looks import Look
from verify.matching.nearest_frame import FoundFrameSource
from verify.matching.pairs import query_corners, rotation_and_scale
from verify.matching.pieces import OTHER_MOMENT, Piece, joined, pieces_of, read
from verify.matching.reading import Closer
from verify.matching.shots import FrameSource
from verify.records import Match, MatchEvidence, Quad, Relation, Segment

WHOLE_TIME: Final = 0.9
"""Share of a video's length from which it is the whole video."""
AS_SURE: Final = 0.999
"""Scores above it are equal: 7 of 14,718 such pairs were wrong (docs/matching.md)."""


def matches_of(
    finder: CopyFinder,
    look: Look,
    *,
    frames: FrameSource | None = None,
    found_frames: FoundFrameSource | None = None,
    closer: Closer | None = None,
) -> list[Match]:
    """Place what a look found in time, and return how the query relates to every item, best first.

    `frames` gives more frames of a video, which places segments to a fraction of a second; `found_frames`
    those of the found one around the place, which tells the speed; `closer` gives closer views of stills,
    which tell pages of one design apart.
    """
    if frames is not None:
        look = without_dissolves(look, frames)
    matches = []
    for key in look.pairings:
        pieces = pieces_of(finder, look.shots, look.pairs_with(key), (frames, found_frames))
        if closer is not None and look.duration is None:
            pieces = [read(piece, closer) for piece in pieces]
        matches.append(_match(pieces, look.duration))
    return sorted(matches, key=best_first)


def best_first(match: Match) -> tuple[bool, float, float, str]:
    """Order by score, the same bytes first; of two as sure, what shows more of both is nearer the source."""
    quads = (quad for quad in (match.region, match.query_region) if quad is not None)
    shown = sum(cv2.contourArea(np.array(quad, np.float32)) for quad in quads)
    return match.relation != "identical", -_sureness(match), -round(shown, 4), match.item


def best_of_each(found: Iterable[Match]) -> list[Match]:
    """Return one match an item, best first: of two the surer one, or of two as sure that of more time."""
    best: dict[str, Match] = {}
    for match in found:
        if match.item not in best or _tells(match) > _tells(best[match.item]):
            best[match.item] = match
    return sorted(best.values(), key=best_first)


def _tells(match: Match) -> tuple[bool, float, float]:
    seconds = sum(segment.query_end - segment.query_start for segment in match.segments)
    return claims_copy(match.relation, match.score), round(match.score, 2), seconds


def _sureness(match: Match) -> float:
    """Return the score, but none above `AS_SURE`; a copy whose PDQ matches, too, is as sure.

    pHash has a quarter of its bits: cards of one design, with other words on them, match by it.
    """
    by_fingerprint = "pdq" in match.evidence and claims_copy(match.relation, match.score)
    return AS_SURE if by_fingerprint else min(match.score, AS_SURE)


def _match(pieces: list[Piece], duration: float | None) -> Match:
    best = max(pieces, key=_tells_most)
    pairing, pair = best.pairing, best.pairing.pair
    segments = joined([piece for piece in pieces if _belongs(piece, best)])
    turn, scale = rotation_and_scale(pair, pairing.asked, pairing.view)
    corners = query_corners(pair, pairing.asked, pairing.view)
    left, top, right, bottom = pair.agreement.region
    bits = pair.pdq_bits if pair.pdq_bits <= PDQ_MATCH_BITS else None
    return Match(
        item=pairing.item.key,
        relation=_relation(best, segments, duration),
        evidence=_evidence(pairing),
        score=round(best.score, 4),
        distance_bits=bits if bits is not None else _phash_bits(pairing),
        inliers=pair.inliers,
        mirrored=pair.mirrored,
        rotation_degrees=round(turn, 1),
        scale=round(scale, 4),
        region=((left, top), (right, top), (right, bottom), (left, bottom)),
        query_region=_quad(corners.clip(0, 1).tolist()),
        segments=tuple(segments),
        note=best.note,
    )


def _tells_most(piece: Piece) -> tuple[float, float, float]:
    """Order by score; of two as sure, the region within which grey values agree better holds less else."""
    return min(piece.score, AS_SURE), piece.pairing.pair.agreement.correlation, -piece.segment.query_start


def _belongs(piece: Piece, best: Piece) -> bool:
    """Say whether a piece is told with the best one: another moment is not where a copy is."""
    other = piece.note == OTHER_MOMENT and best.note != OTHER_MOMENT
    return not other and piece.score >= best.score / 2


def _quad(corners: list[list[float]]) -> Quad:
    one, two, three, four = [(round(x, 4), round(y, 4)) for x, y in corners]
    return (one, two, three, four)


def _relation(best: Piece, segments: Sequence[Segment], duration: float | None) -> Relation:
    """Say contains of a query with other material; else space decides, and then how much of it plays."""
    relation, found_for = best.pairing.judgement.relation, best.pairing.item.duration
    if relation == "shares-overlay" or found_for is None:
        return relation
    query_shown = sum(segment.query_end - segment.query_start for segment in segments)
    if duration is not None and query_shown < WHOLE_TIME * duration:
        return "contains"
    found_shown = sum(segment.found_end - segment.found_start for segment in segments)
    partly = relation == "same-picture" and found_shown < WHOLE_TIME * found_for
    return "part-of" if partly else relation


def _evidence(pairing: Pairing) -> tuple[MatchEvidence, ...]:
    evidence: list[MatchEvidence] = []
    if pairing.pair.pdq_bits <= PDQ_MATCH_BITS:
        evidence.append("pdq")
    if _phash_bits(pairing) is not None:
        evidence.append("phash")
    if pairing.pair.inliers is not None or not evidence:
        evidence.append("geometry")
    return tuple(evidence)


def _phash_bits(pairing: Pairing) -> int | None:
    bits = pairing.pair.phash_bits
    return bits if bits <= PHASH_MATCH_BITS else None
