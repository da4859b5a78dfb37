"""A piece of evidence as it is written in one line: a stretch, a region, an item or a link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from verify import Evidence

CLOCK: Final = r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)"

SHARES: Final = r"(\d+(?:\.\d+)?)\s*[-–]\s*(\d+(?:\.\d+)?)\s*%?"

TIME_RANGE: Final = re.compile(rf"{CLOCK}\s*[-–]\s*{CLOCK}(?:\s+(.*))?")
"""`12.0-16.1 what is seen` or `0:12-0:16 what is seen`."""

REGION: Final = re.compile(
    rf"region(?:\s+at\s+{CLOCK})?[\s,]+{SHARES}\s+across[\s,]+{SHARES}\s+down(?:[\s:]+(.*))?", re.IGNORECASE
)
"""`region at 0:12, 10-40 % across, 20-60 % down`, as the page itself writes them."""

PERCENT: Final = 100

NAMED_ITEM: Final = re.compile(r"(?:https?://\S*[?&]item=)?([0-9a-f]{12,64})(?:\s+(.*))?")
"""The SHA-256 of an item, the start of one, or the address of its page."""


def read_line(line: str) -> Evidence:
    """Read one piece; whatever is no time range, no region and no item is taken as a link."""
    if found := TIME_RANGE.fullmatch(line):
        start, end = sorted((_seconds(found.groups()[:3]), _seconds(found.groups()[3:6])))
        return Evidence(kind="time-range", start=start, end=end, note=found[7] or "")
    if found := REGION.fullmatch(line):
        return _read_region(found.groups())
    if named := NAMED_ITEM.fullmatch(line):
        return Evidence(kind="item", item=named[1], note=named[2] or "")
    url, _, note = line.partition(" ")
    return Evidence(kind="link", url=url, note=note.strip())


def _seconds(clock: Sequence[str | None]) -> Fraction:
    hours, minutes, seconds = (Fraction(part or 0) for part in clock)
    return 3600 * hours + 60 * minutes + seconds


def _read_region(written: Sequence[str | None]) -> Evidence:
    edges = [min(float(edge or 0) / PERCENT, 1.0) for edge in written[3:7]]
    (left, right), (top, bottom) = sorted(edges[:2]), sorted(edges[2:])
    start = _seconds(written[:3]) if written[2] else None
    region = corners(left, top, right, bottom)
    return Evidence(kind="region", region=region, start=start, note=written[7] or "")


def corners(left: float, top: float, right: float, bottom: float) -> tuple[tuple[float, float], ...]:
    """Return the corners of a rectangle, clockwise from the top left, as evidence keeps them."""
    return (left, top), (right, top), (right, bottom), (left, bottom)
