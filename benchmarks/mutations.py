"""Files broken on purpose: seeds in every format that is read, and what is done to them, by seed number.

The seeds are small, so that a change has something to hit: a flipped byte in a large photo falls into its
pixels. Half of all changes therefore aim at the beginning of a file, where headers, boxes and tags are.
"""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

from tests.made_media import picture

WIDTH, HEIGHT = 96, 64

XMP: Final = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    b'xmp:CreatorTool="tool" xmp:CreateDate="2026-01-02T03:04:05"><dc:creator><rdf:Seq><rdf:li>a</rdf:li>'
    b"</rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
)

VIDEOS: Final = {
    "mp4": ("libx264", "mp4", {}),
    "fragmented.mp4": ("libx264", "mp4", {"movflags": "frag_keyframe+empty_moov"}),
    "mov": ("mpeg4", "mov", {}),
    "hevc.mp4": ("libx265", "mp4", {}),
    "mkv": ("libx264", "matroska", {}),
    "webm": ("libvpx-vp9", "webm", {}),
    "avi": ("mjpeg", "avi", {}),
    "ts": ("mpeg2video", "mpegts", {}),
    "mpg": ("mpeg1video", "mpeg", {}),
    "flv": ("flv", "flv", {}),
    "ogv": ("libvpx", "ogg", {}),
    "wmv": ("wmv2", "asf", {}),
}
"""Encoder, container and its options, by ending."""

WORTH_TRYING: Final = (
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    2**31 - 1,
    2**31,
    2**32 - 1,
)
"""Numbers at which arithmetic goes wrong (the list of AFL, lcamtuf.coredump.cx/afl)."""

LONGEST_SPLICE: Final = 512


def image_seeds() -> Iterator[tuple[str, bytes]]:
    """Yield an ending and the bytes of a small picture in every format, most with metadata."""
    one = Image.fromarray(picture(1, WIDTH, HEIGHT))
    more = [Image.fromarray(picture(seed, WIDTH, HEIGHT)) for seed in (2, 3, 4)]
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    told = {"exif": _exif(), "xmp": XMP, "icc_profile": profile}
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "plain")
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    texts.add_text("Long", "word " * 500, zip=True)
    grey16 = Image.fromarray(picture(5, WIDTH, HEIGHT)[:, :, 0].astype(np.uint16) << 8)
    jpeg = _saved(one, "JPEG", quality=70, **told)
    yield "jpg", jpeg
    yield "progressive.jpg", _saved(one, "JPEG", progressive=True)
    yield "grey.jpg", _saved(one.convert("L"), "JPEG", comment=b"a comment")
    yield "cmyk.jpg", _saved(one.convert("CMYK"), "JPEG")
    yield "iptc.jpg", _with_iptc(jpeg)
    yield "mpo.jpg", _saved(one, "MPO", save_all=True, append_images=[more[0].copy()])
    yield "png", _saved(one, "PNG", pnginfo=texts, exif=_exif(), icc_profile=profile)
    yield "palette.png", _saved(one.quantize(16), "PNG")
    yield "grey16.png", _saved(grey16, "PNG")
    yield "animated.png", _saved(one, "PNG", save_all=True, append_images=more, duration=100)
    yield "gif", _saved(one, "GIF")
    yield "animated.gif", _saved(one, "GIF", save_all=True, append_images=more, duration=80)
    yield "webp", _saved(one, "WEBP", quality=60, **told)
    yield "lossless.webp", _saved(one, "WEBP", lossless=True)
    yield "animated.webp", _saved(one, "WEBP", save_all=True, append_images=more)
    yield "tif", _saved(one, "TIFF", compression="tiff_lzw", tiffinfo=_tiff_tags())
    yield "deflate.tif", _saved(one, "TIFF", compression="tiff_adobe_deflate")
    yield "jpeg.tif", _saved(one, "TIFF", compression="jpeg")
    yield "pages.tif", _saved(one.resize((48, 32)), "TIFF", save_all=True, append_images=more[:1])
    yield "bmp", _saved(one.resize((48, 32)), "BMP")
    yield "palette.bmp", _saved(one.quantize(16), "BMP")
    yield "jp2", _saved(one, "JPEG2000")
    yield "j2k", _saved(one, "JPEG2000", no_jp2=True)
    yield "avif", _saved(one, "AVIF", speed=10, **told)
    yield "animated.avif", _saved(one, "AVIF", speed=10, save_all=True, append_images=more)
    yield "heic", _heif(one)


def video_seeds() -> Iterator[tuple[str, bytes]]:
    """Yield an ending and the bytes of a short clip in every container."""
    for ending, (encoder, container, options) in VIDEOS.items():
        yield ending, _clip(encoder, container, options)


