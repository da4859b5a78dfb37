"""Searches the line in time along which a shot of the query lies in found footage.

Guesses come from pairs of views and from neighbouring shots. Around each guess offsets are tried, at every
one the transform is fitted to all frames, and the line along which the changes agree best wins; then speeds,
then finer and over longer stretches. Another speed than 1 must earn its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from verify.matching.changes import MOVES
from verify.matching.placing import EVER, SPEEDS, Placed, Placing, Window

COARSE_STEP: Final = 0.25
FINE_STEP: Final = 0.1
"""Seconds between offsets; frames are a thirtieth of a second apart."""
STEPS_ASIDE: Final = 2
SWEEP_STEP: Final = 0.05
"""Seconds between offsets that are compared without a fit."""
PEAKS: Final = 2
"""So many of them, a coarse step apart, are looked at more closely."""
SURE_CONTRAST: Final = 0.998
"""Agreement at speed 1 from which no other speed is tried: slow scenes reach 0.997 at a tenth off."""
SPEED_REACH: Final = 0.5
"""Seconds around the best line at speed 1, or a guess, in which one at another speed crosses its middle."""
SPEEDS_LOOKED_AT: Final = 6
"""So many of them are laid more finely before the best is chosen: a quarter of a second hides it."""
SLOWEST: Final = (SPEEDS[0] * SPEEDS[1]) ** 0.5
FASTEST: Final = (SPEEDS[-2] * SPEEDS[-1]) ** 0.5
"""Beyond these, half a step within what is tried, a line may go on to agree better where nothing is tried."""
MOVES_SURELY: Final = 0.9
"""Contrast from which a line counts although the frames around a guess stand still."""
SPANS: Final = (6.0, 24.0, 96.0)
"""Seconds of the query that are placed together, step by step."""
SLIDES: Final = 4
"""Steps of the fit in time: each halves what is missing, at least."""


def best_line(placing: Placing, guesses: Sequence[Placed], around: float, reach: float) -> Placed | None:
    """Return the best line within reach of any of the guesses, or None where nothing moves.

    `around` is the query time that is looked at first, `reach` in seconds. Where a line near a guess lays
    frames that stand still over others that do, and look like them, that is the best, its contrast None,
    unless what moves surely agrees along another: the line along which the shake of a hand agrees, then
    that along which small things do, then the guess.
    """
    window = placing.window(around, SPANS[0])
    moving = _moving(placing, guesses, around, window, reach)
    best = max(moving, key=_worth, default=None)
    if best is not None and (placing.contrast(best, EVER) or 0.0) >= MOVES_SURELY:
        return best
    small = [one for guess in guesses for one in _swept(placing, guess, window, reach, least=0.0)]
    tried = [*(one for one in moving if one.speed == 1), *small, *guesses]
    still = next((one for one in tried if placing.stands_still(one, window)), None)
    return best if still is None else replace(still, contrast=None, worth=np.inf)


def best_offset(placing: Placing, guess: Placed, around: float, reach: float) -> Placed | None:
    """Return the best of the offsets within reach at which a guess's own transform serves."""
    window = placing.window(around, SPANS[0])
    fits = [placing.fit(one, window) for one in _swept(placing, guess, window, reach)]
    return max(fits, key=_worth, default=None)


def settled(placing: Placing, placed: Placed, around: float) -> Placed:
    """Return the best line very near a given one, first around a time, then over the whole shot."""
    window = placing.window(around, SPANS[0])
    best = _finer(placing, placing.fit(placed, window), window)
    for shorter, span in pairwise(SPANS):
        if shorter < placing.seconds:
            window = placing.window(around, span)
            best = _finer(placing, placing.fit(best, window), window)
    return best


