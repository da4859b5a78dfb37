"""Quality and family out of quantisation tables, against encoders whose setting is known."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from verify.media.files import open_media
from verify.media.images import read_image
from verify.metadata.jpeg_encoder import ROBIDOUX, estimate, read_jpeg_encoder


def tables_of(path: Path) -> dict[int, list[int]]:
    with open_media(path) as media:
        return read_image(media).header.quantization


@pytest.mark.parametrize("quality", [1, 25, 49, 50, 75, 92, 99, 100])
def test_the_quality_that_pillow_was_told_comes_back(tmp_path: Path, quality: int) -> None:
    Image.new("RGB", (32, 32)).save(tmp_path / "a.jpg", quality=quality)
    assert estimate(tables_of(tmp_path / "a.jpg"), {}) == (quality, "ijg")


def test_the_quality_that_opencv_was_told_comes_back(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.jpg"), np.zeros((32, 32, 3), np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 63])
    assert estimate(tables_of(tmp_path / "a.jpg"), {}) == (63, "ijg")


def test_a_grey_picture_has_one_table_and_a_quality(tmp_path: Path) -> None:
    Image.new("L", (32, 32)).save(tmp_path / "a.jpg", quality=80)
    assert estimate(tables_of(tmp_path / "a.jpg"), {}) == (80, "ijg")


def test_mozjpeg_and_photoshop_are_told_from_cameras() -> None:
    moz = [min(255, (value * 100 + 50) // 100) for value in ROBIDOUX]
    assert estimate({0: moz, 1: moz}, {}) == (50, "mozjpeg")
    own = {0: [7] * 64, 1: [9] * 64}
    assert estimate(own, {"app_markers": ("APP1 Exif",)})[1] == "own-tables"
    assert estimate(own, {"app_markers": ("APP13 Photoshop 3.0",)})[1] == "adobe"


def test_a_picture_without_tables_has_no_estimate() -> None:
    assert list(read_jpeg_encoder({}, {})) == []
    assert list(read_jpeg_encoder({0: [1, 2, 3]}, {})) == []
