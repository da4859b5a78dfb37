"""Our named fields against the dumps of two other programs: metadata-extractor (Java) and ExifRead's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from verify.errors import UnreadableMedia
from verify.media.files import open_media
from verify.media.images import read_image
from verify.metadata.findings import by_name
from verify.metadata.reading import read_metadata
from verify.metadata.times import iso_time
from verify.records import Scalar

DOCS = Path(__file__).resolve().parents[2] / "docs"

Stated = dict[str, str]
Miss = tuple[str, str]
"""(file, field)."""

NOT_OUR_FORMATS = (".dng", ".arw", ".nef", ".rw2", ".jxl")
"""Raw files and JPEG XL are not on the allow-list of formats."""

TWO_BLOCKS = (
    "two IPTC blocks: ours is Photoshop's (APP13), the dump lists the damaged one of the EXIF data first"
)
KNOWN_MISSES: dict[Miss, str] = {
    ("metadata-extractor--Issue_122.jpg", "IPTC by-line"): TWO_BLOCKS,
    ("metadata-extractor--Issue_122.jpg", "IPTC source"): TWO_BLOCKS,
}
"""What does not agree, with the cause that docs/metadata.md gives."""

LINE = re.compile(r"^\[([^\]]+?) - ([^\]]+)\] (.+?) = (.*)$")
OWN_LINE = re.compile(r"^(\w+) ([^(]+?) \([^)]+\): ?(.*)$")


def read_java_dump(path: Path) -> Stated:
    """Give `directory|name` to text; the first of a name stands, further lines belong to the value before."""
    stated: Stated = {}
    current = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        found = LINE.match(line)
        if found:
            current = f"{found[1]}|{found[3]}"
            if current in stated:
                current = ""
            else:
                stated[current] = found[4]
        elif current and line and not line.startswith(("[", "- ", "    - ", "Generated using")):
            stated[current] += "\n" + line
        elif not line:
            current = ""
    return stated


def read_own_dump(path: Path) -> Stated:
    """Give `Group Tag` to text of an ExifRead dump."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [match for line in lines if (match := OWN_LINE.match(line))]
    return {f"{match[1]} {match[2]}": match[3] for match in reversed(found)}


# What each named field is called in the two dumps, and how its value is compared.

ORIENTATIONS = (
    "Top, left", "Top, right", "Bottom, right", "Bottom, left",
    "Left side, top", "Right side, top", "Right side, bottom", "Left side, bottom",
)  # fmt: skip
OWN_ORIENTATIONS = (
    "Horizontal (normal)", "Mirrored horizontal", "Rotated 180", "Mirrored vertical",
    "Mirrored horizontal then rotated 90 CCW", "Rotated 90 CW",
    "Mirrored horizontal then rotated 90 CW", "Rotated 90 CCW",
)  # fmt: skip
PROGRAMS = {
    0: ("Unknown (0)", "Unidentified"),
    1: ("Manual control", "Manual"),
    2: ("Program normal", "Program Normal"),
    3: ("Aperture priority", "Aperture Priority"),
    4: ("Shutter priority", "Shutter Priority"),
    5: ("Program creative (slow program)", "Program Creative"),
    6: ("Program action (high-speed program)", "Program Action"),
    7: ("Portrait mode", "Portrait Mode"),
    8: ("Landscape mode", "Landscape Mode"),
}
METERINGS = {
    0: ("Unknown", "Unidentified"),
    1: ("Average",),
    2: ("Center weighted average", "CenterWeightedAverage"),
    3: ("Spot",),
    4: ("Multi-spot", "MultiSpot"),
    5: ("Multi-segment", "Pattern"),
    6: ("Partial",),
}


def same_text(ours: Scalar, theirs: str) -> bool:
    return " ".join(str(ours).split()) == " ".join(theirs.replace("\0", " ").split())


def same_number(tolerance: float) -> Callable[[Scalar, str], bool]:
    def same(ours: Scalar, theirs: str) -> bool:
        stated = number(theirs)
        return stated is not None and abs(float(ours) - stated) <= max(tolerance, abs(stated) * 1e-4)

    return same


