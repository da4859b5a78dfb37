"""Finds where shots start, from a small grey look at every frame, a few microseconds each.

Hard cuts: a jump that stands out from the movement before and after it and that does not go back within a
quarter of a second, as the flash of a camera does. Gradual transitions: the frame half way looks like the
mean of both ends, which movement does not. A wipe, or a dissolve between two moving pictures, may be missed;
so may a cut between two pictures of the same layout and brightness, unless jump cuts are looked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOOK_SIDE: Final = 64
"""Longest side of the looks, pixels: noise and small movement average out, layout stays."""

JUMP: Final = 8.0
"""Mean difference, grey levels, from which a change of picture is considered a cut at all."""

STANDS_OUT: Final = 2.5
"""How many times the usual movement a cut must be; PySceneDetect's AdaptiveDetector takes 3 of its unit."""

JUMP_CUT: Final = 3.0
"""The same where the layout stays: a sentence cut out of an interview. Captions that appear give 2 to 4."""

JUMP_CUT_STANDS_OUT: Final = 1.8
"""How many times the largest movement within `FLASH` a jump cut must be: ten of eleven are 2.2 to 11 times,
within shots hardly anything but captions and what blinks reaches that (docs/matching.md)."""

FEWEST_BESIDE: Final = 2
"""Frames on either side of which the movement is known."""

FLASH: Final = 0.25
"""Seconds. A picture that comes back within this was interrupted by a flash, not cut. Photographic flashes
light one to three frames."""

GONE_BACK: Final = 0.4
"""Share of the jump that may remain when a picture has come back after a flash."""

ALIKE: Final = 0.8
"""Correlation above which two looks are the same picture at another brightness."""

BLEND_STEP: Final = 1 / 16
"""Seconds between the looks that are kept for gradual transitions."""

BLEND_STEPS: Final = (8, 16)
"""How many of them make the spans that are tested: half a second for quick dissolves, in which less
moves, and one second, a common length."""

BLEND_JUMP: Final = 12.0
"""Mean difference, grey levels, between both ends of a gradual transition."""

BLEND_ERROR: Final = 0.2
"""The middle may differ from the mean of both ends by this share of their difference; a hard cut or
movement gives 0.5."""


FLAT: Final = 4.0
"""Standard deviation, grey levels, below which a look is a black or plain frame between two pictures."""


