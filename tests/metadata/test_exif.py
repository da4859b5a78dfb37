"""EXIF and GPS: the named fields, normalised, from every format and by two readers."""

from __future__ import annotations

import random
import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from verify.media.files import open_media
from verify.media.headers import ImageHeader
from verify.media.image_headers import parse_exif
from verify.media.images import read_image
from verify.metadata.exif import read_exif
from verify.metadata.exif_readers import read_with_exifread
from verify.metadata.findings import Facts, by_name, find
from verify.metadata.reading import read_metadata
from verify.metadata.times import parse
from verify.records import MetadataValue, Problem

EXIF_POINTER, GPS_POINTER = 0x8769, 0x8825


def camera_exif() -> Image.Exif:
    """Make the EXIF block of a camera at 43.5 S, 11.8 W, on a summer evening in a zone of +02:00."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Maker", "Model 7", "Firmware 1.2"
    exif[0x0112], exif[0x0132] = 6, "2021:07:01 20:00:05"
    exif[EXIF_POINTER] = {
        0x829A: IFDRational(1, 250),
        0x829D: IFDRational(28, 10),
        0x8827: 400,
        0x9003: "2021:07:01 19:30:00",
        0x9291: "042",
        0x9011: "+02:00",
        0x9004: "2021:07:01 19:30:00",
        0x9204: IFDRational(-1, 3),
        0x920A: IFDRational(50, 1),
        0xA002: 64,
        0xA003: 48,
        0xA434: "50mm f/1.8",
        0x9286: b"ASCII\0\0\0hello",
    }
    exif[GPS_POINTER] = {
        1: "S",
        2: (IFDRational(43), IFDRational(30), IFDRational(0)),
        3: "W",
        4: (IFDRational(11), IFDRational(48), IFDRational(0)),
        5: b"\x01",
        6: IFDRational(125, 10),
        7: (IFDRational(17), IFDRational(29), IFDRational(5950, 100)),
        0x1D: "2021:07:01",
    }
    return exif


def written(path: Path, exif: Image.Exif | None = None) -> Path:
    Image.new("RGB", (64, 48), (90, 120, 40)).save(path, exif=(exif or camera_exif()).tobytes())
    return path


def header_of(path: Path) -> ImageHeader:
    with open_media(path) as media:
        return read_image(media).header


def read(path: Path) -> tuple[dict[str, MetadataValue], tuple[Problem, ...]]:
    with open_media(path) as media:
        values, problems = read_metadata(media, read_image(media).header)
    return by_name(values), problems


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "avif", "heic"])
def test_the_same_fields_come_out_of_every_format(tmp_path: Path, suffix: str) -> None:
    values, problems = read(written(tmp_path / f"photo.{suffix}"))
    found = {name: value.value for name, value in values.items()}
    assert problems == ()
    assert found["exif:Make"] == "Maker"
    assert found["exif:Software"] == "Firmware 1.2"
    assert found["exif:LensModel"] == "50mm f/1.8"
    assert found["exif:ExposureTime"] == 0.004
    assert found["exif:FNumber"] == 2.8
    assert found["exif:PhotographicSensitivity"] == 400
    assert found["exif:ExposureBiasValue"] == pytest.approx(-1 / 3)
    assert found["exif:PixelXDimension"] == 64
    assert found["exif:UserComment"] == "hello"


def test_times_keep_sub_seconds_and_say_whether_they_have_a_zone(tmp_path: Path) -> None:
    values, _ = read(written(tmp_path / "photo.jpg"))
    taken, digitised, changed = (
        values[f"exif:{key}"] for key in ("DateTimeOriginal", "DateTimeDigitized", "DateTime")
    )
    assert (taken.value, taken.zone) == ("2021-07-01T19:30:00.042+02:00", "offset")
    assert (digitised.value, digitised.zone) == ("2021-07-01T19:30:00", "none")
    assert (changed.value, changed.zone) == ("2021-07-01T20:00:05", "none")
    assert taken.raw_key == "EXIF DateTimeOriginal"


def test_positions_are_signed_decimal_degrees_and_gps_time_is_utc(tmp_path: Path) -> None:
    values, _ = read(written(tmp_path / "photo.jpg"))
    assert values["exif:GPSLatitude"].value == -43.5
    assert values["exif:GPSLongitude"].value == -11.8
    assert values["exif:GPSAltitude"].value == -12.5
    assert values["exif:GPSTime"].value == "2021-07-01T17:29:59.500000Z"
    assert values["exif:GPSTime"].zone == "utc"


@pytest.mark.parametrize("unset", ["0000:00:00 00:00:00", "2021:02:30 10:00:00", "yesterday"])
def test_a_time_that_is_no_time_is_given_as_it_stands_and_claims_no_zone(tmp_path: Path, unset: str) -> None:
    exif = camera_exif()
    exif[0x0132] = unset
    values, _ = read(written(tmp_path / "photo.jpg", exif))
    assert (values["exif:DateTime"].value, values["exif:DateTime"].zone) == (unset, "")


def test_an_offset_without_its_time_is_kept_under_its_own_name(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[EXIF_POINTER] = {0x9012: "+03:00"}
    values, _ = read(written(tmp_path / "photo.jpg", exif))
    assert values["exif:OffsetTimeDigitized"].value == "+03:00"


def test_text_in_a_western_code_page_and_in_utf_8_is_read(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B] = b"Andr\xe9"
    exif[0x8298] = "© Zoë".encode()
    values, _ = read(written(tmp_path / "photo.jpg", exif))
    assert values["exif:Artist"].value == "André"
    assert values["exif:Copyright"].value == "© Zoë"


def test_control_characters_never_reach_a_value(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0131] = "evil\x1b[2Jtool"
    values, _ = read(written(tmp_path / "photo.jpg", exif))
    assert values["exif:Software"].value == "evil\ufffd[2Jtool"


def test_two_readers_that_disagree_are_a_problem_and_the_first_one_stands(tmp_path: Path) -> None:
    header = header_of(written(tmp_path / "photo.jpg"))
    other = camera_exif()
    other[0x0110] = "Model 8"
    mixed = replace(header, exif=header_of(written(tmp_path / "other.jpg", other)).exif)
    values, problems = read_exif(mixed.exif_bytes, mixed.exif)
    assert by_name(values)["exif:Model"].value == "Model 7"
    assert [(problem.code, problem.stage) for problem in problems] == [("readers-disagree", "metadata")]
    assert "'Model 7'" in problems[0].message
    assert "'Model 8'" in problems[0].message


def test_what_only_one_reader_sees_is_kept_and_names_its_reader(tmp_path: Path) -> None:
    header = header_of(written(tmp_path / "photo.jpg"))
    values, problems = read_exif(b"", header.exif)
    assert problems == []
    assert by_name(values)["exif:Make"].raw_key == "Image 0x010F (Pillow only)"


def test_maker_notes_are_read_where_exifread_knows_them(tmp_path: Path) -> None:
    exif = camera_exif()
    exif[0x010F] = "FUJIFILM"
    note = (
        b"FUJIFILM" + struct.pack("<IHHHI4sI", 12, 1, 0x1000, 2, 8, struct.pack("<I", 30), 0) + b"NORMAL\0\0"
    )
    exif[EXIF_POINTER] = {**exif[EXIF_POINTER], 0x927C: note}
    values, _ = read(written(tmp_path / "photo.jpg", exif))
    assert values["exif:MakerNote.Quality"].value == "NORMAL"


# Blocks that no camera writes.


def directory(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    """Make a little-endian TIFF directory of (tag, type, count, value)."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + packed + struct.pack("<I", following)


