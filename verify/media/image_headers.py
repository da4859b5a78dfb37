"""Collects what a still says beside its pixels: EXIF, XMP, IPTC, profile, text and tables.

Everything here is optional: a broken block counts as absent and never costs the picture.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from PIL import Image, IptcImagePlugin, JpegImagePlugin

from verify.media.headers import ImageHeader
from verify.media.identify import identify
from verify.media.limits import MAX_TEXT_CHARACTERS, MAX_XMP_BYTES
from verify.media.picture_end import end_of_picture

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

    from verify.media.files import MediaFile

EXTENDED_XMP: Final = b"http://ns.adobe.com/xmp/extension/\x00"
"""Starts each APP1 segment of extended XMP (XMP specification part 3, 1.1.3.1)."""
EXTENDED_XMP_PREAMBLE: Final = len(EXTENDED_XMP) + 32 + 4 + 4
"""GUID, full length and offset of this piece follow."""

MOTION_PHOTO_CLUES: Final = (b"MotionPhoto", b"MicroVideo")
"""How Google's, Samsung's and Xiaomi's phones announce, in XMP or at the end, the clip they append."""
SAMSUNG_TAIL_BYTES: Final = 4096
"""Samsung's directory of appended parts stands at the very end of the file."""

SAMPLINGS: Final = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}
"""Pillow's numbers for chroma subsampling."""

SEGMENT_NAME: Final = re.compile(rb"[ -~]{2,64}")
"""The identifier at the start of an application segment."""

SMALL_FACTS: Final = (
    "jfif_version",
    "adobe_transform",
    "dpi",
    "gamma",
    "compression",
    "loop",
    "version",
    "bit_depth",
    "original_orientation",
)
"""What is passed on from Pillow's `info` as it is."""


def read_header(image: ImageFile, media: MediaFile, size: tuple[int, int]) -> ImageHeader:
    """Collect the header of a loaded image; `size` is what was stored before any turn or reduction."""
    exif_bytes = read_exif_bytes(image, media)
    xmp = _xmp(image)
    end = end_of_picture(media.data, media.format.name)
    trailing = media.data[end:] if end else b""
    return ImageHeader(
        format=media.format.name,
        mode=image.mode,
        stored_width=size[0],
        stored_height=size[1],
        exif=parse_exif(exif_bytes),
        exif_bytes=exif_bytes,
        xmp=xmp,
        iptc=_iptc(image),
        icc_profile=image.info.get("icc_profile") or b"",
        text=_text(image),
        quantization={number: list(table) for number, table in getattr(image, "quantization", {}).items()},
        trailing_bytes=len(trailing),
        details=_details(image) | _segments(image) | _tail(xmp, trailing),
    )


def read_exif_bytes(image: Image.Image, media: MediaFile) -> bytes:
    """Return the TIFF-structured EXIF block; of a TIFF that is the file itself."""
    if image.format == "TIFF":
        return media.data
    block = image.info.get("exif") or b""
    if not block and isinstance(hexadecimal := image.info.get("Raw profile type exif"), str):
        block = _from_hex("".join(hexadecimal.split("\n")[3:]))  # ImageMagick's way to put EXIF into a PNG
    return block.removeprefix(b"Exif\x00\x00") if isinstance(block, bytes) else b""


def parse_exif(block: bytes) -> Image.Exif:
    """Return Pillow's reading of an EXIF block; empty where there is none or it is broken."""
    exif = Image.Exif()
    try:
        exif.load(block)
    except Exception:  # noqa: BLE001 - Pillow's TIFF directory reader raises struct, syntax, value and other errors
        return Image.Exif()
    return exif


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _xmp(image: ImageFile) -> bytes:
    packet = image.info.get("xmp") or b""
    if isinstance(packet, str):
        packet = packet.encode()
    pieces = [
        data
        for name, data in getattr(image, "applist", [])
        if name == "APP1" and data.startswith(EXTENDED_XMP)
    ]
    pieces.sort(key=lambda piece: piece[EXTENDED_XMP_PREAMBLE - 4 : EXTENDED_XMP_PREAMBLE])
    extension = b"".join(piece[EXTENDED_XMP_PREAMBLE:] for piece in pieces)
    return (packet + extension)[:MAX_XMP_BYTES] if isinstance(packet, bytes) else b""


def _iptc(image: ImageFile) -> dict[tuple[int, int], list[bytes]]:
    try:
        datasets = IptcImagePlugin.getiptcinfo(image) or {}
    except Exception:  # noqa: BLE001 - Pillow reads IPTC as if it were a picture and fails as freely
        return {}
    return {key: value if isinstance(value, list) else [value] for key, value in datasets.items()}


def _text(image: ImageFile) -> dict[str, str]:
    """Return PNG text and the comments of JPEG and GIF; XMP and raw profiles are kept elsewhere."""
    chunks = getattr(image, "text", None) or {}
    text = {
        str(key): str(value)[:MAX_TEXT_CHARACTERS]
        for key, value in chunks.items()
        if key != "XML:com.adobe.xmp" and not key.startswith("Raw profile type")
    }
    comments = [data for name, data in getattr(image, "applist", []) if name == "COM"]
    if not comments and isinstance(comment := image.info.get("comment"), bytes):
        comments = [comment]
    if comments:
        text["comment"] = (
            b"\n".join(comments).rstrip(b"\x00").decode("utf-8", "replace")[:MAX_TEXT_CHARACTERS]
        )
    return text


def _details(image: ImageFile) -> dict[str, Any]:
    details: dict[str, Any] = {key: image.info[key] for key in SMALL_FACTS if key in image.info}
    if image.format in ("JPEG", "MPO"):
        details["progressive"] = bool(image.info.get("progressive"))
        details["subsampling"] = SAMPLINGS.get(JpegImagePlugin.get_sampling(image), "other")
    if image.format == "MPO":
        details["pictures"] = getattr(image, "n_frames", 1)
    return details


def _segments(image: ImageFile) -> dict[str, Any]:
    """Name the application segments of a JPEG in order: `APP1 Exif`."""
    segments = getattr(image, "applist", None)
    if not segments:
        return {}
    return {"app_markers": tuple(_segment_name(name, data) for name, data in segments)}


def _segment_name(name: str, data: bytes) -> str:
    match = SEGMENT_NAME.match(data) if name != "COM" else None
    return f"{name} {match[0].decode()}" if match else name


def _tail(xmp: bytes, trailing: bytes) -> dict[str, Any]:
    """Say what follows the picture, so that a phone's motion photo is not taken for hidden data."""
    details: dict[str, Any] = {}
    if trailing:
        details["trailing_format"] = identify(trailing).name
    announced = xmp + trailing[-SAMSUNG_TAIL_BYTES:]
    if any(clue in announced for clue in MOTION_PHOTO_CLUES):
        details["motion_photo"] = True
    return details
