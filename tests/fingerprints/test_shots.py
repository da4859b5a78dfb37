"""Shots in looks whose cuts are known."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.made_media import picture
from verify.fingerprints.shots import ShotFinder

Look = NDArray[np.uint8]


def scene(seed: int, frames: int, *, speed: float = 0.4) -> list[Look]:
    """Pan slowly over a picture, with a little noise, as small grey looks."""
    wide = cv2.cvtColor(picture(seed, 960, 360), cv2.COLOR_RGB2GRAY)
    noise = np.random.default_rng(seed)
    looks = []
    for number in range(frames):
        left = abs(int(number * speed * 10) % 640 - 320)
        look = cv2.resize(wide[:, left : left + 640], (64, 36), interpolation=cv2.INTER_AREA)
        looks.append(np.clip(look + noise.integers(-2, 3, look.shape), 0, 255).astype(np.uint8))
    return looks


def starts(looks: list[Look], rate: int = 25, *, jump_cuts: bool = False) -> list[float]:
    finder = ShotFinder(jump_cuts=jump_cuts)
    found = [finder.look(Fraction(number, rate), look) for number, look in enumerate(looks)]
    return sorted(float(start) for start in (*found, finder.finish()) if start is not None)


def interview(times: range) -> list[Look]:
    """A head that moves before one wall."""
    wall = scene(6, 1)[0]
    looks = []
    for time in times:
        x, y = round(22 + 14 * np.sin(time / 20)), round(12 + 6 * np.sin(time / 13))
        looks.append(cv2.rectangle(wall.copy(), (x, y), (x + 9, y + 9), 60, -1))
    return looks


def blend(one: list[Look], other: list[Look]) -> list[Look]:
    shares = np.linspace(0, 1, len(one) + 2)[1:-1]
    return [
        cv2.addWeighted(a, 1 - share, b, share, 0) for a, b, share in zip(one, other, shares, strict=True)
    ]


def test_one_scene_is_one_shot() -> None:
    assert starts(scene(1, 100)) == [0]


def test_hard_cuts_start_shots_at_their_very_frame() -> None:
    looks = [look for seed in range(5) for look in scene(seed, 30)]
    assert starts(looks) == [0, 1.2, 2.4, 3.6, 4.8]


def test_a_jump_cut_starts_a_shot_where_these_are_looked_for() -> None:
    looks = interview(range(50)) + interview(range(90, 140))
    assert starts(looks) == [0]
    assert starts(looks, jump_cuts=True) == [0, 2.0]


def test_no_jump_cut_is_seen_in_what_moves_evenly_or_stands_for_a_frame() -> None:
    assert starts(interview(range(100)), jump_cuts=True) == [0]
    assert starts(scene(3, 100, speed=2.0), jump_cuts=True) == [0]
    assert starts([look for look in interview(range(0, 200, 2)) for _ in (1, 2)], jump_cuts=True) == [0]


def test_a_cut_near_the_end_is_found() -> None:
    assert starts(scene(1, 50) + scene(2, 3)) == [0, 2.0]


def test_slides_of_one_frame_a_second_are_shots() -> None:
    slides = [scene(seed, 1)[0] for seed in range(4)]
    assert starts(slides, rate=1) == [0, 1, 2, 3]


def test_a_flash_of_three_frames_is_no_cut() -> None:
    looks = scene(3, 100)
    for number in (40, 41, 42):
        looks[number] = np.clip(looks[number].astype(int) + 140, 0, 255).astype(np.uint8)
    assert starts(looks) == [0]


def test_a_flash_that_begins_faintly_is_no_cut() -> None:
    looks = scene(3, 100)
    for number, light in ((40, 25), (41, 140), (42, 140)):
        looks[number] = np.clip(looks[number].astype(int) + light, 0, 255).astype(np.uint8)
    assert starts(looks) == [0]


def test_what_changes_just_before_a_cut_does_not_hide_it() -> None:
    changed = [look.copy() for look in [scene(1, 1)[0]] * 50]
    for look in changed[48:]:
        look[6:24, 6:30] = 255 - look[6:24, 6:30]
    assert starts(changed + scene(2, 60, speed=3.0)) == [0, 2.0]


def test_a_light_that_is_switched_on_is_no_cut() -> None:
    looks = scene(6, 100)
    lit = [np.clip(look * 0.5, 0, 255).astype(np.uint8) for look in looks[:50]] + looks[50:]
    assert starts(lit) == [0]


def test_fast_movement_is_no_cut() -> None:
    assert starts(scene(7, 40) + scene(7, 80, speed=3.0)[40:]) == [0]


def test_a_dissolve_of_one_second_starts_a_shot_at_its_end() -> None:
    still_one, still_other = [scene(8, 1)[0]] * 125, [scene(9, 1)[0]] * 125
    looks = still_one[:50] + blend(still_one[:25], still_other[:25]) + still_other[:50]
    found = starts(looks)
    assert len(found) == 2
    assert 2.4 <= found[1] <= 3.6


def test_a_quick_dissolve_between_moving_pictures_starts_a_shot() -> None:
    one, other = scene(12, 60, speed=0.15), scene(13, 60, speed=0.15)
    found = starts(one[:50] + blend(one[50:58], other[:8]) + other[8:])
    assert len(found) == 2
    assert 2.0 <= found[1] <= 2.9


def test_a_fade_through_black_starts_one_shot() -> None:
    one, other, black = scene(10, 1) * 40, scene(11, 1) * 40, [np.zeros((36, 64), np.uint8)] * 15
    looks = one + blend(one[:15], black) + black + blend(black, other[:15]) + other
    found = starts(looks)
    assert len(found) == 2
    assert 2.2 <= found[1] <= 4.4


def test_a_change_of_size_starts_a_shot() -> None:
    narrow = [cv2.resize(look, (36, 64)) for look in scene(1, 20)]
    assert starts(scene(1, 20) + narrow) == [0, 0.8]
