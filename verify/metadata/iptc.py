"""IPTC-IIM datasets by the names of the standard (IIM 4.2, record 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verify.metadata.bounds import clean
from verify.metadata.exif_readers import decode_text
from verify.metadata.times import iso_time
from verify.records import MetadataValue

DATASETS: dict[int, str] = {
    5: "ObjectName",
    7: "EditStatus",
    10: "Urgency",
    15: "Category",
    20: "SupplementalCategories",
    25: "Keywords",
    40: "SpecialInstructions",
    55: "DateCreated",
    60: "TimeCreated",
    62: "DigitalCreationDate",
    63: "DigitalCreationTime",
    65: "OriginatingProgram",
    70: "ProgramVersion",
    80: "By-line",
    85: "By-lineTitle",
    90: "City",
    92: "Sublocation",
    95: "Province-State",
    100: "Country-PrimaryLocationCode",
    101: "Country-PrimaryLocationName",
    103: "OriginalTransmissionReference",
    105: "Headline",
    110: "Credit",
    115: "Source",
    116: "CopyrightNotice",
    118: "Contact",
    120: "Caption-Abstract",
    122: "Writer-Editor",
}
DATES = {55: 60, 62: 63}
"""A date's dataset to that of its time of day (CCYYMMDD and HHMMSS with an offset)."""
CHARACTER_SET = (1, 90)
UTF_8 = b"\x1b%G"
"""ISO 2022's escape for UTF-8, as IIM's coded character set states it."""
MAX_REPEATS = 64
"""Of one dataset; keywords repeat."""


def read_iptc(datasets: Mapping[tuple[int, int], Sequence[bytes]]) -> Iterator[MetadataValue]:
    """Yield the named datasets; repeated ones are joined by `; `, dates come with their time of day."""
    declared_utf_8 = UTF_8 in b"".join(datasets.get(CHARACTER_SET, []))
    for number, key in DATASETS.items():
        stated = datasets.get((2, number), [])[:MAX_REPEATS]
        texts = [_decode(raw, utf_8=declared_utf_8) for raw in stated if raw]
        value = clean("; ".join(text for text in texts if text))
        if not value:
            continue
        raw_key = f"IPTC 2:{number:03}"
        if number in DATES:
            clock = datasets.get((2, DATES[number]), [b""])[0] or b""
            yield _date(key, value, _decode(clock, utf_8=False), raw_key)
        else:
            yield MetadataValue(source="iptc", key=key, value=value, raw_key=raw_key)


def _decode(raw: bytes, *, utf_8: bool) -> str:
    if utf_8:
        return clean(raw.decode("utf-8", "replace"))
    return clean(decode_text(raw.rstrip(b"\0").replace(b"\0", b" ")))


def _date(key: str, day: str, clock: str, raw_key: str) -> MetadataValue:
    """Join day and time of day; a day alone stays a day, and what is no date stays as it is."""
    digits = day.replace("-", "").replace(":", "")
    if len(digits) != 8 or not digits.isdigit():
        return MetadataValue(source="iptc", key=key, value=day, raw_key=raw_key)
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    stated = f"{day} {clock[:2]}:{clock[2:4]}:{clock[4:6]}{clock[6:]}"
    moment, zone = iso_time(stated)
    return MetadataValue(source="iptc", key=key, value=moment if zone else day, raw_key=raw_key, zone=zone)
