"""Small files that ask for huge work, answered within limits: `python -m benchmarks.bombs`.

Every bomb is made by code and scanned by a process of its own, which is measured with its workers: time, and
the memory of the largest process (VmHWM of /proc). What must hold: an answer with a code, or a part with the
word `partial`, within 3 seconds and 300 MB beyond what an honest little picture costs in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import video_bombs
from benchmarks.below import PeakMemory
from benchmarks.picture_bombs import (
    apng,
    bmp,
    chunk,
    free_box,
    gif,
    growing_gif,
    long_xmp,
    padded_jpeg,
    plain,
    plain_animation,
    plain_webp,
    png,
    scans,
    segments,
    strips,
    text_chunk,
    tiff,
    with_comments,
    with_xmp,
)
from tests.made_media import write_jpeg

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


PADDING = bytes(2_000_000)


def bombs() -> Iterator[tuple[str, Callable[[Path], object]]]:
    """Yield the name of every bomb's file and what writes it."""
    for name, make in PICTURES.items():
        yield name, lambda path, make=make: path.write_bytes(make())
    yield from VIDEOS.items()


PICTURES: dict[str, Callable[[], bytes]] = {
    "pixels-144m.png": lambda: png(12_000, 12_000),
    "pixels-900m.png": lambda: png(30_000, 30_000),
    "pixels-4g.png": lambda: png(65_535, 65_535, rows=10),
    "pixels.gif": lambda: gif(60_000, 60_000, frames=1),
    "pixels.tif": lambda: tiff(pages=1, width=60_000, height=60_000),
    "pixels.bmp": lambda: bmp(40_000, 40_000),
    "plain.png": lambda: png(8400, 8400, depth=8, colour=6),
    "plain.webp": lambda: plain_webp(10_900, 10_900),
    "plain.avif": lambda: plain("AVIF", 6000, speed=10),
    "plain.heic": lambda: plain("HEIF", 6400),
    "plain.tif": lambda: plain("TIFF", 8000, compression="tiff_adobe_deflate"),
    "plain.jpg": lambda: plain("JPEG", 8000, quality=10, progressive=True),
    "inks.jpg": lambda: plain("JPEG", 7900, "CMYK", quality=10, progressive=True),
    "clear.avif": lambda: plain("AVIF", 5450, "RGBA", speed=10, subsampling="4:4:4"),
    "clear.heic": lambda: plain("HEIF", 6100, "RGBA", quality=10, chroma=444),
    "padded.png": lambda: png(8400, 8400, depth=8, colour=2) + PADDING,
    "padded-inside.png": lambda: png(8400, 8400, [chunk(b"prVt", PADDING)], depth=8, colour=6),
    "padded.webp": lambda: plain_webp(8600, 8600) + PADDING,
    "padded.avif": lambda: plain("AVIF", 6000, speed=10) + free_box(2_000_000),
    "padded.heic": lambda: plain("HEIF", 6400) + free_box(2_000_000),
    "padded.tif": lambda: plain("TIFF", 10_900, "CMYK", compression="tiff_adobe_deflate") + 2 * PADDING,
    "padded.jpg": lambda: padded_jpeg(8000, segments=60),
    "padded.bmp": lambda: bmp(10_900, 10_900, rest=1_000_000),
    "padded.jp2": lambda: plain("JPEG2000", 5000, num_resolutions=1) + PADDING,
    "canvas.gif": lambda: gif(10_900, 10_900, frames=10),
    "padded-canvas.gif": lambda: gif(5700, 5700, frames=30) + PADDING,
    "growing.gif": lambda: growing_gif(15_000, 15_000, frames=10),
    "comments.gif": lambda: with_comments(b"\1a", 1_000_000),
    "pieces.gif": lambda: with_comments(b"\1a" * 3_000_000, 1),
    "scans.jpg": lambda: scans(4000, 4000, times=2000),
    "segments.jpg": lambda: segments(200_000),
    "chunks.png": lambda: png(64, 64, [chunk(b"prVt", b"")] * 1_000_000),
    "frames.gif": lambda: gif(4000, 4000, frames=100_000),
    "frames.png": lambda: apng(2000, 2000, frames=20_001),
    "frames.webp": lambda: plain_animation("WEBP", 3300, lossless=True, method=0),
    "frames.avif": lambda: plain_animation("AVIF", 2850, speed=10),
    "full.png": lambda: plain_animation("PNG", 4000),
    "full-8k.png": lambda: plain_animation("PNG", 5760),
    "full-5k.png": lambda: plain_animation("PNG", 5000),
    "pages.tif": lambda: tiff(pages=60_000),
    "strips.tif": lambda: strips(4_000_000),
    "text-itxt.png": lambda: png(64, 64, [text_chunk(b"iTXt", 512)]),
    "text-ztxt.png": lambda: png(64, 64, [text_chunk(b"zTXt", 512)]),
    "text-many.png": lambda: png(64, 64, [text_chunk(b"zTXt", 1)] * 200),
    "profile.png": lambda: png(64, 64, [text_chunk(b"iCCP", 512)]),
    "laughs.jpg": lambda: with_xmp(LAUGHS, b"&l11;"),
    "deep.jpg": lambda: with_xmp(b"", b"<a>" * 12_000 + b"</a>" * 12_000),
    "long-xmp.png": lambda: png(64, 64, [long_xmp(15)]),
}

VIDEOS: dict[str, Callable[[Path], object]] = {
    "edits.mp4": lambda path: video_bombs.write_again_and_again(path, edits=1000),
    "edits-many.mp4": lambda path: video_bombs.write_again_and_again(path, edits=400_000),
    "samples.mp4": lambda path: video_bombs.write_samples(path, video_bombs.MANY_SAMPLES),
    "hidden.mp4": video_bombs.write_hidden,
    "nested.mp4": video_bombs.write_nested,
    "fragment.mp4": lambda path: video_bombs.write_fragments(path, samples=video_bombs.MANY_SAMPLES),
    "fragments.mp4": lambda path: video_bombs.write_fragments(path, samples=1_000_000, times=80),
    "large.mkv": video_bombs.write_large,
    "items.mp4": lambda path: video_bombs.write_items(path, 100_000_000),
    "tags.mp4": lambda path: video_bombs.write_tags(path, 100_000),
    "tags.mkv": lambda path: video_bombs.write_matroska_tags(path, 150_000),
    "cues.mkv": lambda path: video_bombs.write_cues(path, 500_000),
    "tags.avi": lambda path: video_bombs.write_avi_tags(path, 100_000),
    "tags.flv": lambda path: video_bombs.write_flash_tags(path, 100_000),
    "tags.wmv": lambda path: video_bombs.write_asf_tags(path, 65_000),
    "comments.ogv": lambda path: video_bombs.write_ogg_comments(path, 100_000),
}


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
