"""What isolation costs, and what it is worth.

    python -m benchmarks.isolation PHOTOS [--limit 100] [--repeats 3] [--files 1000]

Cost: the same photos examined in this process and by a worker, in turns, one at a time; the median of the
differences, as CPU time of both processes together, which holds on a busy machine too, and as wall clock.
Scan: the same photos scanned through the isolated workers and through `ProcessPoolExecutor`, in turns.
Worth: a scan of small pictures of which a tenth makes its worker crash, hang, eat memory or lie
(`saboteurs.py`), beside a scan of the same pictures without. Exits 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from benchmarks import clocks, saboteurs
from tests.made_media import write_jpeg
from verify.examination import examine_file, examine_here
from verify.media.files import open_file
from verify.media.sandbox import Limits
from verify.media.worker import IsolatedPool
from verify.progress import Progress
from verify.records import Examination
from verify.scan import scan
from verify.store.sql import SqlStore

MOST_MS_A_FILE = 5.0
MOST_SLOWER = 1.10
"""A scan, beside one in processes that are not locked down."""
MOST_TIMES_AS_LONG = 2.0
JOBS = 2
SECONDS = 2.0
"""Allowed for one file of the sabotaged scan."""
PROFILE = "fast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sabotage:
    """What a sabotaged scan showed."""

    wrong: list[str]
    """Files whose record is not what it must be."""
    clean_seconds: float
    seconds: float
    allowed_seconds: float
    """Twice the clean time, and the time-outs one after the other."""


def cost(paths: list[Path], repeats: int) -> list[tuple[float, float]]:
    """Return by how many milliseconds a worker's answer takes longer, for each file: CPU time, wall clock."""
    extra = []
    cv2.setNumThreads(1)  # as in a worker
    with IsolatedPool(1, preload=[clocks.__name__]) as pool:
        for path in paths:
            inside, isolated = [], []
            for _ in range(repeats):
                inside.append(_seconds(path, pool, in_worker=False))
                isolated.append(_seconds(path, pool, in_worker=True))
            least = [
                1000 * (min(there) - min(here))
                for there, here in zip(zip(*isolated, strict=True), zip(*inside, strict=True), strict=True)
            ]
            extra.append((least[0], least[1]))
    return extra


def _seconds(path: Path, pool: IsolatedPool, *, in_worker: bool) -> tuple[float, float]:
    """Return CPU time, of both processes, and wall clock."""
    before = pool.ask(clocks.cpu_seconds)
    start, cpu = time.perf_counter(), time.process_time()
    with open_file(path) as file:
        if in_worker:
            examine_file(file, pool, profile="full", exact=False)
        else:
            examine_here(file, profile="full", exact=False)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - start
    return cpu + pool.ask(clocks.cpu_seconds) - before, wall


class OpenPool(IsolatedPool):
    """The same work in the standard library's processes: no limits, no lock, answers unpickled."""

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs)
        context = multiprocessing.get_context("forkserver")
        self._processes = ProcessPoolExecutor(jobs, context, cv2.setNumThreads, (1,))  # as in a worker

    def ask(self, _work: Any, file: Any, **named: Any) -> Any:
        """Let a process open and examine the file."""
        named.pop("believable")
        return self._processes.submit(examine_openly, file.path, **named).result()

    def stop(self) -> None:
        super().stop()
        self._processes.shutdown()


def examine_openly(path: str, **named: Any) -> Examination:
    """Examine a file in this process."""
    with open_file(path) as file:
        return examine_here(file, **named)


def slower(paths: list[Path], rounds: int) -> float:
    """Return how many times as long a scan takes because its workers are isolated, the median of rounds."""
    ratios = []
    for _ in range(rounds):
        seconds = []
        for make in (OpenPool, IsolatedPool):
            with tempfile.TemporaryDirectory() as home, make(JOBS) as pool:
                for future in [pool.submit(_ask, path, pool) for path in paths[: 2 * JOBS]]:
                    future.result()
                store = SqlStore.in_file(Path(home) / "items.sqlite")
                start = time.perf_counter()
                progress = scan(paths, store, pool)
                seconds.append(time.perf_counter() - start)
                store.close()
            assert progress.examined == len(paths), progress
        ratios.append(seconds[1] / seconds[0])
    return statistics.median(ratios)


