"""All that the archive knows about one item, gathered once for a bundle and for a report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from verify.errors import UnknownItem
from verify.labels import printable
from verify.matching.other_way import other_way
from verify.originals import original
from verify.records import Examination, Match
from verify.review.case import CaseState
from verify.review.chain import EMPTY_LOG, Head
from verify.review.events import ReviewEvent
from verify.review.fold import fold
from verify.store.role import ItemSummary, Store


@dataclass(frozen=True, kw_only=True)
class Casefile:
    """One item with its case."""

    item: ItemSummary
    examination: Examination
    """Thumbnails included."""
    case: CaseState
    events: tuple[ReviewEvent, ...]
    """What was said about it, in order."""
    matches: tuple[Match, ...]
    """What arrived before it, then what arrived since and matched it, each best first."""
    others: Mapping[str, CaseState]
    """Where the cases of the matched items stand, by SHA-256."""
    known: Mapping[str, ItemSummary]
    """What is known of the matched items, by SHA-256."""
    original: Path | None
    """Where the file lies unchanged since its scan."""

    @cached_property
    def name(self) -> str:
        """The file's name as a label."""
        return name_of(self.item)


def name_of(item: ItemSummary) -> str:
    """Return the name under which an item was seen last, as a label."""
    return printable(item.paths[0].rsplit(os.fsencode(os.sep), 1)[-1]) if item.paths else item.sha256[:12]


def gather(store: Store, sha256: str) -> Casefile:
    """Read one item out of the store. Raises `UnknownItem` if it was never examined."""
    item, examination = store.item(sha256), store.examination(sha256)
    if item is None or examination is None:
        raise UnknownItem(f"The item {sha256} was never examined.")
    bearing = store.review.bearing_on(sha256)
    matches = _matches(store, sha256)
    where = original(store, sha256)
    return Casefile(
        item=item,
        examination=examination,
        case=fold(sha256, bearing),
        events=tuple(event for event in bearing if event.item == sha256),
        matches=matches,
        others=store.review.cases([match.item for match in matches]),
        known={one.sha256: one for one in store.contents.summaries([match.item for match in matches])},
        original=None if where is None else Path(os.fsdecode(where)),
    )


def head_of(store: Store) -> Head:
    """Return what names the end of the log."""
    last = store.review.last()
    return Head(sequence=last.sequence, digest=last.digest) if last else EMPTY_LOG


def drawable(store: Store, match: Match) -> Match | None:
    """Return the match with the one path at which the other file lies unchanged; None if it is gone."""
    where = original(store, match.item)
    return None if where is None else replace(match, paths=(os.fsdecode(where),))


def chosen(store: Store, items: Iterable[str] | None) -> Sequence[str]:
    """Return the items that were asked for, each once; by default all pictures and videos."""
    if items is None:
        return [item.sha256 for item in store.items() if item.kind in {"image", "video"}]
    return list(dict.fromkeys(items))


def _matches(store: Store, sha256: str) -> tuple[Match, ...]:
    since = [
        other_way(match, query=later, paths=tuple(os.fsdecode(path) for path in store.paths_of(later)))
        for later, match in store.seen_since(sha256)
    ]
    return (*store.seen_before(sha256), *sorted(since, key=lambda match: -match.score))