def difference(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the mean absolute difference of two looks in grey levels."""
    return cv2.norm(one, other, cv2.NORM_L1) / one.size


class ShotFinder:
    """Takes the looks in order of time and tells where shots start, up to `FLASH` later."""

    def __init__(self, *, jump_cuts: bool = False) -> None:
        """Look for `jump_cuts` too; some are none, which does no harm where shots are joined later."""
        self._jump_cuts = jump_cuts
        self._last: NDArray[np.uint8] | None = None
        self._movement: deque[float] = deque(maxlen=5)
        self._candidate: _Candidate | None = None
        self._blends = [_BlendFinder(steps) for steps in BLEND_STEPS]

    @property
    def candidate(self) -> Fraction | None:
        """The time of a frame that may prove to start a shot; keep its picture until it is settled."""
        return self._candidate.time if self._candidate else None

    def look(self, time: Fraction, luma: NDArray[np.uint8]) -> Fraction | None:
        """Take the next frame; return the start of a shot if one is now certain.

        The start is `time` itself or what `candidate` was before. The first frame always starts one.
        """
        last, self._last = self._last, luma
        if last is None or last.shape != luma.shape:
            return self._start(time)
        seconds, moved = float(time), difference(last, luma)
        blended = self._blend_ends(seconds, luma)
        waited, started = self._candidate, self._settle(seconds, luma, moved)
        if started is None and blended:  # the frames of a quick dissolve jump too
            self._candidate = None
            return self._start(time)
        came_back = waited is not None and started is None and self._candidate is None
        usual = self._candidate is None and not came_back and self._stands_out(moved)
        if usual or self._is_outdone(moved):
            self._candidate = _Candidate(time=time, seconds=seconds, before=last, after=luma, jump=moved)
            return started
        self._movement.append(moved)
        return started

    def finish(self) -> Fraction | None:
        """Settle the last candidate when there are no more frames."""
        candidate, self._candidate = self._candidate, None
        return candidate.time if candidate and candidate.holds(jump_cuts=self._jump_cuts) else None

    def _settle(self, seconds: float, luma: NDArray[np.uint8], moved: float) -> Fraction | None:
        candidate = self._candidate
        if candidate is None:
            return None
        if seconds - candidate.seconds >= FLASH:
            self._candidate = None
            return self._start(candidate.time) if candidate.holds(jump_cuts=self._jump_cuts) else None
        if difference(candidate.before, luma) <= GONE_BACK * candidate.jump:
            self._candidate = None
        candidate.moved_after.append(moved)
        return None

    def _stands_out(self, moved: float) -> bool:
        cut = moved >= JUMP and (not self._movement or moved >= STANDS_OUT * median(self._movement))
        return cut or (self._jump_cuts and is_jump_cut(moved, self._movement))

    def _is_outdone(self, moved: float) -> bool:
        """Say whether a jump makes little of the one that is waited for: what changes just before a cut."""
        return self._candidate is not None and moved >= STANDS_OUT * self._candidate.jump

    def _blend_ends(self, seconds: float, luma: NDArray[np.uint8]) -> bool:
        ended = [blend.ends(seconds, luma) for blend in self._blends]
        return any(ended)

    def _start(self, time: Fraction) -> Fraction:
        self._blends = [_BlendFinder(steps) for steps in BLEND_STEPS]
        return time


@dataclass(slots=True, kw_only=True)
class _Candidate:
    """A frame that looks unlike the one before; what follows tells whether it starts a shot."""

    time: Fraction
    seconds: float
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    jump: float
    moved_after: list[float] = field(default_factory=list)

    def holds(self, *, jump_cuts: bool) -> bool:
        """Say whether it starts a shot, also where the layout stays if `jump_cuts` are looked for."""
        calm = not self.moved_after or self.jump >= STANDS_OUT * median(self.moved_after)
        another = self.jump >= JUMP and not alike(self.before, self.after)
        return (calm and another) or (jump_cuts and is_jump_cut(self.jump, self.moved_after))


class _BlendFinder:
    """Sees gradual transitions in looks taken every `BLEND_STEP` within one shot."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._looks: deque[NDArray[np.uint8]] = deque(maxlen=steps + 1)
        self._taken = float("-inf")
        self._from: NDArray[np.uint8] | None = None

    def ends(self, seconds: float, luma: NDArray[np.uint8]) -> bool:
        """Say whether a gradual transition to another picture ends with this look."""
        if seconds - self._taken < BLEND_STEP:
            return False
        self._taken = seconds
        self._looks.append(luma)
        if len(self._looks) <= self._steps:
            return False
        first, middle, last = self._looks[0], self._looks[self._steps // 2], self._looks[-1]
        if _blends(first, middle, last):
            self._from = first if self._from is None else self._from
            return False
        if self._from is None or float(last.std()) < FLAT:
            return False
        start, self._from = self._from, None
        return difference(start, last) >= BLEND_JUMP and not alike(start, last)


def is_jump_cut(moved: float, beside: Collection[float]) -> bool:
    """Say whether a difference from the frame before stands out from those of the frames `beside` it."""
    if len(beside) < FEWEST_BESIDE:
        return False
    return moved >= JUMP_CUT and moved >= JUMP_CUT_STANDS_OUT * max(beside)


def _blends(first: NDArray[np.uint8], middle: NDArray[np.uint8], last: NDArray[np.uint8]) -> bool:
    apart = difference(first, last)
    if apart < BLEND_JUMP:
        return False
    return difference(middle, cv2.addWeighted(first, 0.5, last, 0.5, 0)) <= BLEND_ERROR * apart


def alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Say whether two looks show the same at perhaps another brightness; a flat look is like no other."""
    deviation = float(one.std()) * float(other.std())
    if deviation == 0:
        return False
    mixed = float(np.mean((one - one.mean()) * (other - other.mean())))
    return mixed > ALIKE * deviation
