"""Hash lists into the archive: what partners know becomes items without media, to match against."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from verify.hash_lists import BadLine, read_hash_list
from verify.labels import printable
from verify.store.listed_role import ListedItem
from verify.store.role import Store
from verify.store.sqlite_file import chunks

AT_ONCE: Final = 1000
"""Entries in one transaction."""

BAD_LINES_KEPT: Final = 1000
"""So many are listed, the others are counted."""

LinesReport = Callable[[int], None]
"""Called with the entries read so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedList:
    """What became of one hash list."""

    path: str
    entries: int
    new: int
    """Of them, items that were not in the archive."""
    bad: int
    """Lines that are no entries."""
    bad_lines: tuple[BadLine, ...]
    """The first of them."""

    def to_json(self) -> dict[str, Any]:
        return {
            "path": printable(os.fsencode(self.path)),
            "entries": self.entries,
            "new": self.new,
            "bad": self.bad,
            "bad_lines": [{"line": line.number, "reason": line.reason} for line in self.bad_lines],
        }


def import_hashes(
    store: Store, path: str | os.PathLike[str], *, report: LinesReport = lambda _done: None
) -> ImportedList:
    """Add the entries of a hash list; what is in the archive already is left as it is.

    Raises `ArchiveError` if the list cannot be read or the storage fails.
    """
    entries, new = 0, 0
    bad: list[BadLine] = []
    bad_count = 0
    for some in chunks(read_hash_list(path), AT_ONCE):
        good = [one for one in some if isinstance(one, ListedItem)]
        broken = [one for one in some if isinstance(one, BadLine)]
        new += store.lists.add(good) if good else 0
        entries += len(good)
        bad_count += len(broken)
        bad += broken[: BAD_LINES_KEPT - len(bad)]
        report(entries)
    return ImportedList(path=os.fspath(path), entries=entries, new=new, bad=bad_count, bad_lines=tuple(bad))
