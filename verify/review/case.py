"""The record of a case: what was claimed, what was decided and on what grounds.

All values are frozen; `to_json` gives the shape that goes into the log and out of every door, `from_json`
reads it back. The log holds no floating-point numbers: times are exact fractions and places in a picture
are decimals, both written as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, Final, Literal

from verify.records import Quad

Verdict = Literal["verified", "unverified", "misattributed"]

VERDICTS: Final[tuple[Verdict, ...]] = ("verified", "unverified", "misattributed")

Confidence = Literal["none", "low", "medium", "high"]

CONFIDENCES: Final[tuple[Confidence, ...]] = ("none", "low", "medium", "high")

PILLARS: Final = ("provenance", "source", "date", "location", "motivation")
"""The five pillars of visual verification (First Draft, "Verifying Online Information", 2019)."""

PLACE_DIGITS: Final = 6
"""Decimals of a place in a picture, as a fraction of its width or height: finer than any pixel."""

Status = Literal["open", "decided", "in-discussion", "contested"]

EvidenceKind = Literal["link", "item", "match", "time-range", "region"]

EVIDENCE_KINDS: Final[tuple[EvidenceKind, ...]] = ("link", "item", "match", "time-range", "region")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the post asserts, in its own words."""

    text: str = ""
    claimed_date: str = ""
    """As claimed: "yesterday", "2021-08-15"."""
    place: str = ""
    event: str = ""
    post_url: str = ""
    archived_url: str = ""
    """Of the post's archived copy."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pillar:
    """How firmly one of the five questions is answered."""

    confidence: Confidence = "none"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Established:
    """What was found to be the case, whatever the post claims."""

    source: str = ""
    """Who made or first published it."""
    date: str = ""
    """As exactly as it is known: "2021-08-15", "summer 2021"."""
    place: str = ""
    event: str = ""
    pillars: Mapping[str, Pillar] = field(default_factory=dict)
    """By name, of `PILLARS`; those not asked are left out."""

    @property
    def says_something(self) -> bool:
        """True if a source, date, place or event is named."""
        return any((self.source, self.date, self.place, self.event))

    @classmethod
    def from_json(cls, shape: dict[str, Any]) -> Established:
        pillars = {name: Pillar(**pillar) for name, pillar in shape["pillars"].items()}
        return cls(**{**shape, "pillars": pillars})

    def to_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "date": self.date,
            "place": self.place,
            "event": self.event,
            "pillars": {name: asdict(pillar) for name, pillar in self.pillars.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that a verdict rests on."""

    kind: EvidenceKind
    note: str = ""
    """What it shows."""
    url: str = ""
    """Of a `link`."""
    item: str = ""
    """SHA-256 of another `item`, or of the other side of a `match`."""
    start: Fraction | None = None
    """Of a `time-range`, in seconds; of a `region`, the time of the frame in a video."""
    end: Fraction | None = None
    """Of a `time-range`, in seconds."""
    region: Quad | None = None
    """Four corners as fractions of width and height."""

    @classmethod
    def from_json(cls, shape: dict[str, Any]) -> Evidence:
        times = {name: None if shape[name] is None else Fraction(shape[name]) for name in ("start", "end")}
        return cls(**{**shape, **times, "region": _region(shape["region"])})

    def to_json(self) -> dict[str, Any]:
        corners = None
        if self.region is not None:
            corners = [[f"{value:.{PLACE_DIGITS}f}" for value in corner] for corner in self.region]
        return {
            "kind": self.kind,
            "note": self.note,
            "url": self.url,
            "item": self.item,
            "start": None if self.start is None else str(self.start),
            "end": None if self.end is None else str(self.end),
            "region": corners,
        }


