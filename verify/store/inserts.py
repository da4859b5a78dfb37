"""How arrivals become rows, inside the transaction of the caller."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, CursorResult, Table, insert, select, update

from verify.records import Examination
from verify.store import rows, schema
from verify.store.role import Sighting


def item_id(connection: Connection, sighting: Sighting) -> tuple[int, bool]:
    """Return the item's id, and whether it is new; a new item is added first."""
    known = known_id(connection, sighting.sha256)
    if known is not None:
        return known, False
    new = insert(schema.item).values(
        sha256=bytes.fromhex(sighting.sha256), size_bytes=sighting.stamp.size_bytes, added_at=sighting.seen_at
    )
    return _new_id(connection.execute(new)), True


def known_id(connection: Connection, sha256: str) -> int | None:
    """Return the item's id, None if it is unknown."""
    found: int | None = connection.scalar(
        select(schema.item.c.id).where(schema.item.c.sha256 == bytes.fromhex(sha256))
    )
    return found


def add_sighting(connection: Connection, item_id: int, sighting: Sighting) -> None:
    """Add where an item was seen."""
    stamp = sighting.stamp
    connection.execute(
        insert(schema.sighting).values(
            item_id=item_id,
            path=stamp.path,
            size_bytes=stamp.size_bytes,
            modified_ns=stamp.modified_ns,
            seen_at=sighting.seen_at,
        )
    )


def add_examination(
    connection: Connection,
    item_id: int,
    examination: Examination,
    parts: dict[Table, list[dict[str, Any]]],
) -> None:
    """Add it; it takes the place of the one that counts if that one covers less.

    The rows of its parts are added to `parts`, to be inserted for many examinations at once.
    """
    table = schema.examination
    of_item = (table.c.item_id == item_id) & table.c.counts
    current = connection.execute(select(table.c.profile, table.c.exact).where(of_item)).one_or_none()
    if current is not None:
        if _coverage(*current) >= _coverage(examination.profile, examination.exact):
            return
        connection.execute(update(table).where(of_item).values(counts=False))
    values = rows.examination_row(examination)
    examination_id = _new_id(connection.execute(insert(table).values(item_id=item_id, counts=True, **values)))
    for part, part_rows in rows.part_rows(examination):
        parts[part] += [
            {"examination_id": examination_id, "number": n, **row} for n, row in enumerate(part_rows)
        ]


def _coverage(profile: str, exact: bool) -> tuple[bool, bool]:  # noqa: FBT001 - a pair to compare
    return profile == "full", exact


def _new_id(added: CursorResult[Any]) -> int:
    key = added.inserted_primary_key
    assert key is not None  # noqa: S101 - every table that asks has an integer key
    return int(key[0])
