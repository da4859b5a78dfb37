"""How fast pictures and videos are examined, as CPU time beside other libraries in the same run.

    python -m benchmarks.throughput PHOTOS [VIDEOS] [--repeats 5] [--limit 40]

One worker, one thread, warm cache; each figure is the least of some repeats and counts this process and the
worker that decodes, each ratio is the median over the files. Only ratios are compared with limits: they hold
on slow and busy machines alike. The two-worker figure is wall clock and needs two free cores. Exits 1 if a
limit is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import av
import cv2
import imagehash
from PIL import Image, UnidentifiedImageError

from benchmarks import below
from verify.archive import open_archive
from verify.examination import examine

LARGE_PIXELS = 8_000_000
SMALL_PIXELS = 1_000_000
LIBRARIES = ("verify-media", "opencv-python-headless", "pillow", "av", "imagehash", "pdqhash", "numpy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One ratio over several files beside what it must keep to."""

    what: str
    ratios: list[float]
    limit: float
    at_least: bool = False

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def holds(self) -> bool:
        return self.median >= self.limit if self.at_least else self.median <= self.limit

    def row(self) -> str:
        sign = ">=" if self.at_least else "<="
        spread = f"{min(self.ratios):.2f} to {max(self.ratios):.2f}"
        verdict = "yes" if self.holds else "**no**"
        cells = (self.what, len(self.ratios), f"{self.median:.2f}", spread, f"{sign} {self.limit}", verdict)
        return "| " + " | ".join(map(str, cells)) + " |"


def cpu_seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the least CPU time of some runs, of this process and its worker."""
    times = []
    for _ in range(repeats):
        start = below.cpu_seconds()
        work()
        times.append(below.cpu_seconds() - start)
    return min(times)


def ratio(work: Callable[[], object], yardstick: Callable[[], object], repeats: int) -> float:
    """Return the CPU time of one work as a multiple of another's, after one warm run of both."""
    yardstick()
    work()
    return cpu_seconds(work, repeats) / cpu_seconds(yardstick, repeats)


def pictures(folder: Path) -> Iterator[tuple[Path, int]]:
    """Walk the pictures that OpenCV can decode, with their number of pixels."""
    for path in sorted(folder.iterdir()):
        try:
            with Image.open(path) as image:
                pixels = image.width * image.height
        except (UnidentifiedImageError, OSError):
            continue
        if cv2.haveImageReader(str(path)):
            yield path, pixels


def examine_fast(path: Path) -> Callable[[], object]:
    return lambda: examine(path, profile="fast")


def decode_by_opencv(path: Path) -> Callable[[], object]:
    return lambda: cv2.imread(str(path))


def four_hashes(path: Path) -> Callable[[], object]:
    """Open the picture and ask imagehash for its four 64-bit hashes, one by one."""

    def work() -> None:
        with Image.open(path) as image:
            for compute in (imagehash.phash, imagehash.dhash, imagehash.average_hash, imagehash.whash):
                compute(image)

    return work


def decode_by_pyav(path: Path) -> Callable[[], object]:
    def work() -> None:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            for _ in container.decode(stream):
                pass

    return work


def measure_photos(folder: Path, repeats: int, most: int) -> Iterator[Measured]:
    found = list(pictures(folder))
    large = [path for path, pixels in found if pixels >= LARGE_PIXELS][:most]
    small = spread([path for path, pixels in found if pixels < SMALL_PIXELS], most)
    if large:
        ratios = [ratio(examine_fast(path), decode_by_opencv(path), repeats) for path in large]
        yield Measured(
            what="photos of 8 MP and more, of a bare full decode (OpenCV)", ratios=ratios, limit=0.8
        )
    if small:
        ratios = [ratio(examine_fast(path), decode_by_opencv(path), repeats) for path in small]
        yield Measured(what="photos below 1 MP, of a bare decode (OpenCV)", ratios=ratios, limit=5)
        ratios = [ratio(examine_fast(path), four_hashes(path), repeats) for path in small]
        yield Measured(what="photos below 1 MP, of four hashes by imagehash", ratios=ratios, limit=0.6)


def measure_videos(folder: Path, repeats: int, most: int) -> Iterator[Measured]:
    paths = spread(sorted(path for path in folder.iterdir() if path.is_file()), most)
    ratios = [ratio(examine_fast(path), decode_by_pyav(path), min(repeats, 3)) for path in paths]
    if ratios:
        yield Measured(what="video, of a bare full decode (PyAV)", ratios=ratios, limit=1.2)


def measure_workers(folder: Path) -> Measured:
    """Scan the same photos with one worker and with two, into fresh archives, after a scan that warms up."""
    seconds = {}
    for jobs in (2, 1, 2):
        with tempfile.TemporaryDirectory() as home, open_archive(home) as archive:
            start = time.perf_counter()
            archive.scan([folder], jobs=jobs, profile="fast")
            seconds[jobs] = time.perf_counter() - start
    gain = [seconds[1] / seconds[2]]
    return Measured(
        what="scan with two workers, times as fast as with one", ratios=gain, limit=1.7, at_least=True
    )


def spread(paths: list[Path], most: int) -> list[Path]:
    """Take at most so many, evenly spread."""
    return paths[:: max(1, -(-len(paths) // most))]


def report(measured: Iterable[Measured]) -> bool:
    """Print the table as it grows; return whether every limit holds."""
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.platform()}, ",
        end="",
    )
    print(
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    )
    print("\n| CPU time of `fast` | files | median | range | limit | holds |")
    print("| --- | --- | --- | --- | --- | --- |")
    holds = True
    for one in measured:
        print(one.row(), flush=True)
        holds = holds and one.holds
    return holds


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path)
    parser.add_argument("videos", type=Path, nargs="?")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--limit", type=int, default=40, help="files of each kind at most")
    parser.add_argument("--no-workers", action="store_true", help="leave the two-worker figure out")
    asked = parser.parse_args()
    cv2.setNumThreads(1)

    def all_of_it() -> Iterator[Measured]:
        yield from measure_photos(asked.photos, asked.repeats, asked.limit)
        if asked.videos:
            yield from measure_videos(asked.videos, asked.repeats, asked.limit)
        if not asked.no_workers:
            yield measure_workers(asked.photos)

    return 0 if report(all_of_it()) else 1


if __name__ == "__main__":
    sys.exit(main())
