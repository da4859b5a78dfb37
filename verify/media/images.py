"""Decodes a still into upright 8-bit RGB, within budgets, from the bytes that were hashed.

Pillow's switches are global: this module sets them for the length of one decode and puts them back,
so decode in one thread per process.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageFile, Jpeg2KImagePlugin, TiffImagePlugin, UnidentifiedImageError

from verify.errors import UnreadableMedia
from verify.media import gif_blocks, jpeg_markers, png_chunks, tiff_strips
from verify.media.decoding_cost import refuse_bombs, wavelet_reduction
from verify.media.headers import ImageHeader
from verify.media.image_headers import parse_exif, read_exif_bytes, read_header
from verify.media.limits import (
    MAX_JPEG_PIXELS,
    MAX_STILL_BYTES,
    MAX_THUMBNAIL_BYTES,
    MAX_THUMBNAIL_PIXELS,
)
from verify.media.rgb import WORKING_SIDE, to_rgb
from verify.media.turn import EXIF_TURNS, UPRIGHT, Turn
from verify.records import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from verify.media.files import MediaFile

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
Image.init()  # `formats=` knows only plugins that are loaded

TEXT_BOMB: Final = "MAX_TEXT"
"""Pillow's words when the text of a PNG unpacks beyond its limits; the whole picture is refused then."""

MAX_REASON: Final = 200
"""Characters of a decoder's own words that are passed on."""

BAND_ROWS: Final = 64
"""Rows looked at together when the missing end of a picture is sought."""

EIGHTH_SIDE: Final = 480
"""A JPEG whose eighth is at least this large is decoded at an eighth, for which the decoder needs one number
of each block; still as large as a thumbnail. That is a photo of 12 megapixels or more."""

PLUGINS: Final = {
    "jpeg": ("JPEG",),
    "mpo": ("JPEG",),
    "png": ("PNG",),
    "gif": ("GIF",),
    "webp": ("WEBP",),
    "tiff": ("TIFF",),
    "bmp": ("BMP",),
    "jpeg2000": ("JPEG2000",),
    "heif": ("HEIF",),
    "avif": ("AVIF",),
}
"""Pillow's plugin for each of our formats; no other is ever asked. The one for JPEG reads MPO as well."""


FLOODS: Final = {
    "jpeg": jpeg_markers.refuse_floods,
    "mpo": jpeg_markers.refuse_floods,
    "png": png_chunks.refuse_floods,
    "gif": gif_blocks.refuse_floods,
    "tiff": tiff_strips.refuse_floods,
}
"""What refuses a file that lies in too many pieces, by the name of its format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """One decoded, upright picture."""

    rgb: NDArray[np.uint8] = field(repr=False)
    """(height, width, 3), C-contiguous; smaller than `width` x `height` if it was reduced."""
    width: int
    """Of the full picture, upright, pixels."""
    height: int
    header: ImageHeader
    problems: tuple[Problem, ...] = ()
    partial: bool = False
    """True if a part of the picture could not be decoded."""


def read_image(media: MediaFile, *, exact: bool = False) -> Still:
    """Decode a still upright; reduced to about `WORKING_SIDE` unless `exact`.

    Raises `UnreadableMedia` (`not-media`, `too-large`, `bomb`, `truncated`, `damaged`).
    """
    if media.format.name not in PLUGINS:
        raise UnreadableMedia(f"This is no picture but: {media.format.label}.", code="not-media")
    if media.size_bytes > MAX_STILL_BYTES:
        raise UnreadableMedia("The picture's file is larger than is read into memory.", code="too-large")
    with careful_pillow():
        return _read(media, exact=exact)


def decode_thumbnail(jpeg: bytes) -> NDArray[np.uint8]:
    """Decode an embedded JPEG thumbnail to (height, width, 3) RGB as stored, not turned.

    Raises `UnreadableMedia`.
    """
    if len(jpeg) > MAX_THUMBNAIL_BYTES:
        raise UnreadableMedia("The embedded thumbnail is too large.", code="too-large")
    with careful_pillow(), decoding():
        image = Image.open(io.BytesIO(jpeg), formats=["JPEG"])
        if image.width * image.height > MAX_THUMBNAIL_PIXELS:
            raise UnreadableMedia("The embedded thumbnail is too large.", code="bomb")
        return to_rgb(image)


@contextmanager
def careful_pillow(pixels: int = MAX_JPEG_PIXELS) -> Iterator[None]:
    """Set Pillow's global switches for one decode: our pixel budget, no warnings on the console.

    Pillow asks for the budget again where a later frame makes the picture larger.
    """
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


@contextmanager
def decoding() -> Iterator[None]:
    """Turn whatever a decoder raises into `UnreadableMedia`, here and nowhere else for stills."""
    try:
        yield
    except UnreadableMedia:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableMedia("The picture declares more pixels than are decoded.", code="bomb") from error
    except MemoryError as error:
        raise UnreadableMedia("There is not enough memory for this picture.", code="bomb") from error
    except Exception as error:  # decoders raise anything on damaged input: ten classes measured
        code = "bomb" if TEXT_BOMB in str(error) else "damaged"
        raise UnreadableMedia(f"The picture cannot be decoded: {one_line(error)}.", code=code) from error


def one_line(error: Exception) -> str:
    """Word a decoder's error in one line, without control characters, addresses and file names."""
    if isinstance(error, UnidentifiedImageError):
        return "its header is damaged"
    words = " ".join(str(getattr(error, "strerror", None) or error).split()) or "its data is damaged"
    return "".join(c if c.isprintable() else "\ufffd" for c in words)[:MAX_REASON].rstrip(".")


