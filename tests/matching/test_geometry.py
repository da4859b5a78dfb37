from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from verify.matching.geometry import plausible_throughout

CORNERS = np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.7], [0.1, 0.7]])


@given(st.floats(0.1, 10), st.floats(0, 7), st.floats(-5, 5), st.booleans())
def test_a_turned_scaled_or_mirrored_picture_is_plausible_everywhere(scale, turn, shift, mirrored) -> None:
    across = -1 if mirrored else 1
    x, y = scale * np.cos(turn), scale * np.sin(turn)
    matrix = np.array([[across * x, -y, shift], [across * y, x, shift], [0, 0, 1]])
    assert plausible_throughout(matrix, CORNERS)


@given(st.floats(3.2, 30), st.booleans())
def test_a_strip_that_is_stretched_to_a_square_is_not(stretch, mirrored) -> None:
    matrix = np.diag([-1.0 if mirrored else 1.0, stretch, 1.0])
    assert not plausible_throughout(matrix, CORNERS)


def test_a_fit_along_one_line_that_runs_away_beside_it_is_not() -> None:
    runs_away = np.array([[1, 0, 0], [0, 1, 0], [1.6, -0.9, 1]])
    assert plausible_throughout(runs_away, CORNERS[:1])
    assert not plausible_throughout(runs_away, CORNERS)
