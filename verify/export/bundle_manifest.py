"""What data/bundle.json of an evidence bundle says: which file is what, and what is missing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

Form = Literal["verify-evidence-bundle/1"]

FORM: Final[Form] = "verify-evidence-bundle/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledPicture:
    """The picture of one view."""

    file: str
    """Inside the bundle, as are all files that are named here."""
    time_seconds: float
    time: str
    """Exact, as a fraction: "1001/30"."""
    starts_shot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledItem:
    """One item, and where the bundle holds what is known of it."""

    sha256: str
    name: str
    """The file's own name as a label: no file of the bundle is called so."""
    paths: tuple[str, ...]
    """Where it was seen, the latest first."""
    original: str | None
    """None if it is not there any more as it was scanned."""
    original_missing: str | None
    """Why, in a sentence."""
    examination: str
    case: str
    matches: str
    drawings: tuple[str | None, ...]
    """A picture of each match, in the order of the matches; None if it was not drawn."""
    thumbnails: tuple[BundledPicture, ...]
    """Of every view."""
    frames: tuple[BundledPicture, ...]
    """In full size: of a video, where each shot begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPart:
    """Something that a complete bundle would hold."""

    item: str
    """SHA-256."""
    field: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleManifest:
    """The whole bundle."""

    form: Form = FORM
    made_at: str
    """UTC, ISO 8601."""
    log_head: str
    """Of the log that the events are from, as a person writes it down."""
    report: str
    events: str
    """The items' events, one a line, in order."""
    chain: str
    """What proves that they are in the log."""
    items: tuple[BundledItem, ...]
    missing: tuple[MissingPart, ...]
    tools: dict[str, str]
    """Name and version of this program, of Python and of the libraries."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
