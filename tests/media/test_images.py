"""Stills come out upright, 8-bit RGB, within budgets, and as far as they can be decoded."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from benchmarks.picture_bombs import (
    bmp,
    chunk,
    plain_webp,
    png,
    scans,
    segments,
    strips,
    with_comments,
)
from verify.errors import UnreadableMedia
from verify.media import rgb
from verify.media.files import open_media
from verify.media.images import Still, decode_thumbnail, read_image
from verify.media.rgb import to_rgb

Pixels = NDArray[np.uint8]

STORED = {
    1: Image.Transpose.FLIP_LEFT_RIGHT,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How an upright picture is laid down for each EXIF orientation (1 is left as it is)."""


def read(path: Path, *, exact: bool = True) -> Still:
    with open_media(path) as media:
        return read_image(media, exact=exact)


def difference(a: Pixels, b: Pixels) -> float:
    assert a.shape == b.shape
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


def with_one_offset(tiff: bytes) -> bytes:
    """Let a TIFF say where its first strip lies, and of all others only how long they are."""
    at = tiff.rindex(struct.pack("<HH", 273, 4))
    return tiff[: at + 4] + struct.pack("<II", 1, 8) + tiff[at + 12 :]


@pytest.mark.parametrize("form", ["jpeg", "png", "tiff", "webp", "avif", "heif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(
    tmp_path: Path, picture: Pixels, form: str, orientation: int
) -> None:
    upright = Image.fromarray(picture)
    stored = upright if orientation == 1 else upright.transpose(STORED[orientation])
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    path = tmp_path / f"turned.{form}"
    stored.save(path, form, exif=exif.tobytes(), quality=95)
    still = read(path)
    assert (still.width, still.height) == (180, 120)
    assert difference(still.rgb, picture) < 6
    assert still.rgb.flags.c_contiguous


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["Landscape", "Portrait"])
def test_the_reference_orientations_look_alike(corpus: Path, name: str) -> None:
    paths = sorted((corpus / "vectors" / "orientation").glob(f"{name}_*.jpg"))
    stills = [read(path).rgb for path in paths]
    assert all(difference(stills[0], other) < 4 for other in stills)


def test_a_large_jpeg_is_reduced_but_keeps_its_full_size_on_record(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    Image.effect_mandelbrot((4000, 3000), (-3, -2.5, 2, 2.5), 20).convert("RGB").save(path)
    reduced, full = read(path, exact=False), read(path)
    assert (reduced.width, reduced.height) == (full.width, full.height) == (4000, 3000)
    assert max(reduced.rgb.shape) in range(480, 960)
    assert full.rgb.shape == (3000, 4000, 3)


@pytest.mark.parametrize("form", ["png", "webp", "tiff"])
def test_other_large_pictures_are_averaged_down(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"large.{form}"
    Image.linear_gradient("L").resize((2600, 1300)).convert("RGB").save(path)
    assert read(path, exact=False).rgb.shape == (260, 520, 3)


def in_mode(mode: str, picture: Pixels) -> Image.Image:
    image = Image.fromarray(picture)
    if mode == "LAB":
        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        converted = ImageCms.profileToProfile(image, *profiles, outputMode="LAB")
        assert converted is not None
        return converted
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "form", "tolerance"),
    [
        ("RGB", "png", 0),
        ("RGBA", "png", 0),
        ("P", "gif", 20),
        ("CMYK", "jpeg", 4),
        ("CMYK", "tiff", 1),
        ("YCbCr", "jpeg", 4),
        ("LAB", "tiff", 3),
    ],
)
def test_colours_survive_any_mode(
    tmp_path: Path, picture: Pixels, mode: str, form: str, tolerance: float
) -> None:
    path = tmp_path / f"mode.{form}"
    in_mode(mode, picture).save(path, form, quality=95)
    assert difference(read(path).rgb, picture) <= tolerance


