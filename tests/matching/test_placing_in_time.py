from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest
from asking import find_copies

from verify.fingerprints.local_features import QUERY, small_picture
from verify.matching.alignment import TimedPicture
from verify.matching.claims import ACCEPT_SCORE
from verify.matching.finder import CopyFinder
from verify.matching.pieces import OTHER_MOMENT

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


def test_footage_that_begins_as_the_stored_one_ends_is_a_weak_lead(ask, footage) -> None:
    match = ask(lambda t: footage(LENGTH - 0.35 + t), 4)
    assert match.score < ACCEPT_SCORE
    assert match.note == OTHER_MOMENT


def test_a_still_between_two_stored_samples_finds_its_frame(archive, footage, view) -> None:
    found = frames_of(footage, LENGTH)
    (match,) = find_copies(
        archive, [view(footage(6.45), QUERY)], found_frames=lambda _, start, end: found(start, end)
    )
    assert match.relation == "part-of"
    assert match.segments[0].found_start == pytest.approx(6.45, abs=0.06)


@pytest.fixture(scope="module")
def street(scene):
    """A camera that stands still over a crowd: street(crowd, t) is its frame at t seconds."""
    ground = scene(300, 480, 360)

    def frame(crowd: int, time: float) -> np.ndarray:
        rng, shown = np.random.default_rng(crowd), ground.copy()
        for lane in range(4):
            x = int(rng.uniform(0, 400) + rng.uniform(-60, 60) * time) % 480
            cv2.circle(shown, (x, 60 + 80 * lane), 28, tuple(int(v) for v in rng.integers(0, 256, 3)), -1)
        return shown

    return frame


@pytest.fixture
def ask_street(street, view):
    finder = CopyFinder()
    views = [view(street(1, t), time=Fraction(t)) for t in range(LENGTH)]
    finder.add("street", views, duration=float(LENGTH))
    found = frames_of(lambda time: street(1, time), LENGTH)
    return lambda rgb: find_copies(
        finder, [view(rgb, QUERY)], found_frames=lambda _, start, end: found(start, end)
    )


def test_a_still_of_a_camera_that_stands_still_finds_its_moment(ask_street, street) -> None:
    (match,) = ask_street(street(1, 6.45)[20:340, 30:450])
    assert match.score >= ACCEPT_SCORE
    assert match.segments[0].found_start == pytest.approx(6.45, abs=0.12)


@pytest.mark.parametrize("crowd", [3, 4])
def test_a_still_whose_moving_parts_agree_at_no_moment_is_a_weak_lead(ask_street, street, crowd) -> None:
    (match,) = ask_street(street(crowd, 30.0))
    assert match.score < ACCEPT_SCORE
    assert match.note == OTHER_MOMENT


def test_a_moment_that_agrees_among_others_that_do_not_is_a_weak_lead(street, view) -> None:
    finder = CopyFinder()
    stored = [view(street(1, t), time=Fraction(t)) for t in range(LENGTH)]
    finder.add("street", stored, duration=float(LENGTH))

    def shown(time: float) -> np.ndarray:
        return street(1, 4.5 + time) if 1.5 <= time < 1.9 else street(3, 30 + time)

    shots = (Fraction(0), Fraction(3, 2), Fraction(19, 10))
    found = frames_of(lambda time: street(1, time), LENGTH)
    (match,) = find_copies(
        finder,
        [replace(view(shown(float(t)), QUERY, t), starts_shot=True) for t in shots],
        duration=3.4,
        frames=frames_of(shown, 3.4),
        found_frames=lambda _, start, end: found(start, end),
    )
    assert match.score < ACCEPT_SCORE
    assert match.note == OTHER_MOMENT


def test_a_still_of_a_fast_hand_between_two_stored_samples_is_found(scene, view) -> None:
    ground, hand = scene(301, 480, 360), scene(302, 300, 360)

    def footage(time: float) -> np.ndarray:
        shown, x = ground.copy(), int(90 + 90 * np.sin(4 * time))
        shown[:, x : x + 300] = np.roll(hand, int(31 * time), axis=0)
        return shown

    finder = CopyFinder()
    stored = [view(footage(t), time=Fraction(t)) for t in range(LENGTH)]
    finder.add("hand", stored, duration=float(LENGTH))
    found = frames_of(footage, LENGTH)
    (match,) = find_copies(
        finder, [view(footage(6.45), QUERY)], found_frames=lambda _, start, end: found(start, end)
    )
    assert match.score >= ACCEPT_SCORE
    (left, top), _, (right, bottom), _ = match.region
    assert (right - left) * (bottom - top) > 0.9
    assert match.segments[0].found_start == pytest.approx(6.45, abs=0.06)


