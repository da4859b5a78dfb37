"""Lines in time between two stretches of frames, also when a file lies about its times and sides."""

from __future__ import annotations

import numpy as np
import pytest

from verify.matching.alignment import TimedPicture, align

SAME = np.eye(3)
WHOLE = (0.0, 0.0, 1.0, 1.0)


def moving(times: list[float], *, rows: int = 24, columns: int = 32) -> list[TimedPicture]:
    """Show frames of something that moves, as it is at each of these seconds."""
    across, down = np.meshgrid(np.arange(columns), np.arange(rows))
    return [
        TimedPicture(
            time=time,
            picture=(127 + 60 * np.sin(across / 3 + 2.1 * time) + 60 * np.sin(down / 4 + 1.3 * time)).astype(
                np.uint8
            ),
        )
        for time in times
    ]


def seconds(count: int, start: float = 0.0) -> list[float]:
    return [start + number for number in range(count)]


def test_a_stretch_is_placed_where_it_was_taken_from() -> None:
    line = align(moving(seconds(6, 5.0)), moving(seconds(20)), SAME, WHOLE)
    assert line is not None
    assert line.start == pytest.approx(0.0, abs=0.1)
    assert line.speed == pytest.approx(1.0, abs=0.03)


def test_frames_whose_sides_change_in_mid_stream_are_left_out() -> None:
    found = moving(seconds(20)) + moving(seconds(5, 20.0), rows=26)
    line = align(moving(seconds(6, 5.0)), found, SAME, WHOLE)
    assert line is not None
    assert line.start == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("last", [1e5, 1e9, 1e15])
def test_a_file_that_claims_to_last_for_ages_is_not_searched_through(last: float) -> None:
    found = moving(seconds(30)) + moving([last])
    assert align(moving([*seconds(6), last]), found, SAME, WHOLE) is None
