"""Where one shot of a query dissolves into the next one.

A dissolve is noticed when it is over: the shot before it would end with frames of the next one and with
mixed ones, and no line in time holds for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from verify.fingerprints.shots import FLASH, alike, difference, is_jump_cut
from verify.matching.alignment import TimedPicture
from verify.matching.looks import Look
from verify.matching.shots import FrameSource, Shot

NOTICED_WITHIN: Final = 1.0
"""Seconds after the first frame that looks like the next shot, at most, until that is noticed."""
NEXT_FRAME: Final = 0.15
"""Seconds within which the next shot has a frame."""
MIXED: Final = 0.3
"""Seconds before that in which frames show both: as long as a quick dissolve lasts, half of a slow one."""
SHORTEST: Final = 0.2
"""What is left of a shot at least."""


def without_dissolves(look: Look, frames: FrameSource) -> Look:
    """Return the look with shots that resemble something ended before they dissolve into the next one."""
    matched = {start for of_shots in look.pairings.values() for start in of_shots}
    shots, starts = list(look.shots), {shot.start: shot.start for shot in look.shots}
    for number, (shot, after) in enumerate(pairwise(look.shots)):
        if shot.end == after.start and not matched.isdisjoint((shot.start, after.start)):
            own = shots[number]
            least = own.start + SHORTEST
            around = frames(max(least, shot.end - NOTICED_WITHIN), shot.end + NEXT_FRAME)
            begins = _begins(around, shot.end)
            if begins < shot.end:
                starts[after.start] = begins
                shots[number] = replace(own, end=max(begins - MIXED, least))
                shots[number + 1] = replace(after, start=begins)
    return _retimed(look, shots, starts)


def _retimed(look: Look, shots: Sequence[Shot], starts: dict[float, float]) -> Look:
    pairings = {
        key: {starts[start]: pairing for start, pairing in of_shots.items()}
        for key, of_shots in look.pairings.items()
    }
    return replace(look, shots=shots, pairings=pairings)


def _begins(frames: Sequence[TimedPicture], noticed: float) -> float:
    """Return the time from which all frames look like the one at which a shot was noticed.

    That time itself if there is a jump: what is before a jump cut may look like what follows.
    """
    before = [frame for frame in frames if frame.time < noticed]
    following = next((frame for frame in frames if frame.time >= noticed), None)
    if before and following and _jumps(before, following):
        return noticed
    begins = noticed
    while following is not None and before and _alike(before[-1], following):
        begins = before.pop().time
    return begins


def _jumps(before: Sequence[TimedPicture], following: TimedPicture) -> bool:
    pictures = [one.picture for one in (*before, following) if one.time >= following.time - FLASH]
    if len({picture.shape for picture in pictures}) > 1:
        return False
    moved = [difference(one, other) for one, other in pairwise(pictures)]
    return bool(moved) and is_jump_cut(moved[-1], moved[:-1])


def _alike(one: TimedPicture, other: TimedPicture) -> bool:
    return one.picture.shape == other.picture.shape and alike(one.picture, other.picture)