def same_length(ours: Scalar, theirs: str) -> bool:
    """Compare whole millimetres; 0 is the standard's word for unknown."""
    return ours == 0 if theirs == "Unknown" else same_number(0)(ours, theirs)


def number(text: str) -> float | None:
    found = re.search(r"-?\d+(?:\.\d+)?(?:/-?\d+)?", text.replace("f/", ""))
    if not found:
        return None
    top, _, bottom = found[0].partition("/")
    return float(Fraction(top) / Fraction(bottom)) if bottom else float(top)


def same_orientation(ours: Scalar, theirs: str) -> bool:
    number_of = int(ours) - 1
    return theirs.startswith(ORIENTATIONS[number_of]) or theirs == OWN_ORIENTATIONS[number_of]


def same_word(words: dict[int, tuple[str, ...]]) -> Callable[[Scalar, str], bool]:
    return lambda ours, theirs: theirs in words.get(int(ours), (f"Unknown ({ours})", str(ours)))


def same_flash(ours: Scalar, theirs: str) -> bool:
    return bool(int(ours) & 1) == ("fired" in theirs)


def same_time(ours: Scalar, theirs: str) -> bool:
    moment, _ = iso_time(theirs.strip())
    return str(ours)[: len(moment)] == moment


def same_sub_seconds(ours: Scalar, theirs: str) -> bool:
    digits = re.search(r"\.(\d+)", str(ours))
    return (digits[1] if digits else "") == theirs.strip()


def same_offset(ours: Scalar, theirs: str) -> bool:
    return str(ours).endswith(theirs.strip())


def same_degrees(ours: Scalar, theirs: str) -> bool:
    """Compare the angle without its sign (`43° 28' 6.39"` or `[43, 28, 639/100]`)."""
    parts = [Fraction(part) for part in re.findall(r"\d+(?:\.\d+|/\d+)?", theirs)]
    stated = sum((part / 60**place for place, part in enumerate(parts)), Fraction())
    return abs(abs(float(ours)) - float(stated)) < 5e-6


def same_hemisphere(ours: Scalar, theirs: str) -> bool:
    return theirs.strip() in (("S", "W") if float(ours) < 0 else ("N", "E"))


def same_clock(ours: Scalar, theirs: str) -> bool:
    """Compare the time of day (`14:28:17.240 UTC` or `[14, 28, 431/25]`)."""
    parts = [float(Fraction(part)) for part in re.findall(r"\d+(?:\.\d+|/\d+)?", theirs)]
    found = re.search(r"(\d+):(\d+):(\d+(?:\.\d+)?)", str(ours))
    if not found:
        return False
    return all(abs(float(a) - b) < 0.01 for a, b in zip(found.groups(), parts, strict=True))


def same_day(ours: Scalar, theirs: str) -> bool:
    return re.sub(r"\D", "", str(ours))[:8] == re.sub(r"\D", "", theirs)[:8]


def within(ours: Scalar, theirs: str) -> bool:
    """XMP's structures are flattened to one text; each part must stand in it."""
    return same_text(ours, theirs) or theirs.strip() in str(ours)


Field = tuple[str, str, str, str, Callable[[Scalar, str], bool]]
"""Name of the field, our value's name, the name in the Java dump, in ExifRead's, and how to compare."""

