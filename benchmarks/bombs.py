"""Small files that ask for huge work, answered within limits: `python -m benchmarks.bombs`.

Every bomb is made by code and scanned by a process of its own, which is measured with its workers: time, and
the memory of the largest process (VmHWM of /proc). What must hold: an answer with a code, or a part with the
word `partial`, within 3 seconds and 300 MB beyond what an honest little picture costs in the same run.
"""

from __future__ import annotations

import argparse
import io
import json
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from PIL import Image

from benchmarks.below import PeakMemory
from tests.made_media import write_jpeg, write_video

pillow_heif.register_heif_opener()

LIMIT_SECONDS = 3
LIMIT_BYTES = 300_000_000

LAUGHS = b"".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">'.encode() for n in range(12))
"""A billion laughs and more: ten times as many with every line."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one bomb came to."""

    seconds: float
    bytes: int
    """Of the largest process."""
    codes: tuple[str, ...]
    partial: bool
    has_hash: bool

    @property
    def is_an_answer(self) -> bool:
        """It has its hash, and says that something is wrong or that it looked at a part."""
        return self.has_hash and (bool(self.codes) or self.partial)


def bombs() -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Yield the name of every bomb's file and what writes it."""
    yield "pixels-144m.png", lambda path: path.write_bytes(png(12_000, 12_000))
    yield "pixels-900m.png", lambda path: path.write_bytes(png(30_000, 30_000))
    yield "pixels-4g.png", lambda path: path.write_bytes(png(65_535, 65_535, rows=10))
    yield "pixels.gif", lambda path: path.write_bytes(gif(60_000, 60_000, frames=1))
    yield "pixels.tif", lambda path: path.write_bytes(tiff(pages=1, width=60_000, height=60_000))
    yield "pixels.bmp", lambda path: path.write_bytes(bmp(40_000, 40_000))
    yield "plain.png", lambda path: path.write_bytes(png(8400, 8400, depth=8, colour=6))
    yield "plain.webp", lambda path: path.write_bytes(plain_webp(10_900, 10_900))
    yield "padded.webp", lambda path: path.write_bytes(plain_webp(10_900, 10_900) + bytes(2_000_000))
    yield "plain.avif", lambda path: path.write_bytes(plain("AVIF", 6000, speed=10))
    yield "plain.heic", lambda path: path.write_bytes(plain("HEIF", 6400))
    yield "plain.tif", lambda path: path.write_bytes(plain("TIFF", 8000, compression="tiff_adobe_deflate"))
    yield "plain.jpg", lambda path: path.write_bytes(plain("JPEG", 8000, quality=10, progressive=True))
    yield "canvas.gif", lambda path: path.write_bytes(gif(10_900, 10_900, frames=10))
    yield "growing.gif", lambda path: path.write_bytes(growing_gif(15_000, 15_000, frames=10))
    yield "scans.jpg", lambda path: path.write_bytes(scans(4000, 4000, times=2000))
    yield "segments.jpg", lambda path: path.write_bytes(segments(200_000))
    yield "frames.gif", lambda path: path.write_bytes(gif(4000, 4000, frames=100_000))
    yield "frames.png", lambda path: path.write_bytes(apng(2000, 2000, frames=20_001))
    yield "frames.webp", lambda path: path.write_bytes(plain_animation("WEBP", 4000, lossless=True, method=0))
    yield "frames.avif", lambda path: path.write_bytes(plain_animation("AVIF", 3400, speed=10))
    yield "full.png", lambda path: path.write_bytes(plain_animation("PNG", 4000))
    yield "edits.mp4", lambda path: write_again_and_again(path, edits=1000)
    yield "edits-many.mp4", lambda path: write_again_and_again(path, edits=400_000)
    yield "samples.mp4", lambda path: write_samples(path, 80_000_000)
    yield "tags.mp4", lambda path: write_tags(path, 100_000)
    yield "tags.mkv", lambda path: write_matroska_tags(path, 150_000)
    yield "pages.tif", lambda path: path.write_bytes(tiff(pages=60_000))
    yield "strips.tif", lambda path: path.write_bytes(strips(4_000_000))
    yield "text-itxt.png", lambda path: path.write_bytes(png(64, 64, [text_chunk(b"iTXt", 512)]))
    yield "text-ztxt.png", lambda path: path.write_bytes(png(64, 64, [text_chunk(b"zTXt", 512)]))
    yield "text-many.png", lambda path: path.write_bytes(png(64, 64, [text_chunk(b"zTXt", 1)] * 200))
    yield "profile.png", lambda path: path.write_bytes(png(64, 64, [text_chunk(b"iCCP", 512)]))
    yield "laughs.jpg", lambda path: path.write_bytes(with_xmp(LAUGHS, b"&l11;"))
    yield "deep.jpg", lambda path: path.write_bytes(with_xmp(b"", b"<a>" * 12_000 + b"</a>" * 12_000))
    yield "long-xmp.png", lambda path: path.write_bytes(png(64, 64, [long_xmp(15)]))


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


def plain(form: str, side: int, **options: object) -> bytes:
    """Make a black square in some format."""
    target = io.BytesIO()
    Image.new("RGB", (side, side)).save(target, form, **options)
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


