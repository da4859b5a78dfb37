"""Which moment of found footage a still shows.

The stored view that was paired is up to half a second off, and of a camera that stands still it may be any
other. So each frame near it is laid over the still, the transform fitted anew, and the most alike one wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from verify.fingerprints import local_features
from verify.matching.alignment import TimedPicture
from verify.matching.common_transform import evened, fitted, overlap, reduced
from verify.matching.finder import Pairing
from verify.matching.geometry import Matrix
from verify.matching.pairs import features_of
from verify.matching.placing import Footage
from verify.records import View

FEWEST_FRAMES: Final = 3
"""Fewer do not tell what changes."""
STEADY: Final = 0.02
"""Weight of a place that never changes, of about 1 for one that changes entirely."""
VIEWS_LOOKED_AT: Final = 40
"""Stored views on each side of the paired one."""
AROUND: Final = 1.1
"""Seconds around the most alike stored view in which every frame is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    """A frame of the found footage under the still."""

    time: float
    matrix: Matrix
    likeness: float
    """Correlation of the evened pictures times what they cover of each other, -1 to 1."""


def moment_shown(
    pairing: Pairing,
    views: Sequence[View],
    found_frames: Callable[[str, float, float], Sequence[TimedPicture]] | None,
) -> float:
    """Return the found time that a still shows, in seconds.

    `views` are all those of the found item; without `found_frames` the answer is the time of one of them.
    """
    stored = [
        TimedPicture(time=float(view.time), picture=local_features.picture_of(features_of(view)))
        for view in sorted(views, key=lambda view: abs(view.time - pairing.view.time))[:VIEWS_LOOKED_AT]
    ]
    weight = _changes(stored)
    best = max((_laid(pairing, frame, pairing.pair.matrix, weight) for frame in stored), key=_likeness)
    if found_frames is not None:
        frames = found_frames(pairing.item.key, max(best.time - AROUND, 0.0), best.time + AROUND)
        best = max(_walked(pairing, frames, best), key=_likeness, default=best)
    return best.time


def _walked(pairing: Pairing, frames: Sequence[TimedPicture], start: Moment) -> Iterator[Moment]:
    """Lay frames over the still from a known one outwards, each from the transform of the one before."""
    weight = _changes(frames)
    after = [frame for frame in frames if frame.time >= start.time]
    before = [frame for frame in reversed(frames) if frame.time < start.time]
    for way in (after, before):
        here = start
        for frame in way:
            here = _laid(pairing, frame, here.matrix, weight)
            yield here


def _changes(frames: Sequence[TimedPicture]) -> NDArray[np.float32]:
    """Return how much each place changes over time: only there does one moment differ from another."""
    if len(frames) < FEWEST_FRAMES:
        return np.ones_like(frames[0].picture, np.float32) if frames else np.ones((1, 1), np.float32)
    return np.asarray(evened(Footage.of(frames).pictures).std(axis=0) + STEADY, np.float32)


def _laid(pairing: Pairing, frame: TimedPicture, matrix: Matrix, weight: NDArray[np.float32]) -> Moment:
    found, sign = Footage.of([frame]).pictures, -1 if pairing.pair.negated else 1
    still = TimedPicture(time=0.0, picture=pairing.asked.picture)
    query = reduced(Footage.of([still]).pictures, found.shape[1:], matrix)
    even = evened(found)
    matrix = fitted(query, even, matrix, sign=sign)
    seen = overlap(query, found, even, matrix, sign=sign, weight=weight)
    likeness = seen.likeness[0] * seen.cover if seen else -1.0
    return Moment(time=frame.time, matrix=matrix, likeness=likeness)


def _likeness(moment: Moment) -> float:
    return moment.likeness
