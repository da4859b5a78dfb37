"""Animated pictures are walked like videos: all frames, drawn as shown, at their times, within budgets."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.picture_bombs import gif, growing_gif
from verify.errors import UnreadableMedia
from verify.media.files import open_media
from verify.media.limits import CHEAP_ANIMATION_PIXELS
from verify.media.videos import open_video

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
LENGTHS = [200, 50, 400, 120]


def animation(path: Path, *, lengths: list[int] = LENGTHS, size: tuple[int, int] = (48, 32)) -> Path:
    frames = [Image.new("RGB", size, colour) for colour in COLOURS[: len(lengths)]]
    options = {"lossless": True} if path.suffix == ".webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=lengths, **options)
    return path


@pytest.mark.parametrize("suffix", ["gif", "webp", "png", "avif"])
def test_frames_have_their_pictures_and_times(tmp_path: Path, suffix: str) -> None:
    with open_media(animation(tmp_path / f"a.{suffix}")) as media, open_video(media) as video:
        frames = [(frame.time, frame.rgb().mean(axis=(0, 1))) for frame in video.frames()]
        assert [time * 1000 for time, _ in frames] == [0, 200, 250, 650]
        assert all(np.abs(mean - colour).max() < 8 for (_, mean), colour in zip(frames, COLOURS, strict=True))
        assert video.duration == Fraction(770, 1000)
        assert video.variable_frame_rate
        assert (video.width, video.height, video.frame_count) == (48, 32, 4)
        assert video.problems == ()
        assert video.header.format == suffix


def test_frames_that_claim_no_time_last_as_long_as_browsers_show_them(tmp_path: Path) -> None:
    path = animation(tmp_path / "a.gif", lengths=[0, 0, 10])
    with open_media(path) as media, open_video(media) as video:
        assert [frame.time for frame in video.frames()] == [0, Fraction(1, 10), Fraction(2, 10)]


def test_looks_and_reduced_pictures_keep_to_their_size(tmp_path: Path) -> None:
    with open_media(animation(tmp_path / "a.gif", size=(400, 200))) as media, open_video(media) as video:
        frame = next(video.frames())
        assert frame.luma(64).shape == (32, 64)
        assert frame.rgb(100).shape == (50, 100, 3)


def test_a_still_for_old_readers_is_not_a_frame(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    frames = [Image.new("RGB", (20, 20), colour) for colour in COLOURS]
    frames[0].save(path, save_all=True, append_images=frames[1:], default_image=True, duration=100)
    with open_media(path) as media, open_video(media) as video:
        assert [tuple(frame.rgb()[0, 0]) for frame in video.frames()] == COLOURS[1:]


def test_a_cut_animation_gives_the_frames_before_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    noise = np.random.default_rng(5).integers(0, 256, (8, 60, 80, 3), dtype=np.uint8)
    frames = [Image.fromarray(pixels) for pixels in noise]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with open_media(path) as media, open_video(media) as video:
        assert 2 <= len(list(video.frames())) <= 5
        assert [problem.code for problem in video.problems] == ["truncated"]
        assert video.partial


def test_a_flood_of_huge_frames_is_cut_at_the_budget(tmp_path: Path) -> None:
    path, side = tmp_path / "flood.gif", 4000
    frames = [Image.new("L", (2, 2), n) for n in range(60)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=50)
    content = bytearray(path.read_bytes())
    content[6:10] = side.to_bytes(2, "little") * 2  # the screen, on which each small frame is drawn
    path.write_bytes(content)
    with open_media(path) as media, open_video(media) as video:
        count = sum(1 for _ in video.frames())
        assert count <= CHEAP_ANIMATION_PIXELS // side**2 + 1
        assert [problem.code for problem in video.problems] == ["frame-limit"]
        assert video.partial


def noisy_gif(path: Path, side: int, *, frames: int, padding: int = 0) -> Path:
    """Write a GIF whose first frame is noise, and the others one pixel each."""
    target = io.BytesIO()
    Image.effect_noise((side, side), 60).save(target, "GIF")
    noise, dots = target.getvalue()[:-1], gif(side, side, frames=frames)
    path.write_bytes(noise + dots[dots.index(b"\x21\xf9") :] + bytes(padding))
    return path


def test_an_animation_with_as_many_bytes_as_its_pictures_need_is_walked_further(tmp_path: Path) -> None:
    side, frames = 2000, CHEAP_ANIMATION_PIXELS // 2000**2 + 9
    with open_media(noisy_gif(tmp_path / "a.gif", side, frames=frames)) as media, open_video(media) as video:
        assert sum(1 for _ in video.frames()) == frames + 1
        assert video.problems == ()


def test_bytes_that_hold_no_pixels_do_not_make_a_walk_longer(tmp_path: Path) -> None:
    path, side = tmp_path / "a.gif", 2000
    path.write_bytes(gif(side, side, frames=CHEAP_ANIMATION_PIXELS // side**2 + 20) + bytes(10_000_000))
    with open_media(path) as media, open_video(media) as video:
        assert sum(1 for _ in video.frames()) == CHEAP_ANIMATION_PIXELS // side**2 + 1
        assert [problem.code for problem in video.problems] == ["frame-limit"]


def test_a_huge_canvas_in_a_few_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    path.write_bytes(gif(5700, 5700, frames=3))
    with open_media(path) as media, pytest.raises(UnreadableMedia) as refusal, open_video(media):
        pass
    assert refusal.value.code == "bomb"


def test_an_animation_larger_than_the_budget_is_refused(tmp_path: Path) -> None:
    path = animation(tmp_path / "a.gif")
    content = bytearray(path.read_bytes())
    content[6:10] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    with (
        open_media(path) as media,
        pytest.raises(UnreadableMedia) as refusal,
        open_video(media) as video,
    ):
        list(video.frames())
    assert refusal.value.code == "bomb"


def test_a_gif_that_grows_beyond_the_budget_on_the_way_ends_there(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    path.write_bytes(growing_gif(8000, 5000, frames=3))
    with open_media(path) as media, open_video(media) as video:
        assert sum(1 for _ in video.frames()) == 2
        assert [problem.code for problem in video.problems] == ["bomb"]
        assert video.partial


def test_frames_that_grow_count_for_what_they_are(tmp_path: Path) -> None:
    path, width, height = tmp_path / "a.gif", 6000, 5000
    path.write_bytes(growing_gif(width, height, frames=40))
    with open_media(path) as media, open_video(media) as video:
        assert sum(1 for _ in video.frames()) <= CHEAP_ANIMATION_PIXELS // (width * height) + 3
        assert [problem.code for problem in video.problems] == ["frame-limit"]
