"""Small pieces that several screens share: how verdicts, facts and times look."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Final

from verify import ItemSummary

VERDICT_ICONS: Final = {"verified": "check_circle", "unverified": "help", "misattributed": "history"}
"""Material symbols; the word always stands beside them."""

NOT_REVIEWED: Final = "not reviewed"

AGES: Final = ((3600, 60, "min"), (86_400, 3600, "h"), (604_800, 86_400, "d"))
"""Up to which age, in seconds, a unit of so many seconds is used."""

UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")


def facts(item: ItemSummary) -> str:
    """Return what an item is in one line: format, size in pixels, length."""
    said = [item.format.upper() or item.kind]
    if item.width:
        said.append(f"{item.width} × {item.height}")
    said.append(size(item.size_bytes))
    return " · ".join(said)


def clock(seconds: Fraction | float) -> str:
    """Return a time inside a video as minutes, seconds and milliseconds: `00:12.480`."""
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{hours}:{text}" if hours else text


def length(seconds: Fraction | float) -> str:
    """Return how long a video is, as players write it: `0:31`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def size(size_bytes: int) -> str:
    """Return a number of bytes in decimal units."""
    value, unit = float(size_bytes), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.0f} {UNITS[unit]}" if unit == 0 or value >= 100 else f"{value:.1f} {UNITS[unit]}"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago something was, roughly; after a week the day."""
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < 60:
        return "just now"
    for limit, unit_seconds, unit in AGES:
        if seconds < limit:
            return f"{seconds // unit_seconds} {unit} ago"
    return f"{moment:%Y-%m-%d}"
