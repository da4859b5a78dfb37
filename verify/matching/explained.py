"""Whether a first look at a query did: how much of it its matches account for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.fingerprints.local_features import places_of
from verify.matching.claims import claims_copy
from verify.matching.finder import SURE_SCORE
from verify.matching.pairs import features_of, size_of
from verify.records import Match, View

SIDE: Final = 64
"""Places along each side of the map on which regions are drawn."""
EXPLAINED: Final = 0.75
"""Share of a query's keypoints, and of its time, that sure matches must show: what is left may come from
elsewhere, like the other pictures of a collage or the other clips of a compilation."""


def is_explained(views: Sequence[View], duration: float | None, matches: Sequence[Match]) -> bool:
    """Say whether a closer look would hardly find more.

    A still that one item is surely in and no other even resembles needs none either: what is left of it is a
    caption or the frame of a screenshot (over 390 edits a closer look found nothing more there).
    """
    sure = [one for one in matches if one.score >= SURE_SCORE and claims_copy(one.relation, one.score)]
    if not sure:
        return False
    if duration is None and len(matches) == 1:
        return True
    return min(_share_shown(views, sure), _time_shown(sure, duration)) >= EXPLAINED


def _share_shown(views: Sequence[View], sure: Sequence[Match]) -> float:
    """Return the share of the query's keypoints that lie in what the matches show."""
    keypoints = np.concatenate([_keypoints(view) for view in views])
    if not len(keypoints):
        return 0.0
    shown = _shown(sure)[tuple((keypoints.T[::-1] * SIDE).astype(np.intp).clip(0, SIDE - 1))]
    return float(shown.mean())


def _keypoints(view: View) -> NDArray[np.float64]:
    """Return their places as fractions of the picture, n x 2."""
    features = features_of(view)
    return np.asarray(places_of(features)[:, :2] / size_of(features))


def _shown(sure: Sequence[Match]) -> NDArray[np.bool_]:
    """Map the regions of the query that the matches show."""
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    for match in sure:
        if match.query_region:
            cv2.fillConvexPoly(drawn, np.rint(np.array(match.query_region) * SIDE).astype(np.int32), 1)
    return drawn > 0


def _time_shown(sure: Sequence[Match], duration: float | None) -> float:
    """Return the share of a video's time that the segments of the best match show; 1 for a still."""
    if not duration:
        return 1.0
    return sum(segment.query_end - segment.query_start for segment in sure[0].segments) / duration
