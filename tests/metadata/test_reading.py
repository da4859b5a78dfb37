"""All sources of one file together, and files that mean harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from verify.errors import UnreadableMedia
from verify.media.files import open_media
from verify.media.headers import StreamHeader, VideoHeader
from verify.media.images import read_image
from verify.media.videos import open_video
from verify.metadata.bounds import MAX_CHARACTERS, MAX_VALUES, clean
from verify.metadata.findings import by_name
from verify.metadata.reading import read_metadata
from verify.records import MetadataValue, Problem


def read(path: Path) -> tuple[tuple[MetadataValue, ...], tuple[Problem, ...]]:
    with open_media(path) as media:
        if media.format.kind == "image":
            return read_metadata(media, read_image(media).header)
        with open_video(media) as video:
            return read_metadata(media, video.header)


def test_text_chunks_profile_and_size_are_values(tmp_path: Path) -> None:
    text = PngInfo()
    text.add_text("Software", "Painter 2")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (20, 10)).save(tmp_path / "a.png", pnginfo=text, icc_profile=profile)
    values, problems = read(tmp_path / "a.png")
    found = {name: value.value for name, value in by_name(values).items()}
    assert problems == ()
    assert found["png:Software"] == "Painter 2"
    assert found["icc:ProfileName"] == "sRGB built-in"
    assert (found["file:StoredWidth"], found["file:StoredHeight"]) == (20, 10)


def test_a_jpeg_comment_and_bytes_after_the_end_are_values(tmp_path: Path) -> None:
    Image.new("RGB", (20, 10)).save(tmp_path / "a.jpg", comment="Created with Painter")
    with (tmp_path / "a.jpg").open("ab") as file:
        file.write(b"PK\x03\x04" + bytes(96))
    values, _ = read(tmp_path / "a.jpg")
    found = {name: value.value for name, value in by_name(values).items()}
    assert found["jpeg:comment"] == "Created with Painter"
    assert found["file:TrailingBytes"] == 100
    assert found["file:TrailingFormat"] == "zip"


def test_a_broken_profile_is_a_problem_and_the_rest_stands(tmp_path: Path) -> None:
    Image.new("RGB", (20, 10)).save(tmp_path / "a.jpg", icc_profile=b"no profile" * 20)
    values, problems = read(tmp_path / "a.jpg")
    assert [problem.code for problem in problems] == ["metadata-unreadable"]
    assert "jpeg:QualityEstimate" in by_name(values)


def test_animations_have_the_metadata_of_their_image_header(tmp_path: Path) -> None:
    frames = [Image.new("L", (20, 10), shade) for shade in (0, 90, 200)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], comment=b"by Painter")
    values, _ = read(tmp_path / "a.gif")
    found = {name: value.value for name, value in by_name(values).items()}
    assert found["gif:comment"] == "by Painter"


def test_more_values_than_are_kept_is_a_problem(tmp_path: Path) -> None:
    Image.new("RGB", (20, 10)).save(tmp_path / "a.jpg")
    tags = {f"tag{number}": "x" for number in range(100)}
    header = VideoHeader(
        format="matroska", streams=(StreamHeader(kind="audio", codec="aac", tags=tags),) * 16
    )
    with open_media(tmp_path / "a.jpg") as media:
        values, problems = read_metadata(media, header)
    assert len(values) == MAX_VALUES
    assert [problem.code for problem in problems] == ["too-many-values"]


def test_values_are_bounded_and_without_control_characters() -> None:
    assert len(clean("x" * 10**6)) == MAX_CHARACTERS
    assert clean(" a\x07b\u2028c\nd\0 ") == "a\ufffdb\ufffdc\nd"


def hostile_files(corpus: Path) -> Iterator[Path]:
    yield from (path for path in sorted((corpus / "hostile").rglob("*")) if path.is_file())


@pytest.mark.corpus
def test_hostile_files_never_raise_and_stay_within_bounds(corpus: Path) -> None:
    """Every problem is one line with a code; every value is short and clean."""
    for path in hostile_files(corpus):
        try:
            values, problems = read(path)
        except UnreadableMedia:
            continue  # the front gate or the decoder refused it: there is no header to read
        assert len(values) <= MAX_VALUES
        for value in values:
            assert value.value == "" or not isinstance(value.value, str) or clean(value.value) == value.value
        for problem in problems:
            assert problem.stage == "metadata"
            assert "\n" not in problem.message
