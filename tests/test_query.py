from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_media import write_jpeg, write_video

from verify.query import closer_view, frames_between, query_of_file


@pytest.mark.parametrize(("rate", "a_second"), [(12, 12), (24, 24), (25, 25), (30, 30), (60, 30)])
def test_every_frame_of_ordinary_footage_tells_the_time(tmp_path: Path, rate: int, a_second: int) -> None:
    path = write_video(tmp_path / "clip.mkv", [1, 2], seconds_each=1, rate=rate)
    times = [frame.time for frame in frames_between(path, query_of_file(path).sha256, 0.0, 2.0)]
    assert len(times) == 2 * a_second
    assert np.allclose(np.diff(times), 1 / a_second, atol=0.0011)  # Matroska counts in milliseconds


def test_a_video_that_is_written_anew_is_decoded_anew(tmp_path: Path) -> None:
    path, seen = tmp_path / "clip.mkv", []
    for seed in (1, 2):
        sha256 = query_of_file(write_video(path, [seed], seconds_each=1, rate=12)).sha256
        seen.append(frames_between(path, sha256, 0.0, 0.5)[0].picture)
        assert frames_between(path, "0" * 64, 0.0, 0.5) == ()
        assert closer_view(path, sha256) is None
    assert not np.array_equal(*seen)


def test_a_still_that_is_written_anew_is_looked_at_anew(tmp_path: Path) -> None:
    path, seen = tmp_path / "still.jpg", []
    for seed in (1, 2):
        seen.append(closer_view(path, query_of_file(write_jpeg(path, seed)).sha256))
        assert closer_view(path, "0" * 64) is None
    first, other = seen
    assert first is not None
    assert other is not None
    assert first.fingerprints != other.fingerprints
