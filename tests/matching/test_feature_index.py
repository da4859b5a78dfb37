from __future__ import annotations

import numpy as np
import pytest

from verify.matching import feature_index
from verify.matching.feature_index import FeatureIndex
from verify.records import LocalFeatures


def features(codes: np.ndarray) -> LocalFeatures:
    places = np.arange(len(codes), dtype="<u4").tobytes()
    return LocalFeatures(
        width=4, height=3, codes=codes.tobytes(), places=places, picture=bytes(12), picture_width=4
    )


@pytest.fixture(scope="module")
def views() -> list[LocalFeatures]:
    rng = np.random.default_rng(1)
    return [features(rng.integers(0, 256, (200, 16)).astype(np.uint8)) for _ in range(300)]


@pytest.fixture(scope="module")
def index(views) -> FeatureIndex:
    index = FeatureIndex()
    for start in range(0, len(views), 50):
        index.add(views[start : start + 50])
    return index


def test_a_code_finds_its_view_and_its_keypoint(index, views) -> None:
    code = np.frombuffer(views[123].codes, np.uint8).reshape(-1, 16)[[7]]
    hits = index.search(code, 20)
    assert (hits.view[0], hits.keypoint[0], hits.bits[0], hits.place[0]) == (123, 7, 0, 7)


def test_inverted_lists_find_nearly_all_that_brute_force_finds(index, views) -> None:
    assert sum(view.count for view in views) > feature_index.EXACT_UP_TO
    rng = np.random.default_rng(2)
    codes = np.concatenate([np.frombuffer(view.codes, np.uint8).reshape(-1, 16)[:3] for view in views])
    flips = np.zeros((len(codes), 128), np.uint8)
    for row in flips:
        row[rng.choice(128, 10, replace=False)] = 1
    hits = index.search(codes ^ np.packbits(flips, axis=1), 20)
    expected = np.repeat(np.arange(len(views)), 3)
    assert np.mean(np.isin(np.arange(len(codes)), hits.query[hits.view == expected[hits.query]])) > 0.6


def test_the_same_views_give_the_same_answers_however_they_were_added(index, views) -> None:
    at_once = FeatureIndex()
    at_once.add(views)
    codes = np.frombuffer(views[5].codes, np.uint8).reshape(-1, 16)
    one, other = index.search(codes, 50), at_once.search(codes, 50)
    assert len(at_once) == len(index)
    for name in ("query", "view", "keypoint", "bits", "place"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


def test_an_empty_index_finds_nothing() -> None:
    assert len(FeatureIndex().search(np.zeros((3, 16), np.uint8), 30).view) == 0


def test_views_without_keypoints_are_counted_and_never_found() -> None:
    index = FeatureIndex()
    index.add([features(np.zeros((0, 16), np.uint8)), features(np.full((1, 16), 9, np.uint8))])
    assert len(index) == 2
    assert index.search(np.full((1, 16), 9, np.uint8), 5).view.tolist() == [1]