def _read(media: MediaFile, *, exact: bool) -> Still:
    with decoding():
        image = open_with_pillow(media)
        size, turn = image.size, turn_of(image, media)
        problems = _further_pages(image)
        try:
            _load(image, media, exact=exact)
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            image, damage = _load_what_is_there(media, exact=exact, reason=one_line(error))
            problems = (*damage, *problems)
        header = read_header(image, media, size)
        pixels = turn.apply(to_rgb(image, reduce=not exact))
    width, height = reversed(size) if turn.swaps_sides else size
    return Still(
        rgb=pixels,
        width=width,
        height=height,
        header=header,
        problems=problems,
        partial=bool(problems),
    )


def open_with_pillow(media: MediaFile) -> ImageFile.ImageFile:
    """Open with the one plugin for this format, and refuse what is over budget before it is decoded."""
    if media.format.name in FLOODS:
        FLOODS[media.format.name](media.data)
    image = Image.open(io.BytesIO(media.data), formats=PLUGINS[media.format.name])
    refuse_bombs(image, media)
    if image.mode == "P" and image.palette is None:  # all its pixels would come out black
        raise UnreadableMedia("The picture's table of colours is missing.", code="damaged")
    return image


def _further_pages(image: ImageFile.ImageFile) -> tuple[Problem, ...]:
    """Say that a TIFF has more pages than the first; they are not counted, there may be any number."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile) or not image.tag_v2.next:
        return ()
    message = "The file has further pages; only the first one was examined."
    return (Problem(stage="decode", code="first-page-only", message=message),)


def _load(image: ImageFile.ImageFile, media: MediaFile, *, exact: bool) -> None:
    if not exact and isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
        image.reduce = wavelet_reduction(image, media)
    if not exact and image.format in ("JPEG", "MPO"):
        side = EIGHTH_SIDE if max(image.size) >= 8 * EIGHTH_SIDE else WORKING_SIDE
        scale = side / max(image.size)
        image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    image.load()


def _load_what_is_there(
    media: MediaFile, *, exact: bool, reason: str
) -> tuple[ImageFile.ImageFile, tuple[Problem, ...]]:
    """Decode a damaged picture as far as it goes, and say how far that is."""
    image = open_with_pillow(media)
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, True
    try:
        _load(image, media, exact=exact)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
    pixels = np.asarray(image)
    missing = _missing_share(pixels[::-1] if image.format == "BMP" else pixels)  # BMP starts at the bottom
    if missing == 1:
        raise UnreadableMedia(f"Nothing of the picture can be decoded: {reason}.", code="truncated")
    loss = f"about {missing:.0%} of it is missing" if missing else "parts are unreliable"
    message = f"The picture is damaged or cut off: {loss} ({reason})."
    return image, (Problem(stage="decode", code="truncated", message=message),)


def _missing_share(pixels: NDArray[np.generic]) -> float:
    """Return the share of last rows that hold one value only, as decoders leave what they lack."""
    height, last = len(pixels), pixels[-1, -1]
    for bottom in range(height, 0, -BAND_ROWS):
        top = max(0, bottom - BAND_ROWS)
        varied = np.flatnonzero((pixels[top:bottom] != last).reshape(bottom - top, -1).any(axis=1))
        if len(varied):
            return 1 - (top + int(varied[-1]) + 1) / height
    return 1.0


def turn_of(image: Image.Image, media: MediaFile) -> Turn:
    """Return the turn that is still to be made.

    Pillow's TIFF reader and pillow-heif turn by themselves; Pillow's AVIF reader puts the container's
    rotation into the EXIF orientation. An orientation that stands in XMP only is ignored, as in browsers.
    """
    if image.format in ("TIFF", "HEIF"):
        return UPRIGHT
    exif = parse_exif(read_exif_bytes(image, media))
    return EXIF_TURNS.get(exif.get(ExifTags.Base.Orientation, 1), UPRIGHT)
