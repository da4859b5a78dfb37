from __future__ import annotations

import numpy as np
import pytest

import patterns
from verify.fingerprints.local_features import QUERY
from verify.matching.pairs import features_of, side_of
from verify.matching.repeats import repeated


@pytest.mark.parametrize("kind", patterns.PRINTS)
def test_nearly_all_of_a_wallpaper_is_repeated(view, kind) -> None:
    side = side_of(features_of(view(patterns.wallpaper(kind, 7), QUERY)))
    assert repeated(side).mean() > 0.9


def test_hardly_anything_is_of_a_picture_that_shows_each_thing_once(view, scene) -> None:
    side = side_of(features_of(view(scene(3), QUERY)))
    assert repeated(side).mean() < 0.5


def test_a_picture_without_keypoints_repeats_nothing(view) -> None:
    side = side_of(features_of(view(np.full((200, 300, 3), 128, np.uint8), QUERY)))
    assert repeated(side).shape == (0,)
