"""What a store must be able to hand out in bulk: everything it knows of some items at a time.

Walking an archive this way needs the same memory however large it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from verify.records import Finding, ItemKind, Match, Shot, View
from verify.store.role import ItemSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One view of an item."""

    sha256: str
    number: int
    """From 0, in order of time."""
    view: View
    """Without local features and thumbnail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFinding:
    """One finding about an item."""

    sha256: str
    number: int
    """From 0, in the order of the examination."""
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMatch:
    """An older item that an item matched when it arrived."""

    sha256: str
    """Of the item that arrived."""
    number: int
    """From 0, best first."""
    match: Match
    """Without paths."""


class Contents(Protocol):
    """Everything about some items, by SHA-256, of the examination that counts.

    Answers come in the order in which the items are named, what belongs to one item in its own order;
    unknown items are passed over. All methods raise `ArchiveError` if the storage fails.
    """

    def walk(self) -> Iterator[list[str]]:
        """Walk the SHA-256 of all items in the order in which they arrived, some at a time."""

    def summaries(self, items: Sequence[str]) -> list[ItemSummary]:
        """Return one line about each item."""

    def views(self, items: Sequence[str], *, kind: ItemKind | None = None) -> list[ItemView]:
        """Return all views of the items, or of those of one kind."""

    def shots(self, items: Sequence[str]) -> Mapping[str, tuple[Shot, ...]]:
        """Return the shots of those items that have any."""

    def findings(self, items: Sequence[str]) -> list[ItemFinding]:
        """Return all findings about the items."""

    def matches(self, items: Sequence[str]) -> list[ItemMatch]:
        """Return all that was found when the items arrived."""
