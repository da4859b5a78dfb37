"""The shots of a query, and where more frames than its views come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verify.matching.alignment import TimedPicture
from verify.matching.nearest_frame import FoundFrameSource
from verify.records import View

FrameSource = Callable[[float, float], Sequence[TimedPicture]]
"""Small pictures of the query between two times, thirty a second: `local_features.small_picture`."""

Sources = tuple[FrameSource | None, FoundFrameSource | None]
"""Of frames of the query, and of found footage; None where they are not at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A stretch of the query between two cuts, with its views."""

    start: float
    end: float
    views: tuple[View, ...]


def shots_of(views: Sequence[View], duration: float | None) -> list[Shot]:
    """Return the views by shot; a still is one shot without length."""
    if not views:
        return []
    starts = [n for n, view in enumerate(views) if n == 0 or view.starts_shot]
    ends = [*starts[1:], len(views)]
    times = [float(views[n].time) for n in starts[1:]] + [max(duration or 0.0, float(views[-1].time))]
    return [
        Shot(start=float(views[first].time), end=end, views=tuple(views[first:last]))
        for first, last, end in zip(starts, ends, times, strict=True)
    ]
