"""Pictures that are small on disk and huge in work, made by code."""

from __future__ import annotations

import io
import struct
import zlib

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()


def png(
    width: int,
    height: int,
    chunks: list[bytes] | None = None,
    *,
    rows: int | None = None,
    depth: int = 1,
    colour: int = 0,
) -> bytes:
    """Make a black PNG, of one bit a pixel or another depth and colour type; so many rows have data."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    samples = {0: 1, 2: 3, 6: 4}[colour]
    row = bytes(1 + (width * depth * samples + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(rows or height)) + packer.flush()
    parts = [chunk(b"IHDR", header), *(chunks or []), chunk(b"IDAT", data), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def apng(width: int, height: int, *, frames: int) -> bytes:
    """Make an animated PNG whose frames are of one pixel, on a large canvas."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    first = zlib.compress(bytes((1 + width) * height), 9)
    dot, parts, number = zlib.compress(b"\0\xff"), [], 0
    for frame in range(frames):
        size = (width, height, 0, 0) if frame == 0 else (1, 1, frame % width, 0)
        parts.append(chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, *size, 1, 25, 0, 0)))
        number += 1
        if frame == 0:
            parts.append(chunk(b"IDAT", first))
        else:
            parts.append(chunk(b"fdAT", struct.pack(">I", number) + dot))
            number += 1
    control = chunk(b"acTL", struct.pack(">II", frames, 0))
    return b"\x89PNG\r\n\x1a\n" + header + control + b"".join(parts) + chunk(b"IEND", b"")


def plain(form: str, side: int, mode: str = "RGB", **options: object) -> bytes:
    """Make a black square in some format."""
    target = io.BytesIO()
    Image.new(mode, (side, side)).save(target, form, **options)
    return target.getvalue()


def plain_animation(form: str, side: int, **options: object) -> bytes:
    """Make 24 squares of one colour each in some format."""
    target = io.BytesIO()
    first, *others = (Image.new("RGB", (side, side), (10 * number, 0, 0)) for number in range(24))
    first.save(target, form, save_all=True, append_images=others, **options)
    return target.getvalue()


def plain_webp(width: int, height: int) -> bytes:
    """Make a black lossless WebP of any size in 34 bytes: its codes have no bits (RFC 9649, 3.7.2)."""
    data = bytearray(plain("WEBP", 8, lossless=True))
    start = data.index(b"VP8L") + 9
    flags = int.from_bytes(data[start : start + 4], "little") >> 28
    data[start : start + 4] = (width - 1 | height - 1 << 14 | flags << 28).to_bytes(4, "little")
    return bytes(data)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def text_chunk(kind: bytes, megabytes: int) -> bytes:
    """Make a PNG chunk that unpacks to so many megabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(megabytes)) + packer.flush()
    return chunk(kind, (b"Comment\0\1\0\0\0" if kind == b"iTXt" else b"Comment\0\0") + packed)


def long_xmp(megabytes: int) -> bytes:
    body = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + b"<a>b</a>" * (megabytes * 2**17) + b"</x:xmpmeta>"
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + body)


def gif(width: int, height: int, *, frames: int) -> bytes:
    """Make a GIF whose frames are of one pixel, on a canvas of any size."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF0, 0, 0) + b"\0\0\0\xff\xff\xff"
    control = b"\x21\xf9\x04\0\1\0\0\0"
    sides = (width, height) if frames == 1 else (1, 1)
    frame = control + b"\x2c" + struct.pack("<HHHHB", 0, 0, *sides, 0) + b"\2\2\x44\1\0"
    return head + frame * frames + b";"


def growing_gif(width: int, height: int, *, frames: int) -> bytes:
    """Make a GIF on a canvas of one pixel, with a small frame and then frames of any size."""
    target = io.BytesIO()
    Image.new("L", (width, height)).save(target, "GIF")
    large = target.getvalue()
    return gif(1, 1, frames=2)[:-1] + large[large.index(b"\x2c\0\0\0\0") : -1] * frames + b";"


def scans(width: int, height: int, *, times: int) -> bytes:
    """Make a progressive JPEG that has one of its scans so many times."""
    target = io.BytesIO()
    Image.new("L", (width, height)).save(target, "JPEG", progressive=True)
    head, first, second, *_ = target.getvalue().split(b"\xff\xda")
    return b"\xff\xda".join([head, first, *[second] * times]) + b"\xff\xd9"


def segments(number: int) -> bytes:
    """Make a JPEG whose EXIF comes in so many pieces."""
    target = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(target, "JPEG")
    data = target.getvalue()
    return data[:2] + b"\xff\xe1\0\x0cExif\0\0piec" * number + data[2:]


def tiff(*, pages: int, width: int = 8, height: int = 8) -> bytes:
    """Make an uncompressed grey TIFF of many pages that share their pixels."""
    entries, pixels = 8, bytes(64)
    size = 2 + entries * 12 + 4
    out = bytearray(b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels)
    for page in range(pages):
        follower = len(out) + size if page + 1 < pages else 0
        tags = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (278, height), (279, 64))
        out += struct.pack("<H", entries)
        out += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        out += struct.pack("<I", follower)
    return bytes(out)


def strips(number: int) -> bytes:
    """Make a grey TIFF of one column in as many strips as it has lines, all of them the same byte."""
    offsets, lengths = struct.pack("<I", 8) * number, struct.pack("<I", 1) * number
    long = ((273, number, 12), (279, number, 12 + len(offsets)))
    tags = ((256, 1, 1), (257, 1, number), (258, 1, 8), (259, 1, 1), (262, 1, 1), *long, (278, 1, 1))
    fields = b"".join(struct.pack("<HHII", tag, 4, count, value) for tag, count, value in sorted(tags))
    directory = struct.pack("<H", len(tags)) + fields + bytes(4)
    head = b"II*\0" + struct.pack("<I", 12 + len(offsets) + len(lengths)) + bytes(4)
    return head + offsets + lengths + directory


def bmp(width: int, height: int, *, rest: int = 1000) -> bytes:
    """Make the header of a BMP that promises pixels and has so many bytes of them."""
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 3 * width * height % 2**32, 0, 0, 54) + info + bytes(rest)


def with_xmp(entities: bytes, body: bytes) -> bytes:
    """Make a JPEG whose XMP declares entities and has a body."""
    xmp = b"<!DOCTYPE x [" + entities + b"]>" if entities else b""
    xmp += b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><RDF/>' + body + b"</x:xmpmeta>"
    target = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(target, "JPEG")
    data = target.getvalue()
    segment = b"http://ns.adobe.com/xap/1.0/\0" + xmp[:65_000]
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + data[2:]


def padded_jpeg(side: int, segments: int) -> bytes:
    """Make a progressive JPEG behind so many segments of 64 KiB that no decoder reads."""
    data = plain("JPEG", side, quality=10, progressive=True)
    segment = b"\xff\xea" + struct.pack(">H", 65_535) + bytes(65_533)
    return data[:2] + segment * segments + data[2:]


def free_box(size: int) -> bytes:
    """Make a box of nothing, which may stand anywhere in an ISO file."""
    return struct.pack(">I4s", 8 + size, b"free") + bytes(size)


def with_comments(comment: bytes, times: int) -> bytes:
    """Make an honest little GIF behind so many comments."""
    data = plain("GIF", 64)
    start = data.index(b"\x2c\0\0\0\0")
    return data[:start] + (b"\x21\xfe" + comment + b"\0") * times + data[start:]
