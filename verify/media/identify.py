"""Says what a file is, by its bytes and never by its name.

Formats on the allow-list have kind `image` or `video` and name the decoder that will read them.
Everything else is `other`, but still named, because "this .mp4 is an HLS playlist" helps and
"not media" does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from verify.media import gif_blocks, png_chunks
from verify.records import ItemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The true format of a file."""

    name: str
    """Short and lower-case: `jpeg`, `mp4`, `hls`; empty if nobody knows it."""
    kind: ItemKind
    label: str
    """For people: `JPEG picture`, `HLS playlist`."""


UNKNOWN = Format(name="", kind="other", label="unknown format")
EMPTY = Format(name="empty", kind="other", label="empty file")


def _image(name: str, label: str) -> Format:
    return Format(name=name, kind="image", label=label)


def _video(name: str, label: str) -> Format:
    return Format(name=name, kind="video", label=label)


def _other(name: str, label: str) -> Format:
    return Format(name=name, kind="other", label=label)


JPEG = _image("jpeg", "JPEG picture")
MPO = _image("mpo", "JPEG with several pictures (MPO)")
PNG = _image("png", "PNG picture")
APNG = _video("png", "animated PNG")
GIF = _image("gif", "GIF picture")
ANIMATED_GIF = _video("gif", "animated GIF")
WEBP = _image("webp", "WebP picture")
ANIMATED_WEBP = _video("webp", "animated WebP")
HEIF = _image("heif", "HEIF picture")
AVIF = _image("avif", "AVIF picture")
AVIF_SEQUENCE = _video("avif", "AVIF image sequence")
MP4 = _video("mp4", "MP4 video")
MOV = _video("mov", "QuickTime video")
MATROSKA = _video("matroska", "Matroska video")
WEBM = _video("webm", "WebM video")
MPEG_TS = _video("mpegts", "MPEG transport stream")

SIGNATURES: tuple[tuple[bytes, Format], ...] = (
    (b"BM", _image("bmp", "BMP picture")),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", _image("jpeg2000", "JPEG 2000 picture")),
    (b"\xff\x4f\xff\x51", _image("jpeg2000", "JPEG 2000 codestream")),
    (b"II*\x00\x10\x00\x00\x00CR", _other("cr2", "Canon camera raw file")),
    (b"II*\x00", _image("tiff", "TIFF picture")),
    (b"MM\x00*", _image("tiff", "TIFF picture")),
    (b"II+\x00", _image("tiff", "BigTIFF picture")),
    (b"MM\x00+", _image("tiff", "BigTIFF picture")),
    (b"FLV\x01", _video("flv", "Flash video")),
    (b"OggS", _video("ogg", "Ogg media")),
    (
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c",
        _video("asf", "Windows Media (ASF)"),
    ),
    (b"\x00\x00\x01\xba", _video("mpegps", "MPEG program stream")),
    (b"8BPS", _other("psd", "Photoshop document")),
    (b"%PDF-", _other("pdf", "PDF document")),
    (b"%!PS", _other("eps", "PostScript document")),
    (b"\xc5\xd0\xd3\xc6", _other("eps", "Encapsulated PostScript picture")),
    (b"PK\x03\x04", _other("zip", "ZIP archive")),
    (b"ID3", _other("mp3", "MP3 audio")),
    (b"fLaC", _other("flac", "FLAC audio")),
    (b"\xff\x0a", _other("jxl", "JPEG XL picture")),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", _other("jxl", "JPEG XL picture")),
    (b"\x00\x00\x01\x00", _other("ico", "icon")),
    (b"\x00\x00\x01\xb3", _other("mpegvideo", "bare MPEG video stream")),
)
"""Longest match first where one is the beginning of another."""

PICTURE_BRANDS: tuple[tuple[frozenset[bytes], Format], ...] = (
    (frozenset({b"avis"}), AVIF_SEQUENCE),
    (frozenset({b"avif"}), AVIF),
    (frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}), HEIF),
)
"""ISO base media files that hold pictures, by any of their brands, the most telling first (mp4ra.org)."""

MAJOR_BRANDS: dict[bytes, Format] = {b"qt  ": MOV, b"crx ": _other("cr3", "Canon camera raw file")}
"""Others that are not plain MP4, by their first brand."""

APP2, START_OF_SCAN = 0xE2, 0xDA
"""JPEG markers (ITU T.81, table B.1)."""

MAX_BRANDS = 64
"""Brands that are looked at; real files list up to ten."""

QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"moof", b"styp", b"sidx")
"""First boxes of QuickTime files from before `ftyp`, and of fragments."""

