"""Between records and rows, both ways."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from fractions import Fraction
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import Row, Table

from verify.records import (
    Examination,
    Finding,
    Fingerprints,
    LocalFeatures,
    MetadataValue,
    Pdq,
    Problem,
    Shot,
    View,
)
from verify.store import schema
from verify.store.role import ItemSummary, Outline, Searchable

HEX_HASHES = ("phash", "dhash", "ahash", "whash")

Record = TypeVar("Record", LocalFeatures, MetadataValue, Finding, Problem)


def examination_row(examination: Examination) -> dict[str, Any]:
    """Return the columns of the `examination` table that the record fills."""
    return {
        "path": os.fsencode(examination.path),
        "examined_at": examination.examined_at,
        "profile": examination.profile,
        "exact": examination.exact,
        "kind": examination.kind,
        "format": examination.format,
        "width": examination.width,
        "height": examination.height,
        "duration": None if examination.duration_seconds is None else str(examination.duration_seconds),
        "partial": examination.partial,
        "tools": examination.tools,
    }


def part_rows(examination: Examination) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield every table of parts with the rows of one examination, without its id.

    Rows are numbered as they come, unless they bring a number: not every view has local features.
    """
    yield schema.view, [_view_row(view) for view in examination.views]
    thumbnails = [view.thumbnail for view in examination.views]
    yield schema.thumbnail, [{"jpeg": jpeg, "sha256": sha256(jpeg).digest()} for jpeg in thumbnails]
    yield (
        schema.local_features,
        [
            {"number": number, **columns(view.features)}
            for number, view in enumerate(examination.views)
            if view.features is not None
        ],
    )
    yield schema.shot, [{"start": str(shot.start), "end": str(shot.end)} for shot in examination.shots]
    yield schema.metadata_value, [columns(value) for value in examination.metadata]
    yield schema.finding, [columns(finding) for finding in examination.findings]
    yield schema.problem, [columns(problem) for problem in examination.problems]


def columns(record: LocalFeatures | MetadataValue | Finding | Problem) -> dict[str, Any]:
    """Return the fields of a record by name; `dataclasses.asdict` copies them deep, at ten times the cost."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def examination_record(
    row: Row[Any], *, sha256: str, size_bytes: int, parts: Mapping[Table, Iterable[Row[Any]]]
) -> Examination:
    """Put an examination together again."""
    thumbnails = {part.number: part.jpeg for part in parts[schema.thumbnail]}
    features = {part.number: feature_record(part) for part in parts[schema.local_features]}
    return Examination(
        sha256=sha256,
        path=os.fsdecode(row.path),
        size_bytes=size_bytes,
        examined_at=row.examined_at,
        profile=row.profile,
        exact=row.exact,
        kind=row.kind,
        format=row.format,
        width=row.width,
        height=row.height,
        duration_seconds=None if row.duration is None else Fraction(row.duration),
        views=tuple(
            view_record(view, thumbnail=thumbnails[view.number], features=features.get(view.number))
            for view in parts[schema.view]
        ),
        shots=tuple(Shot(start=Fraction(s.start), end=Fraction(s.end)) for s in parts[schema.shot]),
        metadata=records(MetadataValue, parts[schema.metadata_value]),
        findings=records(Finding, parts[schema.finding]),
        problems=records(Problem, parts[schema.problem]),
        partial=row.partial,
        tools=row.tools,
    )


def summary_record(
    row: Row[Any], *, paths: tuple[bytes, ...], findings: tuple[str, ...], problems: tuple[Problem, ...]
) -> ItemSummary:
    """Make one line about an item."""
    return ItemSummary(
        sha256=row.sha256.hex(),
        kind=row.kind,
        format=row.format,
        size_bytes=row.size_bytes,
        added_at=row.added_at,
        examined_at=row.examined_at,
        profile=row.profile,
        exact=row.exact,
        width=row.width,
        height=row.height,
        duration_seconds=None if row.duration is None else Fraction(row.duration),
        partial=row.partial,
        views=row.views,
        paths=paths,
        findings=findings,
        problems=problems,
    )


def searchable_record(row: Row[Any], views: Iterable[Row[Any]]) -> Searchable:
    """Put the views of one item together; a video without a stated length ends with its last view."""
    seen = tuple(bare_view_record(view) for view in views)
    duration = None
    if row.kind == "video":
        duration = Fraction(row.duration) if row.duration is not None else seen[-1].time
    return Searchable(
        examination=row.id,
        arrival=row.arrival,
        sha256=row.sha256.hex(),
        duration_seconds=duration,
        views=seen,
    )


def outline_record(row: Row[Any], *, last_time: str | None) -> Outline:
    """Make an outline; `last_time` is that of the last view of a video that does not state its length."""
    exact = row.duration or last_time
    return Outline(
        examination=row.id,
        sha256=row.sha256.hex(),
        examined_at=row.examined_at,
        duration=float(Fraction(exact)) if row.kind == "video" and exact else None,
        views=row.views,
    )


def bare_view_record(row: Row[Any]) -> View:
    """Make a view without its thumbnail from a row that has the columns of its local features too."""
    return view_record(row, thumbnail=b"", features=feature_record(row))


def records(kind: type[Record], rows: Iterable[Row[Any]]) -> tuple[Record, ...]:
    """Make records whose fields are named like the columns."""
    names = [field.name for field in fields(kind)]
    return tuple(kind(**{name: row._mapping[name] for name in names}) for row in rows)


def _view_row(view: View) -> dict[str, Any]:
    prints = view.fingerprints
    return {
        "time": str(view.time),
        "starts_shot": view.starts_shot,
        **{name: bytes.fromhex(getattr(prints, name)) for name in HEX_HASHES},
        "colorhash": prints.colorhash,
        "pdq": bytes.fromhex(prints.pdq.hex),
        "pdq_quality": prints.pdq.quality,
    }


def view_record(row: Row[Any], *, thumbnail: bytes, features: LocalFeatures | None) -> View:
    """Make a view from its row and what other tables hold of it."""
    prints = Fingerprints(
        **{name: getattr(row, name).hex() for name in HEX_HASHES},
        colorhash=row.colorhash,
        pdq=Pdq(hex=row.pdq.hex(), quality=row.pdq_quality),
    )
    return View(
        time=Fraction(row.time),
        fingerprints=prints,
        thumbnail=thumbnail,
        starts_shot=row.starts_shot,
        features=features,
    )


def feature_record(row: Row[Any]) -> LocalFeatures:
    """Make local features from a row that has their columns."""
    (features,) = records(LocalFeatures, [row])
    return features
