"""The tables: what is in each column. docs/exports.md says what they mean; a test compares the two.

Views, shots, findings and matches are numbered from 0, as everywhere in the library. Times inside media stand
twice: as seconds, and as the exact fraction.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from verify.export.tables import Column, Items, Table
from verify.labels import printable
from verify.records import Scalar, Shot
from verify.review.case import CaseState, Claim, Established
from verify.review.events import JUDGEMENTS, ReviewEvent
from verify.store.contents_role import ItemFinding, ItemMatch, ItemView
from verify.store.role import ItemSummary, Store
from verify.store.sqlite_file import chunks

AT_ONCE: Final = 1000
"""Items that are asked for at a time, and rows of the log that are handed on."""

NO_CLAIM: Final = Claim()

NOTHING_ESTABLISHED: Final = Established()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """An item and where its case stands."""

    item: ItemSummary
    case: CaseState

    @property
    def claim(self) -> Claim:
        return self.case.claim or NO_CLAIM

    @property
    def established(self) -> Established:
        return self.case.decision.established if self.case.decision else NOTHING_ESTABLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRow:
    """A frame sample and the shot it lies in."""

    frame: ItemView
    number: int | None
    shot: Shot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """A match, and what a reviewer said about it."""

    match: ItemMatch
    judged: str | None


def batches(store: Store, items: Items) -> Iterator[Sequence[str]]:
    """Walk the SHA-256 of the items asked for, some at a time."""
    if items is None:
        yield from store.contents.walk()
    else:
        for first in range(0, len(items), AT_ONCE):
            yield items[first : first + AT_ONCE]


def _items(store: Store, items: Items) -> Iterator[list[ItemRow]]:
    for some in batches(store, items):
        cases = store.review.cases(some)
        yield [ItemRow(item=one, case=cases[one.sha256]) for one in store.contents.summaries(some)]


def _views(store: Store, items: Items) -> Iterator[list[ItemView]]:
    for some in batches(store, items):
        yield store.contents.views(some)


def _frames(store: Store, items: Items) -> Iterator[list[FrameRow]]:
    for some in batches(store, items):
        shots = store.contents.shots(some)
        yield [_frame(view, shots.get(view.sha256, ())) for view in store.contents.views(some, kind="video")]


def _frame(frame: ItemView, shots: Sequence[Shot]) -> FrameRow:
    number = bisect_right(shots, frame.view.time, key=lambda shot: shot.start) - 1
    if number < 0:
        return FrameRow(frame=frame, number=None, shot=None)
    return FrameRow(frame=frame, number=number, shot=shots[number])


def _findings(store: Store, items: Items) -> Iterator[list[ItemFinding]]:
    for some in batches(store, items):
        yield store.contents.findings(some)


def _matches(store: Store, items: Items) -> Iterator[list[MatchRow]]:
    judged = _judged(store)
    for some in batches(store, items):
        yield [
            MatchRow(match=one, judged=judged.get(frozenset((one.sha256, one.match.item))))
            for one in store.contents.matches(some)
        ]


def _judged(store: Store) -> Mapping[frozenset[str], str]:
    """Return what was last said about each pair of items that a reviewer judged."""
    return {
        frozenset((event.item, event.payload["other"])): event.kind.removeprefix("match-")
        for event in store.review.events(kinds=JUDGEMENTS)
    }


def _reviews(store: Store, items: Items) -> Iterator[list[ReviewEvent]]:
    """Walk the log in its order; or item by item, those asked for."""
    for item in [None] if items is None else items:
        yield from chunks(store.review.events(item), AT_ONCE)


def _seconds(exact: Fraction | None) -> float | None:
    return None if exact is None else float(exact)


def _exact(exact: Fraction | None) -> str | None:
    return None if exact is None else str(exact)


def _finite(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Return values that JSON can say: infinite ones, out of broken tags, as text."""
    return {
        name: str(value) if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }


ITEMS: Final[Table[ItemRow]] = Table(
    "items",
    (
        Column("sha256", "text", lambda row: row.item.sha256),
        Column("kind", "text", lambda row: row.item.kind),
        Column("format", "text", lambda row: row.item.format),
        Column("path_label", "text", lambda row: printable(row.item.paths[0]) if row.item.paths else ""),
        Column("paths_hex", "texts", lambda row: tuple(path.hex() for path in row.item.paths)),
        Column("size_bytes", "integer", lambda row: row.item.size_bytes),
        Column("width", "integer", lambda row: row.item.width, optional=True),
        Column("height", "integer", lambda row: row.item.height, optional=True),
        Column("duration_seconds", "number", lambda row: _seconds(row.item.duration_seconds), optional=True),
        Column("duration_exact", "text", lambda row: _exact(row.item.duration_seconds), optional=True),
        Column("views", "integer", lambda row: row.item.views),
        Column("partial", "boolean", lambda row: row.item.partial),
        Column("profile", "text", lambda row: row.item.profile),
        Column("exact", "boolean", lambda row: row.item.exact),
        Column("added_at", "time", lambda row: row.item.added_at),
        Column("examined_at", "time", lambda row: row.item.examined_at),
        Column("findings", "texts", lambda row: row.item.findings),
        Column("problems", "texts", lambda row: tuple(problem.code for problem in row.item.problems)),
        Column("status", "text", lambda row: row.case.status),
        Column("verdict", "text", lambda row: row.case.verdict, optional=True),
        Column("verdict_by", "text", lambda row: row.case.decision and row.case.decision.by, optional=True),
        Column("verdict_at", "time", lambda row: row.case.decision and row.case.decision.at, optional=True),
        Column("verdict_note", "text", lambda row: row.case.decision.note if row.case.decision else ""),
        Column(
            "true_context", "text", lambda row: row.case.decision.true_context if row.case.decision else ""
        ),
        Column(
            "earlier_copy",
            "text",
            lambda row: row.case.decision and row.case.decision.earlier_copy,
            optional=True,
        ),
        Column("established_source", "text", lambda row: row.established.source),
        Column("established_date", "text", lambda row: row.established.date),
        Column("established_place", "text", lambda row: row.established.place),
        Column("established_event", "text", lambda row: row.established.event),
        Column("claim_text", "text", lambda row: row.claim.text),
        Column("claimed_date", "text", lambda row: row.claim.claimed_date),
        Column("claimed_place", "text", lambda row: row.claim.place),
        Column("claimed_event", "text", lambda row: row.claim.event),
        Column("post_url", "text", lambda row: row.claim.post_url),
        Column("archived_url", "text", lambda row: row.claim.archived_url),
        Column("assigned_to", "text", lambda row: row.case.assigned_to),
        Column("notes", "integer", lambda row: len(row.case.notes)),
    ),
    _items,
)

