"""Items and their verdicts as a table for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from verify.review.case import CaseState
from verify.store.role import ItemSummary

COLUMNS = (
    "sha256",
    "path",
    "kind",
    "format",
    "width",
    "height",
    "duration_seconds",
    "size_bytes",
    "added_at",
    "findings",
    "problems",
    "paths",
    "verdict",
    "verdict_by",
    "verdict_at",
)

TYPES = {
    "sha256": "str",
    "path": "str",
    "kind": "category",
    "format": "category",
    "width": "Int64",
    "height": "Int64",
    "duration_seconds": "float64",
    "size_bytes": "int64",
    "added_at": "datetime64[us, UTC]",
    "verdict": "category",
    "verdict_by": "str",
    "verdict_at": "datetime64[us, UTC]",
}
"""The same for every archive, an empty one too; the other columns hold tuples."""


def item_table(items: Iterable[ItemSummary], cases: Mapping[str, CaseState]) -> pd.DataFrame:
    """Return one row an item, indexed by SHA-256; what is not known is missing, never zero."""
    rows = [_row(item, cases[item.sha256]) for item in items]
    return pd.DataFrame(rows, columns=COLUMNS).astype(TYPES).set_index("sha256")


def _row(item: ItemSummary, case: CaseState) -> tuple[object, ...]:
    decision = case.decision
    paths = tuple(path.decode("utf-8", "replace") for path in item.paths)
    return (
        item.sha256,
        paths[0] if paths else "",
        item.kind,
        item.format,
        item.width,
        item.height,
        None if item.duration_seconds is None else float(item.duration_seconds),
        item.size_bytes,
        item.added_at,
        item.findings,
        tuple(problem.code for problem in item.problems),
        paths,
        decision and decision.verdict,
        decision and decision.by,
        decision and decision.at,
    )
