"""Kill a scan and all its workers again and again, and count what was lost: `python -m benchmarks.crashes`.

A folder of 300 small pictures and clips is scanned by a real `verify scan`, which is killed with SIGKILL
(its whole process group) at random moments. Before each kill the items that the archive shows are noted:
they were reported done. After the last resume every file must be in the archive once, and nothing that was
ever shown may be missing. A scan that ends before its kill starts over with a new archive.

`--marks` and `--uploads` do the same to processes that mark and to the page's server (`kills.py`).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import verify
from benchmarks.kills import kill_reviewers, kill_servers
from tests.made_media import write_jpeg, write_video

FILES = 300
CLIPS = 12


@dataclass(kw_only=True)
class Outcome:
    """What a series of kills did."""

    kills: int = 0
    rounds: int = 0
    """Archives that were filled to the end."""
    lost: int = 0
    """Items that had been shown and were gone."""
    missing: int = 0
    """Files without an item after the last resume."""
    doubled: int = 0
    """Files or items that are there more than once."""


def make_folder(folder: Path, files: int = FILES) -> None:
    """Fill `folder` with distinct pictures and clips."""
    folder.mkdir()
    for number in range(files):
        if number % (files // CLIPS) == 0:
            write_video(folder / f"{number:03}.mp4", [number, number + 1])
        else:
            write_jpeg(folder / f"{number:03}.jpg", number)


def kill_again_and_again(folder: Path, work: Path, *, kills: int, seed: int = 1) -> Outcome:
    """Scan `folder` into archives below `work`, killing `kills` times at random moments."""
    rng = random.Random(seed)
    outcome = Outcome()
    while outcome.kills < kills:
        archive = work / f"archive-{outcome.rounds}"
        shown: set[str] = set()
        while outcome.kills < kills and _scan_and_kill(folder, archive, rng.uniform(0.4, 4.0), shown):
            outcome.kills += 1
        subprocess.run(_command(folder, archive), check=True, capture_output=True)
        _compare(folder, archive, shown, outcome)
        outcome.rounds += 1
    return outcome


def _command(folder: Path, archive: Path) -> list[str]:
    return [sys.executable, "-m", "verify.cli", "scan", str(folder), "--archive", str(archive), "--jobs", "2"]


def _scan_and_kill(folder: Path, archive: Path, seconds: float, shown: set[str]) -> bool:
    """Return False if the scan ended by itself before it could be killed."""
    process = subprocess.Popen(
        _command(folder, archive),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    ended = process.poll() is not None
    shown |= shown_digests(archive)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return not ended


def shown_digests(archive: Path) -> set[str]:
    """Read what an archive shows right now, as another reader would."""
    database = archive / "archive.sqlite"
    if not database.exists():
        return set()
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        try:
            return {digest.hex() for (digest,) in connection.execute("select sha256 from item")}
        except sqlite3.OperationalError:  # killed before the tables were made
            return set()


def _compare(folder: Path, archive: Path, shown: set[str], outcome: Outcome) -> None:
    files = {
        os.fsencode(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.resolve().iterdir()
    }
    with verify.open_archive(archive) as opened:
        items = list(opened)
    digests = [item.sha256 for item in items]
    paths = [path for item in items for path in item.paths]
    outcome.lost += len(shown - set(digests))
    outcome.missing += len(set(files.values()) - set(digests))
    outcome.doubled += len(digests) - len(set(digests)) + len(paths) - len(set(paths))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=50, help="of scans")
    parser.add_argument("--marks", type=int, default=50, help="kills of processes that mark")
    parser.add_argument("--uploads", type=int, default=50, help="kills of servers that take uploads")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "folder"
        make_folder(folder)
        started = time.monotonic()
        outcome = kill_again_and_again(folder, Path(work), kills=options.kills)
        marks = kill_reviewers(Path(work), kills=options.marks)
        uploads = kill_servers(Path(work), kills=options.uploads)
    print(f"scans   {outcome}\nmarks   {marks}\nuploads {uploads}\n{time.monotonic() - started:.0f} s")
    losses = (marks, uploads)
    bad = outcome.lost or outcome.missing or outcome.doubled
    sys.exit(bool(bad or any(one.lost or one.doubled or one.faults for one in losses)))


if __name__ == "__main__":
    main()