def _region(corners: list[list[str]] | None) -> Quad | None:
    if corners is None:
        return None
    one, two, three, four = ((float(x), float(y)) for x, y in corners)
    return (one, two, three, four)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict with its grounds, as one reviewer gave it."""

    sequence: int
    """Of the event that gave it."""
    verdict: Verdict
    by: str
    at: datetime
    """UTC."""
    note: str = ""
    true_context: str = ""
    """What a misattributed item really shows, in a sentence."""
    earlier_copy: str | None = None
    """SHA-256 of the item that shows where it comes from."""
    established: Established = Established()
    evidence: tuple[Evidence, ...] = ()
    seen_version: int | None = None
    """The version of the case that the reviewer had on screen; None if that was not said."""

    @classmethod
    def from_json(cls, shape: dict[str, Any]) -> Decision:
        """Read what `to_json` wrote."""
        return cls(
            **{
                **shape,
                "at": datetime.fromisoformat(shape["at"]),
                "established": Established.from_json(shape["established"]),
                "evidence": tuple(Evidence.from_json(one) for one in shape["evidence"]),
            }
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "sequence": self.sequence,
            "verdict": self.verdict,
            "by": self.by,
            "at": self.at.isoformat(timespec="microseconds"),
            "note": self.note,
            "true_context": self.true_context,
            "earlier_copy": self.earlier_copy,
            "established": self.established.to_json(),
            "evidence": [one.to_json() for one in self.evidence],
            "seen_version": self.seen_version,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark beside the verdicts."""

    text: str
    by: str
    at: datetime
    """UTC."""

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "by": self.by, "at": self.at.isoformat(timespec="microseconds")}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """Where the case of one item stands: all its events, folded."""

    item: str
    """SHA-256."""
    version: int = 0
    """Sequence of the item's last event: what a reviewer says to have seen."""
    claim: Claim | None = None
    decision: Decision | None = None
    """The verdict that stands, with its grounds."""
    conflicting: tuple[Decision, ...] = ()
    """Verdicts that others gave without having seen the one that stands, and that say something else."""
    notes: tuple[Note, ...] = ()
    confirmed: tuple[str, ...] = ()
    """SHA-256 of items of which a reviewer confirmed that they match."""
    refused: tuple[str, ...] = ()
    """The same for matches that a reviewer refused."""
    in_discussion: bool = False
    """Opened for discussion, and no verdict since."""
    assigned_to: str = ""

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that stands, None if there is none."""
        return None if self.decision is None else self.decision.verdict

    @property
    def status(self) -> Status:
        """`contested` while verdicts conflict, else `in-discussion`, `decided` or `open`."""
        if self.conflicting:
            return "contested"
        if self.in_discussion:
            return "in-discussion"
        return "open" if self.decision is None else "decided"

    @classmethod
    def from_json(cls, shape: dict[str, Any]) -> CaseState:
        """Read what `to_json` wrote."""
        kept = {name: value for name, value in shape.items() if name not in {"status", "verdict"}}
        notes = (Note(**{**note, "at": datetime.fromisoformat(note["at"])}) for note in shape["notes"])
        return cls(
            **{
                **kept,
                "claim": None if shape["claim"] is None else Claim(**shape["claim"]),
                "decision": None if shape["decision"] is None else Decision.from_json(shape["decision"]),
                "conflicting": tuple(Decision.from_json(one) for one in shape["conflicting"]),
                "notes": tuple(notes),
                "confirmed": tuple(shape["confirmed"]),
                "refused": tuple(shape["refused"]),
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Return the public shape."""
        return {
            "item": self.item,
            "version": self.version,
            "status": self.status,
            "verdict": self.verdict,
            "claim": None if self.claim is None else self.claim.to_json(),
            "decision": None if self.decision is None else self.decision.to_json(),
            "conflicting": [one.to_json() for one in self.conflicting],
            "notes": [note.to_json() for note in self.notes],
            "confirmed": list(self.confirmed),
            "refused": list(self.refused),
            "in_discussion": self.in_discussion,
            "assigned_to": self.assigned_to,
        }
