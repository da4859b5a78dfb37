"""The truth about an edit is what the pixels say."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

import clip_edits
import footage
import layouts
import overlays
import still_edits
from placed import Placed, Rgb, Truth, overlap


def blobs(seed: int, size: tuple[int, int] = (480, 640)) -> Rgb:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (size[0] // 40, size[1] // 40, 3)).astype(np.uint8)
    return cv2.resize(small, size[::-1], interpolation=cv2.INTER_CUBIC)


STRANGERS = [blobs(seed) for seed in range(1, 1 + layouts.STRANGERS_NEEDED)]


def agreement(original: Rgb, edit: Rgb, truth: Truth) -> float:
    """Correlation of the edit with the original laid where the truth says it is."""
    size = np.array(edit.shape[1::-1])
    source = np.array(truth.region, np.float32) * np.array(original.shape[1::-1])
    target = np.array(truth.query_region, np.float32) * size
    step, _ = cv2.findHomography(source.astype(np.float32), target.astype(np.float32))
    laid = cv2.warpPerspective(original, step, edit.shape[1::-1])
    mask = np.zeros(edit.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(target).astype(np.int32), 1)
    inside = cv2.erode(mask, np.ones((5, 5), np.uint8)) > 0
    return float(np.corrcoef(laid.mean(axis=2)[inside], edit.mean(axis=2)[inside])[0, 1])


@pytest.mark.parametrize("name", [name for name in still_edits.ALL if name != "negative"])
def test_the_original_lies_where_the_truth_says(name: str) -> None:
    original = blobs(0)
    edited = still_edits.edit(name, original, key="a", strangers=STRANGERS)
    covered = name == "strong_glare" or name in still_edits.GROUPS["covered"]
    assert agreement(original, edited.rgb, edited.truth) > (0.3 if covered else 0.7)


def test_a_mirrored_picture_turned_clockwise_is_told_as_that() -> None:
    truth = Placed.of(blobs(0)).mirrored().turned(1).scaled(0.5).truth()
    assert truth.mirrored
    assert truth.rotation_degrees == pytest.approx(90)
    assert truth.scale == pytest.approx(0.5)


def test_a_crop_shows_its_share_of_the_original() -> None:
    truth = still_edits.edit("crop_20", blobs(0), key="a", strangers=()).truth
    assert overlap(truth.region, ((0, 0), (1, 0), (1, 1), (0, 1))) == pytest.approx(0.2, abs=0.01)


def test_the_same_name_and_key_give_the_same_pixels() -> None:
    first, again = (still_edits.edit("stickers", blobs(0), key="a", strangers=()) for _ in range(2))
    assert np.array_equal(first.rgb, again.rgb)


@pytest.mark.parametrize("kind", overlays.KINDS)
def test_an_overlay_is_the_same_on_every_picture(kind: str) -> None:
    design = overlays.design(kind, 0)
    flat = [np.full((480, 640, 3), level, np.uint8) for level in (60, 120)]
    dark, light = (design(Placed.of(rgb)).rgb for rgb in flat)
    difference = light.astype(int) - dark
    assert difference.max() == 60
    assert difference.min() < 0.75 * 60
    assert 0.01 < (difference < 0.75 * 60).mean() < 0.9


def test_a_faster_clip_shows_the_frames_the_truth_names(tmp_path: Path) -> None:
    pictures = [np.full((64, 64, 3), n, np.uint8) for n in range(250)]
    footage.write(tmp_path / "source.mp4", pictures, Fraction(25), crf=10)
    (video,) = footage.load(tmp_path)
    (tmp_path / "out").mkdir()
    clip = clip_edits.make("faster_150", [video], 0, tmp_path / "out")
    (segment,) = clip.segments
    (made,) = footage.load(tmp_path / "out")
    times = np.arange(0.1, 2.9, 0.1)
    shown = np.array([rgb.mean() for rgb in footage.sampled(made, times)])
    # Frame n is as bright as n: 25 levels of grey are one second.
    named = 25 * (segment.found_start + times * segment.speed)
    assert np.abs(shown - named).max() < 4


def test_outlines_that_nearly_coincide_overlap_wholly() -> None:
    whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    nearly = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.9999), (0.0, 1.0))
    half = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    assert overlap(whole, nearly) == pytest.approx(1, abs=0.01)
    assert overlap(whole, half) == pytest.approx(0.5, abs=0.01)
