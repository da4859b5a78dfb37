"""Which moment of found footage a still shows, and whether it is one that the footage has.

The stored view that was paired may be any of a camera that stands still. So frames around the most alike
stored view are laid over the still, several a second at first and then every one around the most alike of
these and around the paired view, the transform fitted anew each time. Only what changes over time tells one
moment from another: places weigh by how much they change, and where they agree with no frame the still shows
another moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from verify.fingerprints import local_features
from verify.matching.alignment import TimedPicture
from verify.matching.changes import overlap
from verify.matching.common_transform import FEWEST_PLACES, blurred, evened, fitted, laid, reduced
from verify.matching.finder import Pairing
from verify.matching.geometry import Matrix
from verify.matching.nearest_frame import FoundFrameSource
from verify.matching.pairs import between_frames, features_of, whole_over_whole
from verify.matching.placing import Footage
from verify.records import View

FEWEST_FRAMES: Final = 3
"""Fewer do not tell what changes."""
STEADY: Final = 0.02
"""Weight of a place that never changes, of about 1 for one that changes entirely."""
CHANGES: Final = 0.3
"""Deviation over time, in evened grey values, from which a place changes."""
FEWEST_CHANGES: Final = 0.02
"""Share of the places that must change for one moment to differ from another."""
VIEWS_LOOKED_AT: Final = 40
"""Stored views on each side of the paired one."""
AROUND: Final = 15.0
"""Seconds around the most alike stored view in which frames are laid over the still."""
COARSE_STEP: Final = 0.2
"""Seconds between those frames."""
PEAKS: Final = 4
"""So many of them are looked at more closely."""
APART: Final = 0.6
"""Seconds between two of these."""
CLOSE: Final = 0.3
"""Seconds around each of these, and around the paired view, in which every frame is laid over the still."""
GRAIN: Final = 3
"""Pixels over which what differs from the usual is evened out: what is left is the noise of encoders."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    """A frame of the found footage under the still."""

    time: float
    matrix: Matrix
    likeness: float
    """Correlation of the evened pictures times what they cover of each other, -1 to 1."""
    contrast: float | None = None
    """Correlation of what differs from the usual in both, -1 to 1; None where nothing changes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """What a stretch of footage usually shows, evened, and how much each place of it changes."""

    mean: NDArray[np.float32]
    changes: NDArray[np.float32]

    @classmethod
    def of(cls, frames: Sequence[TimedPicture]) -> Scene:
        """Take up frames; of fewer than three nothing is known to change."""
        even = evened(Footage.of(frames).pictures)
        changes = even.std(axis=0) if len(frames) >= FEWEST_FRAMES else np.zeros_like(even[0])
        return cls(mean=even.mean(axis=0), changes=changes)

    @property
    def weight(self) -> NDArray[np.float32]:
        """How much each place counts."""
        return np.asarray(self.changes + STEADY if self.changes.any() else self.changes + 1, np.float32)

    @property
    def steadiness(self) -> NDArray[np.float32]:
        """How much each place counts when the still is laid over a frame: what moves would pull it along."""
        return np.asarray(1 / (1 + (self.changes / CHANGES) ** 2), np.float32)


def moment_shown(
    pairing: Pairing,
    views: Sequence[View],
    found_frames: FoundFrameSource | None,
) -> Moment:
    """Return the moment of the found footage that a still shows.

    `views` are all those of the found item; without `found_frames` the answer is the time of one of them,
    and the contrast is not known.
    """
    near = sorted(views, key=lambda view: abs(view.time - pairing.view.time))[:VIEWS_LOOKED_AT]
    stored = [
        TimedPicture(time=float(view.time), picture=local_features.picture_of(features_of(view)))
        for view in near
    ]
    scene, starts = Scene.of(stored), _starts(pairing, stored)
    best = max((_laid(pairing, frame, starts, scene) for frame in stored), key=_likeness)
    if found_frames is not None:
        key, at = pairing.item.key, float(pairing.view.time)
        frames = found_frames(key, max(best.time - AROUND, 0.0), best.time + AROUND)
        beside = [frame for frame in frames if abs(frame.time - at) <= CLOSE]
        beside = beside or list(found_frames(key, max(at - CLOSE, 0.0), at + CLOSE))
        if len(frames) >= FEWEST_FRAMES:
            best = _among(pairing, frames, beside)
    return best


