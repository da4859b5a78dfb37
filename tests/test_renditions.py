"""Pictures that any browser shows, made of what browsers do not."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pillow_heif
import pytest
from made_media import picture as made_picture
from made_media import write_video
from numpy.typing import NDArray
from PIL import Image

from verify import UnreadableMedia, examine, frames, picture


def opened(jpeg: bytes) -> NDArray[np.int16]:
    return np.asarray(Image.open(io.BytesIO(jpeg), formats=["JPEG"]).convert("RGB")).astype(np.int16)


@pytest.mark.parametrize("name", ["scan.tif", "press.jp2", "phone.heic"])
def test_a_still_that_browsers_do_not_show_becomes_a_jpeg_of_full_size(tmp_path: Path, name: str) -> None:
    smooth = cv2.resize(made_picture(5), (640, 480), interpolation=cv2.INTER_CUBIC)
    still = Image.fromarray(smooth)
    if name.endswith("heic"):
        pillow_heif.from_pillow(still).save(tmp_path / name, quality=95)
    else:
        still.save(tmp_path / name)
    drawn = opened(picture(tmp_path / name))
    assert drawn.shape == (480, 640, 3)
    assert np.abs(drawn - smooth).mean() < 4


def test_a_large_still_is_shrunk_to_the_side_that_was_asked_for(tmp_path: Path) -> None:
    Image.new("RGB", (900, 300), "teal").save(tmp_path / "wide.tif")
    assert opened(picture(tmp_path / "wide.tif", longest_side=300)).shape == (100, 300, 3)


def test_frames_are_those_at_the_exact_times_in_full_size(tmp_path: Path) -> None:
    video = write_video(tmp_path / "clip.mp4", [1, 2, 3])
    with av.open(video) as container:
        shown = {
            frame.pts * frame.time_base: frame.to_ndarray(format="rgb24").astype(np.int16)
            for frame in container.decode(video=0)
            if frame.pts is not None and frame.time_base is not None
        }
    times = sorted(shown)[3::7]
    assert len(times) > 3
    for time, jpeg in zip(times, frames(video, times), strict=True):
        drawn = opened(jpeg)
        assert drawn.shape == shown[time].shape
        nearest = min(shown, key=lambda other: float(np.abs(shown[other] - drawn).mean()))
        assert np.abs(shown[nearest] - shown[time]).mean() < 1


def test_frame_samples_are_found_again(tmp_path: Path) -> None:
    video = write_video(tmp_path / "clip.mp4", [1, 2, 3])
    times = [view.time for view in examine(video).frames]
    assert len(list(frames(video, times))) == len(times)


def test_after_the_last_frame_nothing_comes_and_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    video = write_video(tmp_path / "clip.mp4", [1])
    assert len(list(frames(video, [Fraction(0), Fraction(99)]))) == 1
    with pytest.raises(UnreadableMedia, match="does not exist"):
        picture(tmp_path / "gone.tif")
