"""Tags and stream facts of a video container, as the demuxer states them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from verify.media.headers import StreamHeader, VideoHeader
from verify.metadata.bounds import clean
from verify.metadata.times import iso_time
from verify.records import MetadataValue, Scalar

APPLE = "com.apple.quicktime."
"""Apple's metadata keys; their last part is the name other containers use (`make`, `model`, `software`)."""
TIME_KEYS = ("creation_time", "creationdate", "modification_time", "date", "date_recorded", "date_encoded")
LOCATION_KEYS = ("location", "location.iso6709", "location-eng")
MAX_TAGS = 100
MAX_STREAMS = 16
"""Described one by one; more are only counted."""

_ISO_6709 = re.compile(r"^([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)(?:([+-]\d+(?:\.\d+)?))?")


def read_container(header: VideoHeader) -> Iterator[MetadataValue]:
    """Yield the tags of the container, then the facts and tags of its streams."""
    yield from _tags("container", header.tags)
    if header.bit_rate:
        yield _fact("container", "bit_rate", header.bit_rate)
    if header.duration is not None:
        yield _fact("container", "duration", round(float(header.duration), 6))
    counts: dict[str, int] = {}
    for stream in header.streams[:MAX_STREAMS]:
        source = stream.kind if stream.kind in ("video", "audio") else "container"
        counts[stream.kind] = counts.get(stream.kind, 0) + 1
        yield from _stream(source, stream, counts[stream.kind])
    yield _fact("container", "stream_count", len(header.streams))


def _stream(source: str, stream: StreamHeader, number: int) -> Iterator[MetadataValue]:
    """Yield one stream; the second of a kind is `video:2.codec`, other kinds are `container:data.1.codec`."""
    prefix = "" if number == 1 else f"{number}."
    if source == "container":
        prefix = f"{stream.kind}.{number}."
    if stream.attached_picture:
        prefix += "cover."
    for key, value in _facts(stream):
        if value:
            yield _fact(source, prefix + key, value)
    yield from _tags(source, stream.tags, prefix)


def _facts(stream: StreamHeader) -> Iterator[tuple[str, Scalar | None]]:
    yield "codec", stream.codec
    yield "profile", stream.profile
    yield "pixel_format", stream.pixel_format
    yield "width", stream.width
    yield "height", stream.height
    yield "frame_rate", _rate(stream.frame_rate)
    yield "bit_rate", stream.bit_rate
    yield "rotation_degrees", stream.rotation_degrees
    yield "mirrored", int(stream.mirrored)
    yield "sample_rate", stream.sample_rate
    yield "channels", stream.channels


def _rate(rate: Fraction | None) -> float | None:
    return round(float(rate), 6) if rate else None


def _tags(source: str, tags: Mapping[str, str], prefix: str = "") -> Iterator[MetadataValue]:
    seen: set[str] = set()
    for raw_key, stated in list(tags.items())[:MAX_TAGS]:
        key = clean(raw_key.removeprefix(APPLE).lower(), 120)
        text = clean(stated)
        if not text or key in seen:
            continue
        seen.add(key)
        if key in LOCATION_KEYS:
            yield from _location(source, prefix, text, raw_key)
        else:
            value, zone = iso_time(text) if key in TIME_KEYS else (text, "")
            yield MetadataValue(source=source, key=prefix + key, value=value, raw_key=raw_key, zone=zone)


def _location(source: str, prefix: str, text: str, raw_key: str) -> Iterator[MetadataValue]:
    """Yield ISO 6709's text (`+52.3693+006.6761+010.5/`) and its decimal degrees, metres above the sea."""
    yield MetadataValue(source=source, key=prefix + "location", value=text, raw_key=raw_key)
    found = _ISO_6709.match(text)
    parts = found.groups() if found else ()
    for key, part in zip(("latitude", "longitude", "altitude"), parts, strict=False):
        if part:
            yield MetadataValue(source=source, key=prefix + key, value=float(part), raw_key=raw_key)


def _fact(source: str, key: str, value: Scalar) -> MetadataValue:
    return MetadataValue(source=source, key=key, value=clean(value) if isinstance(value, str) else value)
