"""Chooses the frames of a video that become views, in one walk, within bounded memory.

One frame a second, unless told otherwise, and the first of every shot. Where the picture has become another
within half of that time, as in a fast pan, two: a frame between them would resemble neither. Where nothing
moves, one in five seconds: enough to say where in time, and a ten-minute slideshow stays small. A video that
would give more than the limit is sampled thinner from its start to its end, never cut off: the interval
doubles as often as needed, so the length need not be known, or true, beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2

from verify.fingerprints.local_features import STORED, Detail
from verify.fingerprints.measurements import measure_pictures, small_copy
from verify.fingerprints.shots import LOOK_SIDE, ShotFinder, alike
from verify.fingerprints.views import make_view
from verify.records import MetadataValue, Shot, View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from verify.media.frames import Frame, Video

MAX_SAMPLES: Final = 600
"""Views of one video unless told otherwise: ten minutes at one a second, about 15 MB of thumbnails."""

FEWEST_SAMPLES: Final = 2
"""The first and the latest; with these thinning always ends."""

STILL_INTERVAL: Final = Fraction(5)
"""Seconds between samples where nothing moves."""

BLOCKS: Final = 16
STILL: Final = 3
"""Grey levels below which every one of 16 x 16 blocks must differ where nothing moves: above the noise of
compression, below a hand that moves."""

MAX_MEASURED: Final = 16
"""Samples that borders and brightness are measured on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledVideo:
    """What one walk through a video gave."""

    views: tuple[View, ...]
    """In order of time; the first frame is always one."""
    shots: tuple[Shot, ...]
    """Without gaps from the first frame to the end."""
    duration: Fraction | None
    """From the first frame to the end of the last, seconds; None if there was no frame."""
    measurements: tuple[MetadataValue, ...]
    """As `measure_pictures` gives them."""


def sample_video(
    video: Video,
    *,
    max_samples: int = MAX_SAMPLES,
    exact: bool = False,
    detail: Detail | None = None,
    recorded: bool = True,
) -> SampledVideo:
    """Walk all frames once; compute views of the chosen ones and find the shots.

    The hashes of a sample are those of the plain frame at its full size; thumbnails and measurements are only
    made to be `recorded`. What is not is a question: the jump cuts in it are found too, as what is before one
    and what is behind may come from two places of one film. Raises what `video.frames` raises.
    """
    walk = _Walk(max_samples, exact=exact, detail=detail, recorded=recorded)
    for frame in video.frames():
        walk.take(frame)
    walk.finish()
    return SampledVideo(
        views=tuple(walk.views[time] for time in sorted(walk.views)),
        shots=_shots(walk.starts, video.duration),
        duration=video.duration,
        measurements=measure_pictures(walk.measured) if walk.measured else (),
    )


def _shots(starts: list[Fraction], duration: Fraction | None) -> tuple[Shot, ...]:
    if not starts or duration is None:
        return ()
    ends = [*starts[1:], starts[0] + duration]
    return tuple(Shot(start=start, end=end) for start, end in zip(starts, ends, strict=True))