@pytest.mark.parametrize("mode", ["L", "LA", "1", "I;16", "I", "F"])
def test_greys_become_three_equal_channels(tmp_path: Path, mode: str) -> None:
    ramp = np.tile(np.arange(200, dtype=np.uint8), (16, 1))
    image = Image.fromarray(ramp.astype(np.uint16)) if mode == "I;16" else Image.fromarray(ramp).convert(mode)
    path = tmp_path / "grey.tiff"
    image.save(path)
    rgb = read(path).rgb
    assert (rgb[..., 0] == rgb[..., 1]).all()
    assert (rgb[..., 0] == rgb[..., 2]).all()
    if mode != "1":
        assert (rgb[..., 0] == ramp).all()


def test_sixteen_bit_greys_are_clipped_as_the_reference_hashes_do(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    Image.fromarray(np.array([[0, 100, 255, 256, 65535]], np.uint16)).save(path)
    assert read(path).rgb[0, :, 0].tolist() == [0, 100, 255, 255, 255]


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    palette = Image.new("P", (4, 4), 3)
    palette.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    pictures = {
        "rgba.png": (Image.new("RGBA", (4, 4), (0, 0, 0, 0)), {}),
        "palette.png": (palette, {"transparency": 3}),
        "colour-key.png": (Image.new("RGB", (4, 4), (9, 9, 9)), {"transparency": (9, 9, 9)}),
        "rgba.webp": (Image.new("RGBA", (4, 4), (0, 0, 0, 0)), {"lossless": True}),
    }
    for name, (image, options) in pictures.items():
        image.save(tmp_path / name, **options)
        assert (read(tmp_path / name).rgb == 255).all(), name


def test_grey_with_transparency_keeps_its_grey_as_the_reference_hashes_do(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    Image.new("LA", (4, 4), (70, 0)).save(path)
    assert (read(path).rgb == 70).all()


def test_a_profile_is_reported_and_not_applied(tmp_path: Path, picture: Pixels) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = tmp_path / "profile.png"
    Image.fromarray(picture).save(path, icc_profile=profile)
    still = read(path)
    assert still.header.icc_profile == profile
    assert (still.rgb == picture).all()


@pytest.mark.parametrize("form", ["jpeg", "png", "gif", "bmp"])
@pytest.mark.parametrize("exact", [True, False])
def test_a_picture_cut_off_gives_what_is_there_and_says_what_is_missing(
    tmp_path: Path, picture: Pixels, form: str, *, exact: bool
) -> None:
    whole = io.BytesIO()
    noise = np.random.default_rng(3).integers(0, 90, picture.shape, dtype=np.uint8)
    Image.fromarray(picture // 2 + noise).resize((1400, 900)).save(whole, form)
    path = tmp_path / f"cut.{form}"
    path.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    still = read(path, exact=exact)
    assert still.partial
    assert [problem.code for problem in still.problems] == ["truncated"]
    assert "% of it is missing" in still.problems[0].message
    assert still.problems[0].message.isprintable()
    assert (still.width, still.height) == (1400, 900)


def test_a_picture_of_which_nothing_is_left_is_unreadable(tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.effect_noise((600, 400), 60).save(whole, "jpeg", progressive=True)
    for length in (2, 20, 120):
        path = tmp_path / "nothing.jpg"
        path.write_bytes(whole.getvalue()[:length] if length > 2 else b"\xff\xd8\xff")
        with pytest.raises(UnreadableMedia) as refusal:
            read(path)
        assert refusal.value.code in ("truncated", "damaged")
        assert refusal.value.message.isprintable()


def test_pixels_without_their_table_of_colours_are_no_picture(tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.linear_gradient("L").convert("P").save(whole, "png")
    content = whole.getvalue()
    start = content.index(b"PLTE") - 4
    path = tmp_path / "colourless.png"
    path.write_bytes(content[:start] + content[content.index(b"IDAT") - 4 :])
    with pytest.raises(UnreadableMedia, match="table of colours") as refusal:
        read(path)
    assert refusal.value.code == "damaged"


def png_of_size(width: int, height: int, extra: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 1) * min(height, 8)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_pixel_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    for width, height in ((12000, 12000), (30000, 30000)):
        path.write_bytes(png_of_size(width, height))
        with pytest.raises(UnreadableMedia) as refusal:
            read(path)
        assert refusal.value.code == "bomb"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.webp", plain_webp(10_900, 10_900)),
        ("padded.webp", plain_webp(10_900, 10_900) + bytes(2_000_000)),
        ("a.png", png(8000, 8000, rows=8, depth=8, colour=2)),
        ("padded-behind.png", png(8000, 8000, rows=8, depth=8, colour=2) + bytes(2_000_000)),
        ("padded-inside.png", png(8000, 8000, [chunk(b"prVt", bytes(2_000_000))], rows=8, depth=8, colour=2)),
        ("short.bmp", bmp(10_900, 10_900, rest=1_000_000)),
    ],
)
def test_many_pixels_in_few_bytes_are_refused_before_they_are_decoded(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableMedia) as refusal:
        read(path)
    assert refusal.value.code == "bomb"
    assert refusal.value.message.isprintable()


@pytest.mark.parametrize(
    ("mode", "size", "name", "options"),
    [
        ("1", (8268, 11_693), "a4-scan-at-1000-dpi.tif", {"compression": "group4"}),
        ("L", (9921, 7016), "a3-scan-at-600-dpi.png", {}),
        ("RGB", (7680, 4320), "8k-screenshot.png", {}),
        ("RGB", (5120, 2880), "5k-screenshot.webp", {"lossless": True, "method": 0}),
    ],
)
def test_blank_pages_and_screens_pass(
    tmp_path: Path, mode: str, size: tuple[int, int], name: str, options: dict[str, Any]
) -> None:
    path = tmp_path / name
    Image.new(mode, size, "white").save(path, **options)
    still = read(path, exact=False)
    assert (still.width, still.height) == size


def test_a_large_photo_has_as_many_bytes_as_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "photo.webp"
    Image.effect_noise((5400, 3600), 30).save(path, quality=50, method=0)
    still = read(path, exact=False)
    assert (still.width, still.height, still.problems) == (5400, 3600, ())


def test_a_large_jpeg_2000_is_halved_while_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "map.jp2"
    picture = Image.effect_mandelbrot((4200, 3000), (-2, -1, 1, 1), 50).convert("RGB")
    picture.save(path)
    still = read(path, exact=False)
    assert (still.width, still.height, still.problems) == (4200, 3000, ())
    assert (still.header.stored_width, still.header.stored_height) == (4200, 3000)
    size = (still.rgb.shape[1], still.rgb.shape[0])
    assert difference(still.rgb, np.asarray(picture.resize(size, Image.Resampling.BOX))) < 2


def test_a_text_bomb_is_called_one(tmp_path: Path) -> None:
    text = b"Comment\0\0" + zlib.compress(bytes(8_000_000))
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    path = tmp_path / "text.png"
    path.write_bytes(png_of_size(8, 8, chunk))
    with pytest.raises(UnreadableMedia) as refusal:
        read(path)
    assert refusal.value.code == "bomb"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_a_picture_reduced_some_rows_at_a_time_is_the_same_picture(
    monkeypatch: pytest.MonkeyPatch, picture: Pixels, mode: str
) -> None:
    image = Image.fromarray(picture).resize((3001, 2003)).convert(mode)
    whole = to_rgb(image, reduce=True)
    monkeypatch.setattr(rgb, "WHOLE_PIXELS", 1_000_000)
    assert difference(to_rgb(image, reduce=True), whole) < 1


@pytest.mark.parametrize(
    ("name", "flood"),
    [
        ("scans.jpg", scans(64, 64, times=200)),
        ("segments.jpg", segments(2000)),
        ("chunks.png", png(8, 8, [chunk(b"prVt", b"")] * 250_000)),
        ("comments.gif", with_comments(b"\1a", 250_000)),
        ("pieces.gif", with_comments(b"\1a" * 2_600_000, 1)),
        ("strips.tif", strips(200_000)),
        ("lengths.tif", with_one_offset(strips(200_000))),
    ],
)
def test_a_picture_in_too_many_pieces_is_refused_before_it_is_decoded(
    tmp_path: Path, name: str, flood: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(flood)
    with pytest.raises(UnreadableMedia) as refusal:
        read(path)
    assert refusal.value.code == "bomb"
    assert "more" in refusal.value.message


def test_a_long_comment_in_many_pieces_passes(tmp_path: Path) -> None:
    path = tmp_path / "long.gif"
    path.write_bytes(with_comments(b"\xff" + b"a" * 255, 1000))
    assert len(read(path).header.text["comment"]) > 250_000


def test_as_many_scans_as_encoders_write_pass(tmp_path: Path) -> None:
    path = tmp_path / "slow.jpg"
    path.write_bytes(scans(64, 64, times=90))
    assert read(path).problems == ()


def test_a_tiff_with_a_strip_for_each_line_passes(tmp_path: Path) -> None:
    path = tmp_path / "lines.tif"
    path.write_bytes(strips(2000))
    assert (read(path).width, read(path).height) == (1, 2000)


def test_a_large_jpeg_that_has_to_be_whole_in_memory_is_refused(tmp_path: Path) -> None:
    """A second scan makes the decoder keep the numbers of all blocks, which no reduction avoids."""
    path = tmp_path / "two.jpg"
    Image.new("L", (8, 8)).save(path)
    content = bytearray(path.read_bytes())
    start = content.index(b"\xff\xc0")
    content[start + 5 : start + 9] = struct.pack(">HH", 12_000, 16_000)
    scan = content[content.index(b"\xff\xda") : -2]
    path.write_bytes(content[:-2] + scan + content[-2:])
    with pytest.raises(UnreadableMedia) as refusal:
        read(path)
    assert refusal.value.code == "bomb"


def test_a_two_hundred_megapixel_phone_photo_passes(tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    Image.new("L", (16320, 12240), 90).save(path)
    still = read(path, exact=False)
    assert (still.width, still.height) == (16320, 12240)
    assert still.rgb.shape == (510, 680, 3)


def test_a_video_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "list.jpg"
    path.write_bytes(b"#EXTM3U\n")
    with pytest.raises(UnreadableMedia, match="HLS playlist") as refusal:
        read(path)
    assert refusal.value.code == "not-media"


def test_only_the_first_page_of_a_tiff_is_read(tmp_path: Path, picture: Pixels) -> None:
    pages = [Image.fromarray(picture), Image.new("RGB", (5000, 10))]
    pages[0].save(tmp_path / "pages.tiff", save_all=True, append_images=pages[1:])
    assert (read(tmp_path / "pages.tiff").rgb == picture).all()


def test_a_thumbnail_is_decoded_and_a_huge_one_refused(picture: Pixels) -> None:
    small, large = io.BytesIO(), io.BytesIO()
    Image.fromarray(picture).save(small, "jpeg", quality=95)
    Image.new("L", (3000, 3000)).save(large, "jpeg")
    assert difference(decode_thumbnail(small.getvalue()), picture) < 4
    with pytest.raises(UnreadableMedia):
        decode_thumbnail(large.getvalue())
    with pytest.raises(UnreadableMedia):
        decode_thumbnail(b"no picture")


def test_the_switches_of_pillow_are_put_back(tmp_path: Path) -> None:
    from PIL import ImageFile

    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, PngImagePlugin.MAX_TEXT_CHUNK)
    path = tmp_path / "cut.jpg"
    Image.effect_noise((600, 400), 60).save(path)
    path.write_bytes(path.read_bytes()[:9000])
    assert read(path).partial
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UnreadableMedia):
        read(path)
    assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, PngImagePlugin.MAX_TEXT_CHUNK)


@pytest.mark.corpus
def test_every_photo_of_the_wider_set_can_be_read(corpus: Path) -> None:
    troubled = []
    for path in sorted((corpus / "photos").iterdir()):
        still = read(path, exact=False)
        if still.problems or still.rgb.ndim != 3:
            troubled.append(path.name)
    assert troubled == []


def test_a_tiff_of_several_pages_says_that_only_the_first_was_examined(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    pages[0].save(tmp_path / "one.tif")
    pages[0].save(tmp_path / "three.tif", save_all=True, append_images=pages[1:])
    with open_media(tmp_path / "one.tif") as media:
        assert (read_image(media).problems, read_image(media).partial) == ((), False)
    with open_media(tmp_path / "three.tif") as media:
        still = read_image(media)
        assert [problem.code for problem in still.problems] == ["first-page-only"]
        assert still.partial
        assert tuple(still.rgb[0, 0]) == (255, 0, 0)
