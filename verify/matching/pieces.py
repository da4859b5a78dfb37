"""When the shots of a query play in one found item, and whether that is the same moment.

What does not agree at either end of a shot is cut off; shots that continue one line become one segment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from verify.matching.alignment import Line
from verify.matching.changes import BESIDE_OVERLAY
from verify.matching.claims import ACCEPT_SCORE, PDQ_MATCH_BITS
from verify.matching.continued import continued
from verify.matching.finder import CopyFinder, FoundItem, Pairing
from verify.matching.judgement import may_be_words
from verify.matching.laying import ONE_LINE, Laid
from verify.matching.reading import FEW_GREYS, SURE_INLIERS, Closer, may_be_page, read_together
from verify.matching.shot_lines import SAME_LINE, lines_of
from verify.matching.shots import Shot, Sources
from verify.matching.stretches import Alike, agreeing_stretch, usual_likeness
from verify.records import Segment

SAME_MOMENT: Final = 0.8
"""Contrast from which the moving parts agree: true clips reach 0.82 and more, a hand at another moment 0.77
(docs/matching.md)."""
SAME_MOMENT_AT_OTHER_SPEED: Final = 0.88
"""The same along a line with another speed than 1, which has one more way to fit by chance: true clips played
faster or slower reach 0.92, other moments 0.83."""
SAME_MOMENT_AT_AN_END: Final = 0.88
"""The same where most of the shot lies beyond either end of the found footage: of an empty room that somebody
enters later 0.8."""
SAME_MOMENT_BY_SAMPLES: Final = 0.5
"""The same of a shot that is placed by samples a second apart."""
SAME_FRAME: Final = 0.55
"""The same of a still laid over frames: 7 of 115 true stills lie under it (docs/matching.md)."""
PROVEN_CONTRAST: Final = 0.9
"""Contrast from which the moving parts leave hardly a doubt, where they agree at speed 1 for `PROVEN_SECONDS`
in pictures that look alike: flat ones, of which a single pair of views says little. No stranger came near."""
PARTS: Final = (0.8, 0.7, 0.6)
"""Shares of a stretch, at either end, that are compared by themselves where the whole does not agree: of true
clips after a second of frozen frame the last 0.6 reach 0.93 to 0.99, of other moments any 0.74 at most."""
PROVEN_LIKENESS: Final = 0.7
PROVEN_SECONDS: Final = 1.5
DOUBT_LEFT: Final = 0.1
"""Share of the doubt of the views alone that is left then."""
OTHER_MOMENT_SCORE: Final = 0.5
"""Highest score of a scene whose moving parts agree at no offset."""
SHORTEST_PIECE: Final = 0.8
"""Seconds that must agree, or half of the shot: less is found by chance at the end of other footage."""
OTHER_MOMENT: Final = "Same scene, but what moves in it agrees at no time: probably another moment."
OTHER_WORDS_SCORE: Final = 0.5
"""Highest score of a page that is set as another one and says something else."""
OTHER_WORDS: Final = "Set alike, but what is written or drawn in it differs: probably another such page."
MOST_OF_PAGE: Final = 0.5
"""Share of either page that must be read for it to be believed: pages of one office share their head."""
FEW_KEYPOINTS: Final = "Few details to compare: flat, dark, blurred, tiny or text only."
SPARSE: Final = 25
"""Keypoints below which a view has few details."""
FRAMES_OR_WORDS: Final = "What agrees may be no more than the frame of one app, or words set alike."
NEGATIVE: Final = "Shown as a negative."
MOST: Final = 0.6
"""Share of a run of shots from which the line of one of them is that of all."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """One shot of the query in one found item."""

    pairing: Pairing
    segment: Segment
    score: float
    note: str = ""


def pieces_of(
    finder: CopyFinder, shots: Sequence[Shot], pairs: Sequence[tuple[Shot, Pairing]], sources: Sources
) -> list[Piece]:
    """Return one piece for each of the shots that plays in one and the same item, in order of time.

    `pairs` are those of the shots that resemble it.
    """
    pieces, placed = {}, {}
    for (shot, pairing), (laid, line) in zip(pairs, lines_of(finder, pairs, sources), strict=True):
        number = shots.index(shot)
        pieces[number] = _piece(shot, pairing, laid, line)
        if laid is not None and pieces[number].score >= ACCEPT_SCORE:
            placed[number] = pairing, laid
    for number, (pairing, laid) in continued(shots, placed, sources).items():
        pieces[number] = _piece(shots[number], pairing, laid, laid.placed.line)
    in_order = [pieces[number] for number in sorted(pieces)]
    return _believed(in_order, sum(shot.end - shot.start for shot, _ in pairs))


def read(piece: Piece, closer: Closer) -> Piece:
    """Return the piece of a still that may be a page, held or believed by what is written in it."""
    item, pair = piece.pairing.item, piece.pairing.pair
    sure = pair.pdq_bits <= PDQ_MATCH_BITS or (pair.inliers or 0) >= SURE_INLIERS
    worth_it = pair.agreement.variety < FEW_GREYS or (not sure and may_be_page(piece.pairing.view))
    if item.duration is not None or not worth_it:
        return piece
    seen = read_together(
        closer,
        item.key,
        region=pair.agreement.region,
        mirrored=pair.mirrored,
        negated=pair.negated,
        sure=sure,
        known=pair.matrix,
    )
    if seen is None:
        return piece
    if seen.otherwise:
        return replace(piece, score=min(piece.score, OTHER_WORDS_SCORE), note=OTHER_WORDS)
    whole = max(pair.agreement.query_area, pair.agreement.found_area) >= MOST_OF_PAGE
    if seen.same and whole and piece.pairing.judgement.relation != "shares-overlay":
        score = 1 - (1 - piece.score) * DOUBT_LEFT
        return replace(piece, score=score, note=_note(piece.pairing, score))
    return piece


def _believed(pieces: list[Piece], laid_seconds: float) -> list[Piece]:
    """Hold the pieces that agree if they are a moment of what the item resembles: chance finds that too."""
    agreed = [piece for piece in pieces if piece.score >= ACCEPT_SCORE]
    seconds = sum(_seconds(piece.segment) for piece in agreed)
    if seconds >= min(SHORTEST_PIECE, laid_seconds / 2):
        return pieces
    return [
        replace(piece, score=min(piece.score, OTHER_MOMENT_SCORE), note=OTHER_MOMENT)
        if piece.score >= ACCEPT_SCORE
        else piece
        for piece in pieces
    ]


def _piece(shot: Shot, pairing: Pairing, laid: Laid | None, line: Line) -> Piece:
    score, note = pairing.judgement.score, ""
    alike = laid.placing.likeness(laid.placed) if laid else []
    stretch = agreeing_stretch(shot, laid, alike) if laid else (shot.start, shot.end)
    contrast = laid.placing.contrast(laid.placed, stretch) if laid else line.contrast
    segment = _segment(stretch, pairing.item, line)
    at_an_end = _seconds(segment) < (stretch[1] - stretch[0]) / 2
    other = contrast is not None and contrast < _enough(shot, laid, line, at_an_end=at_an_end)
    agreeing = _agreeing_part(laid, stretch, alike) if other and laid else None
    if agreeing is not None:
        other, segment = False, _segment(agreeing, pairing.item, line)
    seconds = _seconds(segment)
    if other or seconds < min(SHORTEST_PIECE, (shot.end - shot.start) / 2):
        score, note = min(score, OTHER_MOMENT_SCORE), OTHER_MOMENT
    elif score < ACCEPT_SCORE and laid and _moves_alike(pairing, alike, seconds, contrast, line):
        score = 1 - (1 - score) * DOUBT_LEFT
    return Piece(pairing=pairing, segment=segment, score=score, note=note or _note(pairing, score))


def _moves_alike(pairing: Pairing, alike: Alike, seconds: float, contrast: float | None, line: Line) -> bool:
    """Say whether movement proves what a pair of views leaves open; a moving overlay proves nothing."""
    return (
        line.speed == 1
        and seconds >= PROVEN_SECONDS
        and (contrast or 0.0) >= PROVEN_CONTRAST
        and usual_likeness(alike) >= PROVEN_LIKENESS
        and pairing.judgement.relation != "shares-overlay"
    )


def _agreeing_part(laid: Laid, stretch: tuple[float, float], alike: Alike) -> tuple[float, float] | None:
    """Return the part of a stretch that surely agrees although the whole does not.

    All of it if that is beside an overlay; or most of it at either end: beside a frozen frame, say.
    """
    start, end = stretch
    if laid.placed.speed != 1 or end - start < PROVEN_SECONDS or usual_likeness(alike) < PROVEN_LIKENESS:
        return None
    beside = laid.placing.contrast_beside_overlay(laid.placed, stretch)
    if beside is not None and beside >= BESIDE_OVERLAY:
        return stretch
    lengths = [share * (end - start) for share in PARTS if share * (end - start) >= PROVEN_SECONDS]
    parts = [part for length in lengths for part in ((start, start + length), (end - length, end))]
    contrasts = ((laid.placing.contrast(laid.placed, part) or 0.0, part) for part in parts)
    return next((part for contrast, part in contrasts if contrast >= PROVEN_CONTRAST), None)


def _enough(shot: Shot, laid: Laid | None, line: Line, *, at_an_end: bool) -> float:
    """Return the contrast from which the moment is the same."""
    if laid is None:
        return SAME_FRAME if shot.end == shot.start else SAME_MOMENT_BY_SAMPLES
    if at_an_end:
        return SAME_MOMENT_AT_AN_END
    return SAME_MOMENT if line.speed == 1 else SAME_MOMENT_AT_OTHER_SPEED


def _segment(stretch: tuple[float, float], item: FoundItem, line: Line) -> Segment:
    """Return the part of a stretch of the query that lies within the found item."""
    start, end = stretch
    if item.duration is None:
        return Segment(query_start=start, query_end=end, found_start=0.0, found_end=0.0)
    first = min(max((0 - line.start) / line.speed, start), end)
    last = max(min((item.duration - line.start) / line.speed, end), first)
    return Segment(
        query_start=first,
        query_end=last,
        found_start=max(line.start + line.speed * first, 0.0),
        found_end=max(line.start + line.speed * last, 0.0),
        speed=line.speed,
    )


def joined(pieces: Sequence[Piece]) -> list[Segment]:
    """Return segments of one item in order of time; neighbouring ones on one line become one."""
    runs: list[list[Segment]] = []
    for segment in sorted((piece.segment for piece in pieces), key=lambda s: (s.query_start, s.found_start)):
        if runs and _continues(runs[-1][-1], segment):
            runs[-1].append(segment)
        else:
            runs.append([segment])
    return [_together(run, pieces[0].pairing.item.duration) for run in runs]


def _together(run: Sequence[Segment], duration: float | None) -> Segment:
    """Return one segment for several of an item that lasts so many seconds; None is a still.

    The line is that of a shot that is most of it, or else, if their speeds agree, the mean of theirs, or else
    the one through the middles of the shots: there short ones are right, whatever speed each was given.
    """
    first, last = run[0], run[-1]
    whole = replace(first, query_end=last.query_end, found_end=last.found_end)
    played, shown = _seconds(whole), whole.found_end - whole.found_start
    if len(run) == 1 or duration is None:
        return whole
    one_speed = len({segment.speed for segment in run}) == 1
    longest, lasting = max(run, key=_seconds), [segment for segment in run if _seconds(segment) > 0]
    if len(lasting) < 2 or _seconds(longest) > MOST * played:
        speed, start = longest.speed, longest.found_start - longest.speed * longest.query_start
    elif one_speed and abs(first.speed * played - shown) < SAME_LINE:
        speed, weights = first.speed, [_seconds(segment) for segment in lasting]
        starts = [segment.found_start - speed * segment.query_start for segment in lasting]
        start = float(np.average(starts, weights=weights))
    else:
        query = [(segment.query_start + segment.query_end) / 2 for segment in lasting]
        found = [(segment.found_start + segment.found_end) / 2 for segment in lasting]
        weights = [_seconds(segment) ** 0.5 for segment in lasting]
        speed, start = np.polyfit(query, found, 1, w=weights).tolist()
    return replace(
        whole,
        found_start=max(start + speed * whole.query_start, 0.0),
        found_end=min(start + speed * whole.query_end, duration),
        speed=speed,
    )


def _seconds(segment: Segment) -> float:
    return segment.query_end - segment.query_start


def _continues(before: Segment, after: Segment) -> bool:
    adjoins = abs(after.query_start - before.query_end) < ONE_LINE
    return adjoins and abs(after.found_start - before.found_end) < ONE_LINE


def _note(pairing: Pairing, score: float) -> str:
    sparse = min(pairing.asked.features.count, pairing.view.features.count if pairing.view.features else 0)
    notes = [NEGATIVE] if pairing.pair.negated else []
    if sparse < SPARSE:
        notes.append(FEW_KEYPOINTS)
    if score < ACCEPT_SCORE and may_be_words(pairing.pair):
        notes.append(FRAMES_OR_WORDS)
    return " ".join(notes)
