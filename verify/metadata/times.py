"""Times as files state them, in ISO 8601, with their zone or without one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal

from verify.metadata.bounds import clean

Zone = Literal["", "offset", "utc", "none"]

YEARS = range(1000, 9999)
"""Outside them sums with zones leave the calendar; no picture is that old or that young."""

_CLOCK = re.compile(
    r"^(\d{4})[:/.-](\d{1,2})[:/.-](\d{1,2})[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?"
    r"(?:[.,](\d{1,9}))?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$"
)
_OFFSET = re.compile(r"^([+-])(\d{1,2}):?(\d{2})$")


def iso_time(text: str, *, sub_seconds: str = "", offset: str = "") -> tuple[str, Zone]:
    """Give a stated time as (ISO 8601, zone); a text that is no time of the calendar comes back as it is.

    Sub-seconds and offset stated beside it are joined on; the digits of sub-seconds are kept as they stand.
    """
    found = _CLOCK.match(text)
    if not found:
        return text, ""
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
    except ValueError:
        return text, ""
    digits = fraction or (sub_seconds if sub_seconds.isascii() and sub_seconds.isdigit() else "")[:9]
    stated, kind = _zone(zone or offset)
    return f"{moment.isoformat()}{'.' + digits if digits else ''}{stated}", kind


def exif_time(text: str, sub_seconds: str, offset: str) -> tuple[str, Zone]:
    """Join EXIF's three fields of one time; blanks and zeros of an unset clock come back as they are."""
    return iso_time(clean(text), sub_seconds=sub_seconds.strip(), offset=offset.strip())


def _zone(text: str) -> tuple[str, Zone]:
    if text in ("Z", "UTC"):
        return "Z", "utc"
    found = _OFFSET.match(text)
    if not found or int(found[2]) > 14 or int(found[3]) > 59:  # zones in use reach from -12:00 to +14:00
        return "", "none"
    return f"{found[1]}{int(found[2]):02}:{found[3]}", "offset"


def parse(value: object) -> datetime | None:
    """Read one of our own ISO times back; naive if it has no zone, None if it is no time."""
    if not isinstance(value, str) or not _CLOCK.match(value):
        return None
    body, _, rest = value.partition(".")
    digits = re.match(r"\d*", rest)
    fraction = digits[0] if digits else ""
    try:
        moment = datetime.fromisoformat(body + rest[len(fraction) :])
    except ValueError:
        return None
    if moment.year not in YEARS:
        return None
    return moment + timedelta(microseconds=int(fraction[:6].ljust(6, "0"))) if fraction else moment
