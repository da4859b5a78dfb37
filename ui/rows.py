"""Items as rows: name, leads, state and arrival line up for the eye; for the queue and for what was added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import streamlit as st

from ui import media_links, parts, session
from ui.plain import name_of
from verify import (
    RELATIONS,
    CaseState,
    ItemSummary,
    OlderCopy,
    QueueRow,
    changes,
    is_weak,
    moments,
    printable,
)

BADGES: Final = 3
"""Findings shown as badges, the most severe first; the rest is counted."""

NO_NOTES: Final[Mapping[str, str]] = {}

FILES: Final = Path(__file__).with_name("components")

_draw = st.components.v2.component(
    "rows", css=(FILES / "rows.css").read_text(), js=(FILES / "rows.js").read_text()
)


def draw(rows: Sequence[QueueRow], *, key: str, notes: Mapping[str, str] = NO_NOTES) -> None:
    """Draw the rows, some with a note by SHA-256; a click goes to the item."""
    now = datetime.now(UTC)
    data = {
        "rows": [{**_row(row, now), "note": notes.get(row.item.sha256, "")} for row in rows],
        "blurred": session.is_blurred(),
    }
    clicked = _draw(key=key, data=data, on_open_change=_nothing)
    if clicked.open:
        session.open_item(clicked.open)


def _nothing() -> None:
    """Leave the click to be read where the rows are drawn."""


def _row(row: QueueRow, now: datetime) -> dict[str, Any]:
    item = row.item
    return {
        "sha256": item.sha256,
        "name": name_of(item),
        "thumbnail": media_links.thumbnail(item.sha256) if item.views else "",
        "length": "" if item.duration_seconds is None else parts.length(item.duration_seconds),
        "facts": parts.facts(item),
        "problems": [problem.code for problem in item.problems],
        **_badges(item),
        "older": row.older and _older(row.older),
        "state": _state(row.case, now),
        "came": parts.ago(item.added_at, now),
        "stamp": item.added_at.isoformat(timespec="seconds"),
    }


def _badges(item: ItemSummary) -> dict[str, list[str]]:
    return {"findings": list(item.findings[:BADGES]), "more": list(item.findings[BADGES:])}


def _older(older: OlderCopy) -> dict[str, str]:
    """Say that it was seen before; an older verdict is what a reviewer must not miss."""
    verdict = older.verdict or ""
    day = f" {older.verdict_at:%Y-%m-%d}" if older.verdict_at else ""
    paths = older.match.paths
    name = printable(paths[0].rsplit("/", 1)[-1]) if paths else older.match.item[:12]
    lead = "perhaps seen before" if is_weak(older.match) else "seen before"
    how = f"{RELATIONS[older.match.relation]} {name}"
    return {
        "verdict": verdict,
        "lead": f"{lead}: {verdict}{day}" if verdict else lead,
        "how": ", ".join([how, *changes(older.match), *moments(older.match)]),
    }


def _state(case: CaseState, now: datetime) -> dict[str, str]:
    decision = case.decision
    who = f"{printable(decision.by)}, {parts.ago(decision.at, now)}" if decision else ""
    if case.status == "contested":
        verdicts = [case.verdict, *(other.verdict for other in case.conflicting)]
        said = " or ".join(dict.fromkeys(filter(None, verdicts)))
        return {"kind": "contested", "word": "contested", "who": said}
    if case.status == "in-discussion":
        return {"kind": "in-discussion", "word": "in discussion", "who": case.verdict or ""}
    assigned = f"for {printable(case.assigned_to)}" if case.assigned_to else ""
    return {
        "kind": case.verdict or "open",
        "word": case.verdict or parts.NOT_REVIEWED,
        "who": who or assigned,
    }
