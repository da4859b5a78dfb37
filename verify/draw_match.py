"""From a match to a picture of it: opens both files at the moments that belong together.

A still gives one row. Of videos every segment gives a few, early, in the middle and late: where the rows
agree, the segment is placed rightly.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2

from verify.errors import UnreadableMedia
from verify.matching.drawing import Side, side_by_side
from verify.media.files import open_media
from verify.media.images import read_image
from verify.media.videos import open_video
from verify.records import Match, Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOMENTS: Final = (0.1, 0.5, 0.9)
"""Of a segment, as shares of its length."""
ROWS: Final = 12
"""At most; of more segments the first are drawn."""
LATE: Final = Fraction(1, 50)
"""Seconds by which a frame may precede the moment asked for: half a frame at 25 frames a second."""
SIDE: Final = 1280
"""Longest side of a frame, pixels."""


def draw_match(query: str | os.PathLike[str], match: Match) -> bytes:
    """Return a PNG of the query's file and the found one side by side, what they share outlined.

    Raises `UnreadableMedia` if one of the files is not there any more or cannot be decoded.
    """
    there = next((path for path in match.paths if Path(path).is_file()), None)
    if there is None:
        raise UnreadableMedia("The found item's file is not where it was seen.", code="missing")
    moments = [moment for segment in match.segments for moment in _moments(segment)][:ROWS] or [(0.0, 0.0)]
    asked = _sides(query, [moment for moment, _ in moments])
    found = _sides(there, [moment for _, moment in moments])
    rows = [
        (
            Side(rgb=one, region=match.query_region, words=f"asked{words}"),
            Side(rgb=other, region=match.region, words=f"found{more}"),
        )
        for (one, words), (other, more) in zip(asked, found, strict=True)
    ]
    encoded, png = cv2.imencode(".png", cv2.cvtColor(side_by_side(rows), cv2.COLOR_RGB2BGR))
    assert encoded  # noqa: S101 - an 8-bit picture of this size can always be written
    return png.tobytes()


def _moments(segment: Segment) -> Iterator[tuple[float, float]]:
    """Yield times that belong together, of the query and of the found item."""
    here, there = segment.query_end - segment.query_start, segment.found_end - segment.found_start
    for share in MOMENTS if here or there else (0.0,):
        yield segment.query_start + share * here, segment.found_start + share * there


def _sides(path: str | os.PathLike[str], times: Sequence[float]) -> list[tuple[NDArray[np.uint8], str]]:
    """Return the picture shown at each time, and the time in words; a still is the same at all of them."""
    with open_media(path) as media:
        if media.format.kind == "image":
            return [(read_image(media).rgb, "")] * len(times)
        wanted = sorted({Fraction(time) for time in times})
        with open_video(media) as video:
            video.skip_to(max(wanted[0], Fraction(0)))
            shown: dict[Fraction, NDArray[np.uint8]] = {}
            for frame in video.frames():
                due = [time for time in wanted if time not in shown and frame.time >= time - LATE]
                if due:
                    shown.update(dict.fromkeys(due, frame.rgb(SIDE)))
                if len(shown) == len(wanted):
                    break
    if not shown:
        raise UnreadableMedia("The video ends before the moment that matches.", code="truncated")
    last = shown[max(shown)]
    return [(shown.get(Fraction(time), last), f" at {time:.2f} s") for time in times]
