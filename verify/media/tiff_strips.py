"""The pieces that the first picture of a TIFF lies in, told before a decoder sees it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from verify.errors import UnreadableMedia
from verify.media.limits import MAX_TIFF_STRIPS

OFFSETS: Final = (273, 324)
"""Tags with the places of strips and of tiles (TIFF 6.0, sections 3 and 15)."""
LENGTHS: Final = (279, 325)
"""Tags with their lengths."""

MAX_FIELDS: Final = 65_535
"""As many as a directory of TIFF 6.0 can count."""

NUMBERS: Final = {3: "H", 4: "I", 16: "Q"}
"""Types of whole numbers: SHORT and LONG, and LONG8 of BigTIFF."""


def refuse_floods(data: bytes) -> None:
    """Raise `UnreadableMedia` (`bomb`) for millions of strips of a line each: Pillow makes a list of them."""
    if any(tag in (*OFFSETS, *LENGTHS) and count > MAX_TIFF_STRIPS for tag, _, count, _ in _fields(data)):
        raise UnreadableMedia("The picture lies in more pieces than are decoded.", code="bomb")


def picture_bytes(data: bytes) -> int:
    """Return how many bytes hold pixels."""
    order, total = _order(data), 0
    for tag, kind, count, place in _fields(data):
        if tag in LENGTHS and kind in NUMBERS:
            with suppress(struct.error):
                total += sum(struct.unpack_from(f"{order}{count}{NUMBERS[kind]}", data, place))
    return total


def _fields(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield tag, type and count of every field, and where its values stand; up to where the file ends."""
    order, is_big = _order(data), b"+" in data[2:4]
    number, count, field = ("Q", "Q", "HHQQ") if is_big else ("I", "H", "HHII")
    with suppress(struct.error):  # a directory that is cut off is for the decoder to name
        (directory,) = struct.unpack_from(order + number, data, 8 if is_big else 4)
        (fields,) = struct.unpack_from(order + count, data, directory)
        first, size = directory + struct.calcsize(order + count), struct.calcsize(order + field)
        for position in range(first, first + size * min(fields, MAX_FIELDS), size):
            tag, kind, elements, place = struct.unpack_from(order + field, data, position)
            inside = elements * struct.calcsize(order + NUMBERS.get(kind, number)) <= struct.calcsize(number)
            yield tag, kind, elements, position + size - struct.calcsize(number) if inside else place


def _order(data: bytes) -> str:
    return "<" if data[:1] == b"I" else ">"
