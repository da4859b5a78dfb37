"""What a moving picture is to everyone above: frames at exact times, walked once.

`Video` is the same for FFmpeg's containers (`videos.py`) and animated images (`animations.py`).
`Clock` keeps the times of a walk strictly increasing and remembers what it saw.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from verify.records import Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from verify.media.headers import VideoHeader

COARSE_TICK: Final = Fraction(1, 500)
"""Time bases coarser than this (AVI counts frames) state times exactly; finer ones round by a tick."""

UNEVEN_SHARE: Final = 0.02
"""Above this share of odd intervals the frame rate varies; a dropped frame now and then stays below."""

MAX_REORDERED: Final = 16
"""Frames that may be decoded out of their order (H.264 and HEVC: size of the decoded picture buffer)."""

MAX_INTERVALS: Final = 4096
"""Different frame intervals that are counted; a video with more of them varies anyhow."""


class Frame(ABC):
    """One decoded picture of a video. Take its pixels before the next frame is decoded."""

    __slots__ = ("time",)

    time: Fraction
    """Exact presentation time, seconds; may be negative where the container says so."""

    @abstractmethod
    def luma(self, longest_side: int) -> NDArray[np.uint8]:
        """Return a cheap (height, width) grey look, not turned upright, for comparing neighbours in time."""

    @abstractmethod
    def rgb(self, longest_side: int | None = None) -> NDArray[np.uint8]:
        """Return upright (height, width, 3) RGB, its longest side at most `longest_side` pixels."""


class Video(ABC):
    """An open moving picture that can be walked once from start to end."""

    header: VideoHeader
    width: int
    """Upright display width, pixels."""
    height: int

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._problems: dict[str, Problem] = {}

    @abstractmethod
    def frames(self) -> Iterator[Frame]:
        """Walk all frames in order of presentation."""

    def skip_to(self, time: Fraction) -> None:  # noqa: B027 - most kinds of video simply begin at the start
        """Let the walk begin at a keyframe at or before `time`, where the container finds one quickly.

        Call it before the walk; a walk that begins later knows no duration. Here it does nothing.
        """

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What went wrong so far, one for each code."""
        if self._clock.repaired:
            self._report(
                "repaired-times",
                "Some frames have no usable time; each was placed one frame after the one before it.",
            )
        return tuple(self._problems.values())

    @property
    def partial(self) -> bool:
        """True if pictures are missing: damaged, cut off or over budget."""
        return any(code != "repaired-times" for code in self._problems)

    @property
    def duration(self) -> Fraction | None:
        """From the first frame to the end of the last one walked, seconds; None before the walk."""
        return self._clock.duration

    @property
    def frame_count(self) -> int:
        """Frames walked so far."""
        return self._clock.count

    @property
    def variable_frame_rate(self) -> bool:
        """True if more than `UNEVEN_SHARE` of the intervals walked so far differ from the usual one."""
        return self._clock.uneven

    def _report(self, code: str, message: str) -> None:
        self._problems.setdefault(code, Problem(stage="decode", code=code, message=message))


class Clock:
    """The times of one walk, in whole ticks, repaired where they do not increase."""

    def __init__(self, *, tick: Fraction, usual_step: int = 1, zero: int = 0) -> None:
        self.tick = tick
        """Seconds."""
        self.count = 0
        self.repaired = 0
        self._usual_step = max(1, usual_step)
        self._zero = zero
        self._first = 0
        self._last = 0
        self._last_length = 0
        self._stated_end: int | None = None
        self._steps: Counter[int] = Counter()
        self._awaited: list[int] = []
        self._heeded: tuple[int, int] | None = None
        self._stepped_to: int | None = None

    def place(self, stated: int | None, length: int = 0) -> Fraction:
        """Return the time of the next frame, given what the file states, both in ticks."""
        ticks = stated
        if ticks is None or (self.count and ticks <= self._last):
            ticks = self._last + self._usual_step if self.count else self._zero
            self.repaired += 1
        if not self.count:
            self._first = ticks
        elif self._heeded is None:
            self._count_step(ticks - self._last)
        self._last, self._last_length = ticks, length
        self.count += 1
        return self.time_of(ticks)

    def heed(self, ticks: int, length: int) -> None:
        """Take note of a frame by its packet, decoded or not; packets come in order of decoding."""
        self._heeded = max(self._heeded or (ticks, length), (ticks, length))
        heappush(self._awaited, ticks)
        if len(self._awaited) > MAX_REORDERED:
            ticks = heappop(self._awaited)
            if self._stepped_to is not None:
                self._count_step(ticks - self._stepped_to)
            self._stepped_to = ticks

    def _count_step(self, step: int) -> None:
        if len(self._steps) < MAX_INTERVALS:
            self._steps[step] += 1

    def time_of(self, ticks: int) -> Fraction:
        """Return the time of a stated tick, seconds."""
        return (ticks - self._zero) * self.tick

    @property
    def end(self) -> Fraction:
        """The time at which the last frame ends, seconds."""
        last, length = max((self._last, self._last_length), self._heeded or (self._last, self._last_length))
        end = last + (length or (self._steps.most_common(1)[0][0] if self._steps else 0))
        if self._stated_end is not None and self._last < self._stated_end < end:
            end = self._stated_end  # an edit list may cut the last frame short
        return self.time_of(end)

    def end_no_later_than(self, ticks: int) -> Fraction:
        """Take note of the stated end of the video and return it in seconds."""
        self._stated_end = ticks
        return self.time_of(ticks)

    @property
    def duration(self) -> Fraction | None:
        return self.end - self.time_of(self._first) if self.count else None

    @property
    def uneven(self) -> bool:
        if not self._steps:
            return False
        usual = self._steps.most_common(1)[0][0]
        tolerance = 0 if self.tick > COARSE_TICK else max(1, int(Fraction(1, 1000) / self.tick))
        odd = sum(n for step, n in self._steps.items() if abs(step - usual) > tolerance)
        return odd > UNEVEN_SHARE * self._steps.total()


def fit(width: int, height: int, longest_side: int) -> tuple[int, int]:
    """Shrink a size to a longest side, keeping its shape; never enlarge."""
    scale = min(1.0, longest_side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
