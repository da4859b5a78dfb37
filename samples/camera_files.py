"""JPEG files as a camera leaves them (EXIF, GPS, thumbnail) and as a network does (a mark, nothing else)."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

THUMBNAIL = (160, 120)
"""The size that the EXIF standard names for thumbnails (JEITA CP-3451, 4.5.5)."""
EXIF_MARK = b"Exif\0\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Where, when and with what settings a sample photo says it was taken."""

    taken: datetime
    """With its zone."""
    latitude: float
    longitude: float
    altitude_metres: float
    aperture: float
    shutter_one_over: int
    iso: int
    focal_mm: float
    camera: tuple[str, str] = ("Samplecam", "Samplecam P12")
    """Maker and model; both are invented."""
    firmware: str = "14.5"


def camera_exif(shot: Exposure, size: tuple[int, int]) -> Image.Exif:
    """Return the fields that a phone's camera writes."""
    local, offset = shot.taken.strftime("%Y:%m:%d %H:%M:%S"), shot.taken.strftime("%z")
    exif = Image.Exif()
    exif.update(
        {
            Base.Make: shot.camera[0],
            Base.Model: shot.camera[1],
            Base.Orientation: 1,
            Base.XResolution: IFDRational(72),
            Base.YResolution: IFDRational(72),
            Base.ResolutionUnit: 2,
            Base.Software: shot.firmware,
            Base.DateTime: local,
        }
    )
    exif.get_ifd(IFD.Exif).update(
        {
            Base.ExposureTime: IFDRational(1, shot.shutter_one_over),
            Base.FNumber: IFDRational(shot.aperture),
            Base.ISOSpeedRatings: shot.iso,
            Base.ExifVersion: b"0232",
            Base.DateTimeOriginal: local,
            Base.DateTimeDigitized: local,
            **dict.fromkeys(
                (Base.OffsetTime, Base.OffsetTimeOriginal, Base.OffsetTimeDigitized),
                f"{offset[:3]}:{offset[3:]}",
            ),
            Base.SubsecTimeOriginal: f"{shot.taken.microsecond // 1000:03}",
            Base.Flash: 16,
            Base.MeteringMode: 5,
            Base.FocalLength: IFDRational(shot.focal_mm),
            Base.ColorSpace: 1,
            Base.ExifImageWidth: size[0],
            Base.ExifImageHeight: size[1],
            Base.LensMake: shot.camera[0],
            Base.LensModel: f"{shot.camera[1]} back camera {shot.focal_mm}mm",
        }
    )
    exif.get_ifd(IFD.GPSInfo).update(_gps(shot))
    return exif


def _gps(shot: Exposure) -> dict[int, object]:
    utc = shot.taken.astimezone(UTC)
    return {
        GPS.GPSLatitudeRef: "N" if shot.latitude >= 0 else "S",
        GPS.GPSLatitude: _degrees(shot.latitude),
        GPS.GPSLongitudeRef: "E" if shot.longitude >= 0 else "W",
        GPS.GPSLongitude: _degrees(shot.longitude),
        GPS.GPSAltitudeRef: b"\0",
        GPS.GPSAltitude: IFDRational(shot.altitude_metres),
        GPS.GPSTimeStamp: (IFDRational(utc.hour), IFDRational(utc.minute), IFDRational(utc.second)),
        GPS.GPSDateStamp: utc.strftime("%Y:%m:%d"),
    }


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    hundredths = round(abs(value) * 360_000)
    degrees, rest = divmod(hundredths, 360_000)
    minutes, seconds = divmod(rest, 6_000)
    return IFDRational(degrees), IFDRational(minutes), IFDRational(seconds, 100)


def with_thumbnail(exif: Image.Exif, image: Image.Image) -> bytes:
    """Return the EXIF block with a small JPEG in its second directory, which Pillow itself does not write."""
    small = image.copy()
    small.thumbnail(THUMBNAIL)
    stored = io.BytesIO()
    small.save(stored, "JPEG", quality=80)
    block = bytearray(exif.tobytes().removeprefix(EXIF_MARK))
    order = "<" if block[:2] == b"II" else ">"
    block += b"\0" * (len(block) % 2)
    first = struct.unpack_from(order + "I", block, 4)[0]
    link = first + 2 + 12 * struct.unpack_from(order + "H", block, first)[0]
    struct.pack_into(order + "I", block, link, len(block))
    entries = [(0x0103, 3, 6), (0x0201, 4, len(block) + 2 + 3 * 12 + 4), (0x0202, 4, stored.tell())]
    block += struct.pack(order + "H", len(entries))
    for tag, kind, value in entries:
        number = struct.pack(order + "I", value) if kind == 4 else struct.pack(order + "HH", value, 0)
        block += struct.pack(order + "HHI", tag, kind, 1) + number
    return EXIF_MARK + bytes(block) + struct.pack(order + "I", 0) + stored.getvalue()


def save_jpeg(image: Image.Image, path: Path, quality: int, exif: bytes = b"") -> None:
    image.save(path, "JPEG", quality=quality, optimize=True, **({"exif": exif} if exif else {}))


def mark_as_platform(path: Path, instructions: str) -> None:
    """Put IPTC's "special instructions" (2:40) into a JPEG that has no other metadata, right after its start.

    A large network leaves a line that starts with FBMD there when it strips all else.
    """
    data = instructions.encode("ascii")
    iptc = struct.pack(">BBBH", 0x1C, 2, 40, len(data)) + data
    resource = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(iptc)) + iptc + b"\0" * (len(iptc) % 2)
    payload = b"Photoshop 3.0\0" + resource
    jpeg = path.read_bytes()
    path.write_bytes(jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:])
