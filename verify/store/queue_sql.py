"""The reviewers' queue: one question for a page, whatever the archive's size.

The page's items are chosen and counted by small indexed tables; what is shown of them is fetched for the
page alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select

from verify.records import Match
from verify.review.case import CaseState
from verify.store import labels, queries, review_rows, schema, summaries
from verify.store.review_role import OlderCopy, QueueCounts, QueueFilter, QueuePage, QueueRow, QueueSort
from verify.store.role import ItemSummary
from verify.store.sqlite_file import VARIABLES

LONGEST_PAGE: Final = VARIABLES
"""Rows; more are not shown at once."""

MOST_WORDS: Final = 20
"""Of a free-text search."""

_item, _examination, _case, _label = schema.item, schema.examination, schema.case_state, schema.item_label
_finding, _match = schema.finding, schema.match

ORDERS: Final[Mapping[QueueSort, Sequence[ColumnElement[Any]]]] = {
    "newest": (_item.c.id.desc(),),
    "oldest": (_item.c.id,),
    "name": (_label.c.name, _item.c.id),
    "largest": (_item.c.size_bytes.desc(), _item.c.id),
    "last-changed": (_case.c.version.desc(),),
}


def page(
    connection: Connection, wanted: QueueFilter, *, sort: QueueSort, offset: int, limit: int
) -> QueuePage:
    """Return one page of the items that the filter lets through."""
    chosen = _chosen(wanted, _item.c.id).order_by(*ORDERS[sort])
    ids = list(connection.scalars(chosen.offset(offset).limit(min(limit, LONGEST_PAGE))))
    total = connection.scalar(_chosen(wanted, func.count()))
    return QueuePage(rows=tuple(_rows(connection, ids)), total=total or 0)


def order(connection: Connection, wanted: QueueFilter, *, sort: QueueSort) -> list[str]:
    """Return the SHA-256 of all items that the filter lets through, in order."""
    chosen = _chosen(wanted, _item.c.sha256).order_by(*ORDERS[sort])
    return [sha256.hex() for sha256 in connection.scalars(chosen)]


def counts(connection: Connection, wanted: QueueFilter) -> QueueCounts:
    """Count the items that the filter lets through."""
    columns = (_case.c.status, _case.c.verdict, _examination.c.kind, _case.c.verdict_by)
    groups = connection.execute(_chosen(wanted, *columns, func.count()).group_by(*columns)).all()

    def summed(place: int) -> dict[str, int]:
        sums: Counter[str] = Counter()
        for group in groups:
            sums[group[place] or ""] += group[-1]
        return dict(sums)

    chosen = _chosen(wanted, _examination.c.id).subquery()
    codes = (
        select(_finding.c.code, func.count(_finding.c.examination_id.distinct()).label("items"))
        .where(_finding.c.examination_id.in_(select(chosen.c.id)))
        .group_by(_finding.c.code)
    )
    return QueueCounts(
        total=sum(group[-1] for group in groups),
        statuses=summed(0),
        verdicts=summed(1),
        kinds=summed(2),
        findings={row.code: row.items for row in connection.execute(codes)},
        reviewers={name: number for name, number in summed(3).items() if name},
    )


def _chosen(wanted: QueueFilter, *columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(_item)
        .join(_examination, (_examination.c.item_id == _item.c.id) & _examination.c.counts)
        .join(_case, _case.c.item_id == _item.c.id)
        .join(_label, _label.c.item_id == _item.c.id)
        .where(*_conditions(wanted))
    )


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    kind = _examination.c.kind
    found = [kind == wanted.kind if wanted.kind else kind.in_(("image", "video"))]
    if wanted.status is not None:
        found.append(_case.c.status == wanted.status)
    if wanted.verdict is not None:
        found.append(_case.c.verdict == wanted.verdict)
    if wanted.reviewer is not None:
        found.append(or_(_case.c.verdict_by == wanted.reviewer, _case.c.assigned_to == wanted.reviewer))
    if wanted.since is not None:
        found.append(_item.c.added_at >= wanted.since)
    if wanted.until is not None:
        found.append(_item.c.added_at < wanted.until)
    if wanted.finding is not None:
        with_code = (_finding.c.examination_id == _examination.c.id) & (_finding.c.code == wanted.finding)
        found.append(exists().where(with_code))
    if wanted.items is not None:
        found.append(_item.c.sha256.in_([bytes.fromhex(sha256) for sha256 in wanted.items]))
    if wanted.seen_before is not None:
        seen = exists().where(_match.c.examination_id == _examination.c.id)
        found.append(seen if wanted.seen_before else ~seen)
    return found + [_contains(word) for word in labels.folded(wanted.text).split()[:MOST_WORDS]]


def _contains(word: str) -> ColumnElement[bool]:
    return or_(_label.c.text.contains(word, autoescape=True), _case.c.text.contains(word, autoescape=True))


def _rows(connection: Connection, ids: Sequence[int]) -> list[QueueRow]:
    found = connection.execute(queries.summaries().where(_item.c.id.in_(ids))).all()
    items = dict(zip((row.id for row in found), summaries.with_parts(connection, found), strict=True))
    documents = select(_case.c.item_id, _case.c.document).where(_case.c.item_id.in_(ids))
    cases = {row.item_id: review_rows.state_record(row.document) for row in connection.execute(documents)}
    examinations = {row.id: row.examination_id for row in found}
    older = _older(connection, list(examinations.values()))
    return [_row(items[item], cases[item], older[examinations[item]]) for item in ids]


def _row(item: ItemSummary, case: CaseState, older: Sequence[OlderCopy]) -> QueueRow:
    kept = (copy for copy in older if copy.match.item not in case.refused)
    return QueueRow(item=item, case=case, older=next(kept, None))


def _older(connection: Connection, examinations: Sequence[int]) -> dict[int, list[OlderCopy]]:
    """Return what was found when these items arrived, best first, with the older item's verdict."""
    wanted = (
        select(_match.c.examination_id, _match.c.document, _case.c.verdict, _case.c.verdict_at)
        .join(_case, _case.c.item_id == _match.c.found_id)
        .where(_match.c.examination_id.in_(examinations))
        .order_by(_match.c.examination_id, _match.c.number)
    )
    found: dict[int, list[OlderCopy]] = defaultdict(list)
    for row in connection.execute(wanted):
        match = Match.from_json(row.document)
        at = None if row.verdict_at is None else datetime.fromisoformat(row.verdict_at)
        found[row.examination_id].append(OlderCopy(match=match, verdict=row.verdict, verdict_at=at))
    return found
