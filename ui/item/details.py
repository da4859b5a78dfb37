"""The quiet tabs of an item: what the bytes say, what follows, its hashes, what was said so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

import verify
from ui import media_links, session
from ui.item import components
from ui.item.shown import Shown
from ui.parts import clock
from ui.plain import markdown_safe, name_of
from ui.told import line, told
from verify import (
    Evidence,
    Examination,
    Finding,
    Fingerprints,
    MetadataValue,
    ReviewEvent,
    View,
    printable,
)

SEVERITIES: Final = {
    "warning": ("warning", "orange"),
    "notice": ("info", "blue"),
    "info": ("notes", "gray"),
}
"""Material symbol and colour, gravest first."""

SOURCES: Final = {
    "exif": "Camera (EXIF)",
    "xmp": "Editing (XMP)",
    "iptc": "Caption (IPTC)",
    "container": "Container",
    "video": "Video stream",
    "audio": "Audio stream",
    "c2pa": "Content credentials (C2PA)",
    "icc": "Colour profile",
    "png": "PNG text",
    "jpeg": "JPEG compression",
    "file": "File",
    "pixels": "Measured in the picture",
}
"""Where a value was read, in the order in which they are shown."""


def findings(examination: Examination) -> None:
    """Draw what stands out, the gravest first: what was seen, why it matters, what to check next."""
    for problem in examination.problems:
        st.markdown(f":material/error: **{markdown_safe(problem.message)}**")
        st.caption(f"Could not be examined in full ({markdown_safe(problem.code)}).")
    order = list(SEVERITIES)
    for finding in sorted(examination.findings, key=lambda one: order.index(one.severity)):
        _finding(finding)
    if not examination.findings and not examination.problems:
        st.text("Nothing in the file stands out. That proves nothing.")


def _finding(finding: Finding) -> None:
    icon, colour = SEVERITIES[finding.severity]
    seen, _, why = finding.explanation.partition(". ")
    badge = f":{colour}-badge[:material/{icon}: {markdown_safe(finding.code)}]"
    cited = "; ".join(f"{name} = {value}" for name, value in finding.values.items())
    with st.container(gap=None):
        st.markdown(f"{badge}  {markdown_safe(seen.rstrip('.'))}.")
        for small in filter(None, (why, cited)):
            st.caption(markdown_safe(small))


def metadata(examination: Examination) -> None:
    """Draw what the bytes say, by where it was read, and the place on a map if one is stated."""
    position = _position(examination)
    zone = verify.time_zone(*position) if position else ""
    if position:
        _place(*position, zone)
    if not examination.metadata:
        st.text("The file says nothing about itself.")
        return
    order = list(SOURCES)
    ranked = sorted(
        examination.metadata, key=lambda value: order.index(value.source) if value.source in order else 99
    )
    groups = [
        {"name": SOURCES.get(source, source), "rows": [_row(value, zone) for value in some]}
        for source, some in groupby(ranked, key=lambda value: value.source)
    ]
    components.values(key="metadata", data={"groups": groups})


def _row(value: MetadataValue, zone: str) -> dict[str, str]:
    return {
        "key": printable(value.key),
        "raw": printable(value.raw_key),
        "value": printable(str(value.value)),
        "time": value.zone,
        "there": _there(value, zone),
    }


def _there(value: MetadataValue, zone: str) -> str:
    """Say what a stated time means at the stated place; where it has no zone, if the clock was set to it."""
    if not zone or not value.zone:
        return ""
    try:
        moment, place = datetime.fromisoformat(str(value.value)), ZoneInfo(zone)
        if moment.tzinfo is None:
            utc = moment.replace(tzinfo=place).astimezone(UTC)
            return f"{utc:%Y-%m-%d %H:%M:%S} UTC if the clock showed the time at the place"
        return f"{moment.astimezone(place):%Y-%m-%d %H:%M:%S} at the place"
    except (ValueError, OverflowError, ZoneInfoNotFoundError):  # no time, the calendar's end, no zone data
        return ""


def _position(examination: Examination) -> tuple[float, float] | None:
    """Return the stated latitude and longitude; a position that does not exist is left to the findings."""
    stated = {value.key: value.value for value in examination.metadata}
    latitude, longitude = stated.get("GPSLatitude"), stated.get("GPSLongitude")
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _place(latitude: float, longitude: float, zone: str) -> None:
    words = f"{abs(latitude):.5f}° {'NS'[latitude < 0]}, {abs(longitude):.5f}° {'EW'[longitude < 0]}"
    data = {
        "latitude": latitude,
        "longitude": longitude,
        "words": words,
        "zone": f"Time zone {zone}" if zone else "",
        "copied": f"{latitude:.6f}, {longitude:.6f}",
    }
    components.place(key="place", data=data)


def hashes(shown: Shown) -> None:
    """Draw all hashes, each to be copied."""
    examination = shown.examination
    groups: list[dict[str, Any]] = [
        {"name": "File", "mono": True, "rows": [{"key": "sha256", "value": shown.sha256}]}
    ]
    if examination.fingerprints:
        rows = [{"key": name, "value": value} for name, value in _hashes(examination.fingerprints)]
        groups.append({"name": "Picture", "mono": True, "rows": rows})
    if examination.frames:
        rows = [
            {
                "key": f"{clock(view.time)}{' shot' if view.starts_shot else ''}",
                "value": view.fingerprints.pdq.hex,
            }
            for view in examination.frames
        ]
        groups.append({"name": "PDQ of each frame sample", "mono": True, "rows": rows})
    components.values(key="hashes", data={"groups": groups})


def _hashes(prints: Fingerprints) -> list[tuple[str, str]]:
    names = ("phash", "dhash", "ahash", "whash", "colorhash")
    return [(f"pdq, quality {prints.pdq.quality}", prints.pdq.hex), *((n, getattr(prints, n)) for n in names)]


def history(shown: Shown) -> None:
    """Draw everything that was said about the item, the latest first, and where it was seen."""
    archive, rows = session.archive(), []
    for event in reversed(list(archive.log(shown.sha256))):
        said = told(event)
        other = f" {name_of(archive.item(said.other))}" if said.other else ""
        rows.append(
            {
                "key": f"{event.at:%Y-%m-%d %H:%M:%S} UTC",
                "value": f"{printable(event.by)}: {said.what}{other}" if event.by else said.what,
                "more": said.said,
                "pictures": _regions(shown, event),
            }
        )
    paths = [{"key": "path", "value": printable(path)} for path in shown.item.paths]
    groups = [{"name": "Said", "rows": rows}, {"name": "Seen at", "rows": paths}]
    components.values(key="history", data={"groups": groups, "blurred": session.is_blurred()})


def _regions(shown: Shown, event: ReviewEvent) -> list[dict[str, Any]]:
    """Return the pictures on which a verdict marked regions, each with the corners."""
    views = shown.examination.views
    given = [Evidence.from_json(one) for one in event.payload.get("evidence", ())]
    return [
        {
            "source": media_links.thumbnail(shown.sha256, _view_at(views, piece.start)),
            "corners": piece.region,
            "words": line(piece),
        }
        for piece in given
        if piece.region is not None and views
    ]


def _view_at(views: Sequence[View], time: Fraction | None) -> int:
    """Return the number of the last view that is not later than a moment."""
    earlier = [number for number, view in enumerate(views) if time is not None and view.time <= time]
    return earlier[-1] if earlier else 0
