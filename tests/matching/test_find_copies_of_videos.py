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
RATE = 8


@pytest.fixture(scope="module")
def film(scene):
    """A camera that pans slowly over a wide scene: film(seed, t) is its frame at t seconds."""
    wide = {}

    def frame(seed: int, time: float) -> np.ndarray:
        if seed not in wide:
            wide[seed] = scene(seed, 1600, 360)
        x = int(60 * time + 40 * np.sin(time))
        return wide[seed][:, x : x + 480]

    return frame


@pytest.fixture(scope="module")
def archive(film, view) -> CopyFinder:
    finder = CopyFinder()
    for seed in range(6):
        views = [view(film(seed, t), time=Fraction(t)) for t in range(LENGTH)]
        finder.add(f"film-{seed}", views, duration=float(LENGTH))
    return finder


@pytest.fixture
def ask(view):
    """Ask for a clip given as pieces: functions from seconds to frame, with the length of each."""

    def find(finder, *pieces):
        frames, starts, time = [], set(), 0.0
        for frame_at, length in pieces:
            starts.add(len(frames))
            frames += [(time + n / RATE, frame_at(n / RATE)) for n in range(round(length * RATE))]
            time += length
        chosen = sorted(starts | set(range(0, len(frames), RATE)))
        views = [
            replace(
                view(frames[n][1], QUERY, Fraction(frames[n][0]).limit_denominator(1000)),
                starts_shot=n in starts,
            )
            for n in chosen
        ]
        return find_copies(finder, views, duration=time, frames=lambda a, b: _between(frames, a, b))

    return find


def _between(frames, start, end):
    return [TimedPicture(time=t, picture=small_picture(rgb, QUERY)) for t, rgb in frames if start <= t < end]


def copies(matches):
    return [match for match in matches if match.score >= ACCEPT_SCORE]


def test_a_clip_is_found_with_its_place_in_time(archive, ask, film) -> None:
    (match,) = copies(ask(archive, (lambda t: film(2, 4.6 + t), 3)))
    assert (match.item, match.relation) == ("film-2", "part-of")
    (segment,) = match.segments
    assert segment.found_start == pytest.approx(4.6, abs=0.3)
    assert segment.found_end == pytest.approx(7.6, abs=0.3)
    assert segment.speed == pytest.approx(1, rel=0.05)


def test_a_mirrored_clip_is_found_and_said_to_be_mirrored(archive, ask, film) -> None:
    (match,) = copies(ask(archive, (lambda t: film(3, 2.3 + t)[:, ::-1], 3)))
    assert (match.item, match.mirrored) == ("film-3", True)
    assert match.segments[0].found_start == pytest.approx(2.3, abs=0.3)


def test_a_faster_clip_is_found_with_its_speed(archive, ask, film) -> None:
    (match,) = copies(ask(archive, (lambda t: film(1, 2.2 + 1.5 * t), 4)))
    assert match.item == "film-1"
    assert match.segments[0].speed == pytest.approx(1.5, rel=0.05)


def test_a_compilation_gives_one_segment_for_each_piece(archive, ask, film) -> None:
    pieces = [(lambda t: film(0, 1.4 + t), 3), (lambda t: film(4, 6.2 + t), 3), (lambda t: film(0, 8 + t), 3)]
    found = {match.item: match.segments for match in copies(ask(archive, *pieces))}
    assert set(found) == {"film-0", "film-4"}
    assert [s.query_start for s in found["film-0"]] == pytest.approx([0, 6], abs=0.2)
    assert [s.found_start for s in found["film-0"]] == pytest.approx([1.4, 8], abs=0.3)
    assert [(s.query_start, s.query_end) for s in found["film-4"]] == [pytest.approx((3, 6), abs=0.2)]


def test_a_shot_that_dissolves_into_the_next_is_placed_without_it(archive, film, view) -> None:
    """The dissolve of 3.0 to 3.3 s is noticed at 3.6 s, as the cut of the views has it."""

    def shown(time: float) -> np.ndarray:
        share = float(np.clip((time - 3.0) / 0.3, 0, 1))
        one, other = film(0, 1.4 + time), film(4, 3.2 + time)
        return cv2.addWeighted(one, 1 - share, other, share, 0)

    frames = [(n / 25, shown(n / 25)) for n in range(165)]
    views = [
        replace(view(shown(time), QUERY, Fraction(round(time * 25), 25)), starts_shot=time in (0, 3.6))
        for time in (0, 1, 2, 3, 3.6, 4.6, 5.6)
    ]
    matches = find_copies(archive, views, duration=6.6, frames=lambda a, b: _between(frames, a, b))
    found = {match.item: match.segments for match in copies(matches)}
    assert set(found) == {"film-0", "film-4"}
    (one,), (other,) = found["film-0"], found["film-4"]
    assert one.found_start == pytest.approx(1.4, abs=0.3)
    assert one.query_end < 3.3
    assert 3.25 < other.query_start < 3.58
    assert other.found_start - other.query_start == pytest.approx(3.2, abs=0.3)


def test_a_frame_finds_its_video_and_its_second(archive, view, film) -> None:
    (match,) = copies(find_copies(archive, [view(film(5, 7.0), QUERY)]))
    assert (match.item, match.relation) == ("film-5", "part-of")
    assert match.segments[0].found_start == pytest.approx(7, abs=0.5)


def test_a_video_that_is_not_there_finds_nothing(archive, ask, film) -> None:
    assert copies(ask(archive, (lambda t: film(77, 3 + t), 3))) == []


def test_the_same_tripod_at_another_moment_is_no_copy(ask, scene, view) -> None:
    still = scene(300, 480, 360)

    def street(walker: int, time: float) -> np.ndarray:
        rng = np.random.default_rng(walker)
        frame = still.copy()
        for lane in range(4):
            x = int(rng.uniform(0, 400) + rng.uniform(-60, 60) * time) % 480
            cv2.circle(frame, (x, 60 + 80 * lane), 28, tuple(int(v) for v in rng.integers(0, 256, 3)), -1)
        return frame

    finder = CopyFinder()
    finder.add(
        "street", [view(street(1, t), time=Fraction(t)) for t in range(LENGTH)], duration=float(LENGTH)
    )
    matches = ask(finder, (lambda t: street(2, 20 + t), 3))
    assert copies(matches) == []
    assert [match.note for match in matches] == [OTHER_MOMENT]
    (match,) = copies(ask(finder, (lambda t: street(1, 5.4 + t), 3)))
    assert match.segments[0].found_start == pytest.approx(5.4, abs=0.3)


def test_black_frames_are_no_copies_of_each_other(ask, film, view) -> None:
    def fading(seed: int):
        return lambda t: film(seed, t) if t >= 2 else np.zeros((360, 480, 3), np.uint8)

    finder = CopyFinder()
    frame = fading(5)
    finder.add("film-5", [view(frame(t), time=Fraction(t)) for t in range(8)], duration=8.0)
    assert copies(ask(finder, (fading(6), 4))) == []
