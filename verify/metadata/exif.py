"""EXIF: the fields we name, in one wording, as two readers see them.

Field names and numbers are those of CIPA DC-008 (Exif 3.0). Each reader's fields are normalised on their
own and only then compared, so a difference in wording is not a disagreement but a difference in value is.
Where both see a field, ExifRead's value stands and a differing one becomes a `readers-disagree` problem;
what only one of them sees is kept and says so in its raw key.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from PIL.Image import Exif

from verify.metadata.bounds import clean, problem
from verify.metadata.exif_readers import (
    Address,
    Raw,
    Reading,
    decode_text,
    read_with_exifread,
    read_with_pillow,
)
from verify.metadata.gps import GPS_FIELDS, read_gps
from verify.metadata.times import exif_time
from verify.records import MetadataValue, Problem, Scalar

Kind = Literal["text", "number", "integer", "comment", "utf-16", "numbers"]

IMAGE, EXIF = "Image", "EXIF"

FIELDS: dict[str, tuple[str, int, Kind]] = {
    "Make": (IMAGE, 0x010F, "text"),
    "Model": (IMAGE, 0x0110, "text"),
    "Software": (IMAGE, 0x0131, "text"),
    "HostComputer": (IMAGE, 0x013C, "text"),
    "ImageDescription": (IMAGE, 0x010E, "text"),
    "Artist": (IMAGE, 0x013B, "text"),
    "Copyright": (IMAGE, 0x8298, "text"),
    "Orientation": (IMAGE, 0x0112, "integer"),
    "ImageWidth": (IMAGE, 0x0100, "integer"),
    "ImageLength": (IMAGE, 0x0101, "integer"),
    "XPTitle": (IMAGE, 0x9C9B, "utf-16"),
    "XPComment": (IMAGE, 0x9C9C, "utf-16"),
    "XPAuthor": (IMAGE, 0x9C9D, "utf-16"),
    "PixelXDimension": (EXIF, 0xA002, "integer"),
    "PixelYDimension": (EXIF, 0xA003, "integer"),
    "ExposureTime": (EXIF, 0x829A, "number"),
    "FNumber": (EXIF, 0x829D, "number"),
    "ExposureProgram": (EXIF, 0x8822, "integer"),
    "PhotographicSensitivity": (EXIF, 0x8827, "integer"),
    "ExposureBiasValue": (EXIF, 0x9204, "number"),
    "ShutterSpeedValue": (EXIF, 0x9201, "number"),
    "ApertureValue": (EXIF, 0x9202, "number"),
    "MaxApertureValue": (EXIF, 0x9205, "number"),
    "MeteringMode": (EXIF, 0x9207, "integer"),
    "Flash": (EXIF, 0x9209, "integer"),
    "FocalLength": (EXIF, 0x920A, "number"),
    "FocalLengthIn35mmFilm": (EXIF, 0xA405, "integer"),
    "ExposureMode": (EXIF, 0xA402, "integer"),
    "WhiteBalance": (EXIF, 0xA403, "integer"),
    "DigitalZoomRatio": (EXIF, 0xA404, "number"),
    "SceneCaptureType": (EXIF, 0xA406, "integer"),
    "UserComment": (EXIF, 0x9286, "comment"),
    "ImageUniqueID": (EXIF, 0xA420, "text"),
    "CameraOwnerName": (EXIF, 0xA430, "text"),
    "BodySerialNumber": (EXIF, 0xA431, "text"),
    "LensSpecification": (EXIF, 0xA432, "numbers"),
    "LensMake": (EXIF, 0xA433, "text"),
    "LensModel": (EXIF, 0xA434, "text"),
    "LensSerialNumber": (EXIF, 0xA435, "text"),
}
"""Name to directory, tag number and kind; the directory is where the standard puts it, not the only one."""

TIMES: dict[str, tuple[str, int, int, int]] = {
    "DateTimeOriginal": (EXIF, 0x9003, 0x9291, 0x9011),
    "DateTimeDigitized": (EXIF, 0x9004, 0x9292, 0x9012),
    "DateTime": (IMAGE, 0x0132, 0x9290, 0x9010),
}
"""Name to directory and the tags of time, sub-seconds and offset; the latter two stand in EXIF."""

PARTS: tuple[tuple[str, int, str], ...] = tuple(
    (name + time.removeprefix("DateTime"), tag, time)
    for time, (_, _, sub_seconds, offset) in TIMES.items()
    for name, tag in (("SubSecTime", sub_seconds), ("OffsetTime", offset))
)
"""Name and tag of a sub-second or offset, and its time: given alone only where that time is missing."""

MAX_OTHER_VALUES = 160
"""Further values of one file in ExifRead's own wording, maker notes included."""
MAX_OTHER_CHARACTERS = 200