def _starts(pairing: Pairing, frames: Sequence[TimedPicture]) -> list[Matrix]:
    """Return the pair's own transform, which holds the camera's movement too, and whole over whole."""
    shapes = pairing.asked.picture.shape, frames[0].picture.shape
    whole = whole_over_whole(pairing.pair, pairing.asked, pairing.view)
    return [
        between_frames(matrix, pairing.asked, pairing.view, shapes)
        for matrix in (pairing.pair.matrix, whole)
        if matrix is not None
    ]


def _among(pairing: Pairing, frames: Sequence[TimedPicture], beside: Sequence[TimedPicture]) -> Moment:
    """Return the frame that is most alike; those `beside` the paired view are looked at in any case."""
    starts, coarse = _starts(pairing, frames), _thinned(frames)
    scene = Scene.of(coarse)
    tried = sorted((_laid(pairing, frame, starts, scene) for frame in coarse), key=_likeness, reverse=True)
    around = [_laid(pairing, frame, starts, scene) for frame in beside]
    around += [
        _laid(pairing, frame, [peak.matrix], scene)
        for peak in _peaks(tried)
        for frame in frames
        if abs(frame.time - peak.time) <= CLOSE
    ]
    best = max(around, key=_likeness)
    return _with_contrast(pairing, best, [*frames, *beside], scene)


def _thinned(frames: Sequence[TimedPicture]) -> list[TimedPicture]:
    kept = [frames[0]]
    for frame in frames:
        if frame.time - kept[-1].time >= COARSE_STEP:
            kept.append(frame)
    return kept


def _peaks(moments: Sequence[Moment]) -> list[Moment]:
    """Return the first few that lie apart from each other."""
    peaks: list[Moment] = []
    for moment in moments:
        if len(peaks) < PEAKS and all(abs(moment.time - peak.time) > APART for peak in peaks):
            peaks.append(moment)
    return peaks


def _laid(pairing: Pairing, frame: TimedPicture, starts: Sequence[Matrix], scene: Scene) -> Moment:
    """Fit the still to a frame from each of some transforms; the most alike wins."""
    even, sign = evened(Footage.of([frame]).pictures), -1 if pairing.pair.negated else 1
    fits = []
    for start in starts:
        still = _still(pairing, even.shape[1:], start)
        fits.append(fitted(still, even, start, sign=sign, steady=scene.steadiness))
    return max((_seen(pairing, frame, matrix, scene) for matrix in fits), key=_likeness)


def _seen(pairing: Pairing, frame: TimedPicture, matrix: Matrix, scene: Scene) -> Moment:
    """Compare the still with a frame under a transform."""
    found, sign = Footage.of([frame]).pictures, -1 if pairing.pair.negated else 1
    still = _still(pairing, found.shape[1:], matrix)
    seen = overlap(still, found, evened(found), matrix, sign=sign, weight=scene.weight)
    likeness = seen.likeness[0] * seen.cover if seen else -1.0
    return Moment(time=frame.time, matrix=matrix, likeness=likeness)


def _still(pairing: Pairing, shape: tuple[int, ...], matrix: Matrix) -> NDArray[np.float32]:
    return reduced(pairing.asked.picture[None].astype(np.float32), shape, matrix)


def _with_contrast(pairing: Pairing, moment: Moment, frames: Sequence[TimedPicture], scene: Scene) -> Moment:
    """Compare what differs from the usual, on the still and on the frame."""
    frame = next(frame for frame in frames if frame.time == moment.time)
    found, sign = Footage.of([frame]).pictures, -1 if pairing.pair.negated else 1
    shown, inside = laid(_still(pairing, found.shape[1:], moment.matrix), found.shape[1:], moment.matrix)
    moves = inside & (scene.changes > CHANGES)
    if inside.sum() < FEWEST_PLACES or moves.sum() < FEWEST_CHANGES * inside.sum():
        return moment
    unusual = np.stack([sign * evened(shown)[0], evened(found)[0]]) - scene.mean
    one, other = blurred(unusual * inside, GRAIN)[:, moves]
    contrast = (one * other).sum() / np.sqrt((one * one).sum() * (other * other).sum() + 1e-9)
    return Moment(time=moment.time, matrix=moment.matrix, likeness=moment.likeness, contrast=float(contrast))


def _likeness(moment: Moment) -> float:
    return moment.likeness
