"""Rules about time: what a file states against what other clocks say.

EXIF times rarely state a zone. Such a time is compared as the range of moments it can mean, in any zone
in use from -12:00 to +14:00; only what no zone explains becomes a finding.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from verify.metadata.findings.facts import Facts
from verify.metadata.findings.rule import Observation, rule
from verify.records import Scalar

WESTMOST = timedelta(hours=-12)
EASTMOST = timedelta(hours=14)
"""Zones in use (IANA time zone database: Etc/GMT+12 to Pacific/Kiritimati)."""
CLOCK_TOLERANCE = timedelta(minutes=15)
"""Camera clocks drift by minutes a year, and a position fix may be some minutes old."""
QUARTER = timedelta(minutes=15)
"""Zones in use lie on quarter hours."""

CAPTURE_TIMES = (
    "exif:DateTimeOriginal",
    "exif:DateTimeDigitized",
    "container:creationdate",
    "xmp:CreateDate",
)
CONTAINER_TIMES = ("container:creation_time", "video:creation_time")
STATED_TIMES = (
    *CAPTURE_TIMES,
    *CONTAINER_TIMES,
    "exif:DateTime",
    "exif:GPSTime",
    "xmp:ModifyDate",
    "iptc:DateCreated",
)
DATED_FORMATS = ("mp4", "mov", "matroska", "webm", "asf")
"""Containers with a field for the creation time that their writers usually fill."""
EPOCHS = (1904, 1970)
"""Years in which the clocks of QuickTime and Unix start, on 1 January: the time was never set."""


def _earliest(moment: datetime) -> datetime:
    """Give the first moment, in UTC, that a stated time can mean."""
    return moment.astimezone(UTC) if moment.tzinfo else (moment - EASTMOST).replace(tzinfo=UTC)


@rule(
    "warning",
    next_step="Compare with the weather, shadows and reports of both times, and ask for the original.",
)
def captured_after_file(facts: Facts) -> Observation | None:
    """The stated capture time is later than the time of the file or of its container, in every time zone.

    A picture cannot be younger than the file that holds it: a clock was wrong or a time was written later.
    """
    others: dict[str, datetime] = {
        name: moment for name in CONTAINER_TIMES if (moment := facts.time(name)) and not _is_epoch(moment)
    }
    if facts.modified_at is not None:
        others["file:modified"] = facts.modified_at
    for name in CAPTURE_TIMES:
        captured = facts.time(name)
        for other, moment in others.items():
            if captured and _earliest(captured) > moment.astimezone(UTC) + CLOCK_TOLERANCE:
                against = "the file's own date" if other == "file:modified" else f"`{other}`"
                values: dict[str, Scalar] = {name: facts.text(name), other: moment.isoformat()}
                sentence = f"The capture time {facts.text(name)} is later than {against}, {moment:%Y-%m-%d}."
                return Observation(sentence=sentence, values=values)
    return None


@rule("warning", next_step="Ask how the time was set; rely on other evidence for the date.")
def time_in_future(facts: Facts) -> Observation | None:
    """A time that the file states lies after the moment of the examination, in every time zone."""
    for name in STATED_TIMES:
        moment = facts.time(name)
        if moment and _earliest(moment) > facts.examined_at + CLOCK_TOLERANCE:
            sentence = f"The stated time {facts.text(name)} (`{name}`) was still to come at the examination."
            return Observation(sentence=sentence, values=facts.values(name))
    return None


@rule(
    "warning",
    next_step="GPS time comes from satellites: check which of the two fits the claim.",
    kinds=("image",),
)
def gps_time_disagrees(facts: Facts) -> Observation | None:
    """The capture time and the GPS time differ by what no time zone explains.

    With a stated offset the two are compared as they are, otherwise with every zone from -12:00 to +14:00.
    """
    captured, satellite = facts.time("exif:DateTimeOriginal"), facts.time("exif:GPSTime")
    if captured is None or satellite is None:
        return None
    if captured.tzinfo:
        apart = abs(captured - satellite)
    else:
        ahead = captured.replace(tzinfo=UTC) - satellite
        zone = min(max(round(ahead / QUARTER) * QUARTER, WESTMOST), EASTMOST)
        apart = abs(ahead - zone)
    if apart <= CLOCK_TOLERANCE:
        return None
    return Observation(
        sentence=f"The capture time {facts.text('exif:DateTimeOriginal')} and the GPS time "
        f"{facts.text('exif:GPSTime')} differ by {_length(apart)} more than a time zone explains.",
        values=facts.values("exif:DateTimeOriginal", "exif:GPSTime"),
    )


@rule("info", next_step="Look for the date in the picture and in the post instead.", kinds=("video",))
def creation_time_absent(facts: Facts) -> Observation | None:
    """The container states no creation time; cameras write one, many tools and platforms drop it."""
    names = (*CONTAINER_TIMES, *CAPTURE_TIMES, "container:date")
    if not facts.was_read or facts.format not in DATED_FORMATS or any(facts.text(name) for name in names):
        return None
    return Observation(sentence="The video states no creation time.", values={})


@rule("info", next_step="Treat the date as missing, not as a date.", kinds=("video",))
def creation_time_epoch(facts: Facts) -> Observation | None:
    """The creation time is the first moment of a clock (1904 or 1970): a program left the field unset."""
    for name in CONTAINER_TIMES:
        moment = facts.time(name)
        if moment and _is_epoch(moment):
            sentence = f"The creation time {facts.text(name)} is the zero of a clock, not a date."
            return Observation(sentence=sentence, values=facts.values(name))
    return None


def _is_epoch(moment: datetime) -> bool:
    return moment.year in EPOCHS and moment.month == moment.day == 1


def _length(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.1f} hours"
