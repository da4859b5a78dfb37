"""From a match to a picture of it: both files, decoded in workers, at the moments that belong together.

Outlined is what they share, and each keypoint that both have is dotted, in the same colour on both sides. A
still gives one row. Of videos every segment gives a few, early, in the middle and late: where the rows
agree, the segment is placed rightly.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.errors import UnreadableMedia
from verify.fingerprints.local_features import QUERY, extract
from verify.matching import geometry
from verify.matching.candidates import Variant, variants
from verify.matching.drawing import NO_POINTS, Points, Side, side_by_side
from verify.matching.pairs import side_of, size_of
from verify.media.files import OpenFile, media_of, open_file
from verify.media.images import read_image
from verify.media.videos import open_video
from verify.media.worker import shared
from verify.records import Match, Segment

Shown = tuple[NDArray[np.uint8], str]
"""A picture and when it is shown, in words."""

MOMENTS: Final = (0.1, 0.5, 0.9)
"""Of a segment, as shares of its length."""
ROWS: Final = 12
"""At most; of more segments the first are drawn."""
LATE: Final = Fraction(1, 50)
"""Seconds by which a frame may precede the moment asked for: half a frame at 25 frames a second."""
SIDE: Final = 1280
"""Longest side of a frame, pixels."""
MAX_WORDS: Final = 40


def draw_match(query: str | os.PathLike[str], match: Match) -> bytes:
    """Return a PNG of the query's file and the found one side by side, with what they share.

    Raises `UnreadableMedia` if one of the files is not there any more or cannot be decoded.
    """
    there = next((path for path in match.paths if Path(path).is_file()), None)
    if there is None:
        raise UnreadableMedia("The found item's file is not where it was seen.", code="missing")
    moments = [moment for segment in match.segments for moment in _moments(segment)][:ROWS] or [(0.0, 0.0)]
    asked = _sides(query, [moment for moment, _ in moments])
    found = _sides(there, [moment for _, moment in moments])
    rows = [_row(one, other, match) for one, other in zip(asked, found, strict=True)]
    encoded, png = cv2.imencode(".png", cv2.cvtColor(side_by_side(rows), cv2.COLOR_RGB2BGR))
    assert encoded  # noqa: S101 - an 8-bit picture of this size can always be written
    return png.tobytes()


def _row(
    asked: tuple[NDArray[np.uint8], str], found: tuple[NDArray[np.uint8], str], match: Match
) -> tuple[Side, Side]:
    (one, words), (other, more) = asked, found
    here, there = _points(one, other, match)
    return (
        Side(rgb=one, region=match.query_region, words=f"asked{words}", points=here),
        Side(rgb=other, region=match.region, words=f"found{more}", points=there),
    )


def _points(one: NDArray[np.uint8], other: NDArray[np.uint8], match: Match) -> tuple[Points, Points]:
    """Find the keypoints that lie on each other under one transform, in the matched region."""
    asked, found = extract(one, QUERY), extract(other, QUERY)
    drawn = [
        _within(variant, proof.pairs, (size_of(asked), size_of(found)), side_of(found), match)
        for negated in (False, True)
        for variant in variants(side_of(asked), size_of(asked)[0], negated=negated)
        if variant.mirrored == match.mirrored
        for proof in geometry.proofs(variant.side, side_of(found))
    ]
    return max(drawn, key=lambda sides: len(sides[0]), default=(NO_POINTS, NO_POINTS))


def _within(
    variant: Variant,
    pairs: NDArray[np.int64],
    sizes: tuple[Points, Points],
    found: geometry.Side,
    match: Match,
) -> tuple[Points, Points]:
    """Return the places of pairs of keypoints as fractions of both pictures, those in the matched region."""
    here, there = variant.side.places[pairs[:, 0], :2] / sizes[0], found.places[pairs[:, 1], :2] / sizes[1]
    if variant.mirrored:
        here[:, 0] = 1 - here[:, 0]
    corners = np.array(match.region if match.region else [[0.0, 0.0], [1.0, 1.0]])
    within = ((there >= corners.min(axis=0)) & (there <= corners.max(axis=0))).all(axis=1)
    return here[within], there[within]


def _moments(segment: Segment) -> Iterator[tuple[float, float]]:
    """Yield times that belong together, of the query and of the found item."""
    here, there = segment.query_end - segment.query_start, segment.found_end - segment.found_start
    for share in MOMENTS if here or there else (0.0,):
        yield segment.query_start + share * here, segment.found_start + share * there


def _sides(path: str | os.PathLike[str], times: Sequence[float]) -> list[Shown]:
    """Return the picture shown at each time, and the time in words; a still is the same at all of them."""
    with open_file(path) as file:
        shown = shared().ask(_shown, file, tuple(times), believable=_can_be_drawn)
    return [shown[min(number, len(shown) - 1)] for number in range(len(times))]


def _shown(file: OpenFile, times: Sequence[float]) -> list[Shown]:
    """Decode the picture shown at each time, in a worker; of a still, one."""
    media = media_of(file)
    if media.format.kind == "image":
        return [(read_image(media).rgb, "")]
    wanted = sorted({Fraction(time) for time in times})
    shown: dict[Fraction, NDArray[np.uint8]] = {}
    with open_video(media) as video:
        video.skip_to(max(wanted[0], Fraction(0)))
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


def _can_be_drawn(shown: Sequence[Shown]) -> bool:
    """Say whether a worker's answer has the shape that is drawn."""
    return bool(shown) and all(
        picture.ndim == 3 and picture.shape[2] == 3 and picture.size and len(words) <= MAX_WORDS
        for picture, words in shown
    )
