"""What the store asks its tables; `sql.py` runs it and makes records of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, String, Table, func, select, tuple_, type_coerce

from verify.store import schema


def counting(sha256: str) -> Select[Any]:
    """Select the examination of an item that counts."""
    return (
        select(schema.examination, schema.item.c.size_bytes)
        .join(schema.item, schema.examination.c.item_id == schema.item.c.id)
        .where(schema.item.c.sha256 == bytes.fromhex(sha256), schema.examination.c.counts)
    )


def with_features() -> Select[Any]:
    """Select the examinations that have local features, with how many views have them.

    They are counted one by one: what asks for the latest few does not walk those of the whole archive.
    """
    item, examination, features = schema.item, schema.examination, schema.local_features
    of_one = features.c.examination_id == examination.c.id
    views = select(func.count()).select_from(features).where(of_one).scalar_subquery().label("views")
    columns = (examination.c.id, examination.c.kind, examination.c.duration, item.c.sha256)
    examined_at = type_coerce(examination.c.examined_at, String).label("examined_at")
    return (
        select(*columns, item.c.id.label("arrival"), examined_at, views)
        .join(item, examination.c.item_id == item.c.id)
        .where(select(features.c.number).where(of_one).exists())
        .order_by(examination.c.id)
    )


def last_times(examinations: Sequence[int]) -> Select[Any]:
    """Select the time of the last view of each examination."""
    view = schema.view
    last = (
        select(view.c.examination_id, func.max(view.c.number).label("number"))
        .where(view.c.examination_id.in_(examinations))
        .group_by(view.c.examination_id)
        .subquery()
    )
    same = (view.c.examination_id == last.c.examination_id) & (view.c.number == last.c.number)
    return select(view.c.examination_id, view.c.time).join(last, same)


def pdq_codes(after: int, up_to: int) -> Select[Any]:
    """Select the PDQ of the views with local features of a range of examinations, in order."""
    view, features = schema.view, schema.local_features
    same = (features.c.examination_id == view.c.examination_id) & (features.c.number == view.c.number)
    return (
        select(view.c.pdq)
        .where(view.c.examination_id > after, view.c.examination_id <= up_to)
        .where(select(features.c.number).where(same).exists())
        .order_by(view.c.examination_id, view.c.number)
    )


def keypoints(after: int, up_to: int) -> Select[Any]:
    """Select codes and places of the views of a range of examinations, in order."""
    features = schema.local_features
    return (
        select(features.c.codes, features.c.places)
        .where(features.c.examination_id > after, features.c.examination_id <= up_to)
        .order_by(features.c.examination_id, features.c.number)
    )


def views_with_features() -> Select[Any]:
    """Select views with their local features, in order."""
    view, features = schema.view, schema.local_features
    same = (features.c.examination_id == view.c.examination_id) & (features.c.number == view.c.number)
    columns = [column for column in features.c if column.name not in {"examination_id", "number"}]
    return select(view, *columns).join(features, same).order_by(view.c.examination_id, view.c.number)


def these_views(wanted: Sequence[tuple[int, int]]) -> Select[Any]:
    """Select views, given as examination and number, with their local features."""
    examination, number = schema.view.c.examination_id, schema.view.c.number
    # SQLite would walk all views for the pairs alone; the first two conditions lead it to the index.
    return views_with_features().where(
        examination.in_({one for one, _ in wanted}),
        number.in_({one for _, one in wanted}),
        tuple_(examination, number).in_(wanted),
    )


def pairs() -> Select[Any]:
    """Select the SHA-256 of both items of every match, with relation and score."""
    found, later, earlier = schema.match, schema.item.alias("later"), schema.item.alias("earlier")
    return (
        select(
            later.c.sha256.label("later"), earlier.c.sha256.label("earlier"), found.c.relation, found.c.score
        )
        .join(schema.examination, found.c.examination_id == schema.examination.c.id)
        .join(later, schema.examination.c.item_id == later.c.id)
        .join(earlier, found.c.found_id == earlier.c.id)
        .order_by(found.c.examination_id, found.c.number)
    )


def finders(sha256: str) -> Select[Any]:
    """Select the SHA-256 of the items that matched this one when they arrived, with the match."""
    found, later, earlier = schema.match, schema.item.alias("later"), schema.item.alias("earlier")
    return (
        select(later.c.sha256, found.c.document)
        .join(schema.examination, found.c.examination_id == schema.examination.c.id)
        .join(later, schema.examination.c.item_id == later.c.id)
        .join(earlier, found.c.found_id == earlier.c.id)
        .where(earlier.c.sha256 == bytes.fromhex(sha256), schema.examination.c.counts)
        .order_by(later.c.id)
    )


def paths_of(sha256: str) -> Select[Any]:
    """Select every path at which an item was seen, the latest sighting first."""
    item, seen = schema.item, schema.sighting
    found = select(seen.c.path).join(item, seen.c.item_id == item.c.id)
    return found.where(item.c.sha256 == bytes.fromhex(sha256)).order_by(seen.c.id.desc())


def sightings() -> Select[Any]:
    """Select sightings with the SHA-256 of their item."""
    return select(schema.sighting, schema.item.c.sha256).join(
        schema.item, schema.sighting.c.item_id == schema.item.c.id
    )


def summaries() -> Select[Any]:
    """Select what an item summary needs from the item and the examination that counts."""
    item, examination = schema.item, schema.examination
    views = select(func.count()).where(schema.view.c.examination_id == examination.c.id).scalar_subquery()
    return (
        select(
            item.c.id,
            item.c.sha256,
            item.c.size_bytes,
            item.c.added_at,
            examination.c.id.label("examination_id"),
            examination.c.examined_at,
            examination.c.profile,
            examination.c.exact,
            examination.c.kind,
            examination.c.format,
            examination.c.width,
            examination.c.height,
            examination.c.duration,
            examination.c.partial,
            views.label("views"),
        )
        .join(examination, examination.c.item_id == item.c.id)
        .where(examination.c.counts)
    )


def parts_of(part: Table, examinations: Sequence[int]) -> Select[Any]:
    """Select the rows of one table of parts, in order, of several examinations."""
    return (
        select(part)
        .where(part.c.examination_id.in_(examinations))
        .order_by(part.c.examination_id, part.c.number)
    )