_NOT_WORTH_LISTING = ("Offset", "MakerNote", "JPEGInterchange", "ApplicationNotes", "IPTC/NAA", "GPSInfo")
_HANDLED = {address[:2] for address in FIELDS.values()} | {address[:2] for address in TIMES.values()}
_HANDLED |= {(EXIF, tag) for _, _, *parts in TIMES.values() for tag in parts}


@dataclass(frozen=True, slots=True)
class _Seen:
    """One normalised field of one reader."""

    value: Scalar
    address: Address
    zone: Literal["", "offset", "utc", "none"] = ""


def read_exif(block: bytes, pillow: Exif) -> tuple[list[MetadataValue], list[Problem]]:
    """Read the TIFF-structured EXIF block with both readers; `block` is empty where there is none."""
    first = read_with_exifread(block)
    second = read_with_pillow(pillow)
    seen, also_seen = _normalise(first), _normalise(second)
    values = [*_merge(seen, also_seen, first.names), *_others(first)]
    return values, [*_failures(first, second), *_disagreements(seen, also_seen)]


def _normalise(reading: Reading) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    if not reading.fields:
        return seen
    for key, (group, number, kind) in FIELDS.items():
        found = _find(reading, group, number)
        if found and (value := _value(reading.fields[found], kind)) is not None:
            seen[key] = _Seen(value, found)
    for key, (group, *tags) in TIMES.items():
        found = _find(reading, group, tags[0])
        if found and (time := _time(reading, found, tags)) is not None:
            seen[key] = time
    for key, tag, whole in PARTS:
        stated = _text(reading.fields.get((EXIF, tag), "")) if whole not in seen else None
        if stated:
            seen[key] = _Seen(stated, (EXIF, tag))
    gps = {tag: raw for (group, tag), raw in reading.fields.items() if group == "GPS"}
    for key, (value, zone) in read_gps(gps).items():
        seen[key] = _Seen(value, ("GPS", GPS_FIELDS[key]), zone)
    return seen


def _find(reading: Reading, group: str, tag: int) -> Address | None:
    """Look where the standard puts a field, then in the other directory (TIFF writers mix the two)."""
    for place in (group, EXIF if group == IMAGE else IMAGE):
        if (place, tag) in reading.fields:
            return place, tag
    return None


def _time(reading: Reading, found: Address, tags: list[int]) -> _Seen | None:
    sub_seconds, offset = (reading.fields.get((EXIF, tag), "") for tag in tags[1:])
    stated = reading.fields[found]
    if not isinstance(stated, str) or not clean(stated):
        return None
    value, zone = exif_time(stated, _text(sub_seconds) or "", _text(offset) or "")
    return _Seen(value, found, zone)


def _value(raw: Raw, kind: Kind) -> Scalar | None:
    """Give a field as its kind; None where it is empty or undefined."""
    if kind == "text":
        return _text(raw)
    if isinstance(raw, str):
        return _text(raw)
    if kind == "comment":
        return _comment(raw)
    if kind == "utf-16":
        return clean(_bytes(raw).decode("utf-16-le", "replace").split("\0", 1)[0]) or None
    if kind == "numbers":
        return " ".join("?" if number is None else f"{float(number):g}" for number in raw) or None
    return _number(raw, kind)


