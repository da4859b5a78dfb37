"""What a store must be able to do with hash lists: keep their entries as items, and hand their hashes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedHash:
    """What a hash list says about one picture, or one frame."""

    time: Fraction | None = None
    """Seconds; None for a still."""
    pdq: str | None = None
    """64 hex digits."""
    quality: int | None = None
    """0 to 100; None if the list does not say."""
    phash: str | None = None
    """16 hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """One entry of a hash list: an item without media."""

    sha256: str
    """Of the media if the list says it, else of the hashes."""
    place: bytes
    """Where it stands: path of the list, `#`, and the number of the line."""
    label: str
    hashes: tuple[ListedHash, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The hashes of one item without media, as the search needs them."""

    examination: int
    sha256: str
    hashes: tuple[ListedHash, ...]


class Lists(Protocol):
    """Items that are known by hashes alone. All methods raise `ArchiveError` if the storage fails."""

    def add(self, items: Sequence[ListedItem]) -> int:
        """Add entries in one transaction and return how many of them are new items.

        An item that is known, with media or without, only gets the place, if that is new.
        """

    def listed(self, *, after: int = 0) -> Iterator[Listed]:
        """Walk the items without media whose examination has a higher number, in order."""