I0, SUB = "Exif IFD0|", "Exif SubIFD|"
TAKEN, DIGITISED = "exif:DateTimeOriginal", "exif:DateTimeDigitized"
FIELDS: tuple[Field, ...] = (
    ("camera make", "exif:Make", I0 + "Make", "Image Make", same_text),
    ("camera model", "exif:Model", I0 + "Model", "Image Model", same_text),
    ("lens make", "exif:LensMake", SUB + "Lens Make", "EXIF LensMake", same_text),
    ("lens model", "exif:LensModel", SUB + "Lens Model", "EXIF LensModel", same_text),
    ("software", "exif:Software", I0 + "Software", "Image Software", same_text),
    ("orientation", "exif:Orientation", I0 + "Orientation", "Image Orientation", same_orientation),
    ("width", "exif:PixelXDimension", SUB + "Exif Image Width", "EXIF ExifImageWidth", same_number(0)),
    ("height", "exif:PixelYDimension", SUB + "Exif Image Height", "EXIF ExifImageLength", same_number(0)),
    ("exposure time", "exif:ExposureTime", SUB + "Exposure Time", "EXIF ExposureTime", same_number(1e-6)),
    ("f-number", "exif:FNumber", SUB + "F-Number", "EXIF FNumber", same_number(0.051)),
    (
        "ISO", "exif:PhotographicSensitivity",
        SUB + "ISO Speed Ratings", "EXIF ISOSpeedRatings", same_number(0),
    ),
    (
        "exposure bias", "exif:ExposureBiasValue",
        SUB + "Exposure Bias Value", "EXIF ExposureBiasValue", same_number(0.01),
    ),
    (
        "exposure program", "exif:ExposureProgram",
        SUB + "Exposure Program", "EXIF ExposureProgram", same_word(PROGRAMS),
    ),
    ("metering", "exif:MeteringMode", SUB + "Metering Mode", "EXIF MeteringMode", same_word(METERINGS)),
    ("flash", "exif:Flash", SUB + "Flash", "EXIF Flash", same_flash),
    ("focal length", "exif:FocalLength", SUB + "Focal Length", "EXIF FocalLength", same_number(0.051)),
    (
        "focal length 35", "exif:FocalLengthIn35mmFilm",
        SUB + "Focal Length 35", "EXIF FocalLengthIn35mmFilm", same_length,
    ),
    ("time taken", TAKEN, SUB + "Date/Time Original", "EXIF DateTimeOriginal", same_time),
    (
        "time taken, sub-seconds", TAKEN,
        SUB + "Sub-Sec Time Original", "EXIF SubSecTimeOriginal", same_sub_seconds,
    ),
    ("time taken, offset", TAKEN, SUB + "Time Zone Original", "EXIF OffsetTimeOriginal", same_offset),
    ("time digitised", DIGITISED, SUB + "Date/Time Digitized", "EXIF DateTimeDigitized", same_time),
    (
        "time digitised, sub-seconds", DIGITISED,
        SUB + "Sub-Sec Time Digitized", "EXIF SubSecTimeDigitized", same_sub_seconds,
    ),
    (
        "time digitised, offset", DIGITISED,
        SUB + "Time Zone Digitized", "EXIF OffsetTimeDigitized", same_offset,
    ),
    ("time changed", "exif:DateTime", I0 + "Date/Time", "Image DateTime", same_time),
    ("time changed, sub-seconds", "exif:DateTime", SUB + "Sub-Sec Time", "EXIF SubSecTime", same_sub_seconds),
    ("time changed, offset", "exif:DateTime", SUB + "Time Zone", "EXIF OffsetTime", same_offset),
    ("latitude", "exif:GPSLatitude", "GPS|GPS Latitude", "GPS GPSLatitude", same_degrees),
    (
        "latitude, hemisphere", "exif:GPSLatitude",
        "GPS|GPS Latitude Ref", "GPS GPSLatitudeRef", same_hemisphere,
    ),
    ("longitude", "exif:GPSLongitude", "GPS|GPS Longitude", "GPS GPSLongitude", same_degrees),
    (
        "longitude, hemisphere", "exif:GPSLongitude",
        "GPS|GPS Longitude Ref", "GPS GPSLongitudeRef", same_hemisphere,
    ),
    ("altitude", "exif:GPSAltitude", "GPS|GPS Altitude", "GPS GPSAltitude", same_number(0.011)),
    ("GPS time", "exif:GPSTime", "GPS|GPS Time-Stamp", "GPS GPSTimeStamp", same_clock),
    ("GPS day", "exif:GPSTime", "GPS|GPS Date Stamp", "GPS GPSDate", same_day),
    ("IPTC caption", "iptc:Caption-Abstract", "IPTC|Caption/Abstract", "", same_text),
    ("IPTC credit", "iptc:Credit", "IPTC|Credit", "", same_text),
    ("IPTC by-line", "iptc:By-line", "IPTC|By-line", "", same_text),
    ("IPTC instructions", "iptc:SpecialInstructions", "IPTC|Special Instructions", "", same_text),
    ("IPTC headline", "iptc:Headline", "IPTC|Headline", "", same_text),
    ("IPTC source", "iptc:Source", "IPTC|Source", "", same_text),
    ("XMP creator tool", "xmp:CreatorTool", "XMPMeta|xmp:CreatorTool", "", same_text),
    *(
        (f"XMP history, {part}", "xmp:History", f"XMPMeta|xmpMM:History[1]/stEvt:{part}", "", within)
        for part in ("action", "softwareAgent", "when", "instanceID")
    ),
)  # fmt: skip
ALONE = {
    "GPS time": "exif:GPSTimeStamp",
    "GPS day": "exif:GPSDateStamp",
    "time taken, offset": "exif:OffsetTimeOriginal",
    "time digitised, offset": "exif:OffsetTimeDigitized",
    "time changed, offset": "exif:OffsetTime",
}
"""What a part of a time is called where the file does not state the rest."""


