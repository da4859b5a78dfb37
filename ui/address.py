"""The queue's address: which query parameters there are, and the filter they mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ui.parts import NOT_REVIEWED
from verify import VERDICTS, QueueFilter, QueueSort

STATES: Final = {
    "open": NOT_REVIEWED,
    "decided": "decided",
    "in-discussion": "in discussion",
    "contested": "contested",
}

SORTS: Final[Mapping[QueueSort, str]] = {
    "newest": "Newest first",
    "oldest": "Oldest first",
    "last-changed": "Last decided",
    "name": "By name",
    "largest": "Largest first",
}
"""The usual one first."""

CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "status": STATES,
    "verdict": {verdict: verdict for verdict in VERDICTS},
    "kind": {"image": "picture", "video": "video"},
    "seen": {"yes": "seen before", "no": "not seen before"},
    "sort": {str(sort): words for sort, words in SORTS.items()},
}
"""What can be chosen, and how it is called, by query parameter."""

DATES: Final = ("since", "until")

PARAMETERS: Final = ("q", "status", "verdict", "finding", "kind", "seen", "reviewer", *DATES, "sort")
"""All but the page."""

PAGE: Final = "page"


def filter_of(parameters: Mapping[str, str]) -> QueueFilter:
    """Read a filter; what makes no sense is left out."""
    until = day(parameters.get("until", ""))
    conditions: dict[str, Any] = {
        name: known(name, parameters.get(name, "")) or None
        for name in ("status", "verdict", "kind", "finding", "reviewer")
    }
    return QueueFilter(
        **conditions,
        since=day(parameters.get("since", "")),
        until=until and until + timedelta(days=1),
        seen_before={"yes": True, "no": False}.get(parameters.get("seen", "")),
        text=parameters.get("q", ""),
    )


def sort_of(parameters: Mapping[str, str]) -> QueueSort:
    """Read the order."""
    return next((sort for sort in SORTS if sort == parameters.get("sort")), next(iter(SORTS)))


def known(name: str, text: str) -> str:
    """Return the text of a parameter, empty if it is none of those that can be chosen."""
    return text if text in CHOICES.get(name, (text,)) else ""


def day(text: str) -> datetime | None:
    """Read `2026-01-31` as the start of that day, UTC."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
