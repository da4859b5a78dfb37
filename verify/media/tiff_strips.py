"""How many pieces the first picture of a TIFF lies in, told before a decoder sees it."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import Final

from verify.errors import UnreadableMedia
from verify.media.limits import MAX_TIFF_STRIPS

OFFSETS: Final = (273, 324)
"""Tags with the places of strips and of tiles (TIFF 6.0, sections 3 and 15)."""

MAX_FIELDS: Final = 65_535
"""As many as a directory of TIFF 6.0 can count."""


def refuse_floods(data: bytes) -> None:
    """Raise `UnreadableMedia` (`bomb`) for millions of strips of a line each: Pillow makes a list of them."""
    order = "<" if data[:1] == b"I" else ">"
    is_big = b"+" in data[2:4]
    number, count, field = ("Q", "Q", "HHQQ") if is_big else ("I", "H", "HHII")
    with suppress(struct.error):  # a directory that is cut off is for the decoder to name
        (directory,) = struct.unpack_from(order + number, data, 8 if is_big else 4)
        (fields,) = struct.unpack_from(order + count, data, directory)
        first, size = directory + struct.calcsize(order + count), struct.calcsize(order + field)
        for position in range(first, first + size * min(fields, MAX_FIELDS), size):
            tag, _, elements, _ = struct.unpack_from(order + field, data, position)
            if tag in OFFSETS and elements > MAX_TIFF_STRIPS:
                raise UnreadableMedia("The picture lies in more pieces than are decoded.", code="bomb")
