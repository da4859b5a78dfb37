"""Flip bytes in a backed-up archive, and see what a check says: `python -m benchmarks.flips`.

First every single byte of every line of the log, one at a time: all of them must be found, and found in their
line. Then bytes drawn at random from the whole database file: each must be found, make the file unreadable in
one sentence, or be harmless. Harmless means that the log reads as before and that what the cases and
thumbnails show is the same; the check itself compares the cases with what the log adds up to.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import verify
from tests.made_media import write_jpeg
from verify.store import schema

DATABASE = "archive.sqlite"


def make_backup(work: Path) -> Path:
    """Return a backup of a small archive that was reviewed."""
    pictures = [write_jpeg(work / f"{number}.jpg", number) for number in range(3)]
    with verify.open_archive(work / "archive") as archive:
        archive.scan(pictures, jobs=1, profile="fast")
        first, second, third = (item.sha256 for item in archive)
        archive.claim(first, verify.Claim(text="An attack, today", place="Kunduz"), by="desk-1")
        archive.mark(first, "misattributed", by="desk-1", earlier_copy=second, note="the same wall")
        archive.confirm_match(first, second, by="desk-2")
        archive.add_note(second, "нет \U0001f600", by="desk-2")
        archive.mark(third, "verified", by="desk-1")
        archive.withdraw(third, by="desk-1")
        return archive.backup(work / "backup").folder


def flip_log(backup: Path, *, every: int = 1, seed: int = 1) -> Counter[str]:
    """Flip the bytes of the log one at a time, or one of so many; count what was found."""
    rng, outcome = random.Random(seed), Counter[str]()
    with _copy_of(backup) as copy, closing(sqlite3.connect(copy / DATABASE)) as connection:
        for guard in schema.GUARDS:
            connection.execute(f"DROP TRIGGER {guard}")
        connection.commit()
        with verify.open_archive(copy, create=False) as archive:
            for sequence, column, kind, value, place in _places(connection):
                if rng.randrange(every):
                    continue
                changed = bytearray(value)
                changed[place] ^= rng.randrange(1, 256)
                _write(connection, sequence, column, kind, bytes(changed))
                subjects = {fault.subject for fault in archive.check().faults}
                outcome["found" if f"event {sequence}" in subjects else "missed"] += 1
                _write(connection, sequence, column, kind, value)
            assert not [fault for fault in archive.check().faults if fault.code != "missing-guard"]
    return outcome


def flip_file(backup: Path, *, places: int, seed: int = 1) -> Counter[str]:
    """Flip bytes anywhere in the database file, one at a time; count what came of it."""
    rng, outcome = random.Random(seed), Counter[str]()
    content = (backup / DATABASE).read_bytes()
    with verify.open_archive(backup, create=False) as archive:
        before = _said(archive)
    for _ in range(places):
        changed = bytearray(content)
        changed[rng.randrange(len(content))] ^= rng.randrange(1, 256)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / DATABASE).write_bytes(changed)
            outcome[_came_of_it(Path(folder), before)] += 1
    return outcome


def _came_of_it(folder: Path, before: object) -> str:
    try:
        with verify.open_archive(folder, create=False) as archive:
            if archive.check().faults:
                return "found"
            return "harmless" if _said(archive) == before else "missed"
    except verify.ArchiveError:
        return "unreadable"


def _said(archive: verify.Archive) -> object:
    """Return everything that a check answers for."""
    thumbnails = [archive.thumbnail(item.sha256) for item in archive]
    return [event.to_json() for event in archive.log()], archive.cases(), thumbnails


def _places(connection: sqlite3.Connection) -> list[tuple[int, str, str, bytes, int]]:
    """Return every byte of the log: line, column, type, value, place."""
    columns = [row[1] for row in connection.execute("PRAGMA table_info(review_event)")]
    return [
        (sequence, column, kind, value, place)
        for column in columns
        if column != "sequence"
        for sequence, kind, value in connection.execute(
            f'SELECT sequence, typeof("{column}"), CAST("{column}" AS BLOB) FROM review_event'
        ).fetchall()
        for place in range(len(value or b""))
    ]


def _write(connection: sqlite3.Connection, sequence: int, column: str, kind: str, value: bytes) -> None:
    sql = f'UPDATE review_event SET "{column}" = CAST(? AS {kind}) WHERE sequence = ?'
    connection.execute(sql, (value, sequence))
    connection.commit()


@contextmanager
def _copy_of(folder: Path) -> Iterator[Path]:
    """Give a copy of an archive's folder for the length of a block."""
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(shutil.copytree(folder, Path(temporary) / "copy"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=1, help="flip one of so many bytes of the log")
    parser.add_argument("--places", type=int, default=300, help="bytes flipped in the file")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        backup = make_backup(Path(work))
        log = flip_log(backup, every=options.every, seed=options.seed)
        file = flip_file(backup, places=options.places, seed=options.seed)
    print(f"log:  {dict(log)}\nfile: {dict(file)}")
    sys.exit(bool(log["missed"] or file["missed"]))


if __name__ == "__main__":
    main()
