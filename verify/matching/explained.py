"""Whether a first look at a query did: how much of it is accounted for by what it surely resembles.

Asked before what it resembles is placed in time, which costs more than a closer look, and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.fingerprints.local_features import places_of
from verify.matching.claims import claims_copy
from verify.matching.finder import Pairing
from verify.matching.looks import Look
from verify.matching.pairs import features_of, query_corners, size_of
from verify.matching.shots import Shot
from verify.records import Match, View

SURE_SCORE: Final = 0.98
"""From here on a pairing needs no closer look."""
SIDE: Final = 64
"""Places along each side of the map on which regions are drawn, and along the line of time."""
EXPLAINED: Final = 0.75
"""Share of a query's keypoints, and of its time, that sure pairings must show: what is left may come from
elsewhere, like the other pictures of a collage or the other clips of a compilation."""


def is_explained(look: Look) -> bool:
    """Say whether a closer look would hardly find more.

    A still that one item is surely in and no other even resembles needs none either: what is left of it is a
    caption or the frame of a screenshot (over 390 edits a closer look found nothing more there).
    """
    sure = [_surely_in(look, shot) for shot in look.shots]
    if not any(sure):
        return False
    if look.duration is None and len(look.pairings) == 1:
        return True
    seconds = sum(shot.end - shot.start for shot in look.shots)
    shown = sum(shot.end - shot.start for shot, items in zip(look.shots, sure, strict=True) if items)
    time_shown = shown / seconds if seconds else 1.0
    return min(_share_shown(look.shots, sure), time_shown) >= EXPLAINED


def unexplained(look: Look) -> list[Shot]:
    """Return the shots of a look that nothing is surely in."""
    return [shot for shot in look.shots if not _surely_in(look, shot)]


def shows_most(matches: Sequence[Match], duration: float | None) -> bool:
    """Say whether the copies that are claimed show most of a query's time, or a still at all."""
    claimed = [match for match in matches if claims_copy(match.relation, match.score)]
    if not duration or not claimed:
        return bool(claimed)
    shown = np.zeros(SIDE, np.bool_)
    for segment in (segment for match in claimed for segment in match.segments):
        start, end = (round(time / duration * SIDE) for time in (segment.query_start, segment.query_end))
        shown[start:end] = True
    return float(shown.mean()) >= EXPLAINED


def _surely_in(look: Look, shot: Shot) -> list[Pairing]:
    found = [of_shots[shot.start] for of_shots in look.pairings.values() if shot.start in of_shots]
    return [
        one
        for one in found
        if one.judgement.score >= SURE_SCORE and claims_copy(one.judgement.relation, one.judgement.score)
    ]


def _share_shown(shots: Sequence[Shot], sure: Sequence[Sequence[Pairing]]) -> float:
    """Return the share of the keypoints of all views that lie in what the pairings of their shots show."""
    shown = [
        _shown(pairings)[tuple((keypoints.T[::-1] * SIDE).astype(np.intp).clip(0, SIDE - 1))]
        for shot, pairings in zip(shots, sure, strict=True)
        for keypoints in map(_keypoints, shot.views)
    ]
    places = np.concatenate(shown)
    return float(places.mean()) if len(places) else 0.0


def _keypoints(view: View) -> NDArray[np.float64]:
    """Return their places as fractions of the picture, n x 2."""
    features = features_of(view)
    return np.asarray(places_of(features)[:, :2] / size_of(features))


def _shown(pairings: Sequence[Pairing]) -> NDArray[np.bool_]:
    """Map the regions of the query that the pairings show."""
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    for one in pairings:
        region = query_corners(one.pair, one.asked, one.view).clip(0, 1)
        cv2.fillConvexPoly(drawn, np.rint(region * SIDE).astype(np.int32), 1)
    return drawn > 0