RIFF_FORMS: dict[bytes, Format] = {
    b"WEBP": WEBP,
    b"AVI ": _video("avi", "AVI video"),
    b"WAVE": _other("wav", "WAV audio"),
}

TEXTS: tuple[tuple[re.Pattern[str], Format], ...] = (
    (re.compile(r"#EXTM3U"), _other("hls", "HLS playlist")),
    (re.compile(r"ffconcat version"), _other("ffconcat", "FFmpeg concat script")),
    (re.compile(r"v=0\s+o="), _other("sdp", "SDP session description")),
    (re.compile(r"(?:<\?xml.*?)?<MPD[\s>]", re.DOTALL), _other("dash", "DASH manifest")),
    (re.compile(r"(?:<\?xml.*?)?<(?:\w+:)?svg[\s>]", re.DOTALL), _other("svg", "SVG drawing")),
    (re.compile(r"<!doctype html|<html|<head|<script", re.IGNORECASE), _other("html", "HTML page")),
    (re.compile(r"<\?xml"), _other("xml", "XML document")),
)
TEXT = _other("text", "plain text")


def identify(data: bytes) -> Format:
    """Identify a file by its first bytes.

    Give the whole file where it is at hand: whether a GIF, PNG or WebP moves may show late.
    """
    if not data:
        return EMPTY
    if data[:3] == b"\xff\xd8\xff":
        return MPO if _has_mpf(data) else JPEG
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return APNG if png_chunks.is_animated(data) else PNG
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return ANIMATED_GIF if gif_blocks.is_animated(data) else GIF
    return _container(data) or _signature(data) or _text(data) or _long_tail(data)


def _container(data: bytes) -> Format | None:
    if data[:4] == b"RIFF" and data[8:12] in RIFF_FORMS:
        form = RIFF_FORMS[data[8:12]]
        return ANIMATED_WEBP if form is WEBP and _is_animated_webp(data) else form
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    if data[4:8] in QUICKTIME_BOXES:
        return MOV
    if data[:4] == b"\x1aE\xdf\xa3":
        return WEBM if b"webm" in data[:64] else MATROSKA
    if _is_transport_stream(data):
        return MPEG_TS
    return None


def _iso_media(data: bytes) -> Format:
    end = min(len(data), int.from_bytes(data[:4], "big"), MAX_BRANDS * 4)
    brands = {data[8:12]} | {data[start : start + 4] for start in range(16, end, 4)}
    pictures = next((form for names, form in PICTURE_BRANDS if names & brands), None)
    return MAJOR_BRANDS.get(data[8:12]) or pictures or MP4


def _signature(data: bytes) -> Format | None:
    return next((form for start, form in SIGNATURES if data.startswith(start)), None)


def _text(data: bytes) -> Format | None:
    text = _decode_text(data[:4096])
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")
    return next((form for pattern, form in TEXTS if pattern.match(start)), TEXT)


def _decode_text(head: bytes) -> str | None:
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = head.decode(encoding, "ignore")
    if encoding == "utf-8" and len(text.encode()) < len(head) - 3:  # a character may be cut at the end
        return None
    controls = sum(character < " " and character not in "\t\r\n\f" for character in text)
    return text if text.strip() and not controls else None


def _long_tail(data: bytes) -> Format:
    import puremagic  # reads a large table when it is imported

    try:
        best = puremagic.magic_string(data)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return UNKNOWN
    name = best.extension.lstrip(".") or best.mime_type.rpartition("/")[2]
    return _other(name, best.name or name)


def _has_mpf(data: bytes) -> bool:
    """Say whether a multi-picture index stands among the segments before the picture (CIPA DC-007)."""
    position = 2
    while position + 8 <= len(data) and data[position] == 0xFF and data[position + 1] != START_OF_SCAN:
        if data[position + 1] == APP2 and data[position + 4 : position + 8] == b"MPF\x00":
            return True
        position += 2 + max(2, int.from_bytes(data[position + 2 : position + 4], "big"))
    return False


def _is_animated_webp(data: bytes) -> bool:
    """Say whether the animation flag is set and a second frame exists (developers.google.com/speed/webp)."""
    if data[12:16] != b"VP8X" or len(data) < 21 or not data[20] & 0x02:
        return False
    first = data.find(b"ANMF", 30)
    return first >= 0 and data.find(b"ANMF", first + 4) >= 0


def _is_transport_stream(data: bytes) -> bool:
    """Find the sync byte of three packets in a row, plain (188 bytes) or with time stamps (192)."""
    return any(
        len(data) > start + 2 * size and all(data[start + n * size] == 0x47 for n in range(3))
        for start, size in ((0, 188), (4, 192))
    )
