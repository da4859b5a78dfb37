"""Which moment of found footage a still shows.

The stored view that was paired is up to half a second off, and of a camera that stands still it may be any
other. So each frame near it is laid over the still, the transform fitted anew, and the most alike one wins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from verify.fingerprints import local_features
from verify.matching.alignment import TimedPicture
from verify.matching.common_transform import evened, fitted, overlap, reduced
from verify.matching.finder import Pairing
from verify.matching.pairs import features_of
from verify.matching.placing import Footage
from verify.records import View

VIEWS_LOOKED_AT: Final = 40
"""Stored views on each side of the paired one."""
AROUND: Final = 1.1
"""Seconds around the most alike stored view in which every frame is looked at."""


def moment_shown(
    pairing: Pairing,
    views: Sequence[View],
    found_frames: Callable[[str, float, float], Sequence[TimedPicture]] | None,
) -> float:
    """Return the found time that a still shows, in seconds.

    `views` are all those of the found item; without `found_frames` the answer is the time of one of them.
    """
    best = float(pairing.view.time)
    near = [
        TimedPicture(time=float(view.time), picture=local_features.picture_of(features_of(view)))
        for view in sorted(views, key=lambda view: abs(view.time - pairing.view.time))[:VIEWS_LOOKED_AT]
    ]
    best = _most_alike(pairing, near, best)
    if found_frames is None:
        return best
    frames = found_frames(pairing.item.key, max(best - AROUND, 0.0), best + AROUND)
    return _most_alike(pairing, frames, best)


def _most_alike(pairing: Pairing, frames: Sequence[TimedPicture], otherwise: float) -> float:
    """Return the time of the frame that is most like the still, the earliest of equals."""
    times = {_likeness(pairing, frame): frame.time for frame in reversed(frames)}
    return times[max(times)] if times else otherwise


def _likeness(pairing: Pairing, frame: TimedPicture) -> float:
    found, sign = Footage.of([frame]).pictures, -1 if pairing.pair.negated else 1
    still = TimedPicture(time=0.0, picture=pairing.asked.picture)
    query = reduced(Footage.of([still]).pictures, found.shape[1:], pairing.pair.matrix)
    even = evened(found)
    matrix = fitted(query, even, pairing.pair.matrix, sign=sign)
    seen = overlap(query, found, even, matrix, sign=sign)
    return seen.likeness[0] if seen else -1.0
