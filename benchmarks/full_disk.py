"""Fill the disk under an archive at twenty points, and count what was lost: `python -m benchmarks.full_disk`.

The archive lies on a small disk of its own (a tmpfs, which only root may mount). At every point a filler
leaves a little more room; then reviewers mark, a folder is scanned and a backup is made, in turns, until the
disk says no. What must hold: the refusal is `disk-full` in one sentence; after the filler is gone the archive
opens, a check finds no fault, every mark and item that was confirmed is there, and work goes on.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import verify
from tests.made_media import write_jpeg

DISK_BYTES = 24 * 2**20
STEP_BYTES = 16 * 2**10
"""By so much more room is left at every point."""
MOST_MARKS = 400
PICTURES = 40


@dataclass(kw_only=True)
class Outcome:
    """What full disks did."""

    points: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Codes of the errors."""
    lost: int = 0
    """Marks and items that had been confirmed and are gone."""
    faults: int = 0
    """What checks found afterwards."""
    left_over: int = 0
    """Files of backups that were refused."""


@contextlib.contextmanager
def small_disk(folder: Path, size_bytes: int = DISK_BYTES) -> Iterator[Path]:
    """Mount a disk of this size at a new folder; raises `OSError` where that is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"cannot mount a small disk: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextlib.contextmanager
def filled(disk: Path, *, leaving: int) -> Iterator[None]:
    """Fill a disk up to some bytes for the length of the context."""
    filler = disk / "filler"
    free = _free(disk)
    with filler.open("wb") as file, contextlib.suppress(OSError):
        while free > leaving:
            file.write(bytes(min(2**16, free - leaving)))
            file.flush()
            free = _free(disk)
    yield
    filler.unlink()


def _free(disk: Path) -> int:
    return shutil.disk_usage(disk).free


def fill_again_and_again(work: Path, *, points: int) -> Outcome:
    """Run an archive on a small disk into the end of its room, `points` times."""
    outcome = Outcome()
    inbox = work / "inbox"
    inbox.mkdir()
    for number in range(PICTURES):
        write_jpeg(inbox / f"{number:03}.jpg", number)
    for point in range(points):
        with small_disk(work / f"disk-{point}") as disk:
            _run_into_the_end(disk, inbox, point, outcome)
        outcome.points += 1
    return outcome


def _run_into_the_end(disk: Path, inbox: Path, point: int, outcome: Outcome) -> None:
    with verify.open_archive(disk / "archive") as archive:
        archive.scan([inbox / "000.jpg", inbox / "001.jpg"], jobs=1, profile="fast")
        items = [item.sha256 for item in archive]
        marks: list[str] = []
        turns: list[Callable[[], object]] = [
            lambda: _mark_often(archive, items[0], marks),
            lambda: archive.scan([inbox], jobs=1, profile="fast"),
            lambda: archive.backup(disk / "copy"),
        ]
        with filled(disk, leaving=STEP_BYTES * point):
            for turn in range(len(turns)):
                _until_refused(turns[(point + turn) % len(turns)], outcome)
            shown = {item.sha256 for item in archive}
    with verify.open_archive(disk / "archive", create=False) as archive:
        outcome.faults += len(archive.check().faults)
        outcome.lost += len(set(marks) - {event.digest for event in archive.log()})
        outcome.lost += len(shown - {item.sha256 for item in archive})
        outcome.left_over += len(list(disk.glob("copy*.partial")))
        archive.scan([inbox], jobs=1, profile="fast")
        archive.mark(items[1], "verified", by="desk-2")
        outcome.lost += PICTURES - len(list(archive))
        outcome.faults += len(archive.check().faults)


def _mark_often(archive: verify.Archive, item: str, marks: list[str]) -> None:
    for number in range(MOST_MARKS):
        said = archive.add_note(item, f"note {number} " + "x" * 500, by="desk-1")
        marks.append(said.digest)


def _until_refused(work: Callable[[], object], outcome: Outcome) -> None:
    try:
        work()
    except verify.VerifyError as refusal:
        outcome.refused[refusal.code] += 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        outcome = fill_again_and_again(Path(work), points=options.points)
    print(outcome)
    others = set(outcome.refused) - {"disk-full"}
    sys.exit(bool(outcome.lost or outcome.faults or outcome.left_over or others))


if __name__ == "__main__":
    main()
