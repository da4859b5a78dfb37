"""Finds where a picture ends inside its file: a motion photo, a second picture or hidden data may follow."""

from __future__ import annotations

from verify.media.identify import colour_table_bytes
from verify.media.jpeg_markers import end_of_jpeg


def end_of_picture(data: bytes, name: str) -> int:
    """Return the offset just behind the picture; 0 if the format does not say or the end is missing."""
    if name in ("jpeg", "mpo"):
        return end_of_jpeg(data)
    if name == "png":
        return _end_of_png(data)
    if name == "gif":
        return _end_of_gif(data)
    if name == "webp":
        size = int.from_bytes(data[4:8], "little")
        return min(len(data), 8 + size + size % 2)
    return 0


def _end_of_png(data: bytes) -> int:
    position = 8
    while position + 12 <= len(data):
        length, name = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        position += 12 + length
        if name == b"IEND":
            return position
    return 0


def _end_of_gif(data: bytes) -> int:
    position = 13 + colour_table_bytes(data[10]) if len(data) > 13 else len(data)
    while position < len(data):
        block = data[position]
        if block == 0x3B:
            return position + 1
        if block == 0x21:
            position += 2
        elif block == 0x2C and position + 9 < len(data):
            position += 11 + colour_table_bytes(data[position + 9])
        else:
            return 0
        while position < len(data) and data[position]:
            position += 1 + data[position]
        position += 1
    return 0
