"""Turns pairings of views into matches: one answer for each found item, with time segments.

A video is asked shot by shot. Each shot is laid over the item it resembles and aligned in time; shots
that continue one line in time become one segment, so a compilation gives one segment for each piece.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from verify.fingerprints import local_features
from verify.matching.alignment import MARGIN, Line, TimedPicture, align
from verify.matching.finder import CopyFinder, FoundItem, Pairing
from verify.matching.judgement import WEAK_LEAD_SCORE
from verify.matching.pairs import AskedView, features_of, query_corners, rotation_and_scale, whole_over_whole
from verify.records import Evidence, Match, Quad, Relation, Segment, View

FrameSource = Callable[[float, float], Sequence[TimedPicture]]
"""Small pictures of the query between two times, several a second: `local_features.small_picture`."""

FoundFrameSource = Callable[[str, float, float], Sequence[TimedPicture]]
"""The same of a found item, by its key; nothing if its file is not at hand."""

ASKED_A_SHOT: Final = 3
"""Views of one shot of a query that look for candidates."""
ASKED_AT_MOST: Final = 60
"""Views of a whole query that look for candidates; a long query is asked more thinly."""
SURROUNDINGS: Final = 8.0
"""Seconds before and after the best pair, beyond the length of the shot, in which the line may lie."""
CROP_MARGIN: Final = 0.1
"""By so much more must the moving parts agree for a clip to be slightly cropped rather than whole."""
SAME_MOMENT: Final = 0.5
"""Contrast from which the moving parts agree: true clips reach 0.55 to 0.99, other moments of the same
scene mostly 0 to 0.5 (docs/matching.md)."""
OTHER_MOMENT_SCORE: Final = 0.5
"""Highest score of a scene whose moving parts agree at no offset."""
ONE_LINE: Final = 0.4
"""Seconds by which two neighbouring shots may leave one line in time and still be one segment."""
WHOLE_TIME: Final = 0.9
PDQ_MATCH_BITS: Final = 31
PHASH_MATCH_BITS: Final = 10
"""The field's limits for a match by fingerprint alone."""
OTHER_MOMENT: Final = "Same scene, but what moves in it agrees at no time: probably another moment."
FEW_KEYPOINTS: Final = "Few details to compare: flat, dark, blurred, tiny or text only."
SPARSE: Final = 25
"""Keypoints below which a view has few details."""
NEGATIVE: Final = "Shown as a negative."


