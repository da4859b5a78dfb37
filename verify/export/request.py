"""What an export is asked for, and what it answers; every format has one writer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from verify.store.role import Store

Report = Callable[[str, int], None]
"""Called with what is being written, and how many of it are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What the archive cannot know of a published review, and who publishes says."""

    publisher: str = ""
    """Name of the organisation."""
    publisher_url: str = ""
    page: str = ""
    """Address of the review; `{sha256}` in it stands for the item's."""
    date: str = ""
    """When it was published, ISO 8601."""
    categories: frozenset[str] = frozenset()
    """Of schema.org's MediaManipulationRatingEnumeration, beside those that the verdict says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who is asked to stamp a bundle's digest with the time (RFC 3161)."""

    url: str
    roots: Path | None = None
    """PEM file of the certificates that may vouch for the stamp; None to have that checked by others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to leave the archive, and where to."""

    output: Path | BinaryIO
    """A file or folder to make; or, for formats that are one text, a stream."""
    items: tuple[str, ...] | None = None
    """SHA-256 of the items, in the order asked for; None for all that the archive holds."""
    table: str | None = None
    """For tables: which one; None for all of them."""
    publication: Publication = Publication()
    """For reviews in public vocabularies."""
    authority: Authority | None = None
    """For a bundle: who stamps its digest; None for nobody, and no network."""
    report: Report = lambda _what, _done: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that a complete record has and the archive does not know."""

    item: str
    """SHA-256."""
    field: str
    """Name of the property that is missing."""
    explanation: str
    """What would fill it, in one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    files: tuple[Path, ...] = ()
    """Empty if it went to a stream."""
    records: int = 0
    """Rows, reviews or items."""
    gaps: tuple[Gap, ...] = ()
    """What is missing for complete records; never invented."""
    digest: str = ""
    """Of a bundle, as it is to be written down elsewhere: it proves later that the bundle is this one."""


Writer = Callable[[Store, Request], Exported]
