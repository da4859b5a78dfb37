"""What an opened file says before and beside its pixels; `metadata` reads from here, never from a decoder."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from PIL.Image import Exif


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageHeader:
    """The outside of a still image (or of the first frame of an animation)."""

    format: str
    """`jpeg`, `mpo`, `png`, `gif`, `webp`, `tiff`, `bmp`, `jpeg2000`, `heif`, `avif`."""
    mode: str
    """Pillow's mode before conversion: `RGB`, `CMYK`, `I;16`."""
    stored_width: int
    """As stored, before any turning, pixels."""
    stored_height: int
    exif: Exif
    """Pillow's reading of the EXIF block; empty if there is none."""
    exif_bytes: bytes = field(default=b"", repr=False)
    """The TIFF-structured EXIF block without its `Exif\\0\\0` prefix; empty if there is none."""
    xmp: bytes = field(default=b"", repr=False)
    """The XMP packet (extended XMP joined on); untrusted XML."""
    iptc: dict[tuple[int, int], list[bytes]] = field(default_factory=dict, repr=False)
    """IPTC-IIM datasets by (record, dataset)."""
    icc_profile: bytes = field(default=b"", repr=False)
    text: dict[str, str] = field(default_factory=dict)
    """PNG text chunks and the comments of JPEG and GIF."""
    quantization: dict[int, list[int]] = field(default_factory=dict)
    """JPEG quantisation tables as Pillow gives them (in zigzag-free natural order)."""
    trailing_bytes: int = 0
    """Bytes after the end of the image (JPEG EOI, PNG IEND, GIF trailer, RIFF length), 0 if unknown."""
    details: dict[str, Any] = field(default_factory=dict)
    """Small plain facts of the format: `progressive`, `subsampling`, `jfif_version`, `app_markers`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamHeader:
    """One stream of a container."""

    kind: str
    """`video`, `audio`, `subtitle`, `data`, `attachment`."""
    codec: str
    profile: str = ""
    pixel_format: str = ""
    width: int = 0
    height: int = 0
    frame_rate: Fraction | None = None
    """Average, frames a second."""
    time_base: Fraction | None = None
    bit_rate: int | None = None
    rotation_degrees: int = 0
    """Clockwise turn that makes the picture upright, from the display matrix."""
    mirrored: bool = False
    """The display matrix mirrors the picture as well."""
    sample_rate: int = 0
    channels: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    attached_picture: bool = False
    """Cover art, not footage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoHeader:
    """The outside of a video container."""

    format: str
    """`mp4`, `mov`, `matroska`, `webm`, `avi`, `mpegts`, `mpegps`, `flv`, `ogg`, `asf`; for animations
    `gif`, `webp`, `png`, `avif`."""
    duration: Fraction | None = None
    """As the container states it, seconds; None if it does not."""
    start_time: Fraction | None = None
    bit_rate: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    streams: tuple[StreamHeader, ...] = ()
    video: StreamHeader | None = None
    """The stream that is decoded."""
    image: ImageHeader | None = None
    """For animated images: what their image header says."""
