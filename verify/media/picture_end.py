"""Finds where a picture ends inside its file: a motion photo, a second picture or hidden data may follow."""

from __future__ import annotations

from verify.media.gif_blocks import end_of_gif
from verify.media.jpeg_markers import end_of_jpeg
from verify.media.png_chunks import end_of_png


def end_of_picture(data: bytes, name: str) -> int:
    """Return the offset just behind the picture; 0 if the format does not say or the end is missing."""
    if name in ("jpeg", "mpo"):
        return end_of_jpeg(data)
    if name == "png":
        return end_of_png(data)
    if name == "gif":
        return end_of_gif(data)
    if name == "webp":
        size = int.from_bytes(data[4:8], "little")
        return min(len(data), 8 + size + size % 2)
    return 0
