"""The line in time of each shot of a query over one found item.

A shot is placed by more frames of both sides where these are at hand (`placing.py`), by the stored samples
where not. Then its neighbours' lines are tried, and win if they do nearly as well: one clip of several shots
lies on one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from verify.fingerprints import local_features
from verify.matching.alignment import Line, TimedPicture, align
from verify.matching.continued import along
from verify.matching.finder import CopyFinder, Pairing
from verify.matching.laying import Laid, Laying, evenly_taken
from verify.matching.pairs import between_frames, features_of, whole_over_whole
from verify.matching.paused import moment_shown
from verify.matching.placing import Footage, Placed
from verify.matching.search import SPANS, settled
from verify.matching.shots import Shot, Sources
from verify.records import View

SURROUNDINGS: Final = 8.0
"""Seconds before and after the best pair, beyond the length of the shot, in which the line may lie."""
CROP_MARGIN: Final = 0.1
"""By so much more must the moving parts agree for a clip to be slightly cropped rather than whole."""
WHOLE: Final = (0.0, 0.0, 1.0, 1.0)
ANOTHER_GUESS: Final = 1.0
"""Seconds from which the line of the stored samples is another guess than the best pair."""
SAME_LINE: Final = 0.1
"""Seconds within which two shots lie on one line already."""
CONSISTENT: Final = 0.4
"""By so much less, in units of worth, may the line of a neighbouring shot agree and still win."""
SURE_BY_SAMPLES: Final = 0.7
"""Contrast from which a line by samples is right."""
LOOKS_ALIKE: Final = 3.0
"""Seconds for which a moving camera shows much the same."""


def lines_of(
    finder: CopyFinder, pairs: Sequence[tuple[Shot, Pairing]], sources: Sources
) -> list[tuple[Laid | None, Line]]:
    """Return the line of each shot, and how it was laid where more frames of both sides say so."""
    laid: list[Laid | None] = []
    for shot, pairing in pairs:
        before = laid[-1] if laid else None
        going_on = along(shot, pairing, before, sources) if before else None
        laid.append(going_on or _nearly_along(_laid(finder, shot, pairing, sources), before, pairing))
    for number in range(len(pairs) - 2, -1, -1):
        laid[number] = _as_next(laid[number], laid[number + 1], *pairs[number], sources)
    lines = [
        one.placed.line if one else _line_of_samples(finder, shot, pairing, sources)
        for (shot, pairing), one in zip(pairs, laid, strict=True)
    ]
    return [
        (one, lines[number] if one else _surer(lines, number, shot))
        for number, ((shot, _), one) in enumerate(zip(pairs, laid, strict=True))
    ]


def _laid(finder: CopyFinder, shot: Shot, pairing: Pairing, sources: Sources) -> Laid | None:
    """Place a shot with more frames of both sides; None if these are not at hand or nothing moves."""
    frames, found_frames = sources
    if frames is None or found_frames is None or pairing.item.duration is None or shot.end <= shot.start:
        return None
    around = float(pairing.asked.view.time)
    start, end = max(shot.start, around - SPANS[-1] / 2), min(shot.end, around + SPANS[-1] / 2)
    query = evenly_taken(frames(start, end))
    if not query:
        return None
    laying = Laying(
        pairing=pairing,
        views=finder.views_of(pairing.item),
        query=Footage.of(query),
        found_frames=found_frames,
    )
    return laying.best(_guesses(finder, shot, pairing, query))


def _guesses(finder: CopyFinder, shot: Shot, pairing: Pairing, query: Sequence[TimedPicture]) -> list[Placed]:
    """Return the offset of the best pair, and the line of the stored samples if it is another."""
    at_query, at_found, matrix = float(pairing.asked.view.time), float(pairing.view.time), pairing.pair.matrix
    guesses = [Placed(start=at_found - at_query, speed=1.0, matrix=matrix)]
    line = _coarse(finder, shot, pairing, query)
    if line is not None and abs(line.start + line.speed * at_query - at_found) > ANOTHER_GUESS:
        guesses.append(Placed(start=line.start, speed=line.speed, matrix=matrix))
    return guesses


def _coarse(finder: CopyFinder, shot: Shot, pairing: Pairing, query: Sequence[TimedPicture]) -> Line | None:
    """Return the line along which the stored samples agree best.

    Of a panning camera, views at different times lie on each other with a shift that is not the edit's; so
    whole over whole wins, where the pair is near to that, unless the pair's own transform is clearly better.
    """
    reach = 2 * (shot.end - shot.start) + SURROUNDINGS
    at_found = float(pairing.view.time)
    near = _samples(finder.views_of(pairing.item), at_found - reach, at_found + reach)
    pair, sign = pairing.pair, -1 if pairing.pair.negated else 1
    if min(len(query), len(near)) < 2:
        return None
    shapes = query[0].picture.shape, near[0].picture.shape
    own = between_frames(pair.matrix, pairing.asked, pairing.view, shapes)
    line = align(query, near, own, pair.agreement.region, sign=sign)
    whole = whole_over_whole(pair, pairing.asked, pairing.view)
    if whole is None:
        return line
    other = align(query, near, between_frames(whole, pairing.asked, pairing.view, shapes), WHOLE, sign=sign)
    if other is None or line is None:
        return other or line
    return line if (line.contrast or 0.0) > (other.contrast or 0.0) + CROP_MARGIN else other


def _as_next(
    own: Laid | None, following: Laid | None, shot: Shot, pairing: Pairing, sources: Sources
) -> Laid | None:
    """Take the line of the shot that follows, if this one agrees along it, surely or nearly as well."""
    if following is None:
        return own
    if own is None:
        return along(shot, pairing, following, sources)
    if own.placed.contrast is None:
        moves = following.placed.contrast is not None
        moves_or_longer = moves or following.placing.seconds > own.placing.seconds
        return (along(shot, pairing, following, sources) if moves_or_longer else None) or own
    tried = _nearly_along(own, following, pairing)
    if tried is not own or _on_one_line(own, following, pairing):
        return tried
    return along(shot, pairing, following, sources) or own


def _nearly_along(own: Laid | None, other: Laid | None, pairing: Pairing) -> Laid | None:
    """Return a moving shot along a neighbour's line, if it does nearly as well there as along its own."""
    if own is None or other is None or own.placed.contrast is None or _on_one_line(own, other, pairing):
        return own
    tried = settled(own.placing, other.placed, float(pairing.asked.view.time))
    nearly = tried.contrast is not None and tried.worth >= own.placed.worth - CONSISTENT
    return replace(own, placed=tried) if nearly else own


