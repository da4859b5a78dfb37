"""Scan thousands of files that are broken on purpose: `python -m benchmarks.mutants`.

Small pictures and clips in every format that is read are broken at random places (`mutations.py`), by a seed,
so that every mutant can be made again. A real `Archive.scan` examines them. What must hold: the scan ends by
itself, every file is recorded with the hash of its bytes, whatever is wrong with a file is one printable line
with a code, and no code says `unexpected`, which would be a mistake of ours. A worker that dies or overruns
its time is counted: it is answered, as promised, but it is a bug of a decoder worth reporting.

The scan is a fast one by default. With `--profile full` local features are computed too and every file is
compared with those before it: mutants are copies of forty seeds, so the work grows with the square of their
number. Memory is that of the greediest worker (VmHWM of /proc, Linux only).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import verify
from benchmarks import mutations
from benchmarks.below import PeakMemory
from verify.records import Profile

GOAL_FILES_A_SECOND = 150


@dataclass(kw_only=True)
class Outcome:
    """What a scan of mutants showed."""

    files: int
    seconds: float
    codes: Counter[str]
    """Of the failures, one a file."""
    wrong: list[str] = field(default_factory=list)
    """Files that were not recorded with the hash of their bytes."""
    unlisted: int = 0
    """Files that the scan did not count as done."""
    garbled: list[str] = field(default_factory=list)
    """Failures that are not one printable line."""
    worker_bytes: int = 0
    """Memory of the greediest worker."""

    @property
    def is_good(self) -> bool:
        return not (self.wrong or self.unlisted or self.garbled or self.codes["unexpected"])


def make_mutants(folder: Path, *, images: int, videos: int, seed: int, corpus: Path | None = None) -> None:
    """Fill `folder` with mutants; the number in a name and the seed make it again."""
    folder.mkdir()
    lent = list(mutations.corpus_seeds(corpus)) if corpus else []
    for count, seeds in (
        (images, [*mutations.image_seeds(), *lent]),
        (videos, list(mutations.video_seeds())),
    ):
        for number in range(count):
            rng = random.Random(f"{seed} {number}")
            ending, data = seeds[number % len(seeds)]
            _, other = rng.choice(seeds)
            broken = mutations.mutant(data, other, rng)
            (folder / f"{number:06}.{ending}").write_bytes(broken)


def scan_mutants(
    folder: Path, archive: Path, *, jobs: int | None = None, profile: Profile = "fast"
) -> Outcome:
    """Scan a folder of mutants into a new archive and compare what is recorded with what is there."""
    memory = PeakMemory()
    digests = {
        os.fsencode(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.resolve().iterdir()
    }
    with verify.open_archive(archive) as opened:
        started = time.monotonic()
        result = opened.scan([folder], jobs=jobs, profile=profile, report=lambda _: memory.look())
        seconds = time.monotonic() - started
        recorded = {path: item.sha256 for item in opened for path in item.paths}
    lines = [(failure, verify.printable(failure.path)) for failure in result.failures]
    return Outcome(
        files=len(digests),
        seconds=seconds,
        codes=Counter(failure.code for failure, _ in lines),
        wrong=[os.fsdecode(path) for path, digest in digests.items() if recorded.get(path) != digest],
        unlisted=len(digests) - result.done,
        garbled=[name for failure, name in lines if not (failure.message and failure.message.isprintable())],
        worker_bytes=memory.bytes,
    )


def _tell(outcome: Outcome) -> None:
    rate = outcome.files / outcome.seconds
    print(f"{outcome.files:,} files in {outcome.seconds:.0f} s")
    print(f"{rate:.0f} files a second, goal {GOAL_FILES_A_SECOND}")
    for code, count in outcome.codes.most_common():
        print(f"  {count:6,} {code}")
    print(f"  {outcome.files - sum(outcome.codes.values()):6,} examined, or named as no media")
    print(f"greediest worker: {outcome.worker_bytes / 2**20:.0f} MiB")
    print(
        f"recorded wrongly {len(outcome.wrong)}, left out {outcome.unlisted}, garbled {len(outcome.garbled)}"
    )
    for path in (*outcome.wrong[:10], *outcome.garbled[:10]):
        print(f"  {verify.printable(path)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--videos", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--profile", choices=("fast", "full"), default="fast")
    parser.add_argument("--corpus", type=Path, help="break the small files of this folder, too")
    parser.add_argument("--keep", type=Path, help="keep mutants and archive in this new folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary) / "work"
        work.mkdir()
        make_mutants(
            work / "mutants",
            images=options.images,
            videos=options.videos,
            seed=options.seed,
            corpus=options.corpus,
        )
        outcome = scan_mutants(work / "mutants", work / "archive", jobs=options.jobs, profile=options.profile)
    _tell(outcome)
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    main()