class _Walk:
    """What is kept while the frames go by."""

    def __init__(self, max_samples: int, *, exact: bool, detail: Detail | None, recorded: bool) -> None:
        self.views: dict[Fraction, View] = {}
        self.starts: list[Fraction] = []
        self.measured: list[NDArray[np.uint8]] = []
        self._max_samples = max(max_samples, FEWEST_SAMPLES)
        self._recorded = recorded
        self._make_view = partial(make_view, exact=exact, detail=detail, pictured=recorded)
        self._finder = ShotFinder(jump_cuts=not recorded)
        self._interval = self._least_interval = (detail or STORED).interval
        self._now = Fraction(0)
        self._sampled = self._due_after = Fraction(0)
        self._sampled_luma: NDArray[np.uint8] | None = None
        self._held: tuple[Fraction, NDArray[np.uint8]] | None = None
        self._measure_every = self._until_measured = 1

    def take(self, frame: Frame) -> None:
        luma = frame.luma(LOOK_SIDE)
        step, self._now = frame.time - self._now, frame.time
        started = self._finder.look(frame.time, luma)
        if started is not None:
            self._start_shot(started, frame)
        between = False
        if frame.time not in self.views:
            between = self._half_way(step) and _another(luma, self._sampled_luma)
            if between or self._due(step, luma):
                self._sample(frame.time, frame.rgb(), starts_shot=False)
        if frame.time in self.views:
            self._sampled, self._sampled_luma = frame.time, luma
            if not between:
                self._due_after = frame.time + self._interval
        elif self._finder.candidate == frame.time:
            self._held = frame.time, frame.rgb()

    def finish(self) -> None:
        started = self._finder.finish()
        if started is not None:
            self._start_shot(started, None)
        if self._interval > self._least_interval:
            self._thin()

    def _start_shot(self, time: Fraction, frame: Frame | None) -> None:
        """Make the first frame of a shot a view: sampled before, held back, or the one at hand."""
        self.starts.append(time)
        if time in self.views:
            self.views[time] = replace(self.views[time], starts_shot=True)
        elif self._held is not None and self._held[0] == time:
            self._sample(*self._held, starts_shot=True)
        elif frame is not None:
            self._sample(time, frame.rgb(), starts_shot=True)

    def _due(self, step: Fraction, luma: NDArray[np.uint8]) -> bool:
        """Say whether the next frame would come too late."""
        if self._now + step <= self._due_after:
            return False
        return self._now + step > self._sampled + STILL_INTERVAL or not _still(luma, self._sampled_luma)

    def _half_way(self, step: Fraction) -> bool:
        """Say whether this is the last frame in the first half of the time until the next sample is due."""
        return self._now <= self._due_after - self._interval / 2 < self._now + step

    def _sample(self, time: Fraction, rgb: NDArray[np.uint8], *, starts_shot: bool) -> None:
        self.views[time] = self._make_view(rgb, time=time, starts_shot=starts_shot)
        if self._recorded:
            self._measure(rgb)
        if len(self.views) > self._max_samples:
            self._thin()
        while len(self.views) > self._max_samples:
            self._interval *= 2
            self._thin()

    def _thin(self) -> None:
        """Drop views that lie within half an interval of another, or whose gap the interval allows."""
        times = sorted(self.views)
        kept = times[:1]
        for time, following in pairwise(times[1:]):
            starts_shot = self.views[time].starts_shot
            if time - kept[-1] < self._interval / 2:
                if starts_shot and not self.views[kept[-1]].starts_shot:
                    kept[-1] = time
            elif starts_shot or following - kept[-1] > self._interval:
                kept.append(time)
        self.views = {time: self.views[time] for time in [*kept, *times[-1:]]}

    def _measure(self, rgb: NDArray[np.uint8]) -> None:
        """Keep small copies of evenly spread samples; every second one goes when there are too many."""
        self._until_measured -= 1
        if self._until_measured:
            return
        self.measured.append(small_copy(rgb))
        if len(self.measured) > MAX_MEASURED:
            self.measured = self.measured[::2]
            self._measure_every *= 2
        self._until_measured = self._measure_every


def _another(luma: NDArray[np.uint8], sampled: NDArray[np.uint8] | None) -> bool:
    """Say whether the picture has become another one since the last sample; noise in the dark is not one."""
    if sampled is None or sampled.shape != luma.shape:
        return False
    return not _still(luma, sampled) and not alike(luma, sampled)


def _still(luma: NDArray[np.uint8], sampled: NDArray[np.uint8] | None) -> bool:
    if sampled is None or sampled.shape != luma.shape:
        return False
    blocks = cv2.resize(cv2.absdiff(luma, sampled), (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA)
    return int(blocks.max()) < STILL
