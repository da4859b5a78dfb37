"""How many bytes of a file hold its picture: what is padded with anything else does not weigh more for it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from verify.media import gif_blocks, jpeg_markers, png_chunks, tiff_strips
from verify.media.limits import MAX_PARTS

if TYPE_CHECKING:
    from verify.media.files import MediaFile

CODESTREAM: Final = b"\xff\x4f\xff\x51"
"""How JPEG 2000 begins that lies in no box (ITU T.800, A.4.1)."""

WEBP_PICTURES: Final = (b"VP8 ", b"VP8L", b"ALPH")
WEBP_FRAME: Final = b"ANMF"
"""A chunk of chunks (developers.google.com/speed/webp, RIFF container)."""
WEBP_HEAD, FRAME_HEAD = 12, 16
"""What stands before the first chunk, of the file and of a frame."""


def picture_bytes(media: MediaFile) -> int:
    """Return the size of the picture's own data as the file declares it; of all frames, if it moves."""
    return max(0, min(COUNTERS[media.format.name](media.data), media.size_bytes))


def _of_webp(data: bytes) -> int:
    total = 0
    for name, start, end in _webp_chunks(data, WEBP_HEAD, len(data)):
        inner = _webp_chunks(data, start + FRAME_HEAD, end) if name == WEBP_FRAME else [(name, start, end)]
        total += sum(end - start for name, start, end in inner if name in WEBP_PICTURES)
    return total


def _webp_chunks(data: bytes, position: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name of every chunk, and where its body begins and ends."""
    for _ in range(MAX_PARTS):
        if position + 8 > end:
            return
        name, length = struct.unpack_from("<4sI", data, position)
        yield name, position + 8, min(position + 8 + length, end)
        position += 8 + length + length % 2


def _of_boxes(wanted: bytes) -> Callable[[bytes], int]:
    """Return what adds up the boxes of this name (ISO/IEC 14496-12, 4.2)."""

    def count(data: bytes) -> int:
        total = position = 0
        for _ in range(MAX_PARTS):
            if position + 8 > len(data):
                break
            size, name = struct.unpack_from(">I4s", data, position)
            if size == 1:
                size = int.from_bytes(data[position + 8 : position + 16], "big")
            size = max(8, size) if size else len(data) - position
            total += size if name == wanted else 0
            position += size
        return total

    return count


def _of_jpeg_2000(data: bytes) -> int:
    return len(data) if data.startswith(CODESTREAM) else _of_boxes(b"jp2c")(data)


def _of_bmp(data: bytes) -> int:
    return len(data) - int.from_bytes(data[10:14], "little")


COUNTERS: Final[dict[str, Callable[[bytes], int]]] = {
    "jpeg": jpeg_markers.picture_bytes,
    "mpo": jpeg_markers.picture_bytes,
    "png": png_chunks.picture_bytes,
    "gif": gif_blocks.picture_bytes,
    "webp": _of_webp,
    "tiff": tiff_strips.picture_bytes,
    "bmp": _of_bmp,
    "jpeg2000": _of_jpeg_2000,
    "heif": _of_boxes(b"mdat"),
    "avif": _of_boxes(b"mdat"),
}
"""By the name of the format."""
