"""A question put to a finder in one go: look, then place in time what was found."""

from __future__ import annotations

from collections.abc import Sequence

from verify.matching.copies import matches_of
from verify.matching.finder import CopyFinder
from verify.matching.looks import look_for
from verify.matching.nearest_frame import FoundFrameSource
from verify.matching.shots import FrameSource
from verify.records import Match, View


def find_copies(
    finder: CopyFinder,
    views: Sequence[View],
    *,
    duration: float | None = None,
    frames: FrameSource | None = None,
    found_frames: FoundFrameSource | None = None,
) -> list[Match]:
    """Return the matches of views that are in order of time, best first."""
    look = look_for(finder, views, duration=duration, found_frames=found_frames)
    return matches_of(finder, look, frames=frames, found_frames=found_frames)
