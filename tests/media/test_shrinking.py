"""Pictures of the archive, made small for a page."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest

from verify.errors import UnreadableMedia
from verify.media.shrinking import as_jpeg, shrunk


def png(width: int, height: int) -> bytes:
    ramp = np.linspace(0, 255, width * height * 3).reshape(height, width, 3).astype(np.uint8)
    return cv2.imencode(".png", ramp)[1].tobytes()


def size(encoded: bytes) -> tuple[int, int]:
    height, width = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR).shape[:2]
    return width, height


def test_a_picture_fits_into_the_box_and_keeps_its_shape() -> None:
    assert size(shrunk(png(800, 400), width=200, height=200)) == (200, 100)


def test_a_small_picture_is_not_blown_up() -> None:
    assert size(shrunk(png(80, 40), width=200, height=200)) == (80, 40)


@pytest.mark.parametrize("damaged", [b"", b"no picture", png(80, 40)[:30]])
def test_a_damaged_picture_is_refused(damaged: bytes) -> None:
    with pytest.raises(UnreadableMedia):
        shrunk(damaged, width=10, height=10)


def test_a_thumbnail_that_unpacks_to_hundreds_of_megabytes_is_refused_and_cost_a_worker_alone() -> None:
    content = bytearray(cv2.imencode(".jpg", np.zeros((64, 64, 3), np.uint8))[1].tobytes())
    start = content.index(b"\xff\xc0") + 5
    content[start : start + 4] = struct.pack(">HH", 10_000, 12_000)
    with pytest.raises(UnreadableMedia):
        shrunk(bytes(content), width=10, height=10)


def test_what_is_shown_is_encoded_anew() -> None:
    """Nothing of the bytes that came out of a worker travels on: not what follows the picture, for one."""
    smuggled = cv2.imencode(".jpg", np.zeros((64, 48, 3), np.uint8))[1].tobytes() + b"<script>"
    jpeg, width, height = as_jpeg(smuggled)
    assert (width, height) == size(jpeg) == (48, 64)
    assert b"<script>" not in jpeg