def write_again_and_again(path: Path, *, edits: int) -> None:
    """Write a short clip whose edit list shows all of it so many times."""
    write_video(path, [1], seconds_each=4)
    data = path.read_bytes()
    start = data.index(b"elst") - 4
    (duration,) = struct.unpack_from(">I", data, start + 16)
    entries = struct.pack(">IiI", duration, 0, 0x10000) * edits
    table = struct.pack(">I4sII", 16 + len(entries), b"elst", 0, edits) + entries
    longer = len(table) - struct.unpack_from(">I", data, start)[0]
    changed = bytearray(data[:start] + table + data[start + struct.unpack_from(">I", data, start)[0] :])
    for name in (b"moov", b"trak", b"edts"):
        box = data.rindex(name, 0, start) - 4
        struct.pack_into(">I", changed, box, struct.unpack_from(">I", data, box)[0] + longer)
    path.write_bytes(changed)


def write_samples(path: Path, number: int) -> None:
    """Write a clip whose tables declare so many samples of one byte, all in one chunk."""
    write_video(path, [1], seconds_each=4)
    data = bytearray(path.read_bytes())
    sizes, runs, times = (data.index(name) + 8 for name in (b"stsz", b"stsc", b"stts"))
    struct.pack_into(">II", data, sizes, 1, number)
    struct.pack_into(">II", data, runs + 8, number, 1)
    struct.pack_into(">II", data, times + 4, number, 512)
    path.write_bytes(data)


def write_tags(path: Path, number: int) -> None:
    """Write a clip with so many tags, each under another name (QuickTime's `keys` and `ilst`)."""
    write_video(path, [1], seconds_each=4)
    names = b"".join(box(b"mdta", b"k%d" % one) for one in range(number))
    values = b"".join(
        struct.pack(">II", 28, one + 1) + box(b"data", struct.pack(">II", 1, 0) + b"text")
        for one in range(number)
    )
    handler = box(b"hdlr", bytes(8) + b"mdta" + bytes(13))
    keys = box(b"keys", struct.pack(">II", 0, number) + names)
    meta = box(b"meta", handler + keys + box(b"ilst", values))
    data = bytearray(path.read_bytes() + meta)
    movie = data.rindex(b"moov") - 4  # the last box of the file
    struct.pack_into(">I", data, movie, len(data) - movie)
    path.write_bytes(data)


def write_matroska_tags(path: Path, number: int) -> None:
    """Write a clip with so many tags (RFC 9559, 5.1.8), each under another name, before its first picture."""
    write_video(path, [1], seconds_each=4)
    tags = b"".join(
        element(0x67C8, element(0x45A3, b"k%d" % one) + element(0x4487, b"text")) for one in range(number)
    )
    data = path.read_bytes()
    start = data.index(b"\x18\x53\x80\x67") + 4
    segment = b"\x01" + b"\xff" * 7  # of unknown size
    tagged = element(0x1254C367, element(0x7373, element(0x63C0, b"") + tags))
    path.write_bytes(data[:start] + segment + tagged + data[start + 8 :])


def element(number: int, body: bytes) -> bytes:
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return name + (0x10000000 | len(body)).to_bytes(4, "big") + body


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


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


def bmp(width: int, height: int) -> bytes:
    """Make the header of a BMP that promises pixels and has none."""
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 3 * width * height % 2**32, 0, 0, 54) + info + bytes(1000)


def with_xmp(entities: bytes, body: bytes) -> bytes:
    """Make a JPEG whose XMP declares entities and has a body."""
    xmp = b"<!DOCTYPE x [" + entities + b"]>" if entities else b""
    xmp += b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><RDF/>' + body + b"</x:xmpmeta>"
    target = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(target, "JPEG")
    data = target.getvalue()
    segment = b"http://ns.adobe.com/xap/1.0/\0" + xmp[:65_000]
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + data[2:]


def ask(path: Path) -> Answer:
    """Examine one file by the command line, and measure what it costs."""
    command = [sys.executable, "-m", "benchmarks.bombs", "--measure", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return Answer(**{**told, "codes": tuple(told["codes"])})


def _measure(path: Path) -> None:
    """Examine a file in a worker, as every door does, and print what it came to."""
    import verify

    memory = PeakMemory()
    with tempfile.TemporaryDirectory() as folder, verify.open_archive(folder) as archive:
        started = time.monotonic()
        archive.scan([path], jobs=1, profile="fast", report=lambda _: memory.look())
        seconds = time.monotonic() - started
        (item,) = archive
        examination = archive.examination(item.sha256)
    answer = {
        "seconds": seconds,
        "bytes": memory.bytes,
        "codes": [problem.code for problem in examination.problems],
        "partial": examination.partial,
        "has_hash": bool(item.sha256),
    }
    print(json.dumps(answer))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--measure", type=Path, metavar="FILE", help="examine this one file and print JSON")
    options = parser.parse_args()
    if options.measure:
        _measure(options.measure)
        return
    with tempfile.TemporaryDirectory() as folder:
        honest = ask(write_jpeg(Path(folder) / "honest.jpg", 1))
        print(f"an honest little picture: {honest.seconds:.1f} s, {honest.bytes / 1e6:.0f} MB")
        bad = 0
        for name, write in bombs():
            path = Path(folder) / name
            write(path)
            answer = ask(path)
            seconds, size = answer.seconds - honest.seconds, answer.bytes - honest.bytes
            good = answer.is_an_answer and seconds < LIMIT_SECONDS and size < LIMIT_BYTES
            bad += not good
            said = " ".join([*answer.codes, *(["partial"] if answer.partial else [])]) or "nothing"
            told = f"+{seconds:5.1f} s  +{size / 1e6:4.0f} MB  {path.stat().st_size / 1e6:6.2f} MB"
            print(f"{'  ' if good else '!!'} {name:18} {told}  {said}")
            path.unlink()
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
