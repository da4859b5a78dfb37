"""What an archive's store must be able to do with the review log, and how the queue is asked for.

The log can be appended to and read; there is no way to change or remove a line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from verify.records import ItemKind, Match
from verify.review.case import CaseState, Status, Verdict
from verify.review.chain import Line
from verify.review.events import EventKind, ReviewEvent, Statement
from verify.store.role import ItemSummary

QueueSort = Literal["newest", "oldest", "name", "largest", "last-changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which items to list; every condition that is given must hold."""

    status: Status | None = None
    verdict: Verdict | None = None
    kind: ItemKind | None = None
    """Without it all pictures and videos are listed, and no files of other kinds."""
    finding: str | None = None
    """Code of a finding."""
    reviewer: str | None = None
    """Who gave the verdict that stands, or to whom the case is assigned."""
    since: datetime | None = None
    """Added at this time or later."""
    until: datetime | None = None
    """Added before this time."""
    seen_before: bool | None = None
    """True: only items that matched an older one when they arrived; false: only the others."""
    items: Collection[str] | None = None
    """Only these, by SHA-256."""
    text: str = ""
    """Words that must all occur in names, metadata values, claim or notes; case does not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderCopy:
    """The best match of an item with one that arrived before it."""

    match: Match
    verdict: Verdict | None
    """Of the older item."""
    verdict_at: datetime | None
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One item in the queue."""

    item: ItemSummary
    case: CaseState
    older: OlderCopy | None
    """None if it matched nothing older, or only what a reviewer refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """A page of the queue."""

    rows: tuple[QueueRow, ...]
    total: int
    """Items that the filter lets through, on all pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    """How many of the items that a filter lets through are of each sort."""

    total: int
    statuses: Mapping[str, int]
    verdicts: Mapping[str, int]
    """`""` counts those without a verdict."""
    kinds: Mapping[str, int]
    findings: Mapping[str, int]
    reviewers: Mapping[str, int]
    """By who gave the verdict that stands."""


class Audit(Protocol):
    """What a check asks for. Nothing that stands in the storage is taken on trust."""

    def damage(self) -> list[str]:
        """Return what the storage itself finds damaged, in its own words."""

    def missing_guards(self) -> list[str]:
        """Return the names of the guards that keep the log from being changed and are not there."""

    def lines(self) -> Iterator[Line]:
        """Walk the log in order, broken lines included."""

    def items(self) -> list[str]:
        """Return the SHA-256 of all items in the order in which they arrived."""

    def stale_states(self) -> Iterator[str]:
        """Yield the SHA-256 of items whose stored state is not what their events add up to."""

    def thumbnails(self) -> Iterator[tuple[str, int, bool]]:
        """Yield, of every view, item, number, and whether its thumbnail is there as it was written."""

    def originals(self) -> list[tuple[bytes, str]]:
        """Return every path at which something was seen, with the SHA-256 of what was seen there last."""


class ReviewLog(Protocol):
    """The part of a store that reviewers write to. All methods raise `ArchiveError` if the storage fails."""

    def append(self, statement: Statement) -> ReviewEvent:
        """Append one event in a transaction of its own; it is on disk when this returns.

        A statement whose key is in the log already is not appended: the first event is returned. Raises
        `RefusedStatement` (code `key-reused`) if that event says something else, and `UnknownItem`.
        """

    def events(
        self, item: str | None = None, *, kinds: Collection[EventKind] = (), after: int = 0
    ) -> Iterator[ReviewEvent]:
        """Walk the log in order: of one item, of some kinds, after a sequence; by default all of it."""

    def bearing_on(self, item: str) -> list[ReviewEvent]:
        """Return the events that the case of an item is folded from, in order.

        Its own, and what was said of its matches from the other item's side.
        """

    def last(self) -> ReviewEvent | None:
        """Return the event at the end of the log, None if it is empty."""

    def cases(self, items: Sequence[str] | None = None) -> dict[str, CaseState]:
        """Return where the cases of these items stand, or of all items."""

    def queue(self, wanted: QueueFilter, *, sort: QueueSort, offset: int, limit: int) -> QueuePage:
        """Return one page of the items that the filter lets through."""

    def queue_order(self, wanted: QueueFilter, *, sort: QueueSort) -> list[str]:
        """Return the SHA-256 of all items that the filter lets through, in order."""

    def queue_counts(self, wanted: QueueFilter) -> QueueCounts:
        """Count the items that the filter lets through."""
