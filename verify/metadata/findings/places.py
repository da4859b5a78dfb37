"""Rules about the stated position."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from verify.metadata.findings.facts import Facts
from verify.metadata.findings.rule import Observation, rule

POSITIONS = (
    ("exif:GPSLatitude", "exif:GPSLongitude"),
    ("container:latitude", "container:longitude"),
    ("video:latitude", "video:longitude"),
)
UTC_TIMES = ("exif:GPSTime", "container:creationdate", "container:creation_time", "exif:DateTimeOriginal")
"""Times that may be absolute, the surest first."""
ZERO_DEGREES = 0.0001
"""About 11 m: nearer to 0, 0 than this is a receiver without a fix, not a buoy in the Gulf of Guinea."""


def _position(facts: Facts) -> tuple[tuple[str, str], float, float] | None:
    for names in POSITIONS:
        latitude, longitude = facts.number(names[0]), facts.number(names[1])
        if latitude is not None and longitude is not None:
            return names, latitude, longitude
    return None


def _in_range(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= 90 and abs(longitude) <= 180


def _at_zero(latitude: float, longitude: float) -> bool:
    return abs(latitude) < ZERO_DEGREES and abs(longitude) < ZERO_DEGREES


@rule(
    "notice",
    next_step="Compare landmarks, signs and shadows with that place; a position can be written later.",
)
def gps_present(facts: Facts) -> Observation | None:
    """The file states where it was taken; with an absolute time, the local time there is given."""
    position = _position(facts)
    if position is None or not _in_range(*position[1:]) or _at_zero(*position[1:]):
        return None
    names, latitude, longitude = position
    sentence = f"The file states the position {latitude:.5f}, {longitude:.5f}"
    zone = time_zone(latitude, longitude)
    cited = list(names)
    if zone:
        sentence += f", in the time zone {zone}"
        for name in UTC_TIMES:
            local = _local(facts.time(name), zone)
            if local:
                cited.append(name)
                sentence += f", where it was {local:%A %Y-%m-%d %H:%M} then"
                break
    return Observation(sentence=sentence + ".", values=facts.values(*cited))


@rule("warning", next_step="Do not use the position.")
def gps_at_zero(facts: Facts) -> Observation | None:
    """The stated position is 0, 0: a device without a fix, or a tool that blanked the real one."""
    position = _position(facts)
    if position is None or not _at_zero(*position[1:]):
        return None
    return Observation(
        sentence="The stated position is latitude 0, longitude 0.", values=facts.values(*position[0])
    )


@rule("warning", next_step="Do not use the position; ask which program wrote it.")
def gps_out_of_range(facts: Facts) -> Observation | None:
    """The stated latitude or longitude does not exist on Earth."""
    position = _position(facts)
    if position is None or _in_range(*position[1:]):
        return None
    names, latitude, longitude = position
    sentence = f"The stated position {latitude:g}, {longitude:g} does not exist."
    return Observation(sentence=sentence, values=facts.values(*names))


def _local(moment: datetime | None, zone: str) -> datetime | None:
    if moment is None or moment.tzinfo is None:
        return None
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (
        ZoneInfoNotFoundError,
        OverflowError,
    ):  # no zone data here, or the calendar's end
        return None


def time_zone(latitude: float, longitude: float) -> str:
    """Name the IANA zone of a place, offline; degrees; empty where there is none.

    >>> verify.time_zone(43.195, -4.82)
    'Europe/Madrid'
    """
    return _finder().timezone_at(lat=latitude, lng=longitude) or ""


@cache
def _finder() -> Any:
    from timezonefinder import TimezoneFinder  # maps its data when it is made: only for files with a position

    return TimezoneFinder()