def asked_of(footage, shown, length, view, cuts=()):
    """Return the match of `length` seconds of shown(t) with an item of `LENGTH` seconds of footage(t).

    `cuts` are times at which a shot of the query begins, besides 0.
    """
    finder = CopyFinder()
    stored = [view(footage(t), time=Fraction(t)) for t in range(LENGTH)]
    finder.add("footage", stored, duration=float(LENGTH))
    found = frames_of(footage, LENGTH)
    times = sorted({*range(int(length)), *cuts})
    (match,) = find_copies(
        finder,
        [replace(view(shown(float(t)), QUERY, Fraction(t)), starts_shot=t in cuts) for t in times],
        duration=float(length),
        frames=frames_of(shown, length),
        found_frames=lambda _, start, end: found(start, end),
    )
    return match


@pytest.mark.parametrize(("crowd", "is_copy"), [(1, True), (3, False)])
def test_a_still_scene_filmed_off_a_screen_by_hand_is_told_by_what_moves_in_it(
    scene, view, crowd, is_copy
) -> None:
    ground = scene(303, 480, 360)

    def footage(time: float, crowd: int = 1) -> np.ndarray:
        rng, shown = np.random.default_rng(crowd), ground.copy()
        for lane in range(3):
            x = int(rng.uniform(0, 400) + rng.uniform(-60, 60) * time) % 480
            cv2.circle(shown, (x, 80 + 90 * lane), 16, (60, 60, 60), -1)
        return shown

    def filmed(time: float) -> np.ndarray:
        shake = 6 * np.sin(time * np.array([9.0, 7.0]))
        step = np.array([[1, 0, shake[0]], [0, 1, shake[1]]])
        return cv2.warpAffine(footage(4.5 + time, crowd), step, (480, 360))[20:340, 20:460]

    match = asked_of(footage, filmed, 3, view)
    assert (match.score >= ACCEPT_SCORE) == is_copy
    if is_copy:
        assert match.segments[0].found_start == pytest.approx(4.5, abs=0.12)


def test_a_clip_of_a_camera_that_stands_still_is_placed_though_a_view_far_away_looks_most_like_it(
    scene, view
) -> None:
    ground, walker = scene(304, 480, 360), scene(305, 120, 200)
    a_second = 8
    steps = np.random.default_rng(5).uniform(0, 360, a_second * LENGTH + 1)
    for asked, stored in enumerate((0, 1, 2)):
        steps[stored * a_second] = steps[int((5.5 + asked) * a_second)]

    def footage(time: float) -> np.ndarray:
        shown, x = ground.copy(), int(np.interp(time * a_second, np.arange(len(steps)), steps))
        shown[80:280, x : x + 120] = walker
        return shown

    match = asked_of(footage, lambda time: footage(5.5 + time), 3, view)
    assert match.score >= ACCEPT_SCORE
    assert match.segments[0].found_start == pytest.approx(5.5, abs=0.06)


@pytest.mark.parametrize(("crowd", "is_copy"), [(1, True), (3, False)])
def test_one_half_of_a_split_screen_is_told_by_what_moves_in_it_alone(
    street, scene, view, crowd, is_copy
) -> None:
    other = scene(306, 480, 360)

    def split(time: float) -> np.ndarray:
        beside = np.roll(other, int(140 * time), axis=0)[:, 120:360]
        return np.hstack([street(crowd, 4.5 + time)[:, 120:360], beside])

    match = asked_of(lambda time: street(1, time), split, 3, view)
    assert (match.score >= ACCEPT_SCORE) == is_copy
    assert is_copy == (match.note != OTHER_MOMENT)
    if is_copy:
        assert match.segments[0].found_start == pytest.approx(4.5, abs=0.12)