Sources = tuple[FrameSource | None, FoundFrameSource | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A stretch of the query between two cuts, with its views."""

    start: float
    end: float
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """One shot of the query in one found item."""

    pairing: Pairing
    segment: Segment
    score: float
    note: str = ""


def find_copies(
    finder: CopyFinder,
    views: Sequence[View],
    *,
    duration: float | None = None,
    frames: FrameSource | None = None,
    found_frames: FoundFrameSource | None = None,
) -> list[Match]:
    """Return how the query relates to every item it resembles, best first.

    `views` have features, best of `local_features.QUERY` detail, and are in order of time; `duration` is
    None for a still. `frames` gives more frames of a video, which places segments to a fraction of a second;
    `found_frames` those of the found one around the place, which tells the speed.
    """
    pieces: dict[str, list[Piece]] = {}
    shots = shots_of(views, duration)
    every = -(-len(shots) * ASKED_A_SHOT // ASKED_AT_MOST)
    for shot in shots[::every] if every > ASKED_A_SHOT else shots:
        for pairing in _asked(finder, shot, max(ASKED_A_SHOT // every, 1)):
            if pairing.verdict.score >= WEAK_LEAD_SCORE:
                pieces.setdefault(pairing.item.key, []).append(
                    _piece(finder, shot, pairing, (frames, found_frames))
                )
    matches = [_match(found, duration) for found in pieces.values()]
    return sorted(matches, key=lambda match: (-match.score, match.item))


def shots_of(views: Sequence[View], duration: float | None) -> list[Shot]:
    """Return the views by shot; a still is one shot without length."""
    starts = [n for n, view in enumerate(views) if n == 0 or view.starts_shot]
    ends = [*starts[1:], len(views)]
    times = [float(views[n].time) for n in starts[1:]] + [max(duration or 0.0, float(views[-1].time))]
    return [
        Shot(start=float(views[first].time), end=end, views=tuple(views[first:last]))
        for first, last, end in zip(starts, ends, times, strict=True)
    ]


def _asked(finder: CopyFinder, shot: Shot, most: int) -> list[Pairing]:
    """Return the best pairing of each item over a few views of a shot, evenly taken."""
    step = max(len(shot.views) / most, 1.0)
    chosen = [shot.views[int((n + 0.5) * step)] for n in range(min(most, len(shot.views)))]
    best: dict[str, Pairing] = {}
    for view in chosen:
        for pairing in finder.pairings(AskedView.of(view)):
            held = best.get(pairing.item.key)
            if held is None or pairing.strength > held.strength:
                best[pairing.item.key] = pairing
    return list(best.values())


def _piece(finder: CopyFinder, shot: Shot, pairing: Pairing, sources: Sources) -> Piece:
    score, note = pairing.verdict.score, _note(pairing)
    at_query, at_found = float(pairing.asked.view.time), float(pairing.view.time)
    line: Line | None = None
    if pairing.item.duration is not None and shot.end > shot.start:
        line = _aligned(finder, shot, pairing, sources)
    if line is None:
        line = Line(start=at_found - at_query, speed=1.0, contrast=None, frames=1)
    elif line.contrast is not None and line.contrast < SAME_MOMENT:
        score, note = min(score, OTHER_MOMENT_SCORE), OTHER_MOMENT
    return Piece(pairing=pairing, segment=_segment(shot, pairing.item, line), score=score, note=note)


def _aligned(finder: CopyFinder, shot: Shot, pairing: Pairing, sources: Sources) -> Line | None:
    """Align by the stored samples first, then by more frames of the found footage around that place."""
    frames, found_frames = sources
    at_found, reach = float(pairing.view.time), 2 * (shot.end - shot.start) + SURROUNDINGS
    near = [view for view in finder.views_of(pairing.item) if abs(float(view.time) - at_found) <= reach]
    asked = frames(shot.start, shot.end) if frames is not None else _pictures(shot.views)
    line = _best_aligned(asked, _pictures(near), pairing)
    if line is None or found_frames is None:
        return line
    low, high = line.start + line.speed * shot.start - MARGIN, line.start + line.speed * shot.end + MARGIN
    more = found_frames(pairing.item.key, max(low, 0.0), high)
    return (_best_aligned(asked, more, pairing) if more else None) or line


def _best_aligned(
    asked: Sequence[TimedPicture], found: Sequence[TimedPicture], pairing: Pairing
) -> Line | None:
    """Align by the pair's transform, and by whole over whole where that is near, and take the better.

    Of a panning camera, views at different times lie on each other with a shift that is not the edit's; so
    the whole wins unless the other is clearly better.
    """
    pair, sign = pairing.pair, -1 if pairing.pair.negated else 1
    line = align(asked, found, pair.matrix, pair.agreement.region, sign=sign)
    whole = whole_over_whole(pair, pairing.asked, pairing.view)
    other = None if whole is None else align(asked, found, whole, (0.0, 0.0, 1.0, 1.0), sign=sign)
    if other is None or line is None:
        return other or line
    return line if (line.contrast or 0.0) > (other.contrast or 0.0) + CROP_MARGIN else other


def _pictures(views: Sequence[View]) -> list[TimedPicture]:
    return [
        TimedPicture(time=float(view.time), picture=local_features.picture_of(features_of(view)))
        for view in views
    ]


def _segment(shot: Shot, item: FoundItem, line: Line) -> Segment:
    """Return the part of the shot that lies within the found item."""
    if item.duration is None:
        return Segment(query_start=shot.start, query_end=shot.end, found_start=0.0, found_end=0.0)
    first = min(max((0 - line.start) / line.speed, shot.start), shot.end)
    last = max(min((item.duration - line.start) / line.speed, shot.end), first)
    return Segment(
        query_start=first,
        query_end=last,
        found_start=max(line.start + line.speed * first, 0.0),
        found_end=max(line.start + line.speed * last, 0.0),
        speed=line.speed,
    )


def _match(pieces: list[Piece], duration: float | None) -> Match:
    best = max(pieces, key=lambda piece: (piece.score, -piece.segment.query_start))
    pairing, pair = best.pairing, best.pairing.pair
    segments = _joined([piece for piece in pieces if piece.score >= best.score / 2])
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


def _quad(corners: list[list[float]]) -> Quad:
    one, two, three, four = [(round(x, 4), round(y, 4)) for x, y in corners]
    return (one, two, three, four)


def _relation(best: Piece, segments: Sequence[Segment], duration: float | None) -> Relation:
    """In space as judged; a part in time is a part too."""
    relation, found_for = best.pairing.verdict.relation, best.pairing.item.duration
    if relation != "same-picture" or (found_for is None and duration is None):
        return relation
    found_shown = sum(segment.found_end - segment.found_start for segment in segments)
    query_shown = sum(segment.query_end - segment.query_start for segment in segments)
    if found_for is not None and found_shown < WHOLE_TIME * found_for:
        return "part-of"
    return "contains" if duration is not None and query_shown < WHOLE_TIME * duration else relation


def _joined(pieces: Sequence[Piece]) -> list[Segment]:
    """Neighbouring segments on one line in time become one."""
    joined: list[Segment] = []
    for segment in sorted((piece.segment for piece in pieces), key=lambda s: (s.query_start, s.found_start)):
        before = joined[-1] if joined else None
        if before is not None and _continues(before, segment):
            joined[-1] = replace(before, query_end=segment.query_end, found_end=segment.found_end)
        else:
            joined.append(segment)
    return joined


def _continues(before: Segment, after: Segment) -> bool:
    adjoins = abs(after.query_start - before.query_end) < ONE_LINE
    return adjoins and abs(after.found_start - before.found_end) < ONE_LINE


def _evidence(pairing: Pairing) -> tuple[Evidence, ...]:
    evidence: list[Evidence] = []
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


def _note(pairing: Pairing) -> str:
    sparse = min(pairing.asked.features.count, pairing.view.features.count if pairing.view.features else 0)
    notes = [NEGATIVE] if pairing.pair.negated else []
    if sparse < SPARSE:
        notes.append(FEW_KEYPOINTS)
    return " ".join(notes)
