from __future__ import annotations

import pickle

import cv2
import numpy as np
import pytest

from verify.fingerprints import local_features
from verify.fingerprints.local_features import (
    MIRRORED,
    NEGATED,
    QUERY,
    codes_of,
    extract,
    places_of,
    reordered,
)


def scene(seed: int = 1, width: int = 640, height: int = 480) -> np.ndarray:
    """A picture with shapes of every size, unlike any other seed's."""
    rng = np.random.default_rng(seed)
    canvas = np.full((height, width, 3), rng.integers(60, 200, 3), np.uint8)
    for _ in range(160):
        centre = tuple(int(v) for v in rng.uniform(0, 1, 2) * (width, height))
        axes = tuple(int(v) for v in rng.uniform(4, 60, 2))
        colour = tuple(int(v) for v in rng.integers(0, 256, 3))
        cv2.ellipse(
            canvas, centre, axes, float(rng.uniform(0, 180)), 0, float(rng.uniform(90, 360)), colour, -1
        )
    return cv2.GaussianBlur(canvas, (0, 0), 1.0)


def nearest(asked: np.ndarray, stored: np.ndarray) -> np.ndarray:
    differs = np.unpackbits(asked[:, None] ^ stored[None], axis=2)
    return differs.sum(axis=2).min(axis=1)


def test_a_stored_view_takes_at_most_five_kilobytes() -> None:
    features = extract(scene())
    assert features.count == 200
    assert features.size_bytes <= 5 * 1024


def test_a_query_is_looked_at_more_closely_than_a_stored_view() -> None:
    assert extract(scene(), QUERY).count > extract(scene()).count


def test_the_same_picture_gives_the_same_features_every_time_and_survives_pickling() -> None:
    features = extract(scene())
    assert extract(scene()) == features
    assert pickle.loads(pickle.dumps(features)) == features


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (16, 16), (64, 48)])
def test_tiny_and_thin_pictures_have_features_that_can_be_read_back(size: tuple[int, int]) -> None:
    features = extract(scene(width=size[0], height=size[1]))
    assert len(codes_of(features)) == len(places_of(features)) == features.count
    assert local_features.picture_of(features).size > 0


def test_a_flat_picture_has_no_keypoints() -> None:
    features = extract(np.full((200, 300, 3), 90, np.uint8))
    assert features.count == 0
    assert codes_of(features).shape == (0, 16)


def test_codes_of_the_mirrored_picture_are_reordered_codes_of_the_picture() -> None:
    plain, mirrored = extract(scene()), extract(np.ascontiguousarray(scene()[:, ::-1]))
    apart = nearest(reordered(codes_of(plain), MIRRORED), codes_of(mirrored))
    assert np.median(apart) <= 8
    assert np.median(nearest(codes_of(plain), codes_of(mirrored))) > 20


def test_codes_of_the_negative_are_reordered_codes_of_the_picture() -> None:
    plain, negative = extract(scene()), extract(255 - scene())
    apart = nearest(reordered(codes_of(plain), NEGATED), codes_of(negative))
    assert np.median(apart) <= 8


def test_keypoints_keep_their_place_to_a_five_hundredth_of_the_longest_side() -> None:
    picture = np.zeros((300, 400, 3), np.uint8)
    cv2.circle(picture, (100, 225), 9, (255, 255, 255), -1)
    places = places_of(extract(picture))
    off = np.hypot(places[:, 0] - 100 / 400, places[:, 1] - 225 / 400)
    assert off.min() < 1 / 200


def test_keypoints_are_left_for_the_quiet_half_of_a_busy_picture() -> None:
    busy = np.random.default_rng(5).integers(0, 256, (400, 400, 3)).astype(np.uint8)
    picture = cv2.GaussianBlur(scene(width=800, height=400), (0, 0), 3)
    picture[:, 400:] = cv2.GaussianBlur(busy, (0, 0), 1.2)
    x = places_of(extract(picture))[:, 0]
    assert (x < 0.5).sum() >= 40
