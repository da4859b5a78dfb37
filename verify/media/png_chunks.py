"""The chunks of a PNG, told apart before a decoder sees it (PNG specification, 5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from verify.errors import UnreadableMedia
from verify.media.limits import MAX_PARTS

FIRST_CHUNK: Final = 8
"""Behind the signature."""
AROUND_BODY: Final = 12
"""Length, name and check sum."""

PICTURE_DATA: Final = (b"IDAT", b"fdAT")
"""Of the still and of an animation's frames."""


def chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name of every chunk, where its body begins, and how long that says it is."""
    position = FIRST_CHUNK
    while position + AROUND_BODY <= len(data):
        length, name = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        yield name, position + 8, length
        position += AROUND_BODY + length


def end_of_png(data: bytes) -> int:
    """Return the offset just behind the picture; 0 if its end is missing."""
    ends = (body + length + 4 for name, body, length in chunks(data) if name == b"IEND")
    return next(ends, 0)


def is_animated(data: bytes) -> bool:
    """Say whether a control chunk for more than one frame stands before the first picture data."""
    for name, body, _ in islice(chunks(data), MAX_PARTS):
        if name == b"acTL":
            return int.from_bytes(data[body : body + 4], "big") > 1
        if name in (b"IDAT", b"IEND"):
            return False
    return False


def refuse_floods(data: bytes) -> None:
    """Raise `UnreadableMedia` (`bomb`) for a file of more chunks than any honest picture lies in."""
    if next(islice(chunks(data), MAX_PARTS, None), None):
        raise UnreadableMedia("The picture lies in more chunks than are read.", code="bomb")


def picture_bytes(data: bytes) -> int:
    """Return how many bytes hold pixels."""
    return sum(min(length, len(data) - body) for name, body, length in chunks(data) if name in PICTURE_DATA)
