"""Borders and brightness, measured on pictures whose bars are known."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.made_media import picture
from verify.fingerprints.measurements import measure_picture, measure_pictures, small_copy
from verify.media.files import open_media
from verify.media.images import read_image
from verify.records import MetadataValue


def by_key(values: tuple[MetadataValue, ...]) -> dict[str, object]:
    assert {value.source for value in values} == {"pixels"}
    return {value.key: value.value for value in values}


def as_jpeg(rgb: NDArray[np.uint8], quality: int = 60) -> NDArray[np.uint8]:
    _, encoded = cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[:, :, ::-1])


def barred(
    seed: int, color: tuple[int, int, int], top: int, bottom: int, left: int, right: int
) -> NDArray[np.uint8]:
    bars = {"top": top, "bottom": bottom, "left": left, "right": right}
    return cv2.copyMakeBorder(picture(seed, 640, 360), *bars.values(), cv2.BORDER_CONSTANT, value=color)


def on_blurred_self(rgb: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    """Put a wide picture on an upright screen the way apps do."""
    shown, width = rgb.shape[:2]
    scale = height / shown
    large = cv2.resize(rgb, None, fx=scale, fy=scale)
    left = (large.shape[1] - width) // 2
    screen = cv2.GaussianBlur(large[:, left : left + width], (0, 0), width / 25)
    top = (height - shown) // 2
    screen[top : top + shown] = rgb
    return screen


@pytest.mark.parametrize("color", [(0, 0, 0), (255, 255, 255), (20, 60, 120)])
@pytest.mark.parametrize(
    "bars", [(90, 90, 0, 0), (0, 0, 140, 140), (60, 60, 80, 80), (50, 0, 0, 0), (0, 0, 0, 100)]
)
def test_bars_of_one_color_are_measured(color: tuple[int, int, int], bars: tuple[int, int, int, int]) -> None:
    rgb = as_jpeg(barred(4, color, *bars))
    found = by_key(measure_picture(rgb))
    height, width = rgb.shape[:2]
    for side, pixels, whole in zip(
        ("top", "bottom", "left", "right"), bars, (height, height, width, width), strict=True
    ):
        assert found[f"border_{side}"] == pytest.approx(pixels / whole, abs=0.012), side
    assert found["border_kind"] == "uniform"


def detailed(seed: int) -> NDArray[np.uint8]:
    """Make a wide picture with fine texture all over, as a photo has."""
    noise = np.random.default_rng(seed).normal(0, 60, (360, 640)).astype(np.float32)
    texture = cv2.GaussianBlur(noise, (0, 0), 1)[..., None]
    return np.clip(picture(seed, 640, 360) + texture, 0, 255).astype(np.uint8)


def test_most_blurred_blow_ups_behind_a_picture_are_found_and_none_is_misplaced() -> None:
    made = [by_key(measure_picture(as_jpeg(on_blurred_self(detailed(seed), 1138), 80))) for seed in range(8)]
    found = [values for values in made if "border_kind" in values]
    assert len(found) >= 5
    for values in found:
        assert values["border_kind"] == "blurred"
        assert values["border_top"] == values["border_bottom"] == pytest.approx(0.342, abs=0.02)


@pytest.mark.parametrize("seed", range(10))
def test_a_plain_picture_has_no_border(seed: int) -> None:
    found = by_key(measure_picture(picture(seed, 900, 600)))
    assert "border_kind" not in found
    assert [found[f"border_{side}"] for side in ("top", "bottom", "left", "right")] == [0, 0, 0, 0]


def test_a_clear_sky_over_a_ragged_skyline_is_no_border() -> None:
    rgb = picture(2, 800, 600)
    for column in range(800):
        rgb[: 200 + int(60 * np.sin(column / 70)) + column % 37, column] = (255, 255, 255)
    assert "border_kind" not in by_key(measure_picture(rgb))


def test_a_flat_picture_has_no_border() -> None:
    found = by_key(measure_picture(np.full((300, 400, 3), 30, np.uint8)))
    assert "border_kind" not in found
    assert found["mean_luma"] == 30
    assert found["luma_deviation"] == 0


def test_bars_of_a_video_hold_through_dark_scenes_and_one_title() -> None:
    scenes = [barred(seed, (0, 0, 0), 80, 80, 0, 0) for seed in range(8)]
    dark = [np.zeros_like(scenes[0])] * 2
    title = [cv2.resize(picture(30, 640, 360), (640, 520))]
    found = by_key(measure_pictures([small_copy(frame) for frame in (*scenes, *dark, *title)]))
    assert found["border_top"] == pytest.approx(80 / 520, abs=0.012)
    assert found["border_kind"] == "uniform"


def test_bars_in_half_of_a_video_are_none_of_the_video() -> None:
    scenes = [barred(seed, (0, 0, 0), 80, 80, 0, 0) for seed in range(4)]
    full = [cv2.resize(picture(seed, 640, 360), (640, 520)) for seed in range(10, 14)]
    assert "border_kind" not in by_key(measure_pictures([small_copy(frame) for frame in (*scenes, *full)]))


@pytest.mark.corpus
def test_ordinary_photos_have_no_borders(corpus: Path) -> None:
    found = []
    for path in sorted((corpus / "photos").iterdir()):
        with open_media(path) as media:
            if "border_kind" in by_key(measure_picture(read_image(media).rgb)):
                found.append(path.name)
    assert not found
