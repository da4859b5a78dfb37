"""GPS: signed decimal degrees, metres and UTC out of EXIF's degrees, references and day (DC-008, 4.6.7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

from verify.metadata.bounds import clean
from verify.metadata.exif_readers import Number, Raw
from verify.metadata.times import Zone, iso_time
from verify.records import Scalar

GPS_FIELDS: dict[str, int] = {
    "GPSLatitude": 0x02,
    "GPSLongitude": 0x04,
    "GPSAltitude": 0x06,
    "GPSTime": 0x07,
    "GPSTimeStamp": 0x07,
    "GPSDateStamp": 0x1D,
    "GPSStatus": 0x09,
    "GPSDOP": 0x0B,
    "GPSSpeed": 0x0D,
    "GPSTrack": 0x0F,
    "GPSImgDirection": 0x11,
    "GPSMapDatum": 0x12,
    "GPSProcessingMethod": 0x1B,
    "GPSHPositioningError": 0x1F,
}
"""Our name to the tag it rests on. `GPSTime` is day and time of day joined, in UTC."""

SOUTH_OR_WEST = ("S", "W")
BELOW_SEA = 1
"""GPSAltitudeRef: 0 above, 1 below sea level (3 is 1 against the ellipsoid, Exif 3.0)."""

Readings = dict[str, tuple[Scalar, Zone]]


def read_gps(fields: dict[int, Raw]) -> Readings:
    """Normalise the GPS directory; what is missing, empty or undefined is left out, never guessed."""
    values: Readings = {}
    for key in ("GPSLatitude", "GPSLongitude"):
        tag = GPS_FIELDS[key]
        degrees = _degrees(fields.get(tag), fields.get(tag - 1))
        if degrees is not None:
            values[key] = degrees, ""
    altitude = _altitude(fields)
    if altitude is not None:
        values["GPSAltitude"] = altitude, ""
    values |= _time(fields)
    for key in ("GPSDOP", "GPSSpeed", "GPSTrack", "GPSImgDirection", "GPSHPositioningError"):
        number = _first(fields.get(GPS_FIELDS[key]))
        if number is not None:
            values[key] = round(float(number), 6), ""
    for key in ("GPSStatus", "GPSMapDatum"):
        text = fields.get(GPS_FIELDS[key])
        if isinstance(text, str) and clean(text):
            values[key] = clean(text), ""
    return values


def _degrees(angle: Raw | None, reference: Raw | None) -> float | None:
    """Join degrees, minutes, seconds and hemisphere; without a reference the angle stands as it is."""
    if not angle or isinstance(angle, str) or angle[0] is None:
        return None
    parts = [Fraction(part or 0) for part in angle[:3]]  # 0/0 seconds: the writer put all into the minutes
    total = sum((part / 60**place for place, part in enumerate(parts)), Fraction())
    if isinstance(reference, str) and reference[:1].upper() in SOUTH_OR_WEST:
        total = -total
    return round(float(total), 8)


def _altitude(fields: dict[int, Raw]) -> float | None:
    metres = _first(fields.get(GPS_FIELDS["GPSAltitude"]))
    if metres is None:
        return None
    below = _first(fields.get(0x05)) in (BELOW_SEA, 3)
    return round(-float(metres) if below else float(metres), 3)


def _time(fields: dict[int, Raw]) -> Readings:
    """Join GPSDateStamp and GPSTimeStamp to one UTC time; a lone half is given under its own name."""
    day, clock = fields.get(GPS_FIELDS["GPSDateStamp"]), fields.get(GPS_FIELDS["GPSTimeStamp"])
    values: Readings = {}
    seconds = _seconds_of_day(clock)
    if seconds is not None and isinstance(day, str):
        midnight, _ = iso_time(f"{clean(day)} 00:00:00")
        try:
            moment = datetime.fromisoformat(midnight) + timedelta(microseconds=round(seconds * 10**6))
        except (ValueError, OverflowError):
            pass  # the day is blank or no day: the halves below stand on their own
        else:
            return {"GPSTime": (f"{moment.isoformat()}Z", "utc")}
    if isinstance(day, str) and clean(day):
        values["GPSDateStamp"] = clean(day), ""
    if seconds is not None and seconds < 86_400:
        whole = datetime(2000, 1, 1) + timedelta(microseconds=round(seconds * 10**6))
        values["GPSTimeStamp"] = whole.time().isoformat(), "utc"
    return values


def _seconds_of_day(clock: Raw | None) -> Fraction | None:
    if clock is None or isinstance(clock, str) or len(clock) < 3 or clock[0] is None:
        return None
    hours, minutes, seconds = (Fraction(part or 0) for part in clock[:3])
    return hours * 3600 + minutes * 60 + seconds


def _first(raw: Raw | None) -> Number | None:
    return raw[0] if raw and not isinstance(raw, str) else None
