from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from verify.fingerprints.local_features import QUERY, small_picture
from verify.matching.alignment import TimedPicture
from verify.matching.copies import find_copies
from verify.matching.finder import CopyFinder

LENGTH = 12
RATE = 20


@pytest.fixture(scope="module")
def footage(scene):
    """A camera that pans unevenly: footage(t) is its frame at t seconds."""
    wide = scene(41, 1600, 400)

    def frame(time: float) -> np.ndarray:
        x, y = int(70 * time + 30 * np.sin(1.7 * time)), int(20 + 12 * np.sin(2.3 * time))
        return wide[y : y + 360, x : x + 480]

    return frame


@pytest.fixture(scope="module")
def archive(footage, view) -> CopyFinder:
    finder = CopyFinder()
    views = [view(footage(t), time=Fraction(t)) for t in range(LENGTH)]
    finder.add("footage", views, duration=float(LENGTH))
    return finder


def frames_of(frame_at, length):
    times = [n / RATE for n in range(round(length * RATE))]

    def between(start: float, end: float) -> list[TimedPicture]:
        return [
            TimedPicture(time=t, picture=small_picture(frame_at(t), QUERY)) for t in times if start <= t < end
        ]

    return between


@pytest.fixture
def ask(archive, footage, view):
    def find(frame_at, length):
        views = [view(frame_at(t), QUERY, Fraction(t)) for t in range(int(length))]
        found = frames_of(footage, LENGTH)
        (match,) = find_copies(
            archive,
            views,
            duration=float(length),
            frames=frames_of(frame_at, length),
            found_frames=lambda _, start, end: found(start, end),
        )
        return match

    return find


@pytest.mark.parametrize("speed", [1.0, 0.8, 1.25])
def test_a_mirrored_crop_from_a_moving_camera_is_placed_to_a_tenth_of_a_second(ask, footage, speed) -> None:
    match = ask(lambda t: footage(3.37 + speed * t)[30:300, 60:400][:, ::-1], 4)
    (segment,) = match.segments
    assert match.mirrored
    assert segment.speed == pytest.approx(speed, rel=0.03)
    assert segment.found_start == pytest.approx(3.37, abs=0.12)
    assert segment.found_end == pytest.approx(3.37 + 4 * speed, abs=0.12)


def test_other_material_before_and_after_a_piece_is_not_part_of_its_segment(ask, footage, scene) -> None:
    other = scene(99, 480, 360)

    def shown(time: float) -> np.ndarray:
        return footage(4 + time) if 2 <= time < 5 else np.roll(other, int(40 * time), axis=1)

    match = ask(shown, 7)
    (segment,) = match.segments
    assert match.relation == "contains"
    assert (segment.query_start, segment.query_end) == pytest.approx((2, 5), abs=0.3)
    assert (segment.found_start, segment.found_end) == pytest.approx((6, 9), abs=0.3)


def test_a_still_between_two_stored_samples_finds_its_frame(archive, footage, view) -> None:
    found = frames_of(footage, LENGTH)
    (match,) = find_copies(
        archive, [view(footage(6.45), QUERY)], found_frames=lambda _, start, end: found(start, end)
    )
    assert match.relation == "part-of"
    assert match.segments[0].found_start == pytest.approx(6.45, abs=0.06)