FINGERPRINTS: Final[Table[ItemView]] = Table(
    "fingerprints",
    (
        Column("sha256", "text", lambda row: row.sha256),
        Column("view", "integer", lambda row: row.number),
        Column("time_seconds", "number", lambda row: float(row.view.time)),
        Column("time_exact", "text", lambda row: str(row.view.time)),
        Column("phash", "text", lambda row: row.view.fingerprints.phash),
        Column("dhash", "text", lambda row: row.view.fingerprints.dhash),
        Column("ahash", "text", lambda row: row.view.fingerprints.ahash),
        Column("whash", "text", lambda row: row.view.fingerprints.whash),
        Column("colorhash", "text", lambda row: row.view.fingerprints.colorhash),
        Column("pdq", "text", lambda row: row.view.fingerprints.pdq.hex),
        Column("pdq_quality", "integer", lambda row: row.view.fingerprints.pdq.quality),
    ),
    _views,
)

FRAMES: Final[Table[FrameRow]] = Table(
    "frames",
    (
        Column("sha256", "text", lambda row: row.frame.sha256),
        Column("view", "integer", lambda row: row.frame.number),
        Column("time_seconds", "number", lambda row: float(row.frame.view.time)),
        Column("time_exact", "text", lambda row: str(row.frame.view.time)),
        Column("starts_shot", "boolean", lambda row: row.frame.view.starts_shot),
        Column("shot", "integer", lambda row: row.number, optional=True),
        Column("shot_start_seconds", "number", lambda row: row.shot and float(row.shot.start), optional=True),
        Column("shot_start_exact", "text", lambda row: row.shot and str(row.shot.start), optional=True),
        Column("shot_end_seconds", "number", lambda row: row.shot and float(row.shot.end), optional=True),
        Column("shot_end_exact", "text", lambda row: row.shot and str(row.shot.end), optional=True),
    ),
    _frames,
)

FINDINGS: Final[Table[ItemFinding]] = Table(
    "findings",
    (
        Column("sha256", "text", lambda row: row.sha256),
        Column("finding", "integer", lambda row: row.number),
        Column("code", "text", lambda row: row.finding.code),
        Column("severity", "text", lambda row: row.finding.severity),
        Column("explanation", "text", lambda row: row.finding.explanation),
        Column("values", "json", lambda row: _finite(row.finding.values)),
    ),
    _findings,
)

MATCHES: Final[Table[MatchRow]] = Table(
    "matches",
    (
        Column("sha256", "text", lambda row: row.match.sha256),
        Column("match", "integer", lambda row: row.match.number),
        Column("found", "text", lambda row: row.match.match.item),
        Column("relation", "text", lambda row: row.match.match.relation),
        Column("evidence", "texts", lambda row: row.match.match.evidence),
        Column("score", "number", lambda row: row.match.match.score),
        Column("distance_bits", "integer", lambda row: row.match.match.distance_bits, optional=True),
        Column("inliers", "integer", lambda row: row.match.match.inliers, optional=True),
        Column("mirrored", "boolean", lambda row: row.match.match.mirrored),
        Column("rotation_degrees", "number", lambda row: row.match.match.rotation_degrees),
        Column("scale", "number", lambda row: row.match.match.scale),
        Column("region", "json", lambda row: row.match.match.to_json()["region"], optional=True),
        Column("query_region", "json", lambda row: row.match.match.to_json()["query_region"], optional=True),
        Column("segments", "json", lambda row: row.match.match.to_json()["segments"]),
        Column("note", "text", lambda row: row.match.match.note),
        Column("judged", "text", lambda row: row.judged, optional=True),
    ),
    _matches,
)

REVIEWS: Final[Table[ReviewEvent]] = Table(
    "reviews",
    (
        Column("sequence", "integer", lambda event: event.sequence),
        Column("at", "time", lambda event: event.at),
        Column("by", "text", lambda event: event.by),
        Column("sha256", "text", lambda event: event.item),
        Column("kind", "text", lambda event: event.kind),
        Column("verdict", "text", lambda event: event.payload.get("verdict"), optional=True),
        Column("payload", "json", lambda event: event.payload),
        Column("key", "text", lambda event: event.key),
        Column("previous", "text", lambda event: event.previous),
        Column("digest", "text", lambda event: event.digest),
    ),
    _reviews,
)

TABLES: Final[Mapping[str, Table[Any]]] = {
    table.name: table for table in (ITEMS, FINGERPRINTS, FRAMES, FINDINGS, MATCHES, REVIEWS)
}
