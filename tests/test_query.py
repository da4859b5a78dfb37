from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_media import write_video

from verify.query import frames_between


@pytest.mark.parametrize(("rate", "a_second"), [(12, 12), (24, 24), (25, 25), (30, 30), (60, 30)])
def test_every_frame_of_ordinary_footage_tells_the_time(tmp_path: Path, rate: int, a_second: int) -> None:
    path = write_video(tmp_path / "clip.mkv", [1, 2], seconds_each=1, rate=rate)
    times = [frame.time for frame in frames_between(path, 0.0, 2.0)]
    assert len(times) == 2 * a_second
    assert np.allclose(np.diff(times), 1 / a_second, atol=0.0011)  # Matroska counts in milliseconds