def test_a_slowed_clip_in_which_little_moves_is_placed_by_that_little(scene, view) -> None:
    ground = scene(307, 480, 360)

    def footage(time: float) -> np.ndarray:
        return cv2.circle(ground.copy(), (int(60 + 30 * time), 180), 34, (90, 90, 90), -1)

    match = asked_of(footage, lambda time: footage(5.3 + 0.8 * time), 4, view)
    (segment,) = match.segments
    assert segment.speed == pytest.approx(0.8, rel=0.05)
    assert segment.found_start == pytest.approx(5.3, abs=0.12)


@pytest.mark.parametrize(("said", "is_copy"), [(1, True), (2, False), (3, False)])
def test_a_head_that_speaks_at_another_moment_is_a_weak_lead(scene, view, said, is_copy) -> None:
    ground, face = scene(308, 480, 360), scene(309, 200, 300)

    def footage(time: float, said: int = 1) -> np.ndarray:
        rng, shown = np.random.default_rng(said), ground.copy()
        sway, speed, mouth = rng.uniform(0, 6, 3), rng.uniform(1, 3, 3), rng.uniform(6, 11)
        x, y = (int(14 * np.sin(sway[n] + speed[n] * time)) for n in range(2))
        head = face.copy()
        cv2.ellipse(head, (100, 220), (40, int(14 + 12 * np.sin(mouth * time))), 0, 0, 360, (20, 20, 60), -1)
        shown[40 + y : 340 + y, 240 + x : 440 + x] = head
        return shown

    match = asked_of(footage, lambda time: footage(4.5 + time, said), 3, view)
    assert (match.score >= ACCEPT_SCORE) == is_copy


def test_what_turns_fast_is_placed_in_the_right_turn(scene, view) -> None:
    ground, label = scene(310, 480, 360), scene(311, 240, 240)
    disc = np.hypot(*np.mgrid[-120:120, -120:120]) < 115

    def footage(time: float) -> np.ndarray:
        turned = cv2.warpAffine(label, cv2.getRotationMatrix2D((120, 120), 212 * time, 1), (240, 240))
        shown = ground.copy()
        shown[60:300, 120:360][disc] = turned[disc]
        return cv2.line(shown, (470, 10), (int(300 - 8 * time), 180), (0, 0, 0), 9)

    match = asked_of(footage, lambda time: footage(5.37 + time), 3, view)
    assert match.score >= ACCEPT_SCORE
    assert match.segments[0].found_start == pytest.approx(5.37, abs=0.06)


def test_a_short_shot_in_which_nothing_is_found_goes_on_along_the_line_of_the_next(footage, view) -> None:
    y, x = np.mgrid[:360, :480]

    def cut(time: float) -> np.ndarray:
        if time >= 5.5:
            return footage(time)
        grey = 120 + 50 * np.sin(x / 90 + 3 * time) * np.cos(y / 110 - 2 * time)
        return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)

    match = asked_of(cut, lambda time: cut(5 + time), 4, view, cuts=(Fraction(1, 2),))
    (segment,) = match.segments
    assert (segment.query_start, segment.query_end) == pytest.approx((0, 4), abs=0.1)
    assert segment.found_start == pytest.approx(5, abs=0.1)


def faded(time: float) -> float:
    return min(max((time - 5) / 1.8, 0.0), 1.0)


def black_for_a_while(time: float) -> float:
    return float(not 5.6 < time < 7.1)


@pytest.mark.parametrize("light", [faded, black_for_a_while])
def test_a_fade_and_a_black_second_are_part_of_the_segment(footage, view, light) -> None:
    def dimmed(time: float) -> np.ndarray:
        return np.rint(footage(time) * light(time)).astype(np.uint8)

    match = asked_of(dimmed, lambda time: dimmed(4.9 + time), 4, view)
    (segment,) = match.segments
    assert match.score >= ACCEPT_SCORE
    assert (segment.query_start, segment.query_end) == pytest.approx((0, 4), abs=0.25)
    assert segment.found_start == pytest.approx(4.9, abs=0.25)


def test_the_shake_of_a_hand_in_a_crop_of_fine_lines_tells_the_moment(view) -> None:
    ground = np.full((360, 640, 3), 200, np.uint8)
    for n in range(9):
        cv2.ellipse(ground, (60 + 70 * n, 180), (90, 60 + 9 * n), 20 * n, 0, 300, (40, 40, 40), 3)

    def footage(time: float) -> np.ndarray:
        shake = 2.5 * np.sin(time * np.array([13.0, 17.0])) * np.sin(1.3 * time)
        step = np.array([[1, 0, shake[0]], [0, 1, shake[1]]])
        return cv2.warpAffine(ground, step, (640, 360), borderMode=cv2.BORDER_REPLICATE)

    def cropped(time: float) -> np.ndarray:
        return cv2.resize(footage(5.5 + time)[40:300, 90:440], (320, 240), interpolation=cv2.INTER_AREA)

    match = asked_of(footage, cropped, 3, view)
    assert match.score >= ACCEPT_SCORE
    assert match.segments[0].found_start == pytest.approx(5.5, abs=0.06)


