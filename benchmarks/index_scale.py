"""Size and speed of the search index, and what it misses of an exhaustive search.

    python benchmarks/index_scale.py --photos FOLDER --views 10000

Noise views are added to the photos of a folder until there are so many views. Each of their keypoints is
one of a photo with a quarter of its bits flipped, at a place drawn at random: they crowd around the real
ones as those of other pictures do. Then edited photos are asked for, in a process of its own that opens
the archive as any other would, and in another one that compares every code.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import still_edits
import verify
from below import cpu_seconds
from layouts import STRANGERS_NEEDED
from pictures import Picture, load, strangers_of
from verify.archive import DATABASE, INDEX
from verify.find_copies import CopySearch
from verify.fingerprints.local_features import GLANCE
from verify.matching import feature_index
from verify.matching.claims import ACCEPT_SCORE
from verify.query import query_of_file
from verify.records import Examination, Fingerprints, LocalFeatures, Pdq, View
from verify.store.role import Arrival, FileStamp, Sighting
from verify.store.sql import SqlStore

EDITS = ("jpeg_30", "crop_20", "collage_of_four", "meme_band", "post_screenshot", "mirror_crop_caption_jpeg")
KEYPOINTS = 200
AT_ONCE = 500
"""Items in one transaction."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one process measured."""

    open_seconds: float
    resident_bytes: int
    """Memory that opening and asking took."""
    glance_ms: list[float]
    """The extraction that every query needs."""
    asking_ms: list[float]
    """All of it: extraction and search, and a second round with a closer look where it is due."""
    answers: list[dict[str, float]]
    """Accepted items of each query, with their scores."""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.work) as work:
        folder = Path(work)
        pictures = load(options.photos, options.real)
        keys = real_items(folder, pictures)
        seconds = noise_items(folder, options.views)
        queries = edited(folder, pictures, options.queries)
        listed = in_own_process(ask, folder, [path for path, _ in queries], False)
        few = [path for path, _ in queries][: options.exact]
        exact = in_own_process(ask, folder, few, True)
        report(folder, seconds, listed, exact, [keys[key] for _, key in queries])


def real_items(folder: Path, pictures: Sequence[Picture]) -> dict[str, str]:
    """Scan the photos; return the SHA-256 of each file by the photo's name."""
    (folder / "in").mkdir()
    keys = {}
    for number, picture in enumerate(pictures):
        path = folder / "in" / f"{number}.png"
        Image.fromarray(picture.rgb).save(path, compress_level=1)
        keys[picture.key] = hashlib.sha256(path.read_bytes()).hexdigest()
    with verify.open_archive(folder / "archive") as archive:
        archive.scan([folder / "in"], jobs=1)
    return keys


def noise_items(folder: Path, views: int) -> float:
    """Fill the archive up with noise; return the seconds that its index takes to be made anew."""
    store = SqlStore.in_file(folder / "archive" / DATABASE)
    real = list(store.outlines())
    stored = list(store.keypoints(after=0, up_to=real[-1].examination))
    pool = np.concatenate([np.frombuffer(codes, np.uint8).reshape(-1, 16) for codes, _ in stored])
    missing = views - sum(one.views for one in real)
    for start in range(0, missing, AT_ONCE):
        some = range(start, min(start + AT_ONCE, missing))
        store.add([noise_arrival(number, pool) for number in some])
    search = CopySearch(store, folder / "archive" / INDEX)
    before = time.process_time()
    search.catch_up()
    search.save()
    seconds = time.process_time() - before
    store.close()
    return seconds


def noise_arrival(number: int, pool: np.ndarray) -> Arrival:
    rng = np.random.default_rng(number)
    quarter = rng.integers(0, 256, (2, KEYPOINTS, 16), np.uint8)
    codes = pool[rng.integers(0, len(pool), KEYPOINTS)] ^ (quarter[0] & quarter[1])
    features = LocalFeatures(
        width=400,
        height=300,
        codes=codes.tobytes(),
        places=rng.integers(0, 2**32, KEYPOINTS, np.uint32).tobytes(),
        picture=rng.bytes(27 * 36),
        picture_width=36,
    )
    digits = hashlib.sha256(str(number).encode()).hexdigest()
    hashes = dict.fromkeys(("phash", "dhash", "ahash", "whash"), digits[:16])
    prints = Fingerprints(**hashes, colorhash=digits[:11], pdq=Pdq(hex=digits, quality=100))
    now, path = datetime.now(UTC), f"/noise/{number}"
    examination = Examination(
        sha256=digits,
        path=path,
        size_bytes=1,
        examined_at=now,
        kind="image",
        format="png",
        views=(View(time=Fraction(0), fingerprints=prints, thumbnail=b"", features=features),),
    )
    stamp = FileStamp(path=path.encode(), size_bytes=1, modified_ns=0)
    return Arrival(sighting=Sighting(stamp=stamp, sha256=digits, seen_at=now), examination=examination)


