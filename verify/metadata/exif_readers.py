"""Two independent readers of one EXIF block, brought to one shape.

ExifRead 3.5.1 is the first reader and the only one of maker notes. Handed whole files it fails on HEIC,
finds nothing in some WebP, loops for as long as a broken field count says, and turns every byte of a
maker note into a Python number (9 ms of CPU for a photo). So it is given the bare TIFF block, unpacks each
field in one go, and works within a budget; what was read before the budget ran out is kept.
Pillow is the second reader. Where the two disagree, `exif` says so.
"""

from __future__ import annotations

import io
import logging
import math
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from exifread.core.exif_header import ExifHeader
from exifread.core.ifd_tag import IfdTag
from exifread.tags.fields import FLOAT_FIELD_TYPES, RATIO_FIELD_TYPES, SIGNED_FIELD_TYPES, FieldType
from exifread.utils import Ratio
from PIL.ExifTags import IFD
from PIL.Image import Exif
from PIL.TiffImagePlugin import IFDRational

logging.getLogger("exifread").setLevel(logging.CRITICAL)  # what it warns about becomes a Problem here

Number = int | Fraction | float
Raw = str | tuple[Number | None, ...]
"""A field as stored: text up to its first NUL, or numbers; None is a fraction over zero."""
Address = tuple[str, int]
"""The directory (`Image`, `EXIF`, `GPS`, ...) and the number of a tag."""

MAX_READS = 20_000
"""Numbers read from one block; camera files with maker notes need up to 5,000."""
MAX_ENTRIES = 512
"""Fields of one directory; the richest maker notes have some 150. More is a misread directory."""
MAX_ELEMENTS = 999
"""Numbers of one field; ExifRead leaves longer ones empty as well."""
MAKER_NOTE_HEAD = 64
"""Bytes of a maker note that ExifRead looks at to tell the brands apart; it walks the rest as a directory."""
MAX_CAMERA_INFO = 8192
"""Bytes of Canon's CameraInfo block, the one long field that ExifRead takes apart."""
MAX_TEXT_BYTES = 16_384

TIFF_MAGICS = (b"II*\0", b"MM\0*")
"""BigTIFF, which ExifRead misreads, is left to Pillow."""

_CODES = {1: "b", 2: "h", 4: "i"}
_SKIPPED = ("Thumbnail", "IFD ")


class BudgetSpent(Exception):
    """The block asks for more work than any camera's does."""


@dataclass(slots=True)
class Reading:
    """What one reader found in one block."""

    fields: dict[Address, Raw] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    """ExifRead only: `Directory TagName` to its own wording of the value, maker notes included."""
    names: dict[Address, str] = field(default_factory=dict)
    """ExifRead only: the `Directory TagName` of a field."""
    cut_short: bool = False
    """True if a directory was too large or the budget ran out."""
    failure: str = ""
    """What the reader raised on a broken block; the fields before it are kept."""


class _BoundedHeader(ExifHeader):
    """ExifRead's directory walk with a budget, and with fields unpacked in one go."""

    reads_left = MAX_READS
    left_out = False
    directory = ""
    block = b""

    def dump_ifd(self, ifd: int, ifd_name: str, *details: Any, **more: Any) -> None:
        self.directory = ifd_name
        if self.s2n(ifd, 2) <= MAX_ENTRIES:
            super().dump_ifd(ifd, ifd_name, *details, **more)
        elif ifd_name != "MakerNote":  # maker notes of an unknown dialect look just like this
            self.left_out = True

    def _spend(self, reads: int) -> None:
        self.reads_left -= reads
        if self.reads_left < 0:
            raise BudgetSpent

    def _bytes(self, offset: int, length: int) -> bytes:
        start = self.offset + offset
        if start < 0:
            raise ValueError("an address before the start of the block")
        return self.block[start : start + length]

    def s2n(self, offset: int, length: int, signed: bool = False) -> int:  # noqa: FBT001, FBT002 - as inherited
        self._spend(1)
        data = self._bytes(offset, length)
        if len(data) < length:
            return 0
        return int.from_bytes(data, "little" if self.endian == "I" else "big", signed=signed)

    def _process_field(
        self, tag_name: str, count: int, field_type: int, type_length: int, offset: int
    ) -> list[Any]:
        count = _elements_to_read(tag_name, count)
        self._spend(count)
        data = self._bytes(offset, count * type_length)
        return _unpack(data, "<" if self.endian == "I" else ">", field_type, type_length)

    def _process_ascii_field(self, ifd_name: str, tag_name: str, count: int, offset: int) -> str | bytes:
        self._spend(1)
        count = min(count, MAX_TEXT_BYTES)
        text: str | bytes = super()._process_ascii_field(ifd_name, tag_name, count, offset)
        return text


