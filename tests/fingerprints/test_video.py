"""Frame samples of videos whose content is known, and of Meta's vPDQ videos."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.made_media import picture, write_video
from verify.fingerprints.image_hash import fingerprint
from verify.fingerprints.video import SampledVideo, sample_video
from verify.media.files import open_media
from verify.media.frames import Frame, Video
from verify.media.headers import VideoHeader
from verify.media.videos import open_video


def sampled(path: Path, *, max_samples: int = 600, exact: bool = False) -> SampledVideo:
    with open_media(path) as media, open_video(media, exact=exact) as video:
        return sample_video(video, max_samples=max_samples, exact=exact)


class DrawnFrame(Frame):
    """A frame drawn by the test."""

    def __init__(self, time: Fraction, rgb: NDArray[np.uint8]) -> None:
        self.time, self._rgb = time, rgb

    def luma(self, longest_side: int) -> NDArray[np.uint8]:
        return cv2.cvtColor(cv2.resize(self._rgb, (longest_side, longest_side)), cv2.COLOR_RGB2GRAY)

    def rgb(self, longest_side: int | None = None) -> NDArray[np.uint8]:
        return self._rgb


class Drawn(Video):
    """A video of drawn pictures, one for each of the given times, without a file or a known length."""

    header = VideoHeader(format="mp4")

    def __init__(self, times: list[Fraction], *, pictures: int) -> None:
        self._times = times
        self._pictures = [picture(seed, 80, 80) for seed in range(pictures)]

    def frames(self) -> Iterator[Frame]:
        for number, time in enumerate(self._times):
            yield DrawnFrame(time, self._pictures[number * len(self._pictures) // len(self._times)])

    @property
    def duration(self) -> Fraction | None:
        return self._times[-1] - self._times[0] + 1 if self._times else None


class Panned(Drawn):
    """The same with a picture of its own for each time."""

    def __init__(self, times: list[Fraction], pictures: list[NDArray[np.uint8]]) -> None:
        super().__init__(times, pictures=0)
        self._pictures = pictures


def times_of(video: SampledVideo) -> list[float]:
    return [float(view.time) for view in video.views]


def test_moving_pictures_give_a_sample_a_second_at_least(tmp_path: Path) -> None:
    found = sampled(write_video(tmp_path / "pan.mp4", [1], seconds_each=8))
    times = times_of(found)
    assert times[0] == 0
    assert all(later - earlier <= 1 for earlier, later in pairwise(times))
    assert found.duration == 8


def test_a_pan_gives_two_samples_a_second_where_it_is_fast() -> None:
    wide, ticks = picture(3, 1600, 80), [Fraction(number, 10) for number in range(80)]
    slow = sample_video(Panned(ticks, [wide[:, number : number + 120] for number in range(80)]))
    fast = sample_video(Panned(ticks, [wide[:, 16 * number :][:, :120] for number in range(80)]))
    assert len(slow.views) <= 9
    assert len(fast.views) >= 12
    assert min(later - earlier for earlier, later in pairwise(times_of(fast)[:-1])) >= 0.5


def test_noise_in_the_dark_is_no_other_picture() -> None:
    rng, ticks = np.random.default_rng(0), [Fraction(number, 10) for number in range(80)]
    dark = sample_video(Panned(ticks, [rng.integers(0, 3, (80, 80, 3), np.uint8) for _ in ticks]))
    assert len(dark.views) <= 3


def test_every_shot_has_its_first_frame_among_the_samples(tmp_path: Path) -> None:
    found = sampled(write_video(tmp_path / "cuts.mp4", [1, 2, 3, 4], seconds_each=2))
    assert [(float(shot.start), float(shot.end)) for shot in found.shots] == [(0, 2), (2, 4), (4, 6), (6, 8)]
    assert [float(view.time) for view in found.views if view.starts_shot] == [0, 2, 4, 6]


def test_samples_are_hashed_as_the_frames_that_they_are(tmp_path: Path) -> None:
    path = write_video(tmp_path / "pan.mp4", [5], seconds_each=3)
    found = sampled(path, exact=True)
    with open_media(path) as media, open_video(media, exact=True) as video:
        frames = {frame.time: frame.rgb() for frame in video.frames()}
    for view in found.views:
        assert view.fingerprints == fingerprint(frames[view.time], exact=True)
        assert view.thumbnail.startswith(b"\xff\xd8")


def test_a_slideshow_gives_few_samples_and_one_for_each_slide() -> None:
    slides = Drawn([Fraction(second) for second in range(600)], pictures=20)
    found = sample_video(slides)
    assert len(found.shots) == 20
    assert 120 <= len(found.views) <= 160
    assert all(later - earlier <= 5 for earlier, later in pairwise(times_of(found)))


def test_a_long_video_is_sampled_thinner_to_its_end_and_evenly() -> None:
    hours = Drawn([Fraction(second) for second in range(6000)], pictures=3000)
    found = sample_video(hours, max_samples=50)
    times = times_of(found)
    assert 20 <= len(times) <= 50
    assert times[0] == 0
    assert times[-1] > 5700
    assert max(later - earlier for earlier, later in pairwise(times)) <= 300


def test_no_video_gives_more_than_the_limit_of_samples() -> None:
    strobe = Drawn([Fraction(number, 2) for number in range(500)], pictures=500)
    for limit in (2, 7, 100):
        assert len(sample_video(strobe, max_samples=limit).views) <= limit


def test_a_video_of_one_frame_is_one_sample_and_one_shot() -> None:
    found = sample_video(Drawn([Fraction(3)], pictures=1))
    assert times_of(found) == [3]
    assert [(shot.start, shot.end) for shot in found.shots] == [(3, 4)]


def test_times_may_be_negative() -> None:
    found = sample_video(Drawn([Fraction(-1, 2), Fraction(1, 4)], pictures=1))
    assert times_of(found)[0] == -0.5


def test_an_animated_gif_is_sampled_like_any_video(tmp_path: Path) -> None:
    slides = [Image.fromarray(picture(seed, 120, 90)) for seed in range(3)]
    path = tmp_path / "slides.gif"
    slides[0].save(path, save_all=True, append_images=slides[1:], duration=1000)
    found = sampled(path)
    assert times_of(found) == [0, 1, 2]
    assert len(found.shots) == 3


def test_bars_of_a_video_are_measured(tmp_path: Path) -> None:
    found = sampled(write_video(tmp_path / "plain.mp4", [1, 2], seconds_each=2))
    values = {value.key: value.value for value in found.measurements}
    assert values["border_top"] == 0
    assert 40 < float(values["mean_luma"]) < 215


@pytest.mark.corpus
@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    "name", ["chair-19-sd-bar", "doorknob-hd-no-bar", "pattern-sd-grey-bar", "test-padded-dimensions"]
)
def test_samples_agree_with_vpdq_at_their_times(corpus: Path, name: str, exact: bool) -> None:
    folder = corpus / "vectors" / "vpdq"
    rows = [line.split(",") for line in (folder / f"{name}.txt").read_text().split()]
    reference = {round(float(seconds), 2): (int(quality), pdq) for _, quality, pdq, seconds in rows}
    tested = 0
    for view in sampled(folder / f"{name}.mp4", exact=exact).views:
        quality, pdq = reference[round(float(view.time), 2)]
        if quality >= 50:
            tested += 1
            assert (int(pdq, 16) ^ int(view.fingerprints.pdq.hex, 16)).bit_count() <= 10, float(view.time)
    assert tested
