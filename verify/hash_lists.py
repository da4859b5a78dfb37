"""Hash lists of partners, read line by line: CSV, PDQ as text, and the frame files of vPDQ.

A list says what a picture looks like and not what it is: its items have fingerprints and no media. Whatever
is wrong with a line is said of that line, and the rest goes on.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from verify.errors import storage_failed
from verify.store.listed_role import ListedHash, ListedItem

LONGEST_LINE: Final = 10_000
"""Characters; a line of a hash list has a few hundred."""

MOST_FRAMES: Final = 200_000
"""Of one vPDQ file: two hours at 25 frames a second."""

LONGEST_LABEL: Final = 300

PDQ: Final = re.compile(r"[0-9a-fA-F]{64}")
PHASH: Final = re.compile(r"[0-9a-fA-F]{16}")
VPDQ: Final = re.compile(
    r"\s*[0-9]{1,9}\s*,\s*([0-9]{1,3})\s*,\s*([0-9a-fA-F]{64})\s*,\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*"
)
"""frame, quality, hash, seconds: vpdq/cpp/vpdq/cpp/io (ThreatExchange)."""

NUMBER: Final = re.compile(r"[0-9]{1,3}")

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "pdq": ("pdq", "pdq_hash", "pdqhash"),
    "phash": ("phash", "phash64"),
    "hash": ("hash", "value", "indicator", "signal"),
    "type": ("type", "hash_type", "algorithm", "indicator_type", "signal_type"),
    "sha256": ("sha256", "sha-256", "sha_256"),
    "quality": ("quality", "pdq_quality", "hash_quality"),
    "label": ("label", "name", "title", "description", "file", "filename", "tags", "note"),
}
"""What a column of a CSV list may be called; the case does not matter, the first that is there counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that is no entry of a hash list."""

    number: int
    """From 1."""
    reason: str


class _Refused(ValueError):
    """Why a line is no entry."""


def read_hash_list(path: str | os.PathLike[str]) -> Iterator[ListedItem | BadLine]:
    """Walk the entries of a hash list, of whichever kind it is; a vPDQ file is one entry.

    Raises `ArchiveError` (code `storage`) if the file cannot be read.
    """
    place = os.path.realpath(os.fsencode(path))
    try:
        with Path(path).open("rb") as file:
            yield from _entries(place, file)
    except OSError as error:
        raise storage_failed(f"Cannot read {os.fspath(path)}", error) from error


def _entries(place: bytes, file: BinaryIO) -> Iterator[ListedItem | BadLine]:
    lines = _lines(file)
    first = next(lines, None)
    if first is None:
        return
    if VPDQ.fullmatch(first[1]):
        yield from _video(place, chain([first], lines))
    elif columns := _columns(first[1]):
        yield from _rows(place, columns, lines)
    else:
        yield from _texts(place, chain([first], lines))


def _lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Walk the lines with their numbers, empty ones and remarks left out; long ones are cut."""
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        rest = raw
        while not rest.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
            pass
        line = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").replace("\r", " ").strip()
        if line and not line.startswith("#"):
            yield number, line


def _columns(header: str) -> dict[str, int]:
    """Return where the known columns of a CSV list are; nothing if the line is no header."""
    names = [name.strip().lower() for name in next(csv.reader([header]))]
    found = {
        meaning: names.index(called)
        for meaning, calls in COLUMNS.items()
        for called in reversed(calls)
        if called in names
    }
    return found if found.keys() & {"pdq", "phash", "hash"} else {}


def _rows(
    place: bytes, columns: Mapping[str, int], lines: Iterator[tuple[int, str]]
) -> Iterator[ListedItem | BadLine]:
    """Read a CSV list; an entry is one line, as everywhere in the field."""
    for number, line in lines:
        try:
            cells = next(csv.reader([line], strict=True))
            entry = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
            yield _item(place, number, [_hash_of(entry)], label=entry.get("label", ""), sha256=_sha256(entry))
        except (_Refused, csv.Error) as error:
            yield BadLine(number=number, reason=str(error))


