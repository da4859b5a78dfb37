"""How arrivals become rows, inside the transaction of the caller: a statement a table, not one an item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from verify.records import Examination
from verify.store import rows, schema
from verify.store.role import Sighting
from verify.store.sqlite_file import chunks


def item_ids(
    connection: Connection, sightings: Sequence[Sighting]
) -> tuple[dict[str, int], dict[int, Sighting]]:
    """Return the ids of the items by SHA-256, and the first sighting of each new one: these are added."""
    first: dict[str, Sighting] = {}
    for sighting in sightings:
        first.setdefault(sighting.sha256, sighting)
    known = known_ids(connection, first)
    new = [sighting for digest, sighting in first.items() if digest not in known]
    new_rows = [
        {
            "sha256": bytes.fromhex(sighting.sha256),
            "size_bytes": sighting.stamp.size_bytes,
            "added_at": sighting.seen_at,
        }
        for sighting in new
    ]
    added = dict(zip(_added(connection, schema.item, new_rows), new, strict=True))
    return known | {sighting.sha256: item for item, sighting in added.items()}, added


def known_ids(connection: Connection, digests: Iterable[str]) -> dict[str, int]:
    """Return the ids of those items that are known."""
    item = schema.item
    known: dict[str, int] = {}
    for some in chunks(bytes.fromhex(digest) for digest in digests):
        found = connection.execute(select(item.c.sha256, item.c.id).where(item.c.sha256.in_(some)))
        known.update((row.sha256.hex(), row.id) for row in found)
    return known


def known_id(connection: Connection, sha256: str) -> int | None:
    """Return the item's id, None if it is unknown."""
    return known_ids(connection, [sha256]).get(sha256)


def add_sightings(connection: Connection, ids: Mapping[str, int], sightings: Iterable[Sighting]) -> None:
    """Add where items were seen."""
    seen = [
        {
            "item_id": ids[sighting.sha256],
            "path": sighting.stamp.path,
            "size_bytes": sighting.stamp.size_bytes,
            "modified_ns": sighting.stamp.modified_ns,
            "seen_at": sighting.seen_at,
        }
        for sighting in sightings
    ]
    if seen:
        connection.execute(insert(schema.sighting), seen)


def add_examinations(connection: Connection, found: Iterable[tuple[int, Examination]]) -> None:
    """Add examinations of items, by the items' ids, with all their parts.

    Each takes the place of the one that counts if that one covers less; one that does not is left out.
    """
    better = _better(connection, list(found))
    table = schema.examination
    for some in chunks(better):
        connection.execute(
            update(table).where(table.c.item_id.in_(some), table.c.counts).values(counts=False)
        )
    values = [
        {"item_id": item, "counts": True, **rows.examination_row(examination)}
        for item, examination in better.items()
    ]
    parts: dict[Table, list[dict[str, Any]]] = defaultdict(list)
    for number, examination in zip(_added(connection, table, values), better.values(), strict=True):
        for part, part_rows in rows.part_rows(examination):
            parts[part] += [{"examination_id": number, "number": n, **row} for n, row in enumerate(part_rows)]
    for part, part_rows in parts.items():
        if part_rows:
            connection.execute(insert(part), part_rows)


def _better(connection: Connection, found: Sequence[tuple[int, Examination]]) -> dict[int, Examination]:
    """Return, for each item, the first of those that cover most, if they cover more than what is stored."""
    table = schema.examination
    covered: dict[int, tuple[bool, bool]] = {}
    for some in chunks(item for item, _ in found):
        stored = select(table.c.item_id, table.c.profile, table.c.exact)
        for row in connection.execute(stored.where(table.c.item_id.in_(some), table.c.counts)):
            covered[row.item_id] = _coverage(row.profile, row.exact)
    better: dict[int, Examination] = {}
    for item, examination in found:
        covers = _coverage(examination.profile, examination.exact)
        if item not in covered or covers > covered[item]:
            covered[item], better[item] = covers, examination
    return better


def _coverage(profile: str, exact: bool) -> tuple[bool, bool]:  # noqa: FBT001 - a pair to compare
    return profile == "full", exact


def _added(connection: Connection, table: Table, new: list[dict[str, Any]]) -> list[int]:
    """Insert rows and return their ids in the same order."""
    if not new:
        return []
    added = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.scalars(added, new))
