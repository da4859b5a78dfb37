"""Is the archive what it says it is? Log, states, thumbnails and originals are proved.

Everything that differs is named. Nothing is written, and no file is decoded: originals are hashed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from verify.errors import UnreadableMedia
from verify.media.files import open_file
from verify.review.chain import ChainCheck, Fault, Head, Line
from verify.store.role import Store

NO_BYTES: Final = hashlib.sha256(b"").hexdigest()
"""An empty file, which is a file."""

CheckReport = Callable[[int, int], None]
"""Called with the originals hashed so far, and all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a check has found."""

    head: Head
    """Of the log as it stands. Written down elsewhere, it proves later that nothing was cut off."""
    events: int
    items: int
    thumbnails: int
    originals: int
    """Paths at which an original was hashed or looked for."""
    faults: tuple[Fault, ...]
    """What is not as it was recorded; empty if all is well."""
    moved: tuple[Fault, ...]
    """Paths that are empty, while the same bytes are at another path."""

    def to_json(self) -> dict[str, Any]:
        return {
            "head": str(self.head),
            "head_digest": self.head.digest,
            "events": self.events,
            "items": self.items,
            "thumbnails": self.thumbnails,
            "originals": self.originals,
            "intact": not self.faults,
            "faults": [fault.to_json() for fault in self.faults],
            "moved": [fault.to_json() for fault in self.moved],
        }


def check(store: Store, *, head: Head | None = None, report: CheckReport = lambda _done, _all: None) -> Check:
    """Prove the log, the states, the thumbnails and the originals of a store.

    `head` is one that an earlier check printed: the log must still hold it. Raises `ArchiveError` if the
    storage cannot be read at all.
    """
    chain = ChainCheck(head)
    without_media: set[str] = set()
    lines = _noting_entries(store.audit.lines(), without_media)
    faults = [*_storage(store), *chain.faults(lines), *_states(store)]
    thumbnails = list(store.audit.thumbnails())
    faults += [
        Fault(
            code="changed-thumbnail",
            subject=item,
            message=f"The thumbnail of view {number} was changed or taken away.",
        )
        for item, number, sound in thumbnails
        if not sound
    ]
    items = [item for item in store.audit.items() if item not in without_media]
    originals = _Originals([seen for seen in store.audit.originals() if seen[1] not in without_media])
    originals.hash_all(report)
    return Check(
        head=chain.head,
        events=chain.events,
        items=len(items) + len(without_media),
        thumbnails=len(thumbnails),
        originals=len(originals.seen),
        faults=(*faults, *originals.faults, *originals.lost(items, store)),
        moved=tuple(originals.moved()),
    )


def _noting_entries(lines: Iterator[Line], without_media: set[str]) -> Iterator[Line]:
    """Walk the log and note the items that arrived without a byte: entries of hash lists.

    Only the log is believed: whoever could call an item so elsewhere could hide a missing original.
    """
    for line in lines:
        event = line.event
        if event is not None and event.kind == "item-added" and event.payload.get("size_bytes") == 0:
            without_media.add(event.item)
        yield line
    without_media.discard(NO_BYTES)


def _storage(store: Store) -> Iterator[Fault]:
    for line in store.audit.damage():
        yield Fault(code="damaged-database", subject="database", message=line)
    for guard in store.audit.missing_guards():
        message = "The guard that keeps the log from being changed is gone."
        yield Fault(code="missing-guard", subject=guard, message=message)


def _states(store: Store) -> Iterator[Fault]:
    for item in store.audit.stale_states():
        message = "What is shown of its case is not what its events in the log add up to."
        yield Fault(code="stale-state", subject=item, message=message)


class _Originals:
    """The files at which items were seen, and what became of them."""

    def __init__(self, seen: Sequence[tuple[bytes, str]]) -> None:
        self.seen = seen
        self.faults: list[Fault] = []
        self._intact: set[str] = set()
        self._gone: list[tuple[bytes, str]] = []

    def hash_all(self, report: CheckReport) -> None:
        """Hash every file that is still there."""
        for done, (path, item) in enumerate(self.seen, start=1):
            try:
                with open_file(os.fsdecode(path)) as file:
                    self._compare(path, item, file.sha256)
            except UnreadableMedia as refusal:
                if refusal.code == "missing":
                    self._gone.append((path, item))
                else:
                    self._fault("unreadable-original", path, refusal.message)
            report(done, len(self.seen))

    def moved(self) -> Iterator[Fault]:
        """Yield the empty paths whose item is intact elsewhere."""
        for path, item in self._gone:
            if item in self._intact:
                message = "The file is gone; the same bytes are at another path."
                yield Fault(code="moved", subject=os.fsdecode(path), message=message)

    def lost(self, items: Sequence[str], store: Store) -> Iterator[Fault]:
        """Yield the items that are at no path any more."""
        gone = [(path, item) for path, item in self._gone if item not in self._intact]
        for path, item in gone:
            message = f"The file is gone (item {item[:12]})."
            yield Fault(code="missing-original", subject=os.fsdecode(path), message=message)
        known = {item for _, item in self.seen}
        for item in (item for item in items if item not in known):
            where = os.fsdecode(next(iter(store.paths_of(item)), item.encode()))
            message = f"Another file is at this path now (item {item[:12]} was seen there before)."
            yield Fault(code="missing-original", subject=where, message=message)

    def _compare(self, path: bytes, item: str, sha256: str) -> None:
        if sha256 == item:
            self._intact.add(item)
        else:
            self._fault(
                "changed-original", path, f"The bytes are not those that were scanned (item {item[:12]})."
            )

    def _fault(self, code: str, path: bytes, message: str) -> None:
        self.faults.append(Fault(code=code, subject=os.fsdecode(path), message=message))
