"""The blocks of a GIF, told apart before a decoder sees it (GIF89a specification, appendix B)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from verify.errors import UnreadableMedia
from verify.media.limits import MAX_GIF_PIECES, MAX_PARTS

EXTENSION, PICTURE, TRAILER = 0x21, 0x2C, 0x3B
BEFORE_BLOCKS: Final = 13
"""Header and screen, without the colour table."""
DESCRIPTOR: Final = 10
"""In front of a picture, without its colour table."""


class Block(NamedTuple):
    """One block, from the first of the pieces that hold its data to behind the last."""

    kind: int
    start: int
    end: int


def blocks(data: bytes) -> Iterator[Block]:
    """Yield every block up to the trailer, or up to one that is none; no more than are read."""
    position = BEFORE_BLOCKS + colour_table_bytes(data[10]) if len(data) > BEFORE_BLOCKS else len(data)
    pieces = 0
    for _ in range(MAX_PARTS):
        if position >= len(data) or pieces == MAX_GIF_PIECES:
            return
        kind = data[position]
        if kind == EXTENSION:
            start = position + 2
        elif kind == PICTURE and position + DESCRIPTOR <= len(data):
            start = position + DESCRIPTOR + 1 + colour_table_bytes(data[position + DESCRIPTOR - 1])
        else:
            yield Block(kind, position, position + 1 if kind == TRAILER else len(data))
            return
        position = start
        while position < len(data) and data[position] and pieces < MAX_GIF_PIECES:
            position += 1 + data[position]
            pieces += 1
        position += 1
        yield Block(kind, start, position)


def end_of_gif(data: bytes) -> int:
    """Return the offset just behind the picture; 0 if its end is missing."""
    return next((block.end for block in blocks(data) if block.kind == TRAILER), 0)


def is_animated(data: bytes) -> bool:
    """Say whether there is a second picture."""
    pictures = (block for block in blocks(data) if block.kind == PICTURE)
    return next(islice(pictures, 1, None), None) is not None


def refuse_floods(data: bytes) -> None:
    """Raise `UnreadableMedia` (`bomb`) for a file in more blocks or pieces than any honest picture."""
    for last in deque(blocks(data), maxlen=1):
        if last.kind in (EXTENSION, PICTURE) and last.end < len(data):
            raise UnreadableMedia("The picture lies in more pieces than are read.", code="bomb")


def picture_bytes(data: bytes) -> int:
    """Return how many bytes hold pixels."""
    return sum(min(block.end, len(data)) - block.start for block in blocks(data) if block.kind == PICTURE)


def colour_table_bytes(packed: int) -> int:
    """Return the size of the colour table that a packed field announces."""
    return 3 << ((packed & 0x07) + 1) if packed & 0x80 else 0