@pytest.mark.parametrize(("crowd", "is_copy"), [(1, True), (3, False)])
def test_what_moves_beside_pictures_that_change_in_a_corner_tells_the_moment(
    street, scene, view, crowd, is_copy
) -> None:
    corner = [scene(400 + n, 340, 340)[:190, :270] for n in range(12)]

    def shown(time: float) -> np.ndarray:
        frame = street(crowd, 4.5 + time).copy()
        frame[20:210, 200:470] = corner[int(4 * time)]
        return frame

    match = asked_of(lambda time: street(1, time), shown, 3, view)
    assert (match.score >= ACCEPT_SCORE) == is_copy
    assert is_copy == (match.note != OTHER_MOMENT)
    if is_copy:
        assert match.segments[0].found_start == pytest.approx(4.5, abs=0.12)


@pytest.mark.parametrize(("crowd", "is_copy"), [(1, True), (3, False)])
def test_a_clip_that_begins_with_a_frozen_frame_is_told_by_what_follows(scene, view, crowd, is_copy) -> None:
    ground = scene(313, 480, 360)

    def footage(time: float, crowd: int = 1) -> np.ndarray:
        rng, shown = np.random.default_rng(crowd), ground.copy()
        for lane in range(4):
            x = int(240 + 150 * np.sin(rng.uniform(3, 5) * time + rng.uniform(0, 6)))
            cv2.circle(shown, (x, 60 + 80 * lane), 28, (60, 60, 60), -1)
        return shown

    match = asked_of(footage, lambda time: footage(4.5 + max(time - 1.0, 0.0), crowd), 3, view)
    assert (match.score >= ACCEPT_SCORE) == is_copy
    assert is_copy == (match.note != OTHER_MOMENT)
    if is_copy:
        (segment,) = match.segments
        assert match.relation == "contains"
        assert (segment.query_start, segment.query_end) == pytest.approx((1, 3), abs=0.3)
        assert segment.found_end == pytest.approx(6.5, abs=0.12)


def test_a_shot_that_is_shown_twice_belongs_to_the_line_of_those_beside_it(scene, view) -> None:
    wide = {seed: scene(seed, 700, 360) for seed in (310, 311, 312)}

    def pan(seed: int, time: float) -> np.ndarray:
        x = int(60 * time + 20 * np.sin(5 * time))
        return wide[seed][:, x : x + 480]

    def footage(time: float) -> np.ndarray:
        for begun in (2.3, 8.0):
            if begun <= time < begun + 1:
                return pan(311, time - begun)
        return pan(310, (time - 1) % 2) if time < 5 else pan(312, time % 3)

    cuts = (Fraction(11, 10), Fraction(21, 10))
    match = asked_of(footage, lambda t: footage(1.2 + t), 3, view, cuts=cuts)
    (segment,) = match.segments
    assert (segment.query_start, segment.query_end) == pytest.approx((0, 3), abs=0.1)
    assert (segment.found_start, segment.found_end) == pytest.approx((1.2, 4.2), abs=0.1)


def test_the_speed_of_short_shots_in_which_one_thing_happens_is_told_by_what_lies_between(
    scene, view
) -> None:
    scenes = [scene(320 + n, 480, 360) for n in range(LENGTH)]

    def footage(time: float) -> np.ndarray:
        shown = scenes[int(time)].copy()
        cv2.circle(shown, (120 if time % 1 < 0.5 else 300, 180), 60, (250, 250, 250), -1)
        return shown

    cuts = (Fraction(4, 5), Fraction(8, 5))
    match = asked_of(footage, lambda t: footage(3 + 1.25 * t), 2.4, view, cuts=cuts)
    (segment,) = match.segments
    assert segment.speed == pytest.approx(1.25, rel=0.05)
    assert (segment.found_start, segment.found_end) == pytest.approx((3, 6), abs=0.2)
