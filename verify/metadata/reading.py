"""All metadata of one opened file, from every source that its header offers.

Nothing here opens a file or a decoder: the header and the bytes that were hashed are all there is.
Each source is read on its own; one that fails becomes a problem and the others stand.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable

from PIL import ImageCms

from verify.media.files import MediaFile
from verify.media.headers import ImageHeader, VideoHeader
from verify.metadata.bounds import MAX_VALUES, clean, problem
from verify.metadata.container import read_container
from verify.metadata.content_credentials import read_content_credentials
from verify.metadata.exif import read_exif
from verify.metadata.iptc import read_iptc
from verify.metadata.jpeg_encoder import read_jpeg_encoder
from verify.metadata.xmp import packet_of_gif, read_xmp
from verify.records import MetadataValue, Problem

Source = tuple[Iterable[MetadataValue], Iterable[Problem]]

MAX_ICC_BYTES = 4 << 20
"""Profiles of printers reach 2 MB."""
MAX_TEXTS = 64
JPEG_FORMATS = ("jpeg", "mpo")


def read_metadata(
    media: MediaFile, header: ImageHeader | VideoHeader
) -> tuple[tuple[MetadataValue, ...], tuple[Problem, ...]]:
    """Read what the file says about itself, in the order of its sources; never raises for a broken file."""
    values: list[MetadataValue] = []
    problems: list[Problem] = []
    for name, read in _sources(media, header):
        try:
            found, trouble = read()
            values += found
            problems += trouble
        except Exception as error:  # noqa: BLE001 - a hostile source must cost itself, not the examination
            reason = type(error).__name__
            problems.append(problem("metadata-unreadable", f"The {name} metadata cannot be read: {reason}."))
    if len(values) > MAX_VALUES:
        message = f"{MAX_VALUES} of {len(values)} metadata values are kept."
        problems.append(problem("too-many-values", message))
    return tuple(values[:MAX_VALUES]), tuple(problems)


def _sources(media: MediaFile, header: ImageHeader | VideoHeader) -> list[tuple[str, Callable[[], Source]]]:
    """Name every source that this kind of file has, with what reads it."""
    sources: list[tuple[str, Callable[[], Source]]] = []
    if isinstance(header, VideoHeader):
        video = header
        sources.append(("container", lambda: (read_container(video), ())))
        image = header.image
    else:
        image = header
    if image is not None:
        sources += _of_image(media, image)
    sources.append(("content credentials", lambda: read_content_credentials(media)))
    return sources


def _of_image(media: MediaFile, image: ImageHeader) -> list[tuple[str, Callable[[], Source]]]:
    return [
        ("EXIF", lambda: read_exif(_exif_block(media, image), image.exif)),
        ("IPTC", lambda: (read_iptc(image.iptc), ())),
        ("XMP", lambda: read_xmp(image.xmp or _gif_xmp(media))),
        ("ICC", lambda: (_icc(image.icc_profile), ())),
        ("JPEG", lambda: (read_jpeg_encoder(image.quantization, image.details), ())),
        ("text", lambda: (_texts(image), ())),
        ("file", lambda: (_file(image), ())),
    ]


def _exif_block(media: MediaFile, image: ImageHeader) -> bytes:
    """Give the TIFF structure with the EXIF directories; a TIFF file is one itself."""
    return image.exif_bytes or (media.data if image.format == "tiff" else b"")


def _gif_xmp(media: MediaFile) -> bytes:
    return packet_of_gif(media.data) if media.format.name == "gif" else b""


def _icc(profile: bytes) -> list[MetadataValue]:
    if not profile or len(profile) > MAX_ICC_BYTES:
        return []
    name = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile.profile_description
    text = clean(name or "")
    return [MetadataValue(source="icc", key="ProfileName", value=text, raw_key="desc")] if text else []


def _texts(image: ImageHeader) -> list[MetadataValue]:
    """Take PNG text chunks and the comments of JPEG and GIF under their own names."""
    source = "jpeg" if image.format in JPEG_FORMATS else image.format
    return [
        MetadataValue(source=source, key=clean(key, 120) or "Comment", value=clean(text))
        for key, text in list(image.text.items())[:MAX_TEXTS]
        if clean(text) and not key.startswith("XML:com.adobe.xmp")  # read as XMP
    ]


def _file(image: ImageHeader) -> list[MetadataValue]:
    """State what findings compare with: the stored size and what follows the picture's end."""
    values: list[tuple[str, str | int]] = [
        ("StoredWidth", image.stored_width),
        ("StoredHeight", image.stored_height),
        ("Mode", image.mode),
    ]
    if image.trailing_bytes:
        values.append(("TrailingBytes", image.trailing_bytes))
        if image.details.get("trailing_format"):
            values.append(("TrailingFormat", str(image.details["trailing_format"])))
    if image.details.get("motion_photo"):
        values.append(("MotionPhoto", 1))
    return [MetadataValue(source="file", key=key, value=value) for key, value in values]