def corpus_seeds(folder: Path, *, largest: int = 100_000) -> Iterator[tuple[str, bytes]]:
    """Yield the small files below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and 0 < path.stat().st_size <= largest:
            yield path.name[-40:], path.read_bytes()


def mutant(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Break a file in one to four places; `other` lends bytes."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        rng.choice(CHANGES)(changed, other, rng)
    return bytes(changed)


def _flip_bits(data: bytearray, _other: bytes, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 3, 20))):
        if data:
            data[_place(data, rng)] ^= 1 << rng.randrange(8)


def _set_bytes(data: bytearray, _other: bytes, rng: random.Random) -> None:
    start = _place(data, rng)
    stretch = data[start : start + rng.randrange(1, 17)]
    data[start : start + len(stretch)] = rng.randbytes(len(stretch))


def _truncate(data: bytearray, _other: bytes, rng: random.Random) -> None:
    del data[_place(data, rng) :]


def _change_number(data: bytearray, _other: bytes, rng: random.Random) -> None:
    """Put a number where a length or a count may be."""
    kind = rng.choice(("B", ">H", "<H", ">I", "<I", ">Q"))
    size = struct.calcsize(kind)
    start = _place(data, rng)
    number = rng.choice((*WORTH_TRYING, len(data), len(data) + 1)) % 256**size
    if start + size <= len(data):
        data[start : start + size] = struct.pack(kind, number)


def _repeat(data: bytearray, _other: bytes, rng: random.Random) -> None:
    """Write a stretch several times over, as a box, chunk or segment may be."""
    start = _place(data, rng)
    stretch = data[start : start + rng.randrange(1, LONGEST_SPLICE)]
    data[start:start] = stretch * rng.choice((1, 2, 50))


def _remove(data: bytearray, _other: bytes, rng: random.Random) -> None:
    start = _place(data, rng)
    del data[start : start + rng.randrange(1, LONGEST_SPLICE)]


def _splice(data: bytearray, other: bytes, rng: random.Random) -> None:
    """Put bytes of another file in, over what is there or in between."""
    start, source = _place(data, rng), _place(other, rng)
    taken = other[source : source + rng.randrange(1, LONGEST_SPLICE)]
    data[start : start + rng.choice((0, len(taken)))] = taken


CHANGES: Final[tuple[Callable[[bytearray, bytes, random.Random], None], ...]] = (
    _flip_bits,
    _flip_bits,
    _set_bytes,
    _truncate,
    _change_number,
    _change_number,
    _repeat,
    _remove,
    _splice,
)


def _place(data: bytes | bytearray, rng: random.Random) -> int:
    """Draw a place; every second one near the beginning."""
    if not data:
        return 0
    return (
        rng.randrange(len(data)) if rng.random() < 0.5 else min(int(rng.expovariate(1 / 200)), len(data) - 1)
    )


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.copy().save(target, kind, **options)  # a save leaves its settings on the image
    return target.getvalue()


def _exif() -> bytes:
    exif = Image.Exif()
    exif.update({0x010F: "Maker", 0x0110: "Model", 0x0112: 6, 0x0132: "2026:01:02 03:04:05", 0x0131: "tool"})
    exif.get_ifd(0x8769).update({0x9003: "2026:01:02 03:04:05", 0x829A: (1, 60), 0x927C: b"maker note" * 9})
    gps = {1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0), 29: "2026:01:02", 7: (3.0, 4.0, 5.0)}
    exif.get_ifd(0x8825).update(gps)
    return exif.tobytes()


def _tiff_tags() -> TiffImagePlugin.ImageFileDirectory_v2:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags.update({270: "a description", 271: "Maker", 272: "Model", 306: "2026:01:02 03:04:05", 700: XMP})
    return tags


def _with_iptc(jpeg: bytes) -> bytes:
    """Put a Photoshop segment with IPTC values behind the start of a JPEG."""
    values = b"".join(
        bytes((0x1C, 2, number)) + struct.pack(">H", len(value)) + value
        for number, value in ((5, b"title"), (80, b"by"), (90, b"city"), (120, b"caption"))
    )
    resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(values)) + values + b"\0" * (len(values) % 2)
    body = b"Photoshop 3.0\0" + resource
    return jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def _heif(image: Image.Image) -> bytes:
    target = io.BytesIO()
    made = pillow_heif.from_pillow(image)
    made.save(target, quality=50, exif=_exif(), xmp=XMP)
    return target.getvalue()


def _clip(encoder: str, container: str, options: dict[str, str]) -> bytes:
    """Make a second and a half of a picture that moves, and then another."""
    rate = 25
    target = io.BytesIO()
    with av.open(target, "w", format=container, options=options) as output:
        output.metadata.update({"title": "a title", "creation_time": "2026-01-02T03:04:05Z"})
        stream = output.add_stream(encoder, rate=rate)
        stream.width, stream.height, stream.pix_fmt = (
            WIDTH,
            HEIGHT,
            "yuvj420p" if encoder == "mjpeg" else "yuv420p",
        )
        stream.options = {"x265-params": "log-level=none"} if encoder == "libx265" else {}
        stream.codec_context.time_base = Fraction(1, rate)
        for number in range(36):
            shown = np.roll(picture(7 + number // 18, WIDTH, HEIGHT), number, axis=1)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), format="rgb24")
            frame.pts = number
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return target.getvalue()
