"""A second archive that is a copy of the first, made while the first is in use.

What is copied is what the archive's folder alone holds: the database, page by page out of one read
transaction, then the originals that came in through the page, each hashed on the way. (In this order, as
originals are only ever added: whatever the copied database speaks of is there to be copied.) The search
index is left out, it is made again. Everything is written under another name and put on disk before the
copy gets its own, so there is a whole backup or none.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from verify.errors import ArchiveError, storage_failed
from verify.on_disk import settle
from verify.review.chain import Fault, Head
from verify.review.events import GENESIS
from verify.store.role import Arrival, BytesReport, FileStamp, Sighting, Store

PIECE: Final = 1 << 20
"""Bytes read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where an archive keeps its parts."""

    folder: Path
    database: str
    """Name of the database in the folder."""
    originals: str
    """Name of the folder of originals: below it one folder an item, named by its hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup holds."""

    folder: Path
    head: Head
    """Of the log that was copied."""
    items: int
    originals: int
    """Originals that were copied, once for all their names."""
    bytes_copied: int
    elsewhere: int
    """Items whose originals lie outside the archive: they stay where they are."""
    faults: tuple[Fault, ...]
    """Originals that were copied but are not what they were when they came in."""

    def to_json(self) -> dict[str, Any]:
        """Return the public shape; undecodable bytes of a path become U+FFFD."""
        return {
            "folder": os.fsencode(self.folder).decode("utf-8", "replace"),
            "head": str(self.head),
            "items": self.items,
            "originals": self.originals,
            "bytes_copied": self.bytes_copied,
            "elsewhere": self.elsewhere,
            "faults": [fault.to_json() for fault in self.faults],
        }


def backup(store: Store, places: Places, target: Path, *, report: BytesReport) -> Backup:
    """Copy an archive to `target`, where nothing may be yet.

    Raises `ArchiveError` with code `exists`, `disk-full` or `storage`; nothing is left behind then.
    """
    target = _free_place(target, outside=places.folder)
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.partial")
    try:
        part.mkdir()
        made = _Copy(store, places, part=part, target=target, report=report).make()
        _settle(part)
        part.rename(target)
        settle(target.parent)
    except OSError as error:
        raise storage_failed("The backup could not be written", error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def _free_place(target: Path, *, outside: Path) -> Path:
    """Return the whole path of a backup; the folder it goes into must be there: its disk may not be."""
    home = Path(os.path.realpath(target.parent))
    place = home / target.name
    if os.path.lexists(place):
        raise ArchiveError(
            f"There is something at {target} already.", code="exists", hint="Name a new folder."
        )
    if not home.is_dir():
        raise ArchiveError(f"There is no folder {target.parent} to put the backup into.", code="storage")
    if place.is_relative_to(outside):
        raise ArchiveError("A backup inside the archive would be lost with it.", code="storage")
    return place


class _Copy:
    """One backup in the making."""

    def __init__(
        self, store: Store, places: Places, *, part: Path, target: Path, report: BytesReport
    ) -> None:
        self._store = store
        self._places = places
        self._part = part
        self._target = target
        self._report = report
        self._done = 0
        self._bytes = 0
        self._faults: list[Fault] = []

    def make(self) -> Backup:
        """Copy the database, then the originals, and note in the copy where these lie now."""
        waiting = sum(one.stat().st_size for home in self._homes() for one in _different(home))

        def report_pages(done: int, pages: int) -> None:
            self._done, self._bytes = done, pages + waiting
            self._report(done, self._bytes)

        copy = self._store.copy_to(self._part / self._places.database, report=report_pages)
        try:
            sightings = [sighting for home in self._homes() for sighting in self._copy_home(home)]
            known = [sighting for sighting in sightings if copy.paths_of(sighting.sha256)]
            copy.add([Arrival(sighting=sighting, examination=None) for sighting in known])
            last, items = copy.review.last(), len(copy.arrivals())
        finally:
            copy.close()
        return Backup(
            folder=self._target,
            head=Head(sequence=last.sequence, digest=last.digest)
            if last
            else Head(sequence=0, digest=GENESIS),
            items=items,
            originals=len({sighting.sha256 for sighting in sightings}) + len(self._faults),
            bytes_copied=self._done,
            elsewhere=items - len({sighting.sha256 for sighting in known}),
            faults=tuple(self._faults),
        )

    def _homes(self) -> Iterator[Path]:
        """Yield the folder of every original, named by its hash."""
        return (home for home in sorted(self._originals().glob("*/*")) if home.is_dir())

    def _originals(self) -> Path:
        return self._places.folder / self._places.originals

    def _copy_home(self, home: Path) -> list[Sighting]:
        """Copy one original under all its names; return where it lies now, if it is what it was."""
        here = home.relative_to(self._places.folder)
        (self._part / here).mkdir(parents=True)
        sightings = []
        copies: dict[int, tuple[Path, str]] = {}
        for source in _files(home):
            target = self._part / here / source.name
            inode = source.stat().st_ino
            if inode in copies:
                target.hardlink_to(copies[inode][0])
            else:
                copies[inode] = target, self._copy_file(source, target)
            if copies[inode][1] == home.name:
                sightings.append(_seen(target, self._target / here / source.name, home.name))
        return sightings

    def _copy_file(self, source: Path, target: Path) -> str:
        """Copy one file with its time; return the hash of what was copied."""
        digest = hashlib.sha256()
        with source.open("rb") as given, target.open("xb") as taken:
            while piece := given.read(PIECE):
                digest.update(piece)
                taken.write(piece)
                self._done += len(piece)
                self._report(self._done, self._bytes)
        shutil.copystat(source, target)
        if digest.hexdigest() != source.parent.name:
            message = "The original is not what it was when it came in; it was copied as it is."
            self._faults.append(Fault(code="changed-original", subject=os.fspath(source), message=message))
        return digest.hexdigest()


def _files(home: Path) -> list[Path]:
    return sorted(path for path in home.iterdir() if path.is_file() and not path.is_symlink())


def _different(home: Path) -> Iterable[Path]:
    """Return one name of each file: further names are links to the same bytes."""
    return {path.stat().st_ino: path for path in _files(home)}.values()


def _seen(copied: Path, path: Path, sha256: str) -> Sighting:
    """Say that an item was seen at `path`, where the file `copied` will be."""
    status = copied.stat()
    stamp = FileStamp(path=os.fsencode(path), size_bytes=status.st_size, modified_ns=status.st_mtime_ns)
    return Sighting(stamp=stamp, sha256=sha256, seen_at=datetime.now(UTC))


def _settle(folder: Path) -> None:
    """Put a folder and all below it on disk."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            settle(Path(place) / name)
        settle(Path(place))