def block(*parts: bytes) -> bytes:
    return b"II*\0" + struct.pack("<I", 8) + b"".join(parts)


HOSTILE_BLOCKS = {
    "a directory that is its own successor": block(directory((0x0110, 2, 4, 0x41414141), following=8)),
    "an EXIF directory that is the first one": block(directory((EXIF_POINTER, 4, 1, 8))),
    "a GPS directory that is the first one": block(directory((GPS_POINTER, 4, 1, 8))),
    "a maker note of four billion bytes": block(
        directory((0x010F, 2, 4, 0x41414141), (EXIF_POINTER, 4, 1, 38)), directory((0x927C, 7, 0xFFFFFFFF, 8))
    ),
    "a text of four billion bytes": block(directory((0x0110, 2, 0xFFFFFFFF, 8))),
    "65535 entries": block(struct.pack("<H", 65535), struct.pack("<HHII", 0x0110, 3, 900, 8) * 65535),
    "512 fractions of 900 values each": block(directory(*[(0x829A, 5, 900, 8)] * 512), bytes(8000)),
    "a pointer that is text": block(directory((EXIF_POINTER, 2, 4, 0x41414141))),
    "fractions over zero": block(directory((0x829A, 5, 1, 26)), bytes(8)),
    "nothing after the magic": b"II*\0",
    "a first directory outside": b"II*\0\xff\xff\xff\xff",
}


@pytest.mark.parametrize("hostile", HOSTILE_BLOCKS.values(), ids=HOSTILE_BLOCKS.keys())
def test_hostile_blocks_end_within_the_budget_without_an_exception(hostile: bytes) -> None:
    exif = Image.Exif()
    values, problems = read_exif(hostile, exif)
    assert len(values) < 200
    assert all(problem.stage == "metadata" for problem in problems)


def test_no_flipped_bytes_of_a_block_raise(tmp_path: Path) -> None:
    """Nor do the rules stumble over what comes out."""
    whole = header_of(written(tmp_path / "photo.jpg")).exif_bytes
    rng = random.Random(7)
    for _ in range(400):
        flipped = bytearray(whole)
        for _ in range(rng.randint(1, 12)):
            flipped[rng.randrange(len(flipped))] = rng.choice((0, 1, 0xFF, rng.randrange(256)))
        values, _ = read_exif(bytes(flipped), parse_exif(bytes(flipped)))
        find(
            Facts(
                kind="image",
                format="jpeg",
                file_name="a.jpg",
                examined_at=datetime(2026, 1, 15, tzinfo=UTC),
                modified_at=datetime(2026, 1, 14, tzinfo=UTC),
                width=64,
                height=48,
                metadata=by_name(values),
            )
        )


@pytest.mark.parametrize("day", ["0001:01:01 00:00:00", "9999:12:31 23:59:59"])
def test_days_at_the_ends_of_the_calendar_are_kept_and_not_reckoned_with(tmp_path: Path, day: str) -> None:
    exif = Image.Exif()
    exif[EXIF_POINTER] = {0x9003: day}
    values, _ = read(written(tmp_path / "photo.jpg", exif))
    assert str(values["exif:DateTimeOriginal"].value).startswith(day[:4])
    assert parse(values["exif:DateTimeOriginal"].value) is None


def test_a_block_that_asks_for_too_much_says_so_and_keeps_what_was_read() -> None:
    fractions = directory((0x0110, 2, 4, 0x00434241), *[(0x829A, 5, 900, 8)] * 400)
    values, problems = read_exif(block(fractions, bytes(8000)), Image.Exif())
    assert by_name(values)["exif:Model"].value == "ABC"
    assert [problem.code for problem in problems] == ["exif-too-much"]


def test_what_is_no_tiff_block_has_no_fields() -> None:
    assert read_with_exifread(b"RIFF....").fields == {}
