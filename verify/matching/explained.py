"""How much of a query its matches account for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.fingerprints.local_features import places_of
from verify.matching.finder import SURE_SCORE
from verify.matching.judgement import claims_copy
from verify.matching.pairs import features_of, size_of
from verify.records import Match, View

SIDE: Final = 64
"""Places along each side of the map on which regions are drawn."""


def explained_share(views: Sequence[View], duration: float | None, matches: Sequence[Match]) -> float:
    """Return the share of a query's keypoints, and of its time, that sure matches show; 0 without any.

    What is left may come from elsewhere: the other pictures of a collage, the other clips of a compilation.
    """
    sure = [one for one in matches if one.score >= SURE_SCORE and claims_copy(one.relation, one.score)]
    keypoints = np.concatenate([_keypoints(view) for view in views])
    if not sure or not len(keypoints):
        return 0.0
    shown = _shown(sure)[tuple((keypoints.T[::-1] * SIDE).astype(np.intp).clip(0, SIDE - 1))]
    return min(float(shown.mean()), _time_shown(sure, duration))


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
