"""The markers of a JPEG, told apart before a decoder sees it: what it will cost, and where it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from verify.errors import UnreadableMedia
from verify.media.limits import MAX_JPEG_SCANS, MAX_JPEG_SEGMENTS

MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker inside entropy-coded data: neither a stuffed byte nor a restart (ITU T.81, B.1.1.2)."""

START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
WITHOUT_LENGTH: Final = (0x01, 0xD8)
"""Markers that no length follows: TEM and SOI (ITU T.81, table B.1)."""
PROGRESSIVE: Final = (0xC2, 0xC6, 0xCA, 0xCE)
"""Frames whose picture comes in several scans, each over all of it."""


def markers(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield every marker of the first picture, up to its end, and the offset behind it."""
    position = 2
    while match := MARKER.search(data, position):
        position, marker = match.end(), data[match.end() - 1]
        yield marker, position
        if marker == END_OF_IMAGE:
            return
        if marker not in WITHOUT_LENGTH:
            position += max(2, int.from_bytes(data[position : position + 2], "big"))


def end_of_jpeg(data: bytes) -> int:
    """Return the offset just behind the picture; 0 if its end is missing."""
    return next((position for marker, position in markers(data) if marker == END_OF_IMAGE), 0)


def refuse_floods(data: bytes) -> None:
    """Raise `UnreadableMedia` (`bomb`) for a file of a few bytes a segment or a scan, and thousands of them.

    Pillow joins EXIF segments one by one, and every scan of a progressive picture is a walk over all of it.
    """
    segments = scans = 0
    progressive = False
    for marker, _ in markers(data):
        progressive = progressive or marker in PROGRESSIVE
        if marker != START_OF_SCAN:
            segments += 1
        elif progressive:
            scans += 1
        else:
            return
        if segments > MAX_JPEG_SEGMENTS or scans > MAX_JPEG_SCANS:
            raise UnreadableMedia("The picture has more segments or scans than are decoded.", code="bomb")


def has_one_scan(data: bytes) -> bool:
    """Say whether a decoder can forget each part of the picture when the next one comes."""
    return sum(marker == START_OF_SCAN for marker, _ in markers(data)) == 1


def picture_bytes(data: bytes) -> int:
    """Return how many bytes hold coefficients: those of the scans."""
    return sum(
        following - start
        for (marker, start), (_, following) in pairwise([*markers(data), (END_OF_IMAGE, len(data))])
        if marker == START_OF_SCAN
    )
