"""The search index on disk, in the archive beside the database it is made from.

One file, replaced whole: faiss's own bytes first, so that faiss can map them, then places and starts, then
a footer that says what the file covers. It holds nothing that the store does not hold, so a file that is
missing, damaged, of another format or of another archive is simply not used. Readers map it: all workers
of a scan share one copy in memory, and a new file does not disturb those who still read the old one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

import faiss
import numpy as np

from verify.matching.feature_index import FeatureIndex
from verify.on_disk import settle
from verify.store.role import Outline

FORMAT: Final = 1
"""Of the file and of what its codes mean; another number is not read."""

NAME: Final = "features"
PART: Final = "features.part"
LOCK: Final = "lock"
END: Final = struct.Struct("<I8s")
"""Length of the footer and the mark, at the very end."""

PLACES: Final = np.dtype("<u4")
STARTS: Final = np.dtype("<i8")
MARK: Final = b"verifyix"
_FAISS: Any = faiss


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """What a file holds."""

    format: int
    examinations: int
    """How many of the store's examinations with local features it covers, from the first one on."""
    covered: str
    """Hash of which ones these are."""
    views: int
    keypoints: int
    checksum: int
    """CRC-32 of everything before the footer."""


class Covered:
    """Which examinations an index covers, from the store's first one on; they never change there."""

    def __init__(self) -> None:
        self.examinations = 0
        self.views = 0
        self._digest = hashlib.sha256()

    def add(self, outlines: Iterable[Outline]) -> None:
        """Note the next ones."""
        for one in outlines:
            self.examinations += 1
            self.views += one.views
            self._digest.update(f"{one.examination} {one.sha256} {one.examined_at} {one.views}\n".encode())

    @property
    def digest(self) -> str:
        """Hash of which ones they are."""
        return self._digest.hexdigest()


def save(folder: Path, index: FeatureIndex, covered: Covered) -> bool:
    """Write the index over these examinations; False if another process is writing or the folder is closed.

    The file appears whole or not at all: what is written first has another name, and is on disk before it
    takes the place of the old one.
    """
    try:
        with _sole_writer(folder):
            _write(folder / PART, index, covered)
            (folder / PART).replace(folder / NAME)
            settle(folder)
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Saved:
    """An index as it was saved."""

    index: FeatureIndex
    footer: Footer

    def fits(self, begun: Covered) -> bool:
        """Say whether the first examinations of a store, as many as the index covers, are what it covers."""
        footer = self.footer
        same = (footer.examinations, footer.views) == (begun.examinations, begun.views)
        return same and len(self.index) == footer.views and footer.covered == begun.digest


def load(folder: Path) -> Saved | None:
    """Return the saved index; None if there is none, or it is damaged or of another format.

    Ask the store what it holds after this, so that it holds all that the file covers.
    """
    path = folder / NAME
    try:
        with path.open("rb") as file:
            footer, body = _footer(file)
            if footer.format != FORMAT or footer.checksum != _checksum(file, body):
                return None
            index = _mapped(path, file, footer, body)
            replaced = not os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (OSError, RuntimeError, TypeError, ValueError):  # faiss refuses files with RuntimeError
        return None
    return load(folder) if replaced else Saved(index=index, footer=footer)


def _write(path: Path, index: FeatureIndex, covered: Covered) -> None:
    faiss.write_index_binary(index.codes, os.fspath(path))
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(index.places.astype(PLACES, copy=False).data)
        file.write(index.starts.astype(STARTS, copy=False).data)
        file.flush()
        footer = Footer(
            format=FORMAT,
            examinations=covered.examinations,
            covered=covered.digest,
            views=len(index),
            keypoints=len(index.places),
            checksum=_checksum(file, file.tell()),
        )
        words = json.dumps(asdict(footer)).encode()
        file.write(words + END.pack(len(words), MARK))
        file.flush()
        os.fsync(file.fileno())


def _footer(file: IO[bytes]) -> tuple[Footer, int]:
    """Return the footer and where it begins; raises ValueError or TypeError if there is none."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - END.size, 0))
    end = file.read()
    length, mark = END.unpack(end) if len(end) == END.size else (0, b"")
    body = size - END.size - length
    if mark != MARK or body <= 0:
        raise ValueError("not the end of an index file")
    file.seek(body)
    return Footer(**json.loads(file.read(length))), body


def _mapped(path: Path, file: IO[bytes], footer: Footer, body: int) -> FeatureIndex:
    codes = _FAISS.read_index_binary(os.fspath(path), faiss.IO_FLAG_MMAP)
    if isinstance(codes, faiss.IndexBinaryIVF):
        # Otherwise 32 threads would read ahead in every search what is in memory anyway.
        _FAISS.downcast_InvertedLists(codes.invlists).prefetch_nthread = 0
    starts_at = body - STARTS.itemsize * (footer.views + 1)
    places_at = starts_at - PLACES.itemsize * footer.keypoints
    whole = np.memmap(file, np.uint8, "r")
    return FeatureIndex(codes, whole[places_at:starts_at].view(PLACES), whole[starts_at:body].view(STARTS))


def _checksum(file: IO[bytes], size: int) -> int:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as whole:
        return zlib.crc32(whole[:size])


@contextmanager
def _sole_writer(folder: Path) -> Iterator[None]:
    """Keep other processes from writing; the system lets go of the lock if this one dies."""
    folder.mkdir(exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
