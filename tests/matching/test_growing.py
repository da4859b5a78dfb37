"""Rows that grow beside a file that is mapped into memory."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from verify.matching.growing import GrowingArray

few = st.lists(st.integers(0, 9), max_size=5)


@given(first=few, more=st.lists(few, max_size=6))
def test_rows_are_appended_to_what_a_mapped_file_holds_and_the_file_stays(
    first: list[int], more: list[list[int]]
) -> None:
    held = np.array(first, np.int64)
    held.setflags(write=False)
    grown = GrowingArray(held)
    for rows in more:
        grown.append(np.array(rows, np.int64))
    assert grown.rows.tolist() == first + [row for rows in more for row in rows]
    assert held.tolist() == first
