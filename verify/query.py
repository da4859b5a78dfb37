"""A file or an item as a question: its views, and more of its frames where a moment is to be found.

Files are decoded in workers, for what they show alone: what their bytes say is not read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path

from verify.errors import UnreadableMedia
from verify.examination import Sight, sight_of_file
from verify.fingerprints.local_features import QUERY, Detail, small_picture
from verify.matching.alignment import TimedPicture
from verify.matching.shots import FrameSource
from verify.media.files import OpenFile, media_of, open_file
from verify.media.frames import Frame
from verify.media.videos import open_video
from verify.media.worker import shared
from verify.records import Examination, View

FRAMES_A_SECOND = 30
"""Frames of either side that say when something plays: all of ordinary footage. With every other frame of
each, taken at other moments, both sides of a fast pan differ by half of what lies between them."""

EARLY = Fraction(9, 10)
"""Share of the time between two frames after which the next is due: times are rounded to milliseconds."""

FRAME = Detail(longest_side=256, keypoints=0, picture_pixels=16384)
"""How closely those frames are looked at; they have no keypoints."""

PLACED_SECONDS = 900
"""A longer query is placed in time by its samples alone: decoding it twice would take too long."""

STRETCHES_KEPT = 16
"""Decoded stretches of video kept in memory: the shot at hand and what it is laid over."""

STILLS_KEPT = 256
"""Closer views of stills kept in memory, 30 KB each: a scan reads pages of one design again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked about."""

    sha256: str
    views: tuple[View, ...]
    duration: float | None
    """Seconds; None for a still."""
    frames: FrameSource | None = None
    """More frames between two times; None to make do with the views."""
    placed: bool = False
    """Whether more frames of what is found are decoded, to say when the query plays there."""


def query_of_file(path: str | os.PathLike[str], detail: Detail = QUERY) -> Query:
    """Look at a file as a query, usually more closely than stored views are.

    Raises `UnreadableMedia` if no picture in it can be decoded.
    """
    with open_file(path) as file:
        sight = sight_of_file(file, shared(), detail=detail)
    if not sight.views:
        problem = sight.problems[0]
        raise UnreadableMedia(problem.message, code=problem.code)
    duration = _length(sight)
    placed = duration is None or duration <= PLACED_SECONDS
    return Query(
        sha256=file.sha256,
        views=sight.views,
        duration=duration,
        frames=partial(frames_between, Path(path), file.sha256) if placed and duration is not None else None,
        placed=placed,
    )


def query_of_examination(examination: Examination) -> Query:
    """Ask about an examined item by what is stored of it."""
    return Query(sha256=examination.sha256, views=examination.views, duration=_length(examination))


def closer_view(path: Path, sha256: str) -> View | None:
    """Look at a still as closely as at a query; None of a file that is another or cannot be decoded now."""
    try:
        return _looked_at(path, sha256)
    except UnreadableMedia:
        return None


@lru_cache(STILLS_KEPT)
def _looked_at(path: Path, sha256: str) -> View | None:
    with open_file(path) as file:
        if file.sha256 != sha256 or media_of(file).format.kind != "image":
            return None
        views = sight_of_file(file, shared(), detail=QUERY).views
        return views[0] if views else None


def frames_between(path: Path, sha256: str, start: float, end: float) -> Sequence[TimedPicture]:
    """Have a stretch of a video decoded, `FRAMES_A_SECOND` small pictures a second.

    None of a file that is another or cannot be decoded now: what is stored of it has to do, and answers for
    the others.
    """
    try:
        return _stretch(path, sha256, start, end)
    except UnreadableMedia:
        return ()


@lru_cache(STRETCHES_KEPT)
def _stretch(path: Path, sha256: str, start: float, end: float) -> Sequence[TimedPicture]:
    with open_file(path) as file:
        if file.sha256 != sha256:
            return ()
        return shared().ask(_decoded_between, file, start, end, believable=_are_small)


def _decoded_between(file: OpenFile, start: float, end: float) -> list[TimedPicture]:
    """Decode a stretch of an open video, in a worker."""
    pictures = []
    with open_video(media_of(file)) as video:
        video.skip_to(Fraction(max(start, 0)))
        for frame in _thinned(video.frames()):
            if frame.time >= end:
                break
            if frame.time >= start:
                picture = small_picture(frame.rgb(FRAME.longest_side), FRAME)
                pictures.append(TimedPicture(time=float(frame.time), picture=picture))
    return pictures


def _are_small(pictures: Sequence[TimedPicture]) -> bool:
    """Say whether a worker's answer has the shape that is computed with."""
    return all(one.picture.ndim == 2 and 0 < one.picture.size <= FRAME.picture_pixels for one in pictures)


def _thinned(frames: Iterator[Frame]) -> Iterator[Frame]:
    step, due = EARLY / FRAMES_A_SECOND, None
    for frame in frames:
        if due is None or frame.time >= due:
            due = frame.time + step
            yield frame


def _length(seen: Sight | Examination) -> float | None:
    """Return seconds; None for a still. A video without a stated length ends with its last view."""
    if seen.kind == "image":
        return None
    return float(seen.duration_seconds or seen.views[-1].time)
