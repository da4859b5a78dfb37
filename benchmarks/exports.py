"""How long tables of a large archive take to export, and how much memory.

    python benchmarks/exports.py --items 20000 --format parquet

The archive is made without media: pictures and, one in ten, videos with five frame samples, each with random
hashes, two findings and a path; one in five items matches the one before it, one in ten has a verdict. Then a
process of its own exports all tables, and says how long it took and its largest resident memory.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import verify
from verify.archive import DATABASE
from verify.records import Examination, Finding, Fingerprints, Match, Pdq, Shot, View
from verify.store.role import Arrival, FileStamp, SeenBefore, Sighting
from verify.store.sql import SqlStore

AT_ONCE = 2000
"""Items in one transaction."""
FRAMES = 5
WHEN = datetime(2026, 1, 14, 8, 30, tzinfo=UTC)

FINDINGS = (
    Finding(
        code="stripped-by-platform",
        severity="notice",
        explanation="The IPTC special instructions hold the mark that a platform writes.",
        values={"iptc:SpecialInstructions": "FBMD01000a9b0d0000"},
    ),
    Finding(code="no-camera-metadata", severity="info", explanation="The file names no camera."),
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one export took."""

    seconds: float
    cpu_seconds: float
    before_bytes: int
    """Largest resident memory once the archive is open, libraries included."""
    peak_bytes: int
    records: int
    written_bytes: int


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.work) as work:
        began = time.perf_counter()
        build(Path(work) / "archive", options.items)
        print(f"{options.items:,} items made in {time.perf_counter() - began:.0f} s")
        for form in options.format:
            with multiprocessing.get_context("spawn").Pool(1) as process:
                report(form, process.apply(measure, (Path(work), form, options.table)))


def build(folder: Path, count: int) -> None:
    """Fill an archive."""
    drawn = random.Random(0)  # the same archive every time
    with verify.open_archive(folder) as archive:
        store = SqlStore.in_file(folder / DATABASE)
        names: list[str] = []
        for start in range(0, count, AT_ONCE):
            arrivals = [_arrival(drawn, number) for number in range(start, min(start + AT_ONCE, count))]
            store.add(arrivals)
            seen = [one.sighting.sha256 for one in arrivals]
            store.add_seen_before([_seen(start + place + 1, place, seen) for place in range(1, len(seen), 5)])
            names += seen[::10]
        for sha256 in names:
            archive.mark(sha256, "verified", by="desk-1", note="The photographer confirms it.")
        store.close()


def measure(work: Path, form: str, table: str | None) -> Measured:
    """Export in this process."""
    with verify.open_archive(work / "archive") as archive:
        before = _peak()
        began, cpu = time.perf_counter(), time.process_time()
        done = archive.export(form, output=work / form, table=table)
        return Measured(
            seconds=time.perf_counter() - began,
            cpu_seconds=time.process_time() - cpu,
            before_bytes=before,
            peak_bytes=_peak(),
            records=done.records,
            written_bytes=sum(file.stat().st_size for file in done.files),
        )


def report(form: str, measured: Measured) -> None:
    print(
        f"{form}: {measured.records:,} rows, {measured.written_bytes / 1e6:.0f} MB, {measured.seconds:.1f} s "
        f"({measured.cpu_seconds:.1f} s of processor), at most {measured.peak_bytes / 1e6:.0f} MB of memory, "
        f"{measured.before_bytes / 1e6:.0f} MB before"
    )


def _peak() -> int:
    """Return the largest resident memory of this process; Linux counts in units of 1,024 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _arrival(drawn: random.Random, number: int) -> Arrival:
    sha256, video = drawn.randbytes(32).hex(), number % 10 == 9
    path = f"/archive/inbox/2026-01-14/IMG_{number:06}.{'mp4' if video else 'jpg'}"
    views = tuple(_view(drawn, time) for time in range(FRAMES if video else 1))
    examination = Examination(
        sha256=sha256,
        path=path,
        size_bytes=100_000 + number,
        examined_at=WHEN,
        kind="video" if video else "image",
        format="mp4" if video else "jpeg",
        width=1920,
        height=1080,
        duration_seconds=Fraction(FRAMES) if video else None,
        views=views,
        shots=(Shot(start=Fraction(0), end=Fraction(FRAMES)),) if video else (),
        findings=FINDINGS,
    )
    stamp = FileStamp(path=path.encode(), size_bytes=examination.size_bytes, modified_ns=0)
    return Arrival(sighting=Sighting(stamp=stamp, sha256=sha256, seen_at=WHEN), examination=examination)


def _view(drawn: random.Random, time: int) -> View:
    prints = Fingerprints(
        **{name: drawn.randbytes(8).hex() for name in ("phash", "dhash", "ahash", "whash")},
        colorhash="03780000000",
        pdq=Pdq(hex=drawn.randbytes(32).hex(), quality=100),
    )
    return View(time=Fraction(time), fingerprints=prints, thumbnail=b"")


def _seen(examination: int, place: int, seen: list[str]) -> SeenBefore:
    match = Match(item=seen[place - 1], relation="same-picture", evidence=("geometry",), score=0.95)
    return SeenBefore(examination=examination, sha256=seen[place], path=b"", matches=(match,))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--format", nargs="+", default=["parquet"], choices=["csv", "jsonl", "parquet"])
    parser.add_argument("--table", help="one table instead of all")
    parser.add_argument("--work", help="folder for the archive, on the disk to measure")
    return parser.parse_args()


if __name__ == "__main__":
    main()