def _on_one_line(own: Laid, other: Laid, pairing: Pairing) -> bool:
    around = float(pairing.asked.view.time)
    return abs(own.placed.at(around) - other.placed.at(around)) < SAME_LINE and own.holds


def _surer(lines: Sequence[Line], number: int, shot: Shot) -> Line:
    """Return a shot's line by samples, or a neighbour's near to it that is sure where its own is not.

    Along a line a second or two off, samples a second apart still agree by half: lines with a contrast of
    0.73 and more were right to a tenth of a second, those of 0.65 and less off by one or two (`samples/`).
    """
    own, middle = lines[number], (shot.start + shot.end) / 2
    if (own.contrast or 0.0) >= SURE_BY_SAMPLES:
        return own
    near = [
        line
        for line in lines[max(number - 1, 0) : number + 2]
        if (line.contrast or 0.0) >= SURE_BY_SAMPLES and abs(line.at(middle) - own.at(middle)) < LOOKS_ALIKE
    ]
    surest = max(near, key=lambda line: line.contrast or 0.0, default=own)
    return replace(surest, contrast=own.contrast)


def _line_of_samples(finder: CopyFinder, shot: Shot, pairing: Pairing, sources: Sources) -> Line:
    """Place a still, or a shot of which no more frames are at hand or in which nothing moves."""
    at_query, at_found = float(pairing.asked.view.time), float(pairing.view.time)
    if pairing.item.duration is not None and shot.end > shot.start:
        query = sources[0](shot.start, shot.end) if sources[0] else _samples(shot.views)
        line = _coarse(finder, shot, pairing, query)
        if line is not None:
            return line
    elif pairing.item.duration is not None:
        moment = moment_shown(pairing, finder.views_of(pairing.item), sources[1])
        return Line(start=moment.time - at_query, speed=1.0, contrast=moment.contrast, frames=1)
    return Line(start=at_found - at_query, speed=1.0, contrast=None, frames=1)


def _samples(views: Sequence[View], low: float = -np.inf, high: float = np.inf) -> list[TimedPicture]:
    return [
        TimedPicture(time=float(view.time), picture=local_features.picture_of(features_of(view)))
        for view in views
        if low <= view.time <= high
    ]