def edited(folder: Path, pictures: Sequence[Picture], count: int) -> list[tuple[Path, str]]:
    """Write edited photos, a few of each edit; return their paths and what each was made from."""
    (folder / "queries").mkdir()
    made = []
    for number in range(count):
        place, name = number % len(pictures), EDITS[number % len(EDITS)]
        strangers = strangers_of(list(pictures), place, STRANGERS_NEEDED)
        result = still_edits.edit(name, pictures[place].rgb, key=pictures[place].key, strangers=strangers)
        path = folder / "queries" / f"{number}.jpg"
        Image.fromarray(result.rgb).save(path, quality=90)
        made.append((path, pictures[place].key))
    return made


def ask(folder: Path, queries: Sequence[Path], exact: bool) -> Asked:
    """Open the archive and ask; `exact` compares every code, with an index of its own."""
    verify.compare(queries[0], folder / "in" / "0.png")  # what is loaded at first use is not the archive's
    index = folder / "archive" / INDEX
    if exact:
        feature_index.EXACT_UP_TO = 10**12
        index = folder / "exact"
    before, start = resident(), time.perf_counter()
    search = CopySearch(SqlStore.in_file(folder / "archive" / DATABASE), index)
    search.catch_up()
    opened = time.perf_counter() - start
    asking, glancing, answers = [], [], []
    for path in queries:
        times = [cpu_seconds()]
        query_of_file(path, GLANCE)
        times.append(cpu_seconds())
        search.catch_up()  # as every question to an archive does first
        found = search.copies_of_file(path)
        times.append(cpu_seconds())
        glancing.append((times[1] - times[0]) * 1000)
        asking.append((times[2] - times[1]) * 1000)
        answers.append({match.item: match.score for match in found if match.score >= ACCEPT_SCORE})
    return Asked(
        open_seconds=opened,
        resident_bytes=resident() - before,
        glance_ms=glancing,
        asking_ms=asking,
        answers=answers,
    )


def in_own_process(work: Any, *arguments: Any) -> Any:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def resident() -> int:
    """Bytes of this process in memory, mapped files included."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def report(folder: Path, building: float, listed: Asked, exact: Asked, sources: list[str]) -> None:
    store = SqlStore.in_file(folder / "archive" / DATABASE)
    outlines = list(store.outlines())
    views = sum(one.views for one in outlines)
    stored = sum(lengths(store, outlines[-1].examination)) + views * 1000
    file = (folder / "archive" / INDEX / "features").stat().st_size
    pairs = list(zip(listed.answers, exact.answers, strict=False))
    same = sum(len(one.keys() & other.keys()) for one, other in pairs)
    asked_for = sum(len(one) for one in exact.answers)
    rows = {
        "views": f"{views:,}",
        "opening the archive, seconds": f"{listed.open_seconds:.2f}",
        "memory over the stored features": f"{listed.resident_bytes / stored:.2f}",
        "bytes of the index a view": f"{file / views:,.0f}",
        "a query, extraction included, median CPU ms": f"{statistics.median(listed.asking_ms):.0f}",
        "the same, 90th percentile": f"{statistics.quantiles(listed.asking_ms, n=10)[-1]:.0f}",
        "of it the first look at the query": f"{statistics.median(listed.glance_ms):.0f}",
        "found with a score of 0.9 or more": f"{found(listed, sources)} of {len(sources)}",
        "answers of the exhaustive search that are given too": f"{same} of {asked_for}",
        "a query of the exhaustive search, median CPU ms": f"{statistics.median(exact.asking_ms):,.0f}",
        "making the index anew, CPU seconds": f"{building:.0f}",
    }
    for what, value in rows.items():
        print(f"| {what} | {value} |")


def lengths(store: SqlStore, last: int) -> Iterator[int]:
    return (len(codes) + len(places) for codes, places in store.keypoints(after=0, up_to=last))


def found(asked: Asked, sources: list[str]) -> int:
    return sum(source in answers for source, answers in zip(sources, asked.answers, strict=True))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--views", type=int, default=10_000)
    parser.add_argument("--real", type=int, default=200, help="photos among them")
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--exact", type=int, default=30, help="queries asked of the exhaustive search too")
    parser.add_argument("--work", type=Path, help="where the archive is made; it is deleted at the end")
    return parser.parse_args()


if __name__ == "__main__":
    main()
