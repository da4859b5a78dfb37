"""Shots of a query that go on along the line of the shot beside them.

Also those that resemble nothing by themselves: views are taken where something is to be seen; half a second
between two cuts, or a dark stretch, finds no candidates. The edit is the same in all shots, so the
neighbour's transform and line say what must be there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from verify.matching.finder import Pairing
from verify.matching.laying import ONE_LINE, SURELY_PLACED, Laid, evenly_taken
from verify.matching.placing import EVER, FEWEST_FRAMES, Footage
from verify.matching.search import SPANS, settled
from verify.matching.shots import Shot, Sources
from verify.matching.stretches import usual_likeness

LOOKS_LIKE: Final = 0.7
"""Correlation of evened pictures that most frames must reach; of strangers it is near 0."""
MARGIN: Final = 0.3
"""Seconds of found footage beyond both ends."""

Placed = Mapping[int, tuple[Pairing, Laid]]
"""Numbers of shots that are placed."""


def continued(shots: Sequence[Shot], placed: Placed, sources: Sources) -> Placed:
    """Return the shots before and after placed ones that go on along their lines."""
    found = dict(placed)
    numbers = range(len(shots))
    for order, beside in ((numbers, -1), (reversed(numbers), 1)):
        for number in order:
            neighbour = found.get(number + beside)
            if number not in found and neighbour and _adjoin(shots[number], shots[number + beside]):
                pairing, laid = neighbour
                going_on = along(shots[number], pairing, laid, sources)
                if going_on is not None:
                    found[number] = pairing, going_on
    return {number: one for number, one in found.items() if number not in placed}


def _adjoin(one: Shot, other: Shot) -> bool:
    return one.start == other.end or one.end == other.start


def along(shot: Shot, pairing: Pairing, laid: Laid, sources: Sources) -> Laid | None:
    """Lay a shot along its neighbour's line in the item of a pairing; None if it does not agree there."""
    frames, found_frames = sources
    if frames is None or found_frames is None or shot.end <= shot.start:
        return None
    line, end = laid.placed, min(shot.end, shot.start + SPANS[-1])
    query = evenly_taken(frames(shot.start, end))
    found = found_frames(pairing.item.key, max(line.at(shot.start) - MARGIN, 0.0), line.at(end) + MARGIN)
    if min(len(query), len(found)) < FEWEST_FRAMES:
        return None
    sides = Footage.of(query), Footage.of(found, laid.placing.shape)
    placing = laid.placing.over(*sides, line.matrix, between=EVER)
    middle = (shot.start + end) / 2
    near = settled(placing, line, middle)
    still = near.contrast is None or placing.stands_still(line, placing.window(middle, SPANS[0]))
    placed = replace(line, contrast=None) if still else near
    contrast = placing.contrast(placed, EVER)
    agrees = contrast is None or contrast >= SURELY_PLACED
    on_line = abs(placed.at(middle) - line.at(middle)) < ONE_LINE
    alike = usual_likeness(placing.likeness(placed)) >= LOOKS_LIKE
    return Laid(placing=placing, placed=placed, found=found) if agrees and on_line and alike else None