def _elements_to_read(tag_name: str, count: int) -> int:
    if tag_name == "MakerNote":
        return min(count, MAKER_NOTE_HEAD)
    if tag_name == "CameraInfo":
        return min(count, MAX_CAMERA_INFO)
    return count if count <= MAX_ELEMENTS else 0


def _unpack(data: bytes, order: str, field_type: int, type_length: int) -> list[Any]:
    """Turn bytes into what ExifRead makes of them: ints, its `Ratio`, or one-tuples of floats."""
    if field_type in FLOAT_FIELD_TYPES:
        code = "f" if field_type == FieldType.FLOAT_32 else "d"
        size = type_length
    else:
        size = 4 if field_type in RATIO_FIELD_TYPES else type_length
        code = _CODES[size] if field_type in SIGNED_FIELD_TYPES else _CODES[size].upper()
    values = struct.unpack(f"{order}{len(data) // size}{code}", data[: len(data) // size * size])
    if field_type in RATIO_FIELD_TYPES:
        return [Ratio(*pair) for pair in zip(values[::2], values[1::2], strict=False)]
    if field_type in FLOAT_FIELD_TYPES:
        return [(value,) for value in values]
    return list(values)


def read_with_exifread(block: bytes) -> Reading:
    """Walk the directories of a TIFF block with ExifRead; a broken block never raises."""
    reading = Reading()
    if not block.startswith(TIFF_MAGICS):
        return reading
    header = _BoundedHeader(io.BytesIO(block), chr(block[0]), 0, 0, False)  # noqa: FBT003 - exifread's signature
    header.block = block
    try:
        _walk(header)
    except BudgetSpent:
        header.left_out = True
    except Exception as error:  # noqa: BLE001 - ExifRead documents no errors; broken blocks raise a dozen kinds
        reading.failure = f"{type(error).__name__} in the {header.directory} directory"
    reading.cut_short = header.left_out
    for name, tag in header.tags.items():
        if isinstance(tag, IfdTag) and not name.startswith(_SKIPPED):
            _keep(reading, name, tag)
    return reading


def _walk(header: _BoundedHeader) -> None:
    """Read the first directory, the EXIF and GPS ones it points to, and the maker note."""
    header.dump_ifd(header._first_ifd(), "Image")
    pointer = header.tags.get("Image ExifOffset")
    if pointer and isinstance(pointer.values, list) and pointer.values:
        header.dump_ifd(pointer.values[0], "EXIF")
    if "EXIF MakerNote" in header.tags and "Image Make" in header.tags:
        header.decode_maker_note()


def _keep(reading: Reading, name: str, tag: IfdTag) -> None:
    group = name.partition(" ")[0]
    reading.printed[name] = str(tag.printable)
    if group != "MakerNote":
        reading.fields[group, tag.tag] = _raw(tag.values)
        reading.names[group, tag.tag] = name


def _raw(values: Any) -> Raw:
    if isinstance(values, bytes):
        return decode_text(values)
    if isinstance(values, str):
        return values
    return tuple(_number(value) for value in values)


def _number(value: Any) -> Number | None:
    if isinstance(value, int):
        return value
    if isinstance(value, tuple):
        value = value[0]
    if isinstance(value, Fraction | IFDRational):
        return Fraction(int(value.numerator), int(value.denominator)) if value.denominator else None
    return value if isinstance(value, float) and math.isfinite(value) else None


def read_with_pillow(exif: Exif) -> Reading:
    """Take the same fields from Pillow's reading of the block; a broken block never raises."""
    reading = Reading()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of fields it leaves out; they show up as a disagreement
        try:
            for group, directory in _directories(exif):
                for tag, value in directory:
                    reading.fields[group, tag] = _raw_of_pillow(value)
        except Exception as error:  # noqa: BLE001 - Pillow reads lazily: broken fields raise here, in many kinds
            reading.failure = type(error).__name__
    return reading


def _directories(exif: Exif) -> Iterator[tuple[str, list[tuple[int, Any]]]]:
    yield "Image", [(tag, exif[tag]) for tag in list(exif)]
    for group, pointer in (("EXIF", IFD.Exif), ("GPS", IFD.GPSInfo)):
        yield group, list(exif.get_ifd(pointer).items())


def _raw_of_pillow(value: Any) -> Raw:
    if isinstance(value, str):
        return decode_text(value.encode("latin-1", "replace"))
    if isinstance(value, bytes):
        return tuple(value[:MAX_ELEMENTS])
    values = value if isinstance(value, tuple | list) else (value,)
    return tuple(_number(single) for single in values[:MAX_ELEMENTS])


def decode_text(data: bytes) -> str:
    """Decode a text field: up to its first NUL, UTF-8 if it is that, else Windows' Western code page."""
    data = data.split(b"\0", 1)[0]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
