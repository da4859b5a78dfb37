"""What a free-text search looks through: the names and metadata values of every item, in one row each."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from verify.store import schema, summaries
from verify.store.sqlite_file import chunks

LONGEST_LABEL: Final = 20_000
"""Characters of an item's names and values that are searched."""


def folded(text: str) -> str:
    """Return the text as it is searched: without case, and without what a database cannot hold."""
    return text.casefold().encode("utf-8", "replace").decode().replace("\0", " ")


def write(connection: Connection, items: Iterable[int]) -> None:
    """Write the labels of these items anew."""
    for some in chunks(items):
        paths = summaries.paths_of(connection, some)
        values = _metadata(connection, some)
        made = [_label(item, paths[item], values[item]) for item in some]
        connection.execute(delete(schema.item_label).where(schema.item_label.c.item_id.in_(some)))
        connection.execute(insert(schema.item_label), made)


def _label(item: int, paths: tuple[bytes, ...], values: list[str]) -> dict[str, object]:
    names = [folded(os.fsdecode(os.path.basename(path))) for path in paths]
    searched = "\n".join([*names, *map(folded, values)])
    return {"item_id": item, "name": names[0] if names else "", "text": searched[:LONGEST_LABEL]}


def _metadata(connection: Connection, items: list[int]) -> dict[int, list[str]]:
    examination, value = schema.examination, schema.metadata_value
    wanted = (
        select(examination.c.item_id, value.c.value)
        .join(value, value.c.examination_id == examination.c.id)
        .where(examination.c.counts, examination.c.item_id.in_(items))
        .order_by(value.c.examination_id, value.c.number)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(wanted):
        found[row.item_id].append(str(row.value))
    return found