def _moving(
    placing: Placing, guesses: Sequence[Placed], around: float, window: Window, reach: float
) -> list[Placed]:
    """Return the best line at speed 1 and the best at another; none where nothing moves.

    One at another speed agrees better over all frames, too, than that at speed 1.
    """
    scanned = max((_scanned(placing, guess, window, reach) for guess in guesses), key=_worth)
    if scanned.contrast is None:
        return []
    near = _aside(placing, scanned, window)
    tried = [near, *guesses] if (near.contrast or 0.0) < SURE_CONTRAST else [near]
    best = max((_finer(placing, one, window) for one in tried), key=_worth)
    usual = settled(placing, best, around)
    if len(tried) == 1:
        return [usual]
    least, middle = placing.contrast(usual, EVER) or 0.0, placing.middle(window)
    apart = [one for one in guesses if abs(one.at(middle) - near.at(middle)) > SPEED_REACH]
    turned = [one for line in (near, *apart) for one in _at_another_speed(placing, line, window)]
    others = [settled(placing, max(turned, key=_worth), around)] if turned else []
    return [usual, *(one for one in others if (placing.contrast(one, EVER) or 0.0) >= least)]


def _scanned(placing: Placing, guess: Placed, window: Window, reach: float) -> Placed:
    """Walk away from the guess in both directions, from fit to fit: a pan takes the transform along.

    What turns or repeats agrees for a moment only, which the walk steps over; so the offsets at which the
    guess's own transform serves best are tried as well.
    """
    tried = [guess, *_swept(placing, guess, window, reach)]
    best = max((placing.fit(one, window) for one in tried), key=_worth)
    for way in (COARSE_STEP, -COARSE_STEP):
        here = guess
        for _ in range(round(reach / COARSE_STEP)):
            here = placing.fit(replace(here, start=here.start + way), window)
            best = max(best, here, key=_worth)
    return best


def _swept(
    placing: Placing, guess: Placed, window: Window, reach: float, *, least: float = MOVES
) -> list[Placed]:
    """Return the guess at the offsets at which what changes agrees best, the transform left as it is."""
    peaks: list[float] = []
    offsets = np.arange(-reach, reach, SWEEP_STEP).tolist()
    for _, offset in sorted(placing.sweep(guess, window, offsets, least=least), reverse=True):
        if len(peaks) < PEAKS and all(abs(offset - peak) > COARSE_STEP for peak in peaks):
            peaks.append(offset)
    return [replace(guess, start=guess.start + peak) for peak in peaks]


def _at_another_speed(placing: Placing, placed: Placed, window: Window) -> list[Placed]:
    """Return the best line at another speed, unless that is about the slowest or the fastest tried."""
    middle = placing.middle(window)
    turned = [placed.turned(speed, middle) for speed in SPEEDS]
    tried = [one for line in turned for one in _about(placing, line, window)]
    coarse = [placing.fit(one, window) for one in tried]
    likely = sorted(coarse, key=_worth, reverse=True)[:SPEEDS_LOOKED_AT]
    best = max((_slid(placing, one, window) for one in likely), key=_worth)
    return [best] if SLOWEST < best.speed < FASTEST else []


def _about(placing: Placing, placed: Placed, window: Window) -> list[Placed]:
    """Return offsets a coarse step apart, and the one at which the transform serves best as it is."""
    steps = [replace(placed, start=placed.start + n * COARSE_STEP) for n in (-1, 0, 1)]
    return [*steps, *_swept(placing, placed, window, SPEED_REACH)[:1]]


def _finer(placing: Placing, placed: Placed, window: Window) -> Placed:
    """Try offsets a few steps aside, and go on from the best."""
    return _slid(placing, _aside(placing, placed, window), window)


def _aside(placing: Placing, placed: Placed, window: Window) -> Placed:
    steps = range(-STEPS_ASIDE, STEPS_ASIDE + 1)
    aside = (replace(placed, start=placed.start + n * FINE_STEP) for n in steps)
    return max((placing.fit(one, window) for one in aside), key=_worth)


def _slid(placing: Placing, placed: Placed, window: Window) -> Placed:
    """Follow what changes to where it agrees better: in offset, and in speed if that is not 1."""
    middle = placing.middle(window)
    for _ in range(SLIDES):
        lag = placing.lag(placed, window, middle)
        if lag is None:
            break
        later, faster = lag
        turned = placed.turned(placed.speed + faster, middle)
        slid = placing.fit(replace(turned, start=turned.start + later), window)
        if slid.worth <= placed.worth:
            break
        placed = slid
    return placed


def _worth(placed: Placed) -> float:
    return placed.worth