def _number(raw: tuple[int | Fraction | float | None, ...], kind: Kind) -> Scalar | None:
    if not raw or raw[0] is None:
        return None
    return int(raw[0]) if kind == "integer" else round(float(raw[0]), 9)


def _text(raw: Raw) -> str | None:
    if isinstance(raw, str):
        return clean(raw) or None
    return clean(decode_text(_bytes(raw))) or None


def _bytes(raw: Raw) -> bytes:
    return bytes(n for n in raw if isinstance(n, int) and 0 <= n < 256)


def _comment(raw: Raw) -> str | None:
    """Decode UserComment: eight bytes that name the character code, then the text (Exif 3.0, 4.6.6.5.5)."""
    data = _bytes(raw)
    code, text = data[:8], data[8:]
    if code == b"UNICODE\0":
        encoding = "utf-16-le" if text[1:2] == b"\0" else "utf-16-be"
        return clean(text.decode(encoding, "replace").split("\0", 1)[0]) or None
    if code == b"JIS\0\0\0\0\0":
        return clean(text.decode("iso2022_jp", "replace")) or None
    return clean(decode_text(text if code in (b"ASCII\0\0\0", bytes(8)) else data)) or None


def _merge(
    seen: dict[str, _Seen], also: dict[str, _Seen], names: dict[Address, str]
) -> Iterator[MetadataValue]:
    for key in [*seen, *(key for key in also if key not in seen)]:
        field = seen.get(key) or also[key]
        group, tag = field.address
        name = names.get(field.address) if key in seen else None
        yield MetadataValue(
            source="exif",
            key=key,
            value=field.value,
            raw_key=name or f"{group} 0x{tag:04X} (Pillow only)",
            zone=field.zone,
        )


def _others(reading: Reading) -> Iterator[MetadataValue]:
    """Yield everything else ExifRead names, in its own wording: maker notes as `MakerNote.Quality`."""
    count = 0
    handled = {reading.names[address] for address in reading.names if address in _HANDLED}
    for name, printed in reading.printed.items():
        group, _, tag_name = name.partition(" ")
        text = clean(printed, MAX_OTHER_CHARACTERS)
        if name in handled or not text or not _worth_listing(group, tag_name, text):
            continue
        count += 1
        if count > MAX_OTHER_VALUES:
            return
        key = tag_name if group in (IMAGE, EXIF) else f"{group}.{tag_name}"
        yield MetadataValue(source="exif", key=key, value=text, raw_key=name)


def _worth_listing(group: str, tag_name: str, text: str) -> bool:
    """Leave out pointers, tags without a name, the GPS fields read above, and dumps of bytes."""
    if group == "GPS" or tag_name.startswith("Tag 0x") or (text.startswith("[") and text.endswith("... ]")):
        return False
    return not any(part in tag_name for part in _NOT_WORTH_LISTING)


def _failures(first: Reading, second: Reading) -> Iterator[Problem]:
    for reader, reading in (("ExifRead", first), ("Pillow", second)):
        if reading.failure:
            yield problem("exif-damaged", f"{reader} stopped early on the EXIF block: {reading.failure}.")
    if first.cut_short:
        yield problem("exif-too-much", "The EXIF block asks for too much work; a part was left out.")


def _disagreements(seen: dict[str, _Seen], also: dict[str, _Seen]) -> Iterator[Problem]:
    for key in sorted(seen.keys() & also.keys()):
        if not _same(seen[key].value, also[key].value):
            yield problem(
                "readers-disagree",
                f"exif:{key}: ExifRead reads {seen[key].value!r}, Pillow reads {also[key].value!r}.",
            )


def _same(one: Scalar, other: Scalar) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