def _ask(path: Path, pool: IsolatedPool) -> None:
    with open_file(path) as file:
        pool.ask(examine_here, file, profile="full", exact=False, believable=bool)


def make_folder(folder: Path, files: int, bad: int) -> dict[str, str]:
    """Write small pictures, the first `bad` sabotaged; return each name with its code, empty if honest."""
    folder.mkdir()
    deeds = itertools.cycle(saboteurs.DEEDS.items())
    codes = {}
    for number in range(files):
        path = write_jpeg(folder / f"{number:04d}.jpg", number)
        codes[path.name] = ""
        if number < bad:
            deed, (code, _) = next(deeds)
            with path.open("ab") as file:
                file.write(saboteurs.MARK + deed.encode())
            codes[path.name] = code
    return codes


def sabotaged_scan(home: Path, *, files: int, bad: int) -> Sabotage:
    """Scan pictures of which some make their worker crash, hang, eat memory or lie."""
    make_folder(home / "clean", files, 0)
    codes = make_folder(home / "folder", files, bad)
    limits = Limits(seconds=SECONDS)
    _, clean_seconds, _ = _scan(home / "clean", home / "clean.sqlite", limits, preload=[])
    progress, seconds, codes_in_store = _scan(
        home / "folder", home / "dirty.sqlite", limits, preload=[saboteurs.__name__]
    )
    told = {Path(os.fsdecode(failure.path)).name: failure.code for failure in progress.failures}
    timeouts = sum(code == "time-limit" for code in codes.values())
    wrong = [
        name
        for name, code in codes.items()
        if told.get(name, "") != code
        or codes_in_store.get(hashlib.sha256((home / "folder" / name).read_bytes()).hexdigest()) != code
    ]
    return Sabotage(
        wrong=wrong,
        clean_seconds=clean_seconds,
        seconds=seconds,
        allowed_seconds=MOST_TIMES_AS_LONG * clean_seconds + timeouts * SECONDS,
    )


def _scan(
    folder: Path, database: Path, limits: Limits, preload: list[str]
) -> tuple[Progress, float, dict[str, str]]:
    """Scan a folder; return also how long it took, and the code of the first problem of each stored item."""
    with IsolatedPool(JOBS, limits=limits) as honest:  # the fork server itself must not be sabotaged
        honest.sandbox  # noqa: B018 - starts a worker
    store = SqlStore.in_file(database)
    start = time.perf_counter()
    with IsolatedPool(JOBS, limits=limits, preload=preload) as pool:
        progress = scan([folder], store, pool, profile=PROFILE)
    seconds = time.perf_counter() - start
    stored = {item.sha256: item.problems[0].code if item.problems else "" for item in store.items()}
    store.close()
    return progress, seconds, stored


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path)
    parser.add_argument("--limit", type=int, default=100, help="photos at most")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--files", type=int, default=1000, help="of the sabotaged scan")
    asked = parser.parse_args()
    paths = sorted(path for path in asked.photos.iterdir() if path.is_file())
    paths = paths[:: max(1, -(-len(paths) // asked.limit))]
    extra = cost(paths, asked.repeats)
    median, wall = (statistics.median(part) for part in zip(*extra, strict=True))
    print(f"{len(extra)} photos, in a worker {median:.2f} ms of CPU more (median; limit {MOST_MS_A_FILE}),")
    print(f"  {wall:.2f} ms of wall clock (means something on an idle machine only)")
    times = slower(paths, asked.repeats)
    print(f"a scan of them: {times:.3f} times as long as in open processes (limit {MOST_SLOWER})")
    with tempfile.TemporaryDirectory() as home:
        sabotage = sabotaged_scan(Path(home), files=asked.files, bad=asked.files // 10)
    print(f"{asked.files} pictures, {asked.files // 10} sabotaged: {len(sabotage.wrong)} wrong;")
    print(
        f"  {sabotage.seconds:.1f} s beside {sabotage.clean_seconds:.1f} s without sabotage, "
        f"allowed {sabotage.allowed_seconds:.1f} s"
    )
    holds = not sabotage.wrong and sabotage.seconds <= sabotage.allowed_seconds
    return 0 if holds and median <= MOST_MS_A_FILE and times <= MOST_SLOWER else 1


if __name__ == "__main__":
    sys.exit(main())
