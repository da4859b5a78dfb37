"""What the review log adds up to: how many verdicts, of which sort, by whom, and how long they took.

A verdict that was withdrawn does not count. Times are those of the log, days are UTC.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from verify import ReviewEvent

SPANS: Final = (
    (timedelta(minutes=5), "up to 5 min"),
    (timedelta(minutes=30), "30 min"),
    (timedelta(hours=2), "2 h"),
    (timedelta(hours=8), "8 h"),
    (timedelta(days=1), "a day"),
    (timedelta(days=7), "a week"),
    (timedelta.max, "longer"),
)
"""Classes of the time to a verdict, by their upper end: roughly four times the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One verdict that counts."""

    verdict: str
    by: str
    kind: str
    """Of the item: image or video."""
    at: datetime
    took: timedelta | None
    """From arrival to the item's first verdict; None for a later one."""


def verdicts(events: Iterable[ReviewEvent], kinds: Mapping[str, str]) -> list[Given]:
    """Return the verdicts that count, in order; `kinds` says of which kind an item is."""
    arrived: dict[str, datetime] = {}
    standing: dict[int, ReviewEvent] = {}
    for event in events:
        if event.kind == "item-added":
            arrived[event.item] = event.at
        elif event.kind == "verdict-given":
            standing[event.sequence] = event
        elif event.kind == "verdict-withdrawn":
            standing.pop(event.payload["withdrawn"], None)
    return [
        Given(
            verdict=event.payload["verdict"],
            by=event.by,
            kind=kinds.get(event.item, "other"),
            at=event.at,
            # the first verdict takes the arrival, later ones find none
            took=event.at - arrived.pop(event.item) if event.item in arrived else None,
        )
        for event in standing.values()
    ]


def usual_time(given: Iterable[Given]) -> timedelta | None:
    """Return the median time from arrival to the first verdict."""
    seconds = [one.took.total_seconds() for one in given if one.took is not None]
    return timedelta(seconds=median(seconds)) if seconds else None


def table(given: Iterable[Given]) -> list[dict[str, Any]]:
    """Return one row a verdict, as the charts read it."""
    return [
        {
            "verdict": one.verdict,
            "by": one.by,
            "kind": one.kind,
            "day": one.at.date(),
            "took": None if one.took is None else SPANS[_span(one.took)][1],
        }
        for one in given
    ]


def _span(took: timedelta) -> int:
    return min(bisect_right([end for end, _ in SPANS], took), len(SPANS) - 1)


def roughly(span: timedelta) -> str:
    """Return a length of time in one unit: `4 min`, `2.5 h`, `3 days`."""
    seconds = span.total_seconds()
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    if seconds < 2 * 86_400:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86_400:.0f} days"
