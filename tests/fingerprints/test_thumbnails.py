"""Thumbnails of views."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.made_media import picture
from verify.fingerprints.thumbnails import thumbnail


def decoded(jpeg: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]


@pytest.mark.parametrize(
    ("size", "shown"), [((1600, 900), (270, 480)), ((700, 2100), (480, 160)), ((90, 60), (60, 90))]
)
def test_a_thumbnail_has_the_shape_of_the_picture_and_480_pixels_at_most(
    size: tuple[int, int], shown: tuple[int, int]
) -> None:
    assert decoded(thumbnail(picture(1, *size))).shape == (*shown, 3)


def test_a_thumbnail_shows_the_same_colors() -> None:
    rgb = np.zeros((1000, 1500, 3), np.uint8)
    rgb[:, :750, 0], rgb[:, 750:, 2] = 200, 200
    small = decoded(thumbnail(rgb)).astype(int)
    assert np.abs(small[160, 60] - (200, 0, 0)).max() < 12
    assert np.abs(small[160, 420] - (0, 0, 200)).max() < 12


def test_a_line_of_pixels_has_a_thumbnail() -> None:
    assert decoded(thumbnail(np.zeros((1, 5000, 3), np.uint8))).shape[1] <= 480