def _hash_of(entry: Mapping[str, str]) -> ListedHash:
    """Return what a CSV line says; a column `hash` is a PDQ or a pHash by its length unless it says more."""
    pdq, phash, other = (entry.get(name, "") for name in ("pdq", "phash", "hash"))
    if other and not (pdq or phash):
        named = entry.get("type", "").lower()
        if named and "pdq" not in named and "phash" not in named:
            raise _Refused(f"The hash is of another kind than PDQ and pHash: {named[:40]}.")
        pdq, phash = (other, "") if len(other) == 64 else ("", other)
    return _listed(pdq=pdq, quality=entry.get("quality", ""), phash=phash)


def _sha256(entry: Mapping[str, str]) -> str:
    """Return the SHA-256 of the media, if the list has it."""
    given = entry.get("sha256", "").lower()
    if given and not PDQ.fullmatch(given):
        raise _Refused("The SHA-256 has not 64 hexadecimal digits.")
    return given


def _texts(place: bytes, lines: Iterator[tuple[int, str]]) -> Iterator[ListedItem | BadLine]:
    """Read lines of `pdq`, `pdq,quality` or `pdq,quality,label`; blanks may stand for commas."""
    for number, line in lines:
        pdq, *rest = (part.strip() for part in re.split(r"[,\s]+", line, maxsplit=2))
        quality = rest[0] if rest and NUMBER.fullmatch(rest[0]) else ""
        label = " ".join(rest[1:] if quality else rest)
        try:
            yield _item(place, number, [_listed(pdq=pdq, quality=quality)], label=label)
        except _Refused as error:
            yield BadLine(number=number, reason=str(error))


def _video(place: bytes, lines: Iterator[tuple[int, str]]) -> Iterator[ListedItem | BadLine]:
    frames: list[ListedHash] = []
    for number, line in lines:
        found = VPDQ.fullmatch(line)
        try:
            if found is None:
                raise _Refused("This is no line of a vPDQ file: frame, quality, hash, seconds.")
            if len(frames) == MOST_FRAMES:
                raise _Refused(f"Only the first {MOST_FRAMES:,} frames of a vPDQ file are taken.")
            quality, pdq, seconds = found.groups()
            frames.append(_listed(pdq=pdq, quality=quality, time=Fraction(seconds)))
        except _Refused as error:
            yield BadLine(number=number, reason=str(error))
            if len(frames) == MOST_FRAMES:
                break
    if frames:
        yield _item(place, 1, frames)


def _listed(*, pdq: str, quality: str = "", phash: str = "", time: Fraction | None = None) -> ListedHash:
    if not (pdq or phash):
        raise _Refused("There is no hash.")
    if pdq and not PDQ.fullmatch(pdq):
        raise _Refused("A PDQ has 64 hexadecimal digits.")
    if phash and not PHASH.fullmatch(phash):
        raise _Refused("A pHash has 16 hexadecimal digits.")
    if quality and not (NUMBER.fullmatch(quality) and int(quality) <= 100):
        raise _Refused("A quality is a number from 0 to 100.")
    return ListedHash(
        time=time,
        pdq=pdq.lower() or None,
        quality=int(quality) if pdq and quality else None,
        phash=phash.lower() or None,
    )


def _item(
    place: bytes, number: int, hashes: Sequence[ListedHash], *, label: str = "", sha256: str = ""
) -> ListedItem:
    return ListedItem(
        sha256=sha256 or key_of(hashes),
        place=place + f"#{number}".encode(),
        label=label[:LONGEST_LABEL],
        hashes=tuple(hashes),
    )


def key_of(hashes: Sequence[ListedHash]) -> str:
    """Return the key of an item of which nothing is known but its hashes.

    The SHA-256 of one line a hash, `time pdq phash` with `-` for what is not known. The same hashes in
    another list are the same item; quality and label do not matter.
    """
    told = [f"{'-' if one.time is None else one.time} {one.pdq or '-'} {one.phash or '-'}" for one in hashes]
    return hashlib.sha256("\n".join(["verify-media hashes", *told, ""]).encode()).hexdigest()
