"""What stills say beside their pixels reaches the header whole."""

from __future__ import annotations

import hashlib
import io
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image, PngImagePlugin

from verify.media.files import open_media
from verify.media.headers import ImageHeader
from verify.media.images import read_image
from verify.media.videos import open_video

Pixels = NDArray[np.uint8]
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>'


def header_of(path: Path) -> ImageHeader:
    with open_media(path) as media:
        return read_image(media).header


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpeg(picture: Pixels, *segments: bytes, tail: bytes = b"", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "jpeg", **options)
    whole = buffer.getvalue()
    return whole[:2] + b"".join(segments) + whole[2:] + tail


@pytest.mark.parametrize("form", ["jpeg", "png", "tiff", "webp", "avif", "heif"])
def test_exif_is_kept_raw_and_read(tmp_path: Path, picture: Pixels, form: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Acme"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2021:05:06 07:08:09"
    path = tmp_path / f"a.{form}"
    Image.fromarray(picture).save(path, form, exif=exif.tobytes())
    header = header_of(path)
    assert header.exif[ExifTags.Base.Make] == "Acme"
    assert header.exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == "2021:05:06 07:08:09"
    assert header.exif_bytes[:2] in (b"II", b"MM")
    assert (header.format, header.stored_width, header.stored_height) == (form, 180, 120)


@pytest.mark.parametrize("form", ["jpeg", "png", "tiff", "webp", "avif"])
def test_xmp_is_kept_raw(tmp_path: Path, picture: Pixels, form: str) -> None:
    path = tmp_path / f"a.{form}"
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt("XML:com.adobe.xmp", XMP.decode())
    special = {"png": {"pnginfo": chunks}, "tiff": {"tiffinfo": {700: XMP}}}
    Image.fromarray(picture).save(path, form, **special.get(form, {"xmp": XMP}))
    assert header_of(path).xmp == XMP


def test_extended_xmp_is_joined_in_its_order(tmp_path: Path, picture: Pixels) -> None:
    extension = b"<x:xmpmeta>" + b"a" * 70_000 + b"</x:xmpmeta>"
    guid = hashlib.md5(extension).hexdigest().upper().encode()
    pieces = [
        segment(
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\0" + guid + struct.pack(">II", len(extension), start)
            + extension[start : start + 40_000],
        )
        for start in (40_000, 0)
    ]  # fmt: skip
    main = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(picture, main, *pieces))
    assert header_of(path).xmp == XMP + extension


def test_iptc_is_read_from_a_jpeg(tmp_path: Path, picture: Pixels) -> None:
    iptc = (
        b"\x1c\x02\x78"
        + struct.pack(">H", 5)
        + b"Hello"
        + b"\x1c\x02\x19\x00\x01a"
        + b"\x1c\x02\x19\x00\x01b"
    )
    block = b"Photoshop 3.0\0" + b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(iptc)) + iptc
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(picture, segment(0xED, block)))
    assert header_of(path).iptc == {(2, 120): [b"Hello"], (2, 25): [b"a", b"b"]}


def test_text_and_comments_are_kept(tmp_path: Path, picture: Pixels) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Software", "Acme Paint")
    Image.fromarray(picture).save(tmp_path / "a.png", pnginfo=info)
    Image.fromarray(picture).save(tmp_path / "a.gif", comment="made by hand")
    (tmp_path / "a.jpg").write_bytes(jpeg(picture, segment(0xFE, b"Lavc61"), segment(0xFE, b"second")))
    assert header_of(tmp_path / "a.png").text == {"Software": "Acme Paint"}
    assert header_of(tmp_path / "a.gif").text == {"comment": "made by hand"}
    assert header_of(tmp_path / "a.jpg").text == {"comment": "Lavc61\nsecond"}


def test_the_make_of_a_jpeg_is_told(tmp_path: Path, picture: Pixels) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(picture, segment(0xEC, b"Ducky\0\x01"), progressive=True, subsampling="4:2:2"))
    header = header_of(path)
    assert header.details["progressive"] is True
    assert header.details["subsampling"] == "4:2:2"
    assert header.details["app_markers"] == ("APP12 Ducky", "APP0 JFIF")
    assert sorted(header.quantization) == [0, 1]
    assert len(header.quantization[0]) == 64


@pytest.mark.parametrize("form", ["jpeg", "png", "gif", "webp"])
def test_bytes_after_the_picture_are_counted(tmp_path: Path, picture: Pixels, form: str) -> None:
    path = tmp_path / f"a.{form}"
    Image.fromarray(picture).save(path, form)
    assert header_of(path).trailing_bytes == 0
    with path.open("ab") as file:
        file.write(b"PK\x03\x04" + bytes(96))
    header = header_of(path)
    assert header.trailing_bytes == 100
    assert header.details["trailing_format"] == "zip"


def test_an_end_marker_inside_the_exif_thumbnail_is_not_the_end(tmp_path: Path, picture: Pixels) -> None:
    thumbnail = jpeg(picture[::4, ::4])
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(picture, segment(0xE2, b"thumb\0" + thumbnail), tail=b"tail"))
    assert header_of(path).trailing_bytes == 4


def test_a_motion_photo_is_recognised(tmp_path: Path, picture: Pixels) -> None:
    announced = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b'<a GCamera:MotionPhoto="1"/>')
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(picture, announced, tail=b"\0\0\0\x18ftypmp42" + bytes(40)))
    details = header_of(path).details
    assert details["motion_photo"] is True
    assert details["trailing_format"] == "mp4"


def test_the_second_picture_of_an_mpo_counts_as_trailing(tmp_path: Path, picture: Pixels) -> None:
    path = tmp_path / "a.jpg"
    first, second = Image.fromarray(picture), Image.fromarray(picture[:60])
    first.save(path, "MPO", save_all=True, append_images=[second])
    header = header_of(path)
    assert (header.format, header.details["pictures"]) == ("mpo", 2)
    assert header.details["trailing_format"] in ("jpeg", "mpo")
    assert header.trailing_bytes > 500


@pytest.mark.parametrize(
    "block", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*" + bytes(9)]
)
def test_a_broken_exif_block_does_not_cost_the_picture(tmp_path: Path, picture: Pixels, block: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(picture, segment(0xE1, block)))
    with open_media(path) as media:
        still = read_image(media)
    assert not still.partial
    assert not dict(still.header.exif)


def test_an_animation_carries_its_picture_header(tmp_path: Path, picture: Pixels) -> None:
    path = tmp_path / "a.gif"
    frames = [Image.fromarray(np.roll(picture, shift, axis=1)) for shift in (0, 40)]
    frames[0].save(path, save_all=True, append_images=frames[1:], comment="moving")
    with open_media(path) as media, open_video(media) as video:
        assert video.header.image is not None
        assert video.header.image.text == {"comment": "moving"}
