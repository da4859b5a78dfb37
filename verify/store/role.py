"""What an archive's store must be able to do; every backend passes the same contract tests.

A store keeps *items* (one per content), *sightings* (one per path at which an item was seen) and
*examinations*. Sightings and examinations are only ever added; the newest one counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from verify.records import Examination, ItemKind, Match, Problem, Relation, View

if TYPE_CHECKING:
    from verify.store.contents_role import Contents
    from verify.store.listed_role import Lists
    from verify.store.review_role import Audit, ReviewLog

BytesReport = Callable[[int, int], None]
"""Called with the bytes copied so far, and all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """What tells an unchanged file without reading it."""

    path: bytes
    """Absolute, as the system gives it: any bytes but NUL."""
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An item was seen at a path."""

    stamp: FileStamp
    sha256: str
    seen_at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One file as a scan hands it over: where it was seen and, if it is new, what was found out."""

    sighting: Sighting
    examination: Examination | None
    """None if the item is already in the archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSummary:
    """One line about an item."""

    sha256: str
    kind: ItemKind
    format: str
    size_bytes: int
    added_at: datetime
    """UTC."""
    examined_at: datetime
    """UTC, of the examination that counts."""
    profile: str
    exact: bool
    width: int | None
    height: int | None
    duration_seconds: Fraction | None
    partial: bool
    views: int
    """Number of views."""
    paths: tuple[bytes, ...]
    """Where it is or was, the latest sighting first."""
    findings: tuple[str, ...]
    """Codes, in the order of the examination."""
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Searchable:
    """The views of one item, as the search for copies needs them."""

    examination: int
    """Number of the examination that counts; a later one has a higher number."""
    arrival: int
    """Number of the item; one that arrived later has a higher number."""
    sha256: str
    duration_seconds: Fraction | None
    """None for a still."""
    views: tuple[View, ...]
    """With local features, without thumbnails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One examination with local features, without them."""

    examination: int
    """Its number; a later one has a higher number."""
    sha256: str
    examined_at: str
    """UTC, ISO 8601."""
    duration: float | None
    """Seconds; None for a still. A video without a stated length ends with its last view."""
    views: int
    """How many there are; all have local features."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBefore:
    """What was found when an item arrived."""

    examination: int
    """Number of the examination of the item that arrived."""
    sha256: str
    path: bytes
    """Where it was seen."""
    matches: tuple[Match, ...]
    """Older items of which it is a copy, best first; empty if there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two items that were found to match when the later one arrived."""

    later: str
    """SHA-256."""
    earlier: str
    relation: Relation
    score: float


class Store(Protocol):
    """The store role. All methods raise `ArchiveError` if the storage itself fails."""

    @property
    def review(self) -> ReviewLog:
        """What reviewers said."""

    @property
    def audit(self) -> Audit:
        """What a check asks for."""

    @property
    def contents(self) -> Contents:
        """Everything about many items."""

    @property
    def lists(self) -> Lists:
        """Items that are known by hashes alone."""

    def add(self, arrivals: Sequence[Arrival]) -> None:
        """Add files in one transaction, and to the review log what is new; it is on disk when this returns.

        An item that is known already gets the sighting; its examination is replaced as the one
        that counts only by one that covers more (`full` over `fast`, exact over not).
        """

    def latest_sightings(self, paths: Iterable[bytes]) -> dict[bytes, Sighting]:
        """Return the latest sighting of each path that has one."""

    def digests_by_size(
        self, sizes: Iterable[int], *, profile: str, exact: bool
    ) -> Mapping[int, frozenset[str]]:
        """Return the SHA-256 of the items of each size that are examined at least that thoroughly."""

    def viewless(self, digests: Iterable[str]) -> dict[str, Problem]:
        """Return, of these items, those of which no view could be made, with the first reason."""

    def paths_of(self, sha256: str) -> tuple[bytes, ...]:
        """Return where an item was seen, the latest first; empty for an unknown item."""

    def items(self) -> Iterator[ItemSummary]:
        """Walk all items in the order in which they arrived."""

    def item(self, sha256: str) -> ItemSummary | None:
        """Return one item's summary."""

    def find_digests(self, prefix: str) -> tuple[str, ...]:
        """Return the SHA-256 that start with these hex digits, at most ten."""

    def examination(self, sha256: str) -> Examination | None:
        """Return the examination that counts, thumbnails included."""

    def thumbnail(self, sha256: str, number: int = 0) -> bytes | None:
        """Return the JPEG thumbnail of one view."""

    def outlines(self, *, after: int = 0) -> Iterator[Outline]:
        """Walk the examinations with local features and a number above `after`, in order.

        Also those that count no more: once there, an examination stays as it is.
        """

    def pdq_codes(self, *, after: int, up_to: int) -> bytes:
        """Return the PDQ of all views of these examinations in order, 32 bytes each."""

    def keypoints(self, *, after: int, up_to: int) -> Iterator[tuple[bytes, bytes]]:
        """Walk the views of these examinations in order: the codes and places of `LocalFeatures`."""

    def searchable(self, only: Sequence[int]) -> Iterator[Searchable]:
        """Walk these of the examinations with local features, in order."""

    def views(self, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], View]:
        """Return views by examination and number, with their local features, without their thumbnails."""

    def not_compared(self) -> tuple[int, ...]:
        """Return the examinations with local features that `add_seen_before` has not heard of, in order."""

    def add_seen_before(self, found: Sequence[SeenBefore]) -> None:
        """Keep what was found at arrival, in one transaction."""

    def pairs(self) -> list[Pair]:
        """Return all that was found when items arrived."""

    def arrivals_of(self, digests: Iterable[str]) -> dict[str, int]:
        """Return the numbers of those items that are known; one that arrived later has a higher number."""

    def arrivals(self) -> list[str]:
        """Return the SHA-256 of all items in the order in which they arrived."""

    def seen_before(self, sha256: str) -> tuple[Match, ...]:
        """Return what was found when this item arrived, best first."""

    def seen_since(self, sha256: str) -> tuple[tuple[str, Match], ...]:
        """Return the items that found this one when they arrived, with their match; in that order."""

    def copy_to(self, path: Path, *, report: BytesReport) -> Store:
        """Write all that is stored at this moment into a new file, while others go on; return it, open."""

    def close(self) -> None:
        """Let go of the storage."""
