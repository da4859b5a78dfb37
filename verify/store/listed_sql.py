"""Items that are known by hashes alone, in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from verify.records import Examination, MetadataValue
from verify.store import inserts, labels, review_sql, schema
from verify.store.listed_role import Listed, ListedHash, ListedItem
from verify.store.role import FileStamp, Sighting
from verify.store.sqlite_file import VARIABLES, Database, chunks


class SqlLists:
    """Implements `verify.store.listed_role.Lists`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, items: Sequence[ListedItem]) -> int:
        now = datetime.now(UTC)
        with self._database.writing() as connection:
            known = _places(connection, [item.place for item in items])
            fresh = [item for item in items if (item.place, item.sha256) not in known]
            sightings = [_sighting(item, now) for item in fresh]
            ids, new = inserts.item_ids(connection, sightings)
            inserts.add_sightings(connection, ids, sightings)
            first: dict[int, ListedItem] = {}
            for item in fresh:
                if ids[item.sha256] in new:
                    first.setdefault(ids[item.sha256], item)
            inserts.add_examinations(
                connection, [(number, _examination(item, now)) for number, item in first.items()]
            )
            _add_hashes(connection, first)
            labels.write(connection, dict.fromkeys(ids.values()))
            review_sql.welcome(connection, new)
        return len(new)

    def listed(self, *, after: int = 0) -> Iterator[Listed]:
        table, examination, item = schema.listed_hash, schema.examination, schema.item
        wanted = (
            select(table, item.c.sha256)
            .join(examination, examination.c.id == table.c.examination_id)
            .join(item, item.c.id == examination.c.item_id)
            .where(examination.c.counts, table.c.examination_id > after)
            .order_by(table.c.examination_id, table.c.number)
        )
        with self._database.reading() as connection:
            found = connection.execution_options(yield_per=VARIABLES).execute(wanted)
            for number, rows in groupby(found, key=lambda row: row.examination_id):
                yield _listed(number, list(rows))


def _places(connection: Connection, places: Sequence[bytes]) -> set[tuple[bytes, str]]:
    """Return the places that are known, each with the item that stands there."""
    table, item = schema.sighting, schema.item
    wanted = select(table.c.path, item.c.sha256).join(item, item.c.id == table.c.item_id)
    return {
        (row.path, row.sha256.hex())
        for some in chunks(places)
        for row in connection.execute(wanted.where(table.c.path.in_(some)))
    }


def _sighting(item: ListedItem, now: datetime) -> Sighting:
    """Return where an entry stands; it has no bytes of its own."""
    stamp = FileStamp(path=item.place, size_bytes=0, modified_ns=0)
    return Sighting(stamp=stamp, sha256=item.sha256, seen_at=now)


def _examination(item: ListedItem, now: datetime) -> Examination:
    timed = any(one.time is not None for one in item.hashes)
    form = "vpdq" if timed else "pdq" if item.hashes[0].pdq else "phash"
    label = MetadataValue(source="list", key="label", value=item.label)
    return Examination(
        sha256=item.sha256,
        path=item.place.decode("utf-8", "surrogateescape"),
        size_bytes=0,
        examined_at=now,
        profile="fast",
        kind="hashes",
        format=form,
        metadata=(label,) if item.label else (),
    )


def _add_hashes(connection: Connection, items: dict[int, ListedItem]) -> None:
    table = schema.examination
    for some in chunks(items):
        counting = select(table.c.id, table.c.item_id).where(table.c.item_id.in_(some), table.c.counts)
        found = connection.execute(counting).all()
        connection.execute(
            insert(schema.listed_hash),
            [
                {"examination_id": row.id, "number": number, **_hash_row(one)}
                for row in found
                for number, one in enumerate(items[row.item_id].hashes)
            ],
        )


def _hash_row(one: ListedHash) -> dict[str, Any]:
    return {
        "time": None if one.time is None else str(one.time),
        "pdq": None if one.pdq is None else bytes.fromhex(one.pdq),
        "pdq_quality": one.quality,
        "phash": None if one.phash is None else bytes.fromhex(one.phash),
    }


def _listed(number: int, rows: Sequence[Row[Any]]) -> Listed:
    return Listed(
        examination=number,
        sha256=rows[0].sha256.hex(),
        hashes=tuple(
            ListedHash(
                time=None if row.time is None else Fraction(row.time),
                pdq=None if row.pdq is None else row.pdq.hex(),
                quality=row.pdq_quality,
                phash=None if row.phash is None else row.phash.hex(),
            )
            for row in rows
        ),
    )