def files_with_dumps(corpus: Path) -> Iterator[tuple[Path, Path]]:
    """Yield (picture, dump)."""
    folder = corpus / "vectors" / "exif"
    for home, dumps in ((folder, folder), (corpus / "photos", folder / "photos-dumps")):
        for dump in sorted(dumps.glob("*.txt")):
            picture = home / dump.name.removesuffix(".java.txt").removesuffix(".exifpy.txt")
            if picture.suffix.lower() not in NOT_OUR_FORMATS:
                yield picture, dump


def our_values(picture: Path) -> dict[str, Scalar]:
    with open_media(picture) as media:
        values, _ = read_metadata(media, read_image(media).header)
    return {name: value.value for name, value in by_name(values).items()}


def compare(corpus: Path) -> tuple[Counter[str], Counter[str], list[tuple[Miss, str, str]]]:
    """Count stated and agreeing values by field, and list what does not agree."""
    stated, agreeing = Counter[str](), Counter[str]()
    misses: list[tuple[Miss, str, str]] = []
    for picture, dump in files_with_dumps(corpus):
        is_java = dump.name.endswith(".java.txt")
        reference = read_java_dump(dump) if is_java else read_own_dump(dump)
        try:
            ours = our_values(picture)
        except UnreadableMedia as error:
            ours = {"unreadable": error.code}
        for field, name, java_name, own_name, same in FIELDS:
            theirs = reference.get(java_name if is_java else own_name, "")
            if not theirs.strip(" \0[]"):
                continue
            stated[field] += 1
            mine = ours.get(name, ours.get(ALONE.get(field, ""), ""))
            if mine != "" and same(mine, theirs):
                agreeing[field] += 1
            else:
                misses.append(((picture.name, field), theirs, str(mine)))
    return stated, agreeing, misses


def table(stated: Counter[str], agreeing: Counter[str]) -> str:
    """Write the agreement as docs/metadata.md shows it."""
    rows = [f"| {field} | {agreeing[field]} of {stated[field]} |" for field, *_ in FIELDS if stated[field]]
    share = 100 * agreeing.total() / stated.total()
    total = f"| **all** | **{agreeing.total()} of {stated.total()}, {share:.1f} %** |"
    return "\n".join(["| field | values that agree |", "| --- | --- |", *rows, total])


@pytest.mark.corpus
def test_named_fields_agree_with_the_reference_dumps(corpus: Path) -> None:
    """At least 98 of 100 values agree, and each miss is a known one."""
    stated, agreeing, misses = compare(corpus)
    assert agreeing.total() >= 0.98 * stated.total()
    assert {miss for miss, _, _ in misses} == KNOWN_MISSES.keys()
    assert table(stated, agreeing) in (DOCS / "metadata.md").read_text(encoding="utf-8")


def test_every_known_miss_is_named_in_the_docs_with_its_cause() -> None:
    page = " ".join((DOCS / "metadata.md").read_text(encoding="utf-8").split())
    for (picture, field), cause in KNOWN_MISSES.items():
        assert f"`{picture}`, {field}: {cause}" in page
